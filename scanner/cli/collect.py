"""``hubscan collect``: snapshot live hubs; judges nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from scanner import reference, settings
from scanner.cli import INCOMPLETE, INTERRUPTED, helping, options, output, scope
from scanner.errors import SourceError, UsageError
from scanner.sources import redaction, snapshot_begun, snapshot_writer
from scanner.sources.documents.members import COLLECTIONS, RULES


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


@click.command(
    "collect",
    cls=helping.Command,
    epilog=helping.examples(
        ("What you may see, into one file", "hubscan collect --all-subscriptions -o estate.jsonl.gz"),
        ("Go on with one that was cut off", "hubscan collect --resume estate.jsonl.gz"),
    ),
)
@scope.options
@click.option("-o", "--output", metavar="FILE", help="The snapshot to write: .jsonl, .jsonl.gz or .json.")
@click.option("--resume", metavar="FILE", help="Continue a snapshot that was interrupted.")
@scope.how_to_read
@options.quiet
@options.verbose
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
    plan = _Plan.of(ask, begun)
    if begun is not None and begun.complete:
        output.say(f"{begun.path}: is complete already")
        return INCOMPLETE if begun.gaps else 0
    reference.use(reference.Reference(settings.load(settings.find(Path.cwd())).data))
    scope.require_azure()
    from scanner.cli import live, record  # noqa: PLC0415 - imports the Azure libraries
    from scanner.sources.azure.collection import Run  # noqa: PLC0415 - imports the Azure libraries

    say = live.voice(redact=plan.redact)
    request = scope.request(
        plan.asked, wanted=plan.wanted, done=plan.done(begun), say=say if ask.verbose else None
    )
    run = Run(request)
    header = record.header(plan.asked, request, redact=plan.redact)
    with snapshot_writer.Writer(plan.file, header, begun) as writer:
        kept = record.Record(run, redact=plan.redact, writer=writer, begun=begun)
        for _ in kept.events(live.progress(run, say, wanted=not (ask.quiet or ask.no_progress))):
            pass
        kept.finish()
        if kept.failure is not None and not kept.hubs:
            writer.discard()
            raise kept.failure
    if not kept.whole:
        if kept.failure is not None:
            output.say(f"error: {kept.failure}")
        if not ask.quiet:
            say(record.unfinished(kept, plan.file))
        return INTERRUPTED if run.interrupted else INCOMPLETE
    if not kept.hubs and (run.subscriptions or not run.elsewhere):
        raise SourceError("\n".join(record.nothing(run, kept.gaps)))
    if not ask.quiet:
        kept.say()
    return INCOMPLETE if kept.gaps else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be done, from the command line and from the snapshot that is resumed."""

    file: Path
    asked: scope.Asked
    wanted: Collection[str]
    redact: bool

    @classmethod
    def of(cls, ask: Ask, begun: snapshot_begun.Begun | None) -> _Plan:
        """The plan.  Raises `UsageError` where command line and snapshot do not fit together."""
        wanted: Collection[str] = (RULES,) if ask.light else COLLECTIONS
        if begun is None:
            return cls(file=Path(ask.output or ""), asked=ask.scope, wanted=wanted, redact=ask.redact)
        source = begun.header.get("source")
        source = source if isinstance(source, dict) else {}
        kept = [name for name in COLLECTIONS if name in (source.get("collections") or COLLECTIONS)]
        redact = source.get("redacted") is True
        if ask.light and kept != [RULES]:
            raise UsageError(f"--resume {ask.resume}: was begun without --light")
        if ask.redact and not redact:
            raise UsageError(f"--resume {ask.resume}: was begun without --redact")
        digest = source.get("scopeDigest")
        if digest is not None and not ask.scope.named and not begun.complete:
            raise UsageError(f"--resume {ask.resume}: is redacted, and does not say its scope; name it again")
        saved = scope.restored(source.get("scope"))
        if saved is None and begun.hubs and not redact:
            raise UsageError(f"--resume {ask.resume}: does not say with which scope it was begun")
        if ask.scope.named and not _is_same(ask.scope, saved, digest):
            raise UsageError(f"--resume {ask.resume}: was begun with another scope; name the same, or none")
        return cls(
            file=Path(ask.output) if ask.output else begun.file,
            asked=ask.scope if saved is None or ask.scope.named else saved.signing_in_as(ask.scope),
            wanted=kept,
            redact=redact,
        )

    def done(self, begun: snapshot_begun.Begun | None) -> scope.Done | None:
        """Whether a hub, by its id in lower case, is in the snapshot already."""
        if begun is None:
            return None
        if self.redact:
            return lambda hub: redaction.text(hub).lower() in begun.hubs
        return begun.hubs.__contains__


def _is_same(asked: scope.Asked, saved: scope.Asked | None, digest: Any) -> bool:
    """Whether a scope is that of a snapshot, as far as its header tells."""
    if digest is not None:
        return bool(asked.digest() == digest)
    return saved is None or asked.same_scope(saved)


def _begun(ask: Ask) -> snapshot_begun.Begun | None:
    if ask.resume is None:
        if not ask.output:
            raise UsageError("name the snapshot to write: -o FILE (see 'hubscan collect --help')")
        return None
    begun = snapshot_begun.begun(Path(ask.resume))
    if begun is None:
        raise UsageError(f"--resume {ask.resume}: there is nothing to resume")
    return begun
