"""Makes a `Hub` of a workspace in the shape of ARM, as whoever saved it left it.

What comes out is what policies are written for: rules in one list, the words of ARM in ARM's spelling,
no secrets, and an `Unknown` wherever something was not read or makes no sense.  Nothing raises here:
a hub that is odd is judged all the same.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.model import Document, Gap, Hub, HubRef, Locations
from scanner.sources.documents import gaps, members, rules, secrets, templates, told
from scanner.sources.documents.spelling import KINDS, MODES, canonical, is_open
from scanner.sources.files.json_text import noun
from scanner.sources.parts import Context
from scanner.values import Partial, Unknown

_KINDS = frozenset(KINDS.values())
_MODES = frozenset(MODES.values())
_NO_HUB = Unknown("the hub of the project was not read")
_CODE = frozenset({"code", "iac"})
_NAMES = ("id", "name", "kind")
_TEXT = (str, type(None))


def normalise(document: Document, context: Context, *, stand_in: str, raw: bytes | None = None) -> Hub:
    """The hub that a document describes.  The document is taken over: nobody else may hold it.

    ``stand_in`` is the id of a hub that has none.  ``raw`` are the bytes the document was read from,
    where there are some: they tell quickly that nothing rare is in it.  Words that were spelled otherwise
    are kept in ``document["asWritten"]``, by their path.
    """
    written = _as_written(document)
    ref, oddities = _identity(document, stand_in, written)
    network = _network(document, written)
    rules.unite(document, None if network is None else network.get(members.RULES), written)
    own = _gaps(document, context, ref)
    if document.get("properties") is None:
        document["properties"] = Unknown("properties was not collected")
    _set_hub(document, ref, context.hub)
    if context.at is not None:
        document.setdefault("collectedAt", context.at)
    members.fill(document)
    secrets.drop(document, raw)
    if raw is None or templates.may_hold_any(raw):
        templates.mark(document)
        # What turned out to be an expression may be a word that is known in part.
        _network(document, written)
        rules.spell(document, written)
    members.subscription(document, context.subscriptions.get((ref.subscription_id or "").lower()))
    members.subscriptions(document, context.subscriptions)
    live = context.live and is_live(document)
    document["live"] = live
    if not live:
        rules.widen(document)
    if written:
        document["asWritten"] = written
    return Hub(ref=ref, document=document, live=live, path=context.path, gaps=(*oddities, *own))


def of_code(
    document: Document,
    *,
    hub_id: str,
    path: str,
    places: Locations,
    others: Iterable[Gap],
    plain: bool,
) -> Hub:
    """The same of a document that was made of code.

    Its expressions were evaluated, so that brackets and braces in it are text, its rules are one list, and
    it has a name and properties.  ``others`` are gaps beside those of the document itself; ``plain`` tells
    that no text in it may hold a secret.
    """
    written = _as_written(document)
    ref = HubRef(id=hub_id, name=document["name"], kind=_kind(document, written))
    _network(document, written)
    _set_hub(document, ref, None)
    members.fill(document)
    secrets.drop(document, b"" if plain else None)
    if not plain:
        secrets.unsign(document)
    members.subscription(document, None)
    document["live"] = False
    rules.widen(document)
    if written:
        document["asWritten"] = written
    own = (*_oddities(document, hub_id), *others)
    if own:
        document["gaps"] = gaps.entries(own)
    return Hub(ref=ref, document=document, live=False, path=path, gaps=own, places=places)


def _gaps(document: Document, context: Context, ref: HubRef) -> tuple[Gap, ...]:
    """The gaps of a hub, its own and those that its snapshot tells of it, put into its document."""
    own = gaps.hub_gaps(document, ref.id)
    others: tuple[Gap, ...] = ()
    if context.gaps:
        own = tuple(dict.fromkeys((*own, *told.of_hub(context.gaps, ref))))
        others = told.of_resources(context.gaps)
    if own or others:
        document["gaps"] = gaps.entries((*own, *others))
        gaps.explain(document, own, ref.id)
    return own


def example(document: Document) -> Hub:
    """The hub of an example in a policy: the document itself stays as it is."""
    return normalise(copy.deepcopy(document), Context(), stand_in="example")


def is_live(holder: Mapping[str, Any]) -> bool:
    """Whether a hub, or the header of a snapshot, is evidence of the platform: unless it denies it."""
    source = holder.get("source")
    if isinstance(source, dict):
        kind = source.get("kind")
        if source.get("live") is False or (isinstance(kind, str) and kind.lower() in _CODE):
            return False
    return holder.get("live") is not False


def _as_written(document: Document) -> dict[str, str]:
    """The words that were spelled otherwise before, out of the document."""
    kept = document.pop("asWritten", None)
    return kept if isinstance(kept, dict) else {}


def _identity(document: Document, stand_in: str, written: dict[str, str]) -> tuple[HubRef, list[Gap]]:
    identifier = _text(document.get("id")).rstrip("/")
    subscription, group, last = _segments(identifier)
    own = _text(document.get("name"))
    ref = HubRef(
        id=identifier or stand_in,
        name=last or own or identifier.rpartition("/")[2] or stand_in,
        kind=_kind(document, written),
        subscription_id=subscription,
        resource_group=group,
    )
    return ref, _oddities(document, ref.id)


def _kind(document: Document, written: dict[str, str]) -> str:
    """The kind of a workspace, in ARM's spelling from now on."""
    kind = _text(document.get("kind"))
    if kind not in _KINDS and kind:
        spelled = canonical(kind, KINDS)
        if spelled != kind:
            written["kind"] = kind
            document["kind"] = kind = spelled
    return kind or "Default"


