"""What rules open, and which of it somebody approved."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.functions import dates, table
from scanner.values import OpenList, Partial, Touched, Unknown

destinations = table()["destinations"].call
approved = table()["approved"].call

GROUP = "/subscriptions/1/resourceGroups/rg/providers"
SEARCH = f"{GROUP}/Microsoft.Search/searchServices/srch1"


def rule(name, kind, destination, category="UserDefined"):
    return {"name": name, "properties": {"type": kind, "category": category, "destination": destination}}


def endpoint(name, target=SEARCH):
    return rule(name, "PrivateEndpoint", {"serviceResourceId": target, "subresourceTarget": "searchService"})


def hub(*rules, **more):
    return {"properties": {}, "outboundRules": list(rules), **more}


@pytest.fixture(autouse=True)
def _today():
    dates.use(date(2026, 11, 23))
    yield
    dates.use(None)


class TestDestinations:
    def test_are_one_for_each_host_tag_and_endpoint(self):
        found = destinations(
            hub(
                rule("f", "FQDN", "A.com., *.b.com"),
                rule(
                    "t",
                    "ServiceTag",
                    {"serviceTag": "Storage.West Europe", "protocol": "TCP", "portRanges": 443},
                ),
                endpoint("p", f"{SEARCH.upper()}/"),
                rule("x", "Magic", "a.com"),
            )
        )
        assert [(one["name"], one["type"], one["value"]) for one in found] == [
            ("f", "FQDN", "a.com"),
            ("f", "FQDN", "*.b.com"),
            ("t", "ServiceTag", "storage.westeurope"),
            ("p", "PrivateEndpoint", SEARCH.lower()),
            ("x", "Magic", None),
        ]
        assert [one["key"] for one in found] == ["A.com.", "*.b.com", None, None, None]
        assert (found[2]["protocol"], found[2]["portRanges"]) == ("TCP", 443)
        assert found[3]["subresourceTarget"] == "searchService"

    def test_of_the_platform_are_left_out(self):
        assert (
            destinations(hub(rule("__SYS_ST_x", "ServiceTag", {"serviceTag": "AzureMonitor"}, "Required")))
            == []
        )

    @pytest.mark.parametrize("destination", [None, "Storage", {}, {"serviceTag": 7}, Unknown("var.to")])
    def test_that_are_missing_are_not_known(self, destination):
        (found,) = destinations(hub(rule("t", "ServiceTag", destination)))
        assert isinstance(found["value"], Unknown)

    @pytest.mark.parametrize(
        ("name", "connections", "there"),
        [
            ("Connection_search_searchService", [{"name": "Search"}], True),
            ("Connection_search", [{"name": "search"}], True),
            ("Connection_searcher_searchService", [{"name": "search"}], False),
            ("Connection_search_searchService", [], False),
            ("mine", [{"name": "mine"}], None),
        ],
    )
    def test_of_a_connection_tell_whether_it_is_there(self, name, connections, there):
        (found,) = destinations(hub(endpoint(name), connections=connections))
        assert found["connection"] is there

    def test_of_a_connection_are_not_known_where_nobody_collected_connections(self):
        (found,) = destinations(hub(endpoint("Connection_search_searchService")))
        assert found["connection"].reason == "connections was not collected"

    def test_of_a_connection_may_be_there_where_the_name_of_one_is_not_known(self):
        rule = endpoint("Connection_search_searchService")
        (found,) = destinations(hub(rule, connections=[Unknown("var.connection")]))
        assert found["connection"].reason == "var.connection"

    def test_of_rules_that_may_not_be_there_are_uncertain(self):
        rules = OpenList(((rule("a", "FQDN", "a.com"), False), (endpoint("b"), True)), "var.count")
        assert [sure for _, sure in destinations({"properties": {}, "outboundRules": rules}).members] == [
            False,
            True,
        ]


def host(value):
    return {"type": "FQDN", "value": value}


def tag(**more):
    return {
        "type": "ServiceTag",
        "value": "storage.westeurope",
        "protocol": "TCP",
        "portRanges": "443",
        **more,
    }


def target(**more):
    return {"type": "PrivateEndpoint", "value": SEARCH.lower(), "subresourceTarget": "searchService", **more}


class TestApprovals:
    @pytest.mark.parametrize(
        ("opened", "approval", "answer"),
        [
            (host("a.com"), {"kind": "fqdn", "value": "A.com."}, True),
            (host("a.com"), {"kind": "FQDN", "value": "b.com, a.com"}, True),
            (host("www.a.com"), {"kind": "FQDN", "value": "a.com"}, False),
            (host("www.a.com"), {"kind": "FQDN", "value": "*.a.com"}, False),
            (host("*.a.com"), {"kind": "FQDN", "value": "*.A.com"}, True),
            (host("a.com"), {"kind": "ServiceTag", "value": "a.com"}, False),
            (host("a.com"), {"kind": "FQDN", "value": "a.com", "expires": "2026-11-23"}, True),
            (host("a.com"), {"kind": "FQDN", "value": "a.com", "expires": "2026-11-22"}, False),
            (host("a.com"), {"kind": "FQDN", "value": "a.com", "expires": "never"}, False),
            (host("a.com"), {"kind": "FQDN", "value": "a.com", "expires": 2027}, False),
            (tag(), {"kind": "service_tag", "value": "Storage.WestEurope"}, True),
            (tag(), {"kind": "ServiceTag", "value": "Storage"}, False),
            (tag(), {"kind": "ServiceTag", "value": "Storage.WestEurope", "ports": "80-443"}, True),
            (tag(), {"kind": "ServiceTag", "value": "Storage.WestEurope", "ports": 80}, False),
            (
                tag(portRanges=None),
                {"kind": "ServiceTag", "value": "Storage.WestEurope", "ports": "443"},
                False,
            ),
            (tag(), {"kind": "ServiceTag", "value": "Storage.WestEurope", "protocol": "tcp"}, True),
            (
                tag(protocol=None),
                {"kind": "ServiceTag", "value": "Storage.WestEurope", "protocol": "TCP"},
                False,
            ),
            (
                tag(protocol="UDP"),
                {"kind": "ServiceTag", "value": "Storage.WestEurope", "protocol": "*"},
                True,
            ),
            (target(), {"kind": "PrivateEndpoint", "value": f" {SEARCH}/"}, True),
            (
                target(),
                {"kind": "private_endpoint", "value": SEARCH, "subresourceTarget": "SearchService"},
                True,
            ),
            (target(), {"kind": "PrivateEndpoint", "value": SEARCH, "subresourceTarget": "other"}, False),
            (host("a.com"), {"kind": "FQDN"}, False),
            (host("a.com"), "a.com", False),
        ],
    )
    def test_cover_what_they_name_and_nothing_else(self, opened, approval, answer):
        assert approved(opened, [None, approval]) is answer

    def test_of_one_thing_are_tried_in_turn(self):
        entries = [{"kind": "FQDN", "value": "a.com", "expires": day} for day in ("2020-01-01", "2099-01-01")]
        assert approved(host("a.com"), entries) is True

    @pytest.mark.parametrize(
        "opened",
        [
            host(Unknown("var.host")),
            host(Partial((None, ".com"), "var.host")),
            tag(portRanges=Unknown("var.ports")),
        ],
    )
    def test_of_what_is_not_known_are_not_known(self, opened):
        entries = [
            {"kind": "FQDN", "value": "a.com"},
            {"kind": "ServiceTag", "value": "Storage.WestEurope", "ports": 443},
        ]
        with pytest.raises(Touched):
            approved(opened, entries)
        assert approved(opened, []) is False
