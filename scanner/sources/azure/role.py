"""The custom role that is just enough: a read action for each type of thing that is read, no wildcard."""

from __future__ import annotations

from collections.abc import Iterable

from scanner import reference
from scanner.model import Document
from scanner.sources.azure.versions import TABLE

NAME = "hubscan reader"

_PROVIDERS = "Microsoft.Resources/providers"
_GROUPS = "Microsoft.Management/managementGroups"
_INSTEAD = {
    # A provider's state is read below a subscription; a group's members by an action of their own.
    _PROVIDERS: ("Microsoft.Resources/subscriptions/providers/read",),
    _GROUPS: (f"{_GROUPS}/read", f"{_GROUPS}/descendants/read"),
    "Microsoft.Resources/subscriptions": (
        "Microsoft.Resources/subscriptions/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ),
    "Microsoft.MachineLearningServices/workspaces/managedNetworks": (
        "Microsoft.MachineLearningServices/workspaces/managedNetworks/read",
        "Microsoft.MachineLearningServices/workspaces/managedNetworks/outboundRules/read",
    ),
    "Microsoft.Network/virtualNetworks": (
        "Microsoft.Network/virtualNetworks/read",
        "Microsoft.Network/virtualNetworks/subnets/read",
    ),
}


def actions(*, groups: bool) -> list[str]:
    """Every action that reading needs, sorted; those of management groups where such are read."""
    found: set[str] = set()
    for kind in reference.current().table(TABLE)["types"]:
        if kind != _GROUPS or groups:
            found.update(_INSTEAD.get(kind, (f"{kind}/read",)))
    return sorted(found)


def definition(scopes: Iterable[str], *, groups: bool) -> Document:
    """The role as ``az role definition create`` takes it; ``scopes`` are where it may be assigned."""
    return {
        "Name": NAME,
        "IsCustom": True,
        "Description": "Reads the network configuration of Azure AI Foundry hubs and of what they depend on.",
        "Actions": actions(groups=groups),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": list(scopes),
    }
