"""The ids of the resources of a plan: the real ones where they are known, else made of what is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.model import Place
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Text, hole
from scanner.sources.code.terraform import azurerm, relevant
from scanner.sources.code.terraform.addresses import Addresses
from scanner.sources.code.terraform.declared import AZAPI
from scanner.sources.code.terraform.plan import Instance, Plan
from scanner.sources.code.terraform.references import References, is_written
from scanner.sources.code.terraform.source import Sources
from scanner.values import Unknown

_NEVER_CHOSEN = frozenset(("id", "name", "enabled_log"))
"""Attributes and blocks that no provider sets by itself: one that is not written is of a dynamic block."""

_HIDDEN = "sensitive_body"
"""An attribute that a plan never has the value of."""


class Identities:
    """Answers for the instances of one state of a plan, ``before`` it or after.

    A name that is not known is written as the address of its resource, in braces.
    """

    def __init__(self, plan: Plan, sources: Sources, addresses: Addresses, *, before: bool) -> None:
        self._plan = plan
        self._sources = sources
        self._addresses = addresses
        self._before = before
        self.instances = [one for one in plan.instances() if self.values(one) is not None]
        self._references = References(plan, self.instances, sources.local)
        self._known: dict[str, str] = {}
        self._open: frozenset[tuple[str, ...]] | None = None

    def values(self, instance: Instance) -> dict[str, Any] | None:
        """The values of an instance in this state, None where it is not there."""
        return instance.before if self._before else instance.values

    def known(self, instance: Instance) -> dict[str, Any]:
        """The values of an instance without those that nobody set and the provider will choose."""
        values = self.values(instance) or {}
        block = self._plan.block(instance)
        if self._before or block is None:
            return values
        node = self._sources.node(instance)
        chosen = {
            name
            for name in instance.unset
            if name not in _NEVER_CHOSEN
            and not is_written(block, name)
            and not (node.is_dynamic(name) if node else self._may_be_dynamic(instance, name))
        }
        known = {name: value for name, value in values.items() if name not in chosen}
        if known.get(_HIDDEN) is None and is_written(block, _HIDDEN):
            known[_HIDDEN] = _constant(block, _HIDDEN)
        return known

    def _may_be_dynamic(self, instance: Instance, name: str) -> bool:
        """Whether an attribute may be a dynamic block, which no configuration in a plan shows."""
        kind = azurerm.kind_of(instance.type)
        if kind is None or not any(path.startswith(f"{name}.0") for path, _, _ in kind.rows):
            return False
        if self._open is None:
            self._open = relevant.open_modules(self._plan)
        return tuple(module for module, _ in instance.modules) in self._open

    def where(self, instance: Instance, path: Sequence[str | int]) -> tuple[Place, Place | None]:
        """Where an attribute stands, or the block that lacks it; and where its value was written."""
        spot = self._sources.spot(instance, path)
        if spot is None:
            return self._addresses.place(instance.address), None
        return spot.place, self._sources.origin(instance, spot) if spot.exact else None

    def target(self, patch: Instance) -> str | None:
        """The id of the resource that a patch names."""
        values = self.values(patch) or {}
        kind = azurerm.kind_of(patch.type)
        name = (kind.patches if kind else None) or "resource_id"
        known = values.get(name)
        if isinstance(known, str):
            return known
        wanted = self.type_of(patch) or ""
        found = self.one(patch, (name,), wanted)
        if found is None and isinstance(values.get("name"), str) and wanted:
            return self.made(patch)
        return found

    def one(self, instance: Instance, path: Sequence[str | int], wanted: str) -> str | None:
        """The id that an attribute refers to: of the one resource of the wanted type that can be meant."""
        spot = self._sources.spot(instance, path)
        told = spot.references if spot and spot.exact else ()
        found = {
            self.of(one)
            for one in self._references.of(instance, *path, also=told)
            if (kind := self.type_of(one)) and wanted.lower() in ("", kind.lower())
        }
        return found.pop() if len(found) == 1 else None

    def type_of(self, instance: Instance) -> str | None:
        """The type of ARM that an instance has, None where it says nothing of hubs."""
        if instance.type in AZAPI:
            kind = (self.values(instance) or {}).get("type")
            return kind.partition("@")[0] if isinstance(kind, str) else None
        kind_of = azurerm.kind_of(instance.type)
        return kind_of.type if kind_of else None

    def of(self, instance: Instance) -> str:
        """The id of a resource: the real one where it is known, else one made of what is."""
        if instance.address not in self._known:
            # Where a parent refers back to its child, the child is nobody's.
            self._known[instance.address] = f"/{hole(instance.address)}"
            self._known[instance.address] = self.made(instance)
        return self._known[instance.address]

    def made(self, instance: Instance) -> str:
        """The id that the words of an instance give: of what it patches, where it patches something."""
        values = self.values(instance) or {}
        known = values.get("id")
        if isinstance(known, str) and known.lower().startswith("/subscriptions/"):
            return known
        name = values.get("name")
        segment = name if isinstance(name, str) and name and "/" not in name else hole(instance.address)
        kind = self.type_of(instance) or "Microsoft.Resources/unknown"
        parent = self._parent(instance)
        namespace, *types = kind.split("/")
        if len(types) > 1:
            return f"{parent or f'/{hole(instance.address)}'}/{types[-1]}/{segment}"
        scope = parent or self._group(instance)
        return f"{scope}/providers/{namespace}/{'/'.join(types)}/{segment}"

    def _parent(self, instance: Instance) -> str | None:
        values = self.values(instance) or {}
        kind = azurerm.kind_of(instance.type)
        name = "parent_id" if instance.type in AZAPI else (kind.parent if kind else None)
        if instance.type == "azurerm_ai_foundry_project":
            hub = values.get("ai_services_hub_id")
            hub = (
                hub
                if isinstance(hub, str)
                else self.one(instance, ("ai_services_hub_id",), azurerm.WORKSPACE)
            )
            return hub.rpartition("/providers/")[0] if hub else None
        if name is None:
            return None
        known = values.get(name)
        if isinstance(known, str):
            return known.rstrip("/")
        above = (self.type_of(instance) or "").rpartition("/")[0]
        return self.one(instance, (name,), above if "/" in above else "") or (
            self._groups(instance, (name,)) if instance.type in AZAPI else f"/{hole(instance.address)}"
        )

    def _group(self, instance: Instance) -> str:
        """The resource group that a resource is in."""
        name = (self.values(instance) or {}).get("resource_group_name")
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
            if one.type == "azurerm_resource_group" or "resourcegroups" in (self.type_of(one) or "").lower()
        ]
        if len(found) != 1:
            return None
        values = self.values(found[0]) or {}
        known, name = values.get("id"), values.get("name")
        if isinstance(known, str):
            return known
        segment = name if isinstance(name, str) else hole(found[0].address)
        return f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{segment}"

    def full_name(self, instance: Instance, kind: str, name: Any) -> Any:
        """A name with those of its parents, as far as it is known whose child it is."""
        levels = kind.count("/") - 1
        parent = self._parent(instance) if levels else None
        if parent is None or parent.count("/") < 2 * levels:
            return name
        above = "/".join(parent.split("/")[-2 * levels + 1 :: 2])
        if isinstance(name, str):
            return f"{above}/{name}"
        return Text((f"{above}/", None), (instance.address,), name.reason)


def _constant(block: dict[str, Any], name: str) -> Any:
    """What the configuration of a block says of an attribute in so many words; else it is not known."""
    expression = block["expressions"].get(name)
    if isinstance(expression, dict) and "constant_value" in expression:
        return expression["constant_value"]
    return Unknown(f"the plan does not say what {name} holds")
