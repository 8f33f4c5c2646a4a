"""The controls of frameworks: which policies give evidence for each, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.errors import ConfigError
from scanner.model import Control, PolicyCard
from scanner.reference import current
from scanner.schema import suggestion

_PIECES = re.compile(r"\d+|\D+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One control, and the ids of the policies that name it.

    ``title`` is the control's name after the table controls, None where that does not know it.
    """

    control: Control
    title: str | None
    policies: tuple[str, ...]


def groups(cards: Iterable[PolicyCard]) -> list[Group]:
    """The controls that some policies name, by framework, version and number; NS-2 before NS-10."""
    found: dict[Control, list[str]] = {}
    for card in cards:
        for control in dict.fromkeys(card.controls):
            found.setdefault(control, []).append(card.id)
    return [
        Group(control=control, title=title(control), policies=tuple(sorted(found[control])))
        for control in sorted(found, key=_order)
    ]


def of_framework(cards: Iterable[PolicyCard], name: str) -> list[Group]:
    """The controls of the frameworks whose name begins so, whatever the case.

    A name is that which policies use, with the version after it or not, or the full name of the table
    controls.  Words may be left out of it, the first one excepted: "nist 800-53".  Raises `ConfigError`
    where there is none.
    """
    every = groups(cards)
    wanted = name.casefold().split()
    found = [group for group in every if any(_begins(known, wanted) for known in _names(group.control))]
    if not found:
        frameworks = list(dict.fromkeys(group.control.framework for group in every))
        words = dict.fromkeys(word for known in frameworks for word in (known, known.split()[0]))
        hint = suggestion(name, words) or f"there is {', '.join(frameworks) or 'none'}"
        raise ConfigError(f"no policy names a control of a framework called '{name}' ({hint})")
    return found


def title(control: Control) -> str | None:
    """What a control is called."""
    versions = _section("controls").get(control.framework)
    titles = versions.get(control.version) if isinstance(versions, Mapping) else None
    found = titles.get(control.control) if isinstance(titles, Mapping) else None
    return found if isinstance(found, str) else None


def framework(control: Control) -> str:
    """The framework of a control in words: its name, version and, where it is known, its full name."""
    full = _section("names").get(control.framework)
    short = f"{control.framework} {control.version}"
    return f"{short}: {full}" if isinstance(full, str) else short


def _begins(name: str, wanted: Sequence[str]) -> bool:
    """Whether the wanted words begin words of a name, in their order, the first one its first word."""
    words = iter(name.split())
    first = next(words, "")
    return (
        bool(wanted)
        and first.startswith(wanted[0])
        and all(any(word.startswith(part) for word in words) for part in wanted[1:])
    )


def _names(control: Control) -> tuple[str, ...]:
    full = _section("names").get(control.framework)
    return (f"{control.framework} {control.version}".casefold(), str(full or "").casefold())


def _section(key: str) -> Mapping[str, Any]:
    section = current().table("controls").get(key)
    return section if isinstance(section, Mapping) else {}


def _order(control: Control) -> tuple[Any, ...]:
    return (control.framework.casefold(), control.version, _natural(control.control))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key by which numbers in a text count as numbers."""
    return [
        (0, int(piece), "") if piece.isdecimal() and len(piece) < 10 else (1, 0, piece)
        for piece in _PIECES.findall(text)
    ]