def _oddities(document: Document, hub: str) -> list[Gap]:
    """The gaps of names that are no texts."""
    odd = [key for key in _NAMES if not isinstance(document.get(key), _TEXT)]
    return [_oddity(key, document[key], hub) for key in odd]


def _set_hub(document: Document, ref: HubRef, hub: Document | Unknown | None) -> None:
    """Give a project its hub.  Policies ask it in the place of a workspace's own: nothing else has one."""
    if ref.kind != "Project":
        document.pop("hubResource", None)
    elif document.get("hubResource") is None:
        document["hubResource"] = _NO_HUB if hub is None else hub


def _oddity(key: str, value: Any, hub: str) -> Gap:
    detail = (
        value.reason if isinstance(value, Unknown) else f"the {key} of the hub is {noun(value)}, not a text"
    )
    return Gap(subject=key, reason="failed", code="wrong-type", detail=detail, hub=hub)


def _segments(identifier: str) -> tuple[str | None, str | None, str | None]:
    """Subscription, resource group and workspace of an ARM id, each None where the id has none."""
    parts = identifier.split("/")
    count = len(parts)
    return (
        parts[2] or None if count > 2 and parts[1].lower() == "subscriptions" else None,
        parts[4] or None if count > 4 and parts[3].lower() == "resourcegroups" else None,
        parts[8] or None if count > 8 and parts[7].lower() == "workspaces" else None,
    )


def _network(document: Document, written: dict[str, str]) -> Document | None:
    """The managed network of a hub, its mode spelled as ARM spells it; None where there is no such object."""
    properties = document.get("properties")
    if not isinstance(properties, dict):
        if not isinstance(properties, (type(None), Unknown)):
            document["properties"] = Unknown(f"properties is {noun(properties)}, not an object")
        return None
    network = properties.get("managedNetwork")
    if not isinstance(network, dict):
        if not isinstance(network, (type(None), Unknown)):
            properties["managedNetwork"] = Unknown(f"managedNetwork is {noun(network)}, not an object")
        return None
    mode = network.get("isolationMode")
    if isinstance(mode, str):
        if mode not in _MODES:
            spelled = canonical(mode, MODES)
            if spelled != mode:
                network["isolationMode"] = spelled
                written["properties.managedNetwork.isolationMode"] = mode
    elif isinstance(mode, Partial) and is_open(mode, MODES):
        network["isolationMode"] = Unknown(mode.reason, text=mode.text, place=mode.place)
    elif not isinstance(mode, (type(None), Unknown)):
        network["isolationMode"] = Unknown(f"isolationMode is {noun(mode)}, not a text")
    return network


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
