"""Writes the pages that are made from the policies: ``python -m scanner.pages``, in a checkout.

One page a policy, one of the functions and one of what is covered under ``policies/docs``, the index
``policies/README.md``, and the table between the markers in ``README.md``.  With ``--check`` nothing is
written; the exit code is 1 where a page is not what it would be made again.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner import coverage, policies
from scanner.functions import reference_page
from scanner.model import Control, PolicyCard, Reference
from scanner.policy import Example, Policy
from scanner.reporters import _commonmark as markdown

_ROOT = Path(__file__).resolve().parent.parent
_MARKED = re.compile(r"(?<=<!-- policies -->\n).*?(?=<!-- /policies -->)", re.DOTALL)
_WIDTH = 100
_MAX_LINES = 40
_FORMS = {
    "azure_cli": ("Azure CLI", "bash"),
    "azureml_yaml": ("Azure ML YAML", "yaml"),
    "bicep": ("Bicep", "bicep"),
    "terraform": ("Terraform", "hcl"),
}


def main(arguments: Sequence[str], root: Path = _ROOT) -> int:
    """Write every page that is out of date, or with ``--check`` only name it; returns the exit code."""
    check = "--check" in arguments
    stale = [(path, text) for path, text in _expected(root).items() if _read(path) != text]
    for path, text in stale:
        sys.stdout.write(f"{path.relative_to(root)}\n")
        if not check:
            _replace(path, text)
    if stale and check:
        sys.stderr.write("these pages are out of date: make docs writes them again\n")
    return 1 if stale and check else 0


def _expected(root: Path) -> dict[Path, str | None]:
    """Every generated file and what it should hold; None for one that should not be there."""
    every = policies.load()
    docs = root / "policies" / "docs"
    pages: dict[Path, str | None] = dict.fromkeys(sorted(docs.glob("*.md")))
    pages |= {docs / f"{policy.card.id}.md": policy_page(policy) for policy in every}
    pages[docs / "functions.md"] = reference_page()
    cards = [policy.card for policy in every]
    pages[docs / "coverage.md"] = coverage.page([card.id for card in cards])
    pages[root / "policies" / "README.md"] = index_page(cards)
    readme = root / "README.md"
    table = _summary(cards, "policies/docs")
    pages[readme] = _MARKED.sub(lambda _: table, readme.read_text(encoding="utf-8"))
    return pages


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _replace(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def index_page(cards: Iterable[PolicyCard]) -> str:
    """All policies as one table, the page that a folder listing shows."""
    lines = (
        "<!-- Written by `make docs`. -->",
        "# Policies",
        "",
        "A policy is one YAML file; its name is its id.  [The language of policies](expressions.md) tells",
        "what an expression sees and what its answer means, [Functions](docs/functions.md) what it may call",
        "beside JMESPath's own functions; [Coverage](docs/coverage.md) goes through the documentation",
        "statement by statement.",
        "",
    )
    return "\n".join((*lines, _overview(cards, "docs")))


def _overview(cards: Iterable[PolicyCard], folder: str) -> str:
    ordered = sorted(cards, key=lambda card: (card.category, card.severity.rank, card.id))
    rows = (
        markdown.row(
            (f"[{card.id}]({folder}/{card.id}.md)", card.severity, card.category, markdown.escape(card.title))
        )
        for card in ordered
    )
    return markdown.table(("policy", "severity", "category", "what holds where it passes"), rows) + "\n"


def _summary(cards: Iterable[PolicyCard], folder: str) -> str:
    """The categories of policies, with the most severe one of each as its example."""
    groups: dict[str, list[PolicyCard]] = {}
    for card in sorted(cards, key=lambda card: (card.category, card.severity.rank, card.id)):
        groups.setdefault(card.category, []).append(card)
    rows = []
    for category, members in groups.items():
        counts = Counter(card.severity for card in members)
        told = ", ".join(f"{count} {severity}" for severity, count in counts.items())
        first = members[0]
        example = f"[{markdown.escape(first.title)}]({folder}/{first.id}.md)"
        rows.append(markdown.row((category, told, example)))
    return markdown.table(("category", "policies", "for example"), rows) + "\n"


def policy_page(policy: Policy) -> str:
    """Everything a reader wants to know of one policy, as GitHub-flavoured Markdown."""
    card = policy.card
    kinds = markdown.escape(", ".join(card.applies_to))
    sections = (
        ("What is judged", _condition(policy)),
        ("Parameters", _parameters(policy)),
        ("How to fix it", _remediation(card.remediation)),
        ("Examples", _examples(policy.examples)),
        ("One verdict on one thing", _yields(card.yields_to)),
        ("Controls", _controls(card.controls)),
        ("References", _references(card.references)),
    )
    lines = [
        f"<!-- Made from {card.id}.yaml by `make docs`. -->",
        f"# {markdown.escape(card.title)}",
        "",
        f"`{card.id}` · severity **{card.severity}** · category {card.category} · judges kind {kinds}",
        "",
        card.description.strip(),
    ]
    for title, body in sections:
        text = "\n".join(body).rstrip("\n")
        if text:
            lines += ("", f"## {title}", "", text)
    return "\n".join(lines) + "\n"


def _condition(policy: Policy) -> Iterator[str]:
    parts = (
        ("It applies to a hub where this is true:", policy.when),
        ("Each member of this list is judged:", policy.each),
        ("This must hold:", policy.require),
    )
    for sentence, expression in parts:
        if expression is not None:
            yield from (sentence, "", markdown.fenced(expression.text, "text"), "")
    if policy.needs:
        names = ", ".join(f"`{name}`" for name in policy.needs)
        yield f"It is unknown where one of these was not collected or could not be read: {names}."


def _parameters(policy: Policy) -> Iterator[str]:
    rows = []
    for name, parameter in policy.parameters.items():
        default = markdown.code(json.dumps(parameter.default, ensure_ascii=False), 400)
        allowed = ", ".join(markdown.code(str(value)) for value in parameter.allowed)
        meaning = markdown.escape(parameter.description) + (f" One of {allowed}." if allowed else "")
        rows.append(markdown.row((f"`{name}`", parameter.type, default, meaning)))
    if rows:
        yield markdown.table(("name", "type", "default", "what it means"), rows)
        name = next(iter(policy.parameters))
        yield from ("", f"Set one in `hubscan.yaml` or with `--param {policy.card.id}.{name}=VALUE`.")


def _remediation(forms: Mapping[str, str]) -> Iterator[str]:
    if "text" in forms:
        yield from (forms["text"].strip(), "")
    for form, (title, language) in _FORMS.items():
        if form in forms:
            yield from (f"### {title}", "", markdown.fenced(forms[form], language), "")


def _examples(examples: Iterable[Example]) -> Iterator[str]:
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(example.verdict, example)
    for verdict, sentence in (("pass", "This hub passes"), ("fail", "This hub fails")):
        if verdict in first:
            items = ", ".join(markdown.code(item) for item in first[verdict].expect or ())
            block = markdown.fenced(_cut(pretty(first[verdict].document)), "json")
            if "before" in first[verdict].settings:
                earlier = markdown.fenced(_cut(pretty(first[verdict].settings["before"])), "json")
                yield from ("Before:", "", earlier, "")
            yield from (f"{sentence}{f' for {items}' if items else ''}:", "", block, "")


def _yields(others: Sequence[str]) -> Iterator[str]:
    if others:
        yield "Where one of these fails for the same thing, and is not exempt, this policy stays silent:"
        yield ", ".join(f"[{other}]({other}.md)" for other in others) + "."


def _controls(controls: Iterable[Control]) -> Iterator[str]:
    cells = ((entry.framework, entry.version, entry.control) for entry in controls)
    rows = [markdown.row([markdown.escape(cell) for cell in line]) for line in cells]
    if rows:
        yield markdown.table(("framework", "version", "control"), rows)


def _references(references: Iterable[Reference]) -> Iterator[str]:
    for entry in references:
        url = entry.url.translate({ord("<"): "%3C", ord(">"): "%3E", ord(" "): "%20"})
        yield f"- [{markdown.escape(entry.title)}](<{url}>)"


def pretty(value: Any, indent: str = "") -> str:
    """JSON for people: what fits on a line of 100 columns stands on one."""
    flat = json.dumps(value, ensure_ascii=False, default=str)
    if len(indent) + len(flat) <= _WIDTH or not isinstance(value, (dict, list)):
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(key, ensure_ascii=False)}: {pretty(value[key], inner)}" for key in value]
    else:
        lines = [pretty(member, inner) for member in value]
    opening, closing = flat[0], flat[-1]
    return f"{opening}\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}{closing}"


def _cut(text: str) -> str:
    lines = text.split("\n")
    if len(lines) <= _MAX_LINES:
        return text
    return "\n".join((*lines[:_MAX_LINES], f"… and {len(lines) - _MAX_LINES} lines more"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
