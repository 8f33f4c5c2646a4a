"""Evaluates parsed expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.sources.arm.combine import chosen, combinations, either
from scanner.sources.arm.constraints import among
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Allowed, Choice, OpenObject, Overlaid
from scanner.sources.arm.registry import TABLE, Function, Takes
from scanner.sources.arm.scope import Scope, State
from scanner.sources.arm.syntax import Call, Inline, Literal, Member, Node, Open
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Touched, Unknown

_MERGES = frozenset(("union", "shallowmerge"))


def evaluate(node: Node, scope: Scope) -> Any:
    """The value of an expression.  Raises `Failure` where it would fail, `Spent` where it is too much."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Member):
        return member(evaluate(node.base, scope), evaluate(node.key, scope), node.text)
    if isinstance(node, Inline):
        return scope.frame.inline(node.raw, scope)
    if isinstance(node, Open):
        turns = {**scope.loops, **scope.lambdas}
        key = f"{scope.frame.key}{node.key}{key_of(turns) if turns else ''}"
        return Symbol(key, node.reason, text=node.text)
    scope.spend(1)
    function = TABLE.get(node.name) or _filled().get(node.name)
    if function is None:
        return _other(node, scope)
    _check_count(node.name, len(node.arguments), function)
    if function.takes is Takes.SCOPE:
        return function.run(scope, node)
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    result = _called(node, function, arguments)
    if isinstance(result, (str, list)):
        scope.spend(len(result) >> 5)
    elif node.name in _MERGES:
        scope.frame.merged(result, arguments[0] if node.name == "shallowmerge" else arguments)
    return result


def arguments_of(scope: Scope, call: Call) -> list[Any]:
    """The values of the arguments of a call, in their order."""
    return [evaluate(argument, scope) for argument in call.arguments]


def member(value: Any, key: Any, text: str) -> Any:
    """A member of an object, or an entry of a list.  Keys compare without case where none is equal."""
    if isinstance(value, State):
        return value.follow(key, text)
    if isinstance(key, Unknown) or isinstance(value, (Unknown, type(None))):
        return _open_member(value, key, text)
    if isinstance(value, dict) and isinstance(key, str):
        name = spelled(value, key)
        if name is None:
            raise Failure(f"the object has no member '{key}'")
        return value[name]
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        if not 0 <= key < len(value):
            raise Failure(f"the list has no entry {key}")
        return value[key]
    raise Failure(f"{noun(value)} has no member {key!r}")


def spelled(value: Mapping[str, Any], key: str) -> str | None:
    """The key of an object that a name means; None where it has none."""
    if key in value:
        return key
    lower = key.lower()
    return next((name for name in value if name.lower() == lower), None)


def apply(function: Any, arguments: Sequence[Any]) -> Any:
    """Call a lambda."""
    names, body, scope = function.names, function.body, function.scope
    if len(names) > len(arguments):
        raise Failure("a lambda with too many arguments")
    return evaluate(body, scope.within(dict(zip(names, arguments, strict=False))))


def symbol(name: str, arguments: Sequence[Any], text: str, reason: str) -> Symbol:
    """The result of a call that nobody can work out."""
    return Symbol(f"{name}({','.join(map(key_of, arguments))})", reason, text=text)


def _filled() -> Mapping[str, Function]:
    """The table with all functions in it: a template without expressions needs none."""
    from scanner.sources.arm.functions import every  # noqa: PLC0415 - the functions evaluate, too

    return every.TABLE


def _called(node: Call, function: Function, arguments: list[Any]) -> Any:
    if any(type(value) is Allowed for value in arguments):
        return _allowed(node, function, arguments)
    return _plainly_called(node, function, arguments)


