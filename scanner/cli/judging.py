"""What a command line and a configuration judge by: policies, their parameters, the day, and what counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from scanner import __version__, digests, exemptions, policies, reference, schema, settings, shards
from scanner import scan as scanning
from scanner.cli import FINDINGS, INCOMPLETE, output
from scanner.cli.options import DEFAULT_FAIL_ON
from scanner.cli.recording import place
from scanner.cli.request import Request
from scanner.desk import Rules
from scanner.errors import ConfigError, UsageError
from scanner.functions import dates
from scanner.model import Report, Severity, Shard
from scanner.policy import Policy
from scanner.records import dataclass


@dataclass(frozen=True, slots=True)
class Basis:
    """What a scan is judged by, and sentences about what the work tree has otherwise."""

    config: settings.Settings
    rules: Rules
    notices: tuple[str, ...] = ()

    def digest(self) -> str:
        """The digest of it (`scanner.digests.basis`)."""
        judging = (*self.rules.policies, *self.rules.others)
        return digests.basis(judging, self.config.exemptions, __version__, {"data": self.config.data})


def basis(request: Request) -> Basis:
    """What a command line asks to be judged by, in force from now on."""
    if request.policy_ref is None:
        config = settings.load(request.config)
        return Basis(config, judged_by(request, config))
    from scanner.cli import trusted  # noqa: PLC0415 - most scans judge by what is at hand

    return trusted.basis(request, request.policy_ref)


def config_path(named: str | None) -> Path | None:
    """The configuration file named, else the nearest one; None where there is none."""
    if named is None:
        return settings.find(Path.cwd())
    if Path(named).is_dir():
        raise ConfigError(f"{named}: is a folder; name a file")
    if not Path(named).is_file():
        raise ConfigError(f"{named}: no such file")
    return Path(named)


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
        egress=output.tells_egress(request.outputs) or place(request.history, config) is not None,
        compare=bool(request.baseline) or compares,
        order=_order(request),
    )


def _order(request: Request) -> Callable[[str], str]:
    """What hubs are sorted by, of the id of one: the id that the report tells."""
    if not request.redact:
        return str.lower
    from scanner.sources import redaction  # noqa: PLC0415 - most reports are written as they are

    return redaction.order


def _shard(request: Request, chosen: tuple[Policy, ...], config: settings.Settings) -> Shard | None:
    if request.scope.shard is None:
        return None
    index, count = shards.parse(request.scope.shard)
    tables = {"data": config.data, "show_passes": request.show_passes}
    return Shard(
        index=index, count=count, basis=digests.basis(chosen, config.exemptions, __version__, tables)[:32]
    )


def choose_policies(config: settings.Settings, request: Request) -> tuple[Policy, ...]:
    """The policies that a command line and a configuration select, with their parameters.

    The command line counts before the file.  Raises `ConfigError` where none is left.
    """
    every = policies.load(
        request.folders or config.policies, include_bundled=not request.no_bundled_policies, examples=False
    )
    every = _with_parameters(every, config, request.parameters)
    known = {policy.card.id for policy in every}
    strangers = []
    for entry, stands in zip(config.exemptions, config.places, strict=True):
        if entry.policy not in known:
            hint = schema.suggestion(entry.policy, known)
            told = f"{stands}: an exemption names '{entry.policy}', which is no policy"
            strangers.append(told + (f" ({hint})" if hint else ""))
    if strangers:
        raise ConfigError("\n".join(strangers))
    select, ignore = request.select or config.select, request.ignore or config.ignore
    given = {*request.select, *request.ignore}
    written = {pattern: at for pattern, at in config.stands.items() if pattern not in given}
    chosen = policies.selected(every, select, ignore, written)
    asked = {*select, *config.parameters}
    asked |= {assignment.partition("=")[0].rpartition(".")[0] for assignment in request.parameters}
    judging = tuple(
        policy for policy in chosen if request.against is not None or _judges_alone(policy, asked)
    )
    if chosen and not judging:
        raise ConfigError("the selected policies judge what changed: name the state before with --against")
    if not judging:
        why = (
            "--no-bundled-policies needs policies of yours, -p PATH" if request.no_bundled_policies else _ALL
        )
        raise ConfigError(f"no policy is selected: nothing would be judged ({why})")
    unset = [f"{policy.card.id}.{name}" for policy in judging for name in policy.unset]
    if unset:
        raise ConfigError(
            "\n".join(f"parameter {name} has no default: give --param {name}=VALUE" for name in unset)
        )
    return judging


_ALL = "--select and --ignore, or those of hubscan.yaml, leave none"


def _judges_alone(policy: Policy, asked: Collection[str]) -> bool:
    """Whether a policy takes part in a scan of one state.

    One of transitions does where that says anything, and somebody asked for it: selected it by its id, or
    gave it a parameter.
    """
    return not policy.transition or (policy.card.id in asked and not policy.needs_before)


def _with_parameters(
    every: tuple[Policy, ...], config: settings.Settings, assignments: Sequence[str]
) -> tuple[Policy, ...]:
    if not config.parameters and not assignments:
        return every
    from scanner import positions  # noqa: PLC0415 - most scans take parameters as they are

    wanted: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for name, values in config.parameters.items():
        named = wanted.setdefault(name, [(config.stands[name], {})])
        named += [(config.stands[f"{name}.{key}"], {key: value}) for key, value in values.items()]
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
    """The contract's exit code of a finished scan: what a baseline knows does not count."""
    if fail_on != "never":
        bound = Severity(fail_on).rank
        found = report.baseline
        failing, unknown = (
            (found.new, found.new_unknown) if found else (report.summary.failing, report.summary.unknown)
        )
        counts = dict(failing)
        for severity, count in unknown.items() if fail_on_unknown else ():
            counts[severity] = counts.get(severity, 0) + count
        if any(count for severity, count in counts.items() if severity.rank <= bound):
            return FINDINGS
    return 0 if report.complete else INCOMPLETE


def _today(text: str | None) -> Any:
    try:
        return scanning.today_or(text)
    except ValueError:
        raise UsageError(f"--today {text}: not a date, write YYYY-MM-DD") from None
