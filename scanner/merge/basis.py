"""What all shards of one scan have in common: a digest tells whether results are of one scan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from scanner.model import Exemption
from scanner.policy import Policy


def basis(
    policies: Sequence[Policy], exemptions: Sequence[Exemption], tool_version: str, options: Mapping[str, Any]
) -> str:
    """A digest of all that a result rests on but the hubs and the day: 32 hexadecimal digits."""
    described = {
        "version": tool_version,
        "policies": [_described(policy) for policy in policies],
        "exemptions": exemptions,
        "options": options,
    }
    text = orjson.dumps(described, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()[:32]


def _described(policy: Policy) -> dict[str, Any]:
    expressions = (policy.when, policy.each, policy.require, policy.message)
    return {
        "card": policy.card,
        "expressions": [None if expression is None else expression.text for expression in expressions],
        "needs": policy.needs,
        "params": policy.params,
    }
