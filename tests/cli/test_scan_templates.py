"""``hubscan scan`` and ``hubscan show`` on ARM templates."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, nested, resource, template


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(value, name="main.json"):
        (tmp_path / name).write_text(value if isinstance(value, str) else json.dumps(value, indent=2))
        return name

    return call


def findings(out, policy):
    return [one for one in json.loads(out)["findings"] if one["policy"] == policy]


PARAMETERS_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
STORAGE_RULE = {"type": "FQDN", "destination": "[concat(parameters('name'), '.blob.core.windows.net')]"}


def test_a_finding_points_at_the_line_of_the_rule(write, run):
    rule = {"type": "FQDN", "destination": "contoso.blob.core.windows.net"}
    value = template(hub("h", rules={"blob": rule}))
    name = write(value)
    code, out, _ = run("scan", name, "-o", "json")
    assert code == 1
    (found,) = findings(out, "fqdn-no-azure-storage")
    lines = (json.dumps(value, indent=2)).splitlines()
    assert (found["verdict"], found["item"], found["hub"]["name"]) == ("fail", "blob", "h")
    assert '"destination"' in lines[found["location"]["line"] - 1]
    assert found["location"]["path"] == "main.json"


@pytest.mark.parametrize(
    "host",
    [
        "[concat(parameters('name'), '.blob.core.windows.net')]",
        "[format('{0}.contoso.com, data.blob.core.windows.net', parameters('name'))]",
    ],
)
def test_a_rule_whose_host_is_known_in_part_is_judged_by_it_at_its_line(write, run, host):
    rules = {"blob": {"type": "FQDN", "destination": host}}
    value = template(hub("h", rules=rules), parameters={"name": {"type": "string"}})
    code, out, _ = run("scan", write(value), "-o", "json")
    assert code == 1
    (found,) = findings(out, "fqdn-no-azure-storage")
    assert (found["verdict"], found["item"]) == ("fail", "blob")
    line = json.dumps(value, indent=2).splitlines()[found["location"]["line"] - 1]
    assert '"destination"' in line


@pytest.mark.parametrize(
    "rules",
    [
        "[union(parameters('extra'), variables('own'))]",
        "[union(createObject('a', variables('own').data), parameters('extra'), variables('own'))]",
        "[shallowMerge(createArray(parameters('extra'), variables('own')))]",
        "[union(parameters('extra'), union(parameters('extra'), variables('own')))]",
    ],
)
def test_rules_that_are_laid_over_unknown_ones_are_there_in_any_case(write, run, rules):
    value = template(
        hub("h", rules=rules),
        parameters={"extra": {"type": "object"}},
        variables={"own": {"data": {"type": "FQDN", "destination": "data.blob.core.windows.net"}}},
    )
    code, out, _ = run("scan", write(value), "-o", "json")
    assert code == 1
    found = {one["item"]: one["verdict"] for one in findings(out, "fqdn-no-azure-storage")}
    assert found == {"data": "fail", "(not known)": "unknown"}


@pytest.mark.parametrize(
    "network",
    [
        # What is laid over an unknown map may be there beside any other rule, at any depth ...
        "[union(createObject('outboundRules', parameters('extra')), variables('network'))]",
        # ... and what an unknown map is laid over may be any.
        "[union(variables('network'), createObject('outboundRules', parameters('extra')))]",
        "[union(parameters('extra'), variables('network'))]",
        "[shallowMerge(createArray(parameters('extra'), createObject('isolationMode', 'AllowOnlyApprovedOutbound')))]",
    ],
)
def test_unknown_rules_stay_beside_those_that_are_laid_over_them(write, run, network):
    own = {"docs": {"type": "FQDN", "destination": "learn.microsoft.com"}}
    value = template(
        {**hub("h"), "properties": {"managedNetwork": network}},
        parameters={"extra": {"type": "object"}},
        variables={"network": {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": own}},
    )
    _, out, _ = run("scan", write(value), "-o", "json")
    assert [one["verdict"] for one in findings(out, "fqdn-no-azure-storage")] == ["unknown"]


def test_what_a_parameter_leaves_open_is_unknown_and_no_failure(write, run):
    value = template(hub("h", mode="[parameters('mode')]"), parameters={"mode": {"type": "string"}})
    name = write(value)
    code, out, _ = run("scan", name, "--select", "approved-outbound-*", "-o", "json")
    assert code == 0
    (found,) = findings(out, "approved-outbound-mode-preferred")
    assert (found["verdict"], found["location"]["path"]) == ("unknown", "main.json")
    assert "the parameter 'mode' has no value" in found["reason"]


@pytest.mark.parametrize(
    ("value", "policy", "used", "declared"),
    [
        (hub("h", mode="[parameters('p')]"), "approved-outbound-mode-preferred", '"isolationMode"', '"p": {'),
        (
            hub("h", rules={"a": {"type": "FQDN", "destination": "[parameters('p')]"}}),
            "fqdn-no-azure-storage",
            '"destination"',
            None,
        ),
    ],
)
def test_an_unknown_finding_says_where_the_open_value_stands_and_what_leaves_it_open(
    write, run, value, policy, used, declared
):
    value = template(value, parameters={"p": {"type": "string"}})
    _, out, _ = run("scan", write(value), "-o", "json")
    lines = json.dumps(value, indent=2).splitlines()

    def at(text):
        number, line = next((number, line) for number, line in enumerate(lines, 1) if text in line)
        return f"main.json:{number}:{line.index(text) + 1}"

    (found,) = findings(out, policy)
    place = found["location"]
    assert (found["verdict"], found["evidence"]["unresolved"]) == ("unknown", at(used))
    assert f"{place['path']}:{place['line']}:{place['column']}" == at(used)
    assert found["evidence"].get("origin") == (declared and at(declared))


def test_a_name_that_is_new_each_time_is_the_same_in_every_report(write, run):
    guid = {"id": {"type": "string", "defaultValue": "[newGuid()]"}}
    one = template(hub("[parameters('id')]"), parameters=guid)
    other = template(resource("first"), hub("[parameters('id')]"), parameters=guid)
    marks = []
    for value in (one, other):
        _, out, _ = run("scan", write(value), "-o", "json")
        marks.append([found["fingerprint"] for found in json.loads(out)["findings"]])
    assert marks[0] == marks[1] != []


def test_parameters_of_the_command_line_decide_it(write, run):
    value = template(hub("h", mode="[parameters('mode')]"), parameters={"mode": {"type": "string"}})
    name = write(value)
    given = write({"parameters": {"mode": {"value": "Disabled"}}}, "extra.json")
    code, out, _ = run("scan", name, "--parameters", given, "-o", "json")
    assert code == 1
    (found,) = findings(out, "managed-network-isolation-enabled")
    assert found["evidence"]["origin"].startswith("extra.json:4:")
    assert found["location"]["path"] == "main.json"


def test_a_parameter_file_that_is_not_there_is_one_line(write, run):
    name = write(template(hub("h")))
    code, _, err = run("scan", name, "--parameters", "absent.json")
    assert (code, err) == (2, ["hubscan: error: absent.json: no such file or folder"])


def test_a_hub_in_a_nested_deployment_is_judged(write, run):
    inner = template(hub("[parameters('n')]", mode="Disabled"), parameters={"n": {"type": "string"}})
    code, out, _ = run("scan", write(template(nested("m", inner, parameters={"n": "deep"}))), "-o", "json")
    assert code == 1
    (found,) = findings(out, "managed-network-isolation-enabled")
    assert found["hub"]["name"] == "deep"


def test_a_hub_that_is_conditioned_away_is_none(write, run):
    code, _, err = run("scan", write(template(hub("h", mode="Disabled", condition=False))))
    assert code == 2
    assert "no hub in main.json" in err[0]


def test_a_rule_that_may_be_there_is_unknown_only_where_it_would_fail(write, run):
    rules = "[if(parameters('p'), createObject('bad', createObject('type', 'FQDN', 'destination', '*')), createObject())]"
    value = template(hub("h", rules=rules), parameters={"p": {"type": "bool"}})
    chosen = ("--select", "fqdn-no-overbroad-wildcard", "--select", "service-tag-no-*")
    code, out, _ = run("scan", write(value), *chosen, "-o", "json")
    assert code == 0
    verdicts = {one["policy"]: one["verdict"] for one in json.loads(out)["findings"]}
    assert verdicts["fqdn-no-overbroad-wildcard"] == "unknown"
    assert "service-tag-no-internet-equivalent" not in verdicts


def test_an_expression_that_does_not_end_is_a_gap_with_its_place(write, run):
    value = template(hub("h", tags={"x": "[concat('a'"}))
    code, out, _ = run("scan", write(value), "-o", "json", "--fail-on", "never")
    assert code == 3
    (gap,) = json.loads(out)["gaps"]
    line = [
        number for number, text in enumerate(json.dumps(value, indent=2).splitlines(), 1) if "concat" in text
    ]
    assert gap["subject"].startswith(f"main.json:{line[0]}:")
    assert "does not end" in gap["detail"]


def test_a_function_that_nobody_knows_is_told_of_and_leaves_the_rest(write, run):
    value = template(hub("h", tags={"x": "[fancy('a')]", "y": "[fancy('b')]"}))
    code, out, _ = run("scan", write(value), "--select", "isolation-mode-*", "-o", "json")
    assert code == 0
    assert [gap["code"] for gap in json.loads(out)["gaps"]] == ["unknown-function"]


def test_secrets_of_parameters_stay_where_they_are(write, run):
    value = template(
        hub("h", tags={"x": "[parameters('s')]"}),
        resource(
            "h/c",
            "Microsoft.MachineLearningServices/workspaces/connections",
            properties={"target": "[parameters('s')]", "credentials": {"key": "hunter2"}},
        ),
        parameters={"s": {"type": "secureString", "defaultValue": "hunter2"}},
    )
    for arguments in (("scan", "-o", "json", "--show-passes"), ("show", "--positions")):
        _, out, err = run(*arguments, write(value))
        assert "hunter2" not in out + "\n".join(err)


def test_the_same_template_gives_the_same_report(write, run):
    value = template(
        hub("[concat('h', newGuid())]", rules={"a": STORAGE_RULE}),
        resource("[uniqueString(resourceGroup().id)]"),
        parameters={"name": {"type": "string"}},
    )
    name = write(value)
    assert run("scan", name, "-o", "json")[1] == run("scan", name, "-o", "json")[1]


@pytest.mark.parametrize("comment", [False, True])
def test_metadata_or_a_comment_of_a_rule_exempts_its_finding(write, run, comment):
    told = {"hubscan:ignore": {"fqdn-no-azure-storage": "the account of a partner"}}
    rule = {"type": "FQDN", "destination": "contoso.blob.core.windows.net"}
    other = {"type": "FQDN", "destination": "fabrikam.blob.core.windows.net"}
    value = template(
        hub("h", rules={"blob": rule if comment else {**rule, "metadata": told}, "other": other})
    )
    text = json.dumps(value, indent=2)
    line = '"destination": "contoso'
    remark = "// hubscan:ignore fqdn-no-azure-storage the account of a partner\n"
    name = write(text.replace(line, remark + line) if comment else text)
    code, out, _ = run("scan", name, "-o", "json", "--select", "fqdn-no-azure-storage")
    verdicts = {one["item"]: (one["verdict"], one["exemption"]) for one in json.loads(out)["findings"]}
    assert code == 1
    assert (verdicts["blob"][0], verdicts["other"][0]) == ("exempt", "fail")
    assert verdicts["blob"][1]["justification"] == "the account of a partner"


def either(one, other):
    return f"[if(parameters('p'), '{one}', '{other}')]"


def tag(name):
    destination = {"serviceTag": name, "protocol": "TCP", "portRanges": "443"}
    return {"type": "ServiceTag", "destination": destination}


@pytest.mark.parametrize(
    ("value", "policy", "item", "verdict"),
    [
        (hub("h", mode=either("Disabled", "")), "managed-network-isolation-enabled", None, "fail"),
        (
            hub("h", mode=either("Disabled", "AllowInternetOutbound")),
            "managed-network-isolation-enabled",
            None,
            "unknown",
        ),
        (
            hub(
                "h", rules={"a": {"type": "FQDN", "destination": either("a.blob.core.windows.net", "*.net")}}
            ),
            "fqdn-no-azure-storage",
            "a",
            "fail",
        ),
        (
            hub(
                "h", rules={"a": {"type": "FQDN", "destination": either("a.blob.core.windows.net", "b.com")}}
            ),
            "fqdn-no-azure-storage",
            "a",
            "unknown",
        ),
        (
            hub("h", rules={"a": tag(either("Storage", "Sql"))}),
            "service-tag-no-exfiltration-capable",
            "a",
            "fail",
        ),
        (
            hub("h", mode=either("Disabled", "AllowInternetOutbound"), rules={"a": tag("Sql")}),
            "fqdn-service-tag-only-in-approved-mode",
            "a",
            "fail",
        ),
        (
            hub("h", properties={"managedNetwork": "[if(parameters('p'), variables('off'), null())]"}),
            "managed-network-isolation-enabled",
            None,
            "fail",
        ),
    ],
)
def test_what_fails_by_each_of_a_few_values_fails(write, run, value, policy, item, verdict):
    value = template(
        value, parameters={"p": {"type": "bool"}}, variables={"off": {"isolationMode": "Disabled"}}
    )
    _, out, _ = run("scan", write(value), "--select", policy, "-o", "json")
    (found,) = findings(out, policy)
    assert (found["item"], found["verdict"]) == (item, verdict)
    assert "the parameter 'p' has no value" in (found["message"] if item != "a" else f"{found}")
    line = json.dumps(value, indent=2).splitlines()[found["location"]["line"] - 1]
    assert "parameters('p')" in line or "approved-mode" in policy


MODES = ("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound")


def verdicts_of(run, name, *policies):
    selected = [argument for policy in policies for argument in ("--select", policy)]
    _, out, _ = run("scan", name, *selected, "--show-passes", "-o", "json")
    found = {}
    for one in json.loads(out)["findings"]:
        found.setdefault(one["policy"], set()).add((one["item"], one["verdict"]))
    return found


@pytest.mark.parametrize("modes", [(one, other) for one in MODES for other in MODES if one < other])
@pytest.mark.parametrize("host", ["data.blob.core.windows.net", "learn.microsoft.com"])
def test_what_comes_out_by_each_of_two_values_comes_out_and_nothing_else(write, run, modes, host):
    policies = (
        "managed-network-isolation-enabled",
        "isolation-mode-value-valid",
        "fqdn-no-azure-storage",
        "fqdn-service-tag-only-in-approved-mode",
        "no-rules-while-isolation-disabled",
    )
    rules = {"a": {"type": "FQDN", "destination": host}}
    open_one = template(hub("h", mode=either(*modes), rules=rules), parameters={"p": {"type": "bool"}})
    found = verdicts_of(run, write(open_one), *policies)
    by_each = [
        verdicts_of(run, write(template(hub("h", mode=mode, rules=rules))), *policies) for mode in modes
    ]
    for policy in policies:
        one, other = (said[policy] for said in by_each)
        if one == other:
            assert found[policy] == one, policy
        else:
            assert {verdict for _, verdict in found[policy]} == {"unknown"}, policy


def test_what_a_value_is_one_of_is_said_in_the_words_of_json(write, run):
    network = {"enableFirewallLog": "[if(parameters('p'), true(), null())]"}
    value = template(hub("h", properties={"managedNetwork": network}), parameters={"p": {"type": "bool"}})
    _, out, _ = run("show", write(value))
    assert "# it is one of true, null: the parameter 'p' has no value" in out


def test_a_text_that_a_parameter_takes_in_any_case_is_not_worth_a_pass(write, run):
    allowed = {"type": "string", "allowedValues": ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]}
    name = write(template(hub("h", mode="[parameters('mode')]"), parameters={"mode": allowed}))
    policy = "managed-network-isolation-enabled"
    assert verdicts_of(run, name, policy) == {policy: {(None, "unknown")}}


def test_one_of_two_rules_that_is_well_in_any_case_says_nothing_of_the_other(write, run):
    rules = {
        "docs": {"type": "FQDN", "destination": either("learn.microsoft.com", "docs.contoso.com")},
        "data": {"type": "FQDN", "destination": either("learn.microsoft.com", "data.blob.core.windows.net")},
        "blob": {"type": "FQDN", "destination": "more.blob.core.windows.net"},
    }
    name = write(template(hub("h", rules=rules), parameters={"p": {"type": "bool"}}))
    policy = "fqdn-no-azure-storage"
    assert verdicts_of(run, name, policy) == {policy: {("data", "unknown"), ("blob", "fail")}}


def test_one_open_value_is_tried_while_the_others_stay_open(write, run):
    # By each value of the one rule it fails; by each of the other it fails with half of them.
    rules = {
        f"r{number}": {"type": "FQDN", "destination": either(f"{number}.blob.core.windows.net", other)}
        for number, other in enumerate(["*.net", "b.com", "*.file.core.windows.net"])
    }
    value = template(hub("h", rules=rules), parameters={"p": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "--select", "fqdn-no-azure-storage", "-o", "json")
    found = {one["item"]: one["verdict"] for one in findings(out, "fqdn-no-azure-storage")}
    assert found == {"r0": "fail", "r1": "unknown", "r2": "fail"}


STORAGE_HOST = {"type": "FQDN", "destination": "data.blob.core.windows.net"}


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("own", [{}, {"docs": {"type": "FQDN", "destination": "learn.microsoft.com"}}])
@pytest.mark.parametrize(
    ("condition", "verdict"), [(True, "fail"), ("[parameters('p')]", "unknown"), (False, "pass")]
)
def test_rules_of_a_network_that_is_a_resource_stand_beside_those_of_the_hub(
    write, run, wrapped, own, condition, verdict
):
    network = {"outboundRules": {"data": STORAGE_HOST}}
    child = resource(
        "h/default",
        "Microsoft.MachineLearningServices/workspaces/managedNetworks",
        properties={"managedNetwork": network} if wrapped else network,
        condition=condition,
    )
    value = template(hub("h", rules=own), child, parameters={"p": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "--select", "fqdn-no-azure-storage", "--show-passes", "-o", "json")
    (found,) = findings(out, "fqdn-no-azure-storage")
    assert found["verdict"] == verdict
    if condition is not False:
        line = json.dumps(value, indent=2).splitlines()[found["location"]["line"] - 1]
        assert (found["item"], STORAGE_HOST["destination"] in line) == ("data", True)


def test_a_hub_is_tried_with_other_values_only_as_often_as_its_size_allows(write, run, monkeypatch):
    host = either("a.blob.core.windows.net", "*.net")
    rules = {f"r{number}": {"type": "FQDN", "destination": host} for number in range(5)}
    value = template(hub("h", rules=rules), parameters={"p": {"type": "bool"}})
    monkeypatch.setattr("scanner.bench.choices.LARGEST", 24)
    _, out, _ = run("scan", write(value), "--select", "fqdn-no-azure-storage", "-o", "json")
    verdicts = [one["verdict"] for one in findings(out, "fqdn-no-azure-storage")]
    assert sorted(verdicts) == ["fail", "fail", "unknown", "unknown", "unknown"]


def test_so_is_each_of_many_hubs_that_are_alike(write, run):
    rules = {"a": {"type": "FQDN", "destination": either("a.blob.core.windows.net", "*.net")}}
    many = hub("[concat('h', copyIndex())]", rules=rules, copy={"name": "hubs", "count": 25})
    value = template(many, parameters={"p": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "--select", "fqdn-no-azure-storage", "-o", "json")
    assert [one["verdict"] for one in findings(out, "fqdn-no-azure-storage")] == ["fail"] * 25


@pytest.mark.parametrize(("other", "verdict"), [("contoso.com", "unknown"), ("*.net", "fail")])
def test_a_rule_that_fails_in_any_case_says_nothing_of_another_of_its_name(write, run, other, verdict):
    open_one = {"type": "FQDN", "destination": either("a.blob.core.windows.net", other)}
    child = resource(
        "h/data", "Microsoft.MachineLearningServices/workspaces/outboundRules", properties=open_one
    )
    value = template(hub("h", rules={"data": STORAGE_HOST}), child, parameters={"p": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "--select", "fqdn-no-azure-storage", "-o", "json")
    found = [(one["item"], one["verdict"]) for one in findings(out, "fqdn-no-azure-storage")]
    assert sorted(found) == sorted([("data", "fail"), ("data", verdict)])


@pytest.mark.parametrize(
    ("name", "given", "options"),
    [
        ("main.parameters.json", {"mode": {"value": "Disabled"}}, ()),
        ("main.parameters.json", {"key": {"reference": {}}, "mode": {"value": "Disabled"}}, ()),
        ("dev.json", {"mode": {"value": "Disabled"}}, ("--parameters", "dev.json")),
        ("main.parameters.json", {"parameters": {"mode": {"value": "Disabled"}}}, ()),
        (
            "main.parameters.json",
            {"parameters": {"value": {"value": "x"}, "mode": {"value": "Disabled"}}},
            (),
        ),
    ],
)
def test_parameters_may_stand_in_their_file_without_anything_around_them(write, run, name, given, options):
    parameters = {key: {"type": "string", "defaultValue": "x"} for key in ("key", "value")}
    parameters["mode"] = {"type": "string", "defaultValue": "AllowInternetOutbound"}
    write(given, name)
    path = write(template(hub("h", mode="[parameters('mode')]"), parameters=parameters))
    policy = "managed-network-isolation-enabled"
    _, out, _ = run("scan", path, "--select", policy, *options, "-o", "json")
    assert [one["verdict"] for one in findings(out, policy)] == ["fail"]


@pytest.mark.parametrize(
    ("network", "mode", "storage"),
    [
        ("[shallowMerge(createArray(parameters('base'), variables('network')))]", "pass", "fail"),
        ("[union(parameters('base'), variables('network'))]", "pass", "fail"),
        ("[union(parameters('base'), createObject('isolationMode', 'Disabled'))]", "fail", "skip"),
        ("[union(parameters('base'), createObject('firewallSku', 'Basic'))]", "unknown", "unknown"),
        ("[union(createObject('isolationMode', 'Disabled'), parameters('base'))]", "unknown", "unknown"),
    ],
)
def test_what_is_laid_over_an_unknown_network_is_known_of_it(write, run, network, mode, storage):
    own = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": {"data": STORAGE_HOST}}
    value = template(
        {**hub("h"), "properties": {"managedNetwork": network}},
        parameters={"base": {"type": "object"}},
        variables={"network": own},
    )
    _, out, _ = run("scan", write(value), "--show-passes", "-o", "json")
    found = [
        {one["verdict"] for one in findings(out, policy)}
        for policy in ("managed-network-isolation-enabled", "fqdn-no-azure-storage")
    ]
    # Of rules, others may be there where objects are merged within.
    assert found[0] == {mode}
    assert found[1] - {"unknown"} == {storage} - {"unknown"}


def odd_case(rules):
    """A hub whose properties are in another case than ARM's."""
    network = {"IsolationMode": "AllowOnlyApprovedOutbound", "OutboundRules": rules}
    value = {**hub("h"), "Properties": {"ManagedNetwork": network}}
    del value["properties"]
    return value


