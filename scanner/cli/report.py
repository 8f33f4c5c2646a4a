"""``hubscan report``: render a saved JSON result again."""

from __future__ import annotations

from pathlib import Path

import click

from scanner import results
from scanner.cli import options, output
from scanner.errors import SourceError


@click.command("report")
@click.argument("result", metavar="RESULT.json")
@options.output
@options.no_color
def command(*, result: str, outputs: tuple[str, ...], no_color: bool) -> int:
    """Render a saved JSON result again, in any format."""
    targets = output.parse(outputs)
    try:
        data = Path(result).read_bytes()
    except OSError as error:
        raise SourceError(f"{result}: {error.strerror}") from None
    output.write(results.read(data, result), targets, color=not no_color)
    return 0
