"""The one line that a finding points to: front door, by policies of all shapes."""

from __future__ import annotations

import json
import os

import pytest

from scanner.cli import main

HUB = """\
kind: hub
name: hub1
public_network_access: Enabled
managed_network:
  isolation_mode: {mode}
  outbound_rules:
  - name: data
    type: fqdn
    destination: data.blob.core.windows.net
  - name: ports
    destination: contoso.com:8443
    type: fqdn
  - type: service_tag
    name: tag
    destination:
      protocol: TCP
      service_tag: Internet
      port_ranges: 443
  - name: pe
    type: private_endpoint
    destination:
      service_resource_id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Web/sites/x
      subresource_target: sites
"""


@pytest.fixture
def lines(tmp_path, monkeypatch, capfdbinary):
    """The line of each finding, by policy and item."""
    monkeypatch.chdir(tmp_path)

    def call(text, *options, policy=None):
        (tmp_path / "hub.yml").write_text(text)
        if policy is not None:
            (tmp_path / "p").mkdir()
            (tmp_path / "p" / "own.yaml").write_text(policy)
            options = ("-p", "p", "--no-bundled-policies", *options)
        code = main(["scan", "hub.yml", "-o", "json", *options])
        found = json.loads(capfdbinary.readouterr().out)["findings"]
        assert code in (0, 1)
        assert {one["location"]["path"] for one in found} <= {"hub.yml"}
        assert all(one["location"]["end_line"] == one["location"]["line"] for one in found)
        return {(one["policy"], one["item"]): one["location"]["line"] for one in found}

    return call


def own(require, *, each=None, message="no", needs=""):
    """A policy of the user's."""
    return (
        "id: own\ntitle: Own\nseverity: high\ncategory: own\ndescription: Own.\n"
        + (f'each: "{each}"\n' if each else "")
        + (f"needs: [{needs}]\n" if needs else "")
        + f'require: "{require}"\nmessage: "{message}"\n'
        "remediation: {text: Mend it.}\n"
        "examples:\n  pass: [{kind: Hub, properties: {}}]\n  fail: [{kind: Hub, properties: {}}]\n"
    )


def test_each_policy_points_to_the_property_that_offends(lines):
    found = lines(HUB.format(mode="allow_only_approved_outbound"))
    assert found["fqdn-no-azure-storage", "data"] == 9
    assert found["fqdn-ports-80-443-only", "ports"] == 11
    assert found["service-tag-no-internet-equivalent", "tag"] == 17
    assert found["private-endpoint-target-type-supported", "pe"] == 22


def test_a_mode_that_is_too_weak_and_a_rule_that_does_not_belong(lines):
    found = lines(HUB.format(mode="allow_internet_outbound"))
    assert found["approved-outbound-mode-preferred", None] == 5
    assert found["fqdn-service-tag-only-in-approved-mode", "data"] == 8
    assert found["fqdn-service-tag-only-in-approved-mode", "tag"] == 13


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# first\nkind: hub\nname: a\n", 2),
        ("kind: hub\nname: a\nmanaged_network:\n  firewall_sku: basic\n", 3),
        ("kind: hub\nname: a\nmanaged_network: {isolation_mode: disabled}\n", 3),
    ],
)
def test_what_is_missing_is_missing_from_its_block(lines, text, line):
    assert lines(text)["managed-network-isolation-enabled", None] == line


def test_what_is_not_known_stands_where_it_is_used(lines):
    found = lines(HUB.format(mode="$(mode)"), "--select", "managed-network-isolation-enabled")
    assert found == {("managed-network-isolation-enabled", None): 5}


@pytest.mark.parametrize(
    ("policy", "item", "line"),
    [
        (own("hub.properties.publicNetworkAccess == 'Disabled'"), None, 3),
        (own("hub.properties.v1LegacyMode == `false`"), None, 1),
        (own("item.name != 'pe'", each="hub.outboundRules"), "pe", 19),
        (own("item.properties.destination.protocol != 'TCP'", each="rules(hub, 'ServiceTag')"), "tag", 16),
        (
            own(
                "item.properties.destination.sparkEnabled == `true` || `false`",
                each="rules(hub, 'PrivateEndpoint')",
            ),
            "pe",
            21,
        ),
        (
            own(
                "item.id == 'x'",
                each="rules(hub, 'PrivateEndpoint')[].{name: name, id: properties.destination.serviceResourceId}",
            ),
            "pe",
            22,
        ),
        (own("length(rules(hub, '*')) < `3`", needs="outboundRules"), None, 6),
        (
            own(
                "hub.tags.owner && hub.properties.managedNetwork.firewallSku == 'Basic' && isolation_mode(hub) == 'x'"
            ),
            None,
            4,
        ),
        (own("hub.kind == 'Project'"), None, 1),
        (own("item != 'x'", each='[`\\"x\\"`]', needs="outboundRules"), "x", 6),
        (own("item != 'x'", each='[`\\"x\\"`]'), "x", 1),
        (own("item.count < `1`", each="rules(hub, 'ServiceTag')[].{name: name, count: `1`}"), "tag", 14),
        (
            own(
                "type(item.properties.destination) == 'string' || item.properties.destination.protocol == 'UDP'",
                each="rules(hub, 'ServiceTag')",
            ),
            "tag",
            16,
        ),
    ],
)
def test_policies_of_other_shapes(lines, policy, item, line):
    found = lines(HUB.format(mode="allow_only_approved_outbound"), policy=policy)
    assert found["own", item] == line


