"""The hosts of a hub's FQDN rules: one flat object each, unknown where a rule tells none."""

from __future__ import annotations

import pytest

from scanner.functions import table
from scanner.functions.hosts import FIELDS
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
        (OpenList((("contoso.com", False),), "var.hosts"), "the destination of rule 'a' is a list"),
        (Unknown("var.host"), "var.host"),
        ("," * 20_000, "the destination holds more than 10000 host names"),
    ],
)
def test_a_destination_that_tells_no_host_is_one_unknown_host(destination, reason):
    (found,) = fqdn_hosts(hub(rule(destination=destination)))
    assert (found["name"], found["key"]) == ("a", None)
    for field in ("text", "host", "kind", "base", "scheme", "port", "flags"):
        assert type(found[field]) is Unknown
        assert found[field].reason == reason


@pytest.mark.parametrize("member", [{"name": "a", "properties": {"type": "FQDN"}}, rule(destination={})])
def test_a_rule_without_a_host_is_named_in_the_reason(member):
    (found,) = fqdn_hosts(hub(member))
    assert found["rule"] is member
    assert "rule 'a'" in found["host"].reason


def test_ten_thousand_hosts_of_a_destination_are_read():
    most = ",".join(["a.com"] * 9_999)
    assert len(fqdn_hosts(hub(rule(destination=Partial((f"{most},b", None), "var.host"))))) == 10_000
    (found,) = fqdn_hosts(hub(rule(destination=Partial((f"{most},a.com,b", None), "var.host"))))
    assert found["host"].reason == "var.host"


def test_rules_that_may_not_be_there_leave_the_list_open():
    document = {"outboundRules": OpenList(((rule("a"), True), (rule("b"), False)), "var.count")}
    found = fqdn_hosts(document)
    assert [(member["name"], sure) for member, sure in found.members] == [("a", True), ("b", False)]
    assert found.reason == "var.count"


@pytest.mark.parametrize("destination", ["contoso.com", None, Partial(("a-", None), "x"), "," * 20_000])
def test_every_member_has_the_same_fields(destination):
    (found,) = fqdn_hosts(hub(rule(destination=destination)))
    assert set(found) == {"name", "key", "rule", *FIELDS}


ANY_HOST = {
    "dot",
    "ip",
    "empty",
    "wildcard-position",
    "single-label",
    "label-length",
    "host-length",
    "characters",
    "numeric-tld",
}
"""What may be said of a host of which some stretch is not known."""


@pytest.mark.parametrize(
    ("parts", "kind", "sure", "maybe"),
    [
        (("a-", None, ".contoso.com"), "exact", set(), ANY_HOST | {"case"}),
        (("A-", None, ".contoso.com"), "exact", {"case"}, ANY_HOST),
        (("a_", None, ".contoso.com."), "exact", {"dot", "characters"}, ANY_HOST | {"case"}),
        (("*.", None, ".contoso.com"), "wildcard", set(), ANY_HOST | {"case"}),
        (("a.*.", None, ".com"), "unsupported", {"wildcard-position"}, ANY_HOST | {"case"}),
        (("*", None, ".contoso.com"), None, set(), ANY_HOST | {"case"}),
        (("10.0.", None), None, set(), ANY_HOST | {"case"}),
        (("10.0.0.", None, "/8"), None, set(), ANY_HOST | {"case", "cidr", "path"}),
        (("10.0.0.0/", None), "ip", {"ip"}, {"case", "cidr", "path"}),
        (("contoso.com/", None), "exact", {"path"}, {"case"}),
        (("https://a-", None, ".contoso.com/x"), "exact", {"scheme", "path"}, ANY_HOST | {"case"}),
        (("contoso.com:", None), "exact", {"port"}, {"case"}),
    ],
)
def test_of_a_partly_known_host_is_said_what_its_known_part_shows(parts, kind, sure, maybe):
    (found,) = fqdn_hosts(hub(rule(destination=Partial(parts, "var.host"))))
    assert (None if isinstance(found["kind"], Unknown) else found["kind"]) == kind
    assert isinstance(found["base"], Unknown) is (kind in (None, "wildcard"))
    assert found["text"].parts == parts
    assert {flag for flag, certain in found["flags"].members if certain} == sure
    assert {flag for flag, certain in found["flags"].members if not certain} == maybe - sure


@pytest.mark.parametrize(
    ("parts", "scheme", "port"),
    [
        (("https://a-", None), "https", None),
        (("a-", None, ".com:22"), None, 22),
        (("contoso.com:443/", None), None, 443),
        (("a", None, ".com:x"), None, None),
        (("contoso.com:", None), None, "open"),
        (("contoso.com:4", None), None, "open"),
    ],
)
def test_a_partly_known_host_has_a_scheme_and_a_port_as_far_as_they_are_known(parts, scheme, port):
    (found,) = fqdn_hosts(hub(rule(destination=Partial(parts, "var.host"))))
    assert (found["scheme"], "open" if isinstance(found["port"], Unknown) else found["port"]) == (
        scheme,
        port,
    )


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
