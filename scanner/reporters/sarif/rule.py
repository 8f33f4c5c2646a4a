"""A policy as a rule: what a reader of an alert learns about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from sarif_om import MultiformatMessageString, ReportingConfiguration, ReportingDescriptor

from scanner.bundled import policy_ids
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
_PAGES = f"{PROJECT}/blob/main/policies/docs"
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
    # Somebody else's policy has no page here; what it names first is as near to one as there is.
    page = f"{_PAGES}/{card.id}.md" if card.id in policy_ids() else None
    references = _references(card, page)
    severity = _SECURITY_SEVERITY.get(card.severity)
    return ReportingDescriptor(
        id=identity,
        name=_pascal_case(card.id),
        short_description=MultiformatMessageString(text=title),
        full_description=MultiformatMessageString(
            text=one_line(card.description, _LONGEST_DESCRIPTION) or title
        ),
        help=MultiformatMessageString(
            text="\n\n".join(_help_text(card, title)),
            markdown="\n\n".join(_help_markdown(card, title, references)),
        ),
        help_uri=page or next((url for _, url in references if url is not None), None),
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


def _references(card: PolicyCard, page: str | None) -> list[tuple[str, str | None]]:
    """Where one reads on, each by its title: with None for an address that is none of the web."""
    own = [Reference(title="This policy", url=page)] if page is not None else []
    return [(one_line(one.title, 200), _url(one)) for one in (*card.references, *own)]


def _help_markdown(
    card: PolicyCard, title: str, references: Sequence[tuple[str, str | None]]
) -> Iterator[str]:
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
    if references:
        yield "## References\n\n" + "\n".join(_link(*one) for one in references)


def _fenced(code: str, language: str) -> str:
    """The code in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def _url(reference: Reference) -> str | None:
    url = quote(one_line(reference.url, 2000), safe="/:?#@!$&'*+,;=%~")
    return url if re.match(r"https?://\w", url) else None


def _link(title: str, url: str | None) -> str:
    return f"- [{_unlinked(title)}]({url})" if url is not None else f"- {_unlinked(title)}"


def _unlinked(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)
