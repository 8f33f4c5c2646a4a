"""Texts of stretches, of which some are not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of, shortened
from scanner.sources.code.symbols import Symbol, Text, text
from scanner.values import Unknown

_MOST_PARTS = 2_000
_LONGEST = 1 << 20


def joined(stretches: Iterable[Any], origin: str) -> Any:
    """The text that some stretches make, each a text, a number, or open."""
    parts: list[str | None] = []
    keys: list[str] = []
    reason = ""
    for stretch in stretches:
        kind = type(stretch)
        if kind is str:
            _append(parts, keys, stretch, "")
        elif kind is Symbol:
            _append(parts, keys, None, stretch.key)
            reason = reason or stretch.reason
        elif kind is Text:
            names = iter(stretch.keys)
            for part in stretch.parts:
                _append(parts, keys, part, next(names) if part is None else "")
            reason = reason or stretch.reason
        elif isinstance(stretch, Unknown):
            _append(parts, keys, None, key_of(stretch))
            reason = reason or stretch.reason
        else:
            _append(parts, keys, str(stretch), "")
    if not keys:
        return "".join(part or "" for part in parts)
    if len(parts) > _MOST_PARTS or sum(len(part) for part in parts if part) > _LONGEST:
        raise Failure("a text that is too long")
    return text(tuple(parts), tuple(keys), Unknown(reason, text=origin))


def _append(parts: list[str | None], keys: list[str], part: str | None, key: str) -> None:
    if part is None:
        if parts and parts[-1] is None:
            keys[-1] = shortened(f"{keys[-1]}+{key}")
        else:
            parts.append(None)
            keys.append(key)
    elif part:
        if parts and parts[-1] is not None:
            parts[-1] += part
        else:
            parts.append(part)
