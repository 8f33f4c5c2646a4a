"""Source for function calls.

The usual case of the functions that policies use most stands in the generated source itself; all
else goes through `scanner.expressions.runtime`, where jmespath's own functions answer.
"""

from __future__ import annotations

from collections.abc import Callable

from scanner.expressions.loops import LOOPING, counted, mapped
from scanner.expressions.parser import Node
from scanner.expressions.runtime import arity_fits
from scanner.expressions.writer import Operand, Rule, Scope, Writer
from scanner.functions.registry import Function

_Inline = Callable[[Writer, list[str]], Operand]

_PYTHON_TYPES = {
    "string": ("str",),
    "boolean": ("bool",),
    "number": ("int", "float"),
    "array": ("list",),
    "object": ("dict",),
}


def call(writer: Writer, node: Node, scope: Scope) -> Operand:
    """Any function call."""
    name, arguments = node["value"], node["children"]
    if name == "length" and len(arguments) == 1 and arguments[0]["type"] in LOOPING:
        return counted(writer, arguments[0], scope)
    position = _VISITING.get(name)
    if position is not None and len(arguments) == 2 and arguments[position]["type"] == "expref":
        return _visiting(writer, node, scope)
    atoms = [writer.atom(writer.emit(argument, scope)) for argument in arguments]
    if name in writer.functions:
        return _ours(writer, writer.functions[name], atoms)
    if name == "not_null" and 0 < len(atoms) <= _CHOICES:
        return _not_null(writer, atoms)
    inline, count = _INLINE.get(name, (None, 0))
    if inline is not None and len(atoms) == count:
        return inline(writer, atoms)
    return writer.store(_standard(writer, name, atoms))


def _standard(writer: Writer, name: str, atoms: list[str]) -> str:
    return f"standard({', '.join((writer.constant(name), *atoms))})"


def _ours(writer: Writer, function: Function, atoms: list[str]) -> Operand:
    """A call of a function of the table: straight where all arguments are of the declared types.

    A function gives the same for the same arguments: it is called once in a block and those within it.
    """
    if not arity_fits(function, len(atoms)):
        name, most = writer.constant(function.name), writer.constant(len(function.arguments))
        return writer.store(f"raise_arity({name}, {most}, {len(atoms)})")
    key = ("call", (function.name, *atoms))
    return writer.known(key) or writer.keep(key, _called(writer, function, atoms))


def _called(writer: Writer, function: Function, atoms: list[str]) -> Operand:
    checks = [
        check
        for atom, accepted in zip(atoms, function.arguments, strict=False)
        if (check := _check(writer, atom, accepted, nulls=function.nulls))
    ]
    # A function that is given null gives null, if nothing else is wrong.
    nulls = "" if function.nulls else _nulls(writer, function, atoms)
    arguments = ", ".join(atoms)
    otherwise = f"irregular({writer.constant(function)}, ({arguments}{',' * bool(atoms)}))"
    if function.method:
        call = f"{atoms[0]}.{function.method}({', '.join(atoms[1:])})"
        null = f"None if {nulls} else " * bool(nulls)
        return writer.store(f"{call} if {' and '.join(checks) or 'True'} else {null}{otherwise}")
    result = writer.name()
    with writer.block(f"if {' and '.join(checks) or 'True'}:"):
        for atom, accepted in zip(atoms, function.arguments, strict=False):
            if "array" in accepted or "any" in accepted:
                writer.line(f"if type({atom}) is list:")
                writer.indent += 1
                writer.count(f"len({atom})")
                writer.indent -= 1
        writer.line(f"{result} = {writer.constant(function.call)}({arguments})")
    if nulls:
        with writer.block(f"elif {nulls}:"):
            writer.line(f"{result} = None")
    with writer.block("else:"):
        writer.line(f"{result} = {otherwise}")
    return Operand(result)


def _nulls(writer: Writer, function: Function, atoms: list[str]) -> str:
    """Code for a condition: each argument is null or of an accepted type, where not all are of one."""
    checks = [
        (atom, check)
        for atom, accepted in zip(atoms, function.arguments, strict=False)
        if (check := _check(writer, atom, accepted, nulls=False))
    ]
    if len(checks) == 1:
        return f"{checks[0][0]} is None"
    return " and ".join(f"({atom} is None or {check})" for atom, check in checks)


def _check(writer: Writer, atom: str, accepted: tuple[str, ...], *, nulls: bool) -> str:
    """Code for a condition: a known value of an accepted type, and not null unless that is wanted.

    Empty for what the policy itself writes, and is surely of such a type.
    """
    names = tuple(_PYTHON_TYPES) if "any" in accepted else accepted
    if set(names) - set(_PYTHON_TYPES) - {"null"}:
        return "False"
    types = [python for name in names if name in _PYTHON_TYPES for python in _PYTHON_TYPES[name]]
    if atom in writer.constants and type(writer.constants[atom]).__name__ in types:
        return ""
    tests = " or ".join(f"type({atom}) is {python}" for python in types)
    if len(types) > 2:
        by_name = {"str": str, "bool": bool, "int": int, "float": float, "list": list, "dict": dict}
        tests = f"type({atom}) in {writer.constant(frozenset(by_name[python] for python in types))}"
    if nulls:
        tests = f"{atom} is None or {tests}"
    return f"({tests})"


_VISITING = {"map": 0, "sort_by": 1, "min_by": 1, "max_by": 1}
"""The functions that take an expression, and which of their two arguments that is."""


