"""IP prefixes: what they open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Touched, Unknown

cidr = table()["cidr"].call
cidr_within = table()["cidr_within"].call


@pytest.mark.parametrize(
    ("text", "version", "length", "scope"),
    [
        ("0.0.0.0/0", 4, 0, "any"),
        ("::/0", 6, 0, "any"),
        ("10.0.0.7/0", 4, 0, "any"),
        ("10.0.0.0/8", 4, 8, "private"),
        ("8.0.0.0/8", 4, 8, "public"),
        ("172.16.0.0/11", 4, 11, "public"),
        ("172.31.255.0/24", 4, 24, "private"),
        ("100.64.0.1", 4, 32, "private"),
        ("127.0.0.1", 4, 32, "private"),
        ("169.254.169.254", 4, 32, "link-local"),
        ("168.63.129.16", 4, 32, "platform"),
        ("168.63.129.16/31", 4, 31, "public"),
        ("203.0.113.0/25", 4, 25, "public"),
        ("198.51.100.7", 4, 32, "public"),
        ("fd00::/8", 6, 8, "private"),
        ("fe80::1", 6, 128, "link-local"),
        ("2001:DB8::/32", 6, 32, "public"),
        ("::ffff:10.0.0.1", 6, 128, "public"),
    ],
)
def test_a_prefix_has_a_version_a_length_and_a_scope(text, version, length, scope):
    assert cidr(f" {text}\n") == {"text": text, "version": version, "length": length, "scope": scope}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "Internet",
        "10.0.0.0/33",
        "10.0.0/8",
        "010.0.0.1",
        "10.0.0.0/255.0.0.0",
        "fe80::1%eth0",
        "::/129",
    ],
)
def test_anything_else_is_none(text):
    assert cidr(text) is None


@given(st.ip_addresses(v=4).map(str), st.integers(0, 32))
def test_every_address_and_length_is_a_prefix(address, length):
    assert cidr(f"{address}/{length}")["length"] == length


def test_a_text_of_ten_megabytes_is_no_prefix():
    assert cidr("1" * 10_000_000) is None


@pytest.mark.parametrize(
    ("text", "networks", "within"),
    [
        ("203.0.113.0/24", ["203.0.113.0/24"], True),
        ("203.0.113.128/25", ["198.51.100.0/24", "203.0.113.0/24"], True),
        (" 203.0.113.7", ["203.0.113.7/32"], True),
        ("203.0.113.0/24", ["203.0.113.0/25", "203.0.113.128/25"], False),
        ("203.0.113.0/24", [], False),
        ("2001:db8::/64", ["2001:db8::/32", "0.0.0.0/0"], True),
        ("2001:db8::/64", ["0.0.0.0/0"], False),
        ("203.0.113.7", ["everything", 7, None], False),
        ("sometag", ["0.0.0.0/0"], False),
    ],
)
def test_a_prefix_lies_within_one_that_holds_all_of_it(text, networks, within):
    assert cidr_within(text, networks) is within


def test_a_network_that_is_not_known_may_hold_it():
    assert cidr_within("203.0.113.7", [Unknown("open"), "203.0.113.0/24"])
    with pytest.raises(Touched):
        cidr_within("203.0.113.7", [Unknown("open")])
