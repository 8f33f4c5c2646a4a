"""Names in remediation are data, whatever they contain."""

from __future__ import annotations

import re
import shlex

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from scanner import remediation
from scanner.model import HubRef


def hub(name="hub1", group="rg"):
    return HubRef(
        id=f"/subscriptions/s/workspaces/{name}",
        name=name,
        kind="Hub",
        subscription_id="s",
        resource_group=group,
    )


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


def test_a_hub_that_has_no_name_is_not_called_by_its_place():
    nameless = HubRef(id="estate.json#hubs[0]", name="estate.json#hubs[0]", kind="Hub")
    texts = {"azure_cli": "az x --name <hub> -g <resource-group> --ids <hub-id>"}
    assert remediation.fill(texts, nameless, {}) == texts


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


def test_an_exclamation_mark_in_quotes_of_the_shell_is_itself():
    filled = remediation.fill({"azure_cli": 'az x --name "<hub>"'}, hub('a!"b'), {})["azure_cli"]
    assert shlex.split(filled) == ["az", "x", "--name", 'a!"b']


NAMES = st.text(st.characters(), min_size=1)
SHOWN = "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"


def shown(name):
    """A name as remediation writes it: without what ends lines or cannot stand in a file."""
    return re.sub(SHOWN, "\N{REPLACEMENT CHARACTER}", name)


@given(NAMES)
@example("- a: !!x &b *c #")
@example("'\"\\")
def test_a_name_is_always_one_text_of_yaml(name):
    for template in ("a: <hub>", 'a: "<hub>"', "a: '<hub>'", "a: {b: <hub>, c: 1}", "a: [<hub>] # of <hub>"):
        filled = remediation.fill({"azureml_yaml": template}, hub(name), {})["azureml_yaml"]
        value = yaml.safe_load(filled)["a"]
        members = list(value.values()) if isinstance(value, dict) else value
        assert (members[0] if isinstance(members, list) else members) == shown(name)


@given(NAMES)
@example("- a: !!x &b *c #")
@example("it's")
def test_a_name_in_a_word_of_yaml_is_a_part_of_it_or_cannot_be_written(name):
    for template in ("a: pe-<hub>", "a: <hub>.b", "a: {b: <hub>-<hub>, c: 1}"):
        filled = remediation.fill({"azureml_yaml": template}, hub(name), {})["azureml_yaml"]
        value = yaml.safe_load(filled)["a"]
        part = re.sub(r"[^\w./+-]", "\N{REPLACEMENT CHARACTER}", shown(name))
        wanted = template.partition("<")[0].partition("a: ")[2] + part
        assert (value["b"] if isinstance(value, dict) else value) in (wanted, f"{part}.b", f"{part}-{part}")


@given(NAMES)
@example("${x}")
@example("$${x}")
@example("%{ if x }\\")
def test_a_name_is_always_one_text_of_terraform(name):
    filled = remediation.fill({"terraform": 'a = "<hub>" # <hub>'}, hub(name), {})["terraform"]
    found = re.match(r'a = "((?:[^"\\\n]|\\["\\])*)" # [^\n]*$', filled)
    escaped = r"\\(.)|\$\$\{|%%\{"
    assert not re.search(r"[$%]\{", re.sub(escaped, "", found[1]))
    assert re.sub(escaped, lambda match: match[1] or match[0][1:], found[1]) == shown(name)


@given(NAMES)
@example("${x}")
@example("'\\")
def test_a_name_is_always_one_text_of_bicep(name):
    filled = remediation.fill({"bicep": "a: '<hub>' // <hub>"}, hub(name), {})["bicep"]
    found = re.match(r"a: '((?:[^'\\\n]|\\['\\$])*)' // [^\n]*$", filled)
    assert "${" not in re.sub(r"\\.", "", found[1])
    assert re.sub(r"\\(.)", r"\1", found[1]) == shown(name)


def test_interpolation_of_terraform_and_bicep_is_disarmed():
    filled = remediation.fill({"terraform": '"<hub>"', "bicep": "'<hub>'"}, hub("${file('x')}"), {})
    assert filled == {"terraform": "\"$${file('x')}\"", "bicep": "'\\${file(\\'x\\')}'"}


def test_the_evidence_of_a_member_fills_placeholders_of_its_own():
    evidence = {
        "item.missingHosts": ["a.contoso.com", "*.b.contoso.com"],
        "item.properties.destination.serviceResourceId": "/subscriptions/1/x",
        "item.port": 8704,
        "item.long": "cut short…",
        "item.open": "(not known)",
        "item.isDeclared": False,
        "hub.location": "westeurope",
    }
    known = remediation.names("rule1", "host1", evidence)
    assert known == {
        "rule": "rule1",
        "host": "host1",
        "missing-hosts": "a.contoso.com, *.b.contoso.com",
        "service-resource-id": "/subscriptions/1/x",
        "resource-id": "/subscriptions/1/x",
        "port": "8704",
    }
    texts = {"azure_cli": 'az x --destination "<missing-hosts>" --port <port> --y <location>'}
    assert remediation.fill(texts, hub(), known) == {
        "azure_cli": 'az x --destination "a.contoso.com, *.b.contoso.com" --port 8704 --y <location>'
    }


def test_the_evidence_never_renames_the_finding():
    assert remediation.names("rule1", None, {"item.rule": "other", "item.host": "h"})["rule"] == "rule1"
