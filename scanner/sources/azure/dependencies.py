"""The resources that a hub depends on or points to, with what their own documents do not show."""

from __future__ import annotations

from typing import Any

import orjson

from scanner.model import Document, Gap
from scanner.sources.azure import ids, targets
from scanner.sources.azure.client import Arm
from scanner.sources.azure.once import Once, packed
from scanner.sources.azure.refusal import Refused
from scanner.sources.azure.shelf import Shelves
from scanner.sources.files.json_text import noun

_RULES_BELOW = frozenset(
    {
        "microsoft.sql/servers",
        "microsoft.dbformysql/servers",
        "microsoft.dbforpostgresql/servers",
        "microsoft.dbformariadb/servers",
    }
)
"""Types whose service endpoints are a list of children, ``virtualNetworkRules``."""

_RULE_SETS = frozenset({"microsoft.eventhub/namespaces", "microsoft.servicebus/namespaces"})
"""Types whose service endpoints stand in the child ``networkRuleSets/default``."""

_REGISTRY = "microsoft.containerregistry/registries"

_GONE = frozenset({400, 404})
"""The statuses with which ARM refuses a version of the API that it does not have any more."""


class Dependencies:
    """The dependencies of all hubs of a run."""

    def __init__(self, arm: Arm, shelves: Shelves) -> None:
        self._arm = arm
        self._shelves = shelves
        self._below: Once[bytes] = Once()
        self._old: Once[dict[str, bytes] | None] = Once()

    def of(self, document: Document, hub: ids.ArmId) -> tuple[list[Document], list[Gap]]:
        """The resources of a hub, in the order in which it names them, and what could not be read."""
        named = targets.every(document)
        gaps = [*named.gaps]
        found: list[Document] = []
        for identifier in named.ids.values():
            kind = self._arm.versions.spelled(identifier.type)
            try:
                resource = self._shelves.get(identifier, kind)
            except Refused as refused:
                gaps.append(refused.gap(identifier.text, hub.text))
                continue
            found.append(resource)
            try:
                found += self._completed(identifier, kind, resource)
            except Refused as refused:
                child = "networkRuleSets/default" if identifier.type in _RULE_SETS else "virtualNetworkRules"
                gaps.append(refused.gap(f"{identifier.text}/{child}", hub.text))
        return found, gaps

    def _completed(self, identifier: ids.ArmId, kind: str, resource: Document) -> list[Document]:
        """Put the service endpoints into a resource that does not show them; its children, where those do."""
        properties = resource.get("properties")
        if not isinstance(properties, dict):
            return []
        if identifier.type in _RULES_BELOW:
            below = self._children(f"{identifier.text}/virtualNetworkRules", f"{kind}/virtualNetworkRules")
            properties.setdefault("virtualNetworkRules", below)
        elif identifier.type in _RULE_SETS:
            child = f"{kind}/networkRuleSets"
            path = f"{identifier.text}/networkRuleSets/default"
            raw = self._below.get(path.lower(), lambda: packed(self._arm.get(path, child)))
            return [orjson.loads(raw)]
        elif identifier.type == _REGISTRY:
            self._add_registry_rules(identifier, kind, properties)
        return []

    def _children(self, path: str, kind: str) -> list[Any]:
        def read() -> bytes:
            found = [one for page in self._arm.pages(path, kind) for one in page]
            for one in found:
                if not isinstance(one, dict):
                    raise Refused(f"a member is {noun(one)}, not an object", status=200, code="Malformed")
            return packed(found)

        value: list[Any] = orjson.loads(self._below.get(path.lower(), read))
        return value

    def _add_registry_rules(self, identifier: ids.ArmId, kind: str, properties: Document) -> None:
        """The virtual network rules of a registry, which an old version of its API alone shows."""
        rules = properties.get("networkRuleSet")
        if isinstance(rules, dict) and "virtualNetworkRules" in rules:
            return
        shown = self._old_rules(identifier, kind)
        if isinstance(shown, dict) and isinstance(shown.get("virtualNetworkRules"), list):
            merged = rules if isinstance(rules, dict) else {}
            merged["virtualNetworkRules"] = shown["virtualNetworkRules"]
            properties["networkRuleSet"] = merged

    def _old_rules(self, identifier: ids.ArmId, kind: str) -> Any:
        """The network rules of a registry in the old version, null where that is gone.  Raises `Refused`.

        What the list does not show is asked for by itself: a list leaves out what the identity may not read.
        """
        version = self._arm.versions.old_registry
        listed = self._old.get(identifier.subscription, lambda: self._old_list(identifier, kind, version))
        if listed is None:
            return None
        raw = listed.get(identifier.key)
        try:
            return orjson.loads(
                raw
                or self._below.get(
                    f"{identifier.key}?{version}",
                    lambda: _rule_set(self._arm.get(identifier.text, kind, version=version)),
                )
            )
        except Refused as refused:
            if refused.status in _GONE:
                return None
            raise

    def _old_list(self, identifier: ids.ArmId, kind: str, version: str) -> dict[str, bytes] | None:
        """The network rules of a subscription's registries, as far as a list shows them."""
        path = f"/subscriptions/{identifier.subscription}/providers/{kind}"
        listed, refused = self._arm.listed(path, kind, version=version)
        if refused is not None and refused.status in _GONE and not listed:
            return None
        documents = [
            one for one in listed if isinstance(one, dict) and isinstance(one.get("properties"), dict)
        ]
        return {ids.key(one): _rule_set(one) for one in documents}

    def forget(self, subscription: str) -> None:
        """Drop what was read of a subscription: its hubs are done."""
        self._below.forget(lambda key: f"/{subscription}/" in key)
        self._old.forget(lambda key: key == subscription)


def _rule_set(registry: Document) -> bytes:
    properties = registry.get("properties")
    return packed(properties.get("networkRuleSet") if isinstance(properties, dict) else None)
