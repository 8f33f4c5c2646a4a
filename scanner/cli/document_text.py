"""A hub document as YAML for people: what is not known is tagged, and a comment says why or where.

The text is YAML that other tools read, with the tags ``!unresolved`` (nothing, or only a part of the
text, is known) and ``!maybe`` (a member that may not be there).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.expressions import display
from scanner.model import Hub, Locations, Place
from scanner.results import text
from scanner.values import OpenList, Unknown

_FIRST = ("id", "name", "type", "kind", "location")
_NOT_COLLECTED = "was not collected"
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+@~-]*(?: [A-Za-z0-9_./+@~-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def lines(hub: Hub, *, positions: bool) -> Iterator[str]:
    """The lines of one hub, a YAML document of its own."""
    places = hub.places if positions else None
    yield "---"
    yield f"# {display(hub.ref.id)}"
    missing = [key for key, value in hub.document.items() if _is_not_collected(value)]
    document = {key: value for key, value in hub.document.items() if key not in missing}
    yield from _mapping(document, hub.document, places, 0)
    if missing:
        yield f"# not collected: {', '.join(sorted(missing))}"


def _is_not_collected(value: Any) -> bool:
    return isinstance(value, Unknown) and value.reason.endswith(_NOT_COLLECTED)


def _mapping(mapping: dict[str, Any], holder: Any, places: Locations | None, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key in dict.fromkeys((*(key for key in _FIRST if key in mapping), *mapping)):
        value = mapping[key]
        yield from _entry(f"{indent}{_string(key)}:", value, _comment(places, holder, key), places, depth)


def _entry(head: str, value: Any, where: str, places: Locations | None, depth: int) -> Iterator[str]:
    """A value behind its key or its dash, on the same line or on those below it."""
    if isinstance(value, OpenList):
        yield f"{head}{_remark(display(value.reason), where)}"
        for member, sure in value.members:
            open_already = sure or isinstance(member, Unknown)
            yield from _member(member, places, depth, "- " if open_already else "- !maybe ")
    elif isinstance(value, Unknown):
        reason = display(value.reason)
        shown = value.text if value.text is not None else display(value)
        yield f"{head} !unresolved {text(shown)}{_remark(reason, where)}"
    elif isinstance(value, dict) and value:
        yield f"{head}{_remark(where)}"
        yield from _mapping(value, value, places, depth + 1)
    elif isinstance(value, list) and value:
        yield f"{head}{_remark(where)}"
        for member in value:
            yield from _member(member, places, depth, "- ")
    else:
        yield f"{head} {_scalar(value)}{_remark(where)}"


def _member(member: Any, places: Locations | None, depth: int, dash: str) -> Iterator[str]:
    indent = "  " * depth
    if not (isinstance(member, dict) and member):
        yield from _entry(f"{indent}{dash}".rstrip(), member, "", places, depth + 1)
        return
    inner = _mapping(member, member, places, depth + 1)
    if dash == "- ":
        yield f"{indent}- {next(inner).lstrip()}"
    else:
        yield f"{indent}{dash}".rstrip()
    yield from inner


def _comment(places: Locations | None, holder: Any, key: str) -> str:
    place = places.of(holder, key) if places else None
    if places is None or place is None:
        return ""
    origin = places.origin(holder, key)
    return _at(place) + (f", written at {_at(origin)}" if origin else "")


def _at(place: Place) -> str:
    return display(f"{place.path}:{place.line}:{place.column}")


def _remark(*parts: str) -> str:
    said = "; ".join(part for part in parts if part)
    return f"  # {said}" if said else ""


def _scalar(value: Any) -> str:
    return _string(value) if isinstance(value, str) else text(value)


def _string(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and len(value) < 200:
        return value
    return text(value)
