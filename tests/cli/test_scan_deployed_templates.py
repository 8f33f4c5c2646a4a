"""``hubscan scan`` on templates of ARM that other code deploys: Terraform, stacks, expressions."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, nested, resource, template
from sources.code.plans import change, plan

ISOLATED = ("--select", "managed-network-isolation-enabled")
DEPLOYMENT = "azurerm_resource_group_template_deployment"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_tf", ".tf").replace("_json", ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))

    return call


@pytest.fixture
def verdicts(run):
    """The verdicts of one policy with the names of hubs and the lines, of a scan of everything here."""

    def call(*policy):
        code, out, _ = run("scan", ".", *(policy or ISOLATED), "-o", "json", "--show-passes")
        found = json.loads(out)["findings"]
        return code, [(one["hub"]["name"], one["verdict"], _line(one)) for one in found]

    return call


def _line(finding):
    place = finding["location"]
    return f"{place['path']}:{place['line']}" if place else None


PARAMETERS = {"mode": {"type": "string", "defaultValue": "AllowOnlyApprovedOutbound"}}
TEMPLATE = template(hub("hub1", mode="[parameters('mode')]"), parameters=PARAMETERS)


def deployment(content, given='jsonencode({ mode = { value = "Disabled" } })', kind=DEPLOYMENT):
    return f"""resource "{kind}" "hub" {{
  name                = "hub"
  resource_group_name = "rg"
  deployment_mode     = "Incremental"
  template_content    = {content}
  parameters_content  = {given}
}}
"""


class TestTerraform:
    def test_deploys_a_template_in_a_heredoc_with_its_parameters(self, write, verdicts):
        text = json.dumps(TEMPLATE, indent=2)
        write(main_tf=deployment(f"<<TEMPLATE\n{text}\nTEMPLATE"))
        line = 6 + next(i for i, one in enumerate(text.splitlines()) if "isolationMode" in one)
        assert verdicts() == (1, [("hub1", "fail", f"main.tf:{line}")])

    @pytest.mark.parametrize("path", ["${path.module}/hub.json", "./hub.json"])
    def test_deploys_a_template_of_a_file_and_nobody_else_does(self, write, verdicts, path):
        write(infra__main_tf=deployment(f'file("{path}")'), infra__hub_json=TEMPLATE)
        assert verdicts() == (1, [("hub1", "fail", "infra/main.tf:5")])

    def test_deploys_none_that_only_a_comment_speaks_of(self, write, verdicts):
        text = deployment('file("./hub.json")')
        for comment in (f"/*\n{text}*/\n", "".join(f"# {one}\n" for one in text.splitlines())):
            write(infra__main_tf=comment, infra__hub_json=TEMPLATE)
            assert verdicts() == (0, [("hub1", "pass", None)])

    def test_fills_a_template_in(self, write, verdicts):
        text = json.dumps(template(hub("hub1", mode="${mode}")))
        write(
            main_tf=deployment('templatefile("${path.module}/hub.json", { mode = "Disabled" })', "null"),
            hub_json=text,
        )
        assert verdicts() == (1, [("hub1", "fail", "main.tf:5")])

    def test_leaves_open_what_its_parameters_leave_open(self, write, verdicts):
        opened = 'variable "given" {}\n'
        write(main_tf=opened + deployment('file("./hub.json")', "var.given"), hub_json=TEMPLATE)
        assert verdicts() == (0, [("hub1", "unknown", "main.tf:6")])
        given = "jsonencode({ mode = { value = var.given } })"
        write(main_tf=opened + deployment('file("./hub.json")', given))
        assert verdicts() == (0, [("hub1", "unknown", "main.tf:6")])

    def test_says_of_a_template_that_nobody_knows_that_it_may_make_a_hub(self, write, run):
        text = deployment("var.template").replace('"hub"\n', '"ai-foundry"\n')
        write(main_tf=f'variable "template" {{}}\n{text}')
        code, out, _ = run("scan", ".", "-o", "json")
        (gap,) = json.loads(out)["gaps"]
        assert (code, gap["subject"], gap["code"]) == (0, "main.tf:6:3", "open-template")

    @pytest.mark.parametrize(
        "content",
        [
            '"{"',
            '"[1, 2"',
            '"' + "[" * 400 + "]" * 400 + '"',
            "null\n  template_spec_version_id = local.spec",
        ],
    )
    def test_says_so_of_what_is_no_template_or_not_at_hand(self, write, run, content):
        text = deployment(content, "null").replace('"hub"\n', '"ai-foundry"\n')
        write(main_tf='locals { spec = "/subscriptions/x" }\n' + text)
        code, out, _ = run("scan", ".", "-o", "json")
        assert (code, [gap["code"] for gap in json.loads(out)["gaps"]]) == (0, ["open-template"])

    def test_deploys_one_by_the_azapi_provider(self, write, verdicts):
        write(
            main_tf="""resource "azapi_resource" "hub" {
  type = "Microsoft.Resources/deployments@2024-03-01"
  name = "hub"
  body = {
    properties = {
      mode       = "Incremental"
      parameters = { mode = { value = "Disabled" } }
      template = {
        parameters = { mode = { type = "string" } }
        resources = [{
          type       = "Microsoft.MachineLearningServices/workspaces"
          name       = "hub1"
          kind       = "Hub"
          properties = { managedNetwork = { isolationMode = "[parameters('mode')]" } }
        }]
      }
    }
  }
}
"""
        )
        assert verdicts() == (1, [("hub1", "fail", "main.tf:14")])

    def test_deploys_what_its_plan_holds(self, write, verdicts):
        after = {
            "name": "hub",
            "resource_group_name": "rg",
            "template_content": json.dumps(TEMPLATE),
            "parameters_content": json.dumps({"mode": {"value": "Disabled"}}),
        }
        write(plan_json=plan([change(DEPLOYMENT, "hub", after)]))
        code, found = verdicts()
        assert (code, [one[:2] for one in found]) == (1, [("hub1", "fail")])


INNER = template(hub("hub1", mode="[parameters('mode')]"), parameters=PARAMETERS)


class TestTemplates:
    @pytest.mark.parametrize(
        ("given", "verdict"),
        [
            ("[parameters('open')]", "unknown"),
            ("[variables('disabled')]", "fail"),
            ("[createObject('mode', createObject('value', parameters('open')))]", "unknown"),
            ("[createObject()]", "pass"),
        ],
    )
    def test_take_their_parameters_from_one_expression(self, write, verdicts, given, verdict):
        deployed = nested("inner", INNER)
        deployed["properties"]["parameters"] = given
        write(
            main_json=template(
                deployed,
                parameters={"open": {"type": "object"}},
                variables={"disabled": {"mode": {"value": "Disabled"}}},
            )
        )
        assert [one[1] for one in verdicts()[1]] == [verdict]

    def test_are_deployed_by_stacks(self, write, verdicts):
        stack = resource(
            "stack",
            "Microsoft.Resources/deploymentStacks",
            properties={"template": INNER, "parameters": {"mode": {"value": "Disabled"}}},
        )
        write(main_json=template(stack))
        code, found = verdicts()
        assert (code, [one[:2] for one in found]) == (1, [("hub1", "fail")])

    def test_may_be_what_an_expression_gives(self, write, verdicts):
        inner = template(hub("hub1", mode="[[parameters('mode')]"), parameters=PARAMETERS)
        deployed = nested("inner", "[variables('inner')]", parameters={"mode": "Disabled"})
        write(main_json=template(deployed, variables={"inner": inner}))
        code, found = verdicts()
        assert (code, [one[:2] for one in found]) == (1, [("hub1", "fail")])

    def test_that_nobody_knows_are_said(self, write, run):
        deployed = nested("inner", "[parameters('inner')]")
        write(main_json=template(hub("hub1"), deployed, parameters={"inner": {"type": "object"}}))
        code, out, _ = run("scan", ".", *ISOLATED, "-o", "json")
        assert (code, [gap["code"] for gap in json.loads(out)["gaps"]]) == (0, ["open-template"])

    def test_may_be_loaded_by_a_resource_of_bicep(self, write, run, tmp_path):
        write(inner_json=INNER)
        (
            tmp_path / "main.bicep"
        ).write_text("""resource inner 'Microsoft.Resources/deployments@2024-03-01' = {
  name: 'inner'
  properties: {
    mode: 'Incremental'
    template: loadJsonContent('inner.json')
    parameters: { mode: { value: 'Disabled' } }
  }
}
""")
        code, out, _ = run("scan", "main.bicep", *ISOLATED, "-o", "json")
        (one,) = json.loads(out)["findings"]
        assert (code, one["hub"]["name"], one["verdict"]) == (1, "hub1", "fail")
