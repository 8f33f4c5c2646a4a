"""The whole result as one JSON document: the format that other reports are made from again.

Indented at the top, with each policy, hub, finding and gap on a line of its own, so that two results
can be compared line by line.  `scanner.results.read` is the way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.model import Report, Style
from scanner.results import VERSION, finding_object, summary_object, text


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield the result of contract section 4, a finding at a time."""
    yield f'{{\n  "result": {text(VERSION)},\n'
    yield f'  "tool": {text({"name": "hubscan", "version": report.tool_version})},\n'
    yield f'  "started_at": {text(report.started_at)},\n'
    yield f'  "finished_at": {text(report.finished_at)},\n'
    if report.shard is not None:
        yield f'  "shard": {text(report.shard)},\n'
    yield from _array("sources", report.sources)
    yield f'  "complete": {text(report.complete)},\n'
    yield f'  "summary": {text(summary_object(report.summary))},\n'
    yield from _array("policies", report.policies)
    yield from _array("hubs", report.hubs)
    yield from _array("findings", map(finding_object, report.findings))
    yield from _array("gaps", report.gaps)
    yield from _array("notices", report.notices, end="\n}\n")


def _array(key: str, members: Iterable[object], end: str = ",\n") -> Iterator[str]:
    start, close = "\n    ", "]"
    yield f'  "{key}": ['
    for member in members:
        yield start + text(member)
        start, close = ",\n    ", "\n  ]"
    yield close + end
