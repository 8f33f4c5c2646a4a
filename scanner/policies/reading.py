"""A policy out of the text of its file."""

from __future__ import annotations

import re
from typing import Any

from scanner import positions
from scanner.expressions import ExpressionError
from scanner.policies.parsing import compiled_only, parse
from scanner.policy import Policy

_EXAMPLES = re.compile(rb"^examples:", re.MULTILINE)
_KEY = re.compile(rb"^[^\s#-]", re.MULTILINE)


def whole(name: str, text: bytes) -> tuple[Policy | None, list[str]]:
    """The policy of a file, and what is wrong with it: one of the two is always there."""
    try:
        policy, wrong = parse(positions.load(text, name))
    except positions.YamlError as error:
        return None, [str(error.problem)]
    return policy, [str(problem) for problem in wrong]


def without_examples(name: str, text: bytes, *, checked: bool) -> tuple[Policy, Any] | None:
    """The policy of a file, and the data that it was made of; None where something is wrong with it.

    One that was ``checked`` is not checked again.
    """
    try:
        document = positions.load(_head(text), name)
        policy = compiled_only(document) if checked else parse(document)[0]
    except (positions.YamlError, ExpressionError):
        return None
    return None if policy is None else (policy, document.data)


def _head(text: bytes) -> bytes:
    """A policy's text up to its examples, where nothing follows them."""
    found = _EXAMPLES.search(text)
    return text if found is None or _KEY.search(text, found.end()) else text[: found.start()]
