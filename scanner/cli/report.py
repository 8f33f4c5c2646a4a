"""``hubscan report``: render a saved JSON result again."""

from __future__ import annotations

from pathlib import Path

import click

from scanner import results
from scanner.cli import output
from scanner.errors import SourceError


@click.command("report")
@click.argument("result", metavar="RESULT.json")
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FORMAT[=FILE]",
    multiple=True,
    envvar="HUBSCAN_OUTPUT",
    help="A report to write (repeatable): table, text, json, jsonl, sarif, markdown.",
)
@click.option("--no-color", is_flag=True, help="No colour, also on a terminal (so does NO_COLOR).")
def command(*, result: str, outputs: tuple[str, ...], no_color: bool) -> int:
    """Render a saved JSON result again, in any format."""
    targets = output.parse(outputs)
    try:
        data = Path(result).read_bytes()
    except OSError as error:
        raise SourceError(f"{result}: {error.strerror}") from None
    output.write(results.read(data, result), targets, color=not no_color)
    return 0