def _visiting(writer: Writer, node: Node, scope: Scope) -> Operand:
    """``map(&x, list)`` and its kin, the expression written out as a loop."""
    name = node["value"]
    position = _VISITING[name]
    expression = node["children"][position]["children"][0]
    elements = writer.atom(writer.emit(node["children"][1 - position], scope))
    result = writer.name()
    with writer.block(f"if type({elements}) is list:"):
        if name == "map":
            writer.line(f"{result} = {mapped(writer, expression, elements, scope)}")
        elif name == "sort_by":
            _sort_by(writer, expression, elements, scope, result)
        else:
            _extreme_by(writer, node, elements, scope, result)
    with writer.block("else:"):
        atoms = [elements, elements]
        atoms[position] = "Reference(None)"
        writer.line(f"{result} = {_standard(writer, name, atoms)}")
    return Operand(result)


def _sort_by(writer: Writer, expression: Node, elements: str, scope: Scope, result: str) -> None:
    keys = writer.store("[]").code
    writer.count(f"len({elements})")
    element = writer.name()
    with writer.block(f"for {element} in {elements}:", loop=True):
        key = writer.atom(writer.emit(expression, scope.at(Operand(element))))
        texts = f"{keys} and type({key}) is type({keys}[0]) is str"
        writer.line(f"{keys}.append({key} if {texts} else sort_key({key}, {keys}, {elements}))")
    order = f"sorted(range(len({keys})), key={keys}.__getitem__)"
    writer.line(f"{result} = [{elements}[i] for i in {order}] if {elements} else {elements}")


def _extreme_by(writer: Writer, node: Node, elements: str, scope: Scope, result: str) -> None:
    """The least or greatest: compared while going on, so that errors come in jmespath's order."""
    better = "<" if node["value"] == "min_by" else ">"
    name = writer.constant(node["value"])
    best = writer.store("None").code
    writer.line(f"{result} = None")
    writer.count(f"len({elements})")
    element = writer.name()
    with writer.block(f"for {element} in {elements}:", loop=True):
        key = writer.atom(writer.emit(node["children"][1]["children"][0], scope.at(Operand(element))))
        writer.line(f"if type({key}) not in ORDERED: bad_key({name}, {key})")
        with writer.block(f"if {best} is None or {key} {better} {best}:"):
            writer.line(f"{best} = {key}")
            writer.line(f"{result} = {element}")


def _not_null(writer: Writer, atoms: list[str]) -> Operand:
    *first, last = atoms
    chosen = "".join(f"{atom} if {atom} is not None else " for atom in first) + last
    known = " and ".join(f"type({atom}) in KINDS" for atom in atoms if atom not in writer.constants)
    return writer.store(f"({chosen}) if {known or 'True'} else {_standard(writer, 'not_null', atoms)}")


def _length(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    code = f"len({value}) if type({value}) in SIZED else {_standard(writer, 'length', atoms)}"
    return writer.store(code, "number")


def _contains(writer: Writer, atoms: list[str]) -> Operand:
    subject, search = atoms
    writer.counts = True
    written = writer.constants.get(subject)
    if type(written) is list and all(type(member) is str for member in written):
        # A list that the policy itself writes: most often words to compare one word with.
        words = writer.constant(frozenset(written))
        code = f"{search} in {words} if type({search}) is str else contains({subject}, {search}, steps)"
    else:
        short = f"(type({subject}) is list and len({subject}) < FEW)"
        text = f"type({search}) is str and (type({subject}) is str and len({subject}) < LONG_TEXT or {short})"
        code = f"{search} in {subject} if {text} else contains({subject}, {search}, steps)"
    return writer.store(code, "boolean")


def _join(writer: Writer, atoms: list[str]) -> Operand:
    glue, texts = atoms
    writer.counts = True
    return writer.store(f"joined({glue}, {texts}, steps)", "string")


def _to_string(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    return writer.store(
        f"{value} if type({value}) is str else WORDS[{value}] if type({value}) is bool or {value} is None"
        f" else {_standard(writer, 'to_string', atoms)}",
        "string",
    )


def _to_array(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    return writer.store(f"{value} if type({value}) is list else {_standard(writer, 'to_array', atoms)}")


def _starts_with(writer: Writer, atoms: list[str]) -> Operand:
    return _affix(writer, "starts_with", "startswith", atoms)


def _ends_with(writer: Writer, atoms: list[str]) -> Operand:
    return _affix(writer, "ends_with", "endswith", atoms)


def _affix(writer: Writer, name: str, method: str, atoms: list[str]) -> Operand:
    subject, affix = atoms
    texts = f"type({subject}) is str and type({affix}) is str"
    otherwise = _standard(writer, name, atoms)
    return writer.store(f"{subject}.{method}({affix}) if {texts} else {otherwise}", "boolean")


def _type(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    names = f"type({value}) in KINDS"
    return writer.store(f"KINDS[type({value})] if {names} else {_standard(writer, 'type', atoms)}")


def _keys(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    return writer.store(f"list({value}) if type({value}) is dict else {_standard(writer, 'keys', atoms)}")


def _values(writer: Writer, atoms: list[str]) -> Operand:
    (value,) = atoms
    otherwise = _standard(writer, "values", atoms)
    return writer.store(f"list({value}.values()) if type({value}) is dict else {otherwise}")


_CHOICES = 4
"""Values to choose from up to which the choice is written out."""

_INLINE: dict[str, tuple[_Inline, int]] = {
    "length": (_length, 1),
    "contains": (_contains, 2),
    "join": (_join, 2),
    "to_array": (_to_array, 1),
    "to_string": (_to_string, 1),
    "starts_with": (_starts_with, 2),
    "ends_with": (_ends_with, 2),
    "type": (_type, 1),
    "keys": (_keys, 1),
    "values": (_values, 1),
}

RULES: dict[str, Rule] = {"function_expression": call}
