"""What several expressions ask of a hub alike, so that it is found once.

An expression is taken apart: what rests on the hub alone becomes a *fact*, which every expression that
says the same shares; what rests on parameters and tables alone is a constant, and is computed when the
expression is compiled.  What is left is asked of each item.  Facts are computed when they are first
asked for, where the expression asks for them, so that answers and errors are those of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scanner.expressions.compiler import compile_tree
from scanner.expressions.expression import STEPS, Expression, explained
from scanner.expressions.facts import STOPPED, Fact, Facts, Grounds, Ledger, Spread
from scanner.expressions.open import build
from scanner.expressions.parser import Node
from scanner.expressions.readings import paths_read
from scanner.expressions.state import Rule, State
from scanner.expressions.syntax import ROOTS, can_fail, nodes
from scanner.records import dataclass
from scanner.values import Unknown

_EVERYTHING = frozenset(ROOTS) | {"*"}
_SEQUENCES = frozenset({"subexpression", "index_expression", "pipe"})
_PROJECTIONS = frozenset({"projection", "value_projection", "filter_projection", "flatten"})
_PLAIN = frozenset({"literal", "fact", "expref", "index", "slice", "identity", "current"})
_NARROW = frozenset({"length", "contains", "starts_with", "ends_with", "type"})
_SELECTS = frozenset({"multi_select_list", "multi_select_dict"})


@dataclass(frozen=True, slots=True)
class Shared:
    """An expression that was taken apart.

    ``constant`` is True where ``value`` is its value for every hub; ``fact`` is the number of the fact
    that it is, None where it is none; ``on_item`` is True where it rests on an item, too, and ``reads`` are
    then the paths at which it looks at that, None for all of it.  ``run`` takes what a compiled function
    takes, and facts; ``node`` is what it computes.
    """

    constant: bool
    value: Any
    fact: int | None
    on_item: bool
    reads: frozenset[tuple[str, ...]] | None
    grounds: Grounds
    spread: Spread | None
    run: Ways
    node: Node
    expression: Expression


def take_apart(expression: Expression, params: Mapping[str, Any], ledger: Ledger, owner: str) -> Shared:
    """Take an expression apart.  ``owner`` tells its parameters from those of others of the same name."""
    roots = {root: _Part(_variable(root), frozenset({root})) for root in expression.offered}
    splitter = _Splitter(expression, params, ledger, owner, roots)
    part = splitter.settled(splitter.read(expression.tree, _Scope(root=True, level=0, variables=roots)))
    node = part.node
    constant = node["type"] == "literal"
    fact = node["value"] if node["type"] == "fact" else None
    if fact is not None and ledger.facts[fact].whole is None:
        ledger.facts[fact].whole = _written_out(ledger.facts[fact].node, {})
    return Shared(
        constant=constant,
        value=node["value"] if constant else None,
        fact=fact,
        on_item=not part.needs <= {"hub", "params"},
        reads=None if "*" in part.needs else paths_read(node, "item"),
        grounds=splitter.grounds(node, part.needs),
        spread=None if fact is None else ledger.facts[fact].spread,
        run=Ways(node, expression),
        node=node,
        expression=expression,
    )


class Ways:
    """The two ways to ask what was taken apart, each made when it is first gone."""

    __slots__ = ("_expression", "_node", "_rule", "_run")

    def __init__(self, node: Node, expression: Expression) -> None:
        self._node = node
        self._expression = expression
        self._run: Callable[..., Any] | None = None
        self._rule: Rule | None = None

    def __call__(self, *arguments: Any) -> Any:
        """What a compiled function says.  Raises one of `STOPPED`."""
        if self._run is None:
            known, offered = self._expression.known_functions, self._expression.offered
            self._run = compile_tree(self._node, known, offered, facts=True)
        return self._run(*arguments)

    def explained(self, facts: Facts, item: Any, params: Mapping[str, Any]) -> Any:
        """What `Expression.evaluate` says.  Raises `EvaluationError`."""
        if self._node["type"] == "fact" and self._node["value"] in facts:
            return facts[self._node["value"]]
        if self._rule is None:
            self._rule = build(self._node, self._expression.known_functions)
        values = {"hub": facts.hub, "item": item, "params": params}
        roots = {root: values.get(root) for root in self._expression.offered}
        state, rule = State([STEPS, STEPS], facts=facts), self._rule
        return explained(lambda: state.answer(rule, roots, roots))


class _Part(NamedTuple):
    """A node, and what its value rests on: roots, and tokens of current values and variables around it."""

    node: Node
    needs: frozenset[str]


class _Scope(NamedTuple):
    """Whether the current value is the object of all roots, the number of any other, and the variables."""

    root: bool
    level: int
    variables: Mapping[str, _Part]

    @property
    def token(self) -> str:
        """What stands for the current value among the needs of a part."""
        return f"@{self.level}"


@dataclass(slots=True)
class _Splitter:
    expression: Expression
    params: Mapping[str, Any]
    ledger: Ledger
    owner: str
    roots: Mapping[str, _Part]
    _levels: int = 0

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
        # It fails for nobody, but where it may not be asked at all, doubts are those of the whole.
        literal["fails"] = can_fail(part.node)
        return _Part(literal, frozenset())

    def _fact(self, part: _Part, *, leaf: bool) -> _Part:
        owner = self.owner if "params" in part.needs else ""
        spread = self._spread(part.node) if leaf else None

        def make(number: int) -> Fact:
            grounds = Grounds() if leaf else self.grounds(part.node, part.needs)
            if leaf or self._narrow(part.node):
                grounds = grounds._replace(leaves=frozenset({number}))
            return Fact(part.node, self.params, self.expression.known_functions, grounds, spread)

        number = self.ledger.number(f"{owner}:{_key(part.node)}", make)
        node = {"type": "fact", "children": [], "value": number, "fails": can_fail(part.node)}
        if not leaf:
            node["of"] = part.node
        elif part.node["type"] == "subexpression":
            node["path"] = tuple(child["value"] for child in part.node["children"][1:])
        return _Part(node, part.needs)

    def _spread(self, node: Node) -> Spread | None:
        """How a leaf is made item by item, where it is."""
        if node["type"] != "function_expression":
            return None
        function = self.expression.known_functions.get(node["value"])
        if function is None or function.spread is None:
            return None
        name, *texts = function.base
        call: Node = {"type": "function_expression", "value": name}
        call["children"] = [_variable("hub"), *map(_literal, texts)]
        base = self._fact(_Part(call, frozenset({"hub"})), leaf=True)
        return Spread(base.node["value"], function.spread, function.core, function.shown)

    def _narrow(self, node: Node) -> bool:
        """Whether a node yields a number, yes or no: so little that it tells more than what it rests on."""
        kind = node["type"]
        if kind in ("comparator", "not_expression"):
            return True
        if kind in ("or_expression", "and_expression"):
            return all(child["type"] != "fact" and self._narrow(child) for child in node["children"])
        if kind == "function_expression":
            function = self.expression.known_functions.get(node["value"])
            returns = function.returns if function is not None else ""
            return node["value"] in _NARROW or returns in ("boolean", "number")
        return False

    def grounds(self, node: Node, needs: frozenset[str]) -> Grounds:
        """On what a node rests, of which it is known what it needs.

        The hub as a whole is seen by its name, by ``@`` where that is the object of all roots, and by a
        field of its name where a variable hides the root.
        """
        every = list(nodes(node))
        bound = (child for inner in every if inner["type"] == "let" for child in inner["children"][:-1])
        own = Grounds(
            touched=frozenset(child["value"] for child in bound if child["type"] == "fact"),
            whole="*" in needs
            or any(inner["type"] in ("variable", "field") and inner["value"] == "hub" for inner in every),
            loops=any(inner["type"] in _PROJECTIONS or inner["type"] == "expref" for inner in every),
        )
        return own.and_those_of(*(self.ledger.facts[number].grounds for number in _facts(node)))

    def read(self, node: Node, scope: _Scope) -> _Part:
        """What a node rests on, its parts settled unless it will be settled as a whole."""
        match node["type"]:
            case "field" if scope.root:
                return self._root(node, scope)
            case "current" | "identity" | "index" | "slice" if scope.root:
                return _Part(node, _EVERYTHING)
            case "field" | "current" | "identity" | "index" | "slice":
                return _Part(node, frozenset({scope.token}))
            case "variable":
                return scope.variables[node["value"]]
            case "literal":
                return _Part(node, frozenset())
            case "let":
                return self._let(node, scope)
            case _:
                return self._composed(node, scope)

    def _root(self, node: Node, scope: _Scope) -> _Part:
        root = self.roots.get(node["value"])
        if root is None:
            return _Part(_literal(None), frozenset())
        # A variable may hide the root of its name: the field still means the root.
        return root if scope.variables[node["value"]] is root else _Part(node, root.needs)

    def _inner(self, scope: _Scope) -> _Scope:
        self._levels += 1
        return scope._replace(root=False, level=self._levels)

    def _let(self, node: Node, scope: _Scope) -> _Part:
        *bindings, body = node["children"]
        bound = [self.settled(self.read(child, scope)) for child in bindings]
        variables = dict(scope.variables)
        self._levels += 1
        token = f"${self._levels}"
        for name, part in zip(node["value"], bound, strict=True):
            # Where a name stands, what it names was asked for and has not failed.
            shared = {**part.node, "fails": False} if part.node["type"] in ("literal", "fact") else None
            named = part.needs if shared else part.needs | {token}
            variables[name] = _Part(shared or _variable(name), named)
        inner = self.read(body, scope._replace(variables=variables))
        return self._joined(node, [*bound, inner], frozenset({token}))

    def _composed(self, node: Node, scope: _Scope) -> _Part:
        first, *rest = node["children"] or [None]
        kind = node["type"]
        if kind in _SEQUENCES or kind in _PROJECTIONS:
            inner = self._inner(scope)
            parts = [self.read(first, scope), *(self.read(child, inner) for child in rest)]
            return self._joined(node, parts, frozenset({inner.token}))
        if kind == "expref":
            inner = self._inner(scope)
            body = self.read(first, inner)
            settled = body if inner.token in body.needs else self.settled(body)
            return _Part(_with(node, [settled]), settled.needs - {inner.token})
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


def _written_out(node: Node, names: Mapping[int, str]) -> Node:
    """A node with what facts stand for in their place, but for leaves.

    ``names`` are the variables in sight that hold the value of a fact, by its number.
    """
    if node["type"] == "fact":
        if node["value"] in names:
            return _variable(names[node["value"]])
        return _written_out(node["of"], names) if "of" in node else node
    children = [child for child in node["children"] if isinstance(child, dict)]
    if len(children) < len(node["children"]):
        return node
    if node["type"] == "let":
        *bound, body = children
        outer = {number: name for number, name in names.items() if name not in node["value"]}
        own = {
            child["value"]: name
            for name, child in zip(node["value"], bound, strict=True)
            if child["type"] == "fact" and "of" in child
        }
        written = [*(_written_out(child, names) for child in bound), _written_out(body, {**outer, **own})]
    else:
        written = [_written_out(child, names) for child in children]
    return {**{key: value for key, value in node.items() if key != "fails"}, "children": written}


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
    """The facts on which the value of a node rests.

    Where ``let`` names a fact, the fact itself stands in the place of its name.
    """
    found = set()
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner["type"] == "fact":
            found.add(inner["value"])
        children = [child for child in inner["children"] if isinstance(child, dict)]
        if inner["type"] == "let":
            *bound, body = children
            children = [*(child for child in bound if child["type"] != "fact"), body]
        waiting.extend(children)
    return found


def _key(node: Node) -> str:
    """A text that is the same for two nodes that say the same."""
    children = [child if not isinstance(child, dict) else _key(child) for child in node["children"]]
    value = node.get("key")
    if value is None and "value" in node:
        value = repr(node["value"])
    return f"{node['type']}({value};{';'.join(map(str, children))})"


def _reference(value: Any) -> bool:
    return callable(getattr(value, "visit", None))
