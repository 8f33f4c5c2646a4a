"""One workspace that code declares, growing as the resources that belong to it are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from scanner.model import Document, Gap
from scanner.records import dataclass
from scanner.sources.api_workspace import PROPERTIES
from scanner.sources.arm.openness import Overlaid
from scanner.sources.code import casing, kinds, rules
from scanner.sources.code.ledger import Ledger
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import last_segment, written
from scanner.sources.documents import secrets
from scanner.sources.documents.members import COLLECTIONS, RULES
from scanner.sources.documents.spelling import MODES, canonical
from scanner.values import OpenList, Partial, Unknown

_MAY_BE_THERE = "it is not known whether the managedNetworks resource is deployed"
NOT_DECLARED = "the workspace itself is not in the code that was read"

Members = list[tuple[Any, bool]]
"""Values, each with whether it is surely there."""

_DECLARED = (RULES, "connections", "computes", "onlineEndpoints", "projects", "resources")
"""Collections that code is the place for: where it declares no member, there is none."""

_OTHERS: Mapping[str, Members] = {
    "roleAssignments": [(Unknown("code does not show every role that is assigned"), False)]
}
"""What may stand beside the members that code declares of a collection, of which it never shows all."""

_NOT_FROM_CODE = frozenset(
    (*COLLECTIONS, "asWritten", "gaps", "hubResource", "live", "source", "subscription")
)
"""Keys of a hub that a resource cannot give itself."""


@dataclass(slots=True)
class Workspace:
    """A workspace and its members, each with whether it is surely there.

    ``declared`` tells one whose own resource is in the code from one that its children name;
    ``plain`` tells that surely no text of any of them begins as an id does or may hold a secret.
    ``kind`` is what the code says of its kind, which may be open.
    """

    resource: Resource
    declared: bool = True
    document: Document = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)
    plain: bool = field(init=False)
    kind: Any = field(init=False)
    written: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    _members: dict[str, Members] = field(default_factory=dict)
    _endpoints: dict[str, list[tuple[Document, Members]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = self.resource.document
        self.document = {key: value for key, value in source.items() if key not in _NOT_FROM_CODE}
        self.ledger.copied(self.document, source)
        self.plain = True
        self._include(self.resource)
        self._open()
        self._case()
        self.ledger.mark(self.document, None, self.resource.place)
        if not self.declared:
            self.document["properties"] = Unknown(f"properties is not known: {NOT_DECLARED}")
        elif self.document.get("properties") is None:
            self.document["properties"] = {}
            self.ledger.mark(self.document["properties"], None, self.resource.place)
        self.kind = self.document.get("kind")
        if isinstance(self.kind, Unknown):
            self.document["kind"] = kinds.taken(self.kind)

    def _include(self, resource: Resource) -> None:
        """Take in something of a resource: its places tell of it, and it may name others by their ids."""
        self.ledger.include(resource.places)
        self.plain = self.plain and resource.plain

    def _open(self) -> None:
        """Take out of properties that are not known what was laid over them."""
        laid = self.document.get("properties")
        if not isinstance(laid, Overlaid):
            return
        unknown = Unknown(laid.reason, text=laid.text, place=laid.place)
        properties: Document = {
            name: value if sure else unknown for name, (value, sure) in laid.members.items()
        }
        met = {name.lower() for name in properties}
        properties |= {name: unknown for name in ("managedNetwork", *PROPERTIES) if name.lower() not in met}
        place = self.ledger.of(self.document, "properties")
        for name, value in properties.items():
            own = (self.ledger.of(value) if isinstance(value, (dict, list)) else None) or place
            if own is not None:
                self.ledger.mark(properties, name, own)
        self.document["properties"] = properties

    def _case(self) -> None:
        """Give the names of properties the case of ARM."""
        self.document = casing.cased(self.document, casing.WORKSPACE, self.ledger)
        properties = casing.cased(self.document.get("properties"), casing.OF_A_WORKSPACE, self.ledger)
        if not isinstance(properties, dict):
            return
        network = casing.cased(properties.get("managedNetwork"), casing.NETWORK, self.ledger)
        if network is not properties.get("managedNetwork"):
            self._put(properties, "managedNetwork", network)
        if properties is not self.document["properties"]:
            self._put(self.document, "properties", properties)

    def _put(self, holder: Document, key: str, value: Document) -> None:
        """Put an object in the place of the one that it is the copy of."""
        place = self.ledger.of(holder, key)
        holder[key] = value
        if place is not None:
            self.ledger.mark(holder, key, place)

    @property
    def _network(self) -> Any:
        """The managed network as it stands in the properties: an object, null, or not known."""
        properties = self.document["properties"]
        return properties.get("managedNetwork") if isinstance(properties, dict) else properties

    def _has(self, resource: Resource) -> bool:
        """Whether a resource is surely there where the workspace is."""
        return resource.is_there_with(self.resource)

    def members(self) -> Iterator[Document]:
        """The documents that were taken in so far."""
        for members in self._members.values():
            yield from (document for document, _ in members)

    def add(
        self, collection: str, resource: Resource, *, identifier: str | None = None, sure: bool = True
    ) -> Document:
        """Take in a child, something set on the workspace, or something it names; give its document.

        ``identifier`` is the id that it goes by, where that is not its own.
        """
        document = self._taken_in(resource, identifier)
        self._members.setdefault(collection, []).append((document, sure and self._has(resource)))
        return document

    def add_endpoint(self, identifier: str | None, resource: Resource) -> None:
        """Take in an online endpoint, which holds deployments."""
        document = self.add("onlineEndpoints", resource)
        if identifier is not None:
            self._endpoints.setdefault(identifier, []).append((document, []))

    def add_deployment(self, endpoint: str | None, resource: Resource) -> None:
        """Take in a deployment of an endpoint, or of any; one that nobody declares is named."""
        every = [one for listed in self._endpoints.values() for one in listed]
        homes = every if endpoint is None else self._endpoints.get(endpoint, ())
        sure = endpoint is not None and self._has(resource)
        for _, deployments in homes or (self._named_endpoint(endpoint, resource, sure=sure),):
            deployments.append((self._taken_in(resource), sure))

    def _named_endpoint(
        self, endpoint: str | None, resource: Resource, *, sure: bool
    ) -> tuple[Document, Members]:
        """An endpoint of which the code knows nothing but that something is deployed to it."""
        name = endpoint.rpartition("/")[2] if endpoint is not None else "(not known)"
        document = {
            "name": name,
            "properties": Unknown(f"the endpoint '{name}' is not in the code that was read"),
        }
        self.ledger.mark(document, None, resource.place)
        self._members.setdefault("onlineEndpoints", []).append((document, sure))
        made: tuple[Document, Members] = (document, [])
        self._endpoints.setdefault(endpoint or "", []).append(made)
        return made

    def add_connection(self, resource: Resource) -> None:
        """Take in a private endpoint connection, which stands among the properties."""
        self._include(resource)
        properties = self.document["properties"]
        if isinstance(properties, dict) and self._has(resource):
            listed = properties.setdefault("privateEndpointConnections", [])
            if isinstance(listed, list):
                listed.append(resource.document)

    def add_network(self, resource: Resource) -> None:
        """Take in a managed network that is a resource of its own.  Where two disagree, nobody knows."""
        self._include(resource)
        inner = resource.document.get("properties")
        inner = casing.cased(inner, casing.OF_A_WORKSPACE, self.ledger)
        if isinstance(inner, dict) and "managedNetwork" in inner:
            inner = inner["managedNetwork"]
        inner = casing.cased(inner, casing.NETWORK, self.ledger)
        own_rules = inner.get(RULES) if isinstance(inner, dict) else inner
        properties = self.document["properties"]
        if not isinstance(properties, dict):
            if self.declared:
                self._add_rules(own_rules, resource)
                return
            properties = {name: Unknown(f"{name} is not known: {NOT_DECLARED}") for name in PROPERTIES}
            self.document["properties"] = properties
        own = properties.get("managedNetwork")
        if own is None:
            properties["managedNetwork"] = inner if self._has(resource) else Unknown(_MAY_BE_THERE)
            self.ledger.mark(properties, "managedNetwork", resource.place)
            return
        self._add_rules(own_rules, resource)
        if isinstance(own, dict):
            properties["managedNetwork"] = self._merged(own, inner, resource)

    def _add_rules(self, found: Any, resource: Resource) -> None:
        """Take in the rules of a managed network that is a resource beside another one."""
        members = rules.inline(found, self.ledger, self.written)
        listed = self._members.setdefault(RULES, [])
        listed += [(rule, sure and self._has(resource)) for rule, sure in members]

    def finish(self) -> Document:
        """The document with its collections in place."""
        for endpoints in self._endpoints.values():
            for document, deployments in endpoints:
                document["deployments"] = _listed(deployments, "deployments")
        listed = self._members.pop(RULES, [])
        self.document[RULES] = self._united(listed)
        for name in _DECLARED[1:] if self.declared else ("resources",):
            self.document[name] = []
        for name, members in self._members.items():
            self.document[name] = _listed([*members, *_OTHERS.get(name, ())], name)
        if self.written:
            self.document["asWritten"] = self.written
        return self.document

    def _taken_in(self, resource: Resource, identifier: str | None = None) -> Document:
        """The document of a resource as a member: by its own name, without its parents'."""
        self._include(resource)
        document = {**resource.document, "name": _shown(last_segment(resource.name))}
        self.ledger.copied(document, resource.document)
        self.ledger.mark(document, None, resource.place)
        identifier = identifier or written(resource.id)
        if identifier is not None:
            document["id"] = identifier
        return document

    def _united(self, listed: Members) -> Any:
        """The rules of children and those of the network's map, which is not kept a second time."""
        network = self._network
        inline = network
        if isinstance(network, dict):
            inline = network.get(RULES)
            if inline is not None:
                self.ledger.moved(self.document, network, RULES)
                rest = {key: value for key, value in network.items() if key != RULES}
                self.ledger.copied(rest, network)
                self.document["properties"]["managedNetwork"] = rest
        if not self.declared and inline is network:
            inline = None
        if not listed and (mapped := rules.mapped(inline, self.ledger, self.written)) is not None:
            return mapped
        within = rules.inline(inline, self.ledger, self.written)
        return _listed(rules.united(rules.tidied(listed, self.ledger, self.written), within), RULES)

    def _merged(self, own: Document, inner: Any, resource: Resource) -> Document:
        merged = dict(own)
        self.ledger.copied(merged, own)
        mode = own.get("isolationMode")
        if isinstance(inner, dict):
            theirs = inner.get("isolationMode")
            for key, value in inner.items():
                if key != RULES and merged.get(key) is None:
                    merged[key] = value if self._has(resource) else Unknown(_MAY_BE_THERE)
                    self.ledger.mark(merged, key, self.ledger.of(inner, key) or self.resource.place)
            if theirs is None or mode is None or _same_mode(mode, theirs):
                return merged
        merged["isolationMode"] = Unknown("isolationMode may be set by the managedNetworks resource, too")
        return merged

    def open_kind(self, hub: str) -> Iterator[Gap]:
        """The gap of a kind that is not known."""
        if isinstance(self.kind, Unknown):
            taken = kinds.told(kinds.taken(self.kind))
            detail = f"the kind of the workspace is not known: {self.kind.reason}; {taken}"
            yield Gap(subject="kind", reason="unresolved", detail=detail, hub=hub)


def _listed(members: Members, name: str) -> Any:
    """Members as a list, or as an open one where some of them may not be there."""
    if not members:
        return []
    known = [value for value, sure in members if sure]
    if len(known) == len(members):
        return known
    secrets.drop({name: [value for value, _ in members]})
    return OpenList(tuple(members), f"it is not known which members of {name} are deployed")


def _shown(name: Any) -> Any:
    """A name as findings say it: an open one keeps what is known of it."""
    return name if isinstance(name, (str, Partial)) else written(name) or "(not known)"


def _same_mode(one: Any, other: Any) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    return canonical(one, MODES) == canonical(other, MODES)
