"""The sentences that reports for people share: the verdict, the counts, and what is said of one finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.model import Change, Exemption, Finding, Gap, HubRef, Report, Severity, Verdict


def number_of(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: ``1 hub``, ``2 hubs``."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def headline(report: Report, failing_hubs: str) -> str:
    """The verdict on the whole scan, a clause without a full stop.

    ``failing_hubs`` is the number of hubs that anything fails on, in words or digits.
    """
    failing = report.summary.verdicts.get(Verdict.FAIL, 0)
    if not failing:
        meaning = all_clear(report)
        return meaning[0].upper() + meaning[1:] + (f"; {baseline(report)}" if report.baseline else "")
    unknown = _unknown(report)
    told = compared(report) if report.baseline else _failing(report, failing, failing_hubs)
    return told + (f"; {unknown}" if unknown else "")


def counting(report: Report) -> int:
    """How many failing findings are there to be mended: those that no baseline knows."""
    if report.baseline is None:
        return report.summary.verdicts.get(Verdict.FAIL, 0)
    return sum(report.baseline.new.values())


def compared(report: Report) -> str:
    """The verdict on a scan beside its baseline, a clause: what is known already is never called a pass."""
    new = counting(report)
    failing = f"{number_of(new, 'new finding')}{by_severity(report.baseline.new)}" if report.baseline else ""
    return f"{failing if new else 'Nothing new fails'}; {baseline(report)}"


def baseline(report: Report) -> str:
    """What a baseline says of the findings, a clause; empty without one."""
    found = report.baseline
    if found is None:
        return ""
    unknown = sum(found.new_unknown.values())
    parts = [f"{found.known} known already", f"{found.fixed} fixed"]
    parts += [f"{unknown} unknown that were not before"] if unknown else []
    parts += [f"{found.unjudged} of before not judged now"] if found.unjudged else []
    return f"beside {', '.join(found.sources)}: {', '.join(parts)}"


def _failing(report: Report, failing: int, failing_hubs: str) -> str:
    where = f"on {failing_hubs} of {number_of(report.summary.hubs, 'hub')}"
    severities = [severity for severity in Severity if report.summary.failing.get(severity)]
    worst = min(severities, key=lambda severity: severity.rank, default=None)
    if worst is None:
        return f"{number_of(failing, 'finding')} failing {where}"
    if failing == 1:
        return f"1 {worst} finding fails {where}"
    count = report.summary.failing[worst]
    return f"{failing} findings fail {where}, {'all' if count == failing else count} of them {worst}"


def _unknown(report: Report) -> str:
    unknown = report.summary.verdicts.get(Verdict.UNKNOWN, 0)
    return f"{number_of(unknown, 'verdict')} {'is' if unknown == 1 else 'are'} unknown" if unknown else ""


def _unread(report: Report) -> str:
    gaps = report.summary.gaps
    if report.complete and gaps:
        return f"{number_of(gaps, 'gap')} {'is' if gaps == 1 else 'are'} left"
    return "" if report.complete else "the picture is incomplete"


def all_clear(report: Report) -> str:
    """What it means that nothing failed, a clause: what is unknown or unread is never called a pass."""
    summary = report.summary
    exempt = summary.verdicts.get(Verdict.EXEMPT, 0)
    doubts = [doubt for doubt in (_unknown(report), _unread(report)) if doubt]
    if not summary.hubs:
        return " and ".join(["no hub was judged", *doubts])
    if doubts:
        return f"nothing fails, but {' and '.join(doubts)}: this is not a pass"
    if exempt:
        return f"nothing fails, {number_of(exempt, 'exempt finding')} aside"
    if not summary.verdicts.get(Verdict.PASS, 0):
        return "nothing fails, for no policy applies"
    return "nothing fails: every policy that applies passes"


def counts(report: Report) -> str:
    """How many hubs and policies, and how often each verdict was given."""
    summary = report.summary
    scope = f"{number_of(summary.hubs, 'hub')}, {number_of(summary.policies, 'policy', 'policies')}"
    verdicts = [f"{summary.verdicts.get(verdict, 0)} {word}" for verdict, word in _COUNTED.items()]
    verdicts[0] += by_severity(summary.failing)
    return f"{scope}: {', '.join(verdicts)}"


_COUNTED = {
    Verdict.FAIL: "failing",
    Verdict.UNKNOWN: "unknown",
    Verdict.EXEMPT: "exempt",
    Verdict.PASS: "passed",
    Verdict.SKIP: "not applicable",
}


def by_severity(numbers: Mapping[Severity, int]) -> str:
    """`` (2 critical, 5 high)``, worst first; empty where there are none."""
    parts = [f"{numbers[severity]} {severity}" for severity in Severity if numbers.get(severity)]
    return f" ({', '.join(parts)})" if parts else ""


def coverage(report: Report) -> str:
    """Whether anything that was asked for is missing: ``incomplete: 2 gaps``; empty where nothing is."""
    gaps = number_of(report.summary.gaps, "gap") if report.summary.gaps else ""
    if report.complete:
        return gaps
    return f"incomplete: {gaps}" if gaps else "incomplete"


def said(finding: Finding) -> str:
    """The message of a finding: the word for any verdict but a failure first, the reason, if any, last.

    An exempt one tells who decided that, until when and why.
    """
    return _said(finding, f" ({finding.exemption.decision})" if finding.exemption else "")


def briefly(finding: Finding) -> str:
    """The same, where exemptions are told elsewhere: an exempt one tells until when."""
    until = finding.exemption.expires if finding.exemption else None
    return _said(finding, f" (until {until})" if until else "")


def _said(finding: Finding, decision: str) -> str:
    text = finding.message or finding.title
    if finding.reason and finding.reason not in text:
        text = f"{text} ({finding.reason})"
    if finding.baseline is not None:
        text = f"{finding.baseline}: {text}"
    if finding.verdict is Verdict.FAIL:
        return text
    return f"{finding.verdict}{decision}: {text}"


def fixed(finding: Finding) -> str:
    """A finding of before that is no more, a clause."""
    item = "" if finding.item is None else f" of '{finding.item}'"
    return f"fixed: {finding.policy}{item} on {finding.hub.name or finding.hub.id}"


def exemption(entry: Exemption, covered: int) -> str:
    """An exemption that covers something, a sentence without a full stop."""
    item = "" if entry.item is None else f", item '{entry.item}'"
    what = f"{entry.policy} on '{entry.hub}'{item}, {number_of(covered, 'finding')}"
    return f"exempt: {what} ({entry.decision})"


_LISTED = 10
"""Destinations of one change that are named before the others are only counted."""


def change(what: Change) -> str:
    """What changed, without the hub: ``rule 'a' (FQDN) widened: opens *.contoso.com``."""
    if what.item is None:
        return f"the hub itself: {what.change}, {what.detail}"
    origin = f", {what.origin}'s" if what.origin not in (None, "user") else ""
    name = f"rule '{what.item}' ({what.type}{origin})" if what.origin else what.item
    parts = [f"opens {_listed(what.opens)}"] if what.opens else []
    parts += [f"closes {_listed(what.closes)}"] if what.closes else []
    parts += [what.detail] if what.detail else []
    return f"{name} {what.change}" + (f": {'; '.join(parts)}" if parts else "")


def _listed(destinations: Sequence[str]) -> str:
    over = len(destinations) - _LISTED
    return ", ".join(destinations[:_LISTED]) + (f" and {over} more" if over > 0 else "")


def changes(report: Report) -> str:
    """How many changes a comparison found, a clause; empty where nothing was compared."""
    if report.changes is None:
        return ""
    hubs = len({change.hub.id.lower() for change in report.changes})
    if not report.changes:
        return "no change between the two states"
    return f"{number_of(len(report.changes), 'change')} on {number_of(hubs, 'hub')}"


def place(finding: Finding) -> str | None:
    """``PATH:LINE:COL`` of a finding in code, None for a live hub."""
    where = finding.location
    return f"{where.path}:{where.line}:{where.column}" if where else None


def home(hub: HubRef) -> str:
    """Where a hub lives: resource group and subscription as far as they are known, perhaps empty."""
    return ", ".join(part for part in (hub.resource_group, hub.subscription_id) if part)


def unread(gap: Gap) -> str:
    """What a gap is a gap of, without the hub's own id in front."""
    if gap.hub and gap.subject.lower().startswith(gap.hub.lower()):
        return gap.subject[len(gap.hub) :].strip("/") or "the hub itself"
    return gap.subject


def why_unread(gap: Gap) -> str:
    """``forbidden (403 AuthorizationFailed): detail``, as much of it as the gap tells."""
    answer = " ".join(str(part) for part in (gap.status, gap.code) if part is not None)
    text = f"{gap.reason} ({answer})" if answer else gap.reason
    return f"{text}: {gap.detail}" if gap.detail else text
