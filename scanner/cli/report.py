"""``hubscan report``: render a saved JSON result again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner import results, settings
from scanner.cli import helping, options, output
from scanner.cli.judging import config_path
from scanner.cli.looks import looks
from scanner.cli.recording import place, with_trend


@click.command(
    "report",
    cls=helping.Command,
    epilog=helping.examples(
        ("A page for people who read no JSON", "hubscan report audit.json -o html=audit.html"),
        ("A spreadsheet", "hubscan report audit.json -o xlsx=audit.xlsx"),
    ),
)
@click.argument("result", metavar="RESULT.json")
@options.output
@options.template
@options.config
@options.history
@options.no_color
def command(*, result: str, outputs: tuple[str, ...], config: str | None, **given: Any) -> int:
    """Render a saved JSON result again, in any format.

    With --history, the trend is that of the history as it is now; nothing is recorded.
    """
    targets = output.parse(outputs)
    output.spare_read(targets, [result])
    found = settings.load(config_path(config))
    style = looks(found, given["template"])
    try:
        data = Path(result).read_bytes()
    except OSError as error:
        raise results.unreadable(result, error) from None
    report = with_trend(results.read(data, result), place(given["history"], found))
    output.write(report, targets, color=not given["no_color"], style=style)
    return 0
