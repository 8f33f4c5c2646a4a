"""The ``.tf`` files beside a plan: where in them the blocks and attributes of its resources stand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.model import Place
from scanner.sources.code.terraform import outline
from scanner.sources.code.terraform.endings import counted
from scanner.sources.code.terraform.plan import Instance, Plan
from scanner.sources.code.terraform.references import expression_references, references_of

LARGEST = 4 << 20
MOST_FILES = 1_000
"""Bytes of one file, and files of one folder, that are read."""


@dataclass(slots=True)
class Folder:
    """The blocks of one folder of configuration."""

    resources: dict[str, outline.Outline] = field(default_factory=dict)
    variables: dict[str, outline.Outline] = field(default_factory=dict)
    calls: dict[str, outline.Outline] = field(default_factory=dict)
    locals: dict[str, outline.Attribute] = field(default_factory=dict)
    given: dict[str, outline.Attribute] = field(default_factory=dict)
    """What ``*.tfvars`` files set that Terraform reads by itself, the last to count first."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the configuration, and what the value there refers to.

    ``exact`` tells whether the property itself stands there, not only the block around it.
    """

    place: Place
    references: tuple[str, ...] = ()
    exact: bool = False


class Sources:
    """Finds blocks of the configuration of one plan; nothing where the files are not beside it.

    ``root`` is the folder that no file may lie outside of.
    """

    def __init__(self, plan: Plan, folder: str, root: str) -> None:
        self._plan = plan
        self._top = folder
        self._root = os.path.realpath(root)
        self._folders: dict[str, Folder] = {}
        self._paths: dict[tuple[str, ...], str | None] = {(): folder}

    def node(self, instance: Instance) -> outline.Outline | None:
        """The block of a resource."""
        folder = self._folder(tuple(name for name, _ in instance.modules))
        return folder.resources.get(instance.declared) if folder else None

    def local(self, modules: tuple[str, ...], name: str) -> Sequence[str]:
        """What a local of a module refers to."""
        folder = self._folder(modules)
        attribute = folder.locals.get(name) if folder else None
        return attribute.references if attribute else ()

    def spot(self, instance: Instance, path: Sequence[str | int]) -> Spot | None:
        """Where an attribute stands, or the block that it is missing from."""
        node = self.node(instance)
        if node is None:
            return self._called(instance, path)
        place, steps = node.place, list(path)
        while steps:
            name = str(steps.pop(0))
            index = steps.pop(0) if steps and isinstance(steps[0], int) else 0
            inner = node.blocks_of(name)
            if inner:
                node = inner[min(int(index), len(inner) - 1)]
                place = node.place
                if not steps:
                    return Spot(place, exact=True)
                continue
            attribute = node.attributes.get(name)
            if attribute is None:
                return Spot(place)
            place = attribute.place
            references = tuple(attribute.references)
            if not steps or not attribute.objects:
                return Spot(place, references, exact=not steps)
            node = attribute.objects[min(int(index), len(attribute.objects) - 1)]
        return Spot(place)

    def _called(self, instance: Instance, path: Sequence[str | int]) -> Spot | None:
        """Where a module that is not at hand is called: the argument of an attribute's value, or the call."""
        modules = tuple(name for name, _ in instance.modules)
        told = list(expression_references(self._plan.block(instance), path)) if path else []
        while modules:
            above = self._folder(modules[:-1])
            call = above.calls.get(modules[-1]) if above else None
            arguments = {one.split(".")[1].partition("[")[0] for one in told if one.startswith("var.")}
            if call is not None:
                given = call.attributes.get(arguments.pop()) if len(arguments) == 1 else None
                if given is None:
                    return Spot(call.place)
                return Spot(given.place, tuple(given.references), exact=True)
            module = self._plan.modules.get(modules[:-1])
            expressions = module.calls.get(modules[-1], {}).get("expressions") if module else None
            passed = expressions if isinstance(expressions, dict) else {}
            told = [one for name in arguments for one in references_of(passed.get(name))]
            modules = modules[:-1]
        return None

    def origin(self, instance: Instance, spot: Spot) -> Place | None:
        """Where a value that is used at a spot was written: a variable's, if it is one alone."""
        names = [one.split(".")[1] for one in spot.references if one.startswith("var.") and one.count(".")]
        if len(spot.references) != 1 or len(names) != 1:
            return None
        modules = tuple(name for name, _ in instance.modules)
        while modules and self._folder(modules) is None:
            modules = modules[:-1]
        return self._variable(modules, names[0].partition("[")[0])

    def _variable(self, modules: tuple[str, ...], name: str) -> Place | None:
        folder = self._folder(modules)
        if folder is None:
            return None
        if modules:
            above = self._folder(modules[:-1])
            call = above.calls.get(modules[-1]) if above else None
            passed = call.attributes.get(name) if call else None
            if passed is not None:
                inner = [one for one in passed.references if one.startswith("var.")]
                further = self._variable(modules[:-1], inner[0].split(".")[1]) if len(inner) == 1 else None
                return further or passed.place
        elif name in folder.given:
            return folder.given[name].place
        block = folder.variables.get(name)
        default = block.attributes.get("default") if block else None
        return default.place if default else None

    def _folder(self, modules: tuple[str, ...]) -> Folder | None:
        path = self._path(modules)
        if path is None:
            return None
        if path not in self._folders:
            self._folders[path] = _read(path)
        return self._folders[path]

    def _path(self, modules: tuple[str, ...]) -> str | None:
        """The folder of a module, None for one that does not lie inside the root."""
        if modules not in self._paths:
            above = self._path(modules[:-1])
            module = self._plan.modules.get(modules[:-1])
            source = module.calls.get(modules[-1], {}).get("source") if module else None
            local = isinstance(source, str) and source.startswith(("./", "../"))
            path = os.path.normpath(os.path.join(above, str(source))) if above is not None and local else None  # noqa: PTH118
            self._paths[modules] = path if path is not None and self._is_inside(path) else None
        return self._paths[modules]

    def _is_inside(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep)


def _read(path: str) -> Folder:
    folder = Folder()
    try:
        with os.scandir(path or ".") as entries:
            names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return folder
    configuration = set(counted(names))
    for name in names[:MOST_FILES]:
        file = os.path.join(path, name)  # noqa: PTH118
        if name in configuration and not name.endswith(".json"):
            _add_blocks(folder, _body(file))
        elif name == "terraform.tfvars" or name.endswith(".auto.tfvars"):
            # Terraform reads terraform.tfvars first, then the others by name: the last one counts.
            given = _body(file).attributes
            folder.given = (
                {**given, **folder.given} if name == "terraform.tfvars" else {**folder.given, **given}
            )
    return folder


def _add_blocks(folder: Folder, body: outline.Outline) -> None:
    for block in body.blocks:
        labels = block.labels
        if block.kind == "resource" and len(labels) == 2:
            folder.resources.setdefault(".".join(labels), block)
        elif block.kind == "data" and len(labels) == 2:
            folder.resources.setdefault(f"data.{'.'.join(labels)}", block)
        elif block.kind == "variable" and labels:
            folder.variables.setdefault(labels[0], block)
        elif block.kind == "locals":
            folder.locals = {**block.attributes, **folder.locals}
        elif block.kind == "module" and labels:
            folder.calls.setdefault(labels[0], block)


def _body(file: str) -> outline.Outline:
    shown = file.replace(os.sep, "/")
    try:
        with open(file, encoding="utf-8-sig", errors="replace", newline="") as opened:  # noqa: PTH123
            text = opened.read(LARGEST)
    except (OSError, ValueError):
        text = ""
    return outline.read(text, shown)
