"""How values of the azurerm provider become values of ARM.  What is not known stays so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from scanner.reference import current
from scanner.sources.arm.settle import UNSET
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.documents.spelling import clipped
from scanner.values import Exactly, OpenList, Partial, Unknown

Convert = Callable[[Any], Any]


def same(value: Any) -> Any:
    """A value that both spell alike."""
    return value


def each_option(how: Convert) -> Convert:
    """The same conversion for each value that an open one may have."""

    @wraps(how)
    def convert(value: Any) -> Any:
        if not (isinstance(value, (Symbol, Text)) and value.options):
            return how(value)
        made: list[Any] = []
        for option in map(how, value.options):
            if not any(type(option) is type(other) and option == other for other in made):
                made.append(option)
        if len(made) == 1:
            return made[0]
        key = value.key if isinstance(value, Symbol) else value.written
        return Symbol(key, value.reason, text=value.text, place=value.place, options=Exactly(made))

    return convert


def each_member(how: Convert) -> Convert:
    """The same conversion for each member of a list, those that may not be there among them."""

    @wraps(how)
    def convert(value: Any) -> Any:
        if isinstance(value, OpenList):
            return OpenList(tuple((how(member), sure) for member, sure in value.members), value.reason)
        return [how(member) for member in value] if isinstance(value, list) else value

    return convert


@each_option
def boolean(value: Any) -> Any:
    """A boolean, which configuration may write as a text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


@each_option
def enabled(value: Any) -> Any:
    """A boolean as ``Enabled`` or ``Disabled``."""
    value = boolean(value)
    return ("Enabled" if value else "Disabled") if isinstance(value, bool) else value


@each_option
def negated(value: Any) -> Any:
    """A boolean that the provider says the other way round."""
    value = boolean(value)
    return not value if isinstance(value, bool) else value


def role(value: Any) -> Any:
    """The id of a role by its name; of one that is not in the table of built-in roles it is not known."""
    if not isinstance(value, str):
        return value
    entries = current().table("built-in-roles")["entries"]
    found = (one.get("id") for one in entries if str(one.get("name")).lower() == value.strip().lower())
    known = next(found, None)
    if known is None:
        return Unknown(f"the id of the role '{clipped(value)}' is not known", text=value)
    return f"/providers/Microsoft.Authorization/roleDefinitions/{known}"


def block(value: Any) -> Any:
    """An inner block that is there: an object to be filled by the rows below it."""
    return value if isinstance(value, Unknown) else {}


@each_member
def logs(entry: Any) -> Any:
    """A block of the logs of a diagnostic setting: those are on that do not say otherwise."""
    if not isinstance(entry, dict):
        return entry
    enabled = boolean(entry.get("enabled"))
    return {
        "category": entry.get("category"),
        "categoryGroup": entry.get("category_group"),
        "enabled": True if enabled is None else enabled,
    }


def opened_ssh(value: Any) -> Any:
    """A block of SSH settings: where it is there at all, the provider opens the port."""
    if isinstance(value, Unknown) or not isinstance(value, dict):
        return value
    unsure = next(
        (one for one in value.values() if isinstance(one, Unknown) and one.reason.startswith(UNSET)), None
    )
    return {"sshPublicAccess": "Enabled" if unsure is None else unsure}


@each_member
def ids(entry: Any) -> Any:
    """An id as an object that has one."""
    return {"id": entry}


@each_member
def values(entry: Any) -> Any:
    """An address as an object that has one."""
    return {"value": entry}


def joined(value: Any) -> Any:
    """A list of words as one text; those that are known stand before those that are not."""
    if not isinstance(value, list):
        return value
    unknown = [entry for entry in value if isinstance(entry, Unknown)]
    known = ", ".join(str(entry) for entry in value if not isinstance(entry, Unknown))
    if not unknown:
        return known
    first = unknown[0]
    if known:
        return Partial((f"{known}, ", None), first.reason, text=first.text, place=first.place)
    return first if len(unknown) == 1 else Unknown(first.reason, text=first.text, place=first.place)


def split(value: Any) -> Any:
    """Addresses in one text, or in a list, as a list of objects that have one."""
    if isinstance(value, str):
        value = [entry.strip() for entry in value.split(",") if entry.strip()]
    if not isinstance(value, list):
        return value
    return [{"ipAddressOrRange": entry} for entry in value]


@each_option
def camel(value: Any) -> Any:
    """A word with a small first letter."""
    return value[:1].lower() + value[1:] if isinstance(value, str) else value


def sku(value: Any) -> Any:
    """The name of a price tier as the object that ARM has."""
    return {"name": value}


@each_member
def subnets(entry: Any) -> Any:
    """A block of virtual network rules as ARM has it, whichever name the provider gives the subnet."""
    if not isinstance(entry, dict):
        return entry
    return {
        "id": entry.get("subnet_id", entry.get("id")),
        "ignoreMissingVnetServiceEndpoint": entry.get("ignore_missing_vnet_service_endpoint"),
    }


@each_member
def registry_rules(entry: Any) -> Any:
    """An IP rule of a container registry."""
    if not isinstance(entry, dict):
        return entry
    return {"action": entry.get("action"), "value": entry.get("ip_range")}


@each_member
def access_rules(entry: Any) -> Any:
    """A resource that may pass the firewall of a storage account."""
    if not isinstance(entry, dict):
        return entry
    return {"resourceId": entry.get("endpoint_resource_id"), "tenantId": entry.get("endpoint_tenant_id")}


@each_member
def connections(entry: Any) -> Any:
    """A connection of a private endpoint."""
    if not isinstance(entry, dict):
        return entry
    return {
        "name": entry.get("name"),
        "properties": {
            "privateLinkServiceId": entry.get("private_connection_resource_id"),
            "groupIds": entry.get("subresource_names"),
        },
    }
