"""Functions that tell what a template is deployed to.  What only a deployment knows has a name instead."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.syntax import Call
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol

_LATER = "is known only when it is deployed"


def group_id(subscription: Any, group: Any) -> Any:
    """The id of a resource group."""
    return joined(["/subscriptions/", subscription, "/resourceGroups/", group], "resourceGroup().id")


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
