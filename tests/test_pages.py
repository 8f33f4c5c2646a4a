"""Every policy has a page, made from its YAML, in which nothing of the YAML can be markup by accident."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import pages, policies, positions
from scanner.policies import parsing

POLICY = """\
id: rules-are-few
title: A hub has few rules
severity: low
category: rules
description: |
  Many rules are hard to **read**.
applies_to: [Hub, Project]
needs: [outboundRules]
when: hub.kind == 'Hub'
each: hub.outboundRules
require: length(item.name) < params.longest
message: "rule '{item.name}' is too long"
parameters:
  longest: {type: number, default: 20, allowedValues: [10, 20], description: Characters a name may have.}
remediation:
  text: Give it a shorter name.
  azure_cli: az ml workspace outbound-rule remove --rule <rule>
  terraform: 'name = "short"'
references:
  - {title: Names, url: "https://example.com/names"}
controls:
  - {framework: MCSB, version: v1, control: NS-2}
yields_to: [rules-are-named]
examples:
  pass: [{kind: Hub, outboundRules: []}]
  fail:
    - hub: {kind: Hub, outboundRules: [{name: a-name-that-goes-on-and-on}]}
      expect: [a-name-that-goes-on-and-on]
"""


def page(text: str = POLICY) -> str:
    policy, problems = parsing.parse(positions.load(text, "rules-are-few.yaml"))
    assert [str(problem) for problem in problems] == []
    assert policy is not None
    return pages.policy_page(policy)


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("before\n<!-- policies -->\nold\n<!-- /policies -->\nafter\n")
    return tmp_path


def test_a_page_says_all_that_the_policy_says() -> None:
    text = page()
    assert text.splitlines()[1:4] == [
        "# A hub has few rules",
        "",
        "`rules-are-few` · severity **low** · category rules · judges kind Hub, Project",
    ]
    assert headings(text)[1:] == [
        "## What is judged",
        "## Parameters",
        "## How to fix it",
        "### Azure CLI",
        "### Terraform",
        "## Examples",
        "## One verdict on one thing",
        "## Controls",
        "## References",
    ]
    for part in (
        "Many rules are hard to **read**.",
        "hub.kind == 'Hub'",
        "length(item.name) < params.longest",
        "`outboundRules`",
        "| `longest` | number | `20` | Characters a name may have. One of `10`, `20`. |",
        "--param rules-are-few.longest=VALUE",
        "Give it a shorter name.",
        "```bash\naz ml workspace outbound-rule remove --rule <rule>\n```",
        '```json\n{"kind": "Hub", "outboundRules": []}\n```',
        "This hub fails for `a-name-that-goes-on-and-on`:",
        "[rules-are-named](rules-are-named.md)",
        "| MCSB | v1 | NS-2 |",
        "- [Names](<https://example.com/names>)",
    ):
        assert part in text


def test_a_page_leaves_out_what_the_policy_leaves_out() -> None:
    text = page("id: rules-are-few\ntitle: A hub has few rules\nseverity: low\nrequire: hub.kind == 'Hub'\n")
    assert headings(text) == ["# A hub has few rules", "## What is judged"]


def test_markup_in_a_title_or_a_table_is_shown_and_not_obeyed() -> None:
    text = page(
        POLICY.replace("title: A hub has few rules", "title: A | <script> `x` *y* [z](http://evil.example)")
        .replace("Characters a name may have.", "'a | b <b>'")
        .replace("control: NS-2", "control: 'NS | 2'")
    )
    assert "<script>" not in text
    # A link would need its brackets outside of a code span.
    assert "](http://evil.example)" not in text.replace("`[z](http://evil.example)`", "")
    assert "<b>" not in text
    [row] = [line for line in text.splitlines() if line.startswith("| MCSB")]
    assert row.replace("\\|", "").count("|") == 4


def test_a_fence_inside_a_remedy_does_not_end_the_block() -> None:
    text = page(POLICY.replace("'name = \"short\"'", "|\n    ```\n    # escaped\n    ```"))
    assert "````hcl\n```\n# escaped\n```\n````" in text


def test_a_long_example_is_cut_and_says_so() -> None:
    rules = ", ".join(
        f"{{name: rule-with-a-rather-long-name-number-{number:03}-to-fill-its-line-up}}"
        for number in range(99)
    )
    text = page(
        POLICY.replace(
            "pass: [{kind: Hub, outboundRules: []}]", f"pass: [{{kind: Hub, outboundRules: [{rules}]}}]"
        )
    )
    assert "… and 64 lines more" in text
    assert text.count("rule-with-a-rather-long-name") == 37


def test_the_index_lists_by_category_and_the_worst_first() -> None:
    cards = [policy.card for policy in policies.load()]
    rows = [line for line in pages.index_page(cards).splitlines() if line.startswith("| [")]
    assert len(rows) == len(cards)
    order = [(card.category, card.severity.rank) for card in cards]
    assert [row.split(" | ")[2] for row in rows] == [category for category, _ in sorted(order)]


def test_the_pages_of_this_checkout_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert (pages.main(["--check"]), capsys.readouterr().out) == (0, "")


def test_pages_are_written_once_and_the_readme_keeps_what_is_around_the_table(checkout: Path) -> None:
    assert pages.main([], checkout) == 0
    first = {path: path.stat().st_mtime_ns for path in checkout.rglob("*.md")}
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("before\n<!-- policies -->\n| category |")
    assert readme.endswith("|\n<!-- /policies -->\nafter\n")
    assert pages.main([], checkout) == 0
    assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*.md")} == first
    assert {path.stem for path in (checkout / "policies" / "docs").iterdir()} == {
        "coverage",
        "functions",
        *(policy.card.id for policy in policies.load()),
    }


def test_check_names_what_is_out_of_date_and_writes_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages.main([], checkout)
    docs = checkout / "policies" / "docs"
    (docs / "gone.md").write_text("a policy that was")
    (docs / "functions.md").write_text("changed by hand")
    capsys.readouterr()
    assert pages.main(["--check"], checkout) == 1
    assert capsys.readouterr().out.split() == ["policies/docs/functions.md", "policies/docs/gone.md"]
    assert (docs / "functions.md").read_text() == "changed by hand"


def test_the_page_of_a_policy_that_is_gone_goes_too(checkout: Path) -> None:
    pages.main([], checkout)
    gone = checkout / "policies" / "docs" / "gone.md"
    gone.write_text("a policy that was")
    pages.main([], checkout)
    assert not gone.exists()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner, max_size=9),
    max_leaves=40,
)


@given(json_values)
def test_json_for_people_is_still_that_json(value: object) -> None:
    assert json.loads(pages.pretty(value)) == value


def test_json_for_people_breaks_only_lines_that_are_too_long() -> None:
    assert pages.pretty({"a": [1, 2], "b": {}}) == '{"a": [1, 2], "b": {}}'
    assert pages.pretty({"a": ["x" * 60, "y" * 60]}) == "\n".join(
        ("{", '  "a": [', f'    "{"x" * 60}",', f'    "{"y" * 60}"', "  ]", "}")
    )
