"""Functions of the provider azapi, which put ids together."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import array, opened, text
from scanner.sources.hcl.registry import function
from scanner.sources.hcl.texts import together


@function("provider::azapi::build_resource_id", 3, takes_open=True)
def build_resource_id(parent: Any, kind: Any, name: Any) -> Any:
    """The id of a resource of a type in what it lies in, or is a child of."""
    if (unknown := opened("build_resource_id", kind)) is not None:
        return unknown
    namespace, types = _type(kind)
    below = f"/{types[-1]}/" if len(types) > 1 else f"/providers/{namespace}/{types[0]}/"
    return together([parent, below, name], "build_resource_id(…)")


@function("provider::azapi::resource_group_resource_id", 4, takes_open=True)
def resource_group_resource_id(subscription: Any, group: Any, kind: Any, names: Any) -> Any:
    """The id of a resource of a type in a resource group, by its own name behind those of its parents."""
    return _within(["/subscriptions/", subscription, "/resourceGroups/", group], kind, names)


@function("provider::azapi::subscription_resource_id", 3, takes_open=True)
def subscription_resource_id(subscription: Any, kind: Any, names: Any) -> Any:
    """The id of a resource of a type in a subscription."""
    return _within(["/subscriptions/", subscription], kind, names)


def _type(kind: Any) -> tuple[str, list[str]]:
    namespace, *types = text(kind).partition("@")[0].split("/")
    if not types:
        raise Failure(f"'{namespace[:60]}' is no type of a resource")
    return namespace, types


def _within(scope: list[Any], kind: Any, names: Any) -> Any:
    """The id of what has a type and as many names, in a scope."""
    if (unknown := opened("resource_id", kind, names)) is not None:
        return unknown
    namespace, types = _type(kind)
    members = array(names)
    if len(members) != len(types):
        raise Failure("a type takes as many names as it has parts")
    below = (part for one, name in zip(types, members, strict=True) for part in (f"/{one}/", name))
    return together([*scope, f"/providers/{namespace}", *below], "resource_id(…)")
