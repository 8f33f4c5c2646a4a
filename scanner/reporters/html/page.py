"""All that the templates of the page are filled with."""

from __future__ import annotations

from typing import Any

from scanner.model import Report, Severity, Style, Verdict
from scanner.reporters import _words
from scanner.reporters.html.cost import costs
from scanner.reporters.html.gathering import Gathered
from scanner.reporters.html.overview import WEIGHTS, overview
from scanner.reporters.html.registers import registers
from scanner.reporters.html.trend import line

TITLE = "Egress compliance of AI Foundry hubs"


def context(report: Report, style: Style, gathered: Gathered) -> dict[str, Any]:
    """The names that templates may use, and their values."""
    found = gathered.digest
    return {
        "report": report,
        "summary": report.summary,
        "branding": style.branding,
        "title": style.branding.title or TITLE,
        "words": _words,
        "weights": {str(severity): weight for severity, weight in WEIGHTS.items()},
        "severity_words": [str(severity) for severity in Severity],
        "worst": found.worst,
        "left_out": found.left_out,
        "listed": sum(
            report.summary.verdicts.get(verdict, 0)
            for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)
        ),
        "counts": _words.counts(report),
        "trend": line(report.trend),
        **overview(report, gathered),
        **registers(report, gathered),
        "costs": costs(report, style.branding.prices),
    }
