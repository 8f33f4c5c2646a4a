"""A snapshot, looked at as ARM shows it: documents by path, and lists."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from standin.faults import error

Document = dict[str, Any]
Answer = tuple[int, Document] | list[Any]

WORKSPACES = "microsoft.machinelearningservices/workspaces"
_COLLECTIONS = ("outboundRules", "connections", "computes", "onlineEndpoints")
_BESIDE = (
    *_COLLECTIONS,
    *("projects", "locks", "roleAssignments", "policyAssignments", "diagnosticSettings", "permissions"),
    *("networkSecurityRules", "resources", "subscription", "gaps"),
)
_PROVIDERS = {
    "microsoft.machinelearningservices": {
        "workspaces": ["2023-10-01", "2024-10-01", "2025-12-01", "2026-01-15-preview"],
        "workspaces/outboundRules": ["2023-10-01", "2024-10-01", "2025-12-01"],
    }
}


class Estate:
    """Everything that a snapshot knows, by path in lower case.  A list is a list; an error a pair."""

    def __init__(self, lines: Iterable[str | bytes]) -> None:
        self.subscriptions: dict[str, Document] = {}
        self.hubs: dict[str, Document] = {}
        self.answers: dict[str, Answer] = {}
        self.groups: dict[str, list[str]] = {}
        self.providers = copy.deepcopy(_PROVIDERS)
        gaps = []
        for line in map(json.loads, lines):
            if "subscription" in line:
                self.subscriptions[line["subscription"]["subscriptionId"].lower()] = line["subscription"]
            elif "hub" in line:
                self._add_hub(line["hub"])
            elif "gap" in line:
                gaps.append(line["gap"])
        for gap in gaps:
            self._add_gap(gap)
        self.groups["contoso"] = sorted(self.subscriptions)
        for identifier in self.subscriptions:
            self._lists_of(identifier)

    def answer(self, path: str) -> Answer | None:
        """What stands at a path, None where nothing does."""
        path = path.lower().rstrip("/")
        if path == "/subscriptions":
            return [self._subscription(one) for one in sorted(self.subscriptions)]
        parts = path.split("/")
        if len(parts) == 3 and parts[1] == "subscriptions" and parts[2] in self.subscriptions:
            return 200, self._subscription(parts[2])
        if len(parts) == 5 and parts[3] == "providers" and parts[2] in self.subscriptions:
            return 200, self._provider(parts[2], parts[4])
        if path.startswith("/providers/microsoft.management/managementgroups/"):
            return self._descendants(parts)
        found = self.answers.get(path)
        if found is None and len(parts) == 6 and parts[3] == "providers" and parts[2] in self.subscriptions:
            return []
        return found

    def workspace(self, hub: Document) -> Document:
        """A hub as the workspace's own GET shows it."""
        return {key: value for key, value in hub.items() if key not in _BESIDE}

    def _add_hub(self, hub: Document) -> None:
        path = hub["id"].lower()
        self.hubs[path] = hub
        self.answers[path] = (200, self.workspace(hub))
        for name in _COLLECTIONS:
            self.answers[f"{path}/{name.lower()}"] = hub.get(name, [])
        for endpoint in hub.get("onlineEndpoints", ()):
            listed = endpoint.get("deployments", [])
            self.answers[f"{path}/onlineendpoints/{endpoint['name'].lower()}/deployments"] = listed
        self.answers[f"{path}/onlineendpoints"] = [
            {key: value for key, value in one.items() if key != "deployments"}
            for one in hub.get("onlineEndpoints", ())
        ]
        self.answers[f"{path}/providers/microsoft.insights/diagnosticsettings"] = hub.get(
            "diagnosticSettings", []
        )
        shown = hub["properties"].get("privateEndpointConnections") or []
        self.answers[f"{path}/privateendpointconnections"] = shown
        group = path.split("/providers/")[0]
        self.answers[f"{group}/providers/microsoft.authorization/permissions"] = hub.get("permissions", [])
        for resource in hub.get("resources", ()):
            self.answers[resource["id"].lower()] = (200, resource)
            if resource["type"].lower() == "microsoft.sql/servers":
                self.answers[f"{resource['id'].lower()}/virtualnetworkrules"] = []
        self._add_network(hub)
        for gap in hub.get("gaps", ()):
            self._add_hub_gap(path, gap)

    def _add_hub_gap(self, path: str, gap: Document) -> None:
        status, body = error(gap["status"], gap["code"], gap["detail"])
        if gap["subject"].startswith("/"):
            self.answers[gap["subject"].lower()] = (status, body)
        else:
            # What was read of the list comes first, then a page that cannot be read.
            listed = self.answers.get(f"{path}/{gap['subject'].lower()}")
            rest = listed if isinstance(listed, list) else []
            self.answers[f"{path}/{gap['subject'].lower()}"] = [*rest, (status, body)]

    def _add_gap(self, gap: Document) -> None:
        subscription = gap["subject"].rpartition("/")[2].lower()
        self.subscriptions.setdefault(
            subscription, {"subscriptionId": subscription, "displayName": "unreadable"}
        )
        self.answers[f"{gap['subject'].lower()}/providers/{WORKSPACES}"] = error(
            gap["status"], gap["code"], gap["detail"]
        )

    def _add_network(self, hub: Document) -> None:
        """The endpoint, network and security group that the hub's security rules would be found by."""
        rules = hub.get("networkSecurityRules", [])
        for connection in hub["properties"].get("privateEndpointConnections") or ():
            endpoint = connection["properties"]["privateEndpoint"]["id"]
            if "/commonhobo" in endpoint.lower():
                continue
            group = endpoint.partition("/privateEndpoints/")[0]
            network = f"{group}/virtualNetworks/vnet-{hub['name']}"
            subnet: Document = {"id": f"{network}/subnets/endpoints", "name": "endpoints", "properties": {}}
            if rules:
                security = rules[0]["id"].partition("/securityRules/")[0]
                subnet["properties"]["networkSecurityGroup"] = {"id": security}
                self.answers[security.lower()] = (
                    200,
                    {"id": security, "properties": {"securityRules": rules}},
                )
            self.answers[endpoint.lower()] = (
                200,
                {"id": endpoint, "properties": {"subnet": {"id": subnet["id"]}}},
            )
            self.answers[network.lower()] = (200, {"id": network, "properties": {"subnets": [subnet]}})

    def _lists_of(self, subscription: str) -> None:
        """The lists of a whole subscription."""
        start = f"/subscriptions/{subscription}/"
        kinds: dict[str, list[Document]] = {}
        for path, answer in self.answers.items():
            if (
                path.startswith(start)
                and path.count("/") == 8
                and isinstance(answer, tuple)
                and answer[0] == 200
            ):
                segments = path.split("/")
                kinds.setdefault("/".join(segments[6:8]), []).append(answer[1])
        for kind, documents in kinds.items():
            self.answers.setdefault(f"{start}providers/{kind}", documents)
        for name in ("locks", "policyAssignments", "roleAssignments"):
            found: dict[str, Document] = {}
            for path, hub in self.hubs.items():
                if path.startswith(start):
                    found.update({member["id"]: member for member in hub.get(name, ())})
            self.answers[f"{start}providers/microsoft.authorization/{name.lower()}"] = list(found.values())

    def _subscription(self, identifier: str) -> Document:
        known = {"state": "Enabled", **self.subscriptions[identifier]}
        known.pop("providers", None)
        return {"id": f"/subscriptions/{known['subscriptionId']}", **known}

    def _provider(self, subscription: str, namespace: str) -> Document:
        states = self.subscriptions[subscription].get("providers", {})
        state = next((value for key, value in states.items() if key.lower() == namespace), "Registered")
        types = self.providers.get(namespace, {})
        return {
            "id": f"/subscriptions/{subscription}/providers/{namespace}",
            "namespace": namespace,
            "registrationState": state,
            "resourceTypes": [
                {"resourceType": name, "apiVersions": versions} for name, versions in types.items()
            ],
        }

    def _descendants(self, parts: list[str]) -> Answer | None:
        if len(parts) != 6 or parts[5] != "descendants" or parts[4] not in self.groups:
            return None
        root = f"/providers/Microsoft.Management/managementGroups/{parts[4]}"
        child = {
            "id": f"{root}-child",
            "type": "Microsoft.Management/managementGroups",
            "name": f"{parts[4]}-child",
            "properties": {"parent": {"id": root}},
        }
        return [child] + [
            {
                "id": f"/subscriptions/{one}",
                "type": "Microsoft.Management/managementGroups/subscriptions",
                "name": one,
                "properties": {"parent": {"id": f"{root}-child"}},
            }
            for one in self.groups[parts[4]]
        ]
