"""``hubscan exempt``: write an exemption for a finding, or list those that are there."""

from __future__ import annotations

import datetime
import glob
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from scanner import amending, exemptions, settings
from scanner import scan as scanning
from scanner.baseline import saved
from scanner.cli import helping, options, output
from scanner.cli.judging import config_path
from scanner.errors import ConfigError, SourceError, UsageError
from scanner.exemptions import Register
from scanner.model import AGAINST, Finding
from scanner.reporters._plain import plain_line
from scanner.sources import redaction
from scanner.sources.files.ignored import repository

_HEAD = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"result"\s*:\s*"hubscan/')
_MOST = 1_000
_SHORTEST = 8


@click.command(
    "exempt",
    cls=helping.Command,
    epilog=helping.examples(
        (
            "A finding of audit.json, by the first digits of its fingerprint",
            'hubscan exempt 4d551544 --result audit.json --justification "Moves in May" --expires 2027-05-31',
        ),
        ("What ends within a month", "hubscan exempt list --expiring 30"),
    ),
)
@click.argument("what", metavar="FINGERPRINT | list")
@click.option("--justification", metavar="TEXT", help="Why the finding may stand.")
@click.option("--expires", metavar="DATE", help="The last day on which it may, as YYYY-MM-DD.")
@click.option(
    "--category",
    type=click.Choice(["waiver", "mitigated"]),
    help="Accepted as it is, or made harmless by other means (default waiver).",
)
@click.option("--approved-by", metavar="WHO", help="Who decided it.")
@click.option("--ticket", metavar="ID", help="Where it was decided.")
@click.option(
    "--result",
    "results",
    metavar="RESULT.json",
    multiple=True,
    help="The saved result that has the finding (repeatable; default: those in the working directory).",
)
@click.option(
    "--expiring", metavar="DAYS", type=click.IntRange(0), help="List only what ends within so many days."
)
@options.config
@click.option(
    "--today", metavar="DATE", envvar="HUBSCAN_TODAY", help="The day to count from (default: the clock's)."
)
def command(*, what: str, config: str | None, today: str | None, **given: Any) -> int:
    """Write an exemption for one finding into hubscan.yaml, or list those that are there.

    FINGERPRINT is that of the finding in the JSON result or SARIF, or its first 8 digits or more.  The
    entry goes to the end of the list; everything else of the file stays as it is.  Without a hubscan.yaml
    one is made at the root of the repository.
    """
    path = config_path(config)
    try:
        day = scanning.today_or(today)
    except ValueError:
        raise UsageError(f"--today {today}: not a date, write YYYY-MM-DD") from None
    if what == "list":
        _list(path, day, given)
    else:
        _write(what, path, day, given)
    return 0


def _list(path: Path | None, day: datetime.date, given: dict[str, Any]) -> None:
    unfit = [
        name for name in ("justification", "expires", "category", "approved_by", "ticket") if given[name]
    ]
    if unfit or given["results"]:
        name = (unfit or ["result"])[0].replace("_", "-")
        raise UsageError(f"--{name} is for an exemption to write, not for the list")
    found = settings.load(path)
    lines = list(_listed(Register(found.exemptions, day), found.places, given["expiring"]))
    output.write_text((f"{plain_line(line)}\n" for line in lines), None)
    if not lines:
        where = (
            "there is no hubscan.yaml here or above" if path is None else f"none in {settings.shown(path)}"
        )
        output.say(f"no exemption: {where}" + (" ends so soon" if found.exemptions else ""))


def _listed(register: Register, places: Sequence[str], days: int | None) -> Iterator[str]:
    """A line for each exemption, the one that ends first on top."""
    pairs = sorted(
        zip(register.entries, places, strict=True), key=lambda pair: (pair[0].expires or "~", pair[0].policy)
    )
    for entry, place in pairs:
        left = None
        if entry.expires is not None:
            left = (datetime.date.fromisoformat(entry.expires) - register.today).days
        if days is None or (left is not None and left <= days):
            item = f", item '{entry.item}'" if entry.item else ""
            yield f"{place}: {_state(left)}: {entry.policy} on '{entry.hub}'{item} ({entry.decision})"


def _state(left: int | None) -> str:
    """How long it still holds, ``left`` being the days after today."""
    if left is None:
        return "in force without end"
    if left < 0:
        return "expired"
    return "ends today" if left == 0 else f"ends in {left} day{'' if left == 1 else 's'}"


