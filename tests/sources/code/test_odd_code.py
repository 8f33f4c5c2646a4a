"""Code of any shape is read, judged and shown without an error of the program's own."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.code.plans import STORAGE, block, change, hub, hub_block, plan, rule, rule_block, to

from scanner.cli import main

PLAN = plan(
    [
        hub(unknown={"id": True, "storage_account_id": True}, before={"name": "hub1"}, actions=("update",)),
        rule("fqdn", "web", {"destination_fqdn": "contoso.com"}, key="[0]"),
        rule("private_endpoint", "pe", {"sub_resource_target": "blob"}, module='module.net["a"]'),
        change(
            STORAGE,
            "st",
            {"name": "st1", "network_rules": [{"ip_rules": ["1.2.3.4"], "private_link_access": [{}]}]},
        ),
        change(f"{STORAGE}_network_rules", "st", {"bypass": ["x"]}, unknown={"storage_account_id": True}),
        change(
            "azapi_resource",
            "a",
            {
                "type": "Microsoft.MachineLearningServices/workspaces@1",
                "name": "b",
                "body": {"properties": {"storageAccount": None}},
            },
            unknown={"body": {"properties": {"storageAccount": True}}},
        ),
        change(
            "azapi_update_resource",
            "u",
            {
                "type": "Microsoft.MachineLearningServices/workspaces@1",
                "body": '{"properties": {"managedNetwork": {}}}',
            },
            unknown={"resource_id": True},
        ),
        change("azurerm_private_endpoint", "p", {"name": "p", "private_service_connection": [{"name": "x"}]}),
    ],
    [
        hub_block(storage_account_id=to(f"{STORAGE}.st.id")),
        rule_block("fqdn", "web"),
        block(STORAGE, "st"),
        block("azapi_update_resource", "u", {"resource_id": to("azurerm_ai_foundry.hub.id")}),
    ],
    calls={
        "net": {
            "source": "./net",
            "expressions": {"id": to("azurerm_ai_foundry.hub.id")},
            "module": {
                "resources": [
                    rule_block("private_endpoint", "pe", "var.id", service_resource_id=to("each.value.id"))
                ]
            },
        }
    },
)

WORKSPACE = {
    "kind": "hub",
    "name": "hub1",
    "tags": {"a": "b"},
    "identity": {"type": "system_assigned, user_assigned"},
    "public_network_access": "disabled",
    "serverless_compute": {"no_public_ip": True},
    "managed_network": {
        "isolation_mode": "allow_only_approved_outbound",
        "firewall_sku": "basic",
        "outbound_rules": [
            {"name": "a", "type": "fqdn", "destination": "contoso.com"},
            {
                "name": "b",
                "type": "service_tag",
                "destination": {"service_tag": "x", "port_ranges": [80], "address_prefixes": ["10.0.0.0/8"]},
            },
            {
                "name": "c",
                "type": "private_endpoint",
                "destination": {"service_resource_id": "/subscriptions/0", "spark_enabled": "true"},
                "fqdns": ["x"],
            },
        ],
    },
}

ODD = [
    None,
    True,
    0,
    1.5,
    "",
    "x",
    "/",
    "[]",
    "${x}",
    "<x>",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {"name": []},
    {"references": [1]},
    "/subscriptions/x/y",
]


def spots(value, path=()):
    """The paths of everything inside a value."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*path, key)
        yield from spots(inner, (*path, key))


def with_odd(value, path, odd):
    if not path:
        return odd
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: with_odd(value[key], rest, odd)}
    return [*value[:key], with_odd(value[key], rest, odd), *value[key + 1 :]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("odd")


def ends_well(path):
    codes = {main(["scan", str(path), "-o", "json=/dev/null"]), main(["show", str(path), "--positions"])}
    return codes <= {0, 1, 2, 3}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(list(spots(PLAN))), st.sampled_from(ODD)), min_size=1, max_size=2))
def test_plans_with_odd_values(folder, changes):
    document = PLAN
    for path, odd in changes:
        try:
            document = with_odd(document, path, odd)
        except (KeyError, IndexError, TypeError):
            continue
    (folder / "plan.json").write_text(json.dumps(document))
    assert ends_well(folder / "plan.json")


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(list(spots(WORKSPACE))), st.sampled_from(ODD)), min_size=1, max_size=2)
)
def test_workspaces_with_odd_values(folder, changes):
    document = WORKSPACE
    for path, odd in changes:
        try:
            document = with_odd(document, path, odd)
        except (KeyError, IndexError, TypeError):
            continue
    (folder / "hub.yml").write_text(yaml.safe_dump(document))
    assert ends_well(folder / "hub.yml")


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, len(yaml.safe_dump(WORKSPACE)) - 1),
    st.sampled_from(
        ["", "\t", "\x00", "{", "]", "- ", ": ", "&a ", "*a ", "!x ", "<<: ", "\n---\n", "é", "#"]
    ),
)
def test_yaml_with_something_in_between(folder, at, inserted):
    text = yaml.safe_dump(WORKSPACE)
    (folder / "mid.yml").write_text(text[:at] + inserted + text[at:])
    assert ends_well(folder / "mid.yml")


def test_a_module_call_whose_expressions_are_none(folder):
    call = PLAN["configuration"]["root_module"]["module_calls"]["net"]
    document = with_odd(
        PLAN, ("configuration", "root_module", "module_calls", "net"), {**call, "expressions": True}
    )
    (folder / "plan.json").write_text(json.dumps(document))
    assert ends_well(folder / "plan.json")
