"""What a rule opens and closes from one state of a hub to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import OpenList, Partial, Touched, Unknown

rule_changes = table()["rule_changes"].call
network_changes = table()["network_changes"].call
host_covers = table()["host_covers"].call

ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"

OPEN = Unknown("var.open", text="var.open")


def hub(*rules, **more):
    return {"outboundRules": list(rules), "properties": {}, **more}


def fqdn(destination, name="r"):
    return {"name": name, "properties": {"type": "FQDN", "destination": destination}}


def tag(service_tag, ports="443", protocol="TCP", name="r", **more):
    destination = {"serviceTag": service_tag, "protocol": protocol, "portRanges": ports, **more}
    return {"name": name, "properties": {"type": "ServiceTag", "destination": destination}}


def tag_to(destination):
    return {"name": "r", "properties": {"type": "ServiceTag", "destination": destination}}


def endpoint(target, part="blob", name="r"):
    destination = {"serviceResourceId": target, "subresourceTarget": part}
    return {"name": name, "properties": {"type": "PrivateEndpoint", "destination": destination}}


def change(before, after):
    """The word for what became of the one rule, None where nothing did."""
    found = rule_changes(hub(*before), hub(*after))
    assert len(found) <= 1
    return found[0]["change"] if found else None


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (fqdn("a.contoso.com"), fqdn("A.contoso.com."), None),
        (fqdn("a.contoso.com"), fqdn("a.contoso.com, b.contoso.com"), "widened"),
        (fqdn("a.contoso.com, b.contoso.com"), fqdn("b.contoso.com"), "narrowed"),
        (fqdn("*.contoso.com"), fqdn("a.contoso.com"), "narrowed"),
        (fqdn("*.contoso.com"), fqdn("*"), "widened"),
        (fqdn("a.contoso.com"), fqdn("a.fabrikam.com"), "changed"),
        (tag("Storage"), tag("storage", "443-443"), None),
        (tag("Storage"), tag("Storage.westeurope"), "narrowed"),
        (tag("Storage.westeurope"), tag("Storage.eastus"), "changed"),
        (tag("Storage"), tag("Storage", "80,443"), "widened"),
        (tag("Storage"), tag("Storage", None), "widened"),
        (tag("Storage", protocol="*"), tag("Storage"), "narrowed"),
        (tag("Storage"), tag("Sql"), "changed"),
        (tag("Storage"), tag("Storage", addressPrefixes=["203.0.113.0/24"]), "changed"),
        (
            tag("x", addressPrefixes=["203.0.113.0/24"]),
            tag("x", addressPrefixes=["203.0.113.0/25"]),
            "narrowed",
        ),
        (tag("x", addressPrefixes=["203.0.113.7"]), tag("x", addressPrefixes=["0.0.0.0/0"]), "widened"),
        (tag("x", addressPrefixes=["2001:db8::/32"]), tag("x", addressPrefixes=["nonsense"]), "changed"),
        (
            tag("x", addressPrefixes=["203.0.113.7/24"]),
            tag("x", addressPrefixes=["203.0.113.9/25"]),
            "narrowed",
        ),
        (
            tag("x", addressPrefixes=["2001:db8::/32"]),
            tag("x", addressPrefixes=["2001:db8::/48"]),
            "narrowed",
        ),
        (
            tag("x", addressPrefixes=["2001:db8::/32"]),
            tag("x", addressPrefixes=["203.0.113.0/24"]),
            "changed",
        ),
        (tag("x", addressPrefixes=["::/0"]), tag("x", addressPrefixes=["0.0.0.0/0"]), "changed"),
        (tag("x", addressPrefixes=["odd"]), tag("x", addressPrefixes=["odd", "odder"]), "widened"),
        (tag("Storage", "odd"), tag("Storage.westeurope", "odd"), "narrowed"),
        (tag("Storage"), tag("Storage", action="Deny"), "narrowed"),
        (tag("Storage", action="Deny"), tag("Storage.westeurope", action="Deny"), "widened"),
        (endpoint(ID), endpoint(ID.upper() + "/"), None),
        (endpoint(ID), endpoint(ID, "file"), "changed"),
        (endpoint(ID), fqdn("st1.blob.core.windows.net"), "changed"),
        (endpoint(ID), fqdn("*.blob.core.windows.net"), "changed"),
        (endpoint(ID), tag("Storage"), "changed"),
        (tag("Storage"), fqdn("*.blob.core.windows.net"), "changed"),
        (tag("Storage"), fqdn("st1.blob.core.windows.net"), "changed"),
    ],
)
def test_a_rule_is_compared_by_what_it_reaches(before, after, word):
    assert change([before], [after]) == word
    opposite = {"widened": "narrowed", "narrowed": "widened"}
    assert change([after], [before]) == opposite.get(word, word)


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        (fqdn("A.com., *.b.com"), ["a.com", "*.b.com"]),
        (tag("Storage", "80,443", "Tcp"), ["Storage TCP 80,443"]),
        (tag("Storage", None, None), ["Storage * *"]),
        (tag("Storage", "", ""), ["Storage * *"]),
        (tag("x", addressPrefixes=["10.0.0.0/8", "192.168.0.0/16"]), ["10.0.0.0/8, 192.168.0.0/16 TCP 443"]),
        (endpoint(ID, "Blob"), [f"{ID.lower()} (blob)"]),
        (endpoint(None, None), ["a resource that is not named (no subresource)"]),
    ],
)
def test_what_is_opened_is_told_in_words(rule, opens):
    (found,) = rule_changes(hub(), hub(rule))
    assert found["opens"] == opens


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (tag_to(None), "the destination of rule 'r' is missing"),
        (tag_to("Storage"), "the destination of rule 'r' is text"),
        (tag_to(Unknown("var.to")), "var.to"),
        ({"name": "r"}, "the type of rule 'r' is not known"),
    ],
)
def test_what_a_rule_opens_may_be_impossible_to_say(rule, reason):
    (found,) = rule_changes(hub(), hub(rule))
    assert found["opens"].reason == reason


def test_rules_are_found_again_by_their_name_whatever_the_case():
    found = rule_changes(
        hub(fqdn("a.com", "One"), fqdn("b.com", "gone")), hub(fqdn("a.com", "one"), fqdn("c.com", "new"))
    )
    assert [(entry["name"], entry["change"]) for entry in found] == [("new", "added"), ("gone", "removed")]


def test_what_another_rule_reached_before_is_no_gain():
    before = hub(fqdn("*.contoso.com", "wide"))
    (added, removed) = rule_changes(before, hub(fqdn("a.contoso.com, b.fabrikam.com", "narrow")))
    assert added["opens"] == ["a.contoso.com", "b.fabrikam.com"]
    assert added["gained"] == ["b.fabrikam.com"]
    assert removed["closes"] == ["*.contoso.com"]


def test_a_name_that_stands_twice_reaches_both():
    before = hub(fqdn("a.com"), fqdn("b.com"))
    assert rule_changes(before, hub(fqdn("b.com, a.com"))) == []
    for pair in ([fqdn(Unknown("x")), fqdn("b.com")], [fqdn("a.com"), fqdn(Unknown("x"))]):
        (found,) = rule_changes(before, hub(*pair))
        assert isinstance(found["change"], Unknown)


@pytest.mark.parametrize(
    "open_one",
    [
        fqdn(Unknown("x")),
        fqdn(None),
        fqdn(7),
        fqdn(Partial(("a-", None), "x")),
        tag(Unknown("x")),
        {"name": "r"},
    ],
)
def test_a_destination_that_is_open_makes_the_change_unknown(open_one):
    for before, after in (
        ([], [open_one]),
        ([open_one], []),
        ([fqdn("a.com")], [open_one]),
        ([open_one], [fqdn("a.com")]),
    ):
        (found,) = rule_changes(hub(*before), hub(*after))
        for name in ("change", "opens", "closes", "gained"):
            assert isinstance(found[name], Unknown)


def test_a_rule_is_told_with_its_type_and_its_origin():
    endpoint_of_platform = endpoint(ID, name="__SYS_PE_st1")
    found = rule_changes(hub(), hub(fqdn("", "Nothing"), endpoint_of_platform, Unknown("var.rule")))
    assert [(entry["name"], entry["type"], entry["origin"]) for entry in found] == [
        ("Nothing", "FQDN", "user"),
        ("__SYS_PE_st1", "PrivateEndpoint", "user"),
        (found[2]["name"], "", "user"),
    ]


def test_a_rule_that_reaches_nothing_comes_and_goes_all_the_same():
    nothing = {"opens": [], "closes": [], "gained": []}
    ((added,), (removed,)) = (
        rule_changes(hub(*before), hub(*after)) for before, after in (([], [fqdn("")]), ([fqdn("")], []))
    )
    assert added == {"name": "r", "type": "FQDN", "origin": "user", "change": "added", **nothing}
    assert removed == {**added, "change": "removed"}


def test_what_is_open_and_written_alike_did_not_change():
    def open_rule(text):
        return fqdn(Partial(("a-", None, ".com"), "x", text=text))

    assert rule_changes(hub(open_rule("a-${var.b}.com")), hub(open_rule("a-${var.b}.com"))) == []
    assert len(rule_changes(hub(open_rule("a-${var.b}.com")), hub(open_rule("a-${var.c}.com")))) == 1


def test_what_is_open_and_has_another_part_did_change():
    target = Partial((f"{ID}-", None), "x", text="var.id")
    old, new = endpoint(target, "blob"), endpoint(target, "file")
    assert rule_changes(hub(old), hub(old)) == []
    (found,) = rule_changes(hub(old), hub(new))
    assert isinstance(found["change"], Unknown)


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ({"serviceTag": OPEN}, {"serviceTag": OPEN}, True),
        ({"serviceTag": OPEN}, {"serviceTag": Unknown("x", text="var.open")}, True),
        ({"serviceTag": OPEN, "portRanges": "1"}, {"serviceTag": OPEN}, False),
        ({"serviceTag": OPEN}, {"serviceTag": OPEN, "portRanges": "1"}, False),
        ({"serviceTag": OPEN, "portRanges": "1"}, {"serviceTag": OPEN, "portRanges": "2"}, False),
        ({"serviceTag": OPEN}, "Storage", False),
        ("Storage", {"serviceTag": OPEN}, False),
        ({"addressPrefixes": [OPEN, "a"]}, {"addressPrefixes": [OPEN, "a"]}, True),
        ({"addressPrefixes": [OPEN, "a"]}, {"addressPrefixes": [OPEN, "b"]}, False),
        ({"addressPrefixes": [OPEN, "a"]}, {"addressPrefixes": [OPEN]}, False),
        ({"addressPrefixes": [OPEN]}, {"addressPrefixes": [OPEN, "a"]}, False),
        ({"addressPrefixes": [OPEN]}, {"addressPrefixes": 7, "serviceTag": OPEN}, False),
        ({"addressPrefixes": 7, "serviceTag": OPEN}, {"addressPrefixes": [7], "serviceTag": OPEN}, False),
        ({"addressPrefixes": [7], "serviceTag": OPEN}, {"addressPrefixes": 7, "serviceTag": OPEN}, False),
        ({"serviceTag": OPEN}, {"serviceTag": Unknown("var.other", text="var.other")}, False),
        ({"serviceTag": OPEN}, {"serviceTag": "Storage"}, False),
        ({"serviceTag": Unknown("forbidden")}, {"serviceTag": Unknown("forbidden")}, False),
        (
            {"serviceTag": Partial(("a", None), "x", text="t")},
            {"serviceTag": Partial(("b", None), "x", text="t")},
            False,
        ),
    ],
)
def test_what_is_open_did_not_change_where_all_of_it_is_written_alike(old, new, alike):
    def written(destination):
        return hub({"name": "r", "properties": {"type": "ServiceTag", "destination": destination}})

    assert (rule_changes(written(old), written(new)) == []) is alike


@pytest.mark.parametrize("sure", [(True, False), (False, True)])
def test_a_rule_that_was_there_on_some_condition_alone_may_be_new(sure):
    before, after = (
        {**hub(), "outboundRules": OpenList(((fqdn("a.com"), one),), "var.count")} for one in sure
    )
    (found,) = rule_changes(before, after)
    assert found["change"].reason == "var.count"
    assert rule_changes(before, before) == []


def test_rules_that_were_not_collected_cannot_be_compared():
    with pytest.raises(Touched):
        rule_changes({"properties": {}}, hub())
    unsure = {**hub(), "outboundRules": OpenList(((fqdn("a.com"), False),), "x")}
    (found,) = rule_changes(hub(), unsure)
    assert isinstance(found["change"], Unknown)


def test_too_many_patterns_are_not_compared():
    def patterns(label):
        return fqdn(",".join(f"*.{label}{number}.com" for number in range(1500)))

    with pytest.raises(Touched):
        rule_changes(hub(patterns("a")), hub(patterns("b")))


def test_hosts_that_are_no_patterns_are_compared_however_many_they_are():
    def hosts(label):
        return fqdn(",".join(f"{label}{number}.com" for number in range(1500)))

    assert change([hosts("a")], [hosts("b")]) == "changed"


HOSTS = st.lists(
    st.sampled_from(["contoso.com", "a.contoso.com", "*.contoso.com", "*.com", "*", "fabrikam.org"]),
    max_size=4,
)


@given(HOSTS, HOSTS)
def test_what_is_opened_was_not_covered_and_what_is_closed_is_no_more(before, after):
    found = rule_changes(hub(fqdn(",".join(before))), hub(fqdn(",".join(after))))
    opens = found[0]["opens"] if found else []
    closes = found[0]["closes"] if found else []
    assert opens == [host for host in after if not any(host_covers(old, host) for old in before)]
    assert closes == [host for host in before if not any(host_covers(new, host) for new in after)]


def test_properties_of_the_network_are_compared_without_case():
    def network(**properties):
        return {"properties": {"managedNetwork": properties}}

    assert network_changes(network(isolationMode="Disabled"), network()) == []
    assert network_changes(network(firewallSku="Basic"), network(firewallSku="BASIC")) == []
    assert network_changes(
        network(isolationMode="Disabled"), network(isolationMode="allow_internet_outbound")
    ) == [{"name": "isolationMode", "before": "Disabled", "after": "AllowInternetOutbound"}]
    (found,) = network_changes(network(firewallSku=Unknown("x", text="a")), network(firewallSku="Basic"))
    assert found["name"] == "firewallSku"
    (found,) = network_changes(network(), network(isolationMode=Unknown("x", text="var.mode")))
    assert (found["name"], found["before"]) == ("isolationMode", "Disabled")
    assert isinstance(found["after"], Unknown)
    same = network(firewallSku=Unknown("x", text="var.sku"))
    assert network_changes(same, network(firewallSku=Unknown("y", text="var.sku"))) == []


class TestWhatMayHaveBeenReachedBefore:
    """What is not known of the state before is neither surely gained nor surely not."""

    def gained(self, before, *after):
        found = {
            one["name"]: one["gained"]
            for one in rule_changes({**hub(), "outboundRules": before}, hub(*after))
        }
        return [value if isinstance(value, list) else type(value) for value in found.values()]

    def maybe(self, *rules, surely=()):
        members = (*((rule, True) for rule in surely), *((rule, False) for rule in rules))
        return OpenList(members, "it is not known which rules are deployed")

    def test_is_what_a_rule_reached_that_may_not_have_been_there(self):
        before = self.maybe(fqdn("contoso.com", "old"))
        assert self.gained(before, fqdn("contoso.com", "new"))[0] is Unknown
        assert self.gained(before, fqdn("contoso.com, fabrikam.com", "new"))[0] == ["fabrikam.com"]

    def test_is_not_taken_for_the_rules_of_which_that_is_not_known(self):
        before = self.maybe(tag("Sql", name="t"), surely=(fqdn("contoso.com", "a"),))
        assert self.gained(before, fqdn("contoso.com", "a"), tag("Sql", name="t")) == [Unknown]

    @pytest.mark.parametrize("destination", [OPEN, Partial(("x", None), "open", text="x${y}")])
    def test_is_any_of_its_type_where_a_destination_is_open(self, destination):
        before = [fqdn(destination, "old")]
        assert self.gained(before, fqdn("contoso.com", "new"), endpoint(ID, name="pe"))[:2] == [
            Unknown,
            [f"{ID.lower()} (blob)"],
        ]

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            (f"{ID[:-3]}{{var.name}}", Unknown),
            (f"{ID[:-3]}s{{var.name}}", Unknown),
            (f"{ID[:-3]}other{{var.name}}", [f"{ID.lower()[:-3]}other{{var.name}} (blob)"]),
        ],
    )
    def test_is_a_resource_whose_id_is_open(self, target, expected):
        assert self.gained([endpoint(ID, name="old")], endpoint(target, name="new"))[0] == expected
        if expected is Unknown:
            assert self.gained([endpoint(target, name="old")], endpoint(ID, name="new"))[0] is Unknown
