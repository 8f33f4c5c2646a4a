"""What the syntax tree alone tells: which names it uses, which paths it consults, what may fail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scanner.expressions.errors import Problem
from scanner.expressions.parser import Node

Path = tuple[str, ...]

ROOTS = ("hub", "item", "params", "before")
"""What expressions may see, in the order in which a compiled function takes it."""

_SURE_FUNCTIONS = frozenset({"not_null", "to_array", "to_string", "to_number", "type"})
"""Functions that take any argument and never fail, where they are given as many as they want."""

_SEQUENCES = frozenset({"subexpression", "index_expression", "pipe"})


def nodes(tree: Node) -> Iterator[Node]:
    """Every node of a tree, parents first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in reversed(node["children"]) if isinstance(child, dict))


def can_fail(node: Node) -> bool:
    """Whether evaluating this part may end in an error, such as a wrong type, for some document.

    The answer is kept in the node.
    """
    known = node.get("fails")
    if known is None:
        inner = [can_fail(child) for child in node["children"] if isinstance(child, dict)]
        known = node["fails"] = any(inner) or _fails_itself(node)
    return bool(known)


def _fails_itself(node: Node) -> bool:
    match node["type"]:
        case "function_expression":
            arguments = len(node["children"])
            sure = arguments == 1 or (node["value"] == "not_null" and arguments > 1)
            return node["value"] not in _SURE_FUNCTIONS or not sure
        case "comparator":
            return bool(node["value"] not in ("eq", "ne"))
        case "slice":
            return bool(node["children"][2] == 0)
        case _:
            return False


def undefined(tree: Node, names: Collection[str]) -> Iterator[Problem]:
    """A problem for every variable that is used where it is not defined."""
    waiting: list[tuple[Node, frozenset[str]]] = [(tree, frozenset(names))]
    while waiting:
        node, known = waiting.pop()
        if node["type"] == "variable" and node["value"] not in known:
            offered = ", ".join(f"${name}" for name in sorted(known)) or "none"
            yield Problem(node["offset"], f"${node['value']} is not defined", f"defined here: {offered}")
        children = [child for child in node["children"] if isinstance(child, dict)]
        if node["type"] == "let":
            waiting.append((children.pop(), known.union(node["value"])))
        waiting.extend((child, known) for child in children)


def paths(tree: Node, roots: Collection[str]) -> tuple[Path, ...]:
    """The longest chains of fields that begin at a root, in the order of the text, each once.

    They are what an answer rests on: ``hub.properties.kind``, ``$params.allowed`` within a filter.
    """
    reader = _Paths(roots)
    reader.end(reader.read(tree, (), {root: (root,) for root in roots}))
    return tuple(dict.fromkeys(path for path in reader.found if path))


class _Paths:
    """Follows the current value through a tree while it is known by its path from a root.

    A value is a path, ``()`` for the root object itself, or None for anything else.
    """

    def __init__(self, roots: Collection[str]) -> None:
        self.roots = roots
        self.found: list[Path] = []

    def end(self, path: Path | None) -> None:
        """Note a path that goes no further."""
        if path == ():
            self.found.extend((root,) for root in self.roots)
        elif path is not None:
            self.found.append(path)

    def read(self, node: Node, value: Path | None, variables: Mapping[str, Path | None]) -> Path | None:
        """The path of what a node yields, every path that ends within it noted."""
        kind = node["type"]
        if kind == "field":
            known = value is not None and (bool(value) or node["value"] in self.roots)
            return (*value, node["value"]) if known and value is not None else None
        if kind in ("current", "identity"):
            return value
        if kind == "variable":
            return variables.get(node["value"])
        if kind in _SEQUENCES:
            return self._sequence(node, value, variables)
        if kind == "let":
            *bindings, body = node["children"]
            bound = [self.read(child, value, variables) for child in bindings]
            return self.read(body, value, {**variables, **dict(zip(node["value"], bound, strict=True))})
        self._inside(node, value, variables)
        return None

    def _sequence(self, node: Node, value: Path | None, variables: Mapping[str, Path | None]) -> Path | None:
        for child in node["children"]:
            following = self.read(child, value, variables)
            if following is None and value and child["type"] in ("index", "slice"):
                self.end(value)
            value = following
        return value

    def _inside(self, node: Node, value: Path | None, variables: Mapping[str, Path | None]) -> None:
        projection = node["type"] in ("projection", "value_projection", "filter_projection", "flatten")
        children = [child for child in node["children"] if isinstance(child, dict)]
        if node["type"] == "expref":
            value = None
        for position, child in enumerate(children):
            inner = None if projection and position else value
            if child["type"] not in ("identity", "index", "slice"):
                self.end(self.read(child, inner, variables))
            elif projection and not position:
                self.end(value)
