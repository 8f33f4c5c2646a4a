"""The configuration in one folder: its blocks by what they declare, override files merged into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.model import Place
from scanner.sources.code.terraform.endings import counted, stem
from scanner.sources.hcl.parser import parse
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import Attribute, Block, Body
from scanner.sources.hcl.tfjson import parse_json

VALUES = (".tfvars", ".tfvars.json")

Address = tuple[str, str, str]
"""Mode (managed or data), type and name of a resource."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a file that cannot be understood: where, and a clause that says what was expected."""

    place: Place
    message: str


@dataclass(slots=True)
class Folder:
    """The blocks of one folder.  ``path`` is for people, ``location`` for the system.

    Resources of one address are all kept, although Terraform refuses them.
    """

    path: str
    location: str
    resources: dict[Address, list[Block]] = field(default_factory=dict)
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    given: dict[str, Attribute] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


def read(path: str, location: str, files: Mapping[str, Source]) -> Folder:
    """The folder that some files make, by name."""
    folder = Folder(path, location)
    names = sorted(counted(files))
    for name in names:
        if not is_override(name):
            _declare(folder, body_of(folder, name, files[name]))
    for name in names:
        if is_override(name):
            _override(folder, body_of(folder, name, files[name]))
    for name in given_by_itself(files):
        folder.given |= body_of(folder, name, files[name]).attributes
    return folder


def is_override(name: str) -> bool:
    """Whether a file is read last, and its blocks are merged into those of the others."""
    own = stem(name)
    return own == "override" or own.endswith("_override")


def given_by_itself(names: Iterable[str]) -> list[str]:
    """The files with values of variables that Terraform reads unasked, the last to count most."""
    first = ("terraform.tfvars", "terraform.tfvars.json")
    others = (name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [*(name for name in first if name in names), *sorted(others)]


def body_of(folder: Folder, name: str, source: Source) -> Body:
    """What a file holds; what is wrong with it goes to the flaws of the folder."""
    body, errors = parse_json(source) if name.endswith(".json") else parse(source)
    folder.flaws += [Flaw(source.place(error.at), str(error)) for error in errors]
    return body


def _declare(folder: Folder, body: Body) -> None:
    for block in body.blocks:
        labels = block.labels
        if block.kind in ("resource", "data") and len(labels) == 2:
            mode = "managed" if block.kind == "resource" else "data"
            folder.resources.setdefault((mode, *labels), []).append(block)
        elif block.kind == "locals":
            for name, attribute in block.body.attributes.items():
                folder.locals.setdefault(name, attribute)
        elif (declared := _named(folder, block)) is not None:
            declared.setdefault(labels[0], block)


def _named(folder: Folder, block: Block) -> dict[str, Block] | None:
    """Where the blocks of a kind are kept that have one name."""
    if len(block.labels) != 1:
        return None
    return {"variable": folder.variables, "output": folder.outputs, "module": folder.calls}.get(block.kind)


def _override(folder: Folder, body: Body) -> None:
    for block in body.blocks:
        labels = block.labels
        if block.kind in ("resource", "data") and len(labels) == 2:
            mode = "managed" if block.kind == "resource" else "data"
            for own in folder.resources.get((mode, *labels), []):
                _merge(own, block)
        elif block.kind == "locals":
            folder.locals |= block.body.attributes
        elif (declared := _named(folder, block)) is not None and labels[0] in declared:
            _merge(declared[labels[0]], block)


def _merge(block: Block, other: Block) -> None:
    """Put the attributes of an override in the place of a block's own, and its inner blocks by kind."""
    block.body.attributes |= other.body.attributes
    block.merged.append(other)
    kinds = {made_kind(inner) for inner in other.body.blocks}
    kept = [inner for inner in block.body.blocks if made_kind(inner) not in kinds]
    block.body.blocks = kept + other.body.blocks


def shown(address: Address) -> str:
    """An address as it is written."""
    mode, kind, name = address
    return f"{'data.' if mode == 'data' else ''}{kind}.{name}"


def made_kind(block: Block) -> str:
    """The kind of inner block that a block is, or makes."""
    return block.labels[0] if block.kind == "dynamic" and block.labels else block.kind
