"""``hubscan scan`` and ``hubscan show`` on Bicep."""

from __future__ import annotations

import json

import pytest

HUB = """\
param mode string = 'AllowOnlyApprovedOutbound'
param location string = resourceGroup().location

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub1'
  kind: 'Hub'
  location: location
  properties: {
    managedNetwork: {
      isolationMode: mode
      outboundRules: {
        blob: {
          type: 'FQDN'
          destination: 'contoso.blob.core.windows.net'
        }
      }
    }
  }
}
"""


def findings(out, policy):
    return [one for one in json.loads(out)["findings"] if one["policy"] == policy]


def only(out, policy):
    (found,) = findings(out, policy)
    return found


def test_a_finding_points_at_the_line_of_the_rule(write, run):
    code, out, _ = run("scan", write("main.bicep", HUB), "-o", "json")
    assert code == 1
    found = only(out, "fqdn-no-azure-storage")
    assert (found["verdict"], found["item"], found["hub"]["name"]) == ("fail", "blob", "hub1")
    assert found["location"] == {"path": "infra/main.bicep", "line": 14, "column": 11, "end_line": 14}


def test_a_finding_in_a_module_points_into_it_and_says_where_the_value_was_written(write, run):
    write("modules/hub.bicep", HUB)
    write("main.bicep", "module hub 'modules/hub.bicep' = {\n  params: {\n    mode: 'Disabled'\n  }\n}\n")
    code, out, _ = run("scan", "infra", "-o", "json")
    assert code == 1
    found = only(out, "managed-network-isolation-enabled")
    assert (found["location"]["path"], found["location"]["line"]) == ("infra/modules/hub.bicep", 10)
    assert found["evidence"]["origin"].startswith("infra/main.bicep:3")


@pytest.mark.parametrize("where", ["above", "beside"])
def test_a_comment_exempts_the_finding_of_its_line(write, run, where):
    comment = "// hubscan:ignore fqdn-no-azure-storage moved next week"
    line = "          destination: 'contoso.blob.core.windows.net'"
    text = f"          {comment}\n{line}" if where == "above" else f"{line} {comment}"
    _, out, _ = run("scan", write("main.bicep", HUB.replace(line, text)), "-o", "json")
    found = only(out, "fqdn-no-azure-storage")
    assert found["verdict"] == "exempt"
    assert found["exemption"]["justification"] == "moved next week"


def test_what_a_parameter_leaves_open_is_unknown_and_no_failure(write, run):
    text = HUB.replace("param mode string = 'AllowOnlyApprovedOutbound'", "param mode string")
    code, out, _ = run(
        "scan", write("main.bicep", text), "--select", "approved-outbound-mode-preferred", "-o", "json"
    )
    assert code == 0
    found = only(out, "approved-outbound-mode-preferred")
    assert (found["verdict"], found["location"]["line"]) == ("unknown", 10)
    assert "the parameter 'mode' has no value" in found["reason"]


def test_a_name_that_a_parameter_gives_is_judged_by_what_is_known_of_it(write, run):
    text = "param account string\n" + HUB.replace("'contoso.blob", "'${account}.blob")
    code, out, _ = run("scan", write("main.bicep", text), "-o", "json")
    assert code == 1
    assert only(out, "fqdn-no-azure-storage")["verdict"] == "fail"


@pytest.mark.parametrize(
    ("kind", "verdicts"),
    [
        ("Microsoft.Search/searchServices@2023-11-01", ["pass", "pass"]),
        ("Microsoft.KeyVault/vaults@2023-07-01", ["fail", "fail"]),
    ],
)
def test_what_is_only_named_is_judged_by_its_type(write, run, kind, verdicts):
    rules = "search: { type: 'PrivateEndpoint', destination: { serviceResourceId: other.id, subresourceTarget: 'searchService' } }"
    connection = """
param group string
param name string
resource other 'KIND' existing = {
  name: name
  scope: resourceGroup(group)
}
resource connection 'Microsoft.MachineLearningServices/workspaces/connections@2024-10-01' = {
  parent: hub
  name: 'search'
  properties: {
    category: 'CognitiveSearch'
    target: 'https://contoso.search.windows.net'
    metadata: { ResourceId: other.id }
  }
}
""".replace("KIND", kind)
    blob = HUB[HUB.index("blob: {") : HUB.index("      }\n    }\n  }\n}")]
    path = write("main.bicep", HUB.replace(blob, f"{rules}\n") + connection)
    _, out, _ = run("scan", path, "--show-passes", "-o", "json")
    asked = ("private-endpoint-subresource-valid", "connection-target-resource-id-valid")
    assert [only(out, policy)["verdict"] for policy in asked] == verdicts


