"""Computes, online endpoints and deployments in Azure ML YAML, and whose they are."""

from __future__ import annotations

import pytest

from scanner.values import OpenList, Unknown

SCHEMAS = "https://azuremlschemas.azureedge.net/latest"
HUB = "kind: hub\nname: hub1\n"
CLUSTER = f"""\
$schema: {SCHEMAS}/amlCompute.schema.json
name: cluster
type: amlcompute
size: Standard_DS3_v2
min_instances: 0
enable_node_public_ip: false
ssh_public_access_enabled: true
ssh_settings: {{admin_username: me, admin_password: hush}}
network_settings: {{vnet_name: net, subnet: snet}}
"""
INSTANCE = "name: box\ntype: computeinstance\nsize: Standard_DS3_v2\nssh_public_access_enabled: false\n"
ENDPOINT = f"$schema: {SCHEMAS}/managedOnlineEndpoint.schema.json\nname: ep\nauth_mode: key\npublic_network_access: disabled\n"
DEPLOYMENT = f"""\
$schema: {SCHEMAS}/managedOnlineDeployment.schema.json
name: blue
endpoint_name: ep
instance_type: Standard_DS3_v2
egress_public_network_access: disabled
"""


@pytest.fixture
def joined(read):
    """The document of the one hub that stands in a stream with some others."""

    def call(*documents):
        return read("---\n".join((HUB, *documents)), "hub.yml").document

    return call


class TestWhatTheySay:
    def test_a_cluster(self, joined):
        (member,) = joined(CLUSTER)["computes"]
        subnet = member["properties"]["properties"].pop("subnet")["id"]
        assert member["name"] == "cluster"
        assert member["properties"] == {
            "computeType": "AmlCompute",
            "properties": {
                "vmSize": "Standard_DS3_v2",
                "scaleSettings": {"minNodeCount": 0},
                "enableNodePublicIp": False,
                "remoteLoginPortPublicAccess": "Enabled",
            },
        }
        assert subnet.endswith("/providers/Microsoft.Network/virtualNetworks/net/subnets/snet")

    def test_a_subnet_of_a_network_that_is_named_by_its_id(self, joined):
        network = "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet"
        settings = f"network_settings: {{vnet_name: {network}, subnet: snet}}\n"
        (member,) = joined(INSTANCE + settings)["computes"]
        assert member["properties"]["properties"]["subnet"]["id"] == f"{network}/subnets/snet"

    def test_an_instance(self, joined):
        (member,) = joined(INSTANCE)["computes"]
        assert member["properties"] == {
            "computeType": "ComputeInstance",
            "properties": {"vmSize": "Standard_DS3_v2", "sshSettings": {"sshPublicAccess": "Disabled"}},
        }

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("name: k\ntype: kubernetes\nresource_id: /subscriptions/0\n", "Kubernetes"),
            (f"$schema: {SCHEMAS}/kubernetesCompute.schema.json\nname: k\n", "Kubernetes"),
            (f"$schema: {SCHEMAS}/vmCompute.schema.json\nname: v\n", "VirtualMachine"),
            (f"$schema: {SCHEMAS}/amlCompute.schema.json\nname: c\n", "AmlCompute"),
            ("name: s\ntype: synapse_spark\nresource_id: /subscriptions/0\n", "SynapseSpark"),
        ],
    )
    def test_other_computes(self, joined, text, kind):
        (member,) = joined(text)["computes"]
        assert member["properties"]["computeType"] == kind

    def test_an_endpoint_with_its_deployment(self, joined):
        (endpoint,) = joined(DEPLOYMENT, ENDPOINT)["onlineEndpoints"]
        assert (endpoint["name"], endpoint["properties"]["publicNetworkAccess"]) == ("ep", "Disabled")
        (deployment,) = endpoint["deployments"]
        assert deployment["name"] == "blue"
        assert deployment["properties"]["egressPublicNetworkAccess"] == "Disabled"
        assert deployment["properties"]["endpointComputeType"] == "Managed"

    def test_a_deployment_without_schema_and_without_endpoint(self, joined):
        (endpoint,) = joined("name: blue\nendpoint_name: ep\ninstance_count: 1\n")["onlineEndpoints"]
        assert endpoint["name"] == "ep"
        assert isinstance(endpoint["properties"], Unknown)
        assert [one["name"] for one in endpoint["deployments"]] == ["blue"]

    def test_what_is_to_be_filled_in_is_not_known(self, joined):
        (member,) = joined("name: c\ntype: amlcompute\nenable_node_public_ip: ${{ parameters.ip }}\n")[
            "computes"
        ]
        assert isinstance(member["properties"]["properties"]["enableNodePublicIp"], Unknown)

    @pytest.mark.parametrize(
        "text",
        [
            "name: b\nendpoint_name: ep\ncompute: azureml:cpu\nmini_batch_size: 1\n",
            f"$schema: {SCHEMAS}/batchDeployment.schema.json\nname: b\nendpoint_name: ep\n",
            "name: k\ntype: kubernetes\n",
            "name: e\nauth_mode: oidc\n",
            "apiVersion: v1\nkind: Pod\nname: c\ntype: amlcompute\n",
        ],
    )
    def test_others_are_none_of_ours(self, write, scan, text):
        write("hub.yml", HUB)
        write("other.yml", text)
        document = scan().document
        assert (document["computes"], document["onlineEndpoints"]) == ([], [])


class TestWhoseTheyAre:
    def test_of_the_one_hub_of_their_folder(self, write, scan):
        write("a/hub.yml", HUB)
        write("a/compute.yml", CLUSTER)
        write("b/hub.yml", "kind: hub\nname: hub2\n")
        found = {hub.ref.name: hub.document for hub in scan().hubs}
        assert [one["name"] for one in found["hub1"]["computes"]] == ["cluster"]
        assert found["hub2"]["computes"] == []

    def test_perhaps_of_each_of_several(self, write, scan):
        write("dev.yml", HUB)
        write("prod.yml", "kind: hub\nname: hub2\n")
        write("all.yml", f"{CLUSTER}---\n{ENDPOINT}---\nname: web\ntype: fqdn\ndestination: contoso.com\n")
        for hub in scan().hubs:
            for collection in ("computes", "onlineEndpoints", "outboundRules"):
                members = hub.document[collection]
                assert isinstance(members, OpenList), collection
                assert len(members.members) == 1

    def test_nobodys_where_there_is_no_hub(self, write, scan):
        write("compute.yml", CLUSTER)
        write("deployment.yml", f"{ENDPOINT}---\n{DEPLOYMENT}")
        harvest = scan()
        assert (harvest.hubs, harvest.gaps) == ([], [])

    def test_each_value_has_its_line(self, write, scan):
        write("hub.yml", HUB)
        write("compute.yml", CLUSTER)
        hub = scan().hub
        (member,) = hub.document["computes"]
        place = hub.places.of(member["properties"]["properties"], "enableNodePublicIp")
        assert (place.path.rpartition("/")[2], place.line) == ("compute.yml", 6)
