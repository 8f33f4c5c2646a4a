"""``hubscan fix``: the remediations of a saved result as one file to review."""

from __future__ import annotations

from pathlib import Path

import click

from scanner import fixes, results, schema
from scanner.cli import helping, output
from scanner.errors import UsageError


@click.command(
    "fix",
    cls=helping.Command,
    epilog=helping.examples(
        ("Commands for what is live", "hubscan fix audit.json -o azure-cli=fix.sh"),
        ("Declarations for what is code", "hubscan fix audit.json -o bicep"),
    ),
)
@click.argument("result", metavar="RESULT.json")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FORMAT[=FILE]",
    required=True,
    help="What to write: azure-cli, azureml-yaml, bicep or terraform; to standard output without FILE.",
)
def command(*, result: str, target: str) -> int:
    """Write the remediations of a saved JSON result as one file for you to review; runs nothing.

    Each stands under the finding it is for.  What cannot be written safely (names to fill in, parts of a
    declaration that is yours, anything that deletes) is left out and stands there as a comment.
    """
    form, _, file = target.partition("=")
    if form not in fixes.FORMS:
        hint = schema.suggestion(form, fixes.FORMS) or f"it is one of {', '.join(fixes.FORMS)}"
        raise UsageError(f"there is no form '{form[:80]}' of a fix ({hint})")
    place = output.place(file)
    output.spare_read([output.Output(form, place)], [result])
    try:
        data = Path(result).read_bytes()
    except OSError as error:
        raise results.unreadable(result, error) from None
    output.write_text(fixes.write(form, results.read(data, result)), place)
    return 0
