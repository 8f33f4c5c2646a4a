"""Hubs of a live Azure for a scan: collected, kept where that is asked for, and handed on to be judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import orjson

from scanner import sources
from scanner.cli import live, record, scope
from scanner.digests import LIVE
from scanner.model import Document, Gap, Report, SourceNote
from scanner.policy import Policy
from scanner.sources import redaction, snapshot_writer
from scanner.sources.azure.collection import Run
from scanner.sources.azure.events import HubRead, SubscriptionRead
from scanner.sources.documents.members import COLLECTIONS, RULES
from scanner.spool import Spool


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How much is said on standard error while Azure is read."""

    quiet: bool = False
    verbose: bool = False
    progress: bool = True


class LiveScan:
    """A live collection for one scan.

    ``save`` is the snapshot to write, None for none.  Raises `UsageError` for a scope that makes no
    sense.
    """

    def __init__(
        self,
        asked: scope.Asked,
        wanted: Iterable[str],
        *,
        save: str | None = None,
        redact: bool = False,
        inputs: sources.Inputs,
        voice: Voice,
    ) -> None:
        self._voice = voice
        self._say = live.voice(redact=redact)
        request = scope.request(asked, wanted=frozenset(wanted), say=self._say if voice.verbose else None)
        self._file = Path(save) if save else None
        # Judged by its real ids, so that exemptions and fingerprints hold: the report is redacted later.
        self._redact = redact
        self._header = record.header(asked, request, redact=redact)
        self._endpoint = request.cloud.endpoint
        self._run = Run(request)
        self._record: record.Record | None = None
        self._inputs = inputs

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended it before everything was read."""
        return self._run.interrupted

    @property
    def empty_for_others(self) -> bool:
        """Whether there is nothing in it because all of it is in other shards."""
        return bool(self._run.elsewhere) and not self._run.subscriptions

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The ids of the subscriptions that are asked for and left to other shards."""
        return self._run.elsewhere

    def parts(self) -> Iterator[sources.Part]:
        """The same as `sources.pieces`, from Azure.  Raises `ScannerError` where nobody is signed in."""
        # Hubs come last and in order, when all subscriptions that they may name are known.
        subscriptions: dict[str, Document] = {}
        with Spool() as hubs:
            with self._writer() as writer:
                kept = self._record = record.Record(self._run, redact=self._redact, writer=writer)
                shown = live.progress(
                    self._run, self._say, wanted=self._voice.progress and not self._voice.quiet
                )
                for event in kept.events(shown):
                    if isinstance(event, HubRead):
                        hubs.add(str(event.document["id"]).lower(), orjson.dumps(event.document))
                    elif isinstance(event, SubscriptionRead) and event.document:
                        subscriptions[str(event.document["subscriptionId"]).lower()] = event.document
                    elif isinstance(event, Gap):
                        yield event
                kept.finish()
            if kept.failure is not None and not kept.hubs:
                raise kept.failure
            context = sources.Context(subscriptions=subscriptions, at=self._header["collected_at"])
            seen = {
                name: hashlib.sha256(self._line("subscription", document))
                for name, document in subscriptions.items()
            }
            for index, (key, document) in enumerate(hubs):
                seen.setdefault(key.split("/")[2], hashlib.sha256()).update(self._line("hub", document))
                yield sources.Piece(raw=orjson.dumps(document), context=context, index=index)
            for name, whole in seen.items():
                self._inputs.add_as(f"{LIVE}{name}", whole.hexdigest())
        yield from self._end(kept)
        if not self._voice.quiet and (kept.hubs or self.empty_for_others):
            kept.say(gaps=False)
            if not kept.whole and self._file is not None:
                self._say(record.unfinished(kept, self._file))

    def nothing(self, report: Report) -> str:
        """Why there is no hub to judge, a line each."""
        kinds: dict[str, int] = {}
        for hub in report.hubs:
            kinds[hub.kind] = kinds.get(hub.kind, 0) + 1
        lines = record.nothing(self._run, report.gaps)
        if kinds:
            listed = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(kinds.items()))
            lines[0] = f"nothing to scan: no workspace that a selected policy judges ({listed})"
        return "\n".join(lines)

    def _writer(self) -> AbstractContextManager[snapshot_writer.Writer | None]:
        return nullcontext() if self._file is None else snapshot_writer.Writer(self._file, self._header)

    def _line(self, name: str, document: Document) -> bytes:
        """The line of a document in the snapshot of this scan."""
        held = redaction.document(document) if self._redact else document
        return orjson.dumps({name: held}, option=orjson.OPT_APPEND_NEWLINE)

    def _end(self, kept: record.Record) -> Iterator[sources.Part]:
        """What is said of the whole: when, from where, and why it is not all."""
        if kept.failure is not None:
            yield Gap(subject=self._endpoint, reason="forbidden", code="SignedOut", detail=str(kept.failure))
        elif self.interrupted:
            yield Gap(
                subject=self._endpoint,
                reason="failed",
                code="Interrupted",
                detail="interrupted before everything was read",
            )
        yield sources.Taken(at=self._header["collected_at"])
        yield SourceNote(kind="azure", path=self._endpoint, hubs=kept.hubs)


def wanted(policies: Iterable[Policy], *, light: bool) -> frozenset[str]:
    """The collections that some policies judge by: what they say they need, and what they speak of.

    What a function reads that is given the whole hub is known for the usual ones; for one that is not
    among them it is everything.
    """
    if light:
        return frozenset({RULES})
    found = {RULES}
    for policy in policies:
        found.update(policy.needs)
        for expression in (policy.require, policy.when, policy.each, *policy.message.expressions):
            if expression is not None:
                found.update(_spoken_of(expression.text))
    return frozenset(name for name in COLLECTIONS if name in found)


def _spoken_of(text: str) -> Iterable[str]:
    """The collections that an expression may read."""
    plain = _QUOTED.sub("", text)
    read = {name for name in COLLECTIONS if name in text}
    for function in _CALL.findall(plain):
        read.update(_READ.get(function, COLLECTIONS))
    # Where the hub is handed on by another name, whatever it is handed to may read anything.
    return COLLECTIONS if _HUB.search(_CALL.sub("", plain)) else read


_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\"(?:[^\"\\]|\\.)*\"")
_CALL = re.compile(r"\b(\w+)\(\s*hub\b(?!\s*\.)")
_HUB = re.compile(r"\bhub\b(?!\s*\.)")
_READ: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("isolation_mode", "rules", "user_rules", "fqdn_hosts", "shadowed_rules"), ()),
    **dict.fromkeys(("repeated_names", "duplicate_rules", "endpoints_to"), ()),
    **dict.fromkeys(("collected", "read_in_full", "gap", "origin"), ()),
    **dict.fromkeys(("resource", "known_resource", "namesake", "deletion", "children"), ("resources",)),
    **dict.fromkeys(("endpoint_states", "subscription"), ("resources",)),
    **dict.fromkeys(("linked_resources", "connected_resources"), ("connections", "projects")),
    "destinations": ("connections",),
    "assigned_roles": ("roleAssignments", "resources"),
}
"""What a function reads of the hub that it is given, beside its rules and properties."""
