"""Every statement of the documentation is checked by a policy, or says why it cannot be."""

from __future__ import annotations

import re

import pytest

from scanner import coverage, policies
from scanner.bundled import bundled
from scanner.model import Severity

KNOWN = frozenset(policy.card.id for policy in policies.load())


def test_no_statement_is_left_without_a_policy_or_a_reason():
    assert list(coverage.problems(KNOWN)) == []


def test_a_policy_that_is_not_there_is_told():
    named = {name for statement in coverage.statements() for name in statement.policies}
    missing = min(named)
    assert any(f"'{missing}', which is no policy" in line for line in coverage.problems(KNOWN - {missing}))


def test_the_statements_are_all_there_in_their_order():
    assert [statement.id for statement in coverage.statements()] == [f"S{number}" for number in range(1, 189)]
    assert sum(1 for statement in coverage.statements() if statement.reason) == 21


@pytest.mark.parametrize("statement", coverage.statements(), ids=lambda statement: statement.id)
def test_a_statement_is_one_short_sentence_of_our_own(statement):
    assert 10 < len(statement.says) <= 120
    assert statement.says.endswith(".")
    assert statement.section


def test_the_page_links_each_policy_that_is_there_and_no_other():
    text = coverage.page(KNOWN)
    linked = set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", text))
    named = {name for statement in coverage.statements() for name in statement.policies}
    assert linked == named
    assert all(f"| S{number} |" in text for number in range(1, 189))
    assert f"{len(linked)} policies do" in text


def test_the_page_spells_no_host_of_a_package_index():
    text = coverage.page(KNOWN) + (bundled("policies") / "data" / "coverage.yaml").read_text(encoding="utf-8")
    assert "pypi" + ".org" not in text
    assert Severity.CRITICAL not in text
