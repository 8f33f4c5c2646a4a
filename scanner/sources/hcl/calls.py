"""Calls of functions, and those functions that decide themselves what is evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scanner.sources.arm.combine import Distinct, chosen, combinations, either
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice, Overlaid
from scanner.sources.code.symbols import Symbol
from scanner.sources.hcl import parser
from scanner.sources.hcl.functions import TABLE
from scanner.sources.hcl.functions.hashes import OF_BYTES
from scanner.sources.hcl.functions.paths import matching
from scanner.sources.hcl.registry import ALIKE, ALWAYS, NEVER_KNOWN, Function, Unread
from scanner.sources.hcl.scope import Env, Evaluate
from scanner.sources.hcl.source import BadSyntax, Embedded
from scanner.sources.hcl.syntax import Binary, Call, Node
from scanner.sources.hcl.values import SetOf, TypedList, TypedMap, UniqueList, first_open, open_value, set_of
from scanner.values import Unknown

_TYPED = (TypedList, TypedMap, SetOf)
_WITH_TYPES: dict[type, type[TypedList]] = {list: TypedList, Distinct: UniqueList}

LARGEST_FILE = 1 << 20
"""Bytes of a file that an expression may read."""


def called(node: Call, env: Env, evaluate: Evaluate) -> Any:
    """The value of a call.  Raises `Failure` where it would end in an error."""
    name = node.name.removeprefix("core::")
    if name in ("try", "can"):
        return _tried(name, node, env, evaluate)
    arguments = _arguments(node, env, evaluate)
    if name in NEVER_KNOWN:
        key = name if name == "timestamp" else f"{env.names.key}{env.source.path}:{node.at}:{name}"
        return open_value(f"{key}()", f"{name}() is not known: it is {NEVER_KNOWN[name]}")
    if arguments is None:
        return open_value(f"{name}(...)", f"the arguments of {name}() are not known")
    if name in ("file", "fileexists", "filebase64", "templatefile") or name.startswith(
        ("filemd5", "filesha", "filebase64")
    ):
        return _of_file(name, arguments, env, evaluate)
    if name == "fileset":
        return _file_set(arguments, env)
    if name == "templatestring":
        return rendered(arguments, env, evaluate)
    function = TABLE.get(name)
    if function is None:
        what = "a function of a provider" if name.startswith("provider::") else "not known"
        return open_value(f"{name}({_keys(arguments)})", f"the function {name}() is {what}")
    if not function.least <= len(arguments) <= (function.most or len(arguments)):
        raise Failure(f"{name}() takes another number of arguments than {len(arguments)}")
    result = _result(name, function, arguments)
    _keep_spots(env, result, arguments)
    return result


def _arguments(node: Call, env: Env, evaluate: Evaluate) -> list[Any] | None:
    """The values of the arguments; None where nobody knows how many there are."""
    values = [evaluate(argument, env) for argument in node.arguments]
    if node.spread:
        last = values.pop()
        if isinstance(last, list):
            return values + list(last)
        if isinstance(last, Unknown):
            return None
        raise Failure("'...' stands behind a list")
    return values


def _result(name: str, function: Function, arguments: list[Any]) -> Any:
    if any(isinstance(argument, Choice) for argument in arguments):
        every = combinations(arguments)
        if every is not None and all(first_open(list(one)) is None for one in every):
            choices = [argument for argument in arguments if isinstance(argument, Choice)]
            depends = choices[0].condition if len(choices) == 1 else f"{name}({_keys(arguments)})"
            results = [_plain(name, function, list(one)) for one in every]
            if not any(isinstance(result, (Unknown, dict, list)) for result in results):
                return chosen(results, depends, choices[0].reason)
    return _plain(name, function, arguments)


def _plain(name: str, function: Function, arguments: list[Any]) -> Any:
    if not function.open:
        unknown = first_open(arguments)
        if unknown is not None:
            return Symbol(f"{name}({_keys(arguments)})", unknown.reason)
    try:
        result = function.run(*arguments)
        kind = _WITH_TYPES.get(type(result))
        return kind(result) if kind is not None and _is_typed(function, arguments) else result
    except Unread as unread:
        return Symbol(f"{name}({_keys(arguments)})", f"{name}() of {unread}")
    except (OverflowError, RecursionError, UnicodeError, MemoryError):
        raise Failure(f"{name}() of a value that is too large") from None


def _is_typed(function: Function, arguments: list[Any]) -> bool:
    return function.typed == ALWAYS or (
        function.typed == ALIKE and any(isinstance(one, _TYPED) for one in arguments)
    )


def _keys(arguments: list[Any]) -> str:
    return ",".join(map(key_of, arguments))


def _keep_spots(env: Env, result: Any, arguments: list[Any]) -> None:
    """What a function put into a new object or list was written where it stood before."""
    if not isinstance(result, (dict, list, Overlaid)) or env.run.spots.of(result) is not None:
        return
    held: dict[int, tuple[Any, Any]] = {}
    for argument in arguments:
        for holder in (argument, *(argument if isinstance(argument, list) else ())):
            held.update({id(value): (holder, key) for key, value in _entries(holder)})
    for key, value in _entries(result):
        if id(value) in held:
            env.run.spots.handed(result, key, *held[id(value)])


def _entries(holder: Any) -> Iterator[tuple[Any, Any]]:
    """The keys and values of an object or a list, as far as a value can be told from others like it."""
    if isinstance(holder, Overlaid):
        holder = {name: value for name, (value, _) in holder.members.items()}
    if isinstance(holder, SetOf):
        # A member of a set is its own key.
        return ((value, value) for value in holder if isinstance(value, str))
    pairs = (
        holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
    )
    return ((key, value) for key, value in pairs if isinstance(value, (dict, list, str, Unknown)))


def _tried(name: str, node: Call, env: Env, evaluate: Evaluate) -> Any:
    """``try`` and ``can``: what is not known may yet end in an error when it is."""
    if not node.arguments:
        raise Failure(f"{name}() takes an argument")
    values: list[tuple[Any, list[Unknown]]] = []
    failure = Failure("")
    for argument in node.arguments:
        doubts: list[Unknown] = []
        try:
            value = evaluate(argument, replace(env, doubts=doubts))
        except Failure as error:
            failure = error
            continue
        if name == "can":
            is_sure = not isinstance(value, Unknown) or value.truth is not None or _is_equation(argument)
            return True if is_sure and not doubts else _maybe(value, *doubts)
        values.append((value, doubts))
        if not doubts:
            break
    if name == "can":
        return False
    if not values:
        raise failure
    result, left = values.pop()
    for one in left:
        env.doubt(one)
    for value, doubts in reversed(values):
        result = either(doubts[0], value, result)
    return result


def _is_equation(node: Node) -> bool:
    """Whether an expression has a value whatever those in it are: anything can be compared with anything."""
    return isinstance(node, Binary) and node.sign in ("==", "!=")


def _maybe(value: Any, *doubts: Unknown) -> Any:
    reason = next(one.reason for one in (value, *doubts) if isinstance(one, Unknown))
    return open_value(f"can({key_of(value)})", reason, boolean=True)


def _of_file(name: str, arguments: list[Any], env: Env, evaluate: Evaluate) -> Any:
    path = arguments[0] if arguments else None
    if isinstance(path, Unknown):
        return open_value(f"{name}({_keys(arguments)})", path.reason)
    if not isinstance(path, str):
        raise Failure(f"{name}() takes the path of a file")
    try:
        data = env.names.read_file(path)
    except Failure as failure:
        return open_value(f"{name}({path!r})", str(failure))
    if name == "fileexists":
        return data is not None
    if data is None:
        raise Failure(f"there is no file '{path[:100]}'")
    if name == "templatefile":
        return _template_file(path, data, arguments, env, evaluate)
    if name == "file":
        return data.decode("utf-8", "replace")
    how = "base64encode" if name == "filebase64" else name.removeprefix("file")
    if how not in OF_BYTES:
        raise Failure(f"the function {name}() is not known")
    return OF_BYTES[how](data)


def _file_set(arguments: list[Any], env: Env) -> Any:
    """The files in a folder that a pattern means."""
    unknown = next((one for one in arguments if isinstance(one, Unknown)), None)
    if unknown is not None:
        return open_value(f"fileset({_keys(arguments)})", unknown.reason)
    if len(arguments) != 2 or not all(isinstance(one, str) for one in arguments):
        raise Failure("fileset() takes the path of a folder and a pattern")
    folder, pattern = arguments
    try:
        return set_of(matching(env.names.files_below(folder), pattern))
    except Failure as failure:
        return open_value(f"fileset({_keys(arguments)})", str(failure))


def _template_file(path: str, data: bytes, arguments: list[Any], env: Env, evaluate: Evaluate) -> Any:
    given = arguments[1] if len(arguments) == 2 else None
    if isinstance(given, Unknown):
        return open_value(f"templatefile({_keys(arguments)})", given.reason)
    if not isinstance(given, dict):
        raise Failure("templatefile() takes the path of a file and an object")
    try:
        return _filled(data.decode("utf-8-sig", "replace"), given, env, evaluate)
    except (BadSyntax, RecursionError) as error:
        raise Failure(f"the template '{path[:100]}' cannot be read: {error}") from None


def rendered(arguments: list[Any], env: Env, evaluate: Evaluate) -> Any:
    """What ``templatestring`` makes of a template and an object.  Raises `Failure`."""
    unknown = next((one for one in arguments if isinstance(one, Unknown)), None)
    if unknown is not None:
        return open_value(f"templatestring({_keys(arguments)})", unknown.reason)
    if len(arguments) != 2 or not isinstance(arguments[0], str) or not isinstance(arguments[1], dict):
        raise Failure("templatestring() takes a template and an object")
    try:
        return _filled(arguments[0], arguments[1], env, evaluate)
    except (BadSyntax, RecursionError) as error:
        raise Failure(f"the template cannot be read: {error}") from None


def _filled(text: str, given: dict[str, Any], env: Env, evaluate: Evaluate) -> Any:
    """A template of its own, which sees nothing but what it is given."""
    source = Embedded(text, env.source.place(0))
    return evaluate(parser.template(source), Env(env.run, env.names, source, given, doubts=env.doubts))
