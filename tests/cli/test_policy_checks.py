"""What ``hubscan policy validate`` finds in a policy before any hub is there: place, reason, hint."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hubs import hub

from scanner import policies, schema
from scanner.sources.documents.members import COLLECTIONS
from scanner.sources.normalise import example

FORM = """\
id: mine
title: t
severity: low
{each}
require: {require}
message: {message}
{more}
"""


@pytest.fixture
def validate(run, tmp_path, monkeypatch):
    """Validates a policy made of some keys: the lines on standard error, without the program's name."""
    monkeypatch.chdir(tmp_path)

    def call(require="hub.live", message="x", each="", more=""):
        text = FORM.format(
            require=json.dumps(require),
            message=json.dumps(message),
            each=f"each: {json.dumps(each)}" if each else "#",
            more=more,
        )
        (tmp_path / "mine.yaml").write_text(text)
        code, _, err = run("policy", "validate", "mine.yaml")
        assert code == (2 if err else 0)
        return [line.removeprefix("hubscan: error: mine.yaml:") for line in err]

    return call


PARAMETER = "parameters: {foo: {type: string, default: a, allowedValues: [a, b]}}"


@pytest.mark.parametrize(
    ("require", "told"),
    [
        ("hbu.live", "5:11: 'require': 'hbu' is unknown here (did you mean 'hub'?)"),
        ("hub.properties.managedNetwrk", "26: 'require': 'managedNetwrk' is not a field of 'hub.properties' (did you mean 'managedNetwork'?)"),
        ("hub.managedNetwork.isolationMode == 'x'", "15: 'require': 'managedNetwork' is not a field of 'hub' (did you mean 'properties.managedNetwork'?)"),
        ("hub.properties.nothingOfTheKind", "26: 'require': 'nothingOfTheKind' is not a field of 'hub.properties'"),
        ("item.name == 'x'", "'item' is there only where 'each' is given"),
        ("before.live", "'before' is there only in transition policies"),
        ("hub.live == true", "23: 'require': 'true' is unknown here (the value is written `true`)"),
        ("hub.name == null", "the value is written `null`"),
        ('hub.name == "x"', "'x' is unknown here (a string is written 'x')"),
        ("hub.name == `x`", "`x` is not JSON (a string is written 'x', a field without backticks)"),
        ("hub.name = 'x'", "'=' cannot stand here; two values are compared with '=='"),
        ("hub.live and hub.live", "'and' cannot stand here; it is written '&&'"),
        ("fqdn_host(hub)", "there is no function 'fqdn_host' (did you mean 'fqdn_hosts'?)"),
        ("length(hub, hub) == `0`", "length() takes 1 argument, not 2"),
        ("starts_with(hub.tags, 'a')", "starts_with() wants a string here, not 'hub.tags' (an object)"),
        ("isolation_mode('x') == 'Disabled'", "isolation_mode() wants an object here, not a string"),
        ("length(rules(hub, 'FQDNs')) == `0`", "rules() knows no 'FQDNs' (did you mean 'FQDN'?)"),
        ("length(map(lower(@), hub.outboundRules[].name)) == `0`", "map() wants an expression reference here"),
        ("!hub.properties.v1LegacyMode", "'.properties' after '!' is null for every input ('!a.b' means '(!a).b'; write '!(a.b)')"),
        ("length(hub.outboundRules[?!properties.destination]) == `0`", "'.destination' after '!' is null"),
        ("length(hub.properties.managedNetwork.outboundRules[?a]) == `0`", "a filter on 'hub.properties.managedNetwork.outboundRules' (an object) is always null (an object is no list: its values are 'values(x)' or 'x.*')"),
        ("length(hub.outboundRules[?type == 'FQDN']) == `0`", "'type' is not a field of 'hub.outboundRules[]' (did you mean 'properties.type'?)"),
        ("length(hub.outboundRules[].properties.destination.serviceTag) == 'x'", "'==' between a number and a string is never true"),
        ("hub.properties.privateLinkCount == '0'", "'==' between 'hub.properties.privateLinkCount' (a number) and a string is never true"),
        ("hub.properties.hbiWorkspace == 'true'", "'==' between 'hub.properties.hbiWorkspace' (a boolean) and a string"),
        ("hub.name > `5`", "'>' cannot compare 'hub.name' (a string) with a number"),
        ("hub.properties.managedNetwork.isolationMode == 'disabled'", "is hardly 'disabled' (did you mean 'Disabled'?)"),
        ("hub.kind != 'hub'", "'hub.kind' is hardly 'hub' (did you mean 'Hub'?)"),
        ("arm_id(hub.id).subscription == 'x'", "'subscription' is not a field of 'arm_id()' (did you mean 'subscriptionId'?)"),
        ("hub.name", "'require' gives 'hub.name' (a string), never true or false"),
        ("hub.outboundRules", "'require' gives 'hub.outboundRules' (a list), never true or false"),
        ("params.fo == 'a'", "'fo' is not a declared parameter (did you mean 'foo'?)"),
        ("params.foo == `1`", "'==' between 'params.foo' (a string) and a number is never true"),
        ("params.foo == 'c'", "'params.foo' is never 'c'"),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_be_meant_is_told_of(validate, require, told):
    lines = validate(require, more=PARAMETER)
    assert lines[0].startswith("5:")
    assert told in lines[0]


@pytest.mark.parametrize(
    "require",
    [
        "hub.properties.managedNetwork.isolationMode == 'AllowWhateverComesNext'",
        "hub.tags.anything == 'x'",
        "hub.resources[0].properties.networkAcls.anything == 'x'",
        "hub.connections[0].properties.metadata.ResourceId == 'x'",
        "hub.computes[?properties.properties.subnet.id].name | length(@) == `0`",
        'hub.properties."x-mine" == `1`',
        "params.foo == 'b'",
        "hub.identity.type == 'None' || hub.sku.name != 'x'",
        "!(hub.properties.v1LegacyMode)",
        "length(values(hub.properties.managedNetwork.outboundRules || `{}`)[?anything]) == `0`",
        'length(hub.subscription.providers."Microsoft.Network") > `0`',
    ],
)
def test_what_may_be_meant_loads(validate, require):
    assert validate(require, more=PARAMETER) == []


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"each": "fqdn_hosts(hub)", "require": "item.hst == 'x'"}, "5:16: 'require': 'hst' is not a field of 'item' (did you mean 'host'?)"),
        ({"each": "rules(hub, 'FQDN')", "require": "item.properties.type == 'fqdn'"}, "5:11: 'require': 'item.properties.type' is hardly 'fqdn'"),
        ({"each": "hub.tags"}, "4:7: 'each' gives 'hub.tags' (an object), never a list"),
        ({"each": "hub.name"}, "4:7: 'each' gives 'hub.name' (a string), never a list"),
        ({"more": "when: hub.name"}, "7:7: 'when' gives 'hub.name' (a string), never true: no hub would be judged"),
        ({"message": "'{hub.nme}'"}, "6:17: 'message': 'nme' is not a field of 'hub' (did you mean 'name'?)"),
        ({"message": "'{item.name}'"}, "6:13: 'message': 'item' is there only where 'each' is given"),
        ({"message": "'{hub.name'"}, "6:12: 'message': '{' is not closed; a brace is written '{{'"),
        ({"message": "hub.name}"}, "6:19: 'message': '}' without a '{' before it; a brace is written '}}'"),
        ({"message": "{}"}, "6:11: 'message': there is no expression between these braces"),
        ({"more": "applies_to: [Hubb]"}, "7:14: 'Hubb' is no kind of workspace (did you mean 'Hub'?)"),
        ({"more": "needs: [resource]"}, "7:9: 'needs' is 'resource', not one of"),
        ({"more": "parameters: {foo: {type: string, default: 5}}"}, "7:43: the default of 'foo' must be of type string, not number"),
        ({"more": "parameters: {foo: {type: string, default: c, allowedValues: [a]}}"}, "7:43: the default of 'foo' must be one of a"),
        ({"more": "parameters: {foo: {type: string, default: a, allowedValues: [a, 5]}}"}, "7:65: a value of 'foo' must be of type string, not number"),
        ({"more": "parameters: {foo: {type: text}}"}, "7:26: 'type' is 'text', not one of string, number"),
        ({"more": "yields_to: [fqdn-no-azure-storag]"}, "7:13: 'yields_to' names 'fqdn-no-azure-storag', which is no policy (did you mean 'fqdn-no-azure-storage'?)"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_meant_is_told_of(validate, keys, told):
    (line,) = validate(**keys)
    assert line.startswith(told)


def test_everything_that_is_wrong_is_told_with_its_place(validate):
    lines = validate(
        "hbu.live && hub.nme == `x`", message="{hub.knd}", each="hub.tgs", more="needs: [x]\nwhen: lowr('a')"
    )
    assert [line.split(" ")[0] for line in lines] == [
        "7:9:",
        "8:7:",
        "4:12:",
        "5:11:",
        "5:27:",
        "5:34:",
        "6:16:",
    ]


@pytest.mark.parametrize("block", ["|", "|-"])
def test_in_a_block_the_place_is_that_of_the_character(run, tmp_path, monkeypatch, block):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        f"id: mine\ntitle: t\nseverity: low\nrequire: {block}\n  hub.live\n    && hub.nme == 'x'\n"
    )
    _, _, err = run("policy", "validate", "mine.yaml")
    assert err[0].startswith("hubscan: error: mine.yaml:6:12: 'require': 'nme' is not a field of 'hub'")


