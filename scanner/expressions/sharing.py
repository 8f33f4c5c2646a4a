"""What several expressions ask of a hub alike, so that it is found once.

An expression is taken apart: what rests on the hub alone becomes a *fact*, which every expression that
says the same shares; what rests on parameters and tables alone is a constant, and is computed when the
expression is compiled.  What is left is asked of each item.  Facts are computed when they are first
asked for, where the expression asks for them, so that answers and errors are those of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from scanner.expressions.compiler import ROOTS, compile_tree
from scanner.expressions.errors import EvaluationError
from scanner.expressions.expression import STEPS, Expression
from scanner.expressions.open import build
from scanner.expressions.parser import Node
from scanner.expressions.state import FAILURES, State
from scanner.expressions.syntax import can_fail, nodes
from scanner.expressions.writer import TooNested
from scanner.functions.registry import Function
from scanner.values import Touched, Unknown

STOPPED = (*FAILURES, EvaluationError, RecursionError, Touched, TooNested)
"""What ends a shared evaluation: whoever asked must ask again in the way that explains."""

_EVERYTHING = frozenset(ROOTS) | {"*"}
_SEQUENCES = frozenset({"subexpression", "index_expression", "pipe"})
_PROJECTIONS = frozenset({"projection", "value_projection", "filter_projection", "flatten"})
_PLAIN = frozenset({"literal", "fact", "expref", "index", "slice", "identity", "current"})
_SELECTS = frozenset({"multi_select_list", "multi_select_dict"})


class Spread(NamedTuple):
    """A list is all the items that ``make`` makes of the members of the list that is fact ``base``."""

    base: int
    make: Callable[[Any], list[Any]]


@dataclass(slots=True)
class Fact:
    """A part of expressions that rests on a hub.

    ``leaves`` are the facts nearest to the hub that it rests on, itself where it is one; ``whole`` is
    True where it also rests on the hub in a way that no leaf stands for; ``loops`` where finding it, the
    leaves known, walks over lists.  ``spread`` says how a list is made item by item.
    """

    node: Node
    params: Mapping[str, Any]
    functions: Mapping[str, Function]
    leaves: frozenset[int]
    whole: bool
    loops: bool
    spread: Spread | None = None
    run: Callable[..., Any] | None = None


class Ledger:
    """The facts of some expressions, by number."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._numbers: dict[str, int] = {}

    def number(self, key: str, make: Callable[[int], Fact]) -> int:
        """The number of the fact with that key, made where it is new."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.facts)
            self.facts.append(make(number))
        return number

    def of(self, hub: Any) -> Facts:
        """The facts of a hub, none of them known yet."""
        return Facts(self, hub)


class Facts(dict[int, Any]):
    """The facts of one hub, found when they are asked for.

    Asking raises what the expression raises, each time.
    """

    __slots__ = ("_failed", "_ledger", "hub")

    def __init__(self, ledger: Ledger, hub: Any) -> None:
        super().__init__()
        self.hub = hub
        self._ledger = ledger
        self._failed: dict[int, BaseException] = {}

    def __missing__(self, number: int) -> Any:
        if number in self._failed:
            raise self._failed[number]
        fact = self._ledger.facts[number]
        try:
            if fact.run is None:
                fact.run = compile_tree(fact.node, fact.functions, ROOTS, facts=True)
            value = self[number] = fact.run(self.hub, None, fact.params, None, STEPS, self)
        except STOPPED as error:
            self._failed[number] = error.with_traceback(None)
            raise
        return value


@dataclass(frozen=True, slots=True)
class Shared:
    """An expression that was taken apart.

    ``constant`` is True where ``value`` is its value for every hub; ``fact`` is the number of the fact
    that it is, None where it rests on an item.  ``leaves``, ``whole``, ``loops`` and
    ``spread`` are those of `Fact`.
    """

    constant: bool
    value: Any
    fact: int | None
    leaves: frozenset[int]
    whole: bool
    loops: bool
    spread: Spread | None
    run: Callable[..., Any]
    """Takes what a compiled function takes, and facts."""


def take_apart(expression: Expression, params: Mapping[str, Any], ledger: Ledger, owner: str) -> Shared:
    """Take an expression apart.  ``owner`` tells its parameters from those of others of the same name."""
    roots = {root: _Part(_variable(root), frozenset({root})) for root in expression.offered}
    splitter = _Splitter(expression, params, ledger, owner, roots)
    part = splitter.settled(splitter.read(expression.tree, _Scope(root=True, token="@", variables=roots)))
    node = part.node
    constant = node["type"] == "literal"
    return Shared(
        constant=constant,
        value=node["value"] if constant else None,
        fact=node["value"] if node["type"] == "fact" else None,
        leaves=splitter.leaves(node),
        whole=splitter.whole(node),
        loops=splitter.loops(node),
        spread=ledger.facts[node["value"]].spread if node["type"] == "fact" else None,
        run=_Lazy(node, expression.known_functions),
    )


class _Lazy:
    """A function that is compiled when it is first called."""

    __slots__ = ("_functions", "_node", "_run")

    def __init__(self, node: Node, functions: Mapping[str, Function]) -> None:
        self._node = node
        self._functions = functions
        self._run: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self._run is None:
            self._run = compile_tree(self._node, self._functions, ROOTS, facts=True)
        return self._run(*arguments)


@dataclass(frozen=True, slots=True)
class _Part:
    """A node, and what its value rests on: roots, and tokens of the current values around it."""

    node: Node
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whether the current value is the object of all roots, the token of any other, and the variables."""

    root: bool
    token: str
    variables: Mapping[str, _Part]


