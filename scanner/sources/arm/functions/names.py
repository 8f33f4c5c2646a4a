"""Functions that find values by name, and those whose values only a deployment knows."""

from __future__ import annotations

from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import arguments_of, evaluate, symbol
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Declared, Scope
from scanner.sources.arm.syntax import Call
from scanner.sources.code.symbols import Symbol, Text
from scanner.values import Unknown

_OF_LOOP = regex(r"(?P<name>[^\[\]]+)\[")
_LATER = "is known only when it is deployed"


@function("reference", 1, 3, takes=Takes.SCOPE)
def reference(scope: Scope, call: Call) -> Any:
    """The run-time state of a resource: known for the outputs of deployments whose template is here."""
    arguments = arguments_of(scope, call)
    known = scope.frame.referenced(arguments[0])
    if isinstance(known, Declared) and not (len(arguments) == 3 and _is_full(arguments[2])):
        return known.follow("properties", call.text)
    return known if known is not None else symbol(call.name, arguments, call.text, f"reference() {_LATER}")


def _is_full(value: Any) -> bool:
    return isinstance(value, str) and value.lower() == "full"


@function("references", 1, 2, takes=Takes.SCOPE)
def references(scope: Scope, call: Call) -> Symbol:
    """The run-time states of a collection of resources."""
    return symbol(call.name, arguments_of(scope, call), call.text, f"references() {_LATER}")


@function("resourceInfo", 1, takes=Takes.SCOPE)
def resource_info(scope: Scope, call: Call) -> Any:
    """Id, name, type and version of a resource of the template."""
    (name,) = arguments_of(scope, call)
    turn = None
    if isinstance(name, Text) and name.parts[1:] == (None, "]"):
        # A resource of a loop, of which nobody knows the turn: its type is known all the same.
        turn = Symbol(name.keys[0], name.reason)
        chosen = _OF_LOOP.fullmatch(name.prefix)
        name = chosen["name"] if chosen is not None else name
    if isinstance(name, str):
        found = scope.frame.resource_info(name, turn)
        if found is not None:
            return found
    return symbol(call.name, [name], call.text, "the resource is not known")


@function("parameters", 1, takes=Takes.SCOPE)
def parameters(scope: Scope, call: Call) -> Any:
    """The value of a parameter."""
    return _named(scope, call, scope.parameter)


@function("variables", 1, takes=Takes.SCOPE)
def variables(scope: Scope, call: Call) -> Any:
    """The value of a variable."""
    return _named(scope, call, scope.frame.variable)


def _named(scope: Scope, call: Call, find: Any) -> Any:
    name = evaluate(call.arguments[0], scope)
    if isinstance(name, Unknown):
        return symbol(call.name, [name], call.text, name.reason)
    if not isinstance(name, str):
        raise Failure(f"{call.name}() takes a name")
    return find(name)


@function("copyIndex", 0, 2, takes=Takes.SCOPE)
def copy_index(scope: Scope, call: Call) -> Any:
    """The turn of a copy loop, from 0, or from an offset on."""
    arguments = arguments_of(scope, call)
    turn: Any = scope.loop
    offset: Any = 0
    if arguments and isinstance(arguments[0], str):
        if arguments[0].lower() not in scope.loops:
            raise Failure(f"no copy loop is called '{arguments[0]}'")
        turn = scope.loops[arguments.pop(0).lower()]
    if arguments:
        offset = arguments[0]
    if turn is None:
        raise Failure("copyIndex() outside of a copy loop")
    opened = next((value for value in (turn, offset) if isinstance(value, Unknown)), None)
    if opened is not None:
        return symbol(call.name, [turn, offset], call.text, opened.reason)
    return turn + offset


@function("newGuid", 0, takes=Takes.SCOPE)
def new_guid(scope: Scope, call: Call) -> Symbol:
    """A value that no other call gives."""
    return Symbol(scope.frame.fresh("newGuid"), f"newGuid() {_LATER}", text=call.text)


def _later(name: str, least: int, most: int | None) -> None:
    def run(scope: Scope, call: Call) -> Symbol:
        return symbol(name, arguments_of(scope, call), call.text, f"{name}() {_LATER}")

    function(name, least, most, takes=Takes.SCOPE)(run)


for _name, _least, _most in (
    ("uniqueString", 1, None),
    ("guid", 1, None),
    ("utcNow", 0, 1),
    ("pickZones", 3, 5),
    ("providers", 1, 2),
    ("toLogicalZone", 3, 3),
    ("toLogicalZones", 3, 3),
    ("toPhysicalZone", 3, 3),
    ("toPhysicalZones", 3, 3),
    ("getSecret", 2, 4),
    ("externalInput", 1, 2),
    ("externalInputs", 1, 1),
):
    _later(_name, _least, _most)
