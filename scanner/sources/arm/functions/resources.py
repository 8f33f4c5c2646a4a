"""Functions for resources and scopes.  What only a deployment knows has a name instead of a value."""

from __future__ import annotations

import re
from typing import Any

from scanner.sources.arm.combine import chosen
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import evaluate, symbol
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.syntax import Call
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol, Text
from scanner.values import Touched, Unknown

_TYPE = re.compile(r"[A-Za-z0-9.]+(?:/[A-Za-z0-9.]+)+")
_LATER = "is known only when it is deployed"


def group_id(subscription: Any, group: Any) -> Any:
    """The id of a resource group."""
    return joined(["/subscriptions/", subscription, "/resourceGroups/", group], "resourceGroup().id")


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


def _arguments(scope: Scope, call: Call) -> list[Any]:
    return [evaluate(argument, scope) for argument in call.arguments]


@function("resourceId", 2, None, takes=Takes.SCOPE)
def resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource in a resource group, or in what the template is deployed to."""
    frame = scope.frame
    arguments = _arguments(scope, call)
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
    arguments = _arguments(scope, call)
    try:
        before, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    subscription = before[0] if before else scope.frame.subscription
    return joined(["/subscriptions/", subscription, *resource_path(kind, names)], call.text)


@function("tenantResourceId", 2, None, takes=Takes.SCOPE)
def tenant_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource of the tenant."""
    arguments = _arguments(scope, call)
    try:
        _, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    return joined(resource_path(kind, names), call.text)


@function("managementGroupResourceId", 2, None, takes=Takes.SCOPE)
def management_group_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource of a management group."""
    arguments = _arguments(scope, call)
    try:
        before, kind, names = _typed(arguments, call.name)
    except Touched as touched:
        return symbol(call.name, arguments, call.text, touched.unknown.reason)
    group = before[0] if before else Symbol("managementGroup().name", f"the management group {_LATER}")
    stem = ["/providers/Microsoft.Management/managementGroups/", group]
    return joined([*stem, *resource_path(kind, names)], call.text)


@function("extensionResourceId", 3, None, takes=Takes.SCOPE)
def extension_resource_id(scope: Scope, call: Call) -> Any:
    """The id of a resource that extends another."""
    arguments = _arguments(scope, call)
    base, kind, *names = arguments
    if not isinstance(kind, str) or not isinstance(base, (str, Unknown)):
        return symbol(call.name, arguments, call.text, "the type of an extension resource is not known")
    return joined([base, *resource_path(kind, names)], call.text)


@function("resourceGroup", 0, takes=Takes.SCOPE)
def resource_group(scope: Scope, _: Call) -> dict[str, Any]:
    """The resource group that the template is deployed to."""
    frame = scope.frame
    if frame.group is None:
        frame.group = _group(scope)
    return frame.group


def _group(scope: Scope) -> dict[str, Any]:
    frame = scope.frame
    return {
        "id": group_id(frame.subscription, frame.resource_group),
        "name": frame.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": _of_group(scope, "location"),
        "managedBy": _of_group(scope, "managedBy"),
        "tags": _of_group(scope, "tags"),
        "properties": _of_group(scope, "properties"),
    }


def _of_group(scope: Scope, name: str) -> Symbol:
    group = scope.frame.resource_group
    shown = group.key if isinstance(group, Symbol) else str(group) if isinstance(group, str) else "…"
    return Symbol(f"resourceGroup({shown}).{name}", f"the {name} of the resource group {_LATER}")


@function("subscription", 0, takes=Takes.SCOPE)
def subscription(scope: Scope, call: Call) -> dict[str, Any]:
    """The subscription that the template is deployed to."""
    own = scope.frame.subscription
    return {
        "id": joined(["/subscriptions/", own], call.text),
        "subscriptionId": own,
        "tenantId": Symbol("tenant().tenantId", f"the tenant {_LATER}"),
        "displayName": Symbol("subscription().displayName", f"the name of the subscription {_LATER}"),
    }


@function("tenant", 0, takes=Takes.SCOPE)
def tenant(*_: Any) -> dict[str, Any]:
    """The tenant of the deployment."""
    return {
        "tenantId": Symbol("tenant().tenantId", f"the tenant {_LATER}"),
        "countryCode": Symbol("tenant().countryCode", f"the tenant {_LATER}"),
        "displayName": Symbol("tenant().displayName", f"the tenant {_LATER}"),
    }


@function("managementGroup", 0, takes=Takes.SCOPE)
def management_group(_: Scope, call: Call) -> Symbol:
    """The management group that the template is deployed to."""
    return Symbol("managementGroup()", f"the management group {_LATER}", text=call.text)


@function("deployer", 0, takes=Takes.SCOPE)
def deployer(_: Scope, call: Call) -> Symbol:
    """Who deploys."""
    return Symbol("deployer()", f"who deploys {_LATER}", text=call.text)


@function("deployment", 0, takes=Takes.SCOPE)
def deployment(scope: Scope, _: Call) -> dict[str, Any]:
    """The deployment itself."""
    return {
        "name": scope.frame.name,
        "location": Symbol("deployment().location", f"the location of the deployment {_LATER}"),
        "properties": Symbol("deployment().properties", f"the deployment {_LATER}"),
    }


@function("environment", 0)
def environment() -> dict[str, Any]:
    """The cloud: a template says nothing of it, so it is the public one."""
    return {
        "name": "AzureCloud",
        "gallery": "https://gallery.azure.com/",
        "graph": "https://graph.windows.net/",
        "portal": "https://portal.azure.com",
        "graphAudience": "https://graph.windows.net/",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "resourceManager": "https://management.azure.com/",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {
            "acrLoginServer": ".azurecr.io",
            "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "keyvaultDns": ".vault.azure.net",
            "sqlServerHostname": ".database.windows.net",
            "storage": "core.windows.net",
        },
    }


@function("reference", 1, 3, takes=Takes.SCOPE)
def reference(scope: Scope, call: Call) -> Any:
    """The run-time state of a resource: known for the outputs of deployments whose template is here."""
    arguments = _arguments(scope, call)
    known = scope.frame.referenced(arguments[0])
    return known if known is not None else symbol(call.name, arguments, call.text, f"reference() {_LATER}")


@function("references", 1, 2, takes=Takes.SCOPE)
def references(scope: Scope, call: Call) -> Symbol:
    """The run-time states of a collection of resources."""
    return symbol(call.name, _arguments(scope, call), call.text, f"references() {_LATER}")


@function("resourceInfo", 1, takes=Takes.SCOPE)
def resource_info(scope: Scope, call: Call) -> Any:
    """Id, name, type and version of a resource of the template."""
    (name,) = _arguments(scope, call)
    if isinstance(name, str):
        found = scope.frame.resource_info(name)
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
    arguments = _arguments(scope, call)
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
    return Symbol(f"newGuid({scope.budget.left})", f"newGuid() {_LATER}", text=call.text)


def _later(name: str, least: int, most: int | None) -> None:
    def run(scope: Scope, call: Call) -> Symbol:
        return symbol(name, _arguments(scope, call), call.text, f"{name}() {_LATER}")

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
