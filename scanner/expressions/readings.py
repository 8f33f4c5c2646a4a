"""What of a value an expression looks at."""

from __future__ import annotations

from scanner.expressions.parser import Node

Path = tuple[str, ...]


def paths_read(node: Node, root: str) -> frozenset[Path] | None:
    """The paths at which a node looks at a root, each as far as it surely goes; None where it sees all of it.

    What only looks like the root, such as a variable or a field of its name, counts as the root.
    """
    found: set[Path] = set()
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        path = _path(inner, root)
        if path is None:
            waiting += [child for child in inner["children"] if isinstance(child, dict)]
            continue
        names, rest = path
        if not names:
            return None
        found.add(names)
        waiting += rest
    return frozenset(found)


def _path(node: Node, root: str) -> tuple[Path, list[Node]] | None:
    """The path that a node begins with, and what follows that; None where it does not begin at the root."""
    if node["type"] in ("variable", "field"):
        return ((), []) if node["value"] == root else None
    if node["type"] != "subexpression":
        return None
    first, *rest = node["children"]
    begun = _path(first, root)
    if begun is None or begun[1]:
        return None
    names = [*begun[0]]
    while rest and rest[0]["type"] == "field":
        names.append(rest.pop(0)["value"])
    return tuple(names), rest
