"""Dates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from scanner.functions.registry import function

_RFC_3339 = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<time>[0-9]{2}:[0-9]{2}):[0-9]{2}(?:\.[0-9]{1,12})?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-5][0-9])))?"
)


class _Slot:
    """Holds the day that this process counts from."""

    day: date | None = None


def today() -> date:
    """The day that `days_until` counts from: the one set by `use`, else the clock's (UTC) at first use."""
    if _Slot.day is None:
        _Slot.day = datetime.now(tz=UTC).date()
    return _Slot.day


def use(day: date | None) -> None:
    """Count from this day from now on; None is the clock's again."""
    _Slot.day = day


@function("string", returns="number|null")
def days_until(text: str) -> int | None:
    """How many days it is from today to a date, negative for the past, null where the text is no date.

    A date is ``YYYY-MM-DD`` or a point in time of RFC 3339, which counts for its day in UTC. Today is
    the scan's ``--today``.

    days_until("0001-02-30") -> null
    days_until("tomorrow") -> null
    """
    moment = _moment(text)
    return None if moment is None else (moment.date() - today()).days


@function("string", returns="number|null")
def minutes_since(text: str) -> int | None:
    """How many minutes lie between a point in time and the beginning of today, null where the text is none.

    Points in time are read as `days_until` reads them; those of today and later give a negative number. So
    the answer is never more than what has passed, and the same all day long.

    minutes_since("noon") -> null
    minutes_since("2026-13-01T08:00:00Z") -> null
    """
    moment = _moment(text)
    if moment is None:
        return None
    return (datetime.combine(today(), time()) - moment) // timedelta(minutes=1)


@function("string", returns="number|null")
def hours_since(text: str) -> int | None:
    """The same in whole hours.

    hours_since("noon") -> null
    """
    minutes = minutes_since(text)
    return None if minutes is None else minutes // 60


def _moment(text: str) -> datetime | None:
    """A date or point in time of RFC 3339, in UTC without saying so; None for any other text."""
    found = _RFC_3339.fullmatch(text.strip()) if len(text) <= 64 else None
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(f"{found['day']} {found['time'] or '00:00'}")
        if found["sign"]:
            ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
            moment += -ahead if found["sign"] == "+" else ahead
    except (ValueError, OverflowError):
        return None
    return moment
