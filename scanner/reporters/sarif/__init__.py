"""SARIF 2.1.0 as GitHub code scanning takes it: what fails is a result, what is not known a notification.

GitHub refuses a whole file for one bad result, and makes an alert of every result, suppressed or not.
So what passes or is exempt is left out, every result has one location with a relative path, and no
limit is ever passed (GitHub's documentation, "SARIF support for code scanning").  Times are left out
too: the same report gives the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sarif_om import Invocation, Run, RunAutomationDetails, Tool, ToolComponent

from scanner.model import Report, Style, Verdict
from scanner.reporters.sarif.notifications import notifications
from scanner.reporters.sarif.result import result
from scanner.reporters.sarif.rule import PROJECT, one_line, rule
from scanner.reporters.sarif.shares import Division, Share, divide
from scanner.reporters.sarif.writer import document
from scanner.results import text

DIGESTS = True

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FULL_NAME = "hubscan, compliance scanner for the managed networks of Azure AI Foundry hubs"


def render(report: Report, style: Style) -> Iterator[str]:  # noqa: ARG001 - programs read it
    """Yield one log: a run, or several where GitHub would not show all results of one.

    A single run is written while the findings are read; several keep their results in memory, a
    bounded number, until their turn comes.
    """
    rules = {card.id: index for index, card in enumerate(report.policies)}
    driver = ToolComponent(
        name="hubscan",
        full_name=_FULL_NAME,
        semantic_version=one_line(report.tool_version, 100) or None,
        information_uri=PROJECT,
        rules=[rule(card) for card in report.policies],
    )
    told = report.digests
    properties = None if told is None else {"policiesSha256": told.policies, "inputsSha256": told.inputs}
    division = divide(report)
    results = _by_category(division, _results(report, division, rules))
    yield f'{{\n"$schema": {text(_SCHEMA)},\n"version": "2.1.0",\n"runs": ['
    before = "\n"
    for share in division.shares:
        run = text(document(_run(share, driver, rules, properties))).removesuffix("}")
        yield f'{before}{run},"results":['
        yield from _on_lines(results.pop(share.category))
        yield "]}"
        before = ",\n"
    yield "\n]\n}\n"


def _run(
    share: Share, driver: ToolComponent, rules: Mapping[str, int], properties: Mapping[str, str] | None
) -> Run:
    """The run without its results."""
    told = notifications(share, rules)
    return Run(
        tool=Tool(driver=driver),
        automation_details=RunAutomationDetails(id=share.category),
        # GitHub refuses a run whose execution failed; what could not be read is told beside it.
        invocations=[Invocation(execution_successful=True, tool_execution_notifications=told)],
        column_kind="unicodeCodePoints",
        properties=properties,
    )


def _results(report: Report, division: Division, rules: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The category and the text of each result that there is room for."""
    if not any(share.failing for share in division.shares):
        return
    for finding in report.findings:
        if finding.verdict is Verdict.FAIL:
            share = division.of(finding.hub)
            if share.admit(finding.severity):
                yield share.category, text(document(result(finding, rules.get(finding.policy, -1))))


def _by_category(division: Division, results: Iterator[tuple[str, str]]) -> dict[str, Iterable[str]]:
    if len(division.shares) == 1:
        return {division.shares[0].category: (line for _, line in results)}
    held: dict[str, list[str]] = {share.category: [] for share in division.shares}
    for category, line in results:
        held[category].append(line)
    return dict(held)


def _on_lines(results: Iterable[str]) -> Iterator[str]:
    before = "\n"
    for line in results:
        yield before + line
        before = ",\n"
