"""Private endpoint connections, as the resources at their other end report them.

The private endpoints of a managed network belong to a subscription of Microsoft, and a resource may
have connections of many networks: which of them are a rule's is told by names alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.ids import normal
from scanner.functions.memory import per_hub
from scanner.functions.registry import function
from scanner.functions.resources import children, resource
from scanner.functions.targets import names_by_target, word
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_SYSTEM = "__sys_pe_"
_LONGEST = 256
_MOST = 24
_WORDS = regex(r"[a-z0-9]+")
_PIECES = regex(r"[^._]+")


@function("object", "object", "array", returns="array", partials=True)
def endpoint_states(hub: Any, rule: Any, by: Any) -> Any:
    """The states of the connections that a private endpoint rule has on the resource it leads to.

    They are words in lower case, each once: approved, pending, rejected, disconnected or timeout. A
    connection is the rule's where its private endpoint, or the connection itself, is called like the
    rule (``ruleName``); where none is, the one called ``__SYS_PE_<resource>_<subresource>_...``
    (``peName``), or else the one whose description names the hub (``workspaceName``): ``by`` says which
    of the three count. What is called like another rule of the hub is that rule's, and anything else
    belongs to another network. The answer is not known where the resource cannot be seen, or does not
    report its connections.

    endpoint_states({"resources": [{"id": "/x/y", "properties": {"privateEndpointConnections": [
      {"name": "pe1.1", "properties": {"privateLinkServiceConnectionState": {"status": "Pending"}}}]}}],
      "outboundRules": [{"name": "pe1", "properties": {"type": "PrivateEndpoint", "destination":
      {"serviceResourceId": "/x/y"}}}]}, {"name": "pe1", "properties": {"destination":
      {"serviceResourceId": "/x/y"}}}, ["ruleName"]) -> ["pending"]
    """
    to = peek(rule, "properties", "destination")
    target = known(peek(to, "serviceResourceId"))
    name = known(peek(rule, "name"))
    if not isinstance(target, str) or not isinstance(name, str):
        raise Touched(Unknown("the rule has no name, or names no resource"))
    told = _ends(known(hub), normal(target))
    found = list(told.named.get(name.lower(), ())) if "ruleName" in known(by) else []
    subresource = None if found else word(peek(to, "subresourceTarget"))
    if not found and "peName" in by and told.system:
        found += told.system.get(known(subresource) or "", ())
    if not found and "workspaceName" in by:
        found += [state for groups, state in told.described if not groups or known(subresource) in groups]
    return list(dict.fromkeys(map(_certain, found)))


def _certain(state: Any) -> str:
    if isinstance(known(state), str):
        return str(state)
    raise Touched(Unknown("the state of a private endpoint connection was not reported"))


@dataclass(slots=True)
class _Ends:
    """The states of a resource's connections.

    ``named`` has them by the name of the rule that they are called like, ``system`` by subresource;
    ``described`` has pairs of the subresources a connection is said to be for, and its state.
    """

    named: dict[str, list[Any]] = field(default_factory=dict)
    system: dict[str, list[Any]] = field(default_factory=dict)
    described: list[tuple[frozenset[str], Any]] = field(default_factory=list)


@per_hub
def _ends(hub: dict[str, Any], target: str) -> _Ends:
    """What a resource tells of its connections, sorted by whose they are."""
    names: AbstractSet[str] = names_by_target(hub).get(target, frozenset())
    last = target.rpartition("/")[2]
    ends = _Ends()
    for link in _links(hub, target):
        properties = peek(link, "properties")
        state = word(peek(properties, "privateLinkServiceConnectionState", "status"))
        labels = _labels(peek(link, "name"), peek(properties, "privateEndpoint", "id"), last)
        own = _called_exactly(labels, names) or _called(labels, names, _edges(link, hub, target))
        if own:
            for name in own:
                ends.named.setdefault(name, []).append(state)
            continue
        subresource = _system_subresource(labels, last)
        if subresource:
            ends.system.setdefault(subresource, []).append(state)
        elif (named := _names_hub(link, hub)) is not False:
            groups = peek(properties, "groupIds")
            words = [word(group) for group in groups] if isinstance(groups, list) else []
            known_groups = frozenset(group for group in words if isinstance(group, str))
            ends.described.append((known_groups, named if isinstance(named, Unknown) else state))
    return ends


def _links(hub: dict[str, Any], target: str) -> list[Any]:
    """The connections that a resource reports, in itself or else as its children."""
    own = peek(hub, "id")
    is_hub = isinstance(own, str) and normal(own) == target
    document = hub if is_hub else resource(hub, target)
    if document is None:
        raise Touched(Unknown(f"{target} is not among the resources that were read"))
    told = known(peek(document, "properties", "privateEndpointConnections"))
    if isinstance(told, list):
        return told
    below = () if is_hub else ((child, peek(child, "id")) for child in known(children(hub, target)))
    mark = "/privateendpointconnections/"
    apart = [child for child, name in below if isinstance(name, str) and mark in name.lower()]
    if apart:
        return apart
    raise Touched(Unknown(f"{target} does not report its private endpoint connections"))


def _labels(name: Any, endpoint: Any, last: str) -> list[str]:
    """What a connection and its private endpoint are called, in lower case; ``last`` names the resource.

    Azure calls connections ``<resource>.<number>``: a name that begins with the resource's own tells
    nothing of who made it.
    """
    labels = []
    if isinstance(known(endpoint), str):
        labels.append(normal(endpoint).rpartition("/")[2][:_LONGEST])
    if isinstance(known(name), str):
        label = name.lower()
        if label.partition(".")[0] != last:
            labels.append(label[:_LONGEST])
    return labels


def _called_exactly(labels: list[str], names: AbstractSet[str]) -> set[str]:
    """The rules whose name is that of a connection, or what stands before the first dot of it."""
    return {part for label in labels for part in (label, label.partition(".")[0]) if part in names}


def _called(labels: list[str], names: AbstractSet[str], edges: re.Pattern[str] | None) -> set[str]:
    """The rules whose name is a part, between two edges, of that of a connection."""
    return {part for label in labels for part in _parts(label, edges) if part in names} if edges else set()


def _edges(link: Any, hub: dict[str, Any], target: str) -> re.Pattern[str] | None:
    """What divides the name of a connection into the parts that may be a rule's name.

    Private endpoints of managed networks are in a foreign subscription: there whatever is no letter
    and no digit.  Where the id of the endpoint is not told, dots and underscores; in the subscription
    of the hub or of the resource itself, nothing: that is an endpoint of its owner's.
    """
    endpoint = peek(link, "properties", "privateEndpoint", "id")
    if not isinstance(endpoint, str):
        return _PIECES
    homes = {_subscription(text) for text in (peek(hub, "id"), target)}
    return _WORDS if _subscription(endpoint) not in (*homes, None) else None


def _subscription(text: Any) -> str | None:
    segments = text.lower().split("/", 3) if isinstance(text, str) else []
    return segments[2] if len(segments) > 2 and segments[1] == "subscriptions" else None


def _parts(label: str, pieces: re.Pattern[str]) -> Iterator[str]:
    """The stretches of a label that begin and end where pieces of it do."""
    spans = [match.span() for match in pieces.finditer(label)][:_MOST]
    for first, (start, _) in enumerate(spans):
        for _, end in spans[first:]:
            yield label[start:end]


def _system_subresource(labels: list[str], last: str) -> str | None:
    """The subresource in a name of the platform's: ``__SYS_PE_<resource>_<subresource>_<hex digits>``."""
    start = f"{_SYSTEM}{last}_"
    for label in labels:
        if label.startswith(start):
            return label.removeprefix(start).rpartition("_")[0] or label.removeprefix(start)
    return None


def _names_hub(link: Any, hub: dict[str, Any]) -> bool | Unknown:
    """Whether the description of a connection names the hub."""
    said = peek(link, "properties", "privateLinkServiceConnectionState", "description")
    if isinstance(said, Unknown):
        return said
    own = peek(hub, "name") or str(peek(hub, "id") or "").rpartition("/")[2]
    if not isinstance(said, str) or not isinstance(own, str) or not own:
        return False
    text = re.escape(own.lower()[:_LONGEST])
    return re.search(rf"(?<![a-z0-9_-]){text}(?![a-z0-9_-])", said.lower()[:4096]) is not None
