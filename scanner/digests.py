"""What a result rests on, as digests: the same policies and the same inputs have the same ones.

`combined` is what ``sha256sum`` prints of the lines of ``sha256sum`` for the inputs, sorted by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from scanner.model import Digests, Exemption, Input
from scanner.policy import Policy

LIVE = "/subscriptions/"
"""How the name of an input begins that is no file: what was read of a subscription."""


def basis(
    policies: Sequence[Policy], exemptions: Sequence[Exemption], tool_version: str, options: Mapping[str, Any]
) -> str:
    """A digest of all that a result rests on but the hubs and the day: 64 hexadecimal digits."""
    described = {
        "version": tool_version,
        "policies": [_described(policy) for policy in policies],
        "exemptions": exemptions,
        "options": options,
    }
    text = orjson.dumps(described, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


def digests(policies: str, read: Iterable[Input]) -> Digests:
    """The digests of a result: that of its policies, and those of its inputs, each once, in order."""
    found = {(one.path, one.sha256): one for one in read}
    inputs = [found[key] for key in sorted(found)]
    return Digests(policies=policies, inputs=combined(inputs), read=tuple(inputs))


def combined(inputs: Iterable[Input]) -> str:
    """One digest of several inputs, in their order."""
    whole = hashlib.sha256()
    for one in inputs:
        whole.update(_line(one))
    return whole.hexdigest()


def _line(one: Input) -> bytes:
    """What sha256sum prints of a file; a name that would make two lines is escaped as it does."""
    escaped = one.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != one.path else ""
    return f"{mark}{one.sha256}  {escaped}\n".encode("utf-8", "replace")


def _described(policy: Policy) -> dict[str, Any]:
    expressions = (policy.when, policy.each, policy.require, policy.message)
    return {
        "card": policy.card,
        "expressions": [None if expression is None else expression.text for expression in expressions],
        "needs": policy.needs,
        "params": policy.params,
    }
