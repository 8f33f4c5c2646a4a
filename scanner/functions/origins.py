"""Who made an outbound rule.

A rule's category says so, but anyone can write a category: a rule that only claims to be required is
its user's (policy rule-category-not-spoofed), and every other policy judges it as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.functions.documents import peek
from scanner.functions.ids import arm_type, normal
from scanner.functions.memory import by_table, per_hub
from scanner.functions.tags import service_tag
from scanner.reference import Reference
from scanner.values import Unknown

_SYSTEM = "__SYS_"
_SYSTEM_ENDPOINT = "__SYS_PE_"
_CONNECTION = "Connection_"

_WORKSPACES = "microsoft.machinelearningservices/workspaces"
_DEPENDENCIES: Mapping[str, str] = {
    "microsoft.storage/storageaccounts": "storageAccount",
    "microsoft.keyvault/vaults": "keyVault",
    "microsoft.containerregistry/registries": "containerRegistry",
    "microsoft.insights/components": "applicationInsights",
}
"""The types of resource to which the platform makes private endpoints, and where a hub names its own."""


FQDN, SERVICE_TAG, PRIVATE_ENDPOINT = "FQDN", "ServiceTag", "PrivateEndpoint"
USERS = "UserDefined"
_TYPES = frozenset({FQDN, SERVICE_TAG, PRIVATE_ENDPOINT})
_CLAIMS = frozenset({"Required", "Dependency", "Recommended"})
_SPELLINGS = {text.lower(): text for text in (FQDN, SERVICE_TAG, PRIVATE_ENDPOINT, USERS, *sorted(_CLAIMS))}
CANONICAL = {text: text for text in _SPELLINGS.values()}
"""The types and categories of rules in ARM's spelling."""


def canonical(value: Any) -> str:
    """A type or category of rules in ARM's spelling, any other text as it is, none for any other value."""
    if not isinstance(value, str):
        return ""
    return CANONICAL.get(value) or _SPELLINGS.get(value.strip().lower().replace("_", ""), value)


def origin(hub: dict[str, Any], rule: Any) -> str:
    """platform, connection or user; user wherever an unknown value could make it so."""
    if is_platform(hub, rule):
        return "platform"
    kind = canonical(peek(rule, "properties", "type"))
    name = peek(rule, "name")
    is_named = isinstance(name, str) and name.startswith(_CONNECTION)
    is_claimed = canonical(peek(rule, "properties", "category")) in _CLAIMS
    return "connection" if kind == PRIVATE_ENDPOINT and is_named and not is_claimed else "user"


Plain = tuple[Any, dict[str, Any], Any]
"""A rule with its properties and its destination, null where it has none."""


def platform(hub: dict[str, Any], rules: Mapping[str, Iterable[Plain]]) -> set[int]:
    """The identities of those of some rules, given by type, that are surely the platform's.

    It says what `is_platform` does, and says it at once of rules as the platform makes them.
    """
    is_live = hub.get("live") is not False
    own, _ = _dependencies(hub)
    found: set[int] = set()
    for kind, members in rules.items():
        for rule, properties, destination in members:
            category = properties.get("category")
            if type(category) is not str or category == USERS:
                continue
            is_usual = is_live and category in _CLAIMS and type(destination) is dict
            if is_usual and kind == PRIVATE_ENDPOINT:
                target = destination.get("serviceResourceId")
                is_made = type(target) is str and normal(target) in own
            elif is_usual and kind == SERVICE_TAG:
                tag, prefixes = destination.get("serviceTag"), destination.get("addressPrefixes")
                is_made = type(tag) is str and type(prefixes) is list and not prefixes and _is_required(tag)
            else:
                is_made = False
            if is_made or is_platform(hub, rule):
                found.add(id(rule))
    return found


def is_platform(hub: dict[str, Any], rule: Any) -> bool:
    """Whether an outbound rule is surely the platform's."""
    properties = rule.get("properties") if type(rule) is dict else None
    if type(properties) is not dict:
        return False
    category = properties.get("category")
    if type(category) is not str or category == USERS:
        return False
    category = canonical(category)
    if category not in _CLAIMS:
        return False
    name = rule.get("name")
    is_code = hub.get("live") is False
    if is_code and not (isinstance(name, str) and name.startswith(_SYSTEM)):
        return False
    kind = canonical(properties.get("type"))
    destination = properties.get("destination")
    if not is_code and category != "Required" and _has_parents(properties):
        return kind in _TYPES and not _is_replaced(destination)
    if type(destination) is not dict:
        return False
    if kind == SERVICE_TAG:
        return _is_platform_tag(destination)
    return kind == PRIVATE_ENDPOINT and _is_own_endpoint(hub, destination, name)


def _has_parents(properties: dict[str, Any]) -> bool:
    """Whether a live hub shows on which rules this one depends, which is read-only."""
    parents = properties.get("parentRuleNames")
    return isinstance(parents, list) and len(parents) > 0


def _is_replaced(destination: Any) -> bool:
    """Whether there are, or may be, address prefixes, which replace a service tag."""
    prefixes = peek(destination, "addressPrefixes")
    return prefixes is not None and not (isinstance(prefixes, list) and len(prefixes) == 0)


def _is_platform_tag(destination: dict[str, Any]) -> bool:
    """A tag of the required rules, without address prefixes, which would replace it."""
    tag = destination.get("serviceTag")
    return isinstance(tag, str) and not _is_replaced(destination) and _is_required(tag)


@by_table
def _is_required(reference: Reference, tag: str) -> bool:
    tags = (entry.get("serviceTag") for entry in reference.table("required-rules")["serviceTags"])
    return service_tag(tag)["base"] in {
        service_tag(required)["base"] for required in tags if isinstance(required, str)
    }


def _is_own_endpoint(hub: dict[str, Any], destination: dict[str, Any], name: Any) -> bool:
    """An endpoint to the hub or to what it depends on; by name and type where the hub tells no id."""
    target = destination.get("serviceResourceId")
    if not isinstance(target, str):
        return False
    own, untold = _dependencies(hub)
    if normal(target) in own:
        return True
    return isinstance(name, str) and name.startswith(_SYSTEM_ENDPOINT) and arm_type(target) in untold


@per_hub
def _dependencies(hub: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the hub and its dependencies, and the types of those of which it tells none."""
    properties = hub.get("properties")
    own, untold = [], []
    for kind, value in (
        (_WORKSPACES, hub.get("id")),
        *[(kind, peek(properties, name)) for kind, name in _DEPENDENCIES.items()],
    ):
        if isinstance(value, str) and value:
            own.append(normal(value))
        elif not isinstance(value, Unknown) and not value:
            untold.append(kind)
    return frozenset(own), frozenset(untold)
