"""From a syntax tree to a Python function: source is generated and compiled once an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.expressions import calls, loops
from scanner.expressions.parser import Node
from scanner.expressions.syntax import ROOTS, nodes
from scanner.expressions.unknowns import truth
from scanner.expressions.writer import NULL, Operand, Rule, Scope, TooNested, Writer
from scanner.functions.registry import Function

_COMPARED = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def compile_tree(
    tree: Node,
    functions: Mapping[str, Function],
    roots: Sequence[str],
    *,
    document: bool = False,
    facts: bool = False,
) -> Callable[..., Any]:
    """The function that evaluates a tree.

    It takes the values of `ROOTS`, of which the expression sees ``roots``, and the number of steps it
    may use; with ``document`` it takes a document of any shape in place of all the roots, and finds
    their variables among its fields; with ``facts`` it takes facts as its last argument, too
    (`scanner.expressions.sharing`).  Raises `TooNested`.
    """
    return executed(*generate(tree, functions, roots, document=document, facts=facts))


def executed(source: str, constants: dict[str, Any]) -> Callable[..., Any]:
    """The function that generated source defines."""
    exec(compile(source, "<expression>", "exec"), constants)  # noqa: S102 - the source holds no user's text
    evaluate: Callable[..., Any] = constants["evaluate"]
    return evaluate


def begun(functions: Mapping[str, Function], roots: Sequence[str], parameters: Sequence[str]) -> Writer:
    """A function of some parameters, nothing of which is written."""
    return Writer(_RULES, functions, roots, set(parameters))


def generate(
    tree: Node,
    functions: Mapping[str, Function],
    roots: Sequence[str],
    *,
    document: bool = False,
    facts: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The source of that function, and the constants that it names.  Raises `TooNested`."""
    parameters = ("document",) if document else ROOTS
    writer = begun(functions, roots, parameters)
    scope = Scope(Operand("", "root"), {root: Operand(root) for root in roots})
    if document:
        used = {node["value"] for node in nodes(tree) if node["type"] == "variable"}
        variables = {root: writer.field("document", root) for root in roots if root in used}
        scope = Scope(Operand("document"), variables)
    try:
        result = writer.emit(tree, scope)
    except RecursionError:
        raise TooNested from None
    writer.line(f"return {writer.atom(result)}")
    return writer.source((*parameters, "limit", *(("facts",) if facts else ()))), writer.constants


def _field(writer: Writer, node: Node, scope: Scope) -> Operand:
    value = scope.value
    if value.kind == "root":
        return Operand(node["value"]) if node["value"] in writer.roots else NULL
    if value.kind not in ("any", "object"):
        return NULL
    return writer.field(writer.atom(value), node["value"])


def _sequence(writer: Writer, node: Node, scope: Scope) -> Operand:
    for child in node["children"]:
        scope = scope.at(writer.emit(child, scope))
    return scope.value


def _current(writer: Writer, node: Node, scope: Scope) -> Operand:
    del writer, node
    return scope.value


def _literal(writer: Writer, node: Node, scope: Scope) -> Operand:
    del scope
    kinds = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    if node["value"] is None:
        return NULL
    return Operand(writer.constant(node["value"]), kinds[type(node["value"])])


def _fact(writer: Writer, node: Node, scope: Scope) -> Operand:
    """A fact: one that is a field of the hub by its path, any other where it is kept."""
    if "path" in node:
        value = Operand("hub")
        for name in node["path"]:
            value = writer.field(value.code, name)
        return value
    key = ("facts", node["value"])
    if not writer.writes_out or writer.loops or "of" not in node:
        return writer.once(key, f"facts[{node['value']:d}]")
    return writer.known(key) or writer.keep(key, writer.emit(node["of"], scope))


def _index(writer: Writer, node: Node, scope: Scope) -> Operand:
    value, position = writer.atom(scope.value), writer.constant(node["value"])
    inside = f"len({value}) > {position}" if node["value"] >= 0 else f"len({value}) >= -{position}"
    return writer.store(
        f"({value}[{position}] if {inside} else None) if type({value}) is list else nothing({value})"
    )


def _slice(writer: Writer, node: Node, scope: Scope) -> Operand:
    value, part = writer.atom(scope.value), writer.constant(slice(*node["children"]))
    return writer.store(f"{value}[{part}] if type({value}) is list else nothing({value})")


def _comparator(writer: Writer, node: Node, scope: Scope) -> Operand:
    left, right = (_held(writer, child, scope) for child in node["children"])
    if node["value"] in ("eq", "ne"):
        code = _equality(writer, node, left, right)
        return Operand(code if node["value"] == "eq" else f"not ({code})", "boolean", atom=False)
    a, b = writer.atom(left), writer.atom(right)
    comparable = [
        f"type({atom}) in ORDERED" for atom, kind in ((a, left.kind), (b, right.kind)) if kind != "number"
    ]
    code = f"{a} {_COMPARED[node['value']]} {b}"
    return writer.store(f"{code} if {' and '.join(comparable) or 'True'} else unordered({a}, {b})")


def _held(writer: Writer, node: Node, scope: Scope) -> Operand:
    """An operand whose value is found here and now, so that the order of errors is that of the text."""
    operand = writer.emit(node, scope)
    return Operand(writer.atom(operand), "object" if operand.kind == "root" else operand.kind)


