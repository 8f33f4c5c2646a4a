"""What a live collection leaves behind: the snapshot, counts, and what is said of it at the end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from scanner.cli import live, output, scope
from scanner.errors import ScannerError
from scanner.model import Document, Gap
from scanner.sources import redaction, snapshot_begun, snapshot_writer
from scanner.sources.azure.collection import Request, Run
from scanner.sources.azure.events import Event, HubRead, SubscriptionRead
from scanner.sources.documents.gaps import read_gap
from scanner.sources.snapshot_header import VERSION

_TOLD = 20


class Record:
    """A run, and what came of it so far.

    ``failure`` is what ended it early, None where nothing did.  ``hubs`` and ``gaps`` are also those
    that an earlier run left.
    """

    def __init__(
        self,
        run: Run,
        *,
        redact: bool,
        writer: snapshot_writer.Writer | None,
        begun: snapshot_begun.Begun | None = None,
    ) -> None:
        self.run = run
        self.hubs = len(begun.hubs) if begun is not None else 0
        self.gaps: list[Gap] = [*begun.kept] if begun is not None else []
        self.failure: ScannerError | None = None
        self._redact = redact
        self._writer = writer

    @property
    def whole(self) -> bool:
        """Whether the run came to its end."""
        return self.failure is None and not self.run.interrupted

    def events(self, shown: live.Progress) -> Iterator[Event]:
        """What the run reads; the snapshot has it already, with pseudonyms where those are asked for."""
        try:
            for event in live.events(self.run, shown):
                self._keep(event)
                yield event
        except ScannerError as error:
            self.failure = error

    def finish(self) -> None:
        """Put the snapshot in its place, if the run came to its end."""
        if self._writer is not None and self.whole:
            notes = {"notes": self.run.notes} if self.run.notes and not self._redact else {}
            self._writer.finish(apiVersions=self.run.substitutes, **notes)

    def say(self, *, gaps: bool = True) -> None:
        """Say what was read and what was not; without the gaps where something else names them."""
        say = live.voice(redact=self._redact)
        for note in self.run.notes:
            say(note)
        for kind, version in self.run.substitutes.items():
            say(f"{kind} was read in api-version {version}: this cloud does not offer ours")
        for line in live.grouped(self.gaps) if gaps else ():
            say(f"gap: {line}")
        meter = self.run.meter
        counts = (
            f"{live.count(self.hubs, 'hub')}, {live.count(self.run.subscriptions, 'subscription')},"
            f" {live.count(len(self.gaps), 'gap')}, {live.count(meter.total, 'call')}"
        )
        output.say(counts + (f", throttled {live.count(meter.throttled, 'time')}" if meter.throttled else ""))

    def _keep(self, event: Event) -> None:
        if isinstance(event, HubRead):
            document = redaction.document(event.document) if self._redact else event.document
            self.hubs += 1
            self.gaps += [read_gap(entry, "gaps", str(document.get("id"))) for entry in document["gaps"]]
            if self._writer is not None:
                self._writer.hub(document)
        elif isinstance(event, SubscriptionRead):
            document = redaction.document(event.document) if self._redact else event.document
            if self._writer is not None and document:
                self._writer.subscription(document)
        elif isinstance(event, Gap):
            gap = redaction.gap(event) if self._redact else event
            self.gaps.append(gap)
            if self._writer is not None:
                self._writer.gap(gap)


def header(asked: scope.Asked, request: Request, *, redact: bool) -> Document:
    """The header line of a snapshot.  One that is redacted tells scopes apart, and no scope."""
    source = {
        "kind": "azure",
        "cloud": request.cloud.name,
        "endpoint": request.cloud.endpoint,
        "collections": sorted(request.wanted),
        "redacted": redact,
    }
    return {
        "snapshot": VERSION,
        "collected_at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": source | ({"scopeDigest": asked.digest()} if redact else {"scope": asked.saved()}),
    }


def unfinished(record: Record, file: Path) -> str:
    """What to do about a snapshot that was not finished."""
    return f"{live.count(record.hubs, 'hub')} kept; to continue: hubscan collect --resume {file}"


def nothing(run: Run, gaps: Iterable[Gap]) -> list[str]:
    """Why there is no hub, a line each."""
    gaps = tuple(gaps)
    causes = [f"{gap.subject}: {gap.detail or gap.reason}" for gap in gaps]
    lines = [f"no hub found in {live.count(run.subscriptions, 'subscription')}"]
    if not causes and run.subscriptions:
        lines[0] += ": there is no workspace in " + ("it" if run.subscriptions == 1 else "them")
    if any(gap.detail and gap.detail.startswith("no answer") for gap in gaps):
        lines[0] += " (no answer: check the network, HTTPS_PROXY and --arm-endpoint)"
    elif causes:
        lines[0] += " ('hubscan doctor' with the same scope says what this identity may read)"
    lines += run.notes
    more = len(causes) - _TOLD
    return lines + causes[:_TOLD] + ([f"and {live.count(more, 'more cause')}"] if more > 0 else [])
