"""What the documentation says, statement by statement, and which policies check it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from scanner.reference import Reference
from scanner.reporters import _commonmark as markdown


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: ``says`` is ours in words, ``policies`` check it, ``reason`` is why none can."""

    id: str
    section: str
    says: str
    policies: tuple[str, ...] = ()
    reason: str | None = None


def statements() -> tuple[Statement, ...]:
    """Every statement, in the order of the documentation."""
    entries = Reference().table("coverage")["statements"]
    return tuple(Statement(**{**entry, "policies": tuple(entry.get("policies", ()))}) for entry in entries)


def problems(known: Collection[str]) -> Iterator[str]:
    """A line for each statement that neither a policy nor a reason covers; ``known`` are all policies."""
    for statement in statements():
        if bool(statement.policies) == bool(statement.reason):
            yield f"{statement.id} must have either policies or a reason"
        for name in statement.policies:
            if name not in known:
                yield f"{statement.id} names '{name}', which is no policy"


def page(known: Collection[str]) -> str:
    """The page of all statements, as GitHub-flavoured Markdown; ``known`` are the policies with a page."""
    every = statements()
    checked = [statement for statement in every if statement.policies]
    used = {name for statement in checked for name in statement.policies if name in known}
    lines = [
        "<!-- Made from data/coverage.yaml by `make docs`. -->",
        "# Coverage",
        "",
        f"The documentation of managed networks makes {len(every)} statements. {len(checked)} of them can be",
        f"checked, and {len(used)} policies do; for the others the table says why none can. Policies beyond",
        "these rest on newer documentation and on what the platform does; the",
        "[index](../README.md) lists all.",
    ]
    for section, members in groupby(every, key=lambda statement: statement.section):
        rows = (markdown.row(_cells(statement, known)) for statement in members)
        table = markdown.table(("statement", "what it says", "checked by"), rows)
        lines += ["", f"## {section[0].upper()}{section[1:]}", "", table]
    return "\n".join(lines) + "\n"


def _cells(statement: Statement, known: Collection[str]) -> tuple[str, str, str]:
    if statement.reason:
        told = f"nothing: {markdown.escape(statement.reason)}"
    else:
        told = ", ".join(f"[{name}]({name}.md)" if name in known else name for name in statement.policies)
    return statement.id, markdown.escape(statement.says), told
