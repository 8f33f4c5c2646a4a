"""``hubscan scan``: judge hubs."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__, digests, sources
from scanner import scan as scanning
from scanner.cli import INTERRUPTED, helping, options, output, scope, standard_input
from scanner.cli.judging import basis, config_path, exit_code, threshold
from scanner.cli.looks import looks
from scanner.cli.recording import Keeper, place
from scanner.cli.request import Request
from scanner.desk import Desk, Rules
from scanner.errors import SourceError, UsageError
from scanner.model import Input, Report
from scanner.sources import Inputs, Part
from scanner.sources.parts import UNRECOGNISED, Say

if TYPE_CHECKING:
    from scanner.cli.before import Before
    from scanner.cli.live_scan import LiveScan
    from scanner.transitions import Comparison


@click.command(
    "scan",
    cls=helping.Command,
    epilog=helping.examples(
        (
            "Code before it is merged; only what the change brings counts",
            "hubscan scan infra --against origin/main",
        ),
        (
            "Every subscription; what was read and what was found are kept",
            "hubscan scan --all-subscriptions --save-snapshot estate.jsonl.gz -o json=audit.json",
        ),
        (
            "A snapshot again, by other policies",
            "hubscan scan estate.jsonl.gz -p my-policies --select 'fqdn-*'",
        ),
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@options.judging
@options.code
@options.stdin_name
@options.counting
@click.option(
    "--allow-empty", is_flag=True, envvar="HUBSCAN_ALLOW_EMPTY", help="No hub in PATH is exit code 0."
)
@click.option(
    "--show-passes",
    is_flag=True,
    envvar="HUBSCAN_SHOW_PASSES",
    help="List what passed and what did not apply.",
)
@scope.options
@click.option(
    "--baseline",
    metavar="RESULT.json",
    multiple=True,
    envvar="HUBSCAN_BASELINE",
    help="A saved JSON result: only findings that it lacks count (repeatable).",
)
@click.option(
    "--against",
    metavar="REF-OR-PATH",
    envvar="HUBSCAN_AGAINST",
    help="The state before: a path, or a git ref to read PATH of.  Adds the policies that judge what"
    " changed; only findings that are new since then count.",
)
@click.option(
    "--save-snapshot", metavar="FILE", help="Keep what was read of Azure: .jsonl, .jsonl.gz or .json."
)
@options.history
@scope.how_to_read
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    envvar="HUBSCAN_JOBS",
    help="Processes to judge with (default: as many as pay off; one for hubs of Azure).",
)
@options.quiet
@options.verbose
@options.no_color
def command(*, config: str | None, **given: Any) -> int:
    """Judge hubs.

    PATH is a file or folder: infrastructure code (Azure ML YAML, Bicep, ARM templates, Terraform and its
    plans as JSON), snapshots (.json, .jsonl, .jsonl.gz) and answers of the Azure API as az, az rest and
    Resource Graph save them.  With --subscription, --management-group, --all-subscriptions or --hub and no
    PATH, hubs are read from Azure.
    """
    return perform(Request(config=config_path(config), config_name=config, scope=scope.taken(given), **given))


def perform(request: Request) -> int:
    """Scan as asked, write the reports, and return the exit code."""
    _check(request)
    targets = output.parse(request.outputs)
    output.spare_read(targets, (*request.paths, request.against))
    output.spare(targets, request.save_snapshot, "--save-snapshot")
    judged = basis(request)
    config, rules = judged.config, judged.rules
    style = looks(config, request.template)
    history = place(request.history, config)
    output.spare(targets, history, "--history")
    keeper = Keeper(history, quiet=request.quiet)
    say = output.say if request.verbose else None
    inputs = Inputs()
    digested = inputs if output.tells_digests(request.outputs) else None
    live = _live(request, rules, inputs) if request.scope.named else None
    parts: Iterable[Part] = _parts(request, say, digested) if live is None else live.parts()
    with _before(request, rules, say, inputs) as earlier:
        if earlier is not None and request.against is not None:
            parts = earlier.comparison.through(parts)
        known = None if earlier is None else earlier.known
        make = functools.partial(_desk, request)
        # What reads Azure has threads, which no process with one of its own memory may be made of.
        jobs = request.jobs if live is None else 1
        with scanning.run(parts, rules, __version__, make, jobs, known) as scan:
            if live is not None and known is not None:
                scan.meet(live.elsewhere)
            report = _report(request, earlier, scan, judged.notices)
            if digested is not None:
                report = replace(report, digests=digests.digests(judged.digest(), _read(request, inputs)))
            stopped = live is not None and live.interrupted
            found = scan.tally.judged or scan.elsewhere or (live is None and _may_hold_hubs(report))
            found = found or stopped or (live is not None and live.empty_for_others)
            if not found and not request.allow_empty:
                raise SourceError(_nothing(report, request.paths) if live is None else live.nothing(report))
            if not request.quiet:
                for notice in report.notices:
                    output.say(notice)
            others = [policy.card.id for policy in rules.others]
            read = None if keeper.file is None else report.scope or _files(request)
            report = keeper.kept(report, read, others)
            output.write(report, targets, color=not request.no_color, style=style)
            if not request.quiet:
                output.tell(report, targets)
    keeper.raise_failure()
    code = exit_code(report, threshold(request, config), fail_on_unknown=request.fail_on_unknown)
    return INTERRUPTED if stopped else code


def _parts(request: Request, say: Say | None, inputs: Inputs | None) -> Iterator[Part]:
    paths, held = standard_input.held(request.paths, request.stdin_name)
    return sources.pieces(paths, say, code=request.code(), held=held, inputs=inputs)


def _read(request: Request, inputs: Inputs) -> Iterator[Input]:
    """What was read so far, by the names that the report may tell."""
    name: Callable[[str], str] = str
    if request.redact:
        from scanner.sources import redaction  # noqa: PLC0415 - most reports are written as they are

        name = redaction.text
    return (Input(path=name(path), sha256=digest) for path, digest in inputs.read.items())


def _before(
    request: Request, rules: Rules, say: Say | None, inputs: Inputs
) -> contextlib.AbstractContextManager[Before | None]:
    """What there is to compare with."""
    if request.against is None and not request.baseline:
        return contextlib.nullcontext()
    from scanner.cli import before  # noqa: PLC0415 - most scans know one state

    return before.entered(request, rules, say, inputs)


def _report(
    request: Request, earlier: Before | None, scan: scanning.Scan, told_first: Sequence[str]
) -> Report:
    """The report of a scan, with what is different from before."""
    told = () if earlier is None else (*earlier.notices, *tell(earlier.comparison, scan))
    report = scan.report()
    notices = (*told_first, *report.notices, *told)
    report = replace(report, notices=notices, scope=_live_scope(request))
    if earlier is not None and request.against is not None:
        every = earlier.comparison.sorted_changes()
        mine = tuple(change for change in every if scan.rules.concern(change.hub.id))
        report = replace(report, changes=mine)
    return _redacted(report) if request.redact else report


def _check(request: Request) -> None:
    """Raises `UsageError` where it is not clear what is to be scanned."""
    if request.paths and request.scope.named:
        raise UsageError("a PATH or hubs of Azure, not both: scan them one after the other")
    if not request.paths and not request.scope.named:
        raise UsageError(
            "nothing to scan: name a PATH, or hubs of Azure with --subscription, --management-group,"
            " --all-subscriptions or --hub (see 'hubscan scan --help')"
        )
    live = {
        "--save-snapshot": request.save_snapshot,
        "--light": request.light,
        "--exclude-subscription": request.scope.exclude_subscriptions,
    }
    for option, given in live.items():
        if given and request.paths:
            raise UsageError(f"{option} is for hubs of Azure, not for a PATH")


def _live(request: Request, rules: Rules, inputs: Inputs) -> LiveScan:
    """The hubs of Azure that the scope options name."""
    scope.require_azure()
    from scanner.cli import live_scan  # noqa: PLC0415 - imports the Azure libraries

    return live_scan.LiveScan(
        request.scope,
        live_scan.wanted((*rules.policies, *rules.others), light=request.light),
        save=request.save_snapshot,
        redact=request.redact,
        inputs=inputs,
        voice=live_scan.Voice(quiet=request.quiet, verbose=request.verbose, progress=not request.no_progress),
    )


def _redacted(report: Report) -> Report:
    from scanner.sources import redaction  # noqa: PLC0415 - most reports are written as they are

    return redaction.report(report)


def tell(comparison: Comparison, scan: scanning.Scan) -> tuple[str, ...]:
    """Hand over what a comparison found to the scan that makes the report.

    What comes back are the notices about hubs that only one of the states has.
    """
    rules = scan.rules
    for note in comparison.sources:
        scan.take(note)
    for gap in comparison.gaps:
        scan.take(gap)
    desk = Desk(replace(rules, policies=()))
    for hub, verdicts in comparison.judged:
        if rules.concern(hub.ref.id):
            scan.add(desk.written(hub, verdicts))
    mine = (change for change in comparison.one_sided if rules.concern(change.hub.id))
    return tuple(scanning.one_sided_notices(mine))


def _live_scope(request: Request) -> dict[str, Any] | None:
    return request.scope.what() if request.scope.named else None


def _files(request: Request) -> dict[str, Any] | None:
    """The files that were asked for and how to read them; None for standard input, which may be any file."""
    if "-" in request.paths:
        return None
    return {
        field.name: str(getattr(request, field.name))
        for field in fields(request)
        if field.name not in _NOT_WHERE
    }


_NOT_WHERE = frozenset(
    (
        *("outputs", "template", "folders", "no_bundled_policies", "select", "ignore", "parameters"),
        *("config", "config_name", "policy_ref", "fail_on", "fail_on_unknown", "allow_empty", "show_passes"),
        *("bicep_build", "today", "baseline", "against", "history", "redact", "no_progress", "jobs"),
        *("quiet", "verbose", "no_color"),
    )
)
"""What a command line says beside where hubs are."""


def _desk(request: Request) -> Desk:
    """The desk of another process: by the same rules."""
    return Desk(basis(request).rules)


def _may_hold_hubs(report: Report) -> bool:
    """Whether something was not read in which there may be a hub: not a file that is of no known kind."""
    return any(gap.code != UNRECOGNISED for gap in report.gaps)


def _nothing(report: Report, paths: Sequence[str]) -> str:
    where = ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")
    lines = [f"nothing to scan: no hub in {where}"]
    kinds: dict[str, int] = {}
    for hub in report.hubs:
        kinds[hub.kind] = kinds.get(hub.kind, 0) + 1
    if kinds:
        listed = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(kinds.items()))
        lines[0] += f" that a selected policy judges ({listed})"
    else:
        lines[0] += " ('hubscan scan --help' names what is read; with --allow-empty this is exit code 0)"
    lines += [f"{gap.subject}: {gap.detail or gap.reason}" for gap in report.gaps[:20]]
    return "\n".join(lines)
