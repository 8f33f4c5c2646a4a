"""Functions for dates, as far as they depend on nothing but their arguments."""

from __future__ import annotations

import datetime
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import number, text
from scanner.sources.arm.registry import function

_FORMS = (
    ("yyyy-MM-ddTHH:mm:ssZ", "%Y-%m-%dT%H:%M:%SZ"),
    ("yyyy-MM-dd HH:mm:ssZ", "%Y-%m-%d %H:%M:%SZ"),
    ("yyyyMMddTHHmmssZ", "%Y%m%dT%H%M%SZ"),
    ("yyyy-MM-dd", "%Y-%m-%d"),
)
_DURATION = regex(
    r"(?P<sign>-?)P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,6})W)?"
    r"(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)
_FIELDS = regex(r"yyyy|yy|MM|dd|HH|mm|ss|'[^']*'|[TZ :./-]")
_CODES = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


@function("dateTimeAdd", 2, 3)
def date_time_add(base: Any, duration: Any, form: Any = None) -> str:
    """A date some time later, in a format or that of the date itself."""
    moment, own = _read(text(base, "dateTimeAdd"))
    moved = _moved(moment, text(duration, "dateTimeAdd"))
    return moved.strftime(own if form is None else _pattern(text(form, "dateTimeAdd")))


@function("dateTimeFromEpoch", 1)
def date_time_from_epoch(value: Any) -> str:
    """The date that a number of seconds since 1970 stands for."""
    try:
        moment = datetime.datetime.fromtimestamp(number(value, "dateTimeFromEpoch"), datetime.UTC)
    except (OverflowError, ValueError, OSError):
        raise Failure("dateTimeFromEpoch() beyond the calendar") from None
    return moment.strftime(_FORMS[0][1])


@function("dateTimeToEpoch", 1)
def date_time_to_epoch(value: Any) -> int:
    """The seconds since 1970 of a date."""
    return int(_read(text(value, "dateTimeToEpoch"))[0].timestamp())


def _read(value: str) -> tuple[datetime.datetime, str]:
    for _, pattern in _FORMS:
        try:
            return datetime.datetime.strptime(value, pattern).replace(tzinfo=datetime.UTC), pattern
        except ValueError:
            continue
    raise Failure(f"'{value[:40]}' is no date that is read here")


def _moved(moment: datetime.datetime, duration: str) -> datetime.datetime:
    match = _DURATION.fullmatch(duration)
    if match is None or not any(char.isdigit() for char in duration):
        raise Failure(f"'{duration[:40]}' is no duration")
    count = {name: int(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    sign = -1 if match["sign"] else 1
    try:
        months = moment.year * 12 + moment.month - 1 + sign * (count["years"] * 12 + count["months"])
        year, month = divmod(months, 12)
        following = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
        longest = (following - datetime.timedelta(days=1)).day
        moment = moment.replace(year=year, month=month + 1, day=min(moment.day, longest))
        return moment + sign * datetime.timedelta(
            weeks=count["weeks"],
            days=count["days"],
            hours=count["hours"],
            minutes=count["minutes"],
            seconds=count["seconds"],
        )
    except (OverflowError, ValueError):
        raise Failure("a date beyond the calendar") from None


def _pattern(form: str) -> str:
    result, at = "", 0
    while at < len(form):
        field = _FIELDS.match(form, at)
        if field is None:
            raise Failure(f"'{form[:40]}' is no date format that is read here")
        code = field[0]
        result += _CODES.get(code, code.strip("'").replace("%", "%%"))
        at = field.end()
    return result
