"""Evaluates expressions.  What is not known stays so, and keeps the name of what it is the value of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scanner.sources.arm.combine import either
from scanner.sources.arm.errors import Failure, Spent
from scanner.sources.arm.keys import key_of, member_name
from scanner.sources.arm.openness import OpenArray, OpenObject
from scanner.sources.hcl import calls, operators, texts
from scanner.sources.hcl.access import asked, indexed, may_lack
from scanner.sources.hcl.scope import Env, Spot
from scanner.sources.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    For,
    Index,
    ListOf,
    Literal,
    Member,
    Name,
    Node,
    ObjectOf,
    Splat,
    Template,
    Unary,
)
from scanner.sources.hcl.values import (
    SetOf,
    TypedList,
    TypedMap,
    boolean_of,
    differ,
    iterated,
    open_value,
    set_of,
    text_of,
)
from scanner.values import OpenList, Unknown

_NEVER_FAILING = (Name, Member, Template)
"""Nodes whose value, where it is open, is there all the same, or which tell themselves that it may not be."""

DEEPEST = 80
"""Evaluations inside one another, along locals and variables, too."""

_SETS = ("toset", "setunion", "setsubtract", "setintersection")

MOST_MEMBERS = 20_000
"""Members of one list or object that a loop makes."""


def evaluate(node: Node, env: Env) -> Any:
    """The value of an expression.  Raises `Failure` where Terraform would end in an error, and `Spent`."""
    run = env.run
    run.spend()
    run.depth += 1
    try:
        if run.depth > DEEPEST:
            raise Failure(f"values that refer to one another more than {DEEPEST} times")
        return _BY_TYPE[type(node)](node, env)
    finally:
        run.depth -= 1


def _literal(node: Literal, _: Env) -> Any:
    return node.value


def _name(node: Name, env: Env) -> Any:
    return env.variables[node.name] if node.name in env.variables else env.names.named(node.name)


def _member(node: Member, env: Env) -> Any:
    base = evaluate(node.base, env)
    _doubted(base, node.name, env)
    return asked(base, node.name)


def _index(node: Index, env: Env) -> Any:
    base, key = evaluate(node.base, env), evaluate(node.key, env)
    _doubted(base, key, env)
    return indexed(base, key, env.doubt)


def _doubted(base: Any, key: Any, env: Env) -> None:
    """Note that it ends in an error where a member that is asked for may not be there."""
    if env.doubts is not None and isinstance(base, Unknown) and may_lack(base, key):
        env.doubt(base)


def _splat(node: Splat, env: Env) -> Any:
    base = evaluate(node.base, env)
    if base is None:
        return []
    if isinstance(base, OpenList):
        members = tuple(
            (evaluate(node.each, env.inside({"": member})), sure) for member, sure in base.members
        )
        return OpenArray(members, key_of(base), base.reason)
    if isinstance(base, list):
        env.run.spend(len(base))
        return [evaluate(node.each, env.inside({"": member})) for member in base]
    if type(base) is not dict and isinstance(base, Unknown) and not hasattr(base, "ask"):
        inner = evaluate(node.each, env.inside({"": open_value(f"{key_of(base)}[*]", base.reason)}))
        return open_value(f"[{key_of(inner)}]", base.reason)
    return [evaluate(node.each, env.inside({"": base}))]


def _unary(node: Unary, env: Env) -> Any:
    return operators.unary(node.sign, evaluate(node.operand, env))


def _binary(node: Binary, env: Env) -> Any:
    if node.sign in ("&&", "||"):
        left = boolean_of(evaluate(node.left, env))
        if left is (node.sign == "||") and env.doubts is None:
            return left
        return operators.logical(node.sign, left, boolean_of(evaluate(node.right, env)))
    left, right = evaluate(node.left, env), evaluate(node.right, env)
    if node.sign in ("==", "!=") and (_differ(node.left, right) or _differ(node.right, left)):
        return node.sign == "!="
    return operators.binary(node.sign, left, right)


def _differ(node: Node, value: Any) -> bool:
    """Whether a literal is of another type than a value, to which it is never equal: no list is a tuple."""
    if isinstance(node, ListOf):
        return isinstance(value, (TypedList, SetOf))
    return isinstance(node, ObjectOf) and isinstance(value, TypedMap)


def _conditional(node: Conditional, env: Env) -> Any:
    condition = boolean_of(evaluate(node.condition, env))
    if not isinstance(condition, Unknown):
        taken, other = (node.yes, node.no) if condition else (node.no, node.yes)
        value = evaluate(taken, env)
        if env.doubts is not None and value is not None and not isinstance(value, Unknown):
            _check_other(value, other, env)
        return _alike(value, other)
    yes, no = (_branch(branch, env) for branch in (node.yes, node.no))
    return either(condition, yes, no)


def _check_other(value: Any, other: Node, env: Env) -> None:
    """Raises `Failure` for a conditional of whose sides one can have no type of the other."""
    try:
        against = evaluate(other, replace(env, doubts=[]))
    except Failure:
        return
    if against is not None and not isinstance(against, Unknown) and differ(value, against):
        raise Failure("a conditional whose sides are of different types")


def _alike(value: Any, other: Node) -> Any:
    """One side of a conditional, whose sides have one type: a text or a set where the other is written so."""
    if isinstance(value, (bool, int, float)):
        is_text = isinstance(other, Template) or (isinstance(other, Literal) and isinstance(other.value, str))
        return text_of(value) if is_text else value
    is_set = isinstance(value, list) and isinstance(other, Call) and other.name in _SETS
    return set_of(value) if is_set else value


def _branch(node: Node, env: Env) -> Any:
    """What may fail alone: one side of a conditional that is open is never asked for, if the other holds."""
    try:
        return evaluate(node, env)
    except Failure as failure:
        return open_value(f"fails({env.source.text[node.at : node.end]})", str(failure))


def _part(node: Node, env: Env) -> Any:
    """One member of a list or an object: what fails in it takes nothing from the others."""
    if env.doubts is None:
        return _branch(node, env)
    value = evaluate(node, env)
    if isinstance(value, Unknown) and not isinstance(node, _NEVER_FAILING):
        env.doubt(value)
    return value


def _list(node: ListOf, env: Env) -> Any:
    made: list[Any] = []
    for item in node.items:
        env.run.spots.mark(made, len(made), env, item.at, item)
        made.append(_part(item, env))
    env.run.spots.mark(made, None, env, node.at, node)
    return made


def _object(node: ObjectOf, env: Env) -> Any:
    made: dict[str, Any] = {}
    every: list[tuple[str, Any, Spot]] = []
    for item in node.items:
        key = evaluate(item.key, env)
        name = member_name(text_of(key))
        made[name] = _part(item.value, env)
        env.run.spots.mark(made, name, env, item.at, item.value)
        every.append((name, made[name], Spot(env, item.at, item.value)))
    env.run.spots.mark(made, None, env, node.at, node)
    if len(made) < len(every):
        env.run.twins[id(made)] = every
    return made


def _for(node: For, env: Env) -> Any:
    collection = evaluate(node.collection, env)
    members = iterated(collection)
    if members is None:
        if not isinstance(collection, Unknown):
            raise Failure("a loop goes over a list, a set or an object")
        text = env.source.text[node.at : node.end]
        return open_value(f"for({key_of(collection)},{text})", collection.reason)
    results: list[tuple[Any, Any, bool, Env]] = []
    for key, member, sure in members:
        variables = {node.value: member} | ({node.key: key} if node.key else {})
        inner = env.inside(variables, {node.value: (collection, key)})
        holds = True if node.condition is None else boolean_of(evaluate(node.condition, inner))
        if holds is False:
            continue
        result_key = evaluate(node.result_key, inner) if node.result_key is not None else None
        certain = sure and holds is True
        results.append((result_key, evaluate(node.result, inner), certain, inner))
        if len(results) > MOST_MEMBERS:
            raise Spent
    return _loop_object(node, env, results) if node.result_key is not None else _loop_list(node, env, results)


def _loop_list(node: For, env: Env, results: list[tuple[Any, Any, bool, Env]]) -> Any:
    if not all(sure for _, _, sure, _ in results):
        members = tuple((value, sure) for _, value, sure, _ in results)
        text = env.source.text[node.at : node.end]
        return OpenArray(members, text, "it is not known which members the loop keeps")
    made: list[Any] = []
    for _, value, _, inner in results:
        env.run.spots.mark(made, len(made), inner, node.result.at, node.result)
        made.append(value)
    return made


def _loop_object(node: For, env: Env, results: list[tuple[Any, Any, bool, Env]]) -> Any:
    made: dict[str, Any] = {}
    open_: set[str] = set()
    for key, value, sure, inner in results:
        name = member_name(text_of(key))
        if node.grouped:
            made.setdefault(name, []).append(value)
        elif name in made:
            raise Failure(f"the key '{name[:40]}' is there twice")
        else:
            made[name] = value
            env.run.spots.mark(made, name, inner, node.result.at, node.result)
        if not sure:
            open_.add(name)
    if not open_:
        return made
    members = {name: (value, name not in open_) for name, value in made.items()}
    text = env.source.text[node.at : node.end]
    result = OpenObject(members, text, "it is not known which members the loop keeps")
    env.run.spots.copied(result, made)
    return result


def _template(node: Template, env: Env) -> Any:
    return texts.filled(node, env, evaluate)


def _call(node: Call, env: Env) -> Any:
    return calls.called(node, env, evaluate)


_BY_TYPE: Mapping[type, Callable[[Any, Env], Any]] = {
    Literal: _literal,
    Name: _name,
    Member: _member,
    Index: _index,
    Splat: _splat,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    ListOf: _list,
    ObjectOf: _object,
    For: _for,
    Template: _template,
    Call: _call,
}
