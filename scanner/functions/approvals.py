"""What the user's outbound rules open, and who approved it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.functions.connections import RESOURCE_KEYS, connection_target
from scanner.functions.dates import days_until
from scanner.functions.documents import described, known, peek
from scanner.functions.fqdn import fqdn_hosts
from scanner.functions.hosts import hosts
from scanner.functions.ids import arm_id, normal
from scanner.functions.memory import per_hub
from scanner.functions.origins import FQDN, PRIVATE_ENDPOINT, SERVICE_TAG, canonical, origin
from scanner.functions.ports import ports_cover
from scanner.functions.registry import function
from scanner.functions.rules import user_rules
from scanner.functions.tags import service_tag
from scanner.values import OpenList, Touched, Unknown

_CONNECTION = "Connection_"


@function("object", returns="array", partials=True)
def destinations(hub: Any) -> Any:
    """What the user's outbound rules open (see `user_rules`): one object for each host, tag and endpoint.

    ``name`` is the rule, ``type`` its type, ``value`` the normalised host, the service tag or the id of
    the target, in lower case; ``key`` is the host as written, else null. ``protocol`` and ``portRanges``
    are those of a tag, ``subresourceTarget`` that of an endpoint. Address prefixes of a tag, which Azure
    goes by in its place, are each one's ``value`` and ``key``; a rule that denies opens nothing.
    ``connection`` tells of an endpoint that is named after a connection whether the hub has that
    connection, to that resource as far as it names one, and is null for others.

    destinations({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "Contoso.com"}}]}) -> [{"name": "a", "key": "Contoso.com", "type": "FQDN",
      "value": "contoso.com", "protocol": null, "portRanges": null, "subresourceTarget": null,
      "connection": null}]
    """
    return _destinations(known(hub))


@per_hub
def _destinations(hub: dict[str, Any]) -> Any:
    rules = user_rules(hub, "*")
    members = rules.members if isinstance(rules, OpenList) else [(rule, True) for rule in rules]
    by_rule: dict[int, list[Any]] = {}
    found = fqdn_hosts(hub)
    for member in [pair[0] for pair in found.members] if isinstance(found, OpenList) else found:
        by_rule.setdefault(id(member["rule"]), []).append(member)
    pairs = [(one, sure) for rule, sure in members for one in _of(hub, rule, by_rule.get(id(rule), []))]
    if isinstance(rules, OpenList):
        return OpenList(tuple(pairs), rules.reason)
    return [one for one, _ in pairs]


def _of(hub: dict[str, Any], rule: Any, tokens: list[Any]) -> Iterator[dict[str, Any]]:
    kind = peek(rule, "properties", "type")
    destination = peek(rule, "properties", "destination")
    base = {
        "name": peek(rule, "name"),
        "key": None,
        "type": kind,
        "value": None,
        "protocol": None,
        "portRanges": None,
        "subresourceTarget": None,
        "connection": None,
    }
    if kind == FQDN:
        yield from ({**base, "key": token["key"], "value": token["host"]} for token in tokens)
    elif kind == SERVICE_TAG:
        yield from _tags(destination, base, is_live=hub.get("live") is not False)
    elif kind == PRIVATE_ENDPOINT:
        target = peek(destination, "serviceResourceId")
        yield {
            **base,
            "value": normal(target) if isinstance(target, str) else _missing(target, "target"),
            "subresourceTarget": peek(destination, "subresourceTarget"),
            "connection": _connection(hub, rule),
        }
    else:
        yield base


def _tags(destination: Any, base: dict[str, Any], *, is_live: bool) -> Iterator[dict[str, Any]]:
    """The tag of a rule, or the address prefixes that stand for it; nothing where the rule denies."""
    action, tag = peek(destination, "action"), peek(destination, "serviceTag")
    if isinstance(action, str) and action.strip().lower() == "deny":
        return
    base = {
        **base,
        "protocol": peek(destination, "protocol"),
        "portRanges": peek(destination, "portRanges"),
    }
    prefixes = peek(destination, "addressPrefixes")
    if isinstance(prefixes, (Unknown, str)):
        prefixes = [prefixes]
    prefixes = prefixes if isinstance(prefixes, list) else []
    for prefix in prefixes:
        value = service_tag(prefix)["name"] if isinstance(prefix, str) else _missing(prefix, "address prefix")
        yield {**base, "key": prefix if isinstance(prefix, str) else None, "value": value}
    # Code is judged by its tag, too: stable API versions drop the prefixes that it writes.
    if not (is_live and prefixes):
        yield {
            **base,
            "value": service_tag(tag)["name"] if isinstance(tag, str) else _missing(tag, "service tag"),
        }


def _missing(value: Any, what: str) -> Unknown:
    if isinstance(value, Unknown):
        return value
    return Unknown(f"the {what} of the rule is {'missing' if value is None else described(value)}")


def _connection(hub: dict[str, Any], rule: Any) -> Any:
    """Whether the connection is there after which a rule is called; null for any other rule."""
    if origin(hub, rule) != "connection":
        return None
    name = rule["name"].removeprefix(_CONNECTION).lower()
    connections = hub.get("connections")
    if isinstance(connections, Unknown):
        return Unknown(connections.reason)
    if not isinstance(connections, list):
        return Unknown("connections was not collected")
    doubt: Unknown | None = None
    for connection in connections:
        own = peek(connection, "name")
        if isinstance(own, Unknown):
            doubt = own
        elif isinstance(own, str) and (name == own.lower() or name.startswith(f"{own.lower()}_")):
            try:
                if _leads_to(connection, peek(rule, "properties", "destination", "serviceResourceId")):
                    return True
            except Touched as touched:
                doubt = touched.unknown
    return False if doubt is None else doubt


def _leads_to(connection: Any, target: Any) -> bool:
    """Whether a connection is to the target of a rule, as far as it names a resource by its id."""
    identifier = connection_target(connection, list(RESOURCE_KEYS))
    if identifier is None or arm_id(identifier) is None:
        return True
    return f"{normal(identifier)}/".startswith(f"{normal(str(known(target)))}/")


@function("object", "array", returns="boolean", partials=True)
def approved(destination: Any, approvals: Any) -> bool:
    """Whether one of some approvals covers what a rule opens, an object of `destinations`, and is in force.

    An approval has a ``kind`` (FQDN, ServiceTag or PrivateEndpoint) and a ``value``: a host or pattern,
    several of them separated by commas, a service tag, or a resource id. It must be the same after
    normalisation: no approval covers a part of another name. Where it says ``ports``, ``protocol`` or
    ``subresourceTarget``, the rule must keep within them. One that ``expires`` on a day that has passed,
    or on no day that can be read, is not in force.

    approved({"type": "FQDN", "value": "contoso.com"}, [{"kind": "FQDN", "value": "Contoso.com"}]) -> true
    approved({"type": "FQDN", "value": "a.contoso.com"}, [{"kind": "FQDN", "value": "contoso.com"}]) -> false
    approved({"type": "FQDN", "value": "contoso.com"}, [{"kind": "FQDN", "value": "contoso.com",
      "expires": "2020-01-01"}]) -> false
    """
    found = known(destination)
    index = _index(known(approvals))
    kind, value = known(found.get("type")), found.get("value")
    if not index or kind is None:
        return False
    entries = index.get((canonical(kind), known(value)), ())
    doubt: Unknown | None = None
    for entry in entries:
        try:
            if _is_in_force(entry) and _is_within(found, entry):
                return True
        except Touched as touched:
            doubt = touched.unknown
    if doubt is not None:
        raise Touched(doubt)
    return False


@per_hub
def _index(approvals: Any) -> dict[tuple[str, Any], list[Any]]:
    """The approvals by what they approve."""
    index: dict[tuple[str, Any], list[Any]] = {}
    for entry in approvals if isinstance(approvals, list) else ():
        kind, value = peek(entry, "kind"), peek(entry, "value")
        if isinstance(kind, str) and isinstance(value, str):
            for name in _values(canonical(kind), value):
                index.setdefault((canonical(kind), name), []).append(entry)
    return index


def _values(kind: str, value: str) -> Iterator[str]:
    if kind == FQDN:
        yield from (host["host"] for host in hosts(value) if host["host"])
    elif kind == SERVICE_TAG:
        yield service_tag(value)["name"]
    else:
        yield normal(value.strip())


def _is_in_force(entry: Any) -> bool:
    expires = peek(entry, "expires")
    if expires is None:
        return True
    left = days_until(str(expires))
    return left is not None and left >= 0


def _is_within(found: Any, entry: Any) -> bool:
    """Whether a rule keeps within the ports, the protocol and the subresource of an approval."""
    ports = peek(entry, "ports")
    if ports is not None and not ports_cover(ports, known(found.get("portRanges"))):
        return False
    for name in ("protocol", "subresourceTarget"):
        wanted = peek(entry, name)
        if isinstance(wanted, str) and wanted != "*":
            own = known(found.get(name))
            if not isinstance(own, str) or own.strip().lower() != wanted.strip().lower():
                return False
    return True
