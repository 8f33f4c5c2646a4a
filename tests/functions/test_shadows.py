"""Rules that others cover: looked up, and yet as a comparison of all with all would have it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.hosts import covers
from scanner.functions.tokens import parse
from scanner.values import OpenList, Partial, Unknown

shadowed_rules = table()["shadowed_rules"].call


def rule(name, destination, kind="FQDN", category="UserDefined"):
    return {"name": name, "properties": {"type": kind, "category": category, "destination": destination}}


def tag(name, serviceTag, protocol="TCP", portRanges="443", category="UserDefined", **more):  # noqa: N803 - as ARM
    to = {"serviceTag": serviceTag, "protocol": protocol, "portRanges": portRanges, **more}
    return rule(name, to, "ServiceTag", category)


def hub(*rules):
    return {"properties": {}, "outboundRules": list(rules)}


def told(found):
    members = [member for member, _ in found.members] if isinstance(found, OpenList) else found
    return {one["name"]: one["by"] for one in members if not isinstance(one, Unknown)}


PATTERNS = st.sampled_from(
    ["*", "*.*", "*.com", "*.a.com", "*a.com", "a.com", "x.a.com", "*.x.a.com", "xa.com", "*.b.org", "b.org",
     "10.0.0.4", "www.a.*", "*x.a.com", "a.*.com", "*.0.4", "*0.4"]
)  # fmt: skip


@given(st.lists(st.lists(PATTERNS, min_size=1, max_size=3), max_size=6))
def test_a_rule_is_told_where_each_of_its_hosts_is_covered_by_other_rules(destinations):
    rules = [rule(f"r{i}", ", ".join(hosts)) for i, hosts in enumerate(destinations)]
    tokens = [[parse(host) for host in hosts] for hosts in destinations]

    def same(one, other):
        return one.host == other.host or {one.kind, other.kind} == {"any"}

    expected = set()
    for place, own in enumerate(tokens):
        broader, earlier, later = [], [], []
        for host in own:
            others = [(at, other) for at, hosts in enumerate(tokens) if at != place for other in hosts]
            broader.append(any(covers(other, host) and not same(other, host) for _, other in others))
            earlier.append(any(same(other, host) and at < place for at, other in others))
            later.append(any(same(other, host) and at > place for at, other in others))
        is_covered = all(map(any, zip(broader, earlier, later, strict=True)))
        if is_covered and (any(broader) or all(earlier)):
            expected.add(f"r{place}")
    assert set(told(shadowed_rules(hub(*rules)))) == expected


@pytest.mark.parametrize(
    ("host", "pattern", "is_covered"),
    [
        ("x.y.a.com", "*.com", True),
        ("*.y.a.com", "*.com", True),
        ("*xa.com", "*.com", True),
        ("*xa.com", "*a.com", True),
        ("*.a.com", "*a.com", True),
        ("a.com", "*a.com", True),
        ("*a.com", "*.a.com", False),
        ("*.com", "*.a.com", False),
        ("a.*.com", "*.com", False),
        ("a.*.com", "*com", False),
        ("a.*.com", "*", True),
        ("10.0.0.4", "*.0.4", False),
        ("10.0.0.4", "*", True),
    ],
)
def test_a_host_is_covered_by_every_pattern_that_it_fits(host, pattern, is_covered):
    assert told(shadowed_rules(hub(rule("a", host), rule("b", pattern)))).get("a") == (
        ["b"] if is_covered else None
    )


def test_what_covers_a_rule_is_named():
    found = shadowed_rules(
        hub(
            rule("a", "www.contoso.com, b.fabrikam.com"),
            rule("c", "*.contoso.com"),
            rule("f", "*.fabrikam.com"),
        )
    )
    assert found == [{"name": "a", "by": ["c", "f"], "type": "FQDN"}]


def test_a_rule_without_a_name_covers_and_is_not_named():
    narrow, nameless = rule("a", "www.contoso.com, b.fabrikam.com"), rule(None, "*.contoso.com")
    assert told(shadowed_rules(hub(narrow, nameless, rule("f", "*.fabrikam.com")))) == {"a": ["f"]}
    assert told(shadowed_rules(hub(rule("a", "www.contoso.com"), nameless))) == {"a": []}
    assert told(shadowed_rules(hub(rule(None, "www.contoso.com"), rule("b", "*.contoso.com")))) == {
        None: ["b"]
    }


def test_hosts_of_one_scenario_cover_none_of_each_other_and_those_of_two_do():
    assert shadowed_rules(hub(rule("a", "*.docker.com"), rule("b", "production.cloudflare.docker.com"))) == []
    assert told(shadowed_rules(hub(rule("a", "*.docker.com"), rule("b", "www.docker.com")))) == {"b": ["a"]}


def test_a_rule_of_the_platform_covers_and_is_not_told():
    system = tag("__SYS_ST_AzureMonitor_TCP", "AzureMonitor", category="Required")
    assert told(shadowed_rules(hub(tag("mine", "AzureMonitor"), system))) == {"mine": [system["name"]]}
    assert shadowed_rules(hub(system, tag("any", "Internet", "*", "*"))) == []


def test_what_the_platform_opens_covers_the_users_rules_whatever_they_are_called():
    first, second = (
        tag(f"__SYS_ST_AzureMonitor_{number}", "AzureMonitor", category="Required") for number in "12"
    )
    mine = [tag(name, "AzureMonitor") for name in ("1st", "2nd", "last")]
    expected = {name: [first["name"]] for name in ("1st", "2nd", "last")}
    assert told(shadowed_rules(hub(*mine, second, first))) == expected
    own = rule("__SYS_FQDN_1", "www.contoso.com", category="Dependency")
    own["properties"]["parentRuleNames"] = ["a"]
    mine = [rule(name, "www.contoso.com") for name in ("1st", "2nd", "last")]
    expected = {name: [own["name"]] for name in ("1st", "2nd", "last")}
    assert told(shadowed_rules(hub(*mine, own))) == expected


def test_of_rules_that_are_the_same_the_first_by_name_stands():
    rules = [tag(name, "Storage") for name in ("b", "c", "a")]
    assert told(shadowed_rules(hub(*rules))) == {"b": ["a"], "c": ["a"]}
    rules = [rule(name, "www.contoso.com") for name in ("b", "c", "a")]
    assert told(shadowed_rules(hub(*rules))) == {"b": ["a"], "c": ["a"]}


def test_a_rule_of_which_a_later_one_repeats_a_part_is_told_where_the_rest_is_broader():
    open_host = Partial((None, "-docs.contoso.com, a.com"), "var.prefix")
    found = shadowed_rules(hub(rule("a", open_host), rule("b", "a.com"), rule("c", "*.contoso.com")))
    assert told(found) == {"a": ["b", "c"], "b": ["a"]}


def test_a_rule_that_covers_no_other_is_not_open_where_others_are_too_many():
    patterns = [rule(f"p{number}", f"*.p{number}.com") for number in range(330)]
    hosts = [rule(f"h{number}", Partial(("h", None, ".org"), "var.host")) for number in range(330)]
    found = shadowed_rules(hub(*patterns, *hosts, rule("x", "www.contoso.com")))
    assert found.reason == "there are more hosts that are not known than can be compared"
    assert len([member for member, _ in found.members if isinstance(member, Unknown)]) == 1


def test_rules_of_one_name_do_not_cover_each_other():
    assert shadowed_rules(hub(rule("a", "www.contoso.com"), rule("A", "*.contoso.com"))) == []


@pytest.mark.parametrize(
    ("narrow", "broad", "is_covered"),
    [
        (("Storage.WestEurope",), ("storage",), True),
        (("Storage",), ("Storage.WestEurope",), False),
        (("Storage.WestEurope",), ("Storage.NorthEurope",), False),
        (("Storage.WestEurope",), ("AzureCloud.WestEurope",), True),
        (("Storage.WestEurope",), ("AzureCloud.NorthEurope",), False),
        (("Storage",), ("AzureCloud.WestEurope",), False),
        (("AzureCloud.WestEurope",), ("AzureCloud",), True),
        (("AzureCloud",), ("Internet",), True),
        (("Internet",), ("AzureCloud",), False),
        (("VirtualNetwork",), ("Internet",), False),
        (("AzurePlatformDNS",), ("AzureCloud",), False),
        (("AzureFrontDoor.Frontend",), ("AzureFrontDoor.Backend",), False),
        (("sometag",), ("Internet",), False),
        (("Storage", "TCP"), ("Storage", "*"), True),
        (("Storage", "*"), ("Storage", "TCP"), False),
        (("Storage", "UDP"), ("Storage", "TCP"), False),
        (("Storage", "TCP", "443"), ("Storage", "TCP", "80-443"), True),
        (("Storage", "TCP", "80, 8080"), ("Storage", "TCP", "443, 80"), False),
        (("Storage", "TCP", "*"), ("Storage", "TCP", "1-65535"), False),
        (("Storage", "TCP", "any"), ("Storage", "TCP", "*"), False),
        (("Storage", "TCP", "443"), ("Storage", "TCP", "443;80"), False),
    ],
)
def test_a_tag_is_covered_by_its_own_by_azure_and_by_the_internet(narrow, broad, is_covered):
    found = told(shadowed_rules(hub(tag("n", *narrow), tag("b", *broad))))
    assert found.get("n") == (["b"] if is_covered else None)


@pytest.mark.parametrize("more", [{"action": "Deny"}, {"addressPrefixes": ["10.0.0.0/8"]}])
def test_what_denies_and_what_prefixes_replace_neither_covers_nor_is_covered(more):
    assert shadowed_rules(hub(tag("n", "Storage.WestEurope"), tag("b", "Storage", **more))) == []
    assert shadowed_rules(hub(tag("n", "Storage.WestEurope", **more), tag("b", "Storage"))) == []


@pytest.mark.parametrize(
    ("one", "other", "is_open"),
    [
        (rule("a", Unknown("var.host")), rule("b", "*.contoso.com"), True),
        (rule("a", Unknown("var.host")), rule("b", "www.contoso.com"), True),
        (rule("a", Partial(("www.", None), "var.zone")), rule("b", "contoso.com"), False),
        (rule("a", Partial(("www.", None), "var.zone")), rule("b", "*.contoso.com"), True),
        (rule("a", Partial((None, ".fabrikam.com"), "var.zone")), rule("b", "www.contoso.com"), False),
        (rule("a", Partial((None, ".fabrikam.com"), "var.zone")), rule("b", "www.fabrikam.com"), True),
        (rule("a", Partial(("*.", None), "var.zone")), rule("b", "www.contoso.com"), True),
        (tag("a", Unknown("var.tag")), tag("b", "Storage.WestEurope"), True),
        (tag("a", "Storage", Unknown("var.protocol")), tag("b", "Storage.WestEurope"), True),
        (tag("a", "Sql", Unknown("var.protocol")), tag("b", "Storage.WestEurope"), False),
        (tag("a", Partial(("Sql.", None), "var.region")), tag("b", "Storage"), False),
        (tag("a", Partial(("Sql.", None), "var.region"), "UDP"), tag("b", "Sql", "*"), True),
        (tag("a", Partial(("Sql.", None), "var.region"), "UDP"), tag("b", "SqlManagement", "*"), False),
        (tag("a", Partial(("Sql", None), "var.kind"), "UDP"), tag("b", "SqlManagement", "*"), True),
        (tag("a", Partial(("Sql.", None), "var.region"), "UDP"), tag("b", "AzureCloud.WestEurope", "*"), True),
        (tag("a", Unknown("var.tag"), "UDP"), tag("b", "Storage", "*"), True),
        (tag("a", Unknown("var.tag"), "UDP"), tag("b", "Storage", "TCP"), False),
        (tag("a", Unknown("var.tag"), "UDP"), tag("b", "Internet", "*"), False),
        (tag("a", Unknown("var.tag"), "UDP"), tag("b", "Internet", "TCP"), False),
        (tag("a", "Storage", "TCP"), tag("b", "Sql", Unknown("var.protocol")), False),
        (tag("a", "Storage", "TCP"), tag("b", "Storage", Unknown("var.protocol")), True),
        (tag("a", "Storage", portRanges=Unknown("var.ports")), tag("b", "Storage", portRanges="80"), True),
        (tag("a", "Storage", addressPrefixes=Unknown("var.ranges")), tag("b", "Storage", "*"), True),
        (tag("a", "Storage", addressPrefixes=Unknown("var.ranges")), tag("b", "Sql", "*"), False),
        (tag("a", Partial(("Sql.", None), "var.region")), tag("b", "Sql", action=Unknown("var.action")), True),
        (rule("a", "contoso.com", Unknown("var.type")), rule("b", "www.contoso.com"), True),
    ],
)  # fmt: skip
def test_what_is_not_known_may_cover_or_be_covered(one, other, is_open):
    assert isinstance(shadowed_rules(hub(one, other)), OpenList) is is_open


def test_what_is_not_known_is_covered_where_its_end_decides():
    found = shadowed_rules(
        hub(rule("a", Partial((None, "-docs.contoso.com"), "var.prefix")), rule("b", "*.contoso.com"))
    )
    assert told(found) == {"a": ["b"]}
    assert not isinstance(found, OpenList)


def test_what_is_not_known_hides_nothing():
    found = shadowed_rules(
        hub(rule("a", "www.contoso.com"), rule("b", "*.contoso.com"), rule("x", Unknown("var.host")))
    )
    assert told(found) == {"a": ["b"]}
    assert isinstance(found, OpenList)


def test_a_tag_that_is_not_known_is_covered_by_the_internet():
    found = shadowed_rules(hub(tag("a", Unknown("var.tag"), "UDP"), tag("b", "Internet", "*")))
    assert told(found) == {"a": ["b"]}


def test_more_rules_whose_tags_are_not_known_than_can_be_compared_leave_it_open():
    open_rules = [tag(f"o{number}", Partial(("odd.", None), "var.region")) for number in range(320)]
    known_rules = [tag(f"k{number}", f"tag{number}") for number in range(320)]
    found = shadowed_rules(hub(*open_rules, *known_rules))
    assert found.reason == "there are more service tag rules than can be compared"


def test_more_rules_of_one_tag_than_can_be_compared_leave_it_open():
    rules = [tag(f"r{port}", "Storage", "TCP", str(port)) for port in range(400)]
    assert isinstance(shadowed_rules(hub(*rules)), OpenList)
