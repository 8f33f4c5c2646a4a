"""The sections of the Markdown report, each a string, empty where there is nothing to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from scanner.model import Exemption, Finding, Gap, Report, Severity, Verdict
from scanner.reporters import _words
from scanner.reporters._commonmark import code, escape, fenced, folded, row, table
from scanner.reporters._digest import Digest, by_hub

_NAMED = 10
"""How many hubs, sources or notices are named before the others are only counted."""

TOLD_AT_ONCE = 5
"""How many kinds of gap the banner itself tells."""

_FIXED = 100
"""How many fixed findings are shown before the others are only counted."""

_FORMS = {"azure_cli": ("Azure CLI", "sh"), "bicep": ("Bicep", "bicep"), "terraform": ("Terraform", "hcl")}
_FORMS["azureml_yaml"] = ("Azure ML YAML", "yaml")
_FORM_OF_FILE = {
    ".bicep": "bicep",
    ".tf": "terraform",
    ".tofu": "terraform",
    ".yml": "azureml_yaml",
    ".yaml": "azureml_yaml",
}
_COMMAND_LENGTH = 4_000
_TEXT_LENGTH = 1_200


def banner(report: Report, groups: Sequence[GapGroup]) -> str:
    """What is missing from the picture, in a quotation that stands out."""
    if report.complete:
        return ""
    told = [f"- {_told(group)}" for group in groups[:TOLD_AT_ONCE]]
    if len(groups) > TOLD_AT_ONCE:
        told.append(f"- and {_words.number_of(len(groups) - TOLD_AT_ONCE, 'other gap')}, listed below")
    lines = ["**The picture is incomplete.** What could not be read is unknown, not passed:", "", *told]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def counts(report: Report, found: Digest) -> str:
    """How many findings of each severity, and beside them how often policies passed or did not apply."""
    summary = report.summary
    columns = [summary.failing, summary.unknown, found.exempt]
    rows = [
        row([severity.capitalize(), *(str(column.get(severity, 0)) for column in columns)])
        for severity in Severity
        if any(column.get(severity) for column in columns)
    ]
    settled = [summary.verdicts.get(verdict, 0) for verdict in (Verdict.PASS, Verdict.SKIP)]
    hubs = _words.number_of(summary.hubs, "hub")
    policies = _words.number_of(summary.policies, "policy", "policies")
    scope = f"{hubs} judged by {policies}: {settled[0]} passed, {settled[1]} not applicable."
    return "\n\n".join(
        [table(["Severity", "#Failing", "#Unknown", "#Exempt"], rows), scope] if rows else [scope]
    )


def fix_first(findings: Sequence[Finding]) -> str:
    """The worst findings as a numbered list, each with the folded way to fix it."""
    entries = [_entry(f"{number}. ", finding) for number, finding in enumerate(findings, 1)]
    return "\n\n".join(["### Fix first", *entries]) if entries else ""


def _entry(marker: str, finding: Finding) -> str:
    parts = [
        f"**{finding.severity.capitalize()}**, {code(finding.hub.name)}: {escape(_words.said(finding))}",
        f"{code(finding.policy)}, {_where(finding)}",
        _fix(finding),
    ]
    lines = "\n\n".join(part for part in parts if part).split("\n")
    return marker + "\n".join(f"{' ' * len(marker)}{line}".rstrip() for line in lines).lstrip()


def _fix(finding: Finding) -> str:
    """The fix in the language of the file that the finding stands in; the Azure CLI's for a live hub."""
    path = finding.location.path.lower() if finding.location else ""
    form = next((form for ending, form in _FORM_OF_FILE.items() if path.endswith(ending)), "azure_cli")
    text, command = (finding.remediation.get(name, "").strip() for name in ("text", form))
    body = [escape(" ".join(text.split()), _TEXT_LENGTH)] if text else []
    name, language = _FORMS[form]
    if command and len(command) <= _COMMAND_LENGTH:
        body.append(fenced(command, language))
        return folded(f"Fix ({name})", "\n\n".join(body))
    # NOTE: half a command may do something else than the whole one, so a long one is not shown at all.
    return folded("Fix", "\n\n".join(body)) if body else ""


def finding_row(finding: Finding) -> str:
    """One finding as a line of the table of its severity."""
    what = finding.reason if finding.verdict is Verdict.UNKNOWN and finding.reason else _words.said(finding)
    item = "" if finding.item is None else code(finding.item)
    return row([code(finding.hub.name), code(finding.policy), item, escape(what), _where(finding)])


def findings(title: str, what: str, rows: Sequence[tuple[Finding, str]]) -> str:
    """A folded table for each severity, its rows sorted by hub; ``what`` heads the column that tells."""
    sections = [f"### {title}"]
    columns = ["Hub", "Policy", "Item", what, "Where"]
    for severity, group in groupby(rows, key=lambda pair: pair[0].severity):
        lines = [line for _, line in sorted(group, key=lambda pair: by_hub(pair[0]))]
        sections.append(folded(f"{severity.capitalize()} ({len(lines)})", table(columns, lines)))
    return "\n\n".join(sections) if rows else ""


def _where(finding: Finding) -> str:
    """The place in code, else the resource group and subscription of the hub."""
    place = _words.place(finding)
    if place:
        return code(place, 300)
    hub = finding.hub
    return ", ".join(code(part) for part in (hub.resource_group, hub.subscription_id) if part) or code(
        hub.id, 300
    )


