"""Where a resource is deployed: its id."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.ids import resource_path
from scanner.sources.arm.instance import Instance
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.run import Run
from scanner.sources.arm.template import Target
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol
from scanner.values import Unknown


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
    raw = instance.raw
    owner = instance
    while owner.parent is not None:
        owner = owner.parent
    subscription, group = target.subscription, target.resource_group
    level = target.level
    if "subscriptionId" in owner.raw:
        subscription = run.value(owner.raw, "subscriptionId", owner.scope)
    if "resourceGroup" in owner.raw:
        group = run.value(owner.raw, "resourceGroup", owner.scope)
        level = "resourceGroup"
    if level in ("tenant", "managementGroup"):
        return [""]
    if level == "subscription" or raw.get("type", "").lower() == "microsoft.resources/resourcegroups":
        return ["/subscriptions/", subscription]
    return ["/subscriptions/", subscription, "/resourceGroups/", group]
