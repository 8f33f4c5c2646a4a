"""The whole result as one JSON document: the format that other reports are made from again.

Indented at the top, with each policy, hub, finding and gap on a line of its own, so that two results
can be compared line by line.  `scanner.results.read` is the way back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scanner.model import Report, Style
from scanner.reporters import _result

EGRESS = True
DIGESTS = True


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield the result of contract section 4, a finding at a time."""
    counts: _result.Counts = Counter()
    yield from _result.head(report)
    yield from _result.findings(report, counts)
    yield from _result.tail(report, counts)
