"""Who made an outbound rule.

A rule's category says so, but anyone can write a category: a rule that only claims to be required is
its user's (policy rule-category-not-spoofed), and every other policy judges it as such.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from scanner.functions.documents import peek
from scanner.functions.ids import arm_type, normal
from scanner.functions.memory import per_hub
from scanner.functions.tags import service_tag
from scanner.reference import Reference, current
from scanner.values import Unknown

_SYSTEM = "__SYS_"
_SYSTEM_ENDPOINT = "__SYS_PE_"
_CONNECTION = "Connection_"

_DEPENDENCIES: Mapping[str, tuple[str, ...]] = {
    "microsoft.machinelearningservices/workspaces": ("id",),
    "microsoft.storage/storageaccounts": ("properties", "storageAccount"),
    "microsoft.keyvault/vaults": ("properties", "keyVault"),
    "microsoft.containerregistry/registries": ("properties", "containerRegistry"),
    "microsoft.insights/components": ("properties", "applicationInsights"),
}
"""The types of resource to which the platform makes private endpoints, and where a hub names its own."""


def canonical(text: Any, spellings: Mapping[str, str]) -> Any:
    """A text in ARM's spelling where it is one of the known ones, else the value itself."""
    if not isinstance(text, str) or len(text) > 64:
        return text
    return spellings.get(text.strip().lower().replace("_", ""), text)


TYPES = {name.lower(): name for name in ("FQDN", "ServiceTag", "PrivateEndpoint")}
"""The types of rule by their spelling without case and underscores."""

_CATEGORIES = {name.lower(): name for name in ("Required", "Dependency", "Recommended")}


def origin(hub: dict[str, Any], rule: Any) -> str:
    """platform, connection or user; user wherever an unknown value could make it so."""
    kind = canonical(peek(rule, "properties", "type"), TYPES)
    category = canonical(peek(rule, "properties", "category"), _CATEGORIES)
    name = peek(rule, "name")
    name = name if isinstance(name, str) else ""
    if isinstance(category, str) and category in _CATEGORIES.values():
        return "platform" if _is_platform(hub, rule, kind, category, name) else "user"
    is_endpoint = isinstance(kind, str) and kind == TYPES["privateendpoint"]
    return "connection" if is_endpoint and name.startswith(_CONNECTION) else "user"


def _is_platform(hub: dict[str, Any], rule: Any, kind: Any, category: str, name: str) -> bool:
    is_code = peek(hub, "live") is False
    if not isinstance(kind, str) or (is_code and not name.startswith(_SYSTEM)):
        return False
    if kind == TYPES["fqdn"]:
        parents = peek(rule, "properties", "parentRuleNames")
        return (
            not is_code
            and category != _CATEGORIES["required"]
            and isinstance(parents, list)
            and len(parents) > 0
        )
    if kind == TYPES["servicetag"]:
        return _is_platform_tag(peek(rule, "properties", "destination"))
    return kind == TYPES["privateendpoint"] and _is_own_endpoint(hub, rule, name)


def _is_platform_tag(destination: Any) -> bool:
    """A tag of the required rules, without address prefixes, which would replace it."""
    tag = peek(destination, "serviceTag")
    prefixes = peek(destination, "addressPrefixes")
    replaced = isinstance(prefixes, Unknown) or bool(prefixes)
    return isinstance(tag, str) and not replaced and service_tag(tag)["base"] in _platform_tags(current())


@functools.lru_cache(maxsize=8)
def _platform_tags(reference: Reference) -> frozenset[str]:
    tags = (entry.get("serviceTag") for entry in reference.table("required-rules")["serviceTags"])
    return frozenset(service_tag(tag)["base"] for tag in tags if isinstance(tag, str))


def _is_own_endpoint(hub: dict[str, Any], rule: Any, name: str) -> bool:
    """An endpoint to the hub or to what it depends on; by name and type where the hub tells no id."""
    target = peek(rule, "properties", "destination", "serviceResourceId")
    if not isinstance(target, str):
        return False
    own, untold = _dependencies(hub)
    return normal(target) in own or (name.startswith(_SYSTEM_ENDPOINT) and arm_type(target) in untold)


@per_hub
def _dependencies(hub: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the hub and its dependencies, and the types of those of which it tells none."""
    told = {kind: peek(hub, *path) for kind, path in _DEPENDENCIES.items()}
    own = frozenset(normal(value) for value in told.values() if isinstance(value, str) and value)
    untold = frozenset(kind for kind, value in told.items() if not isinstance(value, Unknown) and not value)
    return own, untold
