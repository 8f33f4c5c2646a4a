"""What stands in a template as it is written: the meaning of keys and types before anything is evaluated."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from scanner.records import dataclass
from scanner.sources.documents.members import RULES

LEVELS = {
    "deploymenttemplate.json": "resourceGroup",
    "subscriptiondeploymenttemplate.json": "subscription",
    "managementgroupdeploymenttemplate.json": "managementGroup",
    "tenantdeploymenttemplate.json": "tenant",
}
"""What a template is deployed to, by the file of its ``$schema``."""

MOST_INSTANCES = 20_000
"""Resources that one deployment may make in all of its templates and loops."""

STACK = "microsoft.resources/deploymentstacks"

NESTED = frozenset(("microsoft.resources/deployments", STACK))
"""The types of resources that deploy a template of their own."""

Guards = frozenset[str] | None
NO_GUARDS: Guards = frozenset()
"""The open conditions of what is deployed; None where they cannot be told from others."""

CONTROL = frozenset(
    (
        *("condition", "copy", "dependsOn", "resources", "existing", "scope", "comments", "name", "type"),
        *("resourceGroup", "subscriptionId"),
    )
)
"""Keys of a resource that tell how it is deployed, or that are put in by whoever reads it."""

TAKEN_OUT = ("managedNetwork", RULES)
"""What a workspace takes out of its properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a template is deployed to; each a text, or open."""

    level: str
    subscription: Any
    resource_group: Any


def level_of(raw: dict[str, Any]) -> str:
    """What a template is deployed to, as its ``$schema`` says; a resource group where it says nothing."""
    return _level(str(raw.get("$schema")))


@lru_cache(maxsize=16)
def _level(schema: str) -> str:
    return LEVELS.get(schema.split("#", 1)[0].rstrip("/").rpartition("/")[2].lower(), "resourceGroup")
