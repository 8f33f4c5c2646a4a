"""What is decided of a partly known text holds however its unknown parts turn out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.holes import HOLE, encoded, fits, is_readable, read
from scanner.values import OpenList, Partial, Touched, Unknown

KNOWN = st.sampled_from(
    [
        "*.",
        "*",
        "a",
        "-a",
        ".a",
        ".",
        ".contoso.com",
        "contoso.com",
        "blob",
        ".blob.",
        ".core.windows.net",
        "core.windows.net",
        "windows.net",
        ".blob.core.windows.net",
        "blob.core.windows.net.",
        ".Blob.Core.Windows.NET",
        ".vault.azure.net",
        "vscode",
        ".search.windows.net",
        "search.windows.net",
        ".github.io",
        ".com",
        ".co.uk",
        "uk",
        ".ck",
        "github.com",
        "raw.github",
        "vo.msecnd.net",
        "https://",
        "/x",
        ":443",
        ":22",
        "user@",
        "10.0.0.",
        ".4",
        "7",
        ",",
        ",contoso.com",
        "bücher",
        "_",
        ".xn--p1ai",
        "..",
    ]
)
FILLING = st.text("ab10-.", max_size=6) | st.sampled_from(
    [
        "vscode",
        "data1.blob",
        "data.vault",
        "search",
        "windows",
        "net",
        "com",
        "co.uk",
        "blob.core",
        "github",
        "githubusercontent",
        "A.B",
        ".",
    ]
)
STARTS = FILLING | st.sampled_from(["*", "*.", "*.a", "*a"])


@st.composite
def filled(draw):
    """A partly known text, and one of the texts that it can turn out to be."""
    count = draw(st.integers(1, 3))
    starts_open = draw(st.booleans())
    ends_open = draw(st.booleans())
    parts, text = [], ""
    for index in range(count):
        if starts_open or index:
            parts.append(None)
            text += draw(STARTS if not text else FILLING)
        parts.append(draw(KNOWN))
        text += parts[-1]
    if ends_open or len(parts) == 1:
        parts.append(None)
        text += draw(FILLING)
    return Partial(tuple(parts), repr(parts)), text


def outcome(name, *arguments):
    """What a function says, None in place of a value where it says that it does not know."""
    try:
        return True, table()[name].call(*arguments)
    except Touched:
        return False, None


@pytest.mark.parametrize("name", ["storage_match", "service_match", "host_breadth"])
@given(filled())
@settings(max_examples=400)
def test_no_filling_contradicts_what_is_decided_of_a_host(name, pair):
    partial, text = pair
    is_decided, decided = outcome(name, partial)
    if is_decided and isinstance(decided, dict):
        known = {key: value for key, value in decided.items() if not isinstance(value, Unknown)}
        whole = table()[name].call(text)
        assert whole is not None
        assert {key: whole[key] for key in known} == known
    elif is_decided:
        assert decided == table()[name].call(text)


PATTERNS = st.sampled_from(
    [
        "*",
        "*.contoso.com",
        "*contoso.com",
        "contoso.com",
        "a.contoso.com",
        "*.com",
        "*.windows.net",
        "*.blob.core.windows.net",
        "*.4",
        "10.0.0.4",
        "www.*.com",
        "vscode.search.windows.net",
    ]
)


@given(PATTERNS, filled())
@settings(max_examples=400)
def test_no_filling_contradicts_a_decided_cover(pattern, pair):
    partial, text = pair
    for arguments, whole in (((pattern, partial), (pattern, text)), ((partial, pattern), (text, pattern))):
        is_decided, decided = outcome("host_covers", *arguments)
        if is_decided:
            assert decided == table()["host_covers"].call(*whole), arguments


@given(filled(), filled())
def test_no_filling_contradicts_a_decided_cover_of_two_partly_known_texts(one, other):
    is_decided, decided = outcome("host_covers", one[0], other[0])
    if is_decided:
        assert decided == table()["host_covers"].call(one[1], other[1])


def hub(destination):
    rule = {"name": "r", "properties": {"type": "FQDN", "destination": destination}}
    return {"outboundRules": [rule]}


def agrees(open_value, value):
    """Whether a value can be what an unknown one turned out to be."""
    if isinstance(open_value, OpenList):
        return set(open_value.certain()) <= set(value) <= {member for member, _ in open_value.members}
    if isinstance(open_value, Partial):
        return isinstance(value, str) and fits(encoded(open_value), value)
    return isinstance(open_value, Unknown) or open_value == value


@given(filled())
@settings(max_examples=600)
def test_each_host_of_a_partly_known_destination_agrees_with_any_filling(pair):
    partial, text = pair
    open_hosts = table()["fqdn_hosts"].call(hub(partial))
    for open_host, host in itertools.zip_longest(open_hosts, table()["fqdn_hosts"].call(hub(text))):
        for name in ("host", "kind", "base", "scheme", "port", "flags"):
            assert agrees(open_host[name], host[name]), (name, text)


@given(st.lists(st.sampled_from(["a", ".", HOLE]), min_size=1).map("".join))
def test_a_text_with_holes_is_written_and_read_alike(text):
    value = read(text, Unknown("open"))
    if isinstance(value, Partial):
        assert encoded(value).replace(HOLE, "") == text.replace(HOLE, "")
        assert all(a != b or a is not None for a, b in itertools.pairwise(value.parts))
    else:
        assert isinstance(value, Unknown) == (set(text) == {HOLE})


def test_a_hole_in_a_known_text_is_just_a_strange_character():
    assert table()["storage_match"].call(f"{HOLE}.contoso.com") is None
    assert table()["hosts"].call(f"{HOLE}.contoso.com")[0]["flags"] == ["characters"]


@pytest.mark.parametrize(
    ("parts", "whole", "answer"),
    [
        (("a", None, "c"), "ac", True),
        (("a", None, "c"), "abc", True),
        (("a", None, "c"), "bc", False),
        (("a", None, "c"), "ab", False),
        (("a", None, "a"), "a", False),
        (("a", None, "a"), "aa", True),
        (("a", None, "b", None, "b"), "ab", False),
        (("a", None, "b", None, "b"), "abb", True),
        (("a", None, "x", None, "c"), "abc", False),
        (("a", None, "x", None, "x", None, "c"), "axc", False),
        (("a", None, "x", None, "x", None, "c"), "a.x-x.c", True),
        (("a.com", None), "a.com", True),
        (("a.com.", None), "a.com", True),
        (("a.com.", None), "b.com", False),
    ],
)
def test_a_text_fits_where_its_known_stretches_stand_in_order_and_apart(parts, whole, answer):
    assert fits("".join(HOLE if part is None else part for part in parts), whole) is answer


def test_a_text_without_holes_fits_itself_alone():
    assert fits("a.com", "a.com")
    assert not fits("a.com", "b.com")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HOLE}.com", True),
        (f"https://{HOLE}.com/x", True),
        (f"{HOLE}.com:443", True),
        (f"{HOLE}//a.com", False),
        (f"{HOLE}::1", False),
        (f"{HOLE};a.com", False),
        (f"{HOLE} a.com", False),
        (f"{HOLE}.é.com", False),
    ],
)
def test_a_token_is_readable_where_its_holes_hide_no_sign_that_divides_it(text, expected):
    assert is_readable(text) is expected
