"""Dates: days from today, where today is what the scan says it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import dates, table

days_until = table()["days_until"].call


@pytest.fixture(autouse=True)
def _today():
    dates.use(date(2026, 11, 23))
    yield
    dates.use(None)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-23", 0),
        ("2026-11-24", 1),
        ("2026-11-22", -1),
        ("2028-02-29", 463),
        ("2026-11-23T23:59:59Z", 0),
        ("2026-11-23t23:59:60.1234567z", 0),
        ("2026-11-23T23:30:00-01:00", 1),
        ("2026-11-23T00:30:00+01:00", -1),
        (" 2026-11-23\n", 0),
    ],
)
def test_days_are_counted_to_the_day_in_utc(text, days):
    assert days_until(text) == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-02-30",
        "2026-13-01",
        "20261123",
        "2026-W47-1",
        "23.11.2026",
        "2026-11-23T10:00:00",
        "2026-11-23T25:00:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:00:00-23:00",
        "\u0662\u0660\u0662\u0666-11-23",
        "2" * 10_000_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_date_has_no_days(text):
    assert days_until(text) is None


def test_a_text_of_more_than_64_characters_is_no_date():
    assert days_until("2026-11-23".rjust(64)) == 0
    assert days_until("2026-11-23".rjust(65)) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01", 0),
        ("1970-01-02", 86_400),
        ("1970-01-01T00:00:07Z", 7),
        ("1970-01-01T00:01:00.9Z", 60),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.5Z", -1),
        ("2025-06-01T02:00:05+02:00", 1_748_736_005),
        ("yesterday", None),
    ],
)
def test_a_point_in_time_is_told_in_seconds_from_the_beginning_of_1970(text, seconds):
    assert table()["timestamp"].call(text) == seconds


@given(st.dates())
def test_every_date_is_as_many_days_away_as_it_is(day):
    assert date(2026, 11, 23) + timedelta(days=days_until(day.isoformat())) == day


def test_without_a_day_of_the_scan_the_clock_tells():
    before = datetime.now(tz=UTC).date()
    dates.use(None)
    assert before <= dates.today() <= datetime.now(tz=UTC).date()


class TestAges:
    minutes_since = staticmethod(table()["minutes_since"].call)
    hours_since = staticmethod(table()["hours_since"].call)

    def test_are_counted_to_the_moment_of_collection(self):
        assert self.minutes_since("2026-11-01T08:00:00Z", "2026-11-01T09:30:00+01:00") == 30
        assert self.hours_since("2026-11-01T15:02:19Z", "2026-11-02T05:17:00Z") == 14

    def test_are_counted_to_the_beginning_of_today_where_nobody_says_when_that_was(self):
        assert self.minutes_since("2026-11-22T23:00:00Z", None) == 60
        assert self.minutes_since("2026-11-22T23:00:00Z", "yesterday") == 60

    def test_are_counted_to_the_beginning_of_the_day_that_somebody_names(self):
        dates.use(date(2026, 11, 23), named=True)
        assert self.hours_since("2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z") == 24

    def test_of_what_lies_ahead_are_negative(self):
        assert self.minutes_since("2026-11-23T00:01:00Z", None) == -1
        assert self.hours_since("2026-11-23T00:01:00Z", None) == -1

    @pytest.mark.parametrize("text", [None, "", "noon", "2026-02-30", "0001-01-01T00:00:00+14:00"])
    def test_of_no_point_in_time_are_none(self, text):
        assert self.minutes_since(text, None) is None
        assert self.hours_since(text, None) is None