def test_a_member_of_an_open_name_is_found_where_it_says_what_offends(write, run):
    compute = """
param prefix string
param subnet string
resource cluster 'Microsoft.MachineLearningServices/workspaces/computes@2024-10-01' = {
  parent: hub
  name: '${prefix}-cluster'
  properties: {
    computeType: 'AmlCompute'
    properties: {
      vmSize: 'Standard_DS3_v2'
      subnet: {
        id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', subnet)
      }
    }
  }
}
"""
    _, out, _ = run("scan", write("main.bicep", HUB + compute), "-o", "json")
    found = only(out, "no-byo-virtual-network")
    assert (found["verdict"], found["item"], found["location"]["line"]) == ("fail", "…-cluster", 31)


def test_a_syntax_error_is_a_gap_with_its_line_and_the_rest_is_judged(write, run):
    write("broken.bicep", "resource x 'a/b@1' = {\n  name 'x'\n}\n")
    write("main.bicep", HUB)
    code, out, _ = run("scan", "infra", "--fail-on", "never", "-o", "json")
    assert code == 3
    result = json.loads(out)
    assert result["complete"] is False
    (gap,) = result["gaps"]
    assert (gap["subject"], gap["code"], gap["detail"]) == (
        "infra/broken.bicep:2:8",
        "syntax",
        "expected ':', found the text 'x'",
    )
    assert [hub["name"] for hub in result["hubs"]] == ["hub1"]


def test_parameters_read_the_environment_that_is_allowed(write, run, monkeypatch):
    monkeypatch.setenv("MODE", "Disabled")
    write("main.bicep", HUB)
    write("prod.bicepparam", "using 'main.bicep'\nparam mode = readEnvironmentVariable('MODE')\n")
    arguments = ("scan", "infra", "--select", "managed-network-isolation-enabled", "-o", "json")
    code, out, _ = run(*arguments)
    assert (code, only(out, "managed-network-isolation-enabled")["verdict"]) == (0, "unknown")
    code, out, _ = run(*arguments, "--env", "MODE")
    assert (code, only(out, "managed-network-isolation-enabled")["verdict"]) == (1, "fail")


