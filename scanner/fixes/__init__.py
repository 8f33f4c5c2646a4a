"""Writes the remediations of a report as one file for a person to review: nothing here runs anything.

A form of remediation is a module here.  What it is given comes from a file and may be hostile, so that a
text is only written where it is what it should be: commands of ``az`` alone, plain YAML, resources that
can do nothing but be resources.  Everything else stands in the file as a comment, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import ModuleType

from scanner.fixes import bicep, shell, terraform, yaml
from scanner.fixes.context import COMMAND, CONTROL, Context, UnfitError
from scanner.model import Finding, HubRef, Report, Verdict

FORMS: Mapping[str, ModuleType] = {
    "azure-cli": shell,
    "azureml-yaml": yaml,
    "bicep": bicep,
    "terraform": terraform,
}
"""The forms of a file, by their name on the command line."""

_KEYS = {"azure-cli": "azure_cli", "azureml-yaml": "azureml_yaml"}
_PLACEHOLDER = re.compile(r"<[a-z][a-z-]*>")
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_LONGEST = 20_000


def write(form: str, report: Report) -> Iterator[str]:
    """The file of a form, a piece at a time; the same report always gives the same bytes.

    ``form`` is one of `FORMS`.
    """
    module = FORMS[form]
    mark = module.COMMENT
    yield from module.head()
    version = _line(report.tool_version)
    yield f"{mark} Written by hubscan {version} from its findings, for you to review: nothing was run.\n"
    context = Context()
    counts = [0, 0]
    for hub, findings in groupby(_failing(report), key=lambda finding: finding.hub):
        yield f"\n{mark} {_line(_title(hub))}\n"
        context.enter(hub)
        for text, alike in _by_text(findings, _KEYS.get(form, form)):
            yield from _entry(module, context, text, alike, counts)
    written, left_out = counts
    yield f"\n{mark} {written} written, {left_out} left out.{_others(report)}\n"


def _entry(
    module: ModuleType, context: Context, text: str, findings: list[Finding], counts: list[int]
) -> Iterator[str]:
    mark = module.COMMENT
    yield "\n"
    for finding in findings:
        what = f"{finding.policy} '{finding.item}'" if finding.item else finding.policy
        yield f"{mark} {_line(f'{finding.severity} {what}: {finding.message}')}\n"
    try:
        body = module.body(_checked(text), context)
    except UnfitError as unfit:
        counts[1] += 1
        yield f"{mark} left out: {_line(str(unfit))}\n"
        for line in text[:_LONGEST].splitlines():
            yield f"{mark}   {_shown(line)}\n"
    else:
        counts[0] += 1
        yield f"{body.rstrip()}\n"


def _checked(text: str) -> str:
    """The text of a remediation.  Raises `UnfitError` for one that no form can take."""
    if not text.strip():
        raise UnfitError("the policy has no remediation in this form")
    if len(text) > _LONGEST or CONTROL.search(text):
        raise UnfitError("it is too long or has control characters")
    if COMMAND.search(text):
        raise UnfitError("a build server would take a part of it for a command")
    if _REPLACED in text:
        raise UnfitError("a name in it has characters that cannot be written here")
    open_ends = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if open_ends:
        raise UnfitError(f"you have to fill in {', '.join(open_ends)}")
    return text


def _failing(report: Report) -> list[Finding]:
    """What fails, hub by hub, the worst first."""
    failing = (finding for finding in report.findings if finding.verdict is Verdict.FAIL)
    return sorted(
        failing,
        key=lambda one: (one.hub.id.lower(), one.hub.id, one.severity.rank, one.policy, one.item or ""),
    )


def _by_text(findings: Iterable[Finding], key: str) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of a hub by their remediation: what is said twice is written once."""
    alike: dict[str, list[Finding]] = {}
    for finding in findings:
        text = finding.remediation.get(key, "")
        # What has no text in this form is told one by one.
        alike.setdefault(text or f"\0{finding.fingerprint}", []).append(finding)
    for text, found in alike.items():
        yield ("" if text.startswith("\0") else text), found


def _title(hub: HubRef) -> str:
    where = ", ".join(part for part in (hub.resource_group, hub.subscription_id) if part)
    return f"{hub.kind} {hub.name}{f' ({where})' if where else ''}"


def _others(report: Report) -> str:
    verdicts = report.summary.verdicts
    told = [
        f"{verdicts.get(verdict, 0)} {verdict}"
        for verdict in (Verdict.UNKNOWN, Verdict.EXEMPT)
        if verdicts.get(verdict, 0)
    ]
    return f" Findings that are not failing are not here: {', '.join(told)}." if told else ""


def _line(text: str) -> str:
    """A text as one line of a comment."""
    return " ".join(_shown(text).split())


def _shown(line: str) -> str:
    return COMMAND.sub(_REPLACED, CONTROL.sub(_REPLACED, line))
