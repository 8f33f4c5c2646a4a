"""Resources that a hub depends on or points to, and what could not be read of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.ids import arm_id, normal
from scanner.functions.memory import per_hub
from scanner.functions.registry import function
from scanner.values import OpenList, Touched, Unknown

_ROOT = "/subscriptions/"
_ENVELOPE = 9
"""How many pieces an id of a top-level resource falls into between its slashes."""


@function("object", "string", returns="object|null", partials=True)
def resource(hub: Any, identifier: Any) -> Any:
    """The document of hub.resources that has the id, or null where no resource has it.

    Neither case nor a slash at the end counts. Where the resources were not collected, or a gap of the
    hub says that this one could not be read, the answer is not known.

    resource({"resources": [{"id": "/subscriptions/1/resourceGroups/rg"}]},
      "/Subscriptions/1/resourceGroups/RG/") -> {"id": "/subscriptions/1/resourceGroups/rg"}
    resource({"resources": []}, "/subscriptions/1/resourceGroups/rg") -> null
    """
    wanted = normal(known(identifier))
    found, open_ids = _index(known(hub))
    document = found.get(wanted)
    if document is not None:
        return known(document)
    if open_ids:
        raise Touched(open_ids[0])
    return None


@function("object", "string", returns="object|null", partials=True)
def known_resource(hub: Any, identifier: Any) -> Any:
    """The same document where it is at hand, and null in every other case.

    It is for what makes a judgement sharper and is not needed for it: null says nothing of whether
    the resource exists.

    known_resource({"resources": [{"id": "/subscriptions/1/resourceGroups/rg"}]},
      "/subscriptions/1/resourceGroups/rg") -> {"id": "/subscriptions/1/resourceGroups/rg"}
    known_resource({}, "/subscriptions/1/resourceGroups/rg") -> null
    """
    try:
        return resource(hub, identifier)
    except Touched:
        return None


@function("object", "string", returns="array", partials=True)
def children(hub: Any, identifier: Any) -> Any:
    """The documents of hub.resources whose ids lie below an id, at any depth.

    A resource whose id is not known may be one of them, so that the list is open; so it is where a gap of
    the hub says that something below the id could not be read.

    children({"resources": [{"id": "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d/e/f"}]},
      "/subscriptions/1/resourceGroups/rg/providers/A.B/c/D")
      -> [{"id": "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d/e/f"}]
    children({"resources": []}, "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d") -> []
    """
    wanted = normal(known(identifier))
    below, doubtful = _below(known(hub))
    found = below.get(wanted, [])
    unread = _unread(hub).get(wanted, ())
    if not found and not unread and not doubtful:
        return []
    doubtful = [*doubtful, *unread]
    doubt = next((doubt for _, doubt in (*found, *doubtful) if doubt is not None), None)
    if doubt is None:
        return [member for member, _ in found]
    return OpenList(tuple((member, own is None) for member, own in (*found, *doubtful)), doubt.reason)


@function("object", "string", returns="object|null", partials=True)
def gap(hub: Any, identifier: Any) -> Any:
    """The gap of a hub that says why the resource with the id could not be read, or null.

    ``reason`` is forbidden, missing (nothing has that id), failed or unresolved.

    gap({"gaps": [{"subject": "/subscriptions/1/resourceGroups/rg", "reason": "missing"}]},
      "/subscriptions/1/resourceGroups/RG")
      -> {"subject": "/subscriptions/1/resourceGroups/rg", "reason": "missing"}
    gap({}, "/subscriptions/1/resourceGroups/rg") -> null
    """
    return _gaps(known(hub)).get(normal(known(identifier)))


@function("object", "string", returns="boolean", partials=True)
def read_in_full(hub: Any, name: Any) -> bool:
    """Whether no gap of a hub says that a collection, or a page of it, could not be read.

    read_in_full({"gaps": [{"subject": "outboundRules", "reason": "failed"}]}, "outboundRules") -> false
    read_in_full({}, "outboundRules") -> true
    """
    return known(name).lower() not in _gap_names(known(hub))


@function("object", "string", returns="object|null", partials=True)
def deletion(hub: Any, identifier: Any) -> Any:
    """The document in hub.resources of the deleted resource that had the id and can be recovered, or null.

    Azure lists deleted key vaults as ``Microsoft.KeyVault/locations/deletedVaults`` with the old id as
    ``vaultId``, and deleted AI services as ``.../resourceGroups/RG/deletedAccounts/NAME``.

    deletion({"resources": []}, "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d") -> null
    """
    return _deleted(known(hub)).get(normal(known(identifier)))


@function("object", "string", returns="object|null", partials=True)
def namesake(hub: Any, identifier: Any) -> Any:
    """A document in hub.resources of the same type and name as an ARM id, under another id, or null.

    Where the id leads nowhere, it is what was moved.

    namesake({"resources": [{"id": "/subscriptions/2/resourceGroups/rg/providers/A.B/c/d"}]},
      "/subscriptions/1/resourceGroups/rg/providers/A.B/C/D")
      -> {"id": "/subscriptions/2/resourceGroups/rg/providers/A.B/c/d"}
    namesake({"resources": []}, "/subscriptions/1/resourceGroups/rg/providers/A.B/c/d") -> null
    """
    parts = arm_id(known(identifier))
    namesakes = _namesakes(known(hub)).get((parts["type"], parts["name"].lower()), ()) if parts else ()
    return next((member for own, member in namesakes if parts and own != parts["id"]), None)


@function("object", "string", returns="object|null", partials=True)
def subscription(hub: Any, identifier: Any) -> Any:
    """The subscription that an ARM id lies in, or null where the scan has not read it.

    It is looked for in the hub's own subscription and among hub.subscriptions, all that the scan read.

    subscription({"subscriptions": [{"subscriptionId": "1", "tenantId": "t"}]},
      "/subscriptions/1/resourceGroups/rg") -> {"subscriptionId": "1", "tenantId": "t"}
    subscription({}, "/subscriptions/1/resourceGroups/rg") -> null
    """
    parts = arm_id(known(identifier))
    if parts is None or parts["subscriptionId"] is None:
        return None
    wanted = parts["subscriptionId"].lower()
    document = known(hub)
    own = document.get("subscription")
    if isinstance(own, dict) and _subscription_id(own) == wanted:
        return own
    found = _subscriptions(document.get("subscriptions"), wanted)
    return found if found is not None else known_resource(document, f"{_ROOT}{wanted}")


def _subscriptions(given: Any, wanted: str) -> Any:
    """One subscription out of a mapping by id, as a scan keeps them, or a list, as people write them."""
    if isinstance(given, dict):
        return given.get(wanted)
    if isinstance(given, list):
        return next((entry for entry in given if _subscription_id(entry) == wanted), None)
    return None


def _subscription_id(entry: Any) -> str | None:
    for key in ("subscriptionId", "id"):
        name = peek(entry, key)
        if isinstance(name, str):
            return normal(name).rpartition("/")[2]
    return None


@per_hub
def _gaps(hub: dict[str, Any]) -> dict[str, Any]:
    """The gaps of a hub by the id that their subject ends in, the first of each."""
    found: dict[str, Any] = {}
    entries = known(hub.get("gaps"))
    for entry in entries if isinstance(entries, list) else ():
        subject = peek(entry, "subject")
        if isinstance(subject, str):
            text = normal(subject)
            start = text.find(_ROOT)
            found.setdefault(text[start:] if start >= 0 else text, entry)
    return found


@per_hub
def _gap_names(hub: dict[str, Any]) -> set[str]:
    """The last names in the subjects of a hub's gaps, in lower case."""
    return {re.split(r"[/.]", name)[-1] for name in _gaps(hub)}


