"""Makes templates of Bicep files, each once."""

from __future__ import annotations

from typing import Any

from scanner.places import Key
from scanner.sources.arm.syntax import Absent, Leaf, Open
from scanner.sources.bicep import published, registry, syntax
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.kinds import declaration
from scanner.sources.bicep.linker import Linker, Template
from scanner.sources.bicep.names import Target
from scanner.sources.bicep.project import Project, Unreadable
from scanner.sources.bicep.published import Published
from scanner.sources.bicep.resources import Resources

_SCHEMAS = {
    "subscription": "subscriptionDeploymentTemplate.json",
    "managementGroup": "managementGroupDeploymentTemplate.json",
    "tenant": "tenantDeploymentTemplate.json",
}
_JSON = (".json", ".jsonc", ".arm")

MAY_HIDE = frozenset(
    (
        "missing-module",
        "module",
        "module-cycle",
        "module-not-at-hand",
        "outside",
        "too-deep",
        "too-large",
        "too-much",
    )
)
"""Codes of what keeps a module from being read: nobody knows whether there is a hub in it."""

DEEPEST = 40
"""Modules that call one another in a row."""


class Templates:
    """The templates of the files of a scan, made when they are asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._made: dict[str, Template] = {}
        self._open: list[BicepFile] = []

    def of(self, file: BicepFile) -> Template:
        """The template of a file, with those of its modules."""
        made = self._made.get(file.location)
        if made is None:
            self._open.append(file)
            made = self._made[file.location] = self._make(file)
            self._open.pop()
        return made

    def _make(self, file: BicepFile) -> Template:
        linker = Linker(self._project, file)
        template, marks = linker.template, self._project.marks
        raw = template.raw
        level = file.target_scope
        raw["$schema"] = (
            f"https://schema.management.azure.com/schemas/{_SCHEMAS.get(level, 'deploymentTemplate.json')}"
        )
        parameters = raw["parameters"] = {}
        resources = raw["resources"] = {}
        outputs = raw["outputs"] = {}
        lowered = Resources(linker)
        offsets: dict[str, dict[Key, int]] = {"parameters": {}, "resources": {}, "outputs": {}}
        for statement in file.tree.statements:
            if isinstance(statement, syntax.Parameter):
                parameters[statement.name] = self._parameter(linker, statement)
                offsets["parameters"][statement.name] = statement.start
            elif isinstance(statement, (syntax.Resource, syntax.Module)):
                target = linker.target(statement.name, linker.names)
                if target is None or target.declaration is not statement:
                    message = f"'{statement.name}' is declared more than once"
                    linker.problem("duplicate-name", message, file, statement.start)
                    continue
                try:
                    resources[target.key] = self._deployed(linker, lowered, target)
                except RecursionError:
                    linker.problem("too-deep", "a block that goes too deep", file, statement.start)
                offsets["resources"][target.key] = statement.start
            elif isinstance(statement, syntax.Output):
                outputs[statement.name] = self._output(linker, statement)
                offsets["outputs"][statement.name] = statement.start
        for section, marked in offsets.items():
            marks.mark(raw[section], file, marked)
        return template

    def _parameter(self, linker: Linker, statement: syntax.Parameter) -> dict[str, Any]:
        made = declaration(linker, statement, linker.names)
        offsets: dict[Key, int] = {None: statement.start}
        file = linker.names.file
        if isinstance(file, Published) and file.unknown_since is not None:
            key = f"default({statement.name})"
            reason = f"what version {file.unknown_since} of the module takes for it is not known"
            node = Open(key, reason, statement.name)
            made["defaultValue"] = Leaf(node, statement.name, file, statement.start, statement.end)
        elif statement.default is not None:
            made["defaultValue"] = linker.lowering.raw(statement.default, linker.names)
            offsets["defaultValue"] = statement.start
        linker.marks.mark(made, linker.names.file, offsets)
        return made

    def _output(self, linker: Linker, statement: syntax.Output) -> dict[str, Any]:
        made = declaration(linker, statement, linker.names)
        made["value"] = linker.lowering.raw(statement.value, linker.names)
        offsets: dict[Key, int] = {None: statement.start, "value": statement.start}
        linker.marks.mark(made, linker.names.file, offsets)
        return made

    def _deployed(self, linker: Linker, lowered: Resources, target: Target) -> dict[str, Any]:
        if isinstance(target.declaration, syntax.Resource):
            return lowered.resource(target)
        return lowered.module(target, self._called(linker, target.declaration))

    def _called(self, linker: Linker, statement: syntax.Module) -> Any:
        """The template of a module, or what is said where there is none."""
        path = statement.path
        if not isinstance(path, syntax.Literal):
            return Absent("module", "the path of a module is a text without expressions", "failed")
        if ":" in str(path.value):
            return self._restored(linker, statement, str(path.value))
        try:
            if str(path.value).lower().endswith(_JSON):
                source = self._project.json(linker.names.file, str(path.value))
                linker.template.texts.append(source.path)
                return source.value
            file = self._project.bicep(linker.names.file, str(path.value))
        except Unreadable as error:
            return Absent(error.code, f"a module: {error}", "failed")
        if file in self._open:
            names = [each.path for each in self._open[self._open.index(file) :]]
            return Absent(
                "module-cycle", f"modules call each other: {' → '.join((*names, file.path))}", "failed"
            )
        if len(self._open) >= DEEPEST:
            return Absent("too-deep", f"more than {DEEPEST} modules call one another in a row", "failed")
        called = self.of(file)
        linker.template.calls.append(called)
        return called.raw

    def _restored(self, linker: Linker, statement: syntax.Module, path: str) -> Any:
        """The template of a module of a registry: as it was restored, or as it is known to be."""
        file = linker.names.file
        reference = registry.parse(path, self._project.aliases(file))
        if reference is None:
            message = f"the module '{path}' is of no registry or template spec that is known here"
            return Absent("module-not-at-hand", message, "unresolved")
        place = file.at(statement.start)
        restored = self._project.restored(file, reference, place)
        if restored is not None:
            return restored
        known = published.find(reference, place)
        if known is not None:
            return self._make(known).raw
        message = f"the module '{path}' may make a hub, and is not at hand: 'bicep restore' fetches it"
        called = getattr(file, "text", "")[statement.start : statement.end]
        may = reference.may_hold_hubs or registry.ARGUMENTS.search(called) is not None
        return Absent("module-not-at-hand", message if may else "", "unresolved")
