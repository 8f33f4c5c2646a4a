"""Functions of dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import text
from scanner.sources.hcl.registry import function

_SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_WORDS = re.compile(
    r"'(?:[^']|'')*'|YYYY|YY|MMMM|MMM|MM|M|DD|D|EEEE|EEE|hh|h|HH|H|AA|aa|mm|m|ss|s|ZZZZZ|ZZZZ|ZZZ|Z|.",
    re.DOTALL,
)


def _time(value: Any) -> datetime:
    shown = text(value)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", shown):
        raise Failure("a time as RFC 3339 has it is needed")
    try:
        return datetime.fromisoformat(shown)
    except ValueError:
        raise Failure("a time as RFC 3339 has it is needed") from None


def _shown(time: datetime) -> str:
    return time.replace(microsecond=0, tzinfo=None).isoformat() + _zone(time, ":", utc="Z")


def _zone(time: datetime, between: str, *, utc: str) -> str:
    offset = int((time.utcoffset() or timedelta()).total_seconds()) // 60
    if not offset and utc:
        return utc
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}{between}{abs(offset) % 60:02}"


@function("timeadd", 2)
def timeadd(value: Any, duration: Any) -> str:
    """A time, and a duration later."""
    shown = text(duration)
    pieces = re.findall(r"(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)", shown)
    if not pieces or "".join(map("".join, pieces)) != shown.lstrip("+-"):
        raise Failure("timeadd() takes a duration such as '1h30m'")
    seconds = sum(float(count) * _SECONDS[unit] for count, unit in pieces)
    try:
        return _shown(_time(value) + timedelta(seconds=-seconds if shown.startswith("-") else seconds))
    except OverflowError:
        raise Failure("timeadd() beyond the end of time") from None


@function("timecmp", 2)
def timecmp(one: Any, other: Any) -> int:
    """-1, 0 or 1: which of two times is earlier."""
    first, second = _time(one), _time(other)
    return (first > second) - (first < second)


@function("formatdate", 2)
def formatdate(form: Any, value: Any) -> str:
    """A time in a form."""
    time = _time(value)
    return "".join(_piece(match[0], time) for match in _WORDS.finditer(text(form)))


def _piece(word: str, time: datetime) -> str:
    if word.startswith("'") and len(word) > 1:
        return word[1:-1].replace("''", "'")
    hour = time.hour % 12 or 12
    known = {
        "YYYY": f"{time.year:04}",
        "YY": f"{time.year % 100:02}",
        "MMMM": time.strftime("%B"),
        "MMM": time.strftime("%b"),
        "MM": f"{time.month:02}",
        "M": str(time.month),
        "DD": f"{time.day:02}",
        "D": str(time.day),
        "EEEE": time.strftime("%A"),
        "EEE": time.strftime("%a"),
        "hh": f"{time.hour:02}",
        "h": str(time.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if time.hour < 12 else "PM",
        "aa": "am" if time.hour < 12 else "pm",
        "mm": f"{time.minute:02}",
        "m": str(time.minute),
        "ss": f"{time.second:02}",
        "s": str(time.second),
        "ZZZZZ": _zone(time, ":", utc=""),
        "ZZZZ": _zone(time, "", utc=""),
        "ZZZ": _zone(time, "", utc="UTC"),
        "Z": _zone(time, ":", utc="Z"),
    }
    if word not in known and word.isalpha():
        raise Failure(f"formatdate() has no '{word}'")
    return known.get(word, word)