@per_hub
def _members(hub: dict[str, Any]) -> list[tuple[Any, Unknown | None]]:
    """The resources of a hub, each with why it may not be there."""
    resources = hub.get("resources")
    if isinstance(resources, OpenList):
        return [(member, None if sure else resources) for member, sure in resources.members]
    if isinstance(resources, Unknown):
        raise Touched(resources)
    if isinstance(resources, list):
        return [(member, None) for member in resources]
    reason = "was not collected" if resources is None else f"is {described(resources)}"
    raise Touched(Unknown(f"resources {reason}"))


@per_hub
def _named(hub: dict[str, Any]) -> list[tuple[Any, Unknown | None, Any]]:
    """The same with their ids in the form in which ids are compared; an Unknown where one is not known."""
    return [(member, doubt, _id(member)) for member, doubt in _members(hub)]


def identified(hub: dict[str, Any]) -> list[tuple[Any, str]]:
    """The resources whose ids are known, with those in the form in which ids are compared."""
    return [(member, name) for member, _, name in _named(hub) if type(name) is str]


def _id(member: Any) -> Any:
    name = peek(member, "id")
    if isinstance(name, str):
        return normal(name)
    return name if isinstance(name, Unknown) else None


@per_hub
def _index(hub: dict[str, Any]) -> tuple[dict[str, Any], list[Unknown]]:
    """The resources by their id, and ids that are not known.

    An Unknown stands for a resource that may not be there, for one that could not be read, and for one that a
    live hub shows twice, and not alike.
    """
    found: dict[str, Any] = {}
    open_ids = []
    for member, doubt, name in _named(hub):
        if type(name) is str:
            entry = member if doubt is None else doubt
            known_one = found.setdefault(name, entry)
            if known_one is not entry and hub.get("live") is not False and not _is_same(known_one, entry):
                written = peek(member, "id")
                found[name] = Unknown(f"{written} is among the resources more than once, and differs")
        elif name is not None:
            open_ids.append(name)
    for name, entry in _gaps(hub).items():
        found[name] = Unknown(f"{peek(entry, 'subject')} could not be read: {peek(entry, 'reason')}")
    return found, open_ids


