"""The ids of what code declares, compared as far as they can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.regexes import regex
from scanner.sources.code.symbols import ANY_SUBSCRIPTION, written

WORKSPACE = "microsoft.machinelearningservices/workspaces"

_SCOPED = regex(
    r"(?P<scope>.*)/providers/(?:microsoft\.authorization/(?P<what>locks|roleassignments|policyassignments)"
    r"|microsoft\.insights/(?P<logs>diagnosticsettings))/[^/]+"
)
_SCOPES = {
    name.lower(): name for name in ("locks", "roleAssignments", "policyAssignments", "diagnosticSettings")
}
_OPEN = regex(rf"\{{[^/]*\}}|{ANY_SUBSCRIPTION}")


def identity(identifier: Any) -> str | None:
    """An id as it is compared; None where it cannot be."""
    text = written(identifier)
    return text.strip().rstrip("/").lower() if text else None


def parent(identifier: str, levels: int) -> str:
    """The id of the resource that a child some levels below it belongs to."""
    return identifier.rsplit("/", 2 * levels)[0]


def ancestors(identifier: str) -> Iterator[str]:
    """The scopes that a resource lies in, and the resource itself: subscription, group, parents."""
    segments = identifier.split("/")
    yield from ("/".join(segments[:end]) for end in (3, 5) if end < len(segments))
    yield from ("/".join(segments[:end]) for end in range(9, len(segments) + 1, 2))


def scope_of(identifier: str) -> tuple[str, str] | None:
    """The collection of a lock, an assignment or a diagnostic setting, and the id it is set on."""
    found = _SCOPED.fullmatch(identifier)
    return (_SCOPES[found["what"] or found["logs"]], found["scope"]) if found else None


def names_any(text: bytes) -> bool:
    """Whether a text in what orjson wrote begins as the id of something in a subscription does."""
    return b'"/subscriptions/' in text.lower()


def may_be_same(one: str, other: str) -> bool:
    """Whether two ids that name the same resource differ in nothing but what is open in their scopes."""
    mine, theirs = one.split("/"), other.split("/")
    if len(mine) != len(theirs) or len(mine) < 9 or mine[5:] != theirs[5:]:
        return False
    pairs = zip(mine[:5], theirs[:5], strict=True)
    return all(a == b or _OPEN.fullmatch(a) or _OPEN.fullmatch(b) for a, b in pairs)


def group_of(identifier: str) -> str | None:
    """The id of the resource group that an id lies in, None where it does not say its name."""
    segments = identifier.split("/", 5)
    named = len(segments) == 6 and segments[3] == "resourcegroups" and "{" not in segments[4]
    return "/".join(segments[:5]) if named else None


def is_anyones(identifier: str) -> bool:
    """Whether an id says nothing of what it names: at most one open stretch is all there is of it."""
    stretch = identifier.strip("/")
    return not stretch or _OPEN.fullmatch(stretch) is not None


def is_resource(identifier: str) -> bool:
    """Whether a text is the id of a resource."""
    segments = identifier.split("/")
    return (
        len(segments) >= 9 and segments[1].lower() == "subscriptions" and segments[5].lower() == "providers"
    )
