"""``hubscan report``: render a saved JSON result again."""

from __future__ import annotations

from pathlib import Path

import click

from scanner import results, settings
from scanner.cli import options, output
from scanner.cli.judging import config_path
from scanner.cli.looks import looks
from scanner.errors import SourceError


@click.command("report")
@click.argument("result", metavar="RESULT.json")
@options.output
@options.template
@options.config
@options.no_color
def command(
    *, result: str, outputs: tuple[str, ...], template: str | None, config: str | None, no_color: bool
) -> int:
    """Render a saved JSON result again, in any format."""
    targets = output.parse(outputs)
    style = looks(settings.load(config_path(config)), template)
    try:
        data = Path(result).read_bytes()
    except OSError as error:
        raise SourceError(f"{result}: {error.strerror}") from None
    output.write(results.read(data, result), targets, color=not no_color, style=style)
    return 0
