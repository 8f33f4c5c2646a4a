"""What a verdict rests on, as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from scanner.expressions import display, display_json
from scanner.policy import Policy
from scanner.values import Unknown

_EVIDENCE_BYTES = 500
"""Longest JSON text of one piece of evidence: a finding is for reading."""

_JSON_ALONE = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

_SHORT = _EVIDENCE_BYTES // 6 - 1
"""Characters of a text of ASCII that is short enough, whatever is in it."""

_SHOWN = object()
"""Stands before a path in a memo: no expression has such a name."""


def evidence(policy: Policy, scope: Mapping[str, Any], memo: dict[Any, Any]) -> dict[str, Any]:
    """The values that the policy's condition and message speak of, where they are short enough to read."""
    found: dict[str, Any] = {}
    for path in policy.evidence:
        value = walk(path, scope)
        if value is not None:
            found[".".join(path)] = _remembered(path, value, memo) if path[0] == "hub" else shown(value)
    return found


def _remembered(path: tuple[str, ...], value: Any, memo: dict[Any, Any]) -> Any:
    """What stands at a path of a hub as evidence has it: of the same hub many policies speak of the same."""
    known = memo.get((_SHOWN, path))
    if known is None:
        known = memo[_SHOWN, path] = shown(value)
    return known


def shown(value: Any) -> Any:
    """A value as evidence has it: JSON, or text for people where it is not known or too long to read."""
    if type(value) is str and len(value) <= _SHORT and value.isascii():
        return value
    if isinstance(value, Unknown):
        return display(value)
    try:
        text = orjson.dumps(value, option=_JSON_ALONE)
    except TypeError:
        try:
            text = orjson.dumps(value, default=display, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:
            # A number of more than 64 bits.
            return display(value)
        return orjson.loads(text) if len(text) <= _EVIDENCE_BYTES else display(value)
    return orjson.loads(text) if len(text) <= _EVIDENCE_BYTES else display_json(value, text)


def walk(path: Sequence[str], scope: Mapping[str, Any]) -> Any:
    """What is at a path: null where a step is missing, the unknown value where one is not known."""
    value: Any = scope
    for name in path:
        if type(value) is dict:
            value = value.get(name)
        elif isinstance(value, Unknown):
            return value
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
