"""``hubscan scan``: judge hubs."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__, exemptions, policies, positions, reference, schema, settings, shards, sources
from scanner import scan as scanning
from scanner.cli import FINDINGS, INCOMPLETE, INTERRUPTED, output, scope
from scanner.desk import Desk, Rules
from scanner.errors import ConfigError, SourceError, UsageError
from scanner.functions import dates
from scanner.model import Report, Severity, Shard
from scanner.policy import Policy
from scanner.sources import Part, redaction
from scanner.sources.parts import SYNTAX
from scanner.transitions import Comparison

if TYPE_CHECKING:
    from scanner.cli.live_scan import LiveScan

THRESHOLDS = (*(str(severity) for severity in Severity), "never")

DEFAULT_FAIL_ON = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a command line asks of a scan.  ``config`` is the file to read, None for none."""

    paths: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    no_bundled_policies: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    parameter_files: tuple[str, ...] = ()
    config: Path | None = None
    fail_on: str | None = None
    fail_on_unknown: bool = False
    allow_empty: bool = False
    show_passes: bool = False
    today: str | None = None
    against: str | None = None
    scope: scope.Asked = field(default_factory=scope.Asked)
    light: bool = False
    save_snapshot: str | None = None
    redact: bool = False
    no_progress: bool = False
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


@click.command("scan")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "-p",
    "--policies",
    "folders",
    metavar="PATH",
    multiple=True,
    envvar="HUBSCAN_POLICIES",
    help="File or folder of further policies (repeatable).",
)
@click.option(
    "--no-bundled-policies",
    is_flag=True,
    envvar="HUBSCAN_NO_BUNDLED_POLICIES",
    help="Judge by the policies of -p alone.",
)
@click.option(
    "--select",
    metavar="GLOB",
    multiple=True,
    envvar="HUBSCAN_SELECT",
    help="Only these: policy ids, or category:NAME (repeatable).",
)
@click.option(
    "--ignore", metavar="GLOB", multiple=True, envvar="HUBSCAN_IGNORE", help="Not these (repeatable)."
)
@click.option(
    "--param",
    "parameters",
    metavar="ID.NAME=VALUE",
    multiple=True,
    envvar="HUBSCAN_PARAM",
    help="A policy parameter; VALUE is YAML (repeatable).",
)
@click.option(
    "--parameters",
    "parameter_files",
    metavar="FILE",
    multiple=True,
    envvar="HUBSCAN_PARAMETERS",
    help="Parameter file to deploy templates with, in place of those beside them (repeatable).",
)
@click.option(
    "--config",
    metavar="FILE",
    envvar="HUBSCAN_CONFIG",
    help="Configuration (default: the nearest hubscan.yaml, up to the root of the repository).",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FORMAT[=FILE]",
    multiple=True,
    envvar="HUBSCAN_OUTPUT",
    help="A report to write (repeatable): table, text, json, jsonl, sarif, markdown.",
)
@click.option(
    "--fail-on",
    type=click.Choice(THRESHOLDS),
    envvar="HUBSCAN_FAIL_ON",
    help=f"Least severity of a finding that gives exit code 1 (default {DEFAULT_FAIL_ON}).",
)
@click.option(
    "--fail-on-unknown",
    is_flag=True,
    envvar="HUBSCAN_FAIL_ON_UNKNOWN",
    help="Unknown verdicts count as findings.",
)
@click.option(
    "--allow-empty", is_flag=True, envvar="HUBSCAN_ALLOW_EMPTY", help="No hub in PATH is exit code 0."
)
@click.option(
    "--show-passes",
    is_flag=True,
    envvar="HUBSCAN_SHOW_PASSES",
    help="List what passed and what did not apply.",
)
@click.option(
    "--today",
    metavar="DATE",
    envvar="HUBSCAN_TODAY",
    help="The day that exemptions are judged against (default: the clock's).",
)
@scope.options
@click.option(
    "--against",
    metavar="PATH",
    envvar="HUBSCAN_AGAINST",
    help="The state before, read like PATH: adds the policies that judge what changed.",
)
@click.option(
    "--save-snapshot", metavar="FILE", help="Keep what was read of Azure: .jsonl, .jsonl.gz or .json."
)
@scope.how_to_read
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    envvar="HUBSCAN_JOBS",
    help="Processes to judge with (default: as many as pay off; one for hubs of Azure).",
)
@click.option("-q", "--quiet", is_flag=True, help="Nothing on standard error but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is read.")
@click.option("--no-color", is_flag=True, help="No colour, also on a terminal (so does NO_COLOR).")
def command(*, config: str | None, **options: Any) -> int:
    """Judge hubs.

    PATH is a file or folder: infrastructure code (Azure ML YAML, ARM templates, Terraform plans as JSON),
    snapshots (.json, .jsonl, .jsonl.gz) and answers of the Azure API as az, az rest and Resource Graph
    save them.  With --subscription, --management-group, --all-subscriptions or --hub and no PATH, hubs
    are read from Azure.
    """
    return perform(Request(config=config_path(config), scope=scope.taken(options), **options))


