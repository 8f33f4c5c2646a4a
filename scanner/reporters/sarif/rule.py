"""A policy as a rule: what a reader of an alert learns about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from sarif_om import MultiformatMessageString, ReportingConfiguration, ReportingDescriptor

from scanner.model import PolicyCard, Reference, Severity
from scanner.reporters._plain import clipped, plain

PROJECT = "https://github.com/hubscan/hubscan"

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
"""SARIF's word for each severity."""

_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
}
_LONGEST_NAME = 255
_LONGEST_DESCRIPTION = 1024
_MOST_TAGS = 10
_NOT_IN_SLUG = re.compile(r"[^A-Za-z0-9-]+")
_FORMS = {
    "azure_cli": ("Azure CLI", "sh"),
    "azureml_yaml": ("Azure ML YAML", "yaml"),
    "bicep": ("Bicep", "bicep"),
    "terraform": ("Terraform", "hcl"),
}


def one_line(text: str, longest: int) -> str:
    """The text without line breaks, control characters or invisible marks, and not too long."""
    return clipped(" ".join(text.split()), longest)


def rule_id(policy: str) -> str:
    """The id of a policy as a rule's id, which may not be empty."""
    return one_line(policy, _LONGEST_NAME) or "policy"


def rule(card: PolicyCard) -> ReportingDescriptor:
    """The rule that stands for a policy.  GitHub wants every text of it, and none of them empty."""
    identity = rule_id(card.id)
    title = one_line(card.title, _LONGEST_DESCRIPTION) or identity
    page = f"{PROJECT}/blob/main/policies/docs/{_NOT_IN_SLUG.sub('-', identity)}.md"
    severity = _SECURITY_SEVERITY.get(card.severity)
    return ReportingDescriptor(
        id=identity,
        name=_pascal_case(card.id),
        short_description=MultiformatMessageString(text=title),
        full_description=MultiformatMessageString(
            text=one_line(card.description, _LONGEST_DESCRIPTION) or title
        ),
        help=MultiformatMessageString(
            text="\n\n".join(_help_text(card, title)), markdown="\n\n".join(_help_markdown(card, title, page))
        ),
        help_uri=page,
        default_configuration=ReportingConfiguration(level=LEVELS[card.severity]),
        properties={
            "tags": _tags(card),
            "precision": "high",
            **({"security-severity": severity} if severity else {}),
        },
    )


def _pascal_case(slug: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", slug)
    return "".join(word[0].upper() + word[1:] for word in words)[:_LONGEST_NAME] or "Policy"


def _tags(card: PolicyCard) -> list[str]:
    tags = ["security", card.category, *(control.framework for control in card.controls)]
    named = (one_line(tag, _LONGEST_NAME) for tag in tags)
    return list(dict.fromkeys(tag for tag in named if tag))[:_MOST_TAGS]


def _lines(text: str) -> str:
    """The text line by line, each line made safe: Markdown needs its line breaks."""
    return "\n".join(plain(line.replace("\t", "    ")) for line in text.splitlines()).strip("\n")


def _help_text(card: PolicyCard, title: str) -> Iterator[str]:
    yield title
    if card.description.strip():
        yield _lines(card.description)
    if card.remediation.get("text"):
        yield _lines(card.remediation["text"])
    for reference in card.references:
        yield one_line(f"{reference.title}: {reference.url}", _LONGEST_DESCRIPTION)


def _help_markdown(card: PolicyCard, title: str, page: str) -> Iterator[str]:
    yield f"# {_unlinked(title)}"
    if card.description.strip():
        yield _lines(card.description)
    if card.remediation:
        yield "## What to do"
    if card.remediation.get("text"):
        yield _lines(card.remediation["text"])
    for form, (label, language) in _FORMS.items():
        if card.remediation.get(form):
            yield f"**{label}**\n\n{_fenced(_lines(card.remediation[form]), language)}"
    if card.controls:
        controls = (f"{control.framework} {control.version}: {control.control}" for control in card.controls)
        yield "## Controls\n\n" + "\n".join(f"- {_unlinked(one_line(line, 200))}" for line in controls)
    yield "## References\n\n" + "\n".join(
        map(_link, (*card.references, Reference(title="This policy", url=page)))
    )


def _fenced(code: str, language: str) -> str:
    """The code in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def _link(reference: Reference) -> str:
    title = _unlinked(one_line(reference.title, 200))
    url = quote(one_line(reference.url, 2000), safe="/:?#@!$&'*+,;=%~")
    return f"- [{title}]({url})" if re.match(r"https?://\w", url) else f"- {title}"


def _unlinked(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)
