"""Names in remediation are data, whatever they contain."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from scanner import remediation
from scanner.model import HubRef


def hub(name="hub1", group="rg"):
    return HubRef(id="x", name=name, kind="Hub", subscription_id="s", resource_group=group)


def test_placeholders_become_the_names_of_the_finding():
    texts = {
        "text": "Remove <rule> from <hub>.",
        "azure_cli": "az ml workspace outbound-rule remove -g <resource-group> --workspace-name <hub> --rule <rule>",
        "azureml_yaml": "name: <hub>",
        "bicep": "name: '<hub>'",
        "terraform": 'name = "<hub>"',
    }
    assert remediation.fill(texts, hub(), {"rule": "my rule"}) == {
        "text": "Remove my rule from hub1.",
        "azure_cli": "az ml workspace outbound-rule remove -g rg --workspace-name hub1 --rule 'my rule'",
        "azureml_yaml": "name: 'hub1'",
        "bicep": "name: 'hub1'",
        "terraform": 'name = "hub1"',
    }


def test_a_placeholder_nobody_knows_stays_for_the_reader():
    assert remediation.fill({"text": "Use <storage-id>."}, hub(), {"rule": None}) == {
        "text": "Use <storage-id>."
    }


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_name_is_always_one_word_of_the_shell(name):
    for template in ("az x --name <hub> -g rg", "az x --name '<hub>' -g rg"):
        filled = remediation.fill({"azure_cli": template}, hub(name), {})["azure_cli"]
        words = shlex.split(filled)
        assert words[:3] == ["az", "x", "--name"]
        assert words[4:] == ["-g", "rg"]


def test_interpolation_of_terraform_and_bicep_is_disarmed():
    filled = remediation.fill({"terraform": '"<hub>"', "bicep": "'<hub>'"}, hub("${file('x')}"), {})
    assert filled == {"terraform": "\"$${file('x')}\"", "bicep": "'\\${file(\\'x\\')}'"}