def perform(request: Request) -> int:
    """Scan as asked, write the reports, and return the exit code."""
    _check(request)
    targets = output.parse(request.outputs)
    config = settings.load(request.config)
    rules = judged_by(request, config)
    say = output.say if request.verbose else None
    live = _live(request, rules) if request.scope.named else None
    parts: Iterable[Part] = (
        sources.pieces(request.paths, say, parameters=request.parameter_files)
        if live is None
        else live.parts()
    )
    comparison = Comparison(rules.others)
    if request.against is not None:
        # A Terraform plan holds both states: against itself, it is what is there that comes before.
        is_plan = request.against in request.paths
        comparison.read(sources.pieces((request.against,), say, before=is_plan))
        parts = comparison.through(parts)
    make = functools.partial(_desk, request)
    # What reads Azure has threads, which no process with one of its own memory may be made of.
    jobs = request.jobs if live is None else 1
    with scanning.run(parts, rules, __version__, make, jobs) as scan:
        told = tell(comparison, scan)
        report = scan.report()
        report = replace(report, notices=(*report.notices, *told))
        report = redaction.report(report) if request.redact else report
        stopped = live is not None and live.interrupted
        found = scan.tally.judged or scan.elsewhere or _is_broken_code(report)
        found = found or stopped or (live is not None and live.empty_for_others)
        if not found and not request.allow_empty:
            raise SourceError(_nothing(report, request.paths) if live is None else live.nothing(report))
        if not request.quiet:
            for notice in report.notices:
                output.say(notice)
        output.write(report, targets, color=not request.no_color)
    code = exit_code(report, threshold(request, config), fail_on_unknown=request.fail_on_unknown)
    return INTERRUPTED if stopped else code


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


def _live(request: Request, rules: Rules) -> LiveScan:
    """The hubs of Azure that the scope options name."""
    scope.require_azure()
    from scanner.cli import live_scan  # noqa: PLC0415 - imports the Azure libraries

    return live_scan.LiveScan(
        request.scope,
        live_scan.wanted((*rules.policies, *rules.others), light=request.light),
        save=request.save_snapshot,
        redact=request.redact,
        voice=live_scan.Voice(quiet=request.quiet, verbose=request.verbose, progress=not request.no_progress),
    )


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
    return tuple(f"{change.hub.name}: {change.detail}" for change in mine)


def threshold(request: Request, config: settings.Settings) -> str:
    """The least severity that counts: of the command line, the configuration, or the default."""
    return request.fail_on or config.fail_on or DEFAULT_FAIL_ON


def judged_by(request: Request, config: settings.Settings) -> Rules:
    """The rules of a scan, the day and the tables they speak of put in force."""
    today = _today(request.today)
    dates.use(today, named=request.today is not None)
    reference.use(reference.Reference(config.data))
    chosen = choose_policies(config, request)
    compares = request.against is not None
    return Rules(
        policies=tuple(policy for policy in chosen if not (compares and policy.transition)),
        others=tuple(policy for policy in chosen if compares and policy.transition),
        register=exemptions.Register(config.exemptions, today),
        show_passes=request.show_passes,
        shard=_shard(request, chosen, config),
    )


def _desk(request: Request) -> Desk:
    """The desk of another process: by the same rules."""
    return Desk(judged_by(request, settings.load(request.config)))


def _shard(request: Request, chosen: tuple[Policy, ...], config: settings.Settings) -> Shard | None:
    if request.scope.shard is None:
        return None
    from scanner.merge import basis  # noqa: PLC0415 - only a scan in shards wants it

    index, count = shards.parse(request.scope.shard)
    tables = {"data": config.data, "show_passes": request.show_passes}
    return Shard(index=index, count=count, basis=basis(chosen, config.exemptions, __version__, tables))


