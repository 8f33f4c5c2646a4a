"""``hubscan show``: the hub documents as they were read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from scanner import sources
from scanner.cli import INCOMPLETE, document_text, helping, options, output, request, standard_input
from scanner.errors import SourceError
from scanner.expressions import display
from scanner.model import Gap, Hub


@click.command(
    "show",
    cls=helping.Command,
    epilog=helping.examples(
        ("What was read of a folder, and from which lines", "hubscan show infra --positions"),
        ("As one environment deploys it", "hubscan show infra/main.bicep --parameters infra/prod.bicepparam"),
    ),
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@options.code
@options.stdin_name
@click.option("--positions", is_flag=True, help="Say beside each value in which file and line it stands.")
@options.verbose
def command(
    *,
    paths: tuple[str, ...],
    stdin_name: str | None,
    positions: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Print hubs as policies see them, as YAML.

    Values are resolved as far as the code tells them; what it leaves open is tagged !unresolved.
    """
    say = output.say if verbose else None
    others, held = standard_input.held(paths, stdin_name)
    arrivals = sources.collect(others, say, code=request.code(given), held=held)
    return perform(paths, arrivals, positions=positions)


def perform(paths: Iterable[str], arrivals: Iterable[sources.Arrival], *, positions: bool) -> int:
    """Print the hubs of some paths, and what could not be read on standard error; the exit code."""
    hubs = 0
    gaps: list[Gap] = []
    for arrival in arrivals:
        if isinstance(arrival, Hub):
            hubs += 1
            gaps += arrival.gaps
            for line in document_text.lines(arrival, positions=positions):
                click.echo(line)
        elif isinstance(arrival, Gap):
            gaps.append(arrival)
    unread = [gap for gap in gaps if gap.reason != "unresolved"]
    for gap in unread:
        output.say(f"gap: {display(gap.subject)}: {gap.reason}: {display(gap.detail or 'no detail')}")
    if not hubs and not unread:
        raise SourceError(f"nothing to show: no hub in {', '.join(paths)}")
    return INCOMPLETE if unread else 0