def exemption_rows(found: Digest) -> list[str]:
    """A line for each exemption that covers something, the one that ends first on top."""
    ordered = sorted(found.exemptions.items(), key=lambda pair: _exemption_order(pair[0]))
    return [row(_exemption(exemption, covered)) for exemption, covered in ordered]


def _exemption_order(exemption: Exemption) -> tuple[str, ...]:
    entry = exemption
    return (entry.expires or "~", entry.policy, entry.hub, entry.item or "", entry.justification)


def _exemption(entry: Exemption, covered: int) -> list[str]:
    scope = code(entry.hub) if entry.item is None else f"{code(entry.hub)}, item {code(entry.item)}"
    why = f"{escape(entry.category)}: {escape(entry.justification)}"
    who = ", ".join(escape(one, 120) for one in (entry.approved_by, entry.ticket) if one)
    return [code(entry.policy), scope, str(covered), why, who, escape(entry.expires or "no end")]


GapGroup = tuple[str, str, list[str]]
"""What could not be read, why, and the names of the hubs that this is so of."""


def gap_groups(gaps: Iterable[Gap]) -> list[GapGroup]:
    """Gaps that differ only in their hub, together; the most frequent first."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in gaps:
        hub = gap.hub.rstrip("/").rpartition("/")[2] if gap.hub else ""
        groups[_words.unread(gap), _words.why_unread(gap)].append(hub)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [(what, why, sorted(hubs)) for (what, why), hubs in ordered]


def gap_row(group: GapGroup) -> str:
    """One kind of gap as a line of the table of gaps."""
    what, why, hubs = group
    return row([code(what, 300), escape(why), str(len(hubs)), _names(hubs)])


def _told(group: GapGroup) -> str:
    what, why, hubs = group
    names = _names(hubs)
    return f"{code(what, 300)}{f' of {names}' if names else ''}: {escape(why)}"


def _names(hubs: Sequence[str]) -> str:
    named = [code(hub) for hub in hubs if hub]
    over = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {over} more" if over > 0 else "")


_CHANGES = 500
"""How many changes are shown before the others are only counted."""


def changes(report: Report) -> str:
    """What a comparison of two states found different; empty where nothing was compared."""
    if report.changes is None:
        return ""
    told = _words.changes(report)
    rows = [
        row([code(change.hub.name), escape(_words.change(change))]) for change in report.changes[:_CHANGES]
    ]
    over = len(report.changes) - _CHANGES
    body = [table(["Hub", "Change"], rows)] if rows else []
    body += [f"and {_words.number_of(over, 'more change')}"] if over > 0 else []
    if report.baseline is not None:
        return folded(f"{told[0].upper()}{told[1:]}", "\n\n".join(body)) if body else ""
    return "\n\n".join([f"### {told[0].upper()}{told[1:]}", *body])


def fixed(report: Report) -> str:
    """The findings of before that are no more, folded; empty where there is none."""
    found = report.baseline
    if found is None or not found.fixed:
        return ""
    rows = [
        row(
            [
                code(finding.hub.name),
                code(finding.policy),
                "" if finding.item is None else code(finding.item),
                finding.severity,
            ]
        )
        for finding in found.findings[:_FIXED]
    ]
    over = found.fixed - len(rows)
    more = f"\n\nand {over} more" if over > 0 else ""
    return folded(f"Fixed ({found.fixed})", table(["Hub", "Policy", "Item", "Severity"], rows) + more)


def notices(report: Report) -> str:
    """Sentences about the scan itself."""
    lines = [f"- {escape(notice)}" for notice in report.notices[:_NAMED]]
    over = len(report.notices) - _NAMED
    if over > 0:
        lines.append(f"- and {_words.number_of(over, 'more notice')}")
    return "\n".join(["### Notices", "", *lines]) if lines else ""


def policy_columns(found: Digest) -> dict[str, Verdict]:
    """The columns of the table of policies: passes only where the report lists them."""
    columns = {"#Failing": Verdict.FAIL, "#Unknown": Verdict.UNKNOWN, "#Exempt": Verdict.EXEMPT}
    if any(numbers[Verdict.PASS] or numbers[Verdict.SKIP] for numbers in found.by_policy.values()):
        columns |= {"#Passed": Verdict.PASS, "#Not applicable": Verdict.SKIP}
    return columns


def policy_rows(report: Report, found: Digest) -> list[str]:
    """A line for each policy with how often it gave which verdict, worst policies first."""
    columns = policy_columns(found).values()
    return [
        row([code(card.id), card.severity, *(str(found.by_policy[card.id][verdict]) for verdict in columns)])
        for card in sorted(report.policies, key=lambda card: (card.severity.rank, card.id))
    ]


def footer(report: Report) -> str:
    """Which program saw what, and when."""
    times = dict.fromkeys([report.started_at, report.finished_at])
    sources = [
        f"{escape(source.kind, 40)} {code(source.path)} ({_words.number_of(source.hubs, 'hub')})"
        for source in report.sources[:_NAMED]
    ]
    over = len(report.sources) - _NAMED
    seen = ", ".join(sources) + (f" and {_words.number_of(over, 'more source')}" if over > 0 else "")
    when = " to ".join(escape(time, 40) for time in times)
    line = f"hubscan {escape(report.tool_version, 40)}, evidence of {when}{f': {seen}' if seen else ''}"
    told = report.digests
    if told is None:
        return line
    return f"{line}  \nSHA-256 of the policies {code(told.policies)}, of the inputs {code(told.inputs)}"
