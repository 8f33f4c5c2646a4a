"""What a history tells in a report for people: what the scan changed, and how open findings went."""

from __future__ import annotations

from scanner.model import Report, SinceLast
from scanner.reporters._sparkline import sparkline

_POINTS = 60
"""The most days of a line."""


def paragraph(report: Report) -> str:
    """One paragraph of Markdown; empty where there is no history, or it knows this scan alone."""
    trend = report.trend
    if trend is None:
        return ""
    told = [] if trend.since_last is None else [f"Since the scan of {trend.since_last.before[:10]}: "]
    if trend.since_last is not None:
        told.append(f"{changed(trend.since_last)}.")
    points = trend.points[-_POINTS:]
    if len(points) > 1:
        totals = [sum(point.open.values()) for point in points]
        line = f"`{sparkline(totals)}` {totals[0]} to {totals[-1]} open, {points[0].day} to {points[-1].day}."
        told.append(f"{' ' if told else ''}In the history: {line}")
    return "".join(told)


def changed(since: SinceLast) -> str:
    """What a scan changed, a clause: what nobody looked at again is said to be so."""
    counts = {
        "new": since.new,
        "reopened": since.reopened,
        "fixed": since.fixed,
        "gone with their hub": since.gone,
        "exempted": since.exempted,
        "not known to be fixed": since.held,
    }
    usual = ("new", "fixed")
    told = [f"{count} {word}" for word, count in counts.items() if count or word in usual]
    return ", ".join(told)
