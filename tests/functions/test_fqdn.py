"""The hosts of a hub's FQDN rules: one flat object each, unknown where a rule tells none."""

from __future__ import annotations

import pytest

from scanner.functions import table
from scanner.values import OpenList, Partial, Unknown

fqdn_hosts = table()["fqdn_hosts"].call


def rule(name="a", kind="FQDN", category="UserDefined", destination="contoso.com", **properties):
    return {
        "name": name,
        "properties": {"type": kind, "category": category, "destination": destination, **properties},
    }


def hub(*members):
    return {"outboundRules": list(members)}


def test_each_host_of_each_rule_of_the_user_is_one_object():
    mixed = rule("mixed", destination="contoso.com, *.Contoso.com")
    document = hub(
        mixed, rule("sys", category="Dependency", parentRuleNames=["mixed"]), rule("tag", "ServiceTag")
    )
    first, second = fqdn_hosts(document)
    assert (first["name"], first["key"], first["host"], first["rule"]) == (
        "mixed",
        "contoso.com",
        "contoso.com",
        mixed,
    )
    assert (second["key"], second["host"], second["flags"]) == ("*.Contoso.com", "*.contoso.com", ["case"])


@pytest.mark.parametrize(
    ("destination", "reason"),
    [
        (None, "the destination of rule 'a' is missing"),
        (5, "the destination of rule 'a' is a number"),
        (["contoso.com"], "the destination of rule 'a' is a list"),
        (Unknown("var.host"), "var.host"),
        ("," * 20_000, "the destination holds more than 10000 host names"),
    ],
)
def test_a_destination_that_tells_no_host_is_one_unknown_host(destination, reason):
    (found,) = fqdn_hosts(hub(rule(destination=destination)))
    assert (found["name"], found["key"]) == ("a", None)
    for field in ("text", "host", "kind", "base", "scheme", "port", "flags"):
        assert found[field].reason == reason


@pytest.mark.parametrize("member", [{"name": "a", "properties": {"type": "FQDN"}}, rule(destination={})])
def test_a_rule_without_a_host_is_named_in_the_reason(member):
    (found,) = fqdn_hosts(hub(member))
    assert found["rule"] is member
    assert "rule 'a'" in found["host"].reason


def test_what_one_rule_is_given_does_not_show_in_another():
    first, second = fqdn_hosts(hub(rule("one"), rule("two")))
    assert (first["name"], second["name"]) == ("one", "two")
    assert "name" not in table()["hosts"].call("contoso.com")[0]


named_hosts = table()["named_hosts"].call


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("Contoso.com., *.contoso.com", ["contoso.com"]),
        ("https://contoso.com/x", ["contoso.com"]),
        ("a.contoso.com", []),
        (Partial(("a-", None, ".contoso.com"), "x"), []),
    ],
)
def test_hosts_of_a_list_are_found_by_their_name(destination, expected):
    document = {"outboundRules": [{"name": "r", "properties": {"type": "FQDN", "destination": destination}}]}
    assert [member["host"] for member in named_hosts(document, ["contoso.com", 7])] == expected


@pytest.mark.parametrize("destination", [Unknown("x"), None, 7, Partial((None, ".com"), "x")])
def test_a_host_that_is_open_may_be_one_of_a_list(destination):
    document = {"outboundRules": [{"name": "r", "properties": {"type": "FQDN", "destination": destination}}]}
    found = named_hosts(document, ["contoso.com"])
    assert isinstance(found, OpenList)
    assert [sure for _, sure in found.members] == [False]
    assert named_hosts(document, []) == []
