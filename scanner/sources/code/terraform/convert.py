"""How values of the azurerm provider become values of ARM.  What is not known stays so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.reference import current
from scanner.sources.arm.settle import UNSET
from scanner.sources.documents.spelling import clipped
from scanner.values import Unknown

Convert = Callable[[Any], Any]


def same(value: Any) -> Any:
    """A value that both spell alike."""
    return value


def boolean(value: Any) -> Any:
    """A boolean, which configuration may write as a text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def enabled(value: Any) -> Any:
    """A boolean as ``Enabled`` or ``Disabled``."""
    value = boolean(value)
    return ("Enabled" if value else "Disabled") if isinstance(value, bool) else value


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


def logs(value: Any) -> Any:
    """Blocks of the logs of a diagnostic setting: those are on that do not say otherwise."""
    if not isinstance(value, list):
        return value
    return [_log(entry) if isinstance(entry, dict) else entry for entry in value]


def _log(entry: dict[str, Any]) -> dict[str, Any]:
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


def ids(value: Any) -> Any:
    """A list of ids as a list of objects that have one."""
    return [{"id": entry} for entry in value] if isinstance(value, list) else value


def values(value: Any) -> Any:
    """A list of addresses as a list of objects that have one."""
    return [{"value": entry} for entry in value] if isinstance(value, list) else value


def joined(value: Any) -> Any:
    """A list of words as one text."""
    if not isinstance(value, list):
        return value
    unknown = next((entry for entry in value if isinstance(entry, Unknown)), None)
    return unknown if unknown is not None else ", ".join(str(entry) for entry in value)


def split(value: Any) -> Any:
    """Addresses in one text, or in a list, as a list of objects that have one."""
    if isinstance(value, str):
        value = [entry.strip() for entry in value.split(",") if entry.strip()]
    if not isinstance(value, list):
        return value
    return [{"ipAddressOrRange": entry} for entry in value]


def camel(value: Any) -> Any:
    """A word with a small first letter."""
    return value[:1].lower() + value[1:] if isinstance(value, str) else value


def sku(value: Any) -> Any:
    """The name of a price tier as the object that ARM has."""
    return {"name": value}


def subnets(value: Any) -> Any:
    """Blocks of virtual network rules as ARM has them, whichever name the provider gives the subnet."""
    if not isinstance(value, list):
        return value
    return [
        {
            "id": entry.get("subnet_id", entry.get("id")),
            "ignoreMissingVnetServiceEndpoint": entry.get("ignore_missing_vnet_service_endpoint"),
        }
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def registry_rules(value: Any) -> Any:
    """IP rules of a container registry."""
    if not isinstance(value, list):
        return value
    return [
        {"action": entry.get("action"), "value": entry.get("ip_range")} if isinstance(entry, dict) else entry
        for entry in value
    ]


def access_rules(value: Any) -> Any:
    """Resources that may pass the firewall of a storage account."""
    if not isinstance(value, list):
        return value
    return [
        {"resourceId": entry.get("endpoint_resource_id"), "tenantId": entry.get("endpoint_tenant_id")}
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def connections(value: Any) -> Any:
    """The connections of a private endpoint."""
    if not isinstance(value, list):
        return value
    return [
        {
            "name": entry.get("name"),
            "properties": {
                "privateLinkServiceId": entry.get("private_connection_resource_id"),
                "groupIds": entry.get("subresource_names"),
            },
        }
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]
