"""Where a resource is deployed: its id."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scanner.sources.arm.blocks import Target, level_of
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.ids import resource_path
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, Text
from scanner.values import Unknown

if TYPE_CHECKING:
    from scanner.sources.arm.instance import Instance
    from scanner.sources.arm.run import Run

_SOME_SUBSCRIPTION = Symbol(SUBSCRIPTION, "the subscription it is deployed to is not in the code")
_SOME_GROUP = Symbol(RESOURCE_GROUP, "the resource group it is deployed to is not in the code")


def target_of(raw: dict[str, Any]) -> Target:
    """What a template is deployed to, of which the code says only the level."""
    return _some_target(level_of(raw))


@lru_cache
def _some_target(level: str) -> Target:
    return Target(level=level, subscription=_SOME_SUBSCRIPTION, resource_group=_SOME_GROUP)


@lru_cache(maxsize=256)
def stem(level: str, kind: str) -> str | Text:
    """What the ids of all resources of a type begin with in a template of a level, where none says more.

    The type is that of no child.
    """
    begun: str | Text = joined([*_base_of(_some_target(level), kind), f"/providers/{kind}/"], "")
    return begun


def identifier(instance: Instance, run: Run, target: Target) -> Any:
    """The id of a resource, by where it is deployed."""
    try:
        return _full_id(instance, run, target)
    except Failure as error:
        name = key_of(instance.name(run))
        return Symbol(f"id of {instance.type} {name}", f"the id of the resource is not known: {error}")


def _full_id(instance: Instance, run: Run, target: Target) -> Any:
    raw = instance.raw
    path = resource_path(instance.type, [instance.name(run)])
    scope = run.value(raw, "scope", instance.scope) if "scope" in raw else None
    if not isinstance(scope, (str, Unknown)):
        return joined([*_base(instance, run, target), *path], "")
    stem = scope if isinstance(scope, str) else getattr(scope, "prefix", "/")
    if stem and not stem.startswith("/"):
        return joined([*_base(instance, run, target), "/providers/", scope, *path], "")
    return joined([scope.rstrip("/") if isinstance(scope, str) else scope, *path], "")


def _base(instance: Instance, run: Run, target: Target) -> list[Any]:
    """What an id begins with: the scope that the template is deployed to, or that the resource names."""
    owner = instance
    while owner.parent is not None:
        owner = owner.parent
    raw = owner.raw
    if "subscriptionId" in raw:
        target = replace(target, subscription=run.value(raw, "subscriptionId", owner.scope))
    if "resourceGroup" in raw:
        group = run.value(raw, "resourceGroup", owner.scope)
        target = replace(target, resource_group=group, level="resourceGroup")
    return _base_of(target, instance.raw.get("type", ""))


def _base_of(target: Target, kind: str) -> list[Any]:
    """What the id of a resource of some type begins with that is deployed to a target."""
    if target.level in ("tenant", "managementGroup"):
        return [""]
    if target.level == "subscription" or kind.lower() == "microsoft.resources/resourcegroups":
        return ["/subscriptions/", target.subscription]
    return ["/subscriptions/", target.subscription, "/resourceGroups/", target.resource_group]
