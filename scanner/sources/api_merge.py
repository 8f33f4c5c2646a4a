"""Compares and completes documents that describe the same thing, saved by different calls."""

from __future__ import annotations

from typing import Any

from scanner.model import Document
from scanner.sources.documents.spelling import MODES, canonical, folded
from scanner.values import Unknown

_NESTED = frozenset({"properties", "managedNetwork"})


def identity(document: Document) -> str:
    """The id of a resource as it is compared: lower case, no slash at the end; empty where there is none."""
    identifier = document.get("id")
    return identifier.strip().rstrip("/").lower() if isinstance(identifier, str) else ""


def complete(document: Document, other: Document) -> None:
    """Fill what a document lacks from another of the same resource.  What both have stays as it is."""
    for key, value in other.items():
        own = document.get(key)
        if own is None:
            document[key] = value
        elif key in _NESTED and isinstance(own, dict) and isinstance(value, dict):
            complete(own, value)


def network(document: Document) -> Document | None:
    """The managed network of a workspace, None where its document has none."""
    properties = document.get("properties")
    found = properties.get("managedNetwork") if isinstance(properties, dict) else None
    return found if isinstance(found, dict) else None


def mode(body: Document | None) -> str | None:
    """The isolation mode of a managed network as it is compared; None where there is no network."""
    if body is None:
        return None
    written = body.get("isolationMode")
    return canonical(written, MODES) if isinstance(written, str) and written else "Disabled"


def members_of(document: Document, name: str) -> list[Any]:
    """A list of a document to add to, made where there is none.

    Where something else stands in its place, what is added goes nowhere: the collection is not known.
    """
    value = document.get(name)
    if value is None:
        value = document[name] = []
    return value if isinstance(value, list) else []


def named(rules: Any) -> list[Any]:
    """Rules as a list, whether they are one or a map by name."""
    if isinstance(rules, dict):
        return [{"name": name, "properties": properties} for name, properties in rules.items()]
    return list(rules) if isinstance(rules, list) else []


def compatible(one: Any, other: Any) -> bool:
    """Whether two values agree in whatever both say; words agree in any spelling, what is open in nothing.

    One tool prints nulls that another leaves out, and ``fqdn`` where another says ``FQDN``.
    """
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return all(
            one[key] is None or other[key] is None or compatible(one[key], other[key])
            for key in one.keys() & other.keys()
        )
    if isinstance(one, str) and isinstance(other, str):
        return one == other or folded(one) == folded(other)
    return bool(one == other)
