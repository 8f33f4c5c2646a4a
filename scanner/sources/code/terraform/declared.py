"""The ids of what configuration declares, made of what is known of their names, groups and parents."""

from __future__ import annotations

from typing import Any, Protocol

from scanner.sources.arm.openness import needed
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, Text, text
from scanner.sources.code.terraform import azurerm
from scanner.sources.code.terraform.folder import Address
from scanner.sources.hcl.texts import together
from scanner.values import Unknown

AZAPI = ("azapi_resource", "azapi_update_resource", "azapi_resource_action")

_NAMING = (*AZAPI, "azapi_resource_id")
"""Blocks that say themselves of which type, in what and under which name something is."""

_GROUP = "Microsoft.Resources/resourceGroups"
_SCOPE: Symbol = Symbol(SUBSCRIPTION, "the subscription is known only in a run")


class Asked(Protocol):
    """An instance of a resource: its attributes by name, None for one that is not written."""

    @property
    def address(self) -> Address:
        """Its mode, type and name."""
        ...

    @property
    def key(self) -> str:
        """Its full address."""
        ...

    def attribute(self, name: str) -> Any:
        """The value of an attribute."""
        ...


def told(address: Address, name: str) -> Any:
    """What a data source says of where the configuration runs; None for any other attribute."""
    mode, kind, _ = address
    if mode == "data" and kind in ("azurerm_client_config", "azurerm_subscription", "azapi_client_config"):
        if name == "subscription_id":
            return _SCOPE
        if name in ("id", "subscription_resource_id") and kind != "azurerm_client_config":
            return together(["/subscriptions/", _SCOPE], "subscription")
    return None


def type_of(asked: Asked) -> str | None:
    """The type of ARM that an instance has; None where it is not known, or says nothing of hubs."""
    _, kind, _ = asked.address
    if kind in _NAMING:
        return arm_type(asked.attribute("type"))
    if kind == "azurerm_resource_group":
        return _GROUP
    known = azurerm.kind_of(kind)
    return known.type if known else None


def arm_type(value: Any) -> str | None:
    """The type in ``type@version``, of which the version may be open; None where it is not known."""
    if isinstance(value, Text) and "@" in value.prefix:
        value = value.prefix
    return value.partition("@")[0] if isinstance(value, str) and "/" in value else None


def identifier(asked: Asked) -> Any:
    """The id of an instance; None where nothing is known of its type."""
    kind = type_of(asked)
    if kind is None:
        return None
    if asked.address[1] in _NAMING and (named := asked.attribute("resource_id")) is not None:
        return named
    name = _segment(asked.attribute("name"), asked)
    if kind.lower() == _GROUP.lower():
        return together(["/subscriptions/", _SCOPE, "/resourceGroups/", name], asked.key)
    namespace, *types = kind.split("/")
    above = parent(asked)
    if len(types) > 1:
        home = (
            above
            if above is not None
            else Symbol(f"{asked.key}.parent", f"the parent of {asked.key} is not known")
        )
        return together([home, "/", types[-1], "/", name], asked.key)
    return together(
        [above if above is not None else group(asked), f"/providers/{namespace}/{types[0]}/", name], asked.key
    )


def parent(asked: Asked) -> Any:
    """The id of what an instance is a child of, or lies in, as far as it says so itself."""
    _, kind, _ = asked.address
    if kind in _NAMING:
        return _scope(needed(asked.attribute("parent_id")), asked)
    known = azurerm.kind_of(kind)
    if known is not None and known.parent is not None:
        return needed(asked.attribute(known.parent))
    if kind == "azurerm_ai_foundry_project":
        return _before_provider(needed(asked.attribute("ai_services_hub_id")))
    return None


def group(asked: Asked) -> Any:
    """The id of the resource group that an instance lies in."""
    name = asked.attribute("resource_group_name")
    if name is None:
        name = Symbol(RESOURCE_GROUP, "the resource group is not known")
    return together(["/subscriptions/", _SCOPE, "/resourceGroups/", _segment(name, asked)], asked.key)


def _scope(value: Any, asked: Asked) -> Any:
    """The parent that an azapi resource names: where its id is open as a whole, a group of that name."""
    kind = type_of(asked) or ""
    if isinstance(value, Symbol) and kind.count("/") == 1:
        return together(["/subscriptions/", _SCOPE, "/resourceGroups/", value], asked.key)
    return value


def _segment(value: Any, asked: Asked) -> Any:
    """A name as a segment of an id."""
    if isinstance(value, (Symbol, Text)) or (isinstance(value, str) and value and "/" not in value):
        return value
    reason = value.reason if isinstance(value, Unknown) else "its name is not known"
    return Symbol(asked.key, reason)


def _before_provider(value: Any) -> Any:
    """The resource group in an id."""
    if isinstance(value, str) and "/providers/" in value:
        return value.partition("/providers/")[0]
    if isinstance(value, Text):
        for index, part in enumerate(value.parts):
            if part is not None and "/providers/" in part:
                kept = (*value.parts[:index], part.partition("/providers/")[0])
                return text(kept, value.keys[: kept.count(None)], value)
    return None
