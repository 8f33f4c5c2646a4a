"""The public suffix list: the same answers as its package, and its two sections apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from scanner.functions import suffixes, table
from scanner.functions.suffixes import is_company, is_end_of_rule, is_registry, public_suffix

BOTH = PublicSuffixList()
REGISTRIES = PublicSuffixList(only_icann=True)
RULES = sorted(rule.lstrip("!*.") for rule in BOTH._publicsuffix if rule.isascii())
LABEL = st.text("abcwxyz0123456789-", min_size=1, max_size=6)


@pytest.fixture
def read_anew():
    """The list is read once in a process: here it is read again."""
    for rules in (suffixes._plain_rules, suffixes._all_rules):
        rules.cache_clear()


@given(st.lists(LABEL, max_size=3), st.sampled_from(RULES) | LABEL)
def test_the_suffix_of_a_host_is_what_the_package_says(labels, rule):
    host = ".".join([*labels, rule])
    assert public_suffix(host) == BOTH.publicsuffix(host)
    assert is_registry(host) == REGISTRIES.is_public(host)


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("www.contoso.co.uk", "co.uk"),
        ("*.contoso.github.io", "github.io"),
        ("*github.io", "github.io"),
        ("https://WWW.Contoso.COM./x", "com"),
        ("a.b.unheard-of", "unheard-of"),
        ("localhost", "localhost"),
        ("b.www.ck", "ck"),
        ("b.other.ck", "other.ck"),
        ("example.\u0440\u0444", "xn--p1ai"),
        ("com", "com"),
        ("*", None),
        ("", None),
        ("..", None),
        ("10.0.0.4", None),
        ("a.*.com", None),
    ],
)
def test_a_host_or_pattern_has_a_public_suffix(host, suffix):
    assert table()["public_suffix"].call(host) == suffix


def test_the_names_of_companies_are_not_those_of_registries():
    assert is_registry("co.uk")
    assert not is_registry("github.io")
    assert is_company("github.io")
    assert not is_company("co.uk")
    assert not is_company("contoso.com")
    assert not is_company("com")
    assert not is_company("localhost")


@pytest.mark.usefixtures("read_anew")
def test_every_rule_of_the_list_is_read_whatever_alphabet_it_is_written_in():
    foreign = [rule for rule in RULES if "xn--" in rule]
    assert {"xn--p1ai", "xn--55qx5d.cn"} <= set(foreign)
    for rule in [*foreign, *RULES[::50]]:
        for host in (rule, f"contoso.{rule}", f"www.contoso.{rule}"):
            assert public_suffix(host) == BOTH.publicsuffix(host)
            assert is_registry(host) == REGISTRIES.is_public(host)


@pytest.mark.usefixtures("read_anew")
@pytest.mark.parametrize(
    ("end", "is_end"),
    [
        (".co.uk", True),
        ("o.uk", True),
        ("hub.io", True),
        (".xn--p1ai", True),
        (".contoso.com", False),
        (".co.uk.", False),
    ],
)
def test_what_comes_after_a_star_may_be_the_end_of_a_rule(end, is_end):
    assert is_end_of_rule(end) is is_end