def _equality(writer: Writer, node: Node, left: Operand, right: Operand) -> str:
    """Code for jmespath's equality, shortened where one side is a literal."""
    literal, other = node["children"][1], left
    if literal["type"] != "literal":
        literal, other = node["children"][0], right
    if literal["type"] != "literal":
        writer.counts = True
        a, b = left.code, right.code
        return f"({a} == {b} if type({a}) is str else equal({a}, {b}, steps))"
    plain = f"{left.code} == {right.code}"
    value = literal["value"]
    if isinstance(value, bool):
        return f"({plain} and type({other.code}) is bool)"
    if isinstance(value, (int, float)) and value in (0, 1):
        return f"({plain} and type({other.code}) is not bool)"
    return f"({plain})"


def _or(writer: Writer, node: Node, scope: Scope) -> Operand:
    return _chain(writer, _links(node, ends=True), scope, "if not {}:")


def _and(writer: Writer, node: Node, scope: Scope) -> Operand:
    return _chain(writer, _links(node, ends=False), scope, "if {}:")


def _links(node: Node, *, ends: bool) -> list[Node]:
    """The links of a chain but for those that never decide, and those behind one that always does."""
    links: list[Node] = []
    last = node["children"][-1]
    for link in node["children"]:
        is_decided = link["type"] == "literal" and truth(link["value"]) is ends
        if is_decided or link is last or link["type"] != "literal":
            links.append(link)
        if is_decided:
            break
    return links


def _chain(writer: Writer, links: list[Node], scope: Scope, header: str) -> Operand:
    """``a || b || c``: each link is looked at only while the ones before leave it open."""
    first, *rest = links
    operand = writer.emit(first, scope)
    if not rest:
        return operand
    kinds = {operand.kind}
    result = writer.store(writer.atom(operand) if operand.kind == "root" else operand.code, operand.kind)
    for child in rest:
        so_far = Operand(result.code, kinds.copy().pop() if len(kinds) == 1 else "any")
        with writer.block(header.format(writer.truth(so_far))):
            operand = writer.emit(child, scope)
            code = writer.atom(operand) if operand.kind == "root" else operand.code
            writer.line(f"{result.code} = {code}")
            kinds.add(operand.kind)
    return Operand(result.code, kinds.pop() if len(kinds) == 1 and "root" not in kinds else "any")


def _not(writer: Writer, node: Node, scope: Scope) -> Operand:
    operand = writer.emit(node["children"][0], scope)
    return Operand(f"(not {writer.truth(operand)})", "boolean", atom=False)


def _multi_select_list(writer: Writer, node: Node, scope: Scope) -> Operand:
    return _selected(writer, scope, "array", lambda: f"[{', '.join(_atoms(writer, node, scope))}]")


def _multi_select_dict(writer: Writer, node: Node, scope: Scope) -> Operand:
    def fields() -> str:
        atoms = _atoms(writer, node, scope)
        keys = [writer.constant(child["value"]) for child in node["children"]]
        return f"{{{', '.join(f'{key}: {atom}' for key, atom in zip(keys, atoms, strict=True))}}}"

    return _selected(writer, scope, "object", fields)


def _atoms(writer: Writer, node: Node, scope: Scope) -> list[str]:
    return [writer.atom(writer.emit(child, scope)) for child in node["children"]]


def _selected(writer: Writer, scope: Scope, kind: str, build: Callable[[], str]) -> Operand:
    there = writer.there(scope.value)
    if there is None:
        return writer.store(build(), kind)
    result = writer.store("None")
    with writer.block(f"if {there}:"):
        writer.line(f"{result.code} = {build()}")
    return result


def _key_val_pair(writer: Writer, node: Node, scope: Scope) -> Operand:
    return writer.emit(node["children"][0], scope)


def _variable(writer: Writer, node: Node, scope: Scope) -> Operand:
    del writer
    return scope.variables[node["value"]]


def _let(writer: Writer, node: Node, scope: Scope) -> Operand:
    *bindings, body = node["children"]
    values = [_held(writer, child, scope) for child in bindings]
    variables = {**scope.variables, **dict(zip(node["value"], values, strict=True))}
    return writer.emit(body, Scope(scope.value, variables))


def _reference(writer: Writer, node: Node, scope: Scope) -> Operand:
    """``&name`` outside the functions that are written as loops: a function in the function."""
    function, element = writer.name(), writer.name()
    # A variable of a loop around it must be the one of the turn in which the reference was made.
    captured = {operand.code for operand in scope.variables.values() if operand.code.startswith("v")}
    defaults = "".join(f", {name}={name}" for name in sorted(captured))
    with writer.block(f"def {function}({element}{defaults}):", loop=True):
        value = writer.emit(node["children"][0], scope.at(Operand(element)))
        writer.line(f"return {writer.atom(value)}")
    return writer.store(f"Reference({function})", "reference")


_RULES: dict[str, Rule] = {
    **loops.RULES,
    **calls.RULES,
    "field": _field,
    "subexpression": _sequence,
    "index_expression": _sequence,
    "pipe": _sequence,
    "current": _current,
    "identity": _current,
    "literal": _literal,
    "fact": _fact,
    "index": _index,
    "slice": _slice,
    "comparator": _comparator,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "multi_select_list": _multi_select_list,
    "multi_select_dict": _multi_select_dict,
    "key_val_pair": _key_val_pair,
    "variable": _variable,
    "let": _let,
    "expref": _reference,
}
