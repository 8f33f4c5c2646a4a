"""What is known of a partly known host decides where it can, and only there."""

from __future__ import annotations

import pytest

from scanner import reference
from scanner.functions import table
from scanner.values import Partial, Touched, Unknown


def outcome(name, *arguments):
    """What a function says, None in place of a value where it says that it does not know."""
    try:
        return True, table()[name].call(*arguments)
    except Touched:
        return False, None


def hub(destination):
    return {"outboundRules": [{"name": "r", "properties": {"type": "FQDN", "destination": destination}}]}


DECIDED = [
    ("storage_match", (None, ".blob.core.windows.net"), "direct"),
    ("storage_match", (None, "-data.Blob.Core.Windows.Net./models"), "direct"),
    ("storage_match", ("*.", None, ".blob.core.windows.net"), "direct"),
    ("storage_match", (None, ".contoso.com"), None),
    ("storage_match", ("*.", None, ".contoso.com"), None),
    ("storage_match", ("data", None, ".vault.azure.net"), None),
    ("service_match", ("kv-", None, ".vault.azure.net"), {"service": "keyVault", "match": "exact"}),
    ("service_match", ("*.", None, ".openai.azure.com"), {"service": "cognitive", "match": "wildcard"}),
    ("service_match", ("s-", None, ".search.windows.net"), {"service": "search", "match": "exact"}),
    ("service_match", (None, ".contoso.com"), None),
    ("host_breadth", ("*.", None, ".contoso.com"), "brand-wildcard"),
    ("host_breadth", ("*.", None, ".blob.core.windows.net"), "multi-tenant"),
    ("host_breadth", ("www-", None, ".contoso.com"), None),
    ("host_breadth", ("www.*.", None, ".com"), "unsupported"),
]


@pytest.mark.parametrize(("name", "parts", "answer"), DECIDED)
def test_what_is_known_of_a_host_decides_where_it_can(name, parts, answer):
    assert outcome(name, Partial(parts, "open")) == (True, answer)


OPEN_QUESTIONS = [
    ("storage_match", ("*.", None)),
    ("storage_match", (None, "blob.core.windows.net")),
    ("storage_match", (None, ".core.windows.net")),
    ("storage_match", ("data", None)),
    ("storage_match", (None, "://data.blob.core.windows.net.contoso.com")),
    ("service_match", (None, ".search.windows.net")),
    ("service_match", ("kv.", None)),
    ("host_breadth", ("*.", None)),
    ("host_breadth", ("*.", None, ".com")),
    ("host_breadth", ("*.", None, ".github.io")),
    ("host_breadth", ("*.", None, "i.azure.us")),
    ("host_breadth", ("*.", None, ".platform.salesforce.com")),
    ("host_breadth", (None, ".contoso.com")),
    ("host_breadth", ("raw.", None)),
    ("host_breadth", ("*x", None, ".contoso.com")),
]


@pytest.mark.parametrize(("name", "parts"), OPEN_QUESTIONS)
def test_what_is_known_of_a_host_does_not_decide_where_it_cannot(name, parts):
    assert outcome(name, Partial(parts, "open")) == (False, None)


@pytest.mark.parametrize("name", ["storage_match", "service_match", "host_breadth"])
def test_a_host_of_which_nothing_is_known_decides_nothing(name):
    assert outcome(name, Unknown("open")) == (False, None)


def test_the_match_of_a_service_is_open_where_only_the_service_is_decided():
    answer = table()["service_match"].call(Partial((None, ".vault.azure.net"), "var.name"))
    assert answer["service"] == "keyVault"
    assert answer["match"].reason == "var.name"


def test_a_partly_known_destination_gives_each_of_its_hosts():
    destination = Partial(
        ("contoso.com, *.", None, ".fabrikam.com,", None, ", data-", None, ".x.com:22"), "var.a"
    )
    known, wildcard, nothing, exact = table()["fqdn_hosts"].call(hub(destination))
    assert (known["host"], known["key"], known["flags"]) == ("contoso.com", "contoso.com", [])
    assert (wildcard["kind"], wildcard["key"]) == ("wildcard", "*.?.fabrikam.com")
    assert wildcard["base"].parts == (None, ".fabrikam.com")
    assert (type(nothing["host"]), type(nothing["kind"]), nothing["key"]) == (Unknown, Unknown, "?")
    assert (exact["kind"], exact["port"], list(exact["flags"].certain())) == ("exact", 22, ["port"])


@pytest.mark.parametrize("parts", [("*.", None), ("*", None), ("*.*.", None), (".", None), (None, ".")])
def test_a_pattern_of_which_stars_and_dots_alone_are_known_may_be_of_any_kind(parts):
    (found,) = table()["fqdn_hosts"].call(hub(Partial(parts, "var.host")))
    assert (type(found["kind"]), type(found["base"])) == (Unknown, Unknown)


def test_a_partly_known_destination_of_countless_hosts_is_one_unknown_host():
    (found,) = table()["fqdn_hosts"].call(hub(Partial(("," * 20_000, None), "var.hosts")))
    assert (found["name"], found["key"], type(found["host"])) == ("r", None, Unknown)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("kv1.vault.azure.net", {"service": "keyVault", "match": "exact"}),
        ("*.vault.azure.net", {"service": "keyVault", "match": "wildcard"}),
        ("*vault.azure.net", {"service": "keyVault", "match": "wildcard"}),
        ("kv1.*.vault.azure.net", None),
        ("*", None),
        ("10.0.0.4", None),
        ("", None),
    ],
)
def test_a_host_reaches_a_service_by_what_it_ends_with(host, answer):
    assert table()["service_match"].call(host) == answer


def test_a_host_that_all_tenants_share_is_no_instance_of_a_service():
    added = {"services": {"keyVault": {"suffixes": {"add": ["monitor.azure.com"]}}}}
    reference.use(reference.Reference({"service-endpoints": added}))
    assert table()["service_match"].call("x.monitor.azure.com")["service"] == "keyVault"
    assert table()["service_match"].call("settings.sdk.monitor.azure.com") is None
