"""Azure ML YAML as people write it, and the hubs that it makes."""

from __future__ import annotations

import pytest
import yaml

from scanner.sources.code import yaml_stream
from scanner.values import OpenList, Partial, Unknown

HUB = "kind: hub\nname: hub1\n"
STORAGE = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"


def network(*lines, mode="allow_only_approved_outbound"):
    """A hub with some lines below its rules."""
    rules = "".join(f"  {line}\n" for line in lines)
    return f"{HUB}managed_network:\n  isolation_mode: {mode}\n  outbound_rules:\n{rules}"


@pytest.fixture
def load(read):
    def call(text, name="hub.yml"):
        return read(text, name)

    return call


def rules_of(found):
    rules = found.document["outboundRules"]
    certain = rules.certain() if isinstance(rules, OpenList) else rules
    return [(rule["name"], rule["properties"].get("type")) for rule in certain]


class TestWhatAFileIs:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("$schema: https://azuremlschemas.azureedge.net/latest/hub.schema.json\nname: a", "Hub"),
            (
                "$schema: https://azuremlschemas.azureedge.net/latest/workspace.schema.json\nname: a",
                "Default",
            ),
            ("$schema: https://azuremlschemas.azureedge.net/latest/project.schema.json\nname: a", "Project"),
            ("name: a\nkind: hub", "Hub"),
            ("name: a\nkind: Hub", "Hub"),
            ("name: a\nhub_id: /subscriptions/0", "Project"),
            ("name: a\nmanaged_network: {isolation_mode: disabled}", "Default"),
            ("managed_network: {isolation_mode: disabled}", "Default"),
            ("kind: hub\nmanagedNetwork: {isolationMode: disabled}", "Hub"),
            ("kind: hub\nmanaged-network: {isolation-mode: disabled}", "Hub"),
        ],
    )
    def test_a_workspace_by_its_schema_or_its_keys(self, load, text, kind):
        assert load(text).hub.ref.kind == kind

    @pytest.mark.parametrize("kind", ["!x hub", "$(KIND)", "'${{ parameters.kind }}'", "<kind>"])
    def test_a_workspace_whose_kind_nobody_knows_is_judged_as_a_hub(self, load, kind):
        schema = "$schema: https://azuremlschemas.azureedge.net/latest/workspace.schema.json\n"
        for text in (f"name: a\nkind: {kind}\nmanaged_network: {{}}", f"{schema}name: a\nkind: {kind}"):
            found = load(text)
            assert (found.hub.ref.name, found.hub.ref.kind) == ("a", "Hub")
            assert "kind" in [gap["subject"] for gap in found.document["gaps"]]

    def test_a_workspace_of_a_schema_that_is_not_known(self, load):
        schema = "$schema: https://azuremlschemas.azureedge.net/latest/aiHub.schema.json"
        found = load(f"{schema}\nname: a\nkind: hub\nmanaged_network:\n  isolation_mode: disabled\n")
        assert (found.hub.ref.name, found.hub.ref.kind) == ("a", "Hub")

    @pytest.mark.parametrize("schema", ["azureAISearchConnection", "connection", "workspaceConnection"])
    def test_a_connection_by_its_schema(self, load, schema):
        stated = f"$schema: https://azuremlschemas.azureedge.net/latest/{schema}.schema.json"
        connection = (
            f"{stated}\nname: search\ntype: azure_ai_search\nendpoint: https://s.search.windows.net\n"
        )
        found = load(f"{HUB}---\n{connection}")
        assert [one["name"] for one in found.document["connections"]] == ["search"]

    @pytest.mark.parametrize("kind", ["$(KIND)", "${{ parameters.kind }}"])
    @pytest.mark.parametrize("key", ["resource_id: x", "credentials: {key: hush}", "isShared: true"])
    def test_a_connection_of_a_kind_that_is_to_be_filled_in(self, load, kind, key):
        connection = f"name: a\ntype: {kind}\nendpoint: https://s.search.windows.net\n"
        (member,) = load(f"{HUB}---\n{connection}{key}\n").document["connections"]
        assert isinstance(member["properties"]["category"], Unknown)
        assert load(f"{HUB}---\n{connection}").document["connections"] == []

    @pytest.mark.parametrize(
        "text",
        [
            "- name: Create\n  azure.azcollection.azure_rm_ml_workspace:\n    resource_definition: |\n      managed_network:\n        isolation_mode: disabled",
            "apiVersion: v1\nkind: Hub\nname: a\nmanaged_network: {}",
            "variables:\n  managed_network_isolation_mode: {widget: select}",
            "on: push\njobs: {a: {steps: []}}\nmanaged_network: {}",
            "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\nname: a\nkind: hub",
            "- 1\n- two",
            "just text about managed_network",
        ],
    )
    def test_others_use_the_same_words(self, write, scan, text):
        write("other.yml", text)
        found = scan()
        assert (found.hubs, found.gaps) == ([], [])

    def test_a_named_file_of_another_kind_is_said(self, load):
        assert load("a: 1").codes == ["unrecognised"]


