"""Makes resources of the instances of a plan: their ids, their documents, and what patches them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Gap
from scanner.places import Places
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Symbol, Text, hole, written
from scanner.sources.code.terraform import actions, azurerm, declared, opentext, templates
from scanner.sources.code.terraform.azurerm import Kind
from scanner.sources.code.terraform.builder import ABSENT, Builder, reached, steps
from scanner.sources.code.terraform.plan import Instance
from scanner.sources.code.terraform.state import State
from scanner.sources.documents.members import RULES
from scanner.sources.files.json_text import too_deep
from scanner.values import Unknown

_EXPECTED = {
    "storageAccount": azurerm.STORAGE,
    "keyVault": azurerm.VAULT,
    "containerRegistry": azurerm.REGISTRY,
    "applicationInsights": azurerm.INSIGHTS,
    "hubResourceId": azurerm.WORKSPACE,
    "serviceResourceId": "",
}
"""Properties of an azapi body that hold ids, and the type of what they name; empty for any."""

_BESIDE_BODY = (("location", "location"), ("tags", "tags"), ("identity.0.type", "identity.type"))
"""What an azapi resource says beside its body, and where that belongs."""


@dataclass(slots=True)
class Maker:
    """Makes the resources of one state; ``gaps`` are of what they hold and nobody can tell."""

    state: State
    deployment: str
    places: Places = field(default_factory=Places)
    gaps: list[Gap] = field(default_factory=list)

    def resources(self) -> Iterator[Resource]:
        """Every resource that says something of hubs; patches are applied to what they patch."""
        made: list[Resource] = []
        patches: list[Instance] = []
        for instance in self.state.instances:
            if templates.is_deployed(instance, self.state.known(instance)):
                made += templates.Deployed(self.state, instance, self.deployment, self.gaps).resources()
            elif self._writes(instance) is not False:
                patches.append(instance)
            elif (resource := self._resource(instance)) is not None:
                made.append(resource)
        by_id = {(written(resource.id) or "").lower(): resource for resource in made if not resource.exists}
        for patch in patches:
            target = written(self.state.target(patch))
            found = by_id.get(target.lower()) if target else None
            if found is not None:
                self._patch(found, found.document, patch)
            elif (rule := _inline_rule(by_id, target)) is not None:
                home, document = rule
                self._patch(home, document, patch)
            else:
                self._doubt_all(made, patch, target)
                if (alone := self._alone(patch, target)) is not None:
                    made.append(alone)
        yield from made

    def _doubt_all(self, made: Iterable[Resource], patch: Instance, target: str | None) -> None:
        """Make unknown in each workspace what a patch sets, where nobody can tell which of them it names."""
        kind = (self.state.type_of(patch) or "").lower()
        if kind != azurerm.WORKSPACE.lower() or (target and "/providers/" in target.lower()):
            return
        for resource in made:
            if resource.type.lower() == kind and not resource.exists:
                other = self._patch_document(patch)
                _doubt(other, resource.document, "it is not known whether this is what is updated")
                _merge(resource.document, other, self.places)

    def _resource(self, instance: Instance) -> Resource | None:
        values = self.state.known(instance)
        if instance.type == "azapi_resource":
            return self._azapi(instance, values)
        kind = azurerm.kind_of(instance.type)
        if kind is None:
            return None
        builder = Builder(self.places, lambda path: self.state.where(instance, path))
        document = builder.build(kind, self._with_ids(instance, kind, values))
        return self._made(instance, kind.type, document, builder)

    def _made(self, instance: Instance, kind: str, document: dict[str, Any], builder: Builder) -> Resource:
        name = self.state.known(instance).get("name")
        if not isinstance(name, (str, Symbol, Text)):
            name = Symbol(instance.address, f"the name of {instance.address} is known only after apply")
        builder.put("name", name, ("name",))
        identifier = self.state.of(instance)
        document["id"] = written(identifier) or identifier
        document["type"] = kind
        if kind.lower() == azurerm.WORKSPACE.lower() and instance.actions:
            document["plan"] = {"action": instance.action}
        return Resource(
            type=kind,
            name=self.state.full_name(instance, kind, name),
            id=identifier,
            document=document,
            places=self.places,
            place=self.state.where(instance, ())[0],
            deployment=self.deployment,
            certain=instance.certain,
            guards=instance.guards,
            exists=instance.mode == "data",
        )

    def _azapi(self, instance: Instance, values: dict[str, Any]) -> Resource | None:
        kind = declared.arm_type(values.get("type"))
        if kind is None:
            return None
        builder = Builder(self.places, lambda path: self.state.where(instance, path))
        self._fill(builder, instance, values)
        for source, target in _BESIDE_BODY:
            value = reached(values, steps(source))
            if value is not ABSENT and value is not None:
                builder.put(target, value, steps(source))
        return self._made(instance, kind, builder.document, builder)

    def _fill(self, builder: Builder, instance: Instance, values: dict[str, Any]) -> None:
        """Put the body of an azapi resource into its document, and over it what it keeps out of the state."""
        self._put(builder, instance, "body", values)
        secret = Builder(self.places, lambda path: self.state.where(instance, path))
        self._put(secret, instance, "sensitive_body", values)
        _merge(builder.document, secret.document, self.places)

    def _put(self, builder: Builder, instance: Instance, name: str, values: dict[str, Any]) -> None:
        body = _body(values.get(name))
        if isinstance(body, dict):
            self._resolve(instance, body, name)
            for key, value in body.items():
                builder.document[key] = builder.copy(value, (name, key))
                self.places.mark(builder.document, key, *self.state.where(instance, (name, key)))
        elif isinstance(body, Unknown):
            for key in ("kind", "properties") if name == "body" else ("properties",):
                builder.put(key, body, (name,))

    def _with_ids(self, instance: Instance, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
        """The values with the ids of other resources of the plan in place of what is not known yet."""
        result = copy.deepcopy(values) if kind.refers else values
        for name, wanted in (kind.refers or {}).items():
            *above, last = steps(name)
            node = reached(result, above)
            if isinstance(node, dict) and isinstance(node.get(last), Unknown):
                node[last] = self.state.one(instance, (*above, last), wanted) or node[last]
        return result

    def _resolve(self, instance: Instance, body: dict[str, Any], name: str) -> None:
        """Put ids of other resources of the plan into an azapi body, where only they can be meant."""
        waiting: list[tuple[Any, tuple[str | int, ...]]] = [(body, (name,))]
        while waiting:
            node, path = waiting.pop()
            if isinstance(node, list):
                waiting += [(value, (*path, index)) for index, value in enumerate(node)]
            elif isinstance(node, dict):
                for key, value in node.items():
                    if isinstance(value, Unknown) and key in _EXPECTED:
                        node[key] = self.state.one(instance, (*path, key), _EXPECTED[key]) or value
                    else:
                        waiting.append((value, (*path, key)))

    def _patch(self, target: Resource, document: dict[str, Any], patch: Instance) -> None:
        """Merge a patch into the document of its target, objects member by member."""
        other = self._patch_document(patch)
        method = self.state.known(patch).get("method") if patch.type == actions.KIND else None
        if isinstance(method, str) and method.upper() == "PUT":
            # What is put lacks what it does not say, whatever was there before.
            other["properties"] = Unknown(f"{patch.address} puts the resource as a whole")
        is_there = patch.certain or (
            patch.guards is not None and target.guards is not None and patch.guards <= target.guards
        )
        if not is_there or self._writes(patch) is None:
            _doubt(other, document, "it is not known whether the resource that updates it is deployed")
        _merge(document, other, self.places)

    def _patch_document(self, patch: Instance) -> dict[str, Any]:
        builder = Builder(self.places, lambda path: self.state.where(patch, path))
        kind = azurerm.kind_of(patch.type)
        values = self.state.known(patch)
        if kind is not None:
            return builder.build(kind, values)
        if self._provisions(patch, values):
            builder.put("properties.provisionNetworkNow", value=True, source=("action",))
            return builder.document
        self._fill(builder, patch, values)
        if isinstance(builder.document.get("kind"), Unknown):
            del builder.document["kind"]
        return builder.document

    def _alone(self, patch: Instance, target: str | None) -> Resource | None:
        """What a patch of something declared elsewhere says of a hub: of its network, or of a child of it."""
        kind = self.state.type_of(patch) or ""
        document = self._patch_document(patch)
        home = target or f"/{hole(patch.address)}"
        if kind.lower() == azurerm.WORKSPACE.lower():
            properties = document.get("properties")
            network = properties.get("managedNetwork") if isinstance(properties, dict) else properties
            if network is None:
                return None
            kind, home = f"{kind}/managedNetworks", f"{home}/managedNetworks/default"
            document = {"properties": network}
        elif not kind.lower().startswith(f"{azurerm.WORKSPACE.lower()}/"):
            return None
        levels = kind.count("/")
        return Resource(
            type=kind,
            name="/".join(home.split("/")[1 - 2 * levels :: 2]),
            id=home,
            document=document,
            places=self.places,
            place=self.state.where(patch, ())[0],
            deployment=self.deployment,
            certain=patch.certain and self._writes(patch) is True,
            guards=patch.guards if self._writes(patch) is True else None,
        )

    def _writes(self, instance: Instance) -> bool | None:
        """Whether an instance sets properties of what another one makes; None where nobody can tell."""
        if instance.type != actions.KIND:
            return instance.type == "azapi_update_resource" or _patches(instance) is not None
        values = self.state.known(instance)
        return self._provisions(instance, values) or actions.writes(instance, values)

    def _provisions(self, instance: Instance, values: dict[str, Any]) -> bool:
        kind = (self.state.type_of(instance) or "").lower()
        return actions.provisions(instance, values) and kind == azurerm.WORKSPACE.lower()


def _inline_rule(
    resources: dict[str, Resource], target: str | None
) -> tuple[Resource, dict[str, Any]] | None:
    """The workspace in whose map the rule of an id stands, and the rule; None where it stands in none."""
    home, found, name = (target or "").lower().rpartition("/outboundrules/")
    workspace = resources.get(home.partition("/managednetworks/")[0]) if found else None
    node: Any = workspace.document if workspace is not None else None
    for key in ("properties", "managedNetwork", RULES):
        node = node.get(key) if isinstance(node, dict) else None
    if workspace is None or not isinstance(node, dict):
        return None
    rule = next((node[key] for key in node if key.lower() == name), None)
    return (workspace, {"properties": rule}) if isinstance(rule, dict) else None


def _patches(instance: Instance) -> str | None:
    """The attribute with the id of what an instance sets properties of; None where it does nothing such."""
    kind = azurerm.kind_of(instance.type)
    return kind.patches if kind else None


def _doubt(patch: dict[str, Any], own: Any, reason: str) -> None:
    """Make what a patch changes unknown, where it is open whether the patch is there."""
    for key, value in patch.items():
        before = own.get(key) if isinstance(own, dict) else None
        if isinstance(value, dict) and isinstance(before, dict):
            _doubt(value, before, reason)
        elif value is not before and not _is_same(value, before):
            patch[key] = Unknown(reason)


def _is_same(one: Any, other: Any) -> bool:
    return isinstance(one, (str, int)) and isinstance(other, (str, int)) and one == other


def _body(value: Any) -> Any:
    """The body of an azapi resource: an object, from version 2 of the provider on, or its JSON."""
    if isinstance(value, Text):
        return opentext.parsed(value)
    if not isinstance(value, str):
        return value
    try:
        body = json.loads(value)
    except (ValueError, RecursionError):
        return Unknown("the body is no JSON", text=value[:100])
    return Unknown("the body is nested too deep") if too_deep(body) else body


def _merge(document: dict[str, Any], other: dict[str, Any], places: Places) -> None:
    for key, value in other.items():
        own = document.get(key)
        if isinstance(own, dict) and isinstance(value, dict):
            _merge(own, value, places)
        else:
            document[key] = value
            place = places.of(other, key)
            if place is not None:
                places.mark(document, key, place, places.origin(other, key))
