"""One verdict, and what the member that it is about is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from scanner.expressions import display
from scanner.model import Place, Verdict
from scanner.records import dataclass
from scanner.values import Partial, Unknown

_UNNAMED_BYTES = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict of one policy on a hub, or on one member of it.

    ``item`` is the member's name and ``key`` what tells it from others of that name; both None for
    the hub itself.  ``by`` names other members that the verdict rests on.  ``place`` is where the value
    stands in code that leaves the verdict open, as far as that is known.
    """

    verdict: Verdict
    item: str | None = None
    key: str | None = None
    by: tuple[str, ...] = ()
    message: str = ""
    reason: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    subject: Any = None
    place: Place | None = None


def item_name(item: Any) -> str | None:
    """What a member is called: its ``name``, else its ``id``, else the member itself as short JSON."""
    if item is None or (isinstance(item, Unknown) and not isinstance(item, Partial)):
        return None
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        for key in ("name", "id"):
            if key in item and item[key] is not None:
                return item[key] if isinstance(item[key], str) else display(item[key])
    return display(item)[:_UNNAMED_BYTES]


def item_key(item: Any) -> str | None:
    """What tells a member from others of its name: its ``key``, None where it has none."""
    if item is not None and isinstance(item, Mapping) and item.get("key") is not None:
        return item["key"] if isinstance(item["key"], str) else display(item["key"])
    return None


def others(item: Any) -> tuple[str, ...]:
    """The names of other members that the verdict on one rests on: its ``by``."""
    names = item.get("by") if item is not None and isinstance(item, Mapping) else None
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
