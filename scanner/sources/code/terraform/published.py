"""Azure Verified Modules that Terraform did not fetch: what their variables mean, as data.

Each is a file ``policies/data/terraform-modules/NAME.yaml``: the versions that it speaks of, and in the
language itself the resources that matter here; an empty text is a module that makes no hub.  A text may be
a list of texts.  ``any`` is what holds where no version is told, ``later`` for one that is not described;
without them the module is not known.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import yaml

from scanner.bundled import bundled
from scanner.model import Place
from scanner.sources.code.terraform.folder import Folder, read
from scanner.sources.hcl.source import Embedded, Source

_FOLDER = "terraform-modules"
_NAMED = re.compile(
    r"(?:^|[/:@])azure/(?:terraform-azurerm-)?(?P<name>avm-[a-z0-9-]+)(?:/azurerm|\.git)?/?(?:\?[^/]*)?$",
    re.IGNORECASE,
)
_EXACT = re.compile(r"(?:=\s*)?v?(\d+)\.(\d+)(?:\.\d+[\w.+-]*)?|~>\s*(\d+)\.(\d+)\.\d+")
_FROM = re.compile(r"(?:~>|>=)\s*(\d+)\.(\d+)(?:\.\d+)?")

_Number = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a module: each variant with its first and last version and its texts, newest first."""

    variants: tuple[tuple[_Number, _Number, tuple[str, ...]], ...]
    any: tuple[str, ...] | None
    later: tuple[str, ...] | None


def module(source: str, version: str | None, place: Place) -> Folder | None:
    """What stands in for a module that is called at a place; None where nothing is known of it.

    Everything in it stands where the call does.
    """
    named = _NAMED.search(source)
    known = _known(named["name"].lower()) if named is not None else None
    texts = _texts(known, (version or "").strip()) if known is not None else None
    if texts is None:
        return None
    sources: dict[str, Source] = {f"{index}.tf": Embedded(text, place) for index, text in enumerate(texts)}
    return read(place.path, "", sources)


def _texts(known: Known, version: str) -> tuple[str, ...] | None:
    """The texts of the variant that a version, or every known one of a range of versions, belongs to."""
    exact, start = _EXACT.fullmatch(version), _FROM.fullmatch(version)
    if exact is not None:
        major, minor = (part for part in exact.groups() if part is not None)
        number = (int(major), int(minor))
        return next((text for first, last, text in known.variants if first <= number <= last), known.later)
    first, last, newest = known.variants[0]
    if start is not None and first <= (int(start[1]), int(start[2])) <= last:
        return newest
    return known.any


@functools.cache
def _known(name: str) -> Known | None:
    file = bundled("policies") / "data" / _FOLDER / f"{name}.yaml"
    if not file.is_file():
        return None
    data: dict[str, Any] = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    variants = [
        (_number(one["first"]), _number(one["last"]), _parts(one["terraform"])) for one in data["variants"]
    ]
    beside = (_parts(data[name]) if name in data else None for name in ("any", "later"))
    return Known(tuple(sorted(variants, reverse=True)), *beside)


def _parts(text: str | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _number(version: str) -> _Number:
    major, _, minor = version.partition(".")
    return int(major), int(minor)