def test_the_command_line_names_the_parameters(write, run):
    write("main.bicep", HUB)
    write("prod.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
    write("dev.bicepparam", "using 'main.bicep'\nparam mode = 'AllowInternetOutbound'\n")
    _, out, _ = run("show", "infra/main.bicep", "--parameters", "infra/dev.bicepparam")
    assert out.count("isolationMode") == 1
    assert "isolationMode: AllowInternetOutbound" in out


def test_show_says_what_is_open_in_the_words_of_its_author(write, run):
    text = HUB.replace("isolationMode: mode", "isolationMode: toUpper(some.?mode ?? mode)").replace(
        "param mode string = ", "param some object\nparam mode string = "
    )
    _, out, _ = run("show", write("main.bicep", text), "--positions")
    assert '!unresolved "toUpper(some.?mode ?? mode)"' in out
    assert "main.bicep:11:7" in out


def test_a_file_without_a_hub_is_nothing_to_scan(write, run):
    name = write("main.bicep", "param x string = 'a'\n")
    code, _, err = run("scan", name)
    assert code == 2
    assert "no hub" in err[-1]
    assert run("scan", name, "--allow-empty")[0] == 0


def test_the_same_input_gives_the_same_bytes(write, run):
    write("main.bicep", HUB.replace("name: 'hub1'", "name: 'hub-${uniqueString(resourceGroup().id)}'"))
    one, other = (json.loads(run("scan", "infra", "-o", "json")[1]) for _ in range(2))
    assert one["findings"] == other["findings"]


def test_a_rule_that_is_written_twice_is_seen_twice(write, run):
    twice = """        blob: {
          type: 'FQDN'
          destination: 'learn.microsoft.com'
        }
"""
    path = write("main.bicep", HUB.replace("        blob: {", f"{twice}        blob: {{", 1))
    code, out, _ = run("scan", path, "-o", "json")
    assert code == 1
    assert only(out, "outbound-rule-names-unique")["location"]["line"] == 16
    assert only(out, "fqdn-no-azure-storage")["location"]["line"] == 18
    assert [gap["detail"] for gap in json.loads(out)["gaps"]] == ["duplicate key 'blob'"]


def test_a_property_that_is_written_twice_is_not_known(write, run):
    twice = "      isolationMode: 'Disabled'\n      isolationMode: mode\n"
    path = write("main.bicep", HUB.replace("      isolationMode: mode\n", twice))
    _, out, _ = run("scan", path, "-o", "json")
    found = only(out, "managed-network-isolation-enabled")
    assert (found["verdict"], found["reason"]) == ("unknown", "'isolationMode' is written twice")


OPEN_PROPERTIES = """param extra object
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {{
  name: 'hub1'
  kind: 'Hub'
  properties: {}
}}
"""
NETWORK = """managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        blob: { type: 'FQDN', destination: 'contoso.blob.core.windows.net' }
      }
    }"""


@pytest.mark.parametrize(
    ("properties", "isolated", "storage"),
    [
        (f"{{\n    ...extra\n    {NETWORK}\n  }}", "pass", "fail"),
        (f"union(extra, {{\n    {NETWORK}\n  }})", "pass", "fail"),
        (f"{{\n    {NETWORK}\n    ...extra\n  }}", "unknown", "unknown"),
        (f"union({{\n    {NETWORK}\n  }}, extra)", "unknown", "unknown"),
        ("{\n    ...extra\n    managedNetwork: null\n  }", "fail", "skip"),
    ],
)
def test_what_is_laid_over_properties_that_nobody_knows_is_known(
    tmp_path, monkeypatch, run, properties, isolated, storage
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.bicep").write_text(OPEN_PROPERTIES.format(properties))
    select = (
        "managed-network-isolation-enabled",
        "fqdn-no-azure-storage",
        "hub-public-network-access-disabled",
    )
    options = [word for one in select for word in ("--select", one)]
    _, out, _ = run("scan", "main.bicep", *options, "-o", "json", "--show-passes")
    found = {one["policy"]: (one["verdict"], one["location"]) for one in json.loads(out)["findings"]}
    assert [found[one][0] for one in select] == [isolated, storage, "unknown"]
    assert storage != "fail" or found[select[1]][1]["line"] in (9, 10)


def test_a_member_that_was_laid_over_an_object_that_nobody_knows_is_known(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    mode = "{ managedNetwork: { isolationMode: union(extra, { mode: 'Disabled', net: { a: 1 } }).mode } }"
    (tmp_path / "main.bicep").write_text(OPEN_PROPERTIES.format(mode))
    code, out, _ = run("scan", "main.bicep", "--select", "managed-network-isolation-enabled", "-o", "json")
    assert (code, [one["verdict"] for one in json.loads(out)["findings"]]) == (1, ["fail"])


def test_a_finding_about_a_lock_stands_in_the_lock(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    (
        tmp_path / "main.bicep"
    ).write_text("""resource hub 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub1'
  kind: 'Hub'
  properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } }
}
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'frozen'
  scope: hub
  properties: {
    level: 'ReadOnly'
  }
}
""")
    _, out, _ = run("scan", "main.bicep", "--select", "resource-locks-compatible", "-o", "json")
    (one,) = json.loads(out)["findings"]
    assert (one["verdict"], one["item"], one["location"]["line"]) == ("fail", "frozen", 10)


TEMPLATE = """\
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"mode": {"type": "string", "defaultValue": "AllowOnlyApprovedOutbound"}},
  "resources": [
    {
      "type": "Microsoft.MachineLearningServices/workspaces",
      "apiVersion": "2025-09-01",
      "name": "hub1",
      "kind": "Hub",
      "properties": {
        "managedNetwork": {"isolationMode": "[parameters('mode')]"}
      }
    }
  ]
}
"""
DEPLOYMENT = """\
param on bool = true
var loaded = loadJsonContent('templates/hub.json')
var text = loadTextContent('templates/hub.json')
var path = 'templates/hub.json'
resource deployment 'Microsoft.Resources/%s@2022-09-01' = {
  name: 'deployment'
  properties: {
    mode: 'Incremental'
    template: %s
    parameters: { mode: { value: 'Disabled' } }
  }
}
"""
ISOLATED = ("--select", "managed-network-isolation-enabled", "--show-passes")


@pytest.mark.parametrize(
    "template",
    [
        "loadJsonContent('templates/hub.json')",
        "loadJsonContent(path)",
        "any(loadJsonContent('./templates/hub.json'))",
        "loaded",
        "json(loadTextContent('templates/hub.json'))",
        "json(text)",
        "on ? loaded : loadJsonContent('templates/hub.json')",
    ],
)
@pytest.mark.parametrize("kind", ["deployments", "deploymentStacks"])
def test_a_template_that_a_bicep_file_deploys_is_judged_as_that_deploys_it(write, run, template, kind):
    write("templates/hub.json", TEMPLATE)
    write("main.bicep", DEPLOYMENT % (kind, template))
    code, out, _ = run("scan", "infra", *ISOLATED, "-o", "json")
    (found,) = json.loads(out)["findings"]
    assert (code, found["verdict"], found["hub"]["name"]) == (1, "fail", "hub1")
    assert found["location"]["path"] == "infra/templates/hub.json"
    assert found["location"]["line"] == 12


@pytest.mark.parametrize(
    "bicep",
    [
        "output schema string = loadJsonContent('templates/hub.json').contentVersion\n",
        (DEPLOYMENT % ("deployments", "loadJsonContent('templates/hub.json', 'resources[0]')")),
        (DEPLOYMENT % ("deployments", "loaded"))
        .replace("resource deployment", "resource x")
        .replace("' = {", "' existing = {", 1),
    ],
)
def test_a_template_that_a_bicep_file_only_reads_is_judged_by_itself(write, run, bicep):
    write("templates/hub.json", TEMPLATE)
    write("main.bicep", bicep)
    _, out, _ = run("scan", "infra", *ISOLATED, "-o", "json")
    assert [one["verdict"] for one in json.loads(out)["findings"]] == ["pass"]
