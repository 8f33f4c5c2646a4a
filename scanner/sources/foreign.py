"""Says what a file is that no source reads, so that people need not guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.model import Document
from scanner.sources.files.content import NOTHING, Content
from scanner.sources.files.json_text import BadJSON, noun, parse

_KNOWN: tuple[tuple[str, Callable[[Document], bool]], ...] = (
    ("a result of hubscan", lambda value: str(value.get("result")).startswith("hubscan/")),
    ("a SARIF log", lambda value: isinstance(value.get("runs"), list)),
    ("an ARM template", lambda value: "deploymenttemplate.json" in str(value.get("$schema")).lower()),
    ("a parameter file", lambda value: "deploymentparameters.json" in str(value.get("$schema")).lower()),
    ("a file of Terraform", lambda value: "terraform_version" in value),
    ("a Jupyter notebook", lambda value: "nbformat" in value and isinstance(value.get("cells"), list)),
    ("a JSON schema", lambda value: "json-schema.org" in str(value.get("$schema"))),
)

_ANSWERS = frozenset(("id", "type", "properties", "value", "data", "managednetwork", "managed_network"))
"""Keys, in lower case, of which an answer of Azure has one at its top, or of its first member."""

_PACKED = b"PK\x03\x04"
_YAML = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file is: a clause for people, and whether that is sure enough to expect nothing of it."""

    reason: str
    sure: bool


def foreign(content: Content) -> Foreign:
    """What is known of a file that is of no kind that is read."""
    if not content.bracketed:
        return Foreign(_form(content), sure=True)
    if content.too_deep:
        return Foreign("it is nested too deep to be read", sure=False)
    if content.data is None:
        return Foreign("it is too large to be anything else", sure=False)
    if isinstance(content.value, dict):
        for reason, is_that in _KNOWN:
            if is_that(content.value):
                return Foreign(f"it is {reason}", sure=True)
    if content.value is NOTHING:
        return Foreign(_flaw(content.data), sure=not content.opens)
    return Foreign(f"it is {noun(content.value)} of another kind", sure=not _is_like_an_answer(content.value))


def _is_like_an_answer(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and not _ANSWERS.isdisjoint(map(str.lower, first))


def _form(content: Content) -> str:
    """What a file that is no JSON is."""
    if not content.head:
        return "it is empty"
    if content.head.startswith(_PACKED):
        return "it is packed; of a plan of Terraform, 'terraform show -json' is read"
    return "it is YAML of another kind" if content.path.lower().endswith(_YAML) else "it is not JSON"


def _flaw(data: bytes) -> str:
    try:
        parse(data)
    except BadJSON as error:
        return f"it is {error}"
    return "it is JSON of another kind"
