"""Rules that say the same twice: names, and what they open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.tokens import parse
from scanner.values import OpenList, Partial, Unknown

repeated_names = table()["repeated_names"].call
duplicate_rules = table()["duplicate_rules"].call

TARGET = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data1"


def rule(name, kind="FQDN", destination="contoso.com", category="UserDefined", **more):
    return {
        "name": name,
        "properties": {"type": kind, "category": category, "destination": destination, **more},
    }


def tag(name, serviceTag="DataFactory", **destination):  # noqa: N803 - as ARM writes it
    return rule(
        name, "ServiceTag", {"serviceTag": serviceTag, "protocol": "TCP", "portRanges": "443", **destination}
    )


def endpoint(name, target=TARGET, subresource="blob", **more):
    return rule(
        name, "PrivateEndpoint", {"serviceResourceId": target, "subresourceTarget": subresource}, **more
    )


def code(*rules):
    return {"live": False, "properties": {}, "outboundRules": list(rules)}


def live(*rules):
    return {"properties": {}, "outboundRules": list(rules)}


def told(found):
    """The pairs of a repetition's rule and the other, and why there may be more."""
    members = [member for member, _ in found.members] if isinstance(found, OpenList) else found
    pairs = [(one["name"], one["of"]) for one in members if not isinstance(one, Unknown)]
    return pairs, found.reason if isinstance(found, OpenList) else None


class TestNames:
    def test_are_compared_without_case_and_told_once(self):
        found = repeated_names(code(rule("a"), rule("B"), rule("A"), rule("b"), rule("a"), rule("c")))
        assert found == [{"name": "a", "count": 3, "same": True}, {"name": "b", "count": 2, "same": True}]

    def test_that_differ_are_no_repetition(self):
        assert repeated_names(code(rule("a"), rule("b"))) == []
        assert repeated_names(live(rule("a"), rule("b"))) == []

    @pytest.mark.parametrize("other", [rule("a", destination="fabrikam.com"), rule("a", "Magic")])
    def test_of_rules_that_differ_are_not_the_same(self, other):
        assert repeated_names(code(rule("a"), other))[0]["same"] is False

    def test_of_one_rule_that_a_live_hub_shows_twice_are_no_repetition(self):
        assert repeated_names(live(rule("a", status="Active"), rule("A"))) == []
        assert repeated_names(live(rule("a"), rule("a", destination="fabrikam.com")))[0]["count"] == 2

    def test_whose_rules_are_not_known_leave_a_live_hub_open(self):
        found = repeated_names(live(rule("a"), rule("a", destination=Unknown("var.host"))))
        assert isinstance(found, OpenList)
        assert repeated_names(code(rule("a"), rule("a", destination=Unknown("var.host"))))[0]["same"] is False

    @pytest.mark.parametrize(
        ("name", "is_open"),
        [
            (Unknown("var.name"), True),
            (Partial((None, "-docs"), "var.prefix"), True),
            (Partial((None, "-packages"), "var.prefix"), False),
            ("${var.prefix}-docs", True),
            ("${var.prefix}-packages", False),
            ("{var.name}", True),
            ("{var.prefix}-docs", True),
            ("{var.prefix}-packages", False),
            ("[concat(parameters('prefix'), '-docs')]", True),
            ("outboundRules[1]", True),
        ],
    )
    def test_that_are_not_known_may_be_another_name(self, name, is_open):
        found = repeated_names(code(rule("contoso-docs"), rule(name)))
        assert isinstance(found, OpenList) is is_open

    def test_that_are_not_known_hide_no_repetition(self):
        found = repeated_names(code(rule("a"), rule("a"), rule(Unknown("var.name"))))
        assert found.members[0] == ({"name": "a", "count": 2, "same": True}, True)