class TestNetwork:
    def test_rules_in_a_list_and_the_words_of_arm(self, load):
        found = load(
            network(
                "- {name: web, type: fqdn, destination: contoso.com}",
                "- {name: tag, type: service_tag, destination: {service_tag: DataFactory, protocol: TCP, port_ranges: 443}}",
                f"- {{name: pe, type: private_endpoint, destination: {{service_resource_id: {STORAGE}, subresource_target: blob, spark_enabled: 'true'}}, category: user_defined}}",
            )
        )
        assert found.document["properties"]["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
        assert rules_of(found) == [("web", "FQDN"), ("tag", "ServiceTag"), ("pe", "PrivateEndpoint")]
        destinations = [rule["properties"]["destination"] for rule in found.document["outboundRules"]]
        assert destinations == [
            "contoso.com",
            {"serviceTag": "DataFactory", "protocol": "TCP", "portRanges": 443},
            {"serviceResourceId": STORAGE, "subresourceTarget": "blob", "sparkEnabled": True},
        ]
        assert found.document["outboundRules"][2]["properties"]["category"] == "UserDefined"

    def test_rules_in_a_map_as_the_preview_had_them(self, load):
        found = load(network("  web: {type: fqdn, destination: contoso.com}"))
        assert rules_of(found) == [("web", "FQDN")]

    def test_two_rules_of_one_name_are_both_there(self, load):
        found = load(
            network("  web: {type: fqdn, destination: a.com}", "  web: {type: fqdn, destination: b.com}")
        )
        assert [rule["properties"]["destination"] for rule in found.document["outboundRules"]] == [
            "a.com",
            "b.com",
        ]

    def test_a_mode_that_stands_twice_is_not_known(self, load):
        found = load(
            f"{HUB}managed_network:\n  isolation_mode: disabled\n  isolation_mode: allow_internet_outbound"
        )
        mode = found.document["properties"]["managedNetwork"]["isolationMode"]
        assert isinstance(mode, Unknown)
        assert "lines 4 and 5" in mode.reason

    def test_a_lost_indentation_is_no_missing_network(self, load):
        found = load(
            f"{HUB}managed_network:\nisolation_mode: allow_only_approved_outbound\noutbound_rules: []"
        )
        assert isinstance(found.document["properties"]["managedNetwork"], Unknown)

    def test_port_ranges_in_a_list_and_a_subresource_by_its_other_name(self, load):
        found = load(
            network(
                "- {name: tag, type: service_tag, destination: {service_tag: DataFactory, port_ranges: [80, 8080]}}",
                f"- {{name: pe, type: private_endpoint, destination: {{service_resource_id: {STORAGE}, subresource_type: blob}}}}",
            )
        )
        tag, endpoint = found.document["outboundRules"]
        assert tag["properties"]["destination"]["portRanges"] == "80,8080"
        assert endpoint["properties"]["destination"]["subresourceTarget"] == "blob"

    def test_anchors_and_merge_keys(self, load):
        found = load(
            "x: &web {type: fqdn, destination: contoso.com}\n"
            + network("- {<<: *web, name: one}", "- {<<: *web, name: two, destination: fabrikam.com}")
        )
        assert [rule["properties"]["destination"] for rule in found.document["outboundRules"]] == [
            "contoso.com",
            "fabrikam.com",
        ]

    def test_what_is_to_be_filled_in_is_not_known(self, load):
        found = load(
            network(
                "- {name: a, type: fqdn, destination: '${{ vars.host }}'}",
                "- {name: b, type: fqdn, destination: '<account>.blob.core.windows.net'}",
                mode="$(isolationMode)",
            )
        )
        one, two = (rule["properties"]["destination"] for rule in found.document["outboundRules"])
        assert type(one) is Unknown
        assert isinstance(two, Partial)
        assert two.suffix == ".blob.core.windows.net"
        assert isinstance(found.document["properties"]["managedNetwork"]["isolationMode"], Unknown)

    def test_a_tag_that_nobody_reads_is_not_known(self, load):
        found = load(network(mode="!secret mode"))
        assert isinstance(found.document["properties"]["managedNetwork"]["isolationMode"], Unknown)

    @pytest.mark.parametrize(("value", "text"), [("!!bool x", "x"), ("!!bool 1", "1"), ("!!int", "")])
    def test_a_value_that_its_tag_does_not_fit_is_a_text(self, load, value, text):
        found = load(network(mode=value))
        assert found.document["properties"]["managedNetwork"]["isolationMode"] == text

    def test_a_number_that_json_cannot_hold_is_rounded(self, load):
        found = load(network(mode="99999999999999999999999"))
        assert found.document["properties"]["managedNetwork"]["isolationMode"].reason

    def test_words_that_the_command_line_takes_in_any_case(self, load):
        found = load(
            f"{HUB}public_network_access: disabled\nsystem_datastores_auth_mode: identity\n"
            "managed_network: {isolation_mode: disabled, firewall_sku: basic}\nimage_build_compute: cpu\n"
            "display_name: A hub\nserverless_compute: {custom_subnet: s, no_public_ip: true}\n"
            "identity: {type: system_assigned}"
        )
        properties = found.document["properties"]
        assert properties["publicNetworkAccess"] == "Disabled"
        assert properties["systemDatastoresAuthMode"] == "identity"
        assert properties["managedNetwork"]["firewallSku"] == "Basic"
        assert properties["friendlyName"] == "A hub"
        assert properties["imageBuildCompute"] == "cpu"
        assert properties["serverlessComputeSettings"] == {
            "serverlessComputeCustomSubnet": "s",
            "serverlessComputeNoPublicIP": True,
        }
        assert found.document["identity"] == {"type": "SystemAssigned"}


class TestJoining:
    RULE = "name: web\ntype: fqdn\ndestination: contoso.com\n"

    def test_a_stream_of_a_hub_its_rule_and_its_connection(self, load):
        connection = "name: search\ntype: azure_ai_search\nendpoint: https://s.search.windows.net\ncredentials: {key: hush}\n"
        found = load(f"{HUB}---\n{self.RULE}---\n{connection}")
        assert rules_of(found) == [("web", "FQDN")]
        (member,) = found.document["connections"]
        assert member["properties"] == {
            "category": "CognitiveSearch",
            "target": "https://s.search.windows.net",
        }

    def test_a_rule_beside_the_one_hub_of_its_folder(self, write, scan):
        write("a/hub.yml", HUB)
        write("a/rule.yml", self.RULE)
        write("b/hub.yml", "kind: hub\nname: hub2\n")
        by_name = {hub.ref.name: hub for hub in scan().hubs}
        assert [rule["name"] for rule in by_name["hub1"].document["outboundRules"]] == ["web"]
        assert by_name["hub2"].document["outboundRules"] == []

    def test_a_rule_beside_two_hubs_may_be_of_either(self, load):
        found = load(f"{HUB}---\nkind: hub\nname: hub2\n---\n{self.RULE}")
        for hub in found.hubs:
            assert isinstance(hub.document["outboundRules"], OpenList)

    def test_a_rule_alone_is_a_rule_of_a_hub_that_is_not_in_sight(self, load):
        found = load(self.RULE)
        assert rules_of(found) == [("web", "FQDN")]
        assert isinstance(found.document["properties"], Unknown)

    def test_a_project_is_listed_in_its_hub(self, load):
        text = "name: hub1\nkind: hub\nid: /subscriptions/0/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1\n"
        project = "name: p1\nhub_id: /subscriptions/0/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1\n"
        found = load(f"{text}---\n{project}")
        hub = next(hub for hub in found.hubs if hub.ref.kind == "Hub")
        assert [one["name"] for one in hub.document["projects"]] == ["p1"]

    def test_what_is_outside_is_a_gap_of_that_reference(self, load):
        found = load(
            network(
                f"- {{name: pe, type: private_endpoint, destination: {{service_resource_id: {STORAGE}, subresource_target: blob}}}}"
            )
        )
        assert [(gap.subject, gap.reason) for gap in found.gaps + list(found.hub.gaps)] == [
            (STORAGE, "unresolved")
        ]


class TestPlaces:
    def test_each_value_has_its_line(self, load):
        hub = load(network("- name: web", "  type: fqdn", "  destination: contoso.com")).hub
        network_ = hub.document["properties"]["managedNetwork"]
        (rule,) = hub.document["outboundRules"]
        lines = [
            hub.places.of(network_, "isolationMode").line,
            hub.places.of(rule).line,
            hub.places.of(rule["properties"], "type").line,
            hub.places.of(rule["properties"], "destination").line,
        ]
        assert lines == [4, 6, 7, 8]
        assert hub.places.of(rule["properties"], "destination").column == 5

    def test_hubs_are_called_by_file_and_name(self, load):
        found = load(f"{HUB}---\nkind: hub\nmanaged_network: {{}}\n")
        assert [hub.ref.id.rpartition("/")[2] for hub in found.hubs] == [
            "hub.yml#hub1",
            "hub.yml#{hub.yml 2}",
        ]
        assert {hub.live for hub in found.hubs} == {False}


class TestBadInput:
    @pytest.mark.parametrize(
        ("text", "at"),
        [
            ("kind: hub\nmanaged_network: {isolation_mode: [", "3:1"),
            ("managed_network:\n\t- tabs", "2:1"),
            ("managed_network: *nowhere", "1:18"),
            ("a: &a [x, x, x]\nmanaged_network: " + "[" * 200, "2:"),
        ],
    )
    def test_one_gap_with_line_and_column(self, load, text, at):
        (gap,) = load(text).gaps
        assert gap.code == "syntax"
        assert f"hub.yml:{at}" in gap.subject

    def test_documents_before_the_flaw_are_read(self, load):
        found = load(f"{HUB}---\nmanaged_network: [")
        assert (found.names, found.codes) == (["hub1"], ["syntax"])

    def test_a_file_that_doubles_itself(self, load):
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
        (gap,) = load("\n".join([*lines, "managed_network: {}"])).gaps
        assert "values" in gap.detail

    def test_bytes_that_are_no_text(self, read):
        assert read(b"managed_network:\n  isolation_mode: \xff\xfe", "hub.yml").codes == ["syntax"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_other_encodings(self, read, encoding):
        assert read(f"{HUB}managed_network: {{}}".encode(encoding), "hub.yml").names == ["hub1"]


def test_places_and_data_of_a_stream_agree_with_the_library():
    text = b"a: 1\nb: [x, {c: null}]\n---\n- true\n- 2024-01-01\n"
    found = [document.data for document in yaml_stream.documents(text, "x.yml")]
    assert found == [{"a": 1, "b": ["x", {"c": None}]}, [True, "2024-01-01"]]
    assert found[0] == next(yaml.safe_load_all(text))


class TestWhatIsToBeFilledIn:
    @pytest.mark.parametrize("token", ["$(ACCESS)", "disabled$(NOTHING)", "!env ACCESS"])
    @pytest.mark.parametrize(
        "text",
        [
            "public_network_access: {}",
            "managed_network:\n  isolation_mode: disabled\n  firewall_sku: {}",
            "network_acls:\n  default_action: {}",
        ],
    )
    def test_is_not_known_although_arm_spells_it_in_one_way(self, load, text, token):
        properties = load(f"{HUB}{text.format(token)}\n").document["properties"]
        *above, last = _keys(properties)
        node = properties
        for key in above:
            node = node[key]
        assert type(node[last]) is Unknown

    @pytest.mark.parametrize("ports", ["['443', $(PORT)]", "[443, !env PORT]"])
    def test_may_be_one_port_of_a_list(self, load, ports):
        text = f"- {{name: tag, type: service_tag, destination: {{service_tag: Sql, port_ranges: {ports}}}}}"
        (rule,) = load(network(text)).document["outboundRules"]
        assert isinstance(rule["properties"]["destination"]["portRanges"], Unknown)


def _keys(node):
    """The keys that lead to the last value of an object."""
    while isinstance(node, dict):
        key = list(node)[-1]
        yield key
        node = node[key]
