"""``hubscan diff``: what changed between two states, and what policies of transitions say of it."""

from __future__ import annotations

import functools
from dataclasses import fields, replace
from typing import Any

import click

from scanner import __version__, sources
from scanner import scan as scanning
from scanner.cli import helping, output, scan, scope
from scanner.cli.judging import basis, config_path, exit_code, threshold
from scanner.cli.looks import looks
from scanner.cli.request import Request
from scanner.desk import Desk
from scanner.errors import ConfigError, SourceError
from scanner.transitions import Comparison

_NOT_OURS = frozenset(
    {
        "paths",
        "against",
        "baseline",
        "history",
        "jobs",
        "light",
        "redact",
        "save_snapshot",
        "no_progress",
        "stdin_name",
    }
    | {field.name for field in fields(scope.Asked)}
)


def command_line(*, before: str, after: str, config: str | None, **options: Any) -> int:
    """Say what changed between two states, rule by rule, and judge it.

    BEFORE and AFTER are files or folders each, of everything that scan reads.  Exit codes and reports are
    those of scan; the policies are those that judge transitions.
    """
    request = Request(
        paths=(after,), against=before, config=config_path(config), config_name=config, **options
    )
    return perform(request)


command = helping.Command(
    "diff",
    epilog=helping.examples(
        ("What a change of code opens and closes", "hubscan diff main/infra infra"),
        ("Is what runs what was declared", "hubscan diff infra estate.jsonl.gz"),
    ),
    callback=command_line,
    help=command_line.__doc__,
    params=[
        click.Argument(["before"], metavar="BEFORE"),
        click.Argument(["after"], metavar="AFTER"),
        *(param for param in scan.command.params if param.name not in _NOT_OURS),
    ],
)


def perform(request: Request) -> int:
    """Compare as asked, write the reports, and return the exit code."""
    targets = output.parse(request.outputs)
    output.spare_read(targets, (*request.paths, request.against))
    judged = basis(request)
    config, rules = judged.config, replace(judged.rules, policies=())
    style = looks(config, request.template)
    if not rules.others:
        raise ConfigError("no selected policy judges what changed: nothing would be compared")
    comparison = Comparison(rules.others, Desk(rules).exempting)
    say = output.say if request.verbose else None
    # A Terraform plan holds both states: against itself, it is what is there that comes before.
    is_plan = request.against in request.paths
    earlier = sources.pieces((str(request.against),), say, code=request.code(before=is_plan))
    comparison.read(earlier)
    parts = comparison.through(sources.pieces(request.paths, say, code=request.code()))
    with scanning.run(parts, rules, __version__, functools.partial(Desk, rules), 1) as found:
        scan.tell(comparison, found)
        report = found.report()
        notices = (*judged.notices, *report.notices)
        report = replace(report, changes=comparison.sorted_changes(), notices=notices)
        if not report.changes and not found.hubs and not request.allow_empty:
            raise SourceError(f"nothing to compare: no hub in {request.against} and {request.paths[0]}")
        if not request.quiet:
            for notice in report.notices:
                output.say(notice)
        output.write(report, targets, color=not request.no_color, style=style)
    return exit_code(report, threshold(request, config), fail_on_unknown=request.fail_on_unknown)
