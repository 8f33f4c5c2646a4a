"""Texts of stretches, of which some are not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of, shortened
from scanner.sources.code.symbols import Symbol, Text
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
            if parts and parts[-1] is not None:
                parts[-1] += stretch
            elif stretch:
                parts.append(stretch)
            continue
        if kind is Symbol:
            _append(parts, keys, None, stretch.key)
        else:
            for part, key in _known(stretch):
                _append(parts, keys, part, key)
        reason = reason or getattr(stretch, "reason", "")
    if not keys:
        return "".join(part or "" for part in parts)
    if len(parts) > _MOST_PARTS or sum(map(len, filter(None, parts))) > _LONGEST:
        raise Failure("a text that is too long")
    if len(parts) == 1:
        return Symbol(keys[0], reason, text=origin)
    return Text(tuple(parts), tuple(keys), reason, text=origin)


def _known(stretch: Any) -> Iterable[tuple[str | None, str]]:
    """What is known of a stretch: texts, and the name of what stands between them."""
    if type(stretch) is Text:
        names = iter(stretch.keys)
        return [(part, next(names) if part is None else "") for part in stretch.parts]
    if isinstance(stretch, Unknown):
        return ((None, key_of(stretch)),)
    return ((str(stretch), ""),)


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
