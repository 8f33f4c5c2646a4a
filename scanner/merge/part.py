"""Reads the result of one shard a member at a time, however many findings it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner import results, shards
from scanner.desk import shard_key
from scanner.errors import SourceError
from scanner.model import (
    Baseline,
    Change,
    Digests,
    Finding,
    Gap,
    HubEntry,
    PolicyCard,
    Shard,
    SourceNote,
    Summary,
)
from scanner.sources.files.content import AT_ONCE
from scanner.sources.files.json_stream import Member, members
from scanner.sources.files.json_text import BadJSON
from scanner.sources.files.opening import Opened
from scanner.spool import Spool

_LISTS: Mapping[str, Any] = {
    "sources": SourceNote,
    "policies": PolicyCard,
    "hubs": HubEntry,
    "findings": Finding,
    "gaps": Gap,
    "changes": Change,
    "notices": str,
}
_SINGLES: Mapping[str, Any] = {
    "result": Any,
    "tool": Mapping[str, Any],
    "started_at": str,
    "finished_at": str,
    "complete": bool,
    "summary": Summary,
    "shard": Shard,
    "baseline": Baseline,
    "scope": Mapping[str, Any],
    "digests": Digests,
}
_NEEDED = ("tool", "started_at", "finished_at", "complete", "summary")


@dataclass(slots=True)
class Part:
    """The result of one shard without its hubs and findings.  ``name`` is its file.

    ``against`` is whether it has a list of changes, be it an empty one.
    """

    name: str
    singles: dict[str, Any] = field(default_factory=dict)
    sources: list[SourceNote] = field(default_factory=list)
    policies: list[PolicyCard] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    against: bool = False

    @property
    def shard(self) -> Shard:
        """Which shard it is."""
        shard: Shard = self.singles["shard"]
        return shard

    @property
    def label(self) -> str:
        """Which shard it is, as on the command line: ``2/3``."""
        return f"{self.shard.index}/{self.shard.count}"

    @property
    def summary(self) -> Summary:
        """Its counts."""
        summary: Summary = self.singles["summary"]
        return summary

    @property
    def baseline(self) -> Baseline | None:
        """What is different from before, None where it was compared with nothing."""
        return self.singles.get("baseline")

    @property
    def digests(self) -> Digests | None:
        """What it rests on, None where it does not say."""
        return self.singles.get("digests")

    @property
    def version(self) -> Any:
        """The version of hubscan that wrote it."""
        return self.singles["tool"].get("version")


def read(path: str, hubs: Spool, findings: Spool) -> Part:
    """The result in a file; its hubs and findings go into spools, in the order in which they stand there.

    Raises `SourceError` for a file that cannot be read, and for one that is no whole result of a shard.
    """
    reader = _Reader(Part(path), hubs, findings)
    try:
        with Opened(path) as opened:
            for member in members(opened.stream, tuple(_LISTS), AT_ONCE):
                reader.take(member)
            damage = opened.damage
    except OSError as error:
        raise results.unreadable(path, error) from None
    except BadJSON as error:
        raise SourceError(f"{path}: not a whole hubscan result: {error}") from None
    if damage:
        raise SourceError(f"{path}: not a whole hubscan result: {damage}")
    reader.check()
    return reader.part


@dataclass(slots=True)
class _Reader:
    part: Part
    hubs: Spool
    findings: Spool
    listed: int = 0
    strays: int = 0

    def take(self, member: Member) -> None:
        """Keep one member of the result, or one entry of a list in it; what is new to us is ignored."""
        key, name = member.key, self.part.name
        self.part.against |= key == "changes"
        if member.index is not None:
            value = results.part(_LISTS[key], member.raw, f"{key}[{member.index}]", name)
            self._add(key, value, member.raw)
        elif key in _LISTS:
            results.part(tuple[Any, ...], member.raw, key, name)
        elif key in _SINGLES:
            self.part.singles[key] = results.part(_SINGLES[key], member.raw, key, name)

    def _add(self, key: str, value: Any, raw: bytes) -> None:
        if key == "hubs":
            self.hubs.add(value.id.lower(), raw)
            self.listed += 1
            self._check_home(value.id)
        elif key == "findings":
            self.findings.add(value.hub.id.lower(), raw)
            self._check_home(value.hub.id)
        else:
            getattr(self.part, key).append(value)

    def _check_home(self, hub_id: str) -> None:
        shard = self.part.singles.get("shard")
        if shard is None or shards.holds((shard.index, shard.count), shard_key(hub_id)):
            return
        from scanner.sources import redaction  # noqa: PLC0415 - nearly every hub is where it belongs

        if not redaction.redacted(hub_id):
            self.strays += 1

    def check(self) -> None:
        """Raises `SourceError` where something is missing, or does not fit together."""
        part = self.part
        results.check_version(part.singles.get("result"), part.name)
        for key in _NEEDED:
            if key not in part.singles:
                raise SourceError(f"{part.name}: not a hubscan result: {key} is missing")
        if "shard" not in part.singles:
            raise SourceError(f"{part.name}: the result of a whole scan, not of one with --shard I/N")
        if not 1 <= part.shard.index <= part.shard.count:
            raise SourceError(f"{part.name}: not a hubscan result: there is no shard {part.label}")
        if self.listed != part.summary.hubs:
            raise SourceError(f"{part.name}: counts {part.summary.hubs} hubs and lists {self.listed}")
        if self.strays:
            raise SourceError(f"{part.name}: says that it is shard {part.label}, and holds hubs of another")
