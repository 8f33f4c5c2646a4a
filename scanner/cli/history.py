"""``hubscan history``: what is remembered of earlier scans."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from scanner import settings
from scanner.cli import helping, history_text, options, output
from scanner.cli.recording import place
from scanner.errors import UsageError
from scanner.history import export as exporting
from scanner.history import pruning, questions
from scanner.history import trend as trends
from scanner.history.places import default_place
from scanner.history.store import History

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(
    "history",
    epilog=helping.examples(
        (
            "Begin one, and go on with it, by every scan",
            "hubscan scan --all-subscriptions --history audit.db",
        ),
        ("What happened since a day", "hubscan history --history audit.db since 2026-11-01"),
    ),
)
@options.history
@click.pass_context
def command(ctx: click.Context, history: str | None) -> None:
    """Say what is remembered of scans with --history: what is new, fixed, open, and for how long.

    FILE is the one of --history, of HUBSCAN_HISTORY, of 'history:' in hubscan.yaml, or .hubscan/history.db
    at the root of the repository.
    """
    ctx.obj = history


def _answering(function: Command) -> Command:
    """Give a command the options of one that answers with a table."""
    for option in (options.history, _OUTPUT):
        function = option(function)
    return function


Answer = tuple[Callable[[Sequence[history_text.Table]], Iterable[str]], Path | None]
"""How an answer is shown, and in which file, None for standard output."""

_FORMS: dict[str, Callable[[Sequence[history_text.Table]], Iterable[str]]] = {
    "table": history_text.as_table,
    "text": history_text.as_text,
    "json": history_text.as_json,
}


def _parsed(_ctx: click.Context, _param: click.Parameter, given: str | None) -> Answer:
    form, _, file = (given or output.default_format()).partition("=")
    if form not in _FORMS:
        raise UsageError(f"there is no format {form[:40]!r} of a history: it is one of {', '.join(_FORMS)}")
    return _FORMS[form], output.place(file)


_OUTPUT = click.option(
    "-o",
    "--output",
    "answer",
    metavar="FORMAT[=FILE]",
    callback=_parsed,
    help="How to answer: table (default on a terminal), text (default otherwise), json.",
)


@command.command("list", short_help="List every scan, and what it changed.")
@_answering
def list_scans(**given: Any) -> None:
    """List every scan: when, what it covered, what it found, and what that changed."""
    with _opened(given) as kept:
        rows = list(questions.scans(kept))
    _answer(given, [history_text.Table("scans", history_text.SCANS, rows)])


@command.command("trend", short_help="How open findings go over time, and how old they are.")
@click.option("--since", metavar="DATE", help="Only days from this one on.")
@_answering
def trend(*, since: str | None, **given: Any) -> None:
    """Say how open findings go over time, how old they are, how long fixing takes, and where they are."""
    first = _day(since) if since else ""
    with _opened(given) as kept:
        points = [point for point in trends.trend(kept).points if point.day >= first]
        paces, burn_downs = trends.paces(kept), trends.burn_downs(kept, first)
    _answer(given, history_text.trend(points, paces, burn_downs))


@command.command("show", short_help="One finding from its first scan to its last.")
@click.argument("fingerprint", metavar="FINGERPRINT")
@_answering
def show(*, fingerprint: str, **given: Any) -> None:
    """Show one finding from its first scan to its last; the beginning of its fingerprint is enough."""
    with _opened(given) as kept:
        lives = questions.lives(kept, fingerprint)
    _answer(given, history_text.lives(lives))


@command.command("since", short_help="What happened from a day on.")
@click.argument("day", metavar="DATE")
@_answering
def since(*, day: str, **given: Any) -> None:
    """Say what happened from a day on, YYYY-MM-DD: to findings, to hubs, and what could not be read."""
    day = _day(day)
    with _opened(given) as kept:
        found, count = list(questions.since(kept, day)), questions.count_since(kept, day)
        hubs, gaps = list(questions.hubs_since(kept, day)), list(questions.gaps_since(kept, day))
    tables = [
        history_text.Table("findings", history_text.EVENTS, found),
        history_text.Table("hubs", history_text.HUB_EVENTS, hubs),
        history_text.Table("gaps", history_text.GAPS, gaps),
    ]
    _answer(given, tables)
    if count > len(found):
        output.say(f"and {count - len(found)} more: hubscan history export --events -o jsonl")


@command.command("export", short_help="Every finding with its times, for other programs.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FORMAT[=FILE]",
    required=True,
    help="jsonl, or parquet=FILE (needs the extra of that name).",
)
@click.option("--events", is_flag=True, help="A row for each thing that happened, not for each finding.")
@options.history
def export(*, target: str, events: bool, **given: Any) -> None:
    """Write every finding that was ever recorded, with its times and its state, for other programs."""
    form, _, file = target.partition("=")
    where = output.place(file)
    chunks = exporting.writer(form, where is None)
    with _opened(given) as kept:
        rows = questions.events(kept) if events else questions.findings(kept)
        output.write_text(chunks(rows, events), where)


@command.command("prune", short_help="Forget what was over before a day.")
@click.option("--before", "day", metavar="DATE", required=True, help="The first day that is kept.")
@click.option(
    "--unseen",
    is_flag=True,
    help="Also what no scan has found since: its hub or policy is no more, and nobody said so.",
)
@options.history
def prune(*, day: str, unseen: bool, **given: Any) -> None:
    """Forget what was over before a day: scans, findings that are fixed or gone, gaps.

    What is open, unknown or exempt stays, and so do the figures of 'trend'.
    """
    before = datetime.date.fromisoformat(_day(day))
    with _opened(given, writing=True) as kept:
        forgotten = pruning.prune(kept, before, unseen=unseen)
    click.echo("forgot " + ", ".join(f"{count} {name}" for name, count in forgotten.items()))


def _opened(given: dict[str, Any], *, writing: bool = False) -> History:
    named = click.get_current_context().obj if given["history"] is None else given["history"]
    found = place(named, settings.Settings() if named else settings.load(settings.find(Path.cwd())))
    file = default_place(Path.cwd()) if found is None else found
    if not file.exists():
        # Also where something is to be written: there is nothing to forget in a file that is not there.
        writing = False
    return History(file, writing=writing)


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no date: write YYYY-MM-DD") from None


def _answer(given: dict[str, Any], tables: Sequence[history_text.Table]) -> None:
    shown, file = given["answer"]
    output.write_text(shown(tables), file)
