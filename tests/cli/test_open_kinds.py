"""``hubscan scan`` on workspaces whose kind code leaves open: one that may be a hub is judged as one."""

from __future__ import annotations

import json

import pytest
from sources.arm.builders import hub, template


@pytest.fixture
def scanned(tmp_path, monkeypatch, run):
    """What is said of the workspace of a file: its kind, policies that fail, and what the gaps tell."""
    monkeypatch.chdir(tmp_path)

    def call(content, name="main.json"):
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        _, out, err = run("scan", name, "-o", "json")
        assert out, err
        result = json.loads(out)
        failing = {one["policy"] for one in result["findings"]}
        return result["hubs"][0]["kind"], failing, [gap["detail"] for gap in result["gaps"]]

    return call


def workspace(given, **parameters):
    properties = {"managedNetwork": {"isolationMode": "Disabled"}}
    return template(hub("w", kind=given, properties=properties), parameters=parameters)


def allowed(*kinds):
    return {"type": "string", "allowedValues": list(kinds)}


ISOLATION = "managed-network-isolation-enabled"


@pytest.mark.parametrize(
    ("kinds", "taken"),
    [
        (("Default", "Project"), "Default or Project"),
        (("default", "PROJECT", "Project"), "Default or Project"),
        (("FeatureStore", "Default"), "Default or FeatureStore"),
    ],
)
def test_what_can_never_be_a_hub_is_judged_as_none(scanned, kinds, taken):
    kind, failing, gaps = scanned(workspace("[parameters('kind')]", kind=allowed(*kinds)))
    assert (kind, failing) == (taken, set())
    assert [f"it is no hub, and taken for {taken}" in gap for gap in gaps] == [True]


@pytest.mark.parametrize("kinds", [("Default", "Hub"), ("Project", "hub"), ("Default", "Project", "HUB")])
def test_what_may_be_a_hub_is_judged_as_one(scanned, kinds):
    kind, failing, gaps = scanned(workspace("[parameters('kind')]", kind=allowed(*kinds)))
    assert kind == "Hub"
    assert ISOLATION in failing
    assert ["it is judged as a hub" in gap for gap in gaps] == [True]


def test_so_is_one_of_which_nothing_is_known(scanned):
    kind, failing, _ = scanned(workspace("[parameters('kind')]", kind={"type": "string"}))
    assert kind == "Hub"
    assert ISOLATION in failing


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("[if(parameters('on'), 'Default', 'Project')]", "Default or Project"),
        ("[if(parameters('on'), 'Hub', 'Project')]", "Hub"),
        ("[if(parameters('on'), json('null'), 'FeatureStore')]", "Default or FeatureStore"),
        ("[if(parameters('on'), 'default', 'Default')]", "Default"),
        ("[concat('Pro', parameters('end'))]", "Project"),
        ("[concat('h', parameters('end'))]", "Hub"),
        ("[concat(parameters('end'), 'UB')]", "Hub"),
        ("[concat('x', parameters('end'))]", "Hub"),
    ],
)
def test_by_conditions_and_by_what_is_known_of_a_text_it_is_the_same(scanned, expression, taken):
    kinds = {"on": {"type": "bool"}, "end": {"type": "string"}}
    kind, failing, _ = scanned(workspace(expression, **kinds))
    assert kind == taken
    assert (ISOLATION in failing) == (taken == "Hub")


BICEP = """\
@allowed(['Default', 'Project'])
param kind string

resource w 'Microsoft.MachineLearningServices/workspaces@2025-06-01' = {
  name: 'w'
  location: 'westeurope'
  kind: kind
  properties: { managedNetwork: { isolationMode: 'Disabled' } }
}
"""


def test_so_it_is_in_bicep(scanned):
    kind, failing, _ = scanned(BICEP, "main.bicep")
    assert (kind, failing) == ("Default or Project", set())


def test_of_a_key_in_other_case_the_same_is_told(scanned):
    given = workspace("[parameters('kind')]", kind=allowed("Default", "Project"))
    given["resources"][0]["KIND"] = given["resources"][0].pop("kind")
    assert scanned(given)[0] == "Default or Project"
