"""Numbers as a line of bars, for a place that shows text only."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[int]) -> str:
    """A bar for each number, in proportion to the largest; the lowest one for 0."""
    top = max(numbers, default=0) or 1
    return "".join(_BARS[max(0, number) * (len(_BARS) - 1) // top] for number in numbers)
