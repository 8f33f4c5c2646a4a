"""One workspace of a scan, growing as the answers that belong to it are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.model import Document
from scanner.sources.api_merge import compatible, complete, identity, members_of, mode, named, network
from scanner.sources.documents.members import RULES
from scanner.values import Unknown

NOT_SAVED = "the workspace itself is not among the files"

PROPERTIES = (
    "allowPublicAccessWhenBehindVnet",
    "applicationInsights",
    "associatedWorkspaces",
    "containerRegistry",
    "encryption",
    "hbiWorkspace",
    "hubResourceId",
    "imageBuildCompute",
    "ipAllowlist",
    "keyVault",
    "networkAcls",
    "primaryUserAssignedIdentity",
    "privateEndpointConnections",
    "provisionNetworkNow",
    "provisioningState",
    "publicNetworkAccess",
    "serverlessComputeSettings",
    "sharedPrivateLinkResources",
    "storageAccount",
    "systemDatastoresAuthMode",
    "tenantId",
    "v1LegacyMode",
    "workspaceHubConfig",
)
"""The properties of a workspace that policies may ask for, beside its network."""

_LISTS = (RULES, "connections", "computes", "onlineEndpoints")
"""The collections of which one member says nothing of others."""


@dataclass(slots=True)
class Workspace:
    """A document, the file it stood in first, and what to call it where it has no id."""

    document: Document
    path: str
    stand_in: str = ""
    _rules: dict[str, list[Any]] | None = None
    _members: dict[tuple[str, str], Document] = field(default_factory=dict)
    _listed: dict[str, bool] = field(default_factory=dict)

    def complete(self, other: Document) -> None:
        """Take in a second document of the same workspace, whose network does not contradict this one."""
        self._know_rules()
        own, theirs = network(self.document), network(other)
        if own is not None and theirs is not None and own.get(RULES) is not None:
            self.add_rules(named(theirs.get(RULES)))
        complete(self.document, other)
        for rule in named((network(self.document) or {}).get(RULES)):
            self._is_new(rule)

    def add(self, collection: str, child: Document, *, alone: bool = False) -> None:
        """Take in a child resource, which was saved alone or in a list."""
        if collection not in self._listed:
            inline = (network(self.document) or {}).get(RULES) if collection == RULES else None
            self._listed[collection] = inline is not None or self.document.get(collection) is not None
        self._listed[collection] |= not alone
        if collection == RULES:
            self.add_rules([child])
        elif collection == "managedNetworks":
            self._add_network(child)
        elif collection == "deployments":
            self._add_deployment(child)
        elif collection == "privateEndpointConnections":
            properties = self.document.get("properties")
            if isinstance(properties, dict):
                self._add_member(properties, collection, child)
        else:
            self._add_member(self.document, collection, child)

    def settle(self) -> None:
        """Leave open what else there is where children were saved one by one, and their list was not."""
        for collection in _LISTS:
            if self._listed.get(collection) is False:
                what = f"{collection} was not listed: what is known of it was saved one by one"
                members_of(self.document, collection).append(Unknown(what))

    def add_rules(self, rules: list[Any]) -> None:
        """List rules that are not there yet.  The name of a child may be written ``hub/rule``."""
        self._know_rules()
        if isinstance(self.document.get(RULES), dict):
            self.document[RULES] = named(self.document[RULES])
        listed = members_of(self.document, RULES)
        for rule in rules:
            if isinstance(rule, dict) and isinstance(rule.get("name"), str):
                rule["name"] = rule["name"].rpartition("/")[2] or rule["name"]
            if self._is_new(rule):
                listed.append(rule)

    def _know_rules(self) -> dict[str, list[Any]]:
        """The rules so far by name.  Most workspaces have all of theirs from the start, and nobody asks."""
        if self._rules is None:
            self._rules = {}
            inline = (network(self.document) or {}).get(RULES)
            for rule in (*named(inline), *named(self.document.get(RULES))):
                self._is_new(rule)
        return self._rules

    def _is_new(self, rule: Any) -> bool:
        """Whether a rule differs from all rules of its name so far; it is one of them from now on."""
        if not isinstance(rule, dict):
            return True
        content = rule.get("properties", {key: rule[key] for key in rule.keys() - {"id", "name"}})
        known = self._know_rules().setdefault(str(rule.get("name")).lower(), [])
        if any(compatible(content, other) for other in known):
            return False
        known.append(content)
        return True

    def _add_network(self, child: Document) -> None:
        """Put in the managed network that was read on its own.  Where two disagree, the mode is not known."""
        properties = child.get("properties")
        inner = properties.get("managedNetwork", properties) if isinstance(properties, dict) else None
        if not isinstance(inner, dict):
            return
        whole = self.document.get("properties")
        if not isinstance(whole, dict):
            whole = {name: Unknown(f"{name} is not known: {NOT_SAVED}") for name in PROPERTIES}
            self.document["properties"] = whole
        own = network(self.document)
        agree = own is None or mode(own) == mode(inner)
        self.complete({"properties": {"managedNetwork": inner}})
        if own is not None and not agree:
            own["isolationMode"] = Unknown("isolationMode differs between two answers for the workspace")

    def _add_deployment(self, child: Document) -> None:
        endpoint = identity(child).rpartition("/deployments/")[0]
        holder = self._members.get(("onlineEndpoints", endpoint))
        if holder is not None:
            self._add_member(holder, "deployments", child)

    def _add_member(self, holder: Document, collection: str, child: Document) -> None:
        key = (collection, identity(child))
        if key[1] and key in self._members:
            complete(self._members[key], child)
            return
        members_of(holder, collection).append(child)
        self._members[key] = child