def _is_same(one: Any, other: Any) -> bool:
    """Whether two documents of one id say the same, however the id is written."""
    try:
        return bool({**one, "id": None} == {**other, "id": None})
    except (Touched, TypeError):
        return False


@per_hub
def _namesakes(hub: dict[str, Any]) -> dict[tuple[str, str], list[tuple[str, Any]]]:
    """The resources by type and name, the first two of each: pairs of id and document."""
    found: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for member, _ in _members(hub):
        name = peek(member, "id")
        parts = arm_id(name) if isinstance(name, str) else None
        if parts:
            same = found.setdefault((parts["type"], parts["name"].lower()), [])
            if len(same) < 2 and all(own != parts["id"] for own, _ in same):
                same.append((parts["id"], member))
    return found


@per_hub
def _below(hub: dict[str, Any]) -> tuple[dict[str, list[tuple[Any, Unknown | None]]], list[Any]]:
    """What lies below each id, and what may lie below any: pairs of a resource and why it is in doubt."""
    found: dict[str, list[tuple[Any, Unknown | None]]] = {}
    doubtful = []
    for member, doubt, name in _named(hub):
        if type(name) is str:
            if name.count("/") >= _ENVELOPE:
                for ancestor in _ancestors(name):
                    found.setdefault(ancestor, []).append((member, doubt))
        elif name is not None:
            doubtful.append((member, name))
    return found, doubtful


@per_hub
def _unread(hub: dict[str, Any]) -> dict[str, list[tuple[Any, Unknown | None]]]:
    """What could not be read below each id, in the form of `_below`."""
    found: dict[str, list[tuple[Any, Unknown | None]]] = {}
    for name, entry in _gaps(hub).items():
        unknown = Unknown(f"{peek(entry, 'subject')} could not be read: {peek(entry, 'reason')}")
        # The subject may be a list of children, whose name is half of what an id has below its parent.
        for ancestor in _ancestors(f"{name}/x" if len(name.split("/")) % 2 == 0 else name):
            found.setdefault(ancestor, []).append((unknown, unknown))
    return found


def _ancestors(identifier: str) -> Iterator[str]:
    """The ids of the resources that an id lies below; none for a top-level resource."""
    segments = identifier.split("/", _ENVELOPE + 12)
    yield from ("/".join(segments[:end]) for end in range(_ENVELOPE, len(segments), 2))


@per_hub
def _deleted(hub: dict[str, Any]) -> dict[str, Any]:
    """The documents of deleted resources by the id that each had."""
    found: dict[str, Any] = {}
    for member, _ in _members(hub):
        name, old = peek(member, "id"), peek(member, "properties", "vaultId")
        if isinstance(old, str) and isinstance(name, str) and "/deletedvaults/" in name.lower():
            found[normal(old)] = member
        elif isinstance(name, str) and "/deletedaccounts/" in name.lower():
            head, _, account = normal(name).rpartition("/deletedaccounts/")
            place, _, group = head.partition("/resourcegroups/")
            root, _, provider = place.partition("/providers/")
            kind = provider.partition("/")[0]
            found[f"{root}/resourcegroups/{group}/providers/{kind}/accounts/{account}"] = member
    return found