class TestOpenings:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (rule("a"), rule("b", destination="HTTPS://Contoso.com./docs")),
            (rule("a", destination="fabrikam.com, contoso.com"), rule("b", destination="contoso.com")),
            (tag("a", portRanges="80,443"), tag("b", portRanges=" 443, 80 ", protocol="tcp")),
            (tag("a", portRanges="443"), tag("b", portRanges=443, action="Allow", addressPrefixes=[])),
            (tag("a", portRanges=None, protocol=None), tag("b", portRanges="0-65535", protocol="*")),
            (
                tag("a", addressPrefixes=["10.0.0.0/8", "10.1.0.0/16"]),
                tag("b", addressPrefixes=["10.1.0.0/16", "10.0.0.0/8"]),
            ),
            (tag("a", portRanges="any"), tag("b", portRanges=" any")),
            (tag("a", protocol=" "), tag("b", protocol="*")),
            (tag("a", action=""), tag("b", action="ALLOW")),
            (endpoint("a"), endpoint("b", TARGET.upper() + "/", "Blob")),
        ],
    )
    def test_are_the_same_after_normalisation(self, one, other):
        assert told(duplicate_rules(live(one, other)))[0] == [("b", "a")]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (rule("a"), rule("b", destination="*.contoso.com")),
            (tag("a"), tag("b", "DataFactory.WestEurope")),
            (tag("a"), tag("b", protocol="UDP")),
            (tag("a"), tag("b", portRanges="443, 444")),
            (tag("a"), tag("b", action="Deny")),
            (tag("a"), tag("b", addressPrefixes=["10.0.0.0/8"])),
            (endpoint("a"), endpoint("b", subresource="blob_secondary")),
            (endpoint("a"), endpoint("b", TARGET + "2")),
            (rule("a", destination="contoso.com,,fabrikam.com"), rule("b", destination=", docs.contoso.com")),
            (endpoint("a", None), endpoint("b", None)),
            (endpoint("a", ""), endpoint("b", "/")),
            (tag("a", portRanges="any"), tag("b", portRanges="all")),
            (tag("a", portRanges=["443"]), tag("b")),
            (tag("a", None), tag("b", None)),
            (rule("a", "Magic"), rule("b", "Magic")),
        ],
    )
    def test_that_differ_are_no_repetition(self, one, other):
        assert duplicate_rules(live(one, other)) == []

    def test_of_the_platform_count_wherever_they_stand_and_are_never_told(self):
        system = rule("__SYS_ST_AzureMonitor_TCP", "ServiceTag", {"serviceTag": "AzureMonitor"}, "Required")
        mine = rule("mine", "ServiceTag", {"serviceTag": "azuremonitor", "protocol": "*"})
        assert told(duplicate_rules(live(mine, system)))[0] == [("mine", "__SYS_ST_AzureMonitor_TCP")]
        assert duplicate_rules(live(system, {**system, "name": "__SYS_ST_AzureMonitor"})) == []

    def test_twice_in_one_destination_are_told_once_for_each_host(self):
        found = duplicate_rules(
            live(rule("a", destination="contoso.com, Contoso.com, contoso.com, b.com, b.com."))
        )
        assert [(one["of"], one["text"]) for one in found] == [("a", "Contoso.com"), ("a", "b.com.")]

    def test_one_prefix_is_the_same_as_a_list_of_it_in_any_order(self):
        one, other = tag("a", addressPrefixes="10.0.0.0/8"), tag("b", addressPrefixes=[" 10.0.0.0/8"])
        assert told(duplicate_rules(code(one, other)))[0] == [("b", "a")]
        assert told(duplicate_rules(code(one, tag("b"))))[0] == []
        both = ["10.0.0.0/8", "10.1.0.0/16"]
        pair = tag("a", addressPrefixes=both), tag("b", addressPrefixes=both[::-1])
        assert told(duplicate_rules(code(*pair)))[0] == [("b", "a")]

    def test_a_host_that_is_repeated_is_told_by_its_text(self):
        (found,) = duplicate_rules(code(rule("a"), rule("b", destination="Contoso.com.")))
        expected = {"name": "b", "key": "Contoso.com.", "text": "Contoso.com.", "of": "a", "type": "FQDN"}
        assert found == expected

    @pytest.mark.parametrize(
        ("one", "text"),
        [
            (tag("a"), "DataFactory TCP 443"),
            (tag("a", portRanges=443), "DataFactory TCP 443"),
            (tag("a", protocol="", portRanges=None), "DataFactory"),
            (tag("a", "", protocol=None, portRanges=""), "?"),
            (endpoint("a"), f"{TARGET} blob"),
            (endpoint("a", subresource=None), TARGET),
        ],
    )
    def test_that_are_repeated_are_told_by_what_is_written(self, one, text):
        (found,) = duplicate_rules(code(one, {**one, "name": "b"}))
        expected = {"name": "b", "key": None, "text": text, "of": "a", "type": one["properties"]["type"]}
        assert found == expected

    def test_of_a_rule_without_a_name_come_after_those_of_others(self):
        assert told(duplicate_rules(code(rule(None), rule("a"))))[0] == [(None, "a")]

    def test_of_fqdn_rules_of_the_platform_count_and_are_never_told(self):
        depends = {"category": "Dependency", "parentRuleNames": ["x"]}
        system = rule("__SYS_one", destination="fabrikam.com, HTTPS://Contoso.com", **depends)
        twice = rule("__SYS_two", destination="contoso.com", **depends)
        opaque = rule("__SYS_three", destination=None, **depends)
        mine = rule("mine", destination="contoso.com, fabrikam.com, docs.contoso.com")
        (first, second) = duplicate_rules(live(mine, system, twice, opaque))
        assert (first["name"], first["of"], first["text"]) == ("mine", "__SYS_one", "contoso.com")
        assert (second["name"], second["of"], second["text"]) == ("mine", "__SYS_one", "fabrikam.com")
        (shadowed,) = table()["shadowed_rules"].call(live(rule("docs"), system))
        assert (shadowed["name"], shadowed["by"]) == ("docs", ["__SYS_one"])

    def test_of_rules_that_share_a_name_are_left_to_their_name(self):
        assert duplicate_rules(code(rule("a"), rule("A"))) == []

    @pytest.mark.parametrize(
        ("open_rule", "is_open"),
        [
            (rule("x", destination=Unknown("var.host")), True),
            (rule("x", destination=None), True),
            (rule("x", destination=Partial((None, ".com"), "var.zone")), True),
            (rule("x", destination=Partial((None, ".fabrikam.com"), "var.zone")), False),
            (tag("x", Unknown("var.tag")), True),
            (tag("x", Unknown("var.tag"), protocol="UDP"), False),
            (tag("x", portRanges=Unknown("var.ports")), True),
            (tag("x", "Storage", portRanges=Unknown("var.ports")), False),
            (rule("x", "ServiceTag", Unknown("var.to")), True),
            (rule("x", "PrivateEndpoint", Unknown("var.to")), True),
            (tag("x", addressPrefixes=Unknown("var.prefixes")), True),
            (tag("x", addressPrefixes=[Unknown("var.prefix")]), True),
            (endpoint("x", Unknown("var.id")), True),
            (endpoint("x", Unknown("var.id"), "file"), False),
            (endpoint("x", Partial((None, "/Data1"), "var.id")), True),
            (endpoint("x", Partial((None, "/data2"), "var.id")), False),
            (rule("x", Unknown("var.type")), True),
        ],
    )
    def test_that_are_not_known_may_be_another(self, open_rule, is_open):
        pairs, reason = told(duplicate_rules(code(rule("a"), tag("t"), endpoint("e"), open_rule)))
        assert pairs == []
        assert (reason is not None) is is_open

    def test_of_the_platform_that_are_not_known_may_be_the_users(self):
        system = rule(
            "__SYS_ST_AzureMonitor_TCP",
            "ServiceTag",
            {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": Unknown("var.ports")},
            "Required",
        )
        assert told(duplicate_rules(live(tag("mine", "AzureMonitor"), system)))[1] == "var.ports"
        assert duplicate_rules(live(tag("mine", "AzureBackup"), system)) == []

    def test_of_the_platform_that_are_not_known_may_be_others_of_its_own(self):
        def system(name, ports):
            destination = {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": ports}
            return rule(name, "ServiceTag", destination, "Required")

        known, unsure = system("__SYS_1", "443"), system("__SYS_2", Unknown("var.ports"))
        assert duplicate_rules(live(known, unsure)) == []
        assert told(duplicate_rules(live(unsure, tag("mine", "AzureMonitor")))) == ([], "var.ports")

    def test_are_told_in_the_same_way_in_whatever_order_rules_stand(self):
        rules = [
            rule("b"),
            rule("a"),
            rule("c", destination="*.contoso.com"),
            rule("d", destination="x.contoso.com"),
        ]
        assert duplicate_rules(live(*rules)) == duplicate_rules(live(*reversed(rules)))
        assert table()["shadowed_rules"].call(live(*rules)) == table()["shadowed_rules"].call(
            live(*reversed(rules))
        )

    def test_that_are_not_known_may_repeat_themselves(self):
        assert told(duplicate_rules(code(rule("a", destination=Unknown("var.hosts"))))) == ([], "var.hosts")
        assert duplicate_rules(code(rule("a", destination=Partial((None, ".contoso.com"), "var.host")))) == []

    def test_that_are_not_known_hide_no_repetition(self):
        pairs, reason = told(
            duplicate_rules(code(rule("a"), rule("b"), rule("x", destination=Unknown("var.host"))))
        )
        assert pairs == [("b", "a")]
        assert reason == "var.host"

    def test_more_of_them_than_can_be_compared_may_be_the_same(self):
        rules = [
            rule(f"r{i}", destination=Partial((None, f".h{i}.contoso.com"), "var.zone")) for i in range(600)
        ]
        assert told(duplicate_rules(code(*rules))) == ([], "var.zone")


HOSTS = st.lists(
    st.sampled_from(["a.com", "A.com", "*.a.com", "b.com.", "b.com", "https://a.com"]), min_size=1, max_size=3
)


@given(st.lists(HOSTS, max_size=6))
def test_every_host_but_the_first_of_its_kind_is_told_and_no_other(destinations):
    rules = [rule(f"r{i}", destination=", ".join(hosts)) for i, hosts in enumerate(destinations)]
    expected, seen = [], set()
    for one, hosts in zip(rules, destinations, strict=True):
        repeated = set()
        for host in map(parse, hosts):
            if host.host in seen and host.host not in repeated:
                expected.append(one["name"])
                repeated.add(host.host)
            seen.add(host.host)
    assert [one["name"] for one in duplicate_rules(live(*rules))] == expected
