"""Dates."""

from __future__ import annotations

from datetime import date

from scanner.functions.registry import function


@function("string", returns="number|null")
def days_until(text: str) -> int | None:
    """How many days from today to a date; negative for the past."""
    raise NotImplementedError


def today() -> date:
    """The day that `days_until` counts from: the one set by `use`, else the clock's."""
    raise NotImplementedError


def use(day: date | None) -> None:
    """Count from another day from now on; None is the clock's again."""
    raise NotImplementedError
