"""Replaces who and where by pseudonyms: subscription ids, tenant ids, principal ids, names of people.

Every GUID is replaced but those that name roles and policies, which are the same everywhere and on which
findings rest.  The same id has the same pseudonym in every run and every file, so that two redacted
reports can be compared; what is redacted once is not redacted again.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

from scanner import reference
from scanner.model import (
    Baseline,
    Change,
    Document,
    Egress,
    Finding,
    Gap,
    HubEntry,
    HubRef,
    Report,
    Shard,
    gap_order,
)

_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_WHOLE = re.compile(_GUID, re.IGNORECASE)
_SENSITIVE = re.compile(
    rf"(?P<kept>/(?:role|policy|policySet)Definitions/{_GUID})"
    rf"|(?P<guid>(?<![0-9a-f]){_GUID}(?![0-9a-f]))"
    r"|(?<=/subscriptions/)(?P<subscription>[^/\s'\"<>?#$\[\](){}]+)"
    r"|(?<=\bclient ')(?P<person>[^']+)(?=')|(?<=\bobject id ')(?P<object>[^']+)(?=')",
    re.IGNORECASE,
)
_NOBODY = "00000000-0000-0000-0000-000000000000"
_MARK = "redacted-"
_VERSION = "d"
"""The digit that stands where a GUID tells its version: no GUID of Azure has this one."""

_KEYS = frozenset(
    (
        *("subscriptionid", "subscription_id", "tenantid", "principalid", "clientid", "objectid"),
        *("userobjectid", "usertenantid", "managedbytenants"),
        *("createdby", "lastmodifiedby", "updatedby", "username", "adminusername"),
    )
)
"""What stands under these is replaced whatever it looks like."""

Member = TypeVar("Member")


def value(given: Any) -> Any:
    """A copy of a JSON value with pseudonyms in place of what is sensitive in it."""
    return _replaced(given, "")


def document(given: Document) -> Document:
    """A copy of a document with pseudonyms."""
    return {text(name): _replaced(one, name) for name, one in given.items()}


def text(given: str) -> str:
    """A text with pseudonyms."""
    return _SENSITIVE.sub(_match, given)


def gap(given: Gap) -> Gap:
    """A gap with pseudonyms."""
    return _fields(given, "subject", "detail", "hub")


def report(given: Report) -> Report:
    """A report with pseudonyms, and in the order of them, but for hubs and findings, which `order` sorts.

    Fingerprints stay: they say nothing, and a baseline knows them.
    """
    return dataclasses.replace(
        given,
        sources=tuple(_fields(source, "path") for source in given.sources),
        hubs=_Mapped(given.hubs, _entry),
        findings=_Mapped(given.findings, _finding),
        gaps=tuple(sorted(map(gap, given.gaps), key=gap_order)),
        notices=tuple(map(text, given.notices)),
        shard=None if given.shard is None else _shard(given.shard),
        changes=None if given.changes is None else _sorted(map(_change, given.changes)),
        baseline=None if given.baseline is None else _baseline(given.baseline),
        scope=None if given.scope is None else value(given.scope),
    )


def order(hub_id: str) -> str:
    """What hubs are sorted by where their ids are pseudonyms: in the order of the ids those would be told."""
    return text(hub_id).lower()


def redacted(hub_id: str) -> bool:
    """Whether an id holds a pseudonym, so that it does not tell which subscription it is of."""
    found = (match[0] for match in _SENSITIVE.finditer(hub_id) if not _is_public(match))
    return any(one != _NOBODY and _pseudonym(one) == one for one in found)


@dataclasses.dataclass(frozen=True, slots=True)
class _Mapped(Generic[Member]):
    """Members of a report, each replaced when it is looked at: there may be more than memory holds."""

    members: Iterable[Member]
    replace: Callable[[Member], Member]

    def __iter__(self) -> Iterator[Member]:
        return map(self.replace, self.members)


def _shard(given: Shard) -> Shard:
    return dataclasses.replace(
        given, repeated=tuple(map(text, given.repeated)), idle=tuple(map(text, given.idle))
    )


def _change(given: Change) -> Change:
    return dataclasses.replace(
        _fields(given, "item", "detail"),
        hub=_hub(given.hub),
        opens=tuple(map(text, given.opens)),
        closes=tuple(map(text, given.closes)),
    )


def _baseline(given: Baseline) -> Baseline:
    return dataclasses.replace(
        given, sources=tuple(map(text, given.sources)), findings=_sorted(map(_finding, given.findings))
    )


OfHub = TypeVar("OfHub", Change, Finding)


def _sorted(given: Iterable[OfHub]) -> tuple[OfHub, ...]:
    return tuple(sorted(given, key=lambda one: one.hub.id.lower()))


Named = TypeVar("Named", bound=HubRef)


def _hub(given: Named) -> Named:
    known = given.subscription_id
    return dataclasses.replace(
        _fields(given, "id", "name", "resource_group"),
        subscription_id=None if known is None else _pseudonym(known),
    )


def _entry(given: HubEntry) -> HubEntry:
    egress = given.egress
    return dataclasses.replace(_hub(given), egress=None if egress is None else _egress(egress))


def _egress(given: Egress) -> Egress:
    rules = (
        dataclasses.replace(_fields(rule, "name"), destination=tuple(map(text, rule.destination)))
        for rule in given.rules
    )
    return dataclasses.replace(_fields(given, "doubt"), rules=tuple(rules))


def _finding(given: Finding) -> Finding:
    exemption, place, file = given.exemption, given.location, given.artifact
    return dataclasses.replace(
        _fields(given, "message", "item", "reason"),
        hub=_hub(given.hub),
        evidence=value(given.evidence),
        remediation=value(dict(given.remediation)),
        exemption=None if exemption is None else _fields(exemption, *_TOLD),
        location=None if place is None else _fields(place, "path"),
        artifact=None if file is None else _fields(file, "path"),
    )


_TOLD = ("hub", "item", "justification", "approved_by", "ticket")

Held = TypeVar("Held")


def _fields(holder: Held, *names: str) -> Held:
    """The same value with pseudonyms in some of its texts."""
    texts = {name: getattr(holder, name) for name in names}
    changed: Any = holder
    changed = dataclasses.replace(
        changed, **{name: text(one) for name, one in texts.items() if isinstance(one, str)}
    )
    return cast("Held", changed)


def _replaced(given: Any, key: str) -> Any:
    # Documents are at most as deep as a reader lets through (`json_text.DEPTH`).
    if isinstance(given, dict):
        return {text(name): _replaced(one, name) for name, one in given.items()}
    if isinstance(given, list):
        return [_replaced(one, key) for one in given]
    if isinstance(given, str):
        return _pseudonym(given) if key.rpartition(".")[2].lower() in _KEYS else text(given)
    return given


def _match(match: re.Match[str]) -> str:
    return match[0] if _is_public(match) else _pseudonym(match[0])


def _is_public(match: re.Match[str]) -> bool:
    if match["kept"] or not match["guid"]:
        return bool(match["kept"])
    # Nearly every id is that of a subscription, for which the tables need not be read.
    if match.string[: match.start()].lower().endswith("/subscriptions/"):
        return False
    return match[0].lower() in _built_in()


@functools.cache
def _built_in() -> frozenset[str]:
    """The ids of Azure's own roles and policies: remediations and evidence name them without their paths."""
    tables = reference.Reference()
    entries = (*tables.table("built-in-roles")["entries"], *tables.table("azure-policies")["definitions"])
    return frozenset(entry["id"].lower() for entry in entries)


def _pseudonym(given: str) -> str:
    """The same for the same text: a GUID for a GUID, so that ids stay ids."""
    if given in ("", _NOBODY) or given.startswith(_MARK):
        return given
    guid = _WHOLE.fullmatch(given) is not None
    if guid and given[14] == _VERSION:
        return given
    digest = hashlib.sha256(b"hubscan\0" + given.lower().encode("utf-8", "replace")).hexdigest()
    if not guid:
        return f"{_MARK}{digest[:12]}"
    return "-".join((digest[:8], digest[8:12], _VERSION + digest[13:16], digest[16:20], digest[20:32]))
