"""A glance saves a long look only where that finds nothing, and it does save it for hubs as most are."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.functions import glances, overlaps, shadows, table
from scanner.values import OpenList, Partial, Unknown

TARGET = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data1"
HOLE, PART = "(a hole)", "(a part)"
"""What stands for a value that is not known: nothing may compare such a value, as drawing does."""

NAMES = st.sampled_from(["a", "A", "b", "c", "d", "${var.x}", "[x()]", None, 7, HOLE])
HOSTS = st.sampled_from(
    [
        "a.com",
        "A.com.",
        "b.com",
        "*.a.com",
        "x.a.com",
        "*.x.a.com",
        "*a.com",
        "*",
        "a.com, b.com",
        "",
        None,
        HOLE,
        PART,
    ]
)
TAGS = st.sampled_from(
    ["Storage", "storage", "Storage.WestEurope", "Sql", "AzureCloud", "Internet", "Odd", None, HOLE]
)
PROTOCOLS = st.sampled_from(["TCP", "tcp ", "UDP", "*", None, HOLE])
TARGETS = st.sampled_from([TARGET, TARGET.upper(), f"{TARGET}2", "data1", None, HOLE])
PARTS = st.sampled_from(["blob", "Blob", "file", None, HOLE])
CATEGORIES = st.sampled_from(["UserDefined", "Required"])


def of(kind, destination):
    properties = st.fixed_dictionaries(
        {"type": st.just(kind), "category": CATEGORIES, "destination": destination}
    )
    return st.fixed_dictionaries({"name": NAMES, "properties": properties})


RULES = st.one_of(
    of("FQDN", HOSTS),
    of(
        "ServiceTag",
        st.fixed_dictionaries(
            {"serviceTag": TAGS, "portRanges": st.just("443")}, optional={"protocol": PROTOCOLS}
        ),
    ),
    of("PrivateEndpoint", st.fixed_dictionaries({"serviceResourceId": TARGETS, "subresourceTarget": PARTS})),
)


def hub(*rules, live=True):
    return {"live": live, "properties": {}, "outboundRules": opened(list(rules))}


def opened(value):
    """A copy of what was drawn, with values that are not known."""
    if isinstance(value, dict):
        return {key: opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(opened, value))
    return {HOLE: Unknown("a hole"), PART: Partial(("a", None, ".com"), "a hole")}.get(value, value)


def rule(name, kind, destination):
    return {"name": name, "properties": {"type": kind, "category": "UserDefined", "destination": destination}}


def tag(name, base, **more):
    return rule(name, "ServiceTag", {"serviceTag": base, "portRanges": "443", **more})


def endpoint(name, target=TARGET, part="blob"):
    return rule(name, "PrivateEndpoint", {"serviceResourceId": target, "subresourceTarget": part})


USUAL = hub(
    rule("a", "FQDN", "a.com, *.b.com"),
    rule("b", "FQDN", "b.com"),
    tag("c", "Storage", protocol="TCP"),
    tag("d", "Sql"),
    endpoint("e"),
    endpoint("f", part="file"),
)
LOOKS = {
    "repeated_names": (overlaps, ("names_differ",)),
    "duplicate_rules": (overlaps, ("openings_differ",)),
    "shadowed_rules": (shadows, ("hosts_apart", "tags_apart")),
}


@pytest.mark.parametrize("name", LOOKS)
@given(rules=st.lists(RULES, max_size=5), live=st.booleans())
@example(rules=USUAL["outboundRules"], live=True)
@example(rules=[tag("a", "Storage", protocol="TCP"), tag("b", "Storage")], live=True)
@example(rules=[tag("a", "Storage", protocol="TCP"), tag("b", "Storage", protocol="UDP")], live=True)
@example(rules=[tag("a", "Storage"), tag("b", "Storage.WestEurope")], live=True)
@example(rules=[tag("a", "Storage"), tag("b", "AzureCloud")], live=True)
@example(rules=[endpoint("a"), endpoint("b", TARGET.upper())], live=True)
@example(rules=[rule("a", "FQDN", "*.a.com"), rule("b", "FQDN", "x.y.a.com")], live=True)
def test_what_a_glance_leaves_out_a_long_look_would_not_find(name, rules, live):
    look = table()[name].call
    module, shortcuts = LOOKS[name]
    with pytest.MonkeyPatch.context() as patch:
        short = seen(look, hub(*rules, live=live))
        for shortcut in shortcuts:
            patch.setattr(module, shortcut, lambda _: False)
        assert seen(look, hub(*rules, live=live)) == short


def seen(look, document):
    """What is found, as text: an Unknown is equal to nothing."""
    try:
        found = look(document)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return repr(error)
    return repr(found.members) if isinstance(found, OpenList) else repr(found)


@pytest.mark.parametrize("name", ["names_differ", "openings_differ", "tags_apart", "hosts_apart"])
def test_a_hub_as_most_are_needs_no_long_look(name):
    assert getattr(glances, name)(hub(*USUAL["outboundRules"])) is True
    assert getattr(glances, name)(hub()) is True


def test_hosts_without_a_pattern_are_apart_where_they_differ():
    assert glances.hosts_apart(hub(rule("a", "FQDN", "a.com"), rule("b", "FQDN", "x.a.com"))) is True
    assert glances.hosts_apart(hub(rule("a", "FQDN", "a.com"), rule("b", "FQDN", "A.com"))) is False


@pytest.mark.parametrize("pattern", ["*", "*a.com", "a.*.com", "*.a.*"])
def test_a_pattern_that_is_no_wildcard_is_left_to_a_long_look(pattern):
    assert glances.hosts_apart(hub(rule("a", "FQDN", pattern), rule("b", "FQDN", "b.com"))) is False


def test_a_host_of_more_labels_than_a_host_can_have_is_left_to_a_long_look():
    def beside_a_pattern(labels):
        return hub(rule("a", "FQDN", "x." * (labels - 1) + "com"), rule("b", "FQDN", "*.org"))

    assert glances.hosts_apart(beside_a_pattern(128)) is True
    assert glances.hosts_apart(beside_a_pattern(129)) is False
    endless = hub(rule("a", "FQDN", "x." * 200 + "com"), rule("b", "FQDN", "*.com"))
    assert seen(table()["shadowed_rules"].call, endless) == "[{'name': 'a', 'by': ['b'], 'type': 'FQDN'}]"


@pytest.mark.parametrize(("count", "is_open"), [(10_000, False), (10_001, True)])
def test_more_hosts_than_are_read_are_left_to_a_long_look(count, is_open):
    many = hub(rule("a", "FQDN", ",".join(f"h{number}.com" for number in range(count))))
    assert isinstance(table()["duplicate_rules"].call(many), OpenList) is is_open


def test_rules_that_may_not_be_there_are_left_to_a_long_look():
    pairs = ((tag("a", "Storage.WestEurope"), True), (tag("b", "Storage"), True), (tag("c", "Sql"), False))
    document = {"properties": {}, "outboundRules": OpenList(pairs, "var.count")}
    found = table()["shadowed_rules"].call(document)
    assert ({"name": "a", "by": ["b"], "type": "ServiceTag"}, True) in found.members


def test_tags_of_the_user_are_apart_from_those_of_azure_and_from_each_other():
    azures = tag("__SYS_ST_Storage", "Storage")
    azures["properties"]["category"] = "Required"
    assert glances.tags_apart(hub(azures, tag("a", "Sql"))) is True
    assert glances.tags_apart(hub(azures)) is True
    assert glances.tags_apart(hub(azures, tag("a", "Storage.WestEurope"))) is False


def test_tags_of_two_protocols_open_different_things():
    both = [tag("a", "Storage", protocol="TCP"), tag("b", "Storage", protocol="udp")]
    assert glances.openings_differ(hub(*both)) is True
    assert glances.openings_differ(hub(*both, tag("c", "storage", protocol="UDP "))) is False


def test_rules_of_another_type_that_may_not_be_there_leave_open_nothing():
    pairs = ((rule("a", "FQDN", "a.com"), True), (tag("b", "Sql"), True), (endpoint("c"), False))
    document = {"properties": {}, "outboundRules": OpenList(pairs, "var.count")}
    assert table()["shadowed_rules"].call(document) == []
