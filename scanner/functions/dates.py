"""Dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from scanner.functions.registry import function
from scanner.regexes import regex

_RFC_3339 = regex(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<time>[0-9]{2}:[0-9]{2}):(?P<seconds>[0-9]{2})(?:\.[0-9]{1,12})?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-5][0-9])))?"
)


class _Slot:
    """Holds the day that this process counts from, and whether somebody named it."""

    day: date | None = None
    is_named: bool = False


def today() -> date:
    """The day that `days_until` counts from: the one set by `use`, else the clock's (UTC) at first use."""
    if _Slot.day is None:
        _Slot.day = datetime.now(tz=UTC).date()
    return _Slot.day


def use(day: date | None, *, named: bool = False) -> None:
    """Count from this day from now on; None is the clock's again.  ``named`` says that a person chose it."""
    _Slot.day = day
    _Slot.is_named = named


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
def timestamp(text: str) -> int | None:
    """The seconds from the beginning of 1970 (UTC) to a date or point in time, null where the text is none.

    Dates and points in time are those of `days_until`; a date is its midnight, and seconds count no
    fraction.

    timestamp("1970-01-02") -> 86400
    timestamp("2025-06-01T02:00:05.5+02:00") -> 1748736005
    timestamp("yesterday") -> null
    """
    moment = _moment(text)
    return None if moment is None else int((moment - datetime(1970, 1, 1)).total_seconds() // 1)  # noqa: DTZ001 - UTC, like the other


@function("string", "string|null", returns="number|null", nulls=True)
def minutes_since(text: str | None, collected: str | None) -> int | None:
    """How many minutes had passed since a point in time, or null where the text is none.

    Counted is to the beginning of the day that ``--today`` names; where it names none, to the moment
    ``collected`` at which the evidence was (``hub.collectedAt``), or to the beginning of today. What lies
    later gives a negative number. Texts are read as `days_until` reads them.

    minutes_since("2026-11-01T08:00:00Z", "2026-11-01T09:30:59+01:00") -> 30
    minutes_since("noon", null) -> null
    """
    moment = _moment(text) if text is not None else None
    if moment is None:
        return None
    return (_now(collected) - moment) // timedelta(minutes=1)


@function("string", "string|null", returns="number|null", nulls=True)
def hours_since(text: str | None, collected: str | None) -> int | None:
    """The same in whole hours.

    hours_since("2026-11-01T08:00:00Z", "2026-11-02T07:59:00Z") -> 23
    """
    minutes = minutes_since(text, collected)
    return None if minutes is None else minutes // 60


def _now(collected: str | None) -> datetime:
    taken = _moment(collected) if collected is not None and not _Slot.is_named else None
    return taken or datetime.combine(today(), time())


def _moment(text: str) -> datetime | None:
    """A date or point in time of RFC 3339, in UTC without saying so; None for any other text."""
    found = _RFC_3339.fullmatch(text.strip()) if len(text) <= 64 else None
    if not found:
        return None
    try:
        # A leap second counts as the one before it.
        seconds = min(int(found["seconds"] or 0), 59)
        moment = datetime.fromisoformat(f"{found['day']} {found['time'] or '00:00'}:{seconds:02}")
        if found["sign"]:
            ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
            moment += -ahead if found["sign"] == "+" else ahead
    except (ValueError, OverflowError):
        return None
    return moment