@dataclass(slots=True)
class _Splitter:
    expression: Expression
    params: Mapping[str, Any]
    ledger: Ledger
    owner: str
    roots: Mapping[str, _Part]
    _tokens: int = field(default=0)

    def settled(self, part: _Part) -> _Part:
        """A part as it stands among others: a constant or a fact where it is one."""
        kind = part.node["type"]
        if kind == "key_val_pair":
            value = self.settled(_Part(part.node["children"][0], part.needs))
            return _Part(_with(part.node, [value]), value.needs)
        if kind in _PLAIN or (kind == "variable" and part.needs != frozenset({"params"})):
            return part
        if part.needs <= {"params"}:
            return self._constant(part)
        if part.needs <= {"hub", "params"}:
            return self._fact(part, leaf=False)
        return part

    def _constant(self, part: _Part) -> _Part:
        rule = build(part.node, self.expression.known_functions)
        state = State([STEPS, STEPS])
        roots = {"params": self.params}
        try:
            value = state.settled(rule(state, roots, roots))
        except STOPPED:
            return part
        if isinstance(value, Unknown) or _reference(value):
            return part
        owner = self.owner if "params" in part.needs else ""
        literal = {"type": "literal", "children": [], "value": value, "key": f"{owner}={_key(part.node)}"}
        return _Part(literal, frozenset())

    def _fact(self, part: _Part, *, leaf: bool) -> _Part:
        owner = self.owner if "params" in part.needs else ""
        spread = self._spread(part.node) if leaf else None

        def make(number: int) -> Fact:
            return Fact(
                node=part.node,
                params=self.params,
                functions=self.expression.known_functions,
                leaves=frozenset({number}) if leaf else self.leaves(part.node),
                whole=False if leaf else self.whole(part.node),
                loops=False if leaf else self.loops(part.node),
                spread=spread,
            )

        number = self.ledger.number(f"{owner}:{_key(part.node)}", make)
        node = {"type": "fact", "children": [], "value": number, "fails": can_fail(part.node)}
        return _Part(node, part.needs)

    def _spread(self, node: Node) -> Spread | None:
        """How a leaf is made item by item, where it is."""
        function = self.expression.known_functions.get(str(node.get("value")))
        if node["type"] != "function_expression" or function is None or function.spread is None:
            return None
        name, *texts = function.base
        call: Node = {"type": "function_expression", "value": name}
        call["children"] = [_variable("hub"), *map(_literal, texts)]
        base = self._fact(_Part(call, frozenset({"hub"})), leaf=True)
        return Spread(base.node["value"], function.spread)

    def leaves(self, node: Node) -> frozenset[int]:
        """The leaves that a node rests on."""
        return frozenset().union(*(self.ledger.facts[number].leaves for number in _facts(node)))

    def whole(self, node: Node) -> bool:
        """Whether a node rests on the hub in a way that no leaf stands for."""
        return any(self.ledger.facts[number].whole for number in _facts(node)) or any(
            inner["type"] == "variable" and inner["value"] == "hub" for inner in nodes(node)
        )

    def loops(self, node: Node) -> bool:
        """Whether a node walks over lists, itself or in a fact that is no leaf."""
        return any(self.ledger.facts[number].loops for number in _facts(node)) or any(
            inner["type"] in _PROJECTIONS or inner["type"] == "expref" for inner in nodes(node)
        )

    def read(self, node: Node, scope: _Scope) -> _Part:
        """What a node rests on, its parts settled unless it will be settled as a whole."""
        kind = node["type"]
        if kind == "field":
            if not scope.root:
                return _Part(node, frozenset({scope.token}))
            root = self.roots.get(node["value"])
            if root is None:
                return _Part(_literal(None), frozenset())
            # A variable may hide the root of its name: the field still means the root.
            return root if scope.variables[node["value"]] is root else _Part(node, root.needs)
        if kind in ("current", "identity", "index", "slice"):
            return _Part(node, _EVERYTHING if scope.root else frozenset({scope.token}))
        if kind == "variable":
            return scope.variables[node["value"]]
        if kind == "literal":
            return _Part(node, frozenset())
        if kind == "let":
            return self._let(node, scope)
        if kind == "expref":
            inner = self._inner(scope)
            body = self.read(node["children"][0], inner)
            settled = body if inner.token in body.needs else self.settled(body)
            return _Part(_with(node, [settled]), settled.needs - {inner.token})
        return self._composed(node, scope)

    def _inner(self, scope: _Scope) -> _Scope:
        self._tokens += 1
        return replace(scope, root=False, token=f"@{self._tokens}")

    def _let(self, node: Node, scope: _Scope) -> _Part:
        *bindings, body = node["children"]
        bound = [self.settled(self.read(child, scope)) for child in bindings]
        variables = dict(scope.variables)
        for name, part in zip(node["value"], bound, strict=True):
            shared = part.node["type"] in ("literal", "fact")
            variables[name] = part if shared else _Part(_variable(name), part.needs)
        inner = self.read(body, replace(scope, variables=variables))
        return self._joined(node, [*bound, inner], frozenset())

    def _composed(self, node: Node, scope: _Scope) -> _Part:
        first, *rest = node["children"] or [None]
        kind = node["type"]
        if kind in _SEQUENCES or kind in _PROJECTIONS:
            inner = self._inner(scope)
            parts = [self.read(first, scope), *(self.read(child, inner) for child in rest)]
            return self._joined(node, parts, frozenset({inner.token}))
        parts = [self.read(child, scope) for child in node["children"]]
        # A select of null is null, whatever it selects.
        also = frozenset({scope.token}) if kind in _SELECTS and not scope.root else frozenset()
        return self._joined(node, parts, frozenset(), also)

    def _joined(
        self, node: Node, parts: list[_Part], gone: frozenset[str], also: frozenset[str] = frozenset()
    ) -> _Part:
        needs = frozenset().union(also, *(part.needs for part in parts)) - gone
        if not needs:
            return _Part(_with(node, parts), needs)
        if needs <= {"hub", "params"}:
            parts = [self.settled(part) if part.needs <= {"params"} else part for part in parts]
            needs = frozenset().union(*(part.needs for part in parts)) - gone
            part = _Part(_with(node, parts), needs)
            return self._fact(part, leaf=True) if _is_leaf(part) else part
        return _Part(_with(node, [self.settled(part) for part in parts]), needs)


