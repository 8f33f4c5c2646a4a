"""The line of open findings over time, in the coordinates of a small picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.model import Severity, Trend, TrendPoint

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 120, 36, 18
_MOST = 400
"""Points beyond these, the oldest, are not drawn."""


def line(trend: Trend | None) -> dict[str, Any] | None:
    """All open findings and the critical and high ones, as the points of two lines; None for no history."""
    if trend is None or not trend.points:
        return None
    points = trend.points[-_MOST:]
    all_open = [sum(point.open.values()) for point in points]
    severe = [_severe(point) for point in points]
    most = max(1, *all_open)
    return {
        "all": _path(all_open, most),
        "severe": _path(severe, most),
        "most": most,
        "first": points[0],
        "last": points[-1],
        "open": all_open[-1],
        "since": trend.since_last,
        "severe_open": severe[-1],
        "points": [(point, total) for point, total in zip(points, all_open, strict=True)][-12:],
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "bottom": BOTTOM,
    }


def _severe(point: TrendPoint) -> int:
    return point.open.get(Severity.CRITICAL, 0) + point.open.get(Severity.HIGH, 0)


def _path(values: Sequence[int], most: int) -> str:
    room = WIDTH - LEFT - 8
    step = room / max(1, len(values) - 1)
    tall = HEIGHT - BOTTOM - 8
    return " ".join(
        f"{LEFT + position * step:.1f},{8 + tall * (1 - value / most):.1f}"
        for position, value in enumerate(values)
    )
