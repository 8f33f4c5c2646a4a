"""Which scenarios a hub serves: declared by tag or configuration, or guessed from its hosts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import reference
from scanner.functions import table
from scanner.reference import Reference
from scanner.values import OpenList, Partial, Touched, Unknown

scenarios = table()["scenarios"].call
detected_scenarios = table()["detected_scenarios"].call

OPEN = Unknown("var.tags has no value")
NAMES = ["python-packages", "vscode", "huggingface", "curated-models"]


def tagged(value, **more):
    return {"tags": {"hubscan-scenarios": value}, **more}


def fqdn(*destinations):
    return {
        "outboundRules": [
            {"name": f"r{index}", "properties": {"type": "FQDN", "destination": destination}}
            for index, destination in enumerate(destinations)
        ]
    }


@pytest.fixture
def declare():
    """Judges by a configuration with these entries under ``scenarios``."""
    ours = reference.current()

    def judge_by(*entries):
        reference.use(Reference({"scenario-hosts": {"declared": {"entries": list(entries)}}}))

    yield judge_by
    reference.use(ours)


@given(st.lists(st.sampled_from(NAMES)), st.sampled_from([",", ", ", ";", " ", "\n", ",,"]), st.data())
def test_a_tag_names_them_in_any_order_and_spelling(names, separator, data):
    spelled = [
        data.draw(st.sampled_from([name, name.upper(), name.replace("-", "_").title()])) for name in names
    ]
    assert scenarios(tagged(f" {separator.join(spelled)} ")) == sorted(set(names))


def test_names_of_tags_have_no_case():
    assert scenarios({"tags": {"HubScan-Scenarios": "vscode"}}) == ["vscode"]


@pytest.mark.parametrize("document", [{}, {"tags": None}, {"tags": {}}, {"tags": {"hubscan": "vscode"}}])
def test_where_nobody_declares_any_there_is_no_list(document):
    assert scenarios(document) is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"tags": OPEN}, r"var\.tags has no value"),
        (tagged(OPEN), r"var\.tags has no value"),
        (tagged(7), "the tag hubscan-scenarios is a number"),
        ({"tags": ["vscode"]}, "tags is a list"),
    ],
)
def test_a_tag_that_cannot_be_read_may_name_any(document, reason):
    with pytest.raises(Touched, match=reason):
        scenarios(document)


def test_the_configuration_declares_by_name_or_id(declare):
    declare(
        {"hub": "hub-dev-*", "needs": ["vscode"]}, {"hub": "/subscriptions/1/*", "needs": ["huggingface"]}
    )
    assert scenarios({"name": "HUB-dev-1"}) == ["vscode"]
    assert scenarios({"id": "/subscriptions/1/x/workspaces/hub-prod"}) == ["huggingface"]
    assert scenarios({"id": "/subscriptions/1/x/workspaces/hub-dev-2", "name": "other"}) == [
        "huggingface",
        "vscode",
    ]
    assert scenarios({"name": "hub-prod"}) is None


def test_tag_and_configuration_count_together(declare):
    declare({"hub": "*", "needs": ["vscode"]})
    assert scenarios(tagged("huggingface")) == ["huggingface", "vscode"]
    assert scenarios({}) == ["vscode"]
    declare({"hub": "*", "needs": []})
    assert scenarios({}) == []


def test_what_the_configuration_says_stands_where_the_tag_is_open(declare):
    declare({"hub": "*", "needs": ["vscode"]})
    found = scenarios(tagged(OPEN))
    assert isinstance(found, OpenList)
    assert found.members[0] == ("vscode", True)
    assert not found.members[1][1]


def test_a_name_that_is_not_known_keeps_open_whether_the_configuration_is_about_it(declare):
    declare({"hub": "hub-dev-*", "needs": ["vscode"]})
    with pytest.raises(Touched):
        scenarios({"name": Partial(("hub-", None), "var.env has no value")})


def test_what_may_be_declared_is_open_and_what_surely_is_is_not_told_twice(declare):
    declare({"hub": "hub-dev-*", "needs": ["vscode", "huggingface"]})
    found = scenarios(tagged("vscode", name=Partial(("hub-", None), "var.env has no value")))
    assert found.members == (("vscode", True), ("huggingface", False))
    assert found.reason == "var.env has no value"


def test_what_is_declared_for_every_hub_needs_no_name(declare):
    declare({"hub": "*", "needs": ["vscode"]})
    assert scenarios({"name": OPEN, "id": OPEN}) == ["vscode"]


@pytest.mark.parametrize(
    ("destinations", "expected"),
    [
        (["cdn-lfs.huggingface.co"], ["huggingface"]),
        (["a.contoso.com, HuggingFace.co."], ["huggingface"]),
        (["*.vscode.dev, *.vscode-cdn.net", "default.exp-tas.com"], []),
        (["*.vscode.dev, *.vscode-cdn.net", "default.exp-tas.com, code.visualstudio.com"], ["vscode"]),
        (["pypi" + ".org"], ["python-packages"]),
        (["*.pythonhosted" + ".org", "*.pytorch.org, pytorch.org"], ["curated-models"]),
        (["*.pytorch.org, pytorch.org"], []),
        (["*"], []),
        ([], []),
    ],
)
def test_hosts_show_what_a_hub_is_for(destinations, expected):
    assert detected_scenarios(fqdn(*destinations)) == expected


def test_a_host_that_is_open_may_be_any():
    with pytest.raises(Touched):
        detected_scenarios(fqdn(OPEN))
    assert detected_scenarios(fqdn(OPEN, "huggingface.co")) == ["huggingface"]


def test_rules_that_could_not_be_read_may_name_any_host():
    unread = {**fqdn("www.contoso.com"), "gaps": [{"subject": "outboundRules", "reason": "failed"}]}
    with pytest.raises(Touched):
        detected_scenarios(unread)
    assert detected_scenarios(fqdn("www.contoso.com")) == []


def test_a_scenario_that_takes_no_host_is_every_hubs():
    ours = reference.current()
    idle = {"scenario": "idle", "ids": [], "atLeast": 0}
    try:
        reference.use(Reference({"scenario-hosts": {"detection": {"entries": {"add": [idle]}}}}))
        assert detected_scenarios(fqdn("www.contoso.com")) == ["idle"]
        assert detected_scenarios(fqdn("huggingface.co")) == ["huggingface", "idle"]
    finally:
        reference.use(ours)
