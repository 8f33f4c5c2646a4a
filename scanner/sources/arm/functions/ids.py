"""Functions that give the ids of resources."""

from __future__ import annotations

from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.combine import chosen
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import arguments_of, symbol
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.syntax import Call
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol, Text
from scanner.values import Touched, Unknown

_TYPE = regex(r"[A-Za-z0-9.]+(?:/[A-Za-z0-9.]+)+")


def resource_path(kind: str, names: list[Any]) -> list[Any]:
    """The part of an id behind its scope, as stretches.  Raises `Failure` where the names do not fit."""
    if len(names) == 1 and kind.count("/") == 1 and isinstance(names[0], (str, Unknown)):
        return [f"/providers/{kind}/", names[0]]
    provider, *types = kind.split("/")
    if len(names) == 1 and len(types) > 1:
        names = _split(names[0], len(types))
    if len(types) != len(names):
        raise Failure(f"{kind} takes {len(types)} names, not {len(names)}")
    stretches: list[Any] = [f"/providers/{provider}"]
    for segment, name in zip(types, names, strict=True):
        if not isinstance(name, (str, Unknown)):
            raise Failure("the name of a resource must be a text")
        stretches += [f"/{segment}/", name]
    return stretches


def segments(name: Any) -> list[Any]:
    """The names in a name with parents.  One of several names gives one of several segments."""
    if isinstance(name, Choice):
        split = [option.split("/") for option in name.options if isinstance(option, str)]
        if len(split) == len(name.options) and len({len(option) for option in split}) == 1:
            return [chosen(column, name.condition, name.reason) for column in zip(*split, strict=True)]
        return [name]
    return _split(name, slashes(name) + 1)


def slashes(name: Any) -> int:
    """How many slashes are known to stand in a name."""
    if isinstance(name, str):
        return name.count("/")
    return sum(part.count("/") for part in name.parts if part) if isinstance(name, Text) else 0


def _split(name: Any, count: int) -> list[Any]:
    """The names in a name with parents, where it has as many as are wanted."""
    if isinstance(name, Choice):
        columns = segments(name)
        return columns if len(columns) == count else [name]
    if isinstance(name, str) and name.count("/") == count - 1:
        return list(name.split("/"))
    if isinstance(name, Text) and slashes(name) == count - 1:
        found: list[list[Any]] = [[]]
        keys = iter(name.keys)
        for part in name.parts:
            first, *others = [Symbol(next(keys), name.reason)] if part is None else part.split("/")
            found[-1].append(first)
            found.extend([other] for other in others)
        return [joined(segment, name.text or "") for segment in found]
    return [name]


def _typed(arguments: list[Any], name: str) -> tuple[list[Any], str, list[Any]]:
    """The arguments before the resource type, the type, and the names behind it."""
    for index, value in enumerate(arguments):
        if isinstance(value, str) and _TYPE.fullmatch(value):
            return arguments[:index], value, arguments[index + 1 :]
    raise Touched(
        Unknown(
            next(
                (value.reason for value in arguments if isinstance(value, Unknown)),
                f"{name}() has no resource type",
            )
        )
    )


@function("resourceId", 2, None, takes=Takes.SCOPE)
def resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource in a resource group, or in what the template is deployed to."""
    frame = scope.frame
    arguments = arguments_of(scope, call)
    try:
        before, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    if len(before) > 2:
        raise Failure("resourceId() takes a subscription and a resource group before the type")
    path = resource_path(kind, names)
    if not before and frame.level == "subscription":
        return joined(["/subscriptions/", frame.subscription, *path], call.text)
    if not before and frame.level in ("tenant", "managementGroup"):
        return joined(path, call.text)
    subscription = before[0] if len(before) == 2 else frame.subscription
    group = before[-1] if before else frame.resource_group
    return joined(["/subscriptions/", subscription, "/resourceGroups/", group, *path], call.text)


@function("subscriptionResourceId", 2, None, takes=Takes.SCOPE)
def subscription_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource in a subscription."""
    arguments = arguments_of(scope, call)
    try:
        before, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    subscription = before[0] if before else scope.frame.subscription
    return joined(["/subscriptions/", subscription, *resource_path(kind, names)], call.text)


@function("tenantResourceId", 2, None, takes=Takes.SCOPE)
def tenant_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource of the tenant."""
    arguments = arguments_of(scope, call)
    try:
        _, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    return joined(resource_path(kind, names), call.text)


@function("managementGroupResourceId", 2, None, takes=Takes.SCOPE)
def management_group_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource of a management group."""
    arguments = arguments_of(scope, call)
    try:
        before, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    group = (
        before[0]
        if before
        else Symbol("managementGroup().name", "the management group is known only when it is deployed")
    )
    stem = ["/providers/Microsoft.Management/managementGroups/", group]
    return joined([*stem, *resource_path(kind, names)], call.text)


@function("extensionResourceId", 3, None, takes=Takes.SCOPE)
def extension_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource that extends another."""
    arguments = arguments_of(scope, call)
    base, kind, *names = arguments
    if not isinstance(kind, str) or not isinstance(base, (str, Unknown)):
        return symbol(call.name, arguments, call.text, "the type of an extension resource is not known")
    return joined([base, *resource_path(kind, names)], call.text)
