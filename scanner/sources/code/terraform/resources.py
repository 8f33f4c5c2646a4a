"""Makes resources of the instances of a plan: their ids, their documents, and what patches them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Place
from scanner.places import Places
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Symbol, hole
from scanner.sources.code.terraform import azurerm
from scanner.sources.code.terraform.addresses import Addresses
from scanner.sources.code.terraform.azurerm import Kind
from scanner.sources.code.terraform.builder import Builder, reached, steps
from scanner.sources.code.terraform.identity import Identities
from scanner.sources.code.terraform.plan import Instance, Plan
from scanner.sources.code.terraform.references import is_written
from scanner.sources.code.terraform.source import Sources
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


@dataclass(slots=True)
class Maker:
    """Makes the resources of one state of a plan: what is there after it, or before."""

    plan: Plan
    sources: Sources
    addresses: Addresses
    deployment: str
    before: bool = False
    places: Places = field(default_factory=Places)
    identities: Identities = field(init=False)

    def __post_init__(self) -> None:
        self.identities = Identities(self.plan, self.sources, before=self.before)

    def resources(self) -> Iterator[Resource]:
        """Every resource that says something of hubs; patches are applied to what they patch."""
        made: dict[str, Resource] = {}
        patches: list[Instance] = []
        for instance in self.identities.instances:
            if instance.type == "azapi_update_resource" or self._patches(instance):
                patches.append(instance)
            elif (resource := self._resource(instance)) is not None:
                made[instance.address] = resource
        by_id = {str(resource.id).lower(): resource for resource in made.values()}
        for patch in patches:
            target = self._target(patch)
            found = by_id.get(target.lower()) if target else None
            if found is not None:
                self._patch(found.document, patch)
            elif (alone := self._alone(patch, target)) is not None:
                made[patch.address] = alone
        yield from made.values()

    def _known(self, instance: Instance) -> dict[str, Any]:
        """The values of an instance without those that nobody set and the provider will choose."""
        values = self.identities.values(instance) or {}
        block = self.plan.block(instance)
        if self.before or block is None:
            return values
        node = self.sources.node(instance)
        chosen = {
            name
            for name in instance.unset
            if name not in ("id", "name")
            and not is_written(block, name)
            and not (node and node.is_dynamic(name))
        }
        return {name: value for name, value in values.items() if name not in chosen}

    def _resource(self, instance: Instance) -> Resource | None:
        values = self._known(instance)
        if instance.type == "azapi_resource":
            return self._azapi(instance, values)
        kind = azurerm.kind_of(instance.type)
        if kind is None:
            return None
        builder = Builder(self.places, lambda path: self._where(instance, path))
        document = builder.build(kind, self._with_ids(instance, kind, values))
        return self._made(instance, kind.type, document, builder)

    def _made(self, instance: Instance, kind: str, document: dict[str, Any], builder: Builder) -> Resource:
        values = self.identities.values(instance) or {}
        name = values.get("name")
        if not isinstance(name, str):
            name = Symbol(instance.address, f"the name of {instance.address} is known only after apply")
        builder.put("name", name, ("name",))
        identifier = self.identities.of(instance)
        document["id"] = identifier
        document["type"] = kind
        if kind.lower() == azurerm.WORKSPACE.lower():
            document["plan"] = {"action": instance.action}
        return Resource(
            type=kind,
            name=self.identities.full_name(instance, kind, name),
            id=identifier,
            document=document,
            places=self.places,
            place=self._where(instance, ())[0],
            deployment=self.deployment,
            exists=instance.mode == "data",
        )

    def _azapi(self, instance: Instance, values: dict[str, Any]) -> Resource | None:
        kind = values.get("type")
        if not isinstance(kind, str) or "/" not in kind:
            return None
        builder = Builder(self.places, lambda path: self._where(instance, path))
        self._fill(builder, instance, values)
        for name in ("location", "tags"):
            if values.get(name) is not None:
                builder.put(name, values[name], (name,))
        return self._made(instance, kind.partition("@")[0], builder.document, builder)

    def _fill(self, builder: Builder, instance: Instance, values: dict[str, Any]) -> None:
        """Put the body of an azapi resource into its document."""
        body = _body(values.get("body"))
        if isinstance(body, dict):
            self._resolve(instance, body)
            for key, value in body.items():
                builder.document[key] = builder.copy(value, ("body", key))
                self.places.mark(builder.document, key, *self._where(instance, ("body", key)))
        elif isinstance(body, Unknown):
            builder.put("properties", body, ("body",))

    def _with_ids(self, instance: Instance, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
        """The values with the ids of other resources of the plan in place of what is not known yet."""
        result = copy.deepcopy(values) if kind.refers else values
        for name, wanted in (kind.refers or {}).items():
            *above, last = steps(name)
            node = reached(result, above)
            if isinstance(node, dict) and isinstance(node.get(last), Unknown):
                node[last] = self.identities.one(instance, (*above, last), wanted) or node[last]
        return result

    def _resolve(self, instance: Instance, body: dict[str, Any]) -> None:
        """Put ids of other resources of the plan into an azapi body, where only they can be meant."""
        waiting: list[tuple[Any, tuple[str | int, ...]]] = [(body, ("body",))]
        while waiting:
            node, path = waiting.pop()
            if isinstance(node, list):
                waiting += [(value, (*path, index)) for index, value in enumerate(node)]
            elif isinstance(node, dict):
                for key, value in node.items():
                    if isinstance(value, Unknown) and key in _EXPECTED:
                        node[key] = self.identities.one(instance, (*path, key), _EXPECTED[key]) or value
                    else:
                        waiting.append((value, (*path, key)))

    def _patches(self, instance: Instance) -> str | None:
        kind = azurerm.kind_of(instance.type)
        return kind.patches if kind else None

    def _target(self, patch: Instance) -> str | None:
        """The id of the resource that a patch names."""
        values = self.identities.values(patch) or {}
        name = self._patches(patch) or "resource_id"
        known = values.get(name)
        if isinstance(known, str):
            return known
        wanted = self.identities.type_of(patch) or ""
        found = self.identities.one(patch, (name,), wanted)
        if found is None and isinstance(values.get("name"), str) and wanted:
            return self.identities.made(patch)
        return found

    def _patch(self, document: dict[str, Any], patch: Instance) -> None:
        """Merge a patch into the document of its target, objects member by member."""
        _merge(document, self._patch_document(patch), self.places)

    def _patch_document(self, patch: Instance) -> dict[str, Any]:
        builder = Builder(self.places, lambda path: self._where(patch, path))
        kind = azurerm.kind_of(patch.type)
        values = self._known(patch)
        if kind is not None:
            return builder.build(kind, values)
        self._fill(builder, patch, values)
        return builder.document

    def _alone(self, patch: Instance, target: str | None) -> Resource | None:
        """What a patch of a hub outside the plan says of its managed network; None where it says nothing."""
        kind = self.identities.type_of(patch) or ""
        document = self._patch_document(patch)
        properties = document.get("properties")
        network = properties.get("managedNetwork") if isinstance(properties, dict) else properties
        if kind.lower() != azurerm.WORKSPACE.lower() or network is None:
            return None
        home = target or f"/{hole(patch.address)}"
        return Resource(
            type=f"{azurerm.WORKSPACE}/managedNetworks",
            name=f"{home.rpartition('/')[2]}/default",
            id=f"{home}/managedNetworks/default",
            document={"properties": network},
            places=self.places,
            place=self._where(patch, ())[0],
            deployment=self.deployment,
        )

    def _where(self, instance: Instance, path: Sequence[str | int]) -> tuple[Place, Place | None]:
        spot = self.sources.spot(instance, path)
        if spot is None:
            return self.addresses.place(instance.address), None
        return spot.place, self.sources.origin(instance, spot) if spot.exact else None


def _body(value: Any) -> Any:
    """The body of an azapi resource: an object, from version 2 of the provider on, or its JSON."""
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
