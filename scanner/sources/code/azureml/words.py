"""The words of Azure ML YAML and what ARM calls them.

Keys are compared without case, underscores and hyphens, so that ``managed_network``, ``managedNetwork``
and ``managed-network`` are one.  Values that ARM spells otherwise are put into ARM's spelling, except
those that `scanner.sources.normalise` spells, which keeps what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.sources.documents.spelling import canonical, folded
from scanner.values import Partial, Unknown


def camel(key: str) -> str:
    """A key in the casing of ARM."""
    first, *rest = key.replace("-", "_").split("_")
    if not first:
        return key
    return first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)


def spelled(value: Any, words: Mapping[str, str]) -> Any:
    """A value in ARM's spelling.  What is known of one in part may be spelled in any, and says nothing."""
    if isinstance(value, Partial):
        return Unknown(value.reason, text=value.text, place=value.place)
    return canonical(value, words) if isinstance(value, str) else value


def _named(names: Iterable[str]) -> dict[str, str]:
    return {folded(name): name for name in names}


ENVELOPE = _named(("id", "name", "location", "tags", "identity", "sku", "kind", "resourceGroup"))

WORKSPACE: Mapping[str, str] = {
    **_named(
        (
            "allowPublicAccessWhenBehindVnet",
            "applicationInsights",
            "associatedWorkspaces",
            "containerRegistry",
            "description",
            "discoveryUrl",
            "enableDataIsolation",
            "encryption",
            "featureStoreSettings",
            "friendlyName",
            "hbiWorkspace",
            "hubResourceId",
            "imageBuildCompute",
            "ipAllowlist",
            "keyVault",
            "managedNetwork",
            "mlFlowTrackingUri",
            "networkAcls",
            "primaryUserAssignedIdentity",
            "provisionNetworkNow",
            "publicNetworkAccess",
            "serverlessComputeSettings",
            "softDeleteEnabled",
            "storageAccount",
            "systemDatastoresAuthMode",
            "v1LegacyMode",
            "workspaceHubConfig",
            "workspaceId",
        )
    ),
    "displayname": "friendlyName",
    "customermanagedkey": "encryption",
    "hubid": "hubResourceId",
    "workspacehub": "hubResourceId",
    "serverlesscompute": "serverlessComputeSettings",
}
"""Properties of a workspace, by the folded key."""

NETWORK: Mapping[str, str] = _named(
    (
        "isolationMode",
        "outboundRules",
        "firewallSku",
        "networkId",
        "status",
        "enableNetworkMonitor",
        "enableFirewallLog",
        "firewallPublicIpAddress",
        "managedNetworkKind",
        "changeableIsolationModes",
    )
)

RULE: Mapping[str, str] = _named(
    ("type", "category", "destination", "status", "fqdns", "parentRuleNames", "errorInformation")
)

DESTINATION: Mapping[str, str] = {
    **_named(
        (
            "serviceResourceId",
            "subresourceTarget",
            "sparkEnabled",
            "sparkStatus",
            "serviceTag",
            "protocol",
            "portRanges",
            "addressPrefixes",
            "action",
        )
    ),
    "subresourcetype": "subresourceTarget",
    "subresource": "subresourceTarget",
    "portrange": "portRanges",
}

SERVERLESS: Mapping[str, str] = {
    "customsubnet": "serverlessComputeCustomSubnet",
    "nopublicip": "serverlessComputeNoPublicIP",
}

CONNECTION: Mapping[str, str] = {
    **_named(
        (
            "authType",
            "category",
            "expiryTime",
            "isSharedToAll",
            "metadata",
            "peRequirement",
            "sharedUserList",
            "target",
            "useWorkspaceManagedIdentity",
        )
    ),
    "azureendpoint": "target",
    "endpoint": "target",
    "url": "target",
    "isshared": "isSharedToAll",
    "type": "category",
}

CATEGORIES: Mapping[str, str] = {
    **_named(
        (
            "AIServices",
            "ADLSGen2",
            "ApiKey",
            "AzureBlob",
            "AzureDatabricksDeltaLake",
            "AzureMariaDb",
            "AzureMySqlDb",
            "AzureOneLake",
            "AzureOpenAI",
            "AzurePostgresDb",
            "AzureSqlDb",
            "AzureSynapseAnalytics",
            "AzureTableStorage",
            "CognitiveSearch",
            "CognitiveService",
            "ContainerRegistry",
            "CosmosDb",
            "CosmosDbMongoDbApi",
            "CustomKeys",
            "Git",
            "OpenAI",
            "PythonFeed",
            "Redis",
            "S3",
            "Serp",
            "Serverless",
            "Snowflake",
        )
    ),
    "azureaiservices": "AIServices",
    "azureaisearch": "CognitiveSearch",
    "azurecontentsafety": "CognitiveService",
    "azurespeechservices": "CognitiveService",
    "azuredatalakegen2": "ADLSGen2",
    "custom": "CustomKeys",
    "microsoftonelake": "AzureOneLake",
}
"""Types of a connection file as ARM's connection categories."""

SPELLED: Mapping[str, Mapping[str, str]] = {
    "publicNetworkAccess": _named(("Enabled", "Disabled")),
    "firewallSku": _named(("Basic", "Standard")),
    "systemDatastoresAuthMode": _named(("accessKey", "identity", "userDelegationSas")),
    "defaultAction": _named(("Allow", "Deny")),
    "managedNetworkKind": _named(("V1", "V2")),
}
"""Values that the command line takes in any case, and how ARM spells them."""
