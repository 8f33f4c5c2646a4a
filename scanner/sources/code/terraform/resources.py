"""Makes resources of the instances of a plan: their ids, their documents, and what patches them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Place
from scanner.places import Places
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, Text, hole
from scanner.sources.code.terraform import azurerm
from scanner.sources.code.terraform.addresses import Addresses
from scanner.sources.code.terraform.azurerm import Kind
from scanner.sources.code.terraform.builder import Builder
from scanner.sources.code.terraform.plan import Instance, Plan
from scanner.sources.code.terraform.references import References, is_written
from scanner.sources.code.terraform.source import Sources
from scanner.values import Unknown

_AZAPI = ("azapi_resource", "azapi_update_resource")
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
    _instances: list[Instance] = field(default_factory=list)
    _references: References = field(init=False)
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._instances = [one for one in self.plan.instances() if self._values(one) is not None]
        self._references = References(self.plan, self._instances)

    def resources(self) -> Iterator[Resource]:
        """Every resource that says something of hubs; patches are applied to what they patch."""
        made: dict[str, Resource] = {}
        patches: list[Instance] = []
        for instance in self._instances:
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

    def _values(self, instance: Instance) -> dict[str, Any] | None:
        return instance.before if self.before else instance.values

    def _known(self, instance: Instance) -> dict[str, Any]:
        """The values of an instance without those that nobody set and the provider will choose."""
        values = self._values(instance) or {}
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
        values = self._values(instance) or {}
        name = values.get("name")
        if not isinstance(name, str):
            name = Symbol(instance.address, f"the name of {instance.address} is known only after apply")
        builder.put("name", name, ("name",))
        identifier = self._id(instance)
        document["id"] = identifier
        document["type"] = kind
        if kind.lower() == azurerm.WORKSPACE.lower():
            document["plan"] = {"action": instance.action}
        return Resource(
            type=kind,
            name=self._full_name(instance, kind, name),
            id=identifier,
            document=document,
            places=self.places,
            place=self._where(instance, ())[0],
            deployment=self.deployment,
            exists=instance.mode == "data",
        )

    def _full_name(self, instance: Instance, kind: str, name: Any) -> Any:
        """A name with those of its parents, as far as it is known whose child it is."""
        levels = kind.count("/") - 1
        parent = self._parent(instance) if levels else None
        if parent is None or parent.count("/") < 2 * levels:
            return name
        above = "/".join(parent.split("/")[-2 * levels + 1 :: 2])
        if isinstance(name, str):
            return f"{above}/{name}"
        return Text((f"{above}/", None), (instance.address,), name.reason)

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
        result = dict(values)
        for name, wanted in (kind.refers or {}).items():
            if isinstance(values.get(name), Unknown):
                result[name] = self._one(instance, (name,), wanted) or values[name]
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
                        node[key] = self._one(instance, (*path, key), _EXPECTED[key]) or value
                    else:
                        waiting.append((value, (*path, key)))

    def _one(self, instance: Instance, path: Sequence[str | int], wanted: str) -> str | None:
        """The id that an attribute refers to: of the one resource of the wanted type that can be meant."""
        spot = self.sources.spot(instance, path)
        told = spot.references if spot and spot.exact else ()
        found = {
            self._id(one)
            for one in self._references.of(instance, *path, also=told)
            if (kind := self._type(one)) and wanted.lower() in ("", kind.lower())
        }
        return found.pop() if len(found) == 1 else None

    def _type(self, instance: Instance) -> str | None:
        if instance.type in _AZAPI:
            kind = (self._values(instance) or {}).get("type")
            return kind.partition("@")[0] if isinstance(kind, str) else None
        kind_of = azurerm.kind_of(instance.type)
        return kind_of.type if kind_of else None

    def _id(self, instance: Instance) -> str:
        """The id of a resource: the real one where it is known, else one made of what is."""
        if instance.address not in self._ids:
            # Where a parent refers back to its child, the child is nobody's.
            self._ids[instance.address] = f"/{hole(instance.address)}"
            self._ids[instance.address] = self._made_id(instance)
        return self._ids[instance.address]

    def _made_id(self, instance: Instance) -> str:
        values = self._values(instance) or {}
        known = values.get("id")
        if isinstance(known, str) and known.lower().startswith("/subscriptions/"):
            return known
        name = values.get("name")
        segment = name if isinstance(name, str) and name and "/" not in name else hole(instance.address)
        kind = self._type(instance) or "Microsoft.Resources/unknown"
        parent = self._parent(instance)
        namespace, *types = kind.split("/")
        if parent is not None and len(types) > 1:
            return f"{parent}/{types[-1]}/{segment}"
        scope = parent or self._group(instance)
        return f"{scope}/providers/{namespace}/{'/'.join(types)}/{segment}"

    def _parent(self, instance: Instance) -> str | None:
        values = self._values(instance) or {}
        kind = azurerm.kind_of(instance.type)
        name = "parent_id" if instance.type in _AZAPI else (kind.parent if kind else None)
        if instance.type == "azurerm_ai_foundry_project":
            hub = values.get("ai_services_hub_id")
            hub = (
                hub
                if isinstance(hub, str)
                else self._one(instance, ("ai_services_hub_id",), azurerm.WORKSPACE)
            )
            return hub.rpartition("/providers/")[0] if hub else None
        if name is None:
            return None
        known = values.get(name)
        if isinstance(known, str):
            return known.rstrip("/")
        return self._one(instance, (name,), "") or (
            self._groups(instance, (name,)) if instance.type in _AZAPI else f"/{hole(instance.address)}"
        )

    def _group(self, instance: Instance) -> str:
        """The resource group that a resource is in."""
        name = (self._values(instance) or {}).get("resource_group_name")
        if isinstance(name, str) and name and "/" not in name:
            return f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{name}"
        return self._groups(instance, ("resource_group_name",)) or (
            f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{hole(RESOURCE_GROUP)}"
        )

    def _groups(self, instance: Instance, path: Sequence[str | int]) -> str | None:
        """The id of the one resource group of the plan that an attribute refers to."""
        found = [
            one
            for one in self._references.of(instance, *path)
            if one.type == "azurerm_resource_group" or "resourcegroups" in (self._type(one) or "").lower()
        ]
        if len(found) != 1:
            return None
        values = self._values(found[0]) or {}
        known, name = values.get("id"), values.get("name")
        if isinstance(known, str):
            return known
        segment = name if isinstance(name, str) else hole(found[0].address)
        return f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{segment}"

    def _patches(self, instance: Instance) -> str | None:
        kind = azurerm.kind_of(instance.type)
        return kind.patches if kind else None

    def _target(self, patch: Instance) -> str | None:
        """The id of the resource that a patch names."""
        values = self._values(patch) or {}
        name = self._patches(patch) or "resource_id"
        known = values.get(name)
        if isinstance(known, str):
            return known
        wanted = self._type(patch) or ""
        found = self._one(patch, (name,), wanted)
        if found is None and isinstance(values.get("name"), str) and wanted:
            return self._made_id(patch)
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
        kind = self._type(patch) or ""
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
        return json.loads(value)
    except (ValueError, RecursionError):
        return Unknown("the body is no JSON", text=value[:100])


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
