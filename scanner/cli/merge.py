"""``hubscan merge``: one result out of several shards."""

from __future__ import annotations

from typing import Any

import click

from scanner import settings
from scanner.cli import helping, options, output
from scanner.cli.judging import config_path, exit_code
from scanner.cli.looks import looks
from scanner.cli.recording import Keeper, place
from scanner.merge import Merged


@click.command(
    "merge",
    cls=helping.Command,
    epilog=helping.examples(
        (
            "One audit on two machines, then one report of it",
            "hubscan merge 1.json 2.json -o json=audit.json -o html=audit.html",
        ),
    ),
)
@click.argument("paths", metavar="RESULT.json...", nargs=-1, required=True)
@options.counting
@options.config
@options.history
@options.quiet
@options.no_color
def command(*, paths: tuple[str, ...], config: str | None, **given: Any) -> int:
    """Put the results of the shards of one scan together.

    RESULT.json is what 'hubscan scan --shard I/N -o json=RESULT.json' wrote.  Reports and exit code are
    those of the scan without shards; where a shard is missing, the report says so and is incomplete.
    """
    targets = output.parse(given["outputs"])
    output.spare_read(targets, paths)
    found = settings.load(config_path(config))
    style = looks(found, given["template"])
    history = place(given["history"], found)
    output.spare(targets, history, "--history")
    keeper = Keeper(history, quiet=given["quiet"])
    with Merged(paths) as merged:
        report = merged.report()
        if not given["quiet"]:
            for notice in report.notices:
                output.say(notice)
            for gap in report.gaps:
                if gap.code == "shards":
                    output.say(f"incomplete: {gap.detail}")
        report = keeper.kept(report, report.scope)
        output.write(report, targets, color=not given["no_color"], style=style)
        if not given["quiet"]:
            output.tell(report, targets)
    keeper.raise_failure()
    fail_on = given["fail_on"] or found.fail_on or options.DEFAULT_FAIL_ON
    return exit_code(report, fail_on, fail_on_unknown=given["fail_on_unknown"])