def _allowed(node: Call, function: Function, arguments: list[Any]) -> Any:
    """A call with values that are one of a few: decided where each of them gives the same, in any case."""
    result = _plainly_called(node, function, arguments)
    if not isinstance(result, Symbol):
        return result
    options = [
        Choice(value.options, value.key, value.reason) if type(value) is Allowed else value
        for value in arguments
    ]
    combined = combinations(options)
    results = None if combined is None else _each(function, combined)
    if combined is None or results is None:
        return result
    if any(isinstance(one, bool) for one in results):
        folded = _each(function, [tuple(map(_folded, one)) for one in combined])
        if folded is None:
            return result
        results += folded
    return among(results, result)


def _folded(value: Any) -> Any:
    """A value with its texts in lower case, as far as functions look at them."""
    if isinstance(value, str):
        return value.lower()
    return [_folded(inner) for inner in value] if isinstance(value, list) else value


def _plainly_called(node: Call, function: Function, arguments: list[Any]) -> Any:
    try:
        if function.takes is Takes.OPEN or not any(isinstance(value, Unknown) for value in arguments):
            return function.run(*arguments)
    except Touched as touched:
        return symbol(node.name, arguments, node.text, touched.unknown.reason)
    unknown = next(value for value in arguments if isinstance(value, Unknown))
    combined = combinations(arguments)
    if combined is not None:
        results = _each(function, combined)
        if results is not None:
            conditions = sorted({value.condition for value in arguments if isinstance(value, Choice)})
            every = ",".join(conditions)
            if len(conditions) > 1:
                every = f"{node.name}({','.join(map(key_of, arguments))})"
            return chosen(results, every, unknown.reason)
    return symbol(node.name, arguments, node.text, unknown.reason)


def _each(function: Function, combined: list[tuple[Any, ...]]) -> list[Any] | None:
    """The results for some lists of arguments; None where any of them is not a plain value."""
    results = []
    for arguments in combined:
        try:
            results.append(function.run(*arguments))
        except (Failure, Touched):
            # A choice that would fail is none that is made: but which one that is, nobody knows.
            return None
    return None if any(isinstance(result, (dict, list, Unknown)) for result in results) else results


def _other(node: Call, scope: Scope) -> Any:
    """A call of a function that is not in the table: the user's own, one of run time, or unknown."""
    own = scope.frame.function(node.name)
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if own is not None:
        names, body = own
        if len(names) != len(arguments):
            raise Failure(f"{node.name}() takes {len(names)} arguments, not {len(arguments)}")
        return body(dict(zip(names, arguments, strict=True)))
    if node.name.startswith("list"):
        return symbol(node.name, arguments, node.text, f"{node.name}() is known only when it is deployed")
    scope.note("unknown-function", f"'{node.name}' is no function that is known here", once=node.name)
    return symbol(node.name, arguments, node.text, f"the function '{node.name}' is not known")


def _check_count(name: str, count: int, function: Function) -> None:
    if count < function.least or (function.most is not None and count > function.most):
        most = "" if function.most == function.least else f" to {function.most or 'any number'}"
        raise Failure(f"{name}() takes {function.least}{most} arguments, not {count}")


def _open_member(value: Any, key: Any, text: str) -> Any:
    if isinstance(value, OpenObject) and isinstance(key, str):
        name = spelled(value.members, key)
        if name is None:
            raise Failure(f"the object has no member '{key}'")
        # A member that were missing would make the deployment fail.
        return value.members[name][0]
    if isinstance(value, Overlaid) and isinstance(key, str):
        laid = value.member(spelled(value.members, key))
        if laid is not None:
            return laid
    if value is None:
        raise Failure("null has no members")
    if isinstance(key, (Choice, Allowed)) and isinstance(value, (dict, list)):
        options = [member(value, option, text) for option in key.options]
        result = options[0]
        for option in options[1:]:
            result = either(key, result, option)
        return result
    opened = value if isinstance(value, Unknown) else key
    shown = key if isinstance(key, str) else key_of(key)
    owner = key_of(value)
    separator = f".{shown}" if isinstance(key, str) else f"[{shown}]"
    reason = opened.reason
    if isinstance(value, OpenList):
        reason = f"the list is not known in full: {reason}"
    return Symbol(f"{owner}{separator}", reason, text=text)