@pytest.mark.parametrize(
    ("policy", "item"),
    [
        ("fqdn-no-azure-storage", "blob"),
        ("service-tag-no-internet-equivalent", "all"),
        ("private-endpoint-rule-complete", "account"),
    ],
)
def test_the_case_of_property_names_does_not_matter(write, run, policy, item):
    rules = {
        "blob": {"Type": "FQDN", "Destination": "contoso.blob.core.windows.net"},
        "all": {"type": "ServiceTag", "destination": {"ServiceTag": "Internet", "PortRanges": "443"}},
        "account": {"type": "PrivateEndpoint", "destination": {"SubresourceTarget": "blob"}},
    }
    code, out, _ = run("scan", write(template(odd_case(rules))), "-o", "json", "--show-passes")
    assert [one["item"] for one in findings(out, policy) if one["verdict"] == "fail"] == [item]
    (isolated,) = findings(out, "managed-network-isolation-enabled")
    assert (code, isolated["verdict"]) == (1, "pass")


def test_a_property_in_two_cases_is_not_known(write, run):
    value = hub("h")
    value["properties"]["managedNetwork"]["IsolationMode"] = "Disabled"
    _, out, _ = run("scan", write(template(value)), "-o", "json")
    (found,) = findings(out, "managed-network-isolation-enabled")
    assert (found["verdict"], found["reason"]) == (
        "unknown",
        "'isolationMode' is written twice, in two cases",
    )
    line = json.dumps(template(value), indent=2).splitlines()[found["location"]["line"] - 1]
    assert '"IsolationMode"' in line


