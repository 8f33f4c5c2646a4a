"""A regular expression that is compiled late is one in all but when that is done."""

from __future__ import annotations

import re

import pytest

from scanner import regexes


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.search("x AB1")[0],
        lambda one: one.match("ab1")[0],
        lambda one: one.fullmatch("ab1 "),
        lambda one: one.split("x ab1 y"),
        lambda one: one.findall("ab1 AB2"),
        lambda one: [found[0] for found in one.finditer("ab1 AB2")],
        lambda one: one.sub("-", "ab1 AB2"),
        lambda one: one.subn("-", "ab1 AB2"),
    ],
)
def test_it_finds_what_a_compiled_one_finds_the_first_time_and_the_second(ask):
    late, compiled = regexes.regex(r"ab([0-9])", re.IGNORECASE), re.compile(r"ab([0-9])", re.IGNORECASE)
    for _ in range(2):
        assert ask(late) == ask(compiled)


def test_it_is_compiled_when_it_is_used(monkeypatch):
    seen = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda *said: seen.append(said) or real(*said))
    late = regexes.regex(rb"a+")
    assert seen == []
    assert (late.match(b"aa")[0], late.search(b"ba")[0]) == (b"aa", b"a")
    assert seen == [(rb"a+",)]


def test_it_has_nothing_else():
    with pytest.raises(AttributeError, match="scanner"):
        regexes.regex("a").scanner  # noqa: B018 - to ask is the test