def test_a_parameter_without_a_default_is_asked_for(run, estate, tmp_path):
    path = estate(hub())
    (tmp_path / "mine.yaml").write_text(
        "id: mine\ntitle: t\nseverity: low\nrequire: hub.location == params.home\n"
        "parameters: {home: {type: string}}\n"
        "examples:\n  pass: [{hub: {kind: Hub, location: a}, params: {home: a}}]\n"
        "  fail: [{hub: {kind: Hub, location: b}, params: {home: a}}]\n"
    )
    options = ("scan", path, "--no-bundled-policies", "-p", "mine.yaml", "--fail-on", "low")
    code, _, err = run(*options)
    assert (code, err) == (
        2,
        ["hubscan: error: parameter mine.home has no default: give --param mine.home=VALUE"],
    )
    assert run(*options, "--param", "mine.home=westeurope")[0] == 0
    assert run("policy", "test", "mine.yaml")[0] == 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("today: soon", "pass[0]: 'today' is no date, write YYYY-MM-DD"),
        ("today: 5", "pass[0]: 'today' is no date, write YYYY-MM-DD"),
        ("params: {x: 1}", "pass[0]: mine has no parameter 'x'"),
        ("params: 5", "pass[0]: 'params' must be an object"),
        ("params: {home: 5}", "pass[0]: mine.home must be of type string, not number"),
        ("kind: Hub", "pass[0]: parameter 'home' has no default, and 'params' gives it no value"),
    ],
)
def test_an_example_that_cannot_be_judged_is_a_line_of_its_policy(run, tmp_path, monkeypatch, settings, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "id: mine\ntitle: t\nseverity: low\nrequire: hub.location == params.home\n"
        f"parameters: {{home: {{type: string}}}}\nexamples:\n  pass: [{{hub: {{}}, {settings}}}]\n"
    )
    code, out, err = run("policy", "test", "mine.yaml")
    assert (code, err) == (1, [])
    assert any(line.strip().startswith(told) for line in out.splitlines()), out


