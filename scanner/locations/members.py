"""The line of a finding about a member of a hub that is not found by the paths of its policy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.locations.asked import asked
from scanner.locations.targets import Found, named
from scanner.model import Hub, Locations
from scanner.policy import Policy
from scanner.values import Unknown

_COLLECTIONS = (
    *("outboundRules", "connections", "computes", "onlineEndpoints", "projects", "resources"),
    *("locks", "diagnosticSettings", "policyAssignments", "roleAssignments"),
)
_ON_A_SCOPE = ("microsoft.authorization/", "microsoft.insights/")
"""How the types begin of what is set on a hub from outside."""


def setting(places: Locations, policy: Policy, subject: Any) -> Found | None:
    """A setting that stands further down than the paths of a condition lead.

    Those of a compute stand in its inner properties; the id that a connection names in its metadata.
    """
    properties = subject.get("properties") if isinstance(subject, (dict, Mapping)) else None
    if not isinstance(properties, dict):
        return None
    inner = properties.get("properties")
    if isinstance(inner, dict):
        return named(places, policy.require.text, [inner])
    metadata = properties.get("metadata")
    if not isinstance(metadata, dict) or not asked(policy).follows:
        return None
    for key in metadata:
        if key.lower() == "resourceid" and (place := places.of(metadata, key)):
            return place, metadata, key
    return None


def namesake(places: Locations, hub: Hub, subject: Any) -> dict[str, Any] | None:
    """The last member of the hub that has the name of an object which a function or a policy made.

    A deployment goes by the name of its endpoint and its own.  A name that is not known is that of whoever
    has the very same one.
    """
    name = subject.get("name") if isinstance(subject, (dict, Mapping)) else None
    if not isinstance(name, (str, Unknown)):
        return None
    for collection in _COLLECTIONS:
        for member in _named_so(places, hub.document.get(collection), name):
            return member
    if isinstance(name, Unknown):
        return None
    endpoint_name, _, own = name.partition("/")
    for endpoint in _named_so(places, hub.document.get("onlineEndpoints"), endpoint_name):
        for deployment in _named_so(places, endpoint.get("deployments"), own):
            return deployment
    return None


def of_deployment(places: Locations, policy: Policy, member: dict[str, Any]) -> Found | None:
    """The property of a deployment, or of a lock, that a policy made its object of."""
    properties = member.get("properties")
    if isinstance(properties, dict) and str(member.get("type")).lower().startswith(_ON_A_SCOPE):
        return named(places, policy.message.text, [properties])
    if policy.each is None or not (isinstance(properties, dict) and "endpointComputeType" in properties):
        return None
    return named(places, policy.each.text, [properties])


def _named_so(places: Locations, members: Any, name: str | Unknown) -> Iterator[dict[str, Any]]:
    for member in reversed(members) if isinstance(members, list) else ():
        own = member.get("name") if isinstance(member, dict) else None
        is_it = own is name or (isinstance(own, str) and isinstance(name, str) and own == name)
        if is_it and own is not None and places.of(member) is not None:
            yield member
