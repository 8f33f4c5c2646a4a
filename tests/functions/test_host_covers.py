"""Which patterns let through all that another one does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Partial, Touched

host_covers = table()["host_covers"].call

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=2, max_size=5).map(".".join).filter(lambda name: not name[-1].isdigit())
PATTERNS = st.builds(lambda start, name: start + name, st.sampled_from(["", "*.", "*"]), NAMES) | st.just("*")


@given(PATTERNS)
def test_every_pattern_covers_itself_and_is_covered_by_everything(pattern):
    assert host_covers(pattern, pattern)
    assert host_covers("*", pattern)


@given(PATTERNS, PATTERNS, PATTERNS)
def test_covering_goes_on_from_pattern_to_pattern(a, b, c):
    if host_covers(a, b) and host_covers(b, c):
        assert host_covers(a, c)


def matches(pattern, host):
    """Whether a firewall lets a host through, told from the pattern's text alone."""
    return host.endswith(pattern[1:]) if pattern.startswith("*") else host == pattern


@given(NAMES, st.sampled_from(["", "*.", "*"]), LABELS)
def test_what_a_covered_pattern_lets_through_the_covering_one_lets_through(name, start, word):
    covered = start + name
    host = covered.replace("*", word)
    assert matches(covered, host)
    for covering in ("*", f"*.{name}", f"*{name}", name, f"*.{name.partition('.')[2]}", f"*{name[1:]}"):
        assert matches(covering, host) or not host_covers(covering, covered)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("*.contoso.com", "contoso.com"),
        ("*.contoso.com", "*contoso.com"),
        ("contoso.com", "*.contoso.com"),
        ("*.contoso.com", "evilcontoso.com"),
        ("*.0.0.4", "10.0.0.4"),
        ("*.com", "www.*.com"),
        ("*.com", "*"),
        ("", ""),
    ],
)
def test_a_pattern_does_not_cover_what_it_does_not_let_through(a, b):
    assert not host_covers(a, b)


def test_what_ends_in_a_name_is_that_name_too():
    assert table()["host_covers"].call("*contoso.com", "contoso.com") is True
    assert table()["host_covers"].call("*contoso.com", "xcontoso.com") is True
    assert table()["host_covers"].call("*.contoso.com", "xcontoso.com") is False


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("*", (None, ".contoso.com"), True),
        ("*.contoso.com", (None, ".contoso.com"), True),
        ("*.contoso.com", (None, ".fabrikam.com"), False),
        ((None, ".contoso.com"), "fabrikam.com", False),
        ((None, ".contoso.com"), (None, ".fabrikam.com"), False),
        ((None, ".contoso.com"), "", False),
    ],
)
def test_the_known_ends_of_two_patterns_decide_where_they_can(a, b, answer):
    assert host_covers(partly(a, "a"), partly(b, "b")) is answer


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("*", (None, "."), "b"),
        # A star in the middle opens nothing of what a firewall reads.
        ("*.contoso.com", ("www.*", None, ".contoso.com"), "b"),
        ("*.contoso.com", ("x*", None, ".contoso.com"), "b"),
        # With a number at its end it may be an address.
        ("*.4", (None, ".4"), "b"),
        ((None, ".contoso.com"), "*.contoso.com", "a"),
        ((None, ".contoso.com"), (None, "contoso.com"), "a"),
        ((None, "contoso.com"), (None, ".contoso.com"), "a"),
        # It may begin with the star.
        ((None, "*.contoso.com"), "a.contoso.com", "a"),
        # What a star in the middle or a star alone would need is not looked at.
        ((None, ".net"), "www.*.com", "a"),
        ((None, ".net"), "w*.com", "a"),
        ((None, ".com"), "*", "a"),
        ((None, "."), "*", "a"),
    ],
)
def test_the_known_ends_of_two_patterns_leave_open_what_they_cannot_decide(a, b, reason):
    with pytest.raises(Touched) as touched:
        host_covers(partly(a, "a"), partly(b, "b"))
    assert touched.value.unknown.reason == reason


def partly(text, reason):
    """A text, not known where None stands among its parts."""
    return text if isinstance(text, str) else Partial(text, reason)
