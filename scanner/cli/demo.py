"""``hubscan demo``: scan the estate that ships with the program."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.bundled import bundled
from scanner.cli import options, output, scan
from scanner.cli.request import Request
from scanner.errors import UsageError

FOLDER = "hubscan-demo"

TODAY = "2026-11-02"
"""The day of the bundled snapshot: the demo says the same whenever it is run."""

REPORTS = {
    "csv": "report.csv",
    "github": "report.github.txt",
    "html": "report.html",
    "json": "report.json",
    "jsonl": "report.jsonl",
    "junit": "report.junit.xml",
    "markdown": "report.md",
    "ocsf": "report.ocsf.jsonl",
    "sarif": "report.sarif",
    "text": "report.txt",
}
"""Every report of the demo: its format and its file's name."""


@click.command("demo")
@options.no_color
def command(*, no_color: bool) -> int:
    """Scan the bundled estate and write every report to ./hubscan-demo.

    The estate has mistakes on purpose: the exit code is 0 when the reports are written.
    """
    folder = Path(FOLDER)
    estate = folder / "estate.jsonl"
    try:
        folder.mkdir(exist_ok=True)
        estate.write_bytes((bundled("reports") / "examples" / "estate" / "contoso.jsonl").read_bytes())
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from None
    files = tuple(f"{name}={folder / file}" for name, file in REPORTS.items())
    request = Request(
        paths=(estate.as_posix(),), outputs=(*files, output.default_format()), today=TODAY, no_color=no_color
    )
    scan.perform(request)
    output.say(f"wrote {', '.join(sorted([*REPORTS.values(), estate.name]))} to {folder}/")
    output.say(f"next: open {folder}/{REPORTS['html']}; 'hubscan policy show ID' says why a finding is one")
    return 0