def test_a_rule_that_a_condition_leaves_out_is_none(write, run):
    storage = "createObject('type', 'FQDN', 'destination', 'contoso.blob.core.windows.net')"
    rules = {
        "gone": f"[if(equals(1, 2), {storage}, null())]",
        "there": f"[if(equals(1, 1), {storage}, null())]",
        "open": f"[if(parameters('on'), {storage}, null())]",
    }
    value = template(hub("h", rules=rules), parameters={"on": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "-o", "json")
    found = {one["item"]: one["verdict"] for one in findings(out, "fqdn-no-azure-storage")}
    assert found == {"there": "fail", "open": "unknown"}
    (names,) = {one["verdict"] for one in findings(out, "outbound-rule-names-unique")}
    assert names == "unknown"


def test_rules_that_may_be_null_do_not_fail_as_if_they_were_there(write, run):
    endpoint = (
        "createObject('type', 'PrivateEndpoint', 'destination', createObject('subresourceTarget', 'blob'))"
    )
    rules = {"open": f"[if(parameters('on'), {endpoint}, null())]"}
    value = template(hub("h", mode="Disabled", rules=rules), parameters={"on": {"type": "bool"}})
    _, out, _ = run("scan", write(value), "-o", "json")
    assert [one["verdict"] for one in findings(out, "no-rules-while-isolation-disabled")] == ["unknown"]


@pytest.mark.parametrize("mode", ["#{mode}#", "$(mode)", "${MODE}", "{{ mode }}", "${{ parameters.mode }}"])
def test_a_placeholder_in_a_parameter_file_is_not_filled_in(write, run, mode):
    blocks = {"mode": {"value": mode}, "name": {"value": "h"}}
    write(
        {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": blocks},
        "main.parameters.json",
    )
    value = template(
        hub("[parameters('name')]", mode="[parameters('mode')]"),
        parameters={"mode": {"type": "string", "defaultValue": "Disabled"}, "name": {"type": "string"}},
    )
    _, out, _ = run("scan", write(value), "-o", "json")
    assert [one["verdict"] for one in findings(out, "managed-network-isolation-enabled")] == ["unknown"]
    assert [one["verdict"] for one in findings(out, "isolation-mode-value-valid")] == ["unknown"]


def test_a_variable_of_the_environment_is_read_where_that_is_allowed(write, run, monkeypatch):
    monkeypatch.setenv("MODE", "Disabled")
    blocks = {"mode": {"value": "${MODE}"}}
    write(
        {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": blocks},
        "main.parameters.json",
    )
    value = template(hub("h", mode="[parameters('mode')]"), parameters={"mode": {"type": "string"}})
    _, out, _ = run("scan", write(value), "--env", "MODE", "-o", "json")
    assert [one["verdict"] for one in findings(out, "managed-network-isolation-enabled")] == ["fail"]


@pytest.mark.parametrize("properties", [False, 5, "x", ["x"], None, "[parameters('own')]"])
def test_a_managed_network_that_is_no_object_leaves_the_network_open(write, run, properties):
    account = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/s"
    workspace = hub("h")
    workspace["properties"]["storageAccount"] = account
    network = resource("h/default", f"{workspace['type']}/managedNetworks", properties=properties)
    name = write(template(workspace, network, parameters={"own": {"type": "object"}}))
    _, out, err = run("scan", name, "-o", "json", "--fail-on", "never")
    assert "Traceback" not in "\n".join(err)
    (found,) = findings(out, "v1-legacy-mode-disabled")
    assert found["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("said", "default", "verdict"),
    [
        ("true", False, "pass"),
        ("0", True, "fail"),
        ("", True, "pass"),
        ("perhaps", False, "fail"),
        ("perhaps", None, "unknown"),
    ],
)
def test_what_the_environment_says_of_a_boolean_is_one_where_it_can_be(
    write, run, monkeypatch, said, default, verdict
):
    monkeypatch.setenv("ISOLATED", said)
    blocks = {"isolated": {"value": "${ISOLATED}"}, "rank": {"value": "${RANK=7}"}}
    write(
        {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": blocks},
        "main.parameters.json",
    )
    isolated = {"type": "bool"} if default is None else {"type": "bool", "defaultValue": default}
    mode = "[if(and(parameters('isolated'), equals(parameters('rank'), 7)), 'AllowOnlyApprovedOutbound', 'Disabled')]"
    value = template(hub("h", mode=mode), parameters={"isolated": isolated, "rank": {"type": "int"}})
    arguments = ("scan", write(value), "--env", "ISOLATED", "--env", "RANK", "--show-passes", "-o", "json")
    _, out, _ = run(*arguments)
    assert [one["verdict"] for one in findings(out, "managed-network-isolation-enabled")] == [verdict]
    assert json.loads(out)["gaps"] == []


def test_a_role_that_azure_itself_defines_is_no_gap_and_a_resource_that_is_not_there_is_one(write, run):
    assignment = resource(
        "00000000-0000-0000-0000-000000000002",
        "Microsoft.Authorization/roleAssignments",
        properties={"roleDefinitionId": "[resourceId('Microsoft.Authorization/roleDefinitions', 'owner')]"},
    )
    vault = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
    value = template(hub("h", properties={"keyVault": vault}), assignment)
    _, out, _ = run("scan", write(value), "-o", "json")
    (gap,) = json.loads(out)["gaps"]
    assert (gap["code"], gap["subject"].rpartition("/")[2]) == ("not-in-code", "kv")


@pytest.mark.parametrize("given", ["[json(variables('text'))]", "[json(format('{0}', variables('text')))]"])
def test_what_a_template_that_is_a_text_deploys_stands_where_it_is_deployed(write, run, given):
    text = json.dumps(template(hub("h", mode="Disabled")))
    value = template(nested("deployment", given), variables={"text": text})
    code, out, _ = run("scan", write(value), "--select", "managed-network-isolation-enabled", "-o", "json")
    (found,) = findings(out, "managed-network-isolation-enabled")
    line = json.dumps(value, indent=2).splitlines()[found["location"]["line"] - 1]
    assert (code, found["verdict"], found["location"]["path"]) == (1, "fail", "main.json")
    assert line.strip().startswith('"template": "[json(')


def own_policy(folder, each, require):
    """The name of a file with a policy of a user's own."""
    policy = {"id": "mine", "title": "Mine", "severity": "low", "each": each, "require": require}
    policy |= {"category": "rules", "message": "{item.name}"}
    examples = {"pass": [{"kind": "Hub"}], "fail": [{"kind": "Hub"}]}
    (folder / "mine.yaml").write_text(json.dumps({**policy, "examples": examples}))
    return "mine.yaml"


def test_what_goes_by_another_name_with_each_value_is_not_well_by_the_one_it_had(tmp_path, write, run):
    each, require = "hub.connections[].{name: properties.target}", "!contains(['to-b', 'to-c'], item.name)"
    policy = own_policy(tmp_path, each, require)
    kind = "Microsoft.MachineLearningServices/workspaces/connections"
    targets = {"one": either("to-a", "to-b"), "other": "to-c"}
    children = [
        resource(f"h/{name}", kind, properties={"category": "AzureOpenAI", "target": target})
        for name, target in targets.items()
    ]
    name = write(template(hub("h"), *children, parameters={"p": {"type": "bool"}}))
    _, out, _ = run("scan", name, "--no-bundled-policies", "-p", policy, "--show-passes", "-o", "json")
    assert sorted(one["verdict"] for one in json.loads(out)["findings"]) == ["fail", "unknown"]


def test_each_value_is_tried_as_it_is_spelled_where_it_is_known(tmp_path, write, run):
    policy = own_policy(tmp_path, "hub.outboundRules", "item.properties.type != 'FQDN'")
    rules = {
        "a": {"type": either("fqdn", "servicetag"), "destination": "contoso.com"},
        "b": {"type": either("service_tag", "private_endpoint"), "destination": "contoso.com"},
    }
    name = write(template(hub("h", rules=rules), parameters={"p": {"type": "bool"}}))
    _, out, _ = run("scan", name, "--no-bundled-policies", "-p", policy, "--show-passes", "-o", "json")
    assert [(one["item"], one["verdict"]) for one in json.loads(out)["findings"]] == [("a", "unknown")]