def choose_policies(config: settings.Settings, request: Request) -> tuple[Policy, ...]:
    """The policies that a command line and a configuration select, with their parameters.

    The command line counts before the file.  Raises `ConfigError` where none is left.
    """
    every = policies.load(
        request.folders or config.policies, include_bundled=not request.no_bundled_policies, examples=False
    )
    every = _with_parameters(every, config, request.parameters)
    known = {policy.card.id for policy in every}
    for entry in config.exemptions:
        if entry.policy not in known:
            hint = schema.suggestion(entry.policy, known)
            raise ConfigError(
                f"{config.path}: an exemption names '{entry.policy}', which is no policy"
                + (f" ({hint})" if hint else "")
            )
    chosen = policies.selected(every, request.select or config.select, request.ignore or config.ignore)
    asked = {*(request.select or config.select), *config.parameters}
    asked |= {assignment.partition("=")[0].rpartition(".")[0] for assignment in request.parameters}
    judging = tuple(
        policy for policy in chosen if request.against is not None or _judges_alone(policy, asked)
    )
    if chosen and not judging:
        raise ConfigError("the selected policies judge what changed: name the state before with --against")
    if not judging:
        raise ConfigError("no policy is selected: nothing would be judged")
    unset = [f"{policy.card.id}.{name}" for policy in judging for name in policy.unset]
    if unset:
        raise ConfigError(
            "\n".join(f"parameter {name} has no default: give --param {name}=VALUE" for name in unset)
        )
    return judging


def _judges_alone(policy: Policy, asked: Collection[str]) -> bool:
    """Whether a policy takes part in a scan of one state.

    One of transitions does where that says anything, and somebody asked for it: selected it by its id, or
    gave it a parameter.
    """
    return not policy.transition or (policy.card.id in asked and not policy.needs_before)


def _with_parameters(
    every: tuple[Policy, ...], config: settings.Settings, assignments: Sequence[str]
) -> tuple[Policy, ...]:
    wanted: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for name, values in config.parameters.items():
        wanted.setdefault(name, []).append((str(config.path), dict(values)))
    for assignment in assignments:
        target, equals, text = assignment.partition("=")
        name, dot, parameter = target.rpartition(".")
        if not (equals and dot and name and parameter):
            raise UsageError(f"--param {assignment}: write ID.NAME=VALUE")
        try:
            value = positions.load(text, "--param").data
        except positions.YamlError as error:
            raise UsageError(f"--param {assignment}: {error.problem.message}") from None
        wanted.setdefault(name, []).append((f"--param {assignment}", {parameter: value}))
    known = {policy.card.id for policy in every}
    for name, asked in wanted.items():
        if name not in known:
            hint = schema.suggestion(name, known)
            raise ConfigError(f"{asked[0][0]}: no policy is called '{name}'" + (f" ({hint})" if hint else ""))
    result = []
    for policy in every:
        for origin, values in wanted.get(policy.card.id, ()):
            policy = policy.with_params(values, origin)  # noqa: PLW2901 - each assignment builds on the last
        result.append(policy)
    return tuple(result)


def exit_code(report: Report, fail_on: str, *, fail_on_unknown: bool) -> int:
    """The contract's exit code of a finished scan."""
    if fail_on != "never":
        bound = Severity(fail_on).rank
        counts = dict(report.summary.failing)
        for severity, count in report.summary.unknown.items() if fail_on_unknown else ():
            counts[severity] = counts.get(severity, 0) + count
        if any(count for severity, count in counts.items() if severity.rank <= bound):
            return FINDINGS
    return 0 if report.complete else INCOMPLETE


def _is_broken_code(report: Report) -> bool:
    """Whether a file of code cannot be understood: a hub may be in it, so there was something to scan."""
    return any(gap.code == SYNTAX for gap in report.gaps)


def config_path(named: str | None) -> Path | None:
    """The configuration file named, else the nearest one; None where there is none."""
    if named is None:
        return settings.find(Path.cwd())
    if not Path(named).is_file():
        raise ConfigError(f"{named}: no such file")
    return Path(named)


def _today(text: str | None) -> Any:
    try:
        return scanning.today_or(text)
    except ValueError:
        raise UsageError(f"--today {text}: not a date, write YYYY-MM-DD") from None


def _nothing(report: Report, paths: Sequence[str]) -> str:
    where = ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")
    lines = [f"nothing to scan: no hub in {where}"]
    kinds: dict[str, int] = {}
    for hub in report.hubs:
        kinds[hub.kind] = kinds.get(hub.kind, 0) + 1
    if kinds:
        listed = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(kinds.items()))
        lines[0] += f" that a selected policy judges ({listed})"
    lines += [f"{gap.subject}: {gap.detail or gap.reason}" for gap in report.gaps[:20]]
    return "\n".join(lines)