def test_a_policy_that_can_never_fail_does_not_pass_its_test(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "id: mine\ntitle: t\nseverity: low\nrequire: '`true`'\n"
        "examples: {pass: [{kind: Hub}], fail: [{kind: Hub}]}\n"
    )
    code, out, _ = run("policy", "test", "mine.yaml")
    assert code == 1
    assert "fail[0]: expected fail, got pass" in out


def test_the_hub_schema_is_json_schema_and_holds_for_the_hubs_of_all_examples():
    """Every name in an example of a bundled policy is a name that policies may ask for."""
    published = schema.published("hub-v1")
    validator = jsonschema_rs.Draft202012Validator(published)
    for policy in policies.load():
        for entry in policy.examples:
            if entry.document.get("kind") == "AIServices":
                continue  # an account of another provider: no workspace, and judged by nobody
            unknown = [
                error.message
                for error in validator.iter_errors(entry.document)
                if "Additional properties" in error.message
            ]
            assert unknown == [], (policy.card.id, entry.verdict, entry.index)


def test_what_a_reader_makes_of_a_hub_may_be_asked_for():
    """Every collection, and what is added beside them."""
    read = example({**hub(), "kind": "HUB"}).document
    named = schema.published("hub-v1")["$defs"]["hub"]["properties"]
    assert set(named) >= {*read, *COLLECTIONS, "asWritten", "gaps"}
