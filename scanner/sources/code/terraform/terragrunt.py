"""What Terragrunt gives to the variables of a folder, over the defaults of these.

A unit is a ``terragrunt.hcl``: it deploys the folder that it lies in, or the one that it names.  Its inputs
count where they are written out; those of what it includes, and of expressions, are not known.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.sources.code.terraform import remote
from scanner.sources.code.terraform.folder import Folder, body_of, given_by_itself
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import (
    Attribute,
    Body,
    ListOf,
    Literal,
    Name,
    Node,
    ObjectOf,
    Template,
)

NAMES = ("terragrunt.hcl", "terragrunt.hcl.json")

_COPIED = 1_000
"""Files of the folder of a unit that are looked at: they are copied beside those of the module."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a folder is given: inputs as they are written, and of other variables why they are not known."""

    inputs: Mapping[str, Attribute] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One ``terragrunt.hcl``.

    ``target`` is the location of the folder that it deploys, ``ending`` how that ends where no more of it is
    known.  ``inputs`` are None where their names are not known; ``is_whole`` tells that nothing else gives
    any, and ``overrides`` that it sets variables over those in the folder's own files of values.
    """

    path: str
    target: str | None
    ending: str | None
    inputs: Mapping[str, Attribute] | None
    is_whole: bool
    overrides: bool

    def deploys(self, location: str) -> bool:
        """Whether it deploys a folder, or may do so."""
        if self.ending is not None:
            return f"{os.sep}{location}".endswith(f"{os.sep}{self.ending}")
        return location == self.target


def read(path: str, location: str, data: bytes) -> Unit:
    """The unit that a file is, which lies in the folder at a location."""
    flawed = Folder("", "")
    body = body_of(flawed, path, Source(data.decode("utf-8-sig", "replace"), path))
    terraform = body.blocks_of("terraform")
    target, ending = _target([one.body for one in terraform], location)
    extra = any(one.body.blocks_of("extra_arguments") for one in terraform)
    return Unit(
        path,
        target,
        ending,
        _inputs(body),
        not (body.blocks_of("include") or flawed.flaws),
        extra or bool(flawed.flaws) or (target != location and _has_values(location)),
    )


def given(units: Iterable[Unit], folder: Folder) -> Given:
    """What some units, those that deploy a folder, give to its variables."""
    every = [unit for unit in units if unit.deploys(folder.location)]
    inputs: dict[str, Attribute] = {}
    unknown: dict[str, str] = {}
    for name in folder.variables if every else ():
        if name in folder.given and not any(unit.overrides for unit in every):
            continue
        known = [unit.inputs.get(name) if unit.inputs is not None else None for unit in every]
        first = known[0]
        if any(map(_leaves_open, every, known)) or any(not _same(first, one) for one in known[1:]):
            unknown[name] = f"the variable '{name}' is given by Terragrunt, in {every[0].path}"
        elif first is not None:
            inputs[name] = first
    return Given(inputs, unknown)


def _leaves_open(unit: Unit, given: Attribute | None) -> bool:
    """Whether a unit may give a variable something else than what is written out."""
    if unit.overrides or unit.inputs is None:
        return True
    if given is None:
        return not unit.is_whole
    # What is included may be merged into lists and objects.
    return not (_is_plain(given.value) and (unit.is_whole or isinstance(given.value, Literal)))


def _same(one: Attribute | None, other: Attribute | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(_value(one.value) == _value(other.value))


def _target(terraform: Iterable[Body], location: str) -> tuple[str | None, str | None]:
    """The location that is deployed, or how it ends; neither where it is elsewhere."""
    sources = [body.attributes["source"] for body in terraform if "source" in body.attributes]
    if not sources:
        return location, None
    node = sources[-1].value
    if isinstance(node, Literal) and isinstance(node.value, str):
        source = node.value.partition("?")[0].replace("//", "/")
        local = os.path.isabs(source) or remote.is_local(source)  # noqa: PTH117 - a location is a text
        return (os.path.normpath(os.path.join(location, source)) if local else None), None  # noqa: PTH118
    if not isinstance(node, Template) or (isinstance(node.parts[0], str) and node.parts[0].strip()):
        return None, None
    last = node.parts[-1] if isinstance(node.parts[-1], str) else ""
    ending = os.path.normpath(last.partition("?")[0]).strip("./")
    return None, ending or None


def _inputs(body: Body) -> dict[str, Attribute] | None:
    """The inputs by their names; None where these are not written out."""
    attribute = body.attributes.get("inputs")
    if attribute is None:
        return {}
    if not isinstance(attribute.value, ObjectOf):
        return None
    found: dict[str, Attribute] = {}
    for item in attribute.value.items:
        name = _key(item.key)
        if name is None:
            return None
        found[name] = Attribute(name, item.value, item.at, attribute.source)
    return found


def _key(node: Node) -> str | None:
    if isinstance(node, Name):
        return node.name
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def _is_plain(node: Node) -> bool:
    """Whether a value stands there in so many words."""
    if isinstance(node, ListOf):
        return all(map(_is_plain, node.items))
    if isinstance(node, ObjectOf):
        return all(_key(item.key) is not None and _is_plain(item.value) for item in node.items)
    return isinstance(node, Literal)


def _value(node: Node) -> Any:
    """A value that stands there in so many words, so that two of them can be compared."""
    if isinstance(node, ListOf):
        return [_value(item) for item in node.items]
    if isinstance(node, ObjectOf):
        return {_key(item.key): _value(item.value) for item in node.items}
    return (type(node.value), node.value) if isinstance(node, Literal) else node


def _has_values(location: str) -> bool:
    """Whether files of values lie beside a unit, which are copied to the module that it deploys."""
    try:
        with os.scandir(location) as entries:
            names = [entry.name for entry, _ in zip(entries, range(_COPIED), strict=False)]
    except (OSError, ValueError):
        return False
    return bool(given_by_itself(names))
