"""``hubscan collect``: snapshot live hubs; judges nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import reference, settings
from scanner.cli import CANNOT, INCOMPLETE, INTERRUPTED, output, scope
from scanner.errors import ScannerError, SourceError, UsageError
from scanner.model import Document, Gap
from scanner.sources import snapshot_writer
from scanner.sources.documents.gaps import read_gap
from scanner.sources.documents.members import COLLECTIONS, RULES
from scanner.sources.redaction import Redaction
from scanner.sources.snapshot_header import VERSION

if TYPE_CHECKING:
    from scanner.sources.azure.collection import Event, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a command line asks of a collection."""

    scope: scope.Asked
    output: str | None = None
    resume: str | None = None
    light: bool = False
    redact: bool = False
    quiet: bool = False
    verbose: bool = False
    no_progress: bool = False


@click.command("collect")
@scope.options
@click.option("-o", "--output", metavar="FILE", help="The snapshot to write: .jsonl, .jsonl.gz or .json.")
@click.option("--resume", metavar="FILE", help="Continue a snapshot that was interrupted.")
@click.option("--light", is_flag=True, help="Only workspaces and their outbound rules.")
@click.option("--redact", is_flag=True, help="Pseudonyms for subscriptions, tenants and principals.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing on standard error but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is read.")
@click.option("--no-progress", is_flag=True, help="No progress on standard error.")
def command(**given: Any) -> int:
    """Snapshot the hubs of a live Azure, and judge nothing.

    Everything is only read.  Exit codes: 0 all that was asked for was read; 3 something could not be;
    2 there is no hub; 130 interrupted, what was read is in the file.
    """
    asked = scope.taken(given)
    return perform(Ask(scope=asked, **given))


def perform(ask: Ask) -> int:
    """Collect as asked and return the exit code."""
    begun = _begun(ask)
    asked = _asked(ask, begun)
    file = Path(ask.output or ask.resume or "")
    if begun is not None and begun.complete:
        output.say(f"{begun.path}: is complete already")
        return 0
    wanted = (RULES,) if ask.light else COLLECTIONS
    reference.use(reference.Reference(settings.load(settings.find(Path.cwd())).data))
    request = scope.request(
        asked,
        wanted=wanted,
        done=begun.hubs if begun is not None and not ask.redact else (),
        say=output.say if ask.verbose else None,
    )
    from scanner.cli import live  # noqa: PLC0415 - imports the Azure libraries
    from scanner.sources.azure.collection import Run  # noqa: PLC0415 - imports the Azure libraries

    run = Run(request)
    taken = Snapshot(run, ask.redact)
    shown = live.progress(run, quiet=ask.quiet, no_progress=ask.no_progress)
    with snapshot_writer.Writer(file, header(asked, request.cloud, ask), begun) as writer:
        taken.hubs = len(request.done)
        failure = None
        try:
            for event in live.events(run, shown):
                taken.write(event, writer)
        except ScannerError as error:
            failure = error
        return _ended(ask, run, taken, writer, failure)


def header(asked: scope.Asked, cloud: Any, ask: Ask) -> Document:
    """The header line of a snapshot."""
    return {
        "snapshot": VERSION,
        "collected_at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": {
            "kind": "azure",
            "cloud": cloud.name,
            "endpoint": cloud.endpoint,
            "light": ask.light,
            "redacted": ask.redact,
            # A redacted snapshot does not say whose it is.
            "scope": None if ask.redact else asked.saved(),
        },
    }


