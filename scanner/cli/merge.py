"""``hubscan merge``: one result out of several shards."""

from __future__ import annotations

from typing import Any

import click

from scanner import settings
from scanner.cli import output
from scanner.cli.scan import DEFAULT_FAIL_ON, THRESHOLDS, config_path, exit_code
from scanner.merge import Merged


@click.command("merge")
@click.argument("paths", metavar="RESULT.json...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FORMAT[=FILE]",
    multiple=True,
    envvar="HUBSCAN_OUTPUT",
    help="A report to write (repeatable): table, text, json, jsonl, sarif, markdown, parquet.",
)
@click.option(
    "--config",
    metavar="FILE",
    envvar="HUBSCAN_CONFIG",
    help="Configuration (default: hubscan.yaml here or above, up to the root of the repository).",
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
@click.option("-q", "--quiet", is_flag=True, help="Nothing on standard error but errors.")
@click.option("--no-color", is_flag=True, help="No colour, also on a terminal (so does NO_COLOR).")
def command(*, paths: tuple[str, ...], config: str | None, **options: Any) -> int:
    """Put the results of the shards of one scan together.

    RESULT.json is what 'hubscan scan --shard I/N -o json=RESULT.json' wrote.  Reports and exit code are
    those of the scan without shards; where a shard is missing, the report says so and is incomplete.
    """
    targets = output.parse(options["outputs"])
    found = settings.load(config_path(config))
    with Merged(paths) as merged:
        report = merged.report()
        if not options["quiet"]:
            for notice in report.notices:
                output.say(notice)
            for gap in report.gaps:
                if gap.code == "shards":
                    output.say(f"incomplete: {gap.detail}")
        output.write(report, targets, color=not options["no_color"])
    fail_on = options["fail_on"] or found.fail_on or DEFAULT_FAIL_ON
    return exit_code(report, fail_on, fail_on_unknown=options["fail_on_unknown"])
