"""Any configuration at all: hubs come out of it, or gaps, and nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.hcl.test_any_text import EXPRESSIONS

from scanner.expressions import display
from scanner.model import Gap, Hub, SourceNote
from scanner.sources import collect

NAMES = st.sampled_from(["a", "b", "c"])
REFERENCES = st.builds(
    "{}.{}{}".format,
    st.sampled_from(
        [
            "var",
            "local",
            "module",
            "azurerm_ai_foundry",
            "azapi_resource",
            "data.azurerm_resource_group",
            "each",
            "path",
        ]
    ),
    st.sampled_from(["a", "b", "c", "key", "value", "module"]),
    st.sampled_from(
        [
            "",
            ".id",
            ".name",
            "[0].id",
            '["a"].id',
            "[*].id",
            ".output.id",
            ".managed_network[0].isolation_mode",
        ]
    ),
)
VALUES = st.one_of(EXPRESSIONS, REFERENCES, st.just('"Disabled"'))
KINDS = st.sampled_from(
    [
        "azurerm_ai_foundry",
        "azurerm_machine_learning_workspace",
        "azurerm_storage_account",
        "azapi_resource",
        "azapi_update_resource",
        "azurerm_machine_learning_workspace_network_outbound_rule_fqdn",
        "azurerm_storage_account_network_rules",
        "azurerm_private_endpoint",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "name",
            "count",
            "for_each",
            "workspace_id",
            "resource_group_name",
            "parent_id",
            "resource_id",
            "body",
            "tags",
            "kind",
            "storage_account_id",
            "destination_fqdn",
            "public_network_access_enabled",
            "managed_network",
        ]
    ),
    VALUES,
    max_size=5,
)


def block(head, attributes, inner=""):
    lines = "".join(f"  {name} = {value}\n" for name, value in attributes.items())
    return f"{head} {{\n{lines}{inner}}}\n"


NETWORKS = st.one_of(
    st.just(""),
    st.builds("  managed_network {{\n    isolation_mode = {}\n  }}\n".format, VALUES),
    st.builds(
        '  dynamic "managed_network" {{\n    for_each = {}\n    content {{\n      isolation_mode = {}\n    }}\n  }}\n'.format,
        VALUES,
        VALUES,
    ),
)
TYPE = "Microsoft.MachineLearningServices/workspaces@2024-10-01"
BLOCKS = st.one_of(
    st.builds(
        lambda kind, name, attributes, inner: block(
            f'resource "{kind}" "{name}"', {"type": f'"{TYPE}"', **attributes}, inner
        ),
        KINDS,
        NAMES,
        ATTRIBUTES,
        NETWORKS,
    ),
    st.builds(lambda name, value: block("locals", {name: value}), NAMES, VALUES),
    st.builds(lambda name, value: block(f'variable "{name}"', {"default": value}), NAMES, VALUES),
    st.builds(
        lambda name: block(
            f'variable "{name}"', {"type": "object({ a = optional(string, 1), b = list(any) })"}
        ),
        NAMES,
    ),
    st.builds(
        lambda name, values: block(f'module "{name}"', {"source": '"./m"', **values}),
        NAMES,
        st.dictionaries(st.sampled_from(["a", "b", "count", "for_each"]), VALUES, max_size=3),
    ),
    st.builds(lambda name, value: block(f'output "{name}"', {"value": value}), NAMES, VALUES),
)
FILES = st.lists(BLOCKS, max_size=6).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("any")
    (base / "m").mkdir()
    return base


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, FILES)
def test_is_read(folder, main, module):
    (folder / "main.tf").write_text(main + block('resource "azurerm_ai_foundry" "hub"', {"name": '"hub1"'}))
    (folder / "m" / "main.tf").write_text(module)
    found = list(collect([str(folder)]))
    assert {type(one) for one in found} <= {Hub, Gap, SourceNote}
    hubs = [one for one in found if isinstance(one, Hub)]
    assert "hub1" in [one.ref.name for one in hubs] or any(isinstance(one, Gap) for one in found)
    for hub in hubs:
        assert display(hub.document)
        assert hub.places.of(hub.document).path.startswith(str(folder))
