"""Reads one hub: the workspace, the collections of contract section 2, and a gap for what it could not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson

from scanner.model import Document, Gap
from scanner.sources.azure import ids, neighbours, scrub, targets
from scanner.sources.azure.authorization import Authorization
from scanner.sources.azure.client import Arm
from scanner.sources.azure.dependencies import Dependencies
from scanner.sources.azure.refusal import Refused
from scanner.sources.azure.shelf import Shelves
from scanner.sources.documents import gaps as entries
from scanner.sources.documents.members import COLLECTIONS, RULES

EVERYTHING = frozenset(COLLECTIONS)
LIGHT = frozenset({RULES})

_LISTS = ("connections", "computes", "onlineEndpoints")
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
_GONE = frozenset({400, 404})
"""The statuses with which ARM refuses what its version does not have."""

_DISABLED = frozenset({"disabled", "none", ""})


class Workspaces:
    """Reads hubs.  ``wanted`` are the collections to read; the rules are always among them."""

    def __init__(self, arm: Arm, wanted: Collection[str]) -> None:
        self._arm = arm
        self._wanted = {*wanted, RULES}
        self.shelves = Shelves(arm)
        self.authorization = Authorization(arm)
        self._dependencies = Dependencies(arm, self.shelves)

    def expect(self, document: Document) -> None:
        """Take in a workspace as a list shows it: what it names will be wanted."""
        if "resources" in self._wanted:
            for identifier in targets.own(document).ids.values():
                self.shelves.expect(identifier)

    def read(
        self, hub: ids.ArmId, listed: Document | None, projects: list[bytes], unlisted: Refused | None = None
    ) -> Document:
        """The hub as the contract writes it.

        ``listed`` is what a list showed of it, ``projects`` are the projects that name it, and ``unlisted``
        why there may be more of these.  Raises `Refused` where it is gone, or was never seen and cannot be
        read.
        """
        document: Document
        gaps: list[Gap] = []
        try:
            document = _shown(self._arm.get(hub.text, ids.WORKSPACES), hub)
        except Refused as refused:
            if listed is None or refused.reason == "missing":
                raise
            document = {}
            gaps.append(refused.gap(hub.text, hub.text))
        for name in _ENVELOPE:
            if listed is not None and name in listed:
                document.setdefault(name, listed[name])
        if ids.key(document) != hub.key:
            document["id"] = hub.text
        if unlisted is not None and "projects" in self._wanted:
            gaps.append(unlisted.gap("projects", hub.text))
        self._collect(document, hub, projects, gaps)
        scrub.cleaned(document)
        document["gaps"] = entries.entries(sorted(gaps, key=lambda gap: (gap.subject, gap.detail or "")))
        return document

    def _collect(self, document: Document, hub: ids.ArmId, projects: list[bytes], gaps: list[Gap]) -> None:
        self._rules(document, hub, gaps)
        for name in _LISTS:
            if name in self._wanted or (name == "connections" and "resources" in self._wanted):
                self._list(document, hub, name, gaps)
        if isinstance(document.get("onlineEndpoints"), list):
            self._deployments(document["onlineEndpoints"], hub, gaps)
        self._endpoint_connections(document, hub, gaps)
        collections: dict[str, Callable[[], list[Any] | None]] = {
            "locks": lambda: self.authorization.locks(hub),
            "policyAssignments": lambda: self.authorization.policy_assignments(hub),
            "permissions": lambda: self.authorization.deployers_permissions(hub),
            "projects": lambda: self._projects(document, hub, projects, gaps),
            "diagnosticSettings": lambda: self._diagnostics(hub),
        }
        for name, read in collections.items():
            if name in self._wanted:
                self._add(document, hub, name, read, gaps)
        if "resources" in self._wanted:
            document["resources"], unread = self._dependencies.of(document, hub)
            gaps += unread
        if "roleAssignments" in self._wanted:
            self._role_assignments(document, hub, gaps)
        if "networkSecurityRules" in self._wanted:
            self._security_rules(document, hub, gaps)

    def _add(
        self,
        document: Document,
        hub: ids.ArmId,
        name: str,
        read: Callable[[], list[Any] | None],
        gaps: list[Gap],
    ) -> None:
        try:
            found = read()
        except Refused as refused:
            gaps.append(refused.gap(name, hub.text))
        else:
            if found is not None:
                document[name] = found

    def _rules(self, document: Document, hub: ids.ArmId, gaps: list[Gap]) -> None:
        kind = f"{ids.WORKSPACES}/{RULES}"
        listed, refused = self._arm.listed(f"{hub.text}/{RULES}", kind)
        network = _object(_object(document.get("properties")).get("managedNetwork"))
        read = "properties" in document
        gone = refused is not None and refused.reason == "missing" and not listed
        if gone and read and _isolates_nothing(network):
            refused = None
        if str(network.get("managedNetworkKind")).lower() == "v2":
            # Whether a network of the second kind shows all rules in the list of the first is not documented.
            known = {str(_object(rule).get("name")).lower() for rule in listed}
            other = f"managedNetworks/default/{RULES}"
            more, unread = self._arm.listed(f"{hub.text}/{other}", f"{ids.WORKSPACES}/managedNetworks")
            if unread is not None and unread.status not in _GONE:
                gaps.append(unread.gap(other, hub.text))
            listed += [rule for rule in more if str(_object(rule).get("name")).lower() not in known]
        if refused is not None:
            gaps.append(refused.gap(RULES, hub.text))
        if refused is None or listed:
            document[RULES] = listed

    def _list(self, document: Document, hub: ids.ArmId, name: str, gaps: list[Gap]) -> None:
        listed, refused = self._arm.listed(f"{hub.text}/{name}", f"{ids.WORKSPACES}/{name}")
        if refused is not None and not refused.not_offered:
            gaps.append(refused.gap(name, hub.text))
            if not listed:
                return
        document[name] = listed

    def _deployments(self, endpoints: list[Any], hub: ids.ArmId, gaps: list[Gap]) -> None:
        kind = f"{ids.WORKSPACES}/onlineEndpoints/deployments"
        for endpoint in endpoints:
            name = endpoint.get("name") if isinstance(endpoint, dict) else None
            if isinstance(name, str) and name and "/" not in name:
                subject = f"onlineEndpoints/{name}/deployments"
                listed, refused = self._arm.listed(f"{hub.text}/{subject}", kind)
                if refused is not None:
                    gaps.append(refused.gap(subject, hub.text))
                if refused is None or listed:
                    endpoint["deployments"] = listed

    def _endpoint_connections(self, document: Document, hub: ids.ArmId, gaps: list[Gap]) -> None:
        """The workspace shows its own private endpoints; the list is for one that does not."""
        name = "privateEndpointConnections"
        properties = document.get("properties")
        if self._wanted <= LIGHT or not isinstance(properties, dict) or properties.get(name) is not None:
            return
        listed, refused = self._arm.listed(f"{hub.text}/{name}", f"{ids.WORKSPACES}/{name}")
        if refused is None:
            properties[name] = listed
        elif refused.reason != "missing":
            gaps.append(refused.gap(f"properties.{name}", hub.text))

    def _projects(
        self, document: Document, hub: ids.ArmId, projects: list[bytes], gaps: list[Gap]
    ) -> list[Any]:
        """The projects that name the hub, and those that it names and no list showed."""
        found = {ids.key(project): project for project in map(orjson.loads, projects)}
        associated = _object(document.get("properties")).get("associatedWorkspaces")
        for identifier in associated if isinstance(associated, list) else ():
            parsed = ids.parse(identifier)
            if parsed is not None and parsed.key not in found and parsed.key != hub.key:
                try:
                    found[parsed.key] = self.shelves.get(parsed, ids.WORKSPACES)
                except Refused as refused:
                    gaps.append(refused.gap(parsed.text, hub.text))
        return [found[key] for key in sorted(found)]

    def _diagnostics(self, hub: ids.ArmId) -> list[Any]:
        path = f"{hub.text}/providers/{_DIAGNOSTICS}"
        return [one for page in self._arm.pages(path, _DIAGNOSTICS) for one in page]

    def _role_assignments(self, document: Document, hub: ids.ArmId, gaps: list[Gap]) -> None:
        """What the hub's identities hold: in its own subscription, and in those of its rules' targets."""
        principals = targets.principals(document)
        found: dict[str, Document] = {}
        elsewhere = {one.subscription for one in targets.rule_targets(document)} - {hub.subscription}
        for subscription in (hub.subscription, *sorted(elsewhere)) if principals else ():
            try:
                for one in self.authorization.role_assignments(principals, subscription):
                    found.setdefault(ids.key(one) or str(len(found)), one)
            except Refused as refused:
                gaps.append(refused.gap("roleAssignments", hub.text))
                if subscription == hub.subscription:
                    return
        document["roleAssignments"] = list(found.values())

    def _security_rules(self, document: Document, hub: ids.ArmId, gaps: list[Gap]) -> None:
        try:
            found = neighbours.security_rules(document, self.shelves)
        except Refused as refused:
            # An endpoint may stand in a network that nobody here can see: then nothing is known of it.
            if refused.reason != "missing":
                gaps.append(refused.gap("networkSecurityRules", hub.text))
        else:
            if found is not None:
                document["networkSecurityRules"] = found

    def forget(self, subscription: str) -> None:
        """Drop what was read of a subscription: its hubs are done."""
        self.shelves.forget(subscription)
        self.authorization.forget(subscription)
        self._dependencies.forget(subscription)


_ENVELOPE = ("id", "name", "type", "kind", "location", "tags", "sku")


def _shown(document: Document, hub: ids.ArmId) -> Document:
    """What the path of a hub answered, if that is the hub.  Raises `Refused` where it is something else."""
    key = ids.key(document)
    if key != hub.key and ids.parse(document.get("id")) is not None:
        raise Refused(f"the answer is another resource, {document['id']}", status=200, code="Malformed")
    if not isinstance(document.get("properties"), dict):
        raise Refused("the answer is no workspace: it has no properties", status=200, code="Malformed")
    return document


def _isolates_nothing(network: Document) -> bool:
    """Whether a workspace that was read has no managed network, and so no rules to list."""
    mode = network.get("isolationMode")
    return not network or mode is None or (isinstance(mode, str) and mode.lower() in _DISABLED)


def _object(value: Any) -> Document:
    return value if isinstance(value, dict) else {}
