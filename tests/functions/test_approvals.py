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


def leading_to(target):
    return {"name": "search", "properties": {"metadata": {"ResourceId": target}}}


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

    @pytest.mark.parametrize(
        ("kind", "destination", "said"),
        [
            ("FQDN", "A.com", {"key": "A.com", "value": "a.com"}),
            ("Magic", "A.com", {}),
            (
                "ServiceTag",
                {"serviceTag": "Storage", "protocol": "TCP", "portRanges": "443", "action": "Allow"},
                {"value": "storage", "protocol": "TCP", "portRanges": "443"},
            ),
            (
                "PrivateEndpoint",
                {"serviceResourceId": SEARCH, "subresourceTarget": "searchService"},
                {"value": SEARCH.lower(), "subresourceTarget": "searchService"},
            ),
        ],
    )
    def test_say_null_of_what_their_kind_has_not(self, kind, destination, said):
        nothing = ("key", "value", "protocol", "portRanges", "subresourceTarget", "connection")
        (found,) = destinations(hub(rule("r", kind, destination)))
        assert found == {"name": "r", "type": kind, **dict.fromkeys(nothing), **said}

    @pytest.mark.parametrize(
        ("action", "opened"), [("Allow", 1), ("Deny", 0), (" deny ", 0), (None, 1), (7, 1), ("", 1)]
    )
    def test_of_a_tag_are_there_unless_it_is_denied(self, action, opened):
        written = rule("t", "ServiceTag", {"serviceTag": "Storage", "action": action})
        assert len(destinations(hub(written))) == opened

    @pytest.mark.parametrize(
        ("live", "prefixes", "opened"),
        [
            (None, ["10.0.0.0/8", "Sql"], [("10.0.0.0/8", "10.0.0.0/8"), ("Sql", "sql")]),
            (None, "10.0.0.0/8", [("10.0.0.0/8", "10.0.0.0/8")]),
            (None, [], [(None, "storage")]),
            (None, None, [(None, "storage")]),
            (False, ["10.0.0.0/8"], [("10.0.0.0/8", "10.0.0.0/8"), (None, "storage")]),
            (False, [], [(None, "storage")]),
        ],
    )
    def test_of_a_tag_are_its_prefixes_alone_where_azure_has_them(self, live, prefixes, opened):
        written = rule("t", "ServiceTag", {"serviceTag": "Storage", "addressPrefixes": prefixes})
        found = destinations(hub(written, live=live))
        assert [(one["key"], one["value"]) for one in found] == opened

    @pytest.mark.parametrize(
        ("kind", "destination", "reason"),
        [
            ("ServiceTag", {}, "the service tag of the rule is missing"),
            ("ServiceTag", {"serviceTag": 7}, "the service tag of the rule is a number"),
            ("ServiceTag", {"addressPrefixes": [7]}, "the address prefix of the rule is a number"),
            ("ServiceTag", {"addressPrefixes": Unknown("var.ranges")}, "var.ranges"),
            ("PrivateEndpoint", {}, "the target of the rule is missing"),
            ("PrivateEndpoint", {"serviceResourceId": ["x"]}, "the target of the rule is a list"),
            ("PrivateEndpoint", {"serviceResourceId": Unknown("var.id")}, "var.id"),
        ],
    )
    def test_that_cannot_be_told_say_why(self, kind, destination, reason):
        (found,) = destinations(hub(rule("r", kind, destination)))
        assert (found["key"], found["value"].reason) == (None, reason)

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
            ("Connection_search", [{"name": None}, {"name": 7}, {}], False),
            ("Connection_search", [leading_to(SEARCH)], True),
            ("Connection_search", [leading_to(f"{SEARCH}x")], False),
            ("Connection_search", [leading_to("the search of contoso")], True),
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
            (
                tag(portRanges=Unknown("var.ports")),
                {"kind": "ServiceTag", "value": "Storage.WestEurope"},
                True,
            ),
            (host("a.com"), {"kind": "FQDN"}, False),
            (host("a.com"), {"kind": 7, "value": "a.com"}, False),
            ({"type": 7, "value": "a.com"}, {"kind": 7, "value": "a.com"}, False),
            (host("a.com"), {"kind": None, "value": "a.com"}, False),
            ({"type": None, "value": "a.com"}, {"kind": "FQDN", "value": "a.com"}, False),
            ({"type": None, "value": Unknown("var.host")}, {"kind": "FQDN", "value": "a.com"}, False),
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
