"""Port ranges: what is valid, and what they include."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

port_ranges = table()["port_ranges"].call
ports_within = table()["ports_within"].call
ports_cover = table()["ports_cover"].call

ANY = [[0, 65535]]
PORTS = st.integers(0, 65535)
RANGES = st.lists(st.tuples(PORTS, PORTS).map(sorted), min_size=1, max_size=6)


def written(ranges, comma=","):
    return comma.join(f"{low}-{high}" if low != high else str(low) for low, high in ranges)


@pytest.mark.parametrize(
    ("value", "ranges"),
    [
        ("443", [[443, 443]]),
        ("80,443", [[80, 80], [443, 443]]),
        ("80, 8080-8089", [[80, 80], [8080, 8089]]),
        ("8704-8710", [[8704, 8710]]),
        ("*", ANY),
        ("0-65535", ANY),
        ("", ANY),
        ("  ", ANY),
        (" * ", ANY),
        (443, [[443, 443]]),
        (0, [[0, 0]]),
        (65535, [[65535, 65535]]),
        (None, ANY),
        ("1024-655535", None),
        ("8710-8704", None),
        ("80;443", None),
        ("*,443", None),
        ("443,", None),
        ("8704\u20138710", None),
        ("Any", None),
        ("+443", None),
        ("80 - 90", None),
        ("\u0664\u0664\u0663", None),
        (["443"], None),
        ({"port": 443}, None),
        (True, None),
        (443.0, None),
        (-1, None),
        (65536, None),
        ("9" * 10_000_000, None),
        ("1," * 5_000_000 + "1", None),
    ],
    ids=repr,
)
def test_port_ranges_are_read_as_the_platform_reads_them(value, ranges):
    assert port_ranges(value) == ranges


def test_a_text_names_no_more_items_than_there_are_ports():
    assert port_ranges(",".join(["443"] * 65_536)) == [[443, 443]] * 65_536
    assert port_ranges(",".join(["443"] * 65_537)) is None


@given(RANGES, st.sampled_from([",", ", ", " ,"]))
def test_ranges_read_as_they_were_written(ranges, comma):
    assert port_ranges(written(ranges, comma)) == [list(pair) for pair in ranges]


@given(st.text("0123456789-,* ", max_size=12))
def test_any_text_is_read_or_invalid(text):
    for low, high in port_ranges(text) or []:
        assert 0 <= low <= high <= 65535


@given(RANGES, RANGES)
def test_covering_means_including_every_port(ranges, needed):
    ports = {port for low, high in ranges for port in range(low, high + 1)}
    wanted = {port for low, high in needed for port in range(low, high + 1)}
    assert ports_cover(written(ranges), written(needed)) == (wanted <= ports)
    assert ports_cover(written(ranges), written(ranges))
    assert ports_cover("*", written(needed))


def test_a_port_between_two_ranges_is_in_neither():
    assert ports_cover("80-81, 83-84", "82") is False
    assert ports_cover("80-81, 83-84", "80-84") is False
    assert ports_cover("80-81, 82-84", "80-84") is True


@pytest.mark.parametrize(
    ("value", "allowed", "answer"),
    [
        ("80, 443", [80, 443], True),
        ("443-443", [443], True),
        ("80-82", [80, 81, 82], True),
        ("80-83", [80, 81, 82], False),
        ("*", [80, 443], False),
        (None, [80, 443], False),
        (443, [443.0, "443", None, [443], 443], True),
        (443, [], False),
        ("x", [80], None),
        (443, None, None),
    ],
)
def test_ports_are_within_a_list_where_each_of_them_is_in_it(value, allowed, answer):
    assert ports_within(value, allowed) is answer


def test_a_list_that_holds_an_unknown_port_decides_nothing():
    with pytest.raises(Touched):
        ports_within("443", [443, Unknown("params.port")])


@pytest.mark.parametrize(("value", "needed"), [("x", "443"), ("443", "x"), (["443"], "443")])
def test_an_invalid_side_answers_null(value, needed):
    assert ports_cover(value, needed) is None


@pytest.mark.parametrize(
    ("value", "count", "widest"),
    [
        ("443", 1, 1),
        ("80, 443, 80-89", 11, 10),
        ("8000-8004, 8005-8009", 10, 10),
        ("1-10, 5-20", 20, 20),
        ("80, 82", 2, 1),
        (None, 65_536, 65_536),
        ("*", 65_536, 65_536),
        ("0-65535", 65_536, 65_536),
        (443, 1, 1),
        ("443,", None, None),
        (["443"], None, None),
        (True, None, None),
    ],
)
def test_ports_are_counted_once_and_ranges_that_touch_are_one(value, count, widest):
    assert table()["port_count"].call(value) == count
    assert table()["widest_port_range"].call(value) == widest