def _write(mark: str, path: Path | None, day: datetime.date, given: dict[str, Any]) -> None:
    if given["expiring"] is not None:
        raise UsageError("--expiring is for the list: hubscan exempt list --expiring DAYS")
    _check(given, day)
    finding = _found(mark, given["results"])
    entry = _entry(finding, given)
    target = (path if path is not None else _new_file()).resolve()
    text = target.read_bytes() if path is not None else b""
    changed = amending.with_exemption(text, settings.shown(target), entry)
    there = settings.read(text, target) if text else settings.Settings()
    covering = Register(there.exemptions, day).covering(finding.policy, finding.hub, finding.item)
    if covering is not None:
        place, first = there.places[covering], there.exemptions[covering]
        raise ConfigError(f"{place}: exempts this finding already ({first.decision})")
    found = settings.read(changed, target)
    output.write_text([changed.decode("utf-8")], target)
    if redaction.redacted(finding.hub.id):
        output.say(
            "the result has pseudonyms: the exemption covers what is read from a redacted snapshot alone"
            " (--result names a result of a scan without --redact)"
        )
    added = found.exemptions[-1]
    output.write_text(
        [plain_line(f"{found.places[-1]}: {exemptions.scope(added)} ({added.decision})") + "\n"], None
    )


def _check(given: dict[str, Any], day: datetime.date) -> None:
    """Raises `UsageError` for a decision that is none."""
    for name in ("justification", "expires"):
        if given[name] is None:
            raise UsageError(f"--{name} is missing: an exemption says why, and until when")
    for name in ("justification", "approved_by", "ticket"):
        if given[name] is not None and not given[name].strip():
            raise UsageError(f"--{name.replace('_', '-')} is empty")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", given["expires"]):
        raise UsageError(f"--expires {given['expires']}: not a date, write YYYY-MM-DD")
    try:
        last = datetime.date.fromisoformat(given["expires"])
    except ValueError:
        raise UsageError(f"--expires {given['expires']}: there is no such day") from None
    if last < day:
        raise UsageError(
            f"--expires {last}: is past, and the exemption would exempt nothing (today is {day})"
        )


def _found(mark: str, results: Sequence[str]) -> Finding:
    """The finding with a fingerprint, in some results."""
    if not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST},64}}", mark):
        raise UsageError(f"{mark[:80]}: no fingerprint (hexadecimal digits, at least {_SHORTEST} of them)")
    files = list(results) or _results_here()
    if not files:
        raise UsageError(
            "no saved result here to look the fingerprint up in: name one with --result RESULT.json"
            " ('hubscan scan -o json=RESULT.json' writes it)"
        )
    matching: dict[str, Finding] = {}
    for finding in _every(files, strict=bool(results)):
        if finding.fingerprint.startswith(mark):
            known = matching.setdefault(finding.fingerprint, finding)
            if _order(finding) < _order(known):
                matching[finding.fingerprint] = finding
    shown = ", ".join(files[:3]) + (", ..." if len(files) > 3 else "")
    if not matching:
        raise SourceError(f"{mark}: no finding of {shown} has this fingerprint")
    if len(matching) > 1:
        raise UsageError(f"{mark}: {len(matching)} findings of {shown} begin so: write more digits")
    (finding,) = matching.values()
    if finding.verdict not in AGAINST:
        told = f": {finding.exemption.decision}" if finding.exemption else ""
        raise SourceError(
            f"{mark}: the finding is of verdict {finding.verdict}, and needs no exemption{told}"
        )
    return finding


def _order(finding: Finding) -> tuple[bool, int]:
    """Which of several findings of one fingerprint is exempted: of the real ids, and of the worst verdict."""
    return redaction.redacted(finding.hub.id), finding.verdict.rank


def _every(files: Sequence[str], *, strict: bool) -> Iterator[Finding]:
    """The findings of some results.  One that cannot be read matters where it was named."""
    for file in files:
        try:
            yield from saved.findings(file)
        except SourceError:
            if strict:
                raise


def _results_here() -> list[str]:
    """The saved results in the working directory, by name."""
    found = []
    for path in sorted(Path().glob("*.json"))[:_MOST]:
        try:
            with path.open("rb") as file:
                if _HEAD.match(file.read(200)):
                    found.append(str(path))
        except OSError:
            continue
    return found


def _entry(finding: Finding, given: dict[str, Any]) -> dict[str, str]:
    """The entry of an exemption for a finding, for this hub and this item alone."""
    told = {
        "policy": finding.policy,
        "hub": glob.escape(finding.hub.id),
        "item": None if finding.item is None else glob.escape(finding.item),
        "category": given["category"] or "waiver",
        "justification": given["justification"].strip(),
        "approved_by": given["approved_by"] and given["approved_by"].strip(),
        "ticket": given["ticket"] and given["ticket"].strip(),
        "expires": given["expires"],
    }
    return {key: value for key, value in told.items() if value}


def _new_file() -> Path:
    """Where a configuration is made: at the root of the repository, else in the working directory."""
    return Path(repository(str(Path.cwd())) or ".") / settings.FILE_NAME
