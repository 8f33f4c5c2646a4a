"""Azure Verified Modules that are not at hand: what their parameters mean, as data.

Each is a file ``policies/data/bicep-modules/NAME.yaml``: the versions that it speaks of, and in the language
itself the resources that matter here, with the parameters as published.  A text may be a list of texts.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import yaml

from scanner.bundled import bundled
from scanner.model import Place
from scanner.sources.arm.places import Called
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.registry import Reference

_FOLDER = "bicep-modules"
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Variant:
    """What is known of a module: its text, and the first and the last version that it holds for."""

    text: str
    first: tuple[int, int]
    last: tuple[int, int]


class Published(BicepFile):
    """The text that stands in for a module, for one call of it: everything in it stands where the call does.

    ``unknown_since`` is the version that was called, where nobody knows what its defaults are.
    """

    def __init__(self, text: str, place: Place, unknown_since: str | None) -> None:
        super().__init__(place.path, f"module:{place}", text.encode())
        self._place = Called(path=place.path, line=place.line, column=place.column, end_line=place.end_line)
        self.unknown_since = unknown_since

    def at(self, offset: int) -> Place:
        """The place of the call."""
        _ = offset
        return self._place


def find(reference: Reference, place: Place) -> Published | None:
    """What stands in for a module that is called at a place; None where nothing is known of it.

    Of a version that is not described, what is given still means what it means in the latest.
    """
    name = reference.verified
    variants = _variants(name) if name is not None else ()
    if not variants:
        return None
    number = _number(reference.version)
    for variant in variants:
        if number is not None and variant.first <= number <= variant.last:
            return Published(variant.text, place, None)
    return Published(variants[-1].text, place, reference.version or "(a digest)")


@functools.cache
def _variants(name: str) -> tuple[Variant, ...]:
    file = bundled("policies") / "data" / _FOLDER / f"{name.replace('/', '-')}.yaml"
    if not file.is_file():
        return ()
    data: dict[str, Any] = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    return tuple(
        Variant(_text(one["bicep"]), _number(one["first"]) or (0, 0), _number(one["last"]) or (0, 0))
        for one in data["variants"]
    )


def _text(bicep: str | list[str]) -> str:
    """A text, or several that variants have in common."""
    return bicep if isinstance(bicep, str) else "\n".join(bicep)


def _number(version: str) -> tuple[int, int] | None:
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2])) if found is not None else None
