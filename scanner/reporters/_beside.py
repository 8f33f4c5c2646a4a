"""What a change does, in a table that is read in ten seconds: before and after, hub by hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.model import Change, Report
from scanner.reporters import _words
from scanner.reporters._commonmark import code, escape, row, table
from scanner.reporters._digest import Digest

_HUBS = 20
"""Hubs that the table has; the worst ones."""

_NAMED = 4
"""Destinations, or properties, that a cell names before the others are only counted."""


@dataclass(slots=True)
class _Touched:
    """One hub that a change touches."""

    name: str
    changes: list[Change] = field(default_factory=list)
    new: int = 0
    fixed: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        """Where most is new comes first."""
        return -self.new, -sum(len(change.opens) for change in self.changes), self.name.lower()


def section(report: Report, found: Digest) -> str:
    """The table of both states, and that of the hubs that differ; empty where no state was compared."""
    baseline = report.baseline
    if baseline is None or report.changes is None:
        return ""
    hubs = _touched(report, found)
    new = sum(baseline.new.values())
    gone = baseline.before - baseline.known
    named = ", ".join(code(source) for source in baseline.sources)
    opened, closed = (
        sum(len(getattr(change, name)) for change in report.changes) for name in ("opens", "closes")
    )
    states = [
        row(["Failing findings", str(baseline.before), f"{baseline.known + new}{_difference(new, gone)}"]),
        row(["Egress destinations", "", _difference(opened, closed).strip(" ()") or "unchanged"]),
    ]
    body = [f"### Before and after, beside {named}", table(["", "#Before", "#After"], states)]
    if baseline.unjudged:
        lost = _words.number_of(baseline.unjudged, "finding")
        body.append(f"{lost} of before not judged now: the hub is gone, or not all of it is known.")
    if hubs:
        columns = ["Hub", "Change", "Opened", "Closed", "#New findings", "#Fixed"]
        over = len(hubs) - _HUBS
        body.append(table(columns, map(_row, hubs[:_HUBS])))
        body += [f"and {_words.number_of(over, 'more hub')}"] if over > 0 else []
    else:
        body.append("No hub is touched.")
    return "\n\n".join(body)


def _difference(more: int, less: int) -> str:
    parts = [f"+{more}"] if more else []
    parts += [f"-{less}"] if less else []
    return f" ({' '.join(parts)})" if parts else ""


def _touched(report: Report, found: Digest) -> list[_Touched]:
    hubs: dict[str, _Touched] = {}
    for change in report.changes or ():
        _of(hubs, change.hub.id, change.hub.name).changes.append(change)
    for (identity, name), count in found.new_by_hub.items():
        _of(hubs, identity, name).new = count
    for finding in report.baseline.findings if report.baseline else ():
        _of(hubs, finding.hub.id, finding.hub.name).fixed += 1
    return sorted(hubs.values(), key=lambda one: one.order)


def _of(hubs: dict[str, _Touched], identity: str, name: str) -> _Touched:
    return hubs.setdefault(identity.lower(), _Touched(name or identity))


def _row(hub: _Touched) -> str:
    opened, closed = (
        _listed(code(one, 80) for change in hub.changes for one in getattr(change, name))
        for name in ("opens", "closes")
    )
    return row([code(hub.name), _what(hub.changes), opened, closed, str(hub.new), str(hub.fixed)])


def _what(changes: Sequence[Change]) -> str:
    """What is different of a hub: itself and its properties by name, its rules in numbers."""
    told = []
    for change in changes:
        if change.item is None:
            told.append(f"**{escape(change.change)}**")
        elif change.origin is None:
            told.append(f"{code(change.item)}: {escape(change.detail or change.change, 120)}")
    rules: dict[str, int] = {}
    for change in changes:
        if change.item is not None and change.origin is not None:
            rules[change.change] = rules.get(change.change, 0) + 1
    told += [f"{_words.number_of(count, 'rule')} {word}" for word, count in rules.items()]
    return _listed(told)


def _listed(texts: Iterable[str]) -> str:
    every = list(texts)
    over = len(every) - _NAMED
    return ", ".join(every[:_NAMED]) + (f" and {over} more" if over > 0 else "")
