"""Numbers that JSON of 64 bits cannot hold, wherever they stand: judged, and told, like any other value."""

from __future__ import annotations

import json

import pytest
from hubs import hub

HUGE = "9" * 25

YAML = f"name: hub1\nkind: hub\nmanaged_network:\n  isolation_mode: {HUGE}\n"
TERRAFORM = """\
resource "azapi_resource" "hub" {{
  type = "Microsoft.MachineLearningServices/workspaces@2025-06-01"
  name = "hub1"
  body = {{ kind = "Hub", properties = {{ managedNetwork = {{ isolationMode = {mode} }} }} }}
}}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hub.yml", YAML),
        ("main.tf", TERRAFORM.format(mode=HUGE)),
        ("main.tf", TERRAFORM.format(mode="pow(10, 60)")),
        ("main.tf", TERRAFORM.format(mode="9" * 390)),
    ],
    ids=["yaml", "terraform", "calculated", "larger than any"],
)
def test_in_code(run, write, name, text):
    path = write(name, text)
    code, out, err = run("scan", path, "-o", "json")
    assert code == 1, err
    (one,) = json.loads(out)["hubs"]
    assert one["name"] == "hub1"
    assert run("show", path)[0] == 0


def test_in_a_parameter_and_in_the_configuration(run, estate, tmp_path):
    path = estate(hub(rules=[("a", "FQDN", "*.contoso.com")]))
    limit = f"scenario-hosts-without-scenario.maxLeftover={HUGE}"
    code, out, err = run("scan", path, "--param", limit, "-o", "json")
    assert code == 1, err
    assert json.loads(out)["findings"]
    told = {"parameters": {"scenario-hosts-without-scenario": {"maxLeftover": int(HUGE)}}}
    (tmp_path / "hubscan.yaml").write_text(json.dumps(told))
    assert run("scan", path, "-o", "json")[0] == 1


def test_no_escape_makes_a_text_that_no_report_can_hold(run, write):
    path = write("main.tf", TERRAFORM.format(mode=r'"\ud800"'))
    code, out, err = run("scan", path, "-o", "json")
    assert code == 1, err
    assert "\ufffd" in out
