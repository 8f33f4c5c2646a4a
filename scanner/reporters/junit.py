"""JUnit XML, as build servers show test results: a suite for each hub, a test case for each finding.

What fails is a failure, of its severity.  What is unknown is an error, as is what could not be read, so
that no dashboard takes it for a pass; what is exempt, not applicable, or known to a baseline is skipped,
with the reason.  What passes is listed where the scan lists it (--show-passes).  Judging one policy takes
no time worth telling.  Notices, and what is fixed, are the output of a suite without cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from xml.sax.saxutils import escape, quoteattr

from scanner.model import Finding, Gap, Report, Style, Verdict
from scanner.reporters import _words
from scanner.reporters._plain import REPLACEMENT, plain, plain_line

_ELEMENTS = {
    Verdict.FAIL: "failure",
    Verdict.UNKNOWN: "error",
    Verdict.EXEMPT: "skipped",
    Verdict.SKIP: "skipped",
}
_NO_XML = str.maketrans({"\ufffe": REPLACEMENT, "\uffff": REPLACEMENT})
_EVIDENCE = "what could not be read"
_NOTICES = "notices"


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield the document, a hub at a time.  The findings are gone through twice: to count, and to write."""
    every = _count(report.findings)
    every["error"] += len(report.gaps)
    every["tests"] += len(report.gaps)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes(name='hubscan', **_numbers(every))}>\n"
    for hub, findings in groupby(report.findings, key=attrgetter("hub")):
        cases = list(findings)
        yield from _suite(hub.id, report, _count(cases), map(_case, cases))
    if report.gaps:
        counts = Counter(tests=len(report.gaps), error=len(report.gaps))
        yield from _suite(_EVIDENCE, report, counts, map(_gap, report.gaps))
    fixed = report.baseline.findings if report.baseline else ()
    told = [*map(_words.fixed, fixed), *report.notices]
    if told:
        output = escape("\n".join(map(_shown, told)))
        yield from _suite(_NOTICES, report, Counter(), [f"    <system-out>{output}</system-out>\n"])
    yield "</testsuites>\n"


def _count(findings: Iterable[Finding]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for finding in findings:
        counts["tests"] += 1
        counts[_element(finding) or "passed"] += 1
    return counts


def _element(finding: Finding) -> str | None:
    """The element that says what came of a case, None for one that passes."""
    return "skipped" if finding.baseline == "known" else _ELEMENTS.get(finding.verdict)


def _numbers(counts: Counter[str]) -> dict[str, str]:
    return {
        "tests": str(counts["tests"]),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": "0",
    }


def _suite(name: str, report: Report, counts: Counter[str], cases: Iterable[str]) -> Iterator[str]:
    # The schema that build servers share has times without a zone.
    timestamp = report.finished_at[:19]
    yield f"  <testsuite{_attributes(name=name, **_numbers(counts), timestamp=timestamp)}>\n"
    yield from cases
    yield "  </testsuite>\n"


def _case(finding: Finding) -> str:
    where = finding.location
    names = {
        "classname": finding.hub.id,
        "name": f"{finding.policy}: {finding.item}" if finding.item else finding.policy,
        **({"file": where.path, "line": str(where.line)} if where else {}),
        "time": "0",
    }
    element = _element(finding)
    if element is None:
        return f"    <testcase{_attributes(**names)}/>\n"
    said = _words.said(finding)
    if element == "skipped":
        return f"    <testcase{_attributes(**names)}><skipped{_attributes(message=said)}/></testcase>\n"
    kind = _attributes(message=said, type=finding.severity)
    body = escape("\n".join(map(_shown, _details(finding))))
    return (
        f"    <testcase{_attributes(**names)}>\n      <{element}{kind}>{body}</{element}>\n    </testcase>\n"
    )


def _details(finding: Finding) -> Iterator[str]:
    yield finding.title
    yield f"at: {_words.place(finding) or finding.hub.id}"
    if finding.reason:
        yield f"reason: {finding.reason}"
    yield from map(plain_line, finding.remediation.get("text", "").splitlines())


def _gap(gap: Gap) -> str:
    names = _attributes(classname=gap.hub or _EVIDENCE, name=gap.subject, time="0")
    error = _attributes(message=_words.why_unread(gap), type=gap.reason)
    return f"    <testcase{names}><error{error}/></testcase>\n"


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(_shown(value))}" for name, value in values.items())


def _shown(text: str) -> str:
    return plain(text).translate(_NO_XML)