@dataclass(slots=True)
class Snapshot:
    """Passes on to a writer what a run reads, and keeps count."""

    run: Run
    redact: bool
    hubs: int = 0
    gaps: list[Gap] = field(default_factory=list)
    redaction: Redaction = field(default_factory=Redaction)

    def write(self, event: Event, writer: snapshot_writer.Writer | None) -> Event:
        """Write an event, redacted where that is asked for, and return it as it was written."""
        from scanner.sources.azure import collection  # noqa: PLC0415 - imports the Azure libraries

        if isinstance(event, collection.HubRead):
            document = self.redaction.value(event.document) if self.redact else event.document
            event = collection.HubRead(document=document, subscription=event.subscription)
            self.hubs += 1
            self.gaps += [read_gap(entry, "gaps", str(document.get("id"))) for entry in document["gaps"]]
            if writer is not None:
                writer.hub(document)
        elif isinstance(event, collection.SubscriptionRead):
            document = self.redaction.value(event.document) if self.redact else event.document
            event = collection.SubscriptionRead(document=document, workspaces=event.workspaces)
            if writer is not None:
                writer.subscription(document)
        elif isinstance(event, Gap):
            event = self.redaction.gap(event) if self.redact else event
            self.gaps.append(event)
            if writer is not None:
                writer.gap(event)
        return event


def _begun(ask: Ask) -> snapshot_writer.Begun | None:
    if ask.resume is None:
        if not ask.output:
            raise UsageError("name the snapshot to write: -o FILE (see 'hubscan collect --help')")
        return None
    begun = snapshot_writer.begun(Path(ask.resume))
    if begun is None:
        raise UsageError(f"--resume {ask.resume}: there is nothing to resume")
    source = begun.header.get("source")
    source = source if isinstance(source, dict) else {}
    for name in ("light", "redacted"):
        if bool(source.get(name)) != (ask.light if name == "light" else ask.redact):
            option = "--light" if name == "light" else "--redact"
            how = "with" if source.get(name) else "without"
            raise UsageError(f"--resume {ask.resume}: was begun {how} {option}")
    return begun


def _asked(ask: Ask, begun: snapshot_writer.Begun | None) -> scope.Asked:
    """The scope of the command line; where it names none, that of the snapshot to resume."""
    source = begun.header.get("source") if begun is not None else None
    saved = scope.restored(source.get("scope")) if isinstance(source, dict) else None
    if saved is None:
        return ask.scope
    if not ask.scope.named:
        return saved
    if not ask.scope.same_scope(saved):
        raise UsageError(f"--resume {ask.resume}: was begun with another scope; name the same, or none")
    return ask.scope


def _ended(
    ask: Ask, run: Run, taken: Snapshot, writer: snapshot_writer.Writer, failure: ScannerError | None
) -> int:
    from scanner.cli import live  # noqa: PLC0415 - imports the Azure libraries

    if failure is not None or run.interrupted:
        if failure is not None:
            click.echo(f"hubscan: error: {failure}", err=True)
        if taken.hubs == 0 and failure is not None:
            return CANNOT
        if not ask.quiet:
            again = f"hubscan collect --resume {writer.path}"
            output.say(f"{taken.hubs} hubs are in {writer.path}; to continue: {again}")
        return INTERRUPTED if run.interrupted else INCOMPLETE
    writer.finish(apiVersions=run.substitutes, **({"notes": run.notes} if run.notes else {}))
    if not ask.quiet:
        report(run, taken, live.grouped(taken.gaps))
    if not taken.hubs:
        raise SourceError("\n".join(nothing(run, taken.gaps)))
    return INCOMPLETE if taken.gaps else 0


def report(run: Run, taken: Snapshot, causes: list[str]) -> None:
    """Say what was read and what was not."""
    for note in run.notes:
        output.say(note)
    for kind, version in run.substitutes.items():
        output.say(f"{kind} was read in api-version {version}: this cloud does not offer ours")
    for line in causes:
        output.say(f"gap: {line}")
    output.say(
        f"{taken.hubs} hubs, {run.subscriptions} subscriptions, {len(taken.gaps)} gaps, {run.meter.total} calls"
        + (f", throttled {run.meter.throttled} times" if run.meter.throttled else "")
    )


def nothing(run: Run, gaps: list[Gap]) -> list[str]:
    """Why there is no hub, a line each."""
    read = run.subscriptions
    lines = [f"no hub found: {read} {'subscription was' if read == 1 else 'subscriptions were'} read"]
    if not gaps and read:
        lines[0] += ", without any workspace in it" if read == 1 else ", without any workspace in them"
    lines += run.notes
    lines += [f"{gap.subject}: {gap.detail or gap.reason}" for gap in gaps[:20]]
    return lines