def test_a_fingerprint_does_not_move_with_its_line(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    marks = []
    for shift in ("", "# one\n# two\n"):
        (tmp_path / "hub.yml").write_text(shift + HUB.format(mode="disabled"))
        main(["scan", "hub.yml", "-o", "json"])
        marks.append({one["fingerprint"] for one in json.loads(capfdbinary.readouterr().out)["findings"]})
    assert marks[0] == marks[1]


@pytest.mark.parametrize("start", [".", "infra", "infra/deep"])
def test_a_fingerprint_does_not_depend_on_where_a_scan_is_started(tmp_path, monkeypatch, capfdbinary, start):
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra" / "deep").mkdir(parents=True)
    (tmp_path / "infra" / "hub.yml").write_text(HUB.format(mode="disabled"))
    monkeypatch.chdir(tmp_path / start)
    for path in (str(tmp_path), os.path.relpath(tmp_path / "infra" / "hub.yml")):
        main(["scan", path, "-o", "json"])
        found = json.loads(capfdbinary.readouterr().out)["findings"]
        assert {one["hub"]["id"] for one in found} == {"infra/hub.yml#hub1"}


class TestReports:
    @pytest.fixture
    def report(self, tmp_path, monkeypatch, capfdbinary):
        monkeypatch.chdir(tmp_path)

        def call(form, mode="disabled"):
            (tmp_path / "hub.yml").write_text(HUB.format(mode=mode))
            code = main(["scan", "hub.yml", "--select", "managed-network-isolation-enabled", "-o", form])
            return code, capfdbinary.readouterr().out.decode()

        return call

    def test_text(self, report):
        assert report("text")[1].startswith("hub.yml:5:3: critical managed-network-isolation-enabled: ")

    def test_sarif(self, report):
        (result,) = json.loads(report("sarif")[1])["runs"][0]["results"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "hub.yml"
        assert (physical["region"]["startLine"], physical["region"]["startColumn"]) == (5, 3)

    @pytest.mark.parametrize("form", ["markdown", "table", "jsonl"])
    def test_other_formats(self, report, form):
        out = report(form)[1]
        assert "hub.yml:5" in out or '"line":5' in out

    def test_a_comment_exempts_the_finding_and_says_why(self, report):
        comment = "# hubscan:ignore managed-network-isolation-enabled a sandbox"
        code, out = report("json", f"disabled  {comment}")
        (finding,) = json.loads(out)["findings"]
        assert code == 0
        assert finding["verdict"] == "exempt"
        assert finding["exemption"]["justification"] == "a sandbox"


TWO_HUBS = """\
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {"type": "Microsoft.MachineLearningServices/workspaces", "apiVersion": "2024-10-01", "kind": "Hub",
     "name": "first", "properties": {
       "publicNetworkAccess": "Enabled"}},
    {"type": "Microsoft.MachineLearningServices/workspaces", "apiVersion": "2024-10-01", "kind": "Hub",
     "name": "second", "properties": {
       // hubscan:ignore quiet it is a lab
       "publicNetworkAccess": "Enabled"}}
  ]
}
"""
SHORT = "id: {name}\ntitle: Own\nseverity: high\nrequire: hub.properties.publicNetworkAccess == 'Disabled'\n"


def test_what_is_found_out_for_one_finding_is_not_taken_for_another(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.json").write_text(TWO_HUBS)
    (tmp_path / "again.json").write_text(f"\n\n{TWO_HUBS}")
    (tmp_path / "p").mkdir()
    for name in ("quiet", "loud"):
        (tmp_path / "p" / f"{name}.yaml").write_text(SHORT.format(name=name))
    options = ("-p", "p", "--no-bundled-policies", "-o", "json")
    assert main(["scan", "main.json", "again.json", *options]) == 1
    found = json.loads(capfdbinary.readouterr().out)["findings"]
    told = {
        (one["location"]["path"], one["hub"]["name"], one["policy"]): (
            one["verdict"],
            one["location"]["line"],
        )
        for one in found
    }
    assert told == {
        (path, hub, policy): ("exempt" if (hub, policy) == ("second", "quiet") else "fail", line + more)
        for path, more in (("main.json", 0), ("again.json", 2))
        for hub, line in (("first", 7), ("second", 11))
        for policy in ("quiet", "loud")
    }
    artifacts = {(one["artifact"]["path"], one["artifact"]["line_hash"]) for one in found}
    assert len(artifacts) == 4