def _variable(name: str) -> Node:
    return {"type": "variable", "children": [], "value": name}


def _literal(value: Any) -> Node:
    return {"type": "literal", "children": [], "value": value}


def _with(node: Node, parts: list[_Part]) -> Node:
    copied = {key: value for key, value in node.items() if key != "fails"}
    copied["children"] = [part.node for part in parts]
    return copied


def _is_leaf(part: _Part) -> bool:
    """Whether a part is what the hub says nearest: a chain of its fields, or a function of it."""
    node = part.node
    first, *rest = node["children"]
    if part.needs != frozenset({"hub"}):
        return False
    if node["type"] == "subexpression":
        return bool(first["type"] == "variable" and all(child["type"] == "field" for child in rest))
    if node["type"] == "function_expression":
        return all(child["type"] in ("variable", "literal") for child in node["children"])
    return False


def _facts(node: Node) -> set[int]:
    return {inner["value"] for inner in nodes(node) if inner["type"] == "fact"}


def _key(node: Node) -> str:
    """A text that is the same for two nodes that say the same."""
    children = [child if not isinstance(child, dict) else _key(child) for child in node["children"]]
    value = node.get("key")
    if value is None and "value" in node:
        value = repr(node["value"])
    return f"{node['type']}({value};{';'.join(map(str, children))})"


def _reference(value: Any) -> bool:
    return callable(getattr(value, "visit", None))
