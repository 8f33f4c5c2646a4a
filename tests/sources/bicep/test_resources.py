"""What the resources of Bicep deploy, and what they are known by."""

from __future__ import annotations

import pytest
from sources.bicep.builders import WORKSPACE, expanded, opened, value_of

from scanner.sources.code.symbols import written
from scanner.values import Partial, Unknown

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{resourceGroup}"
STORAGE = "resource store 'Microsoft.Storage/storageAccounts@2024-01-01'"


def names(text):
    return [(one.type.rsplit("/", 1)[-1], opened(one.name)) for one in expanded(text).resources]


def ids(text):
    return [written(one.id).removeprefix(GROUP) for one in expanded(text).resources]


class TestAResource:
    def test_is_what_its_block_says(self):
        (one,) = expanded(
            f"{STORAGE} = {{\n  name: 'data'\n  kind: 'StorageV2'\n  properties: {{ allowBlobPublicAccess: false }}\n}}"
        ).resources
        assert one.document == {
            "type": "Microsoft.Storage/storageAccounts",
            "name": "data",
            "apiVersion": "2024-01-01",
            "kind": "StorageV2",
            "properties": {"allowBlobPublicAccess": False},
        }
        assert (one.certain, one.exists) == (True, False)

    def test_that_exists_is_only_referred_to(self):
        (one,) = expanded(f"{STORAGE} existing = {{ name: 'data' }}").resources
        assert one.exists

    @pytest.mark.parametrize(("condition", "count"), [("true", 1), ("false", 0), ("1 > 2", 0)])
    def test_with_a_condition_is_there_or_not(self, condition, count):
        assert len(expanded(f"{STORAGE} = if ({condition}) {{ name: 'data' }}").resources) == count

    def test_with_an_open_condition_may_be_there(self):
        (one,) = expanded(f"param p bool\n{STORAGE} = if (p) {{ name: 'data' }}").resources
        assert not one.certain

    @pytest.mark.parametrize("body", ["=\n  if (true) {\n    name: 'data'\n  }", "= {\n  name: 'data'\n}"])
    def test_may_begin_on_the_next_line(self, body):
        assert names(f"{STORAGE} {body}") == [("storageAccounts", "data")]

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_is_the_same_whatever_its_lines_end_with(self, ending):
        text = f"// 🚀\n{STORAGE} = {{\n\tname: 'data'\n\ttags: {{ a: '🚀' }}\n}}\n"
        (one,) = expanded(text.replace("\n", ending)).resources
        assert one.document["tags"] == {"a": "🚀"}
        assert one.place.line == 2


class TestLoops:
    @pytest.mark.parametrize("target", ["store.id", "stores[1].id"])
    def test_over_ids_of_other_resources(self, target):
        text = (
            f"{STORAGE} = {{ name: 'data' }}\n"
            f"{STORAGE.replace('store ', 'stores ')} = [for name in ['a', 'data']: {{ name: name }}]\n"
            f"var targets = [ {{ name: 'first', id: {target} }} ]\n"
            "resource probe 'Contoso.Probe/probes@2024-01-01' = [for target in targets: {\n"
            "  name: target.name\n  properties: { id: target.id }\n}]\n"
        )
        found = expanded(text)
        assert found.problems == ()
        (one,) = [each for each in found.resources if each.type == "Contoso.Probe/probes"]
        assert written(one.document["properties"]["id"]).endswith("/storageAccounts/data")
        assert len(found.resources) == 4

    def test_make_one_for_each(self):
        assert names(f"{STORAGE} = [for (n, i) in ['a', 'b']: {{ name: '${{n}}${{i}}' }}]") == [
            ("storageAccounts", "a0"),
            ("storageAccounts", "b1"),
        ]

    def test_may_have_conditions(self):
        assert names(f"{STORAGE} = [for n in ['a', 'b']: if (n == 'b') {{ name: n }}]") == [
            ("storageAccounts", "b")
        ]

    def test_over_nothing_make_none(self):
        assert names(f"{STORAGE} = [for n in []: {{ name: n }}]") == []

    def test_over_what_is_not_known_make_one_that_may_be_there(self):
        (one,) = expanded(f"param all array\n{STORAGE} = [for n in all: {{ name: 'x-${{n}}' }}]").resources
        assert (opened(one.name), one.certain) == ("x-*", False)

    def test_are_named_by_their_turn(self):
        text = f"{STORAGE} = [for n in ['a', 'b']: {{ name: n }}]"
        assert value_of("[for i in range(0, 2): store[i].name]", text) == ["a", "b"]
        assert value_of("store[1].id", text).written.endswith("/storageAccounts/b")


class TestChildren:
    PARENT = f"{STORAGE} = {{\n  name: 'data'\n"

    def test_in_the_block_of_their_parent(self):
        text = (
            self.PARENT
            + "  resource blob 'blobServices' = {\n    name: 'default'\n    resource box 'containers@2023-05-01' = {\n      name: 'box'\n    }\n  }\n}"
        )
        assert names(text) == [
            ("storageAccounts", "data"),
            ("blobServices", "data/default"),
            ("containers", "data/default/box"),
        ]
        versions = [one.document["apiVersion"] for one in expanded(text).resources]
        assert versions == ["2024-01-01", "2024-01-01", "2023-05-01"]

    def test_beside_it(self):
        text = (
            self.PARENT
            + "}\nresource blob 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {\n  parent: store\n  name: 'default'\n}"
        )
        assert ids(text)[1] == "/providers/Microsoft.Storage/storageAccounts/data/blobServices/default"

    def test_of_a_parent_that_is_not_deployed_are_not_there(self):
        text = f"{STORAGE} = if (false) {{\n  name: 'data'\n  resource blob 'blobServices' = {{ name: 'default' }}\n}}"
        assert names(text) == []

    def test_of_one_turn_of_a_loop(self):
        text = f"{STORAGE} = [for n in ['a', 'b']: {{ name: n }}]\nresource blob 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {{\n  parent: store[1]\n  name: 'default'\n}}"
        assert names(text)[-1] == ("blobServices", "b/default")

    def test_of_a_parent_elsewhere_lie_there(self):
        text = (
            f"{STORAGE} existing = {{\n  name: 'data'\n  scope: resourceGroup('other')\n}}\n"
            "resource blob 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {\n  parent: store\n  name: 'default'\n}"
        )
        assert "/resourceGroups/other/" in written(expanded(text).resources[1].id)

    @pytest.mark.parametrize(
        ("written_so", "value"),
        [
            ("store::blob.name", "default"),
            ("store::blob::box.name", "box"),
            ("last(split(store::blob.id, '/'))", "default"),
        ],
    )
    def test_are_named_through_their_parent(self, written_so, value):
        before = (
            self.PARENT
            + "  resource blob 'blobServices' = {\n    name: 'default'\n    resource box 'containers' = { name: 'box' }\n  }\n}"
        )
        assert value_of(written_so, before) == value

    def test_know_each_other_by_name_in_the_block(self):
        text = (
            self.PARENT
            + "  resource a 'blobServices' = { name: 'default' }\n  resource b 'fileServices' = {\n    name: 'x'\n    properties: { other: a.name }\n  }\n}"
        )
        assert expanded(text).resources[2].document["properties"] == {"other": "default"}


class TestSymbols:
    BEFORE = f"{STORAGE} = {{\n  name: 'data'\n  location: 'westeurope'\n  sku: {{ name: 'Standard_LRS' }}\n  properties: {{ publicNetworkAccess: 'Disabled' }}\n}}"

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("store.name", "data"),
            ("store.type", "Microsoft.Storage/storageAccounts"),
            ("store.apiVersion", "2024-01-01"),
            ("endsWith(store.id, '/storageAccounts/data')", True),
        ],
    )
    def test_tell_what_the_code_says(self, expression, value):
        assert value_of(expression, self.BEFORE) == value

    @pytest.mark.parametrize(
        "expression",
        [
            "store.properties.primaryEndpoints.blob",
            "store.identity.principalId",
            "store.listKeys().keys[0].value",
        ],
    )
    def test_do_not_tell_what_only_azure_knows(self, expression):
        assert "known only when it is deployed" in opened(value_of(expression, self.BEFORE))


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "beginning"),
        [
            (
                "resourceGroup('other')",
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/other/",
            ),
            (
                "resourceGroup('11111111-0000-0000-0000-000000000000', 'other')",
                "/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/other/",
            ),
            (
                "az.resourceGroup('other')",
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/other/",
            ),
            ("subscription()", "/subscriptions/00000000-0000-0000-0000-000000000000/providers/"),
            (
                "subscription('11111111-0000-0000-0000-000000000000')",
                "/subscriptions/11111111-0000-0000-0000-000000000000/providers/",
            ),
            ("tenant()", "/providers/Contoso.Things"),
            (
                "managementGroup('mg')",
                "/providers/Microsoft.Management/managementGroups/mg/providers/Contoso.Things",
            ),
        ],
    )
    def test_say_where_a_resource_is(self, scope, beginning):
        text = f"resource thing 'Contoso.Things/things@2024-01-01' existing = {{\n  name: 'x'\n  scope: {scope}\n}}"
        assert written(expanded(text).resources[0].id).startswith(beginning)

    def test_that_nobody_knows_are_not_guessed(self):
        text = "param other object\nresource thing 'Contoso.Things/things@2024-01-01' existing = {\n  name: 'x'\n  scope: other\n}"
        assert "{resourceGroup}" not in written(expanded(text).resources[0].id)

    def test_may_be_a_resource_that_is_extended(self):
        text = (
            TestSymbols.BEFORE
            + "\nresource lock 'Microsoft.Authorization/locks@2020-05-01' = {\n  name: 'keep'\n  scope: store\n  properties: { level: 'CanNotDelete' }\n}"
        )
        assert (
            ids(text)[1]
            == "/providers/Microsoft.Storage/storageAccounts/data/providers/Microsoft.Authorization/locks/keep"
        )

    def test_of_a_file_for_subscriptions_have_no_group(self):
        text = "targetScope = 'subscription'\nresource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {\n  name: 'rg'\n  location: 'westeurope'\n}"
        assert (
            written(expanded(text).resources[0].id)
            == "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Resources/resourceGroups/rg"
        )


class TestStatementsThatDeployNothing:
    @pytest.mark.parametrize(
        "statement",
        [
            "metadata owner = 'contoso'",
            "metadata more = {\n  a: 1\n}",
            "targetScope = 'resourceGroup'",
            "extension kubernetes",
            "extension kubernetes with {\n  namespace: 'default'\n} as k8s",
            "extension 'br:contoso.azurecr.io/graph:1.0.0' as graph",
            "provider microsoftGraph",
            "import 'kubernetes@1.0.0' as k8s",
            "assert positive = 1 > 0",
            "test thing 'thing.bicep' = {\n  params: {}\n}",
            "type mine = string",
            "type tree = {\n  name: string\n  @description('x')\n  children: tree[]?\n  *: int\n}",
            "@discriminator('kind')\ntype either = { kind: 'a' } | { kind: 'b' }",
            "type pair = [\n  string\n  @minValue(1)\n  int\n]",
            "type many =\n  | 'a'\n  | 'b'\n  | null",
            "type part = tree.children[*]",
            "type lone = resourceOutput<'Microsoft.Storage/storageAccounts@2024-01-01'>.properties",
            "type negative = -1 | 0 | 1",
            "type not = !true",
            "output all array = [for x in [1]: x]",
            "output id string? = null",
            "output thing resource 'Microsoft.Storage/storageAccounts@2024-01-01' = store",
            "var typed string = 'x'",
            "@export()\nvar shared = 1",
            "@export()\nfunc twice(x int) int => x * 2",
            "#disable-next-line no-unused-params // why\nparam unused string",
            "#disable-diagnostics BCP037\nvar a = 1\n#restore-diagnostics BCP037",
            "/* a comment\n over lines */ var x = 1 // and another",
            "\ufeffvar x = 1",
        ],
    )
    def test_are_read(self, statement):
        assert len(expanded(f"{statement}\n{STORAGE} = {{ name: 'data' }}\n").resources) == 1


def test_a_hub_is_found_by_its_type():
    text = f"resource hub '{WORKSPACE}@2024-10-01' = {{\n  name: 'hub1'\n  kind: 'Hub'\n}}"
    assert names(text) == [("workspaces", "hub1")]


class TestTheStateOfAResource:
    BEFORE = (
        "param p string\n"
        f"{STORAGE} = {{\n  name: 'data'\n  location: 'westeurope'\n  sku: {{ name: 'Standard_LRS' }}\n"
        "  properties: {\n    publicNetworkAccess: 'Disabled'\n    networkAcls: { defaultAction: p == 'x' ? 'Allow' : 'Deny' }\n    customDomain: null\n    label: '${p}-x'\n  }\n}\n"
    )

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("store.properties.publicNetworkAccess", "Disabled"),
            ("store.properties['publicNetworkAccess']", "Disabled"),
            ("store.location", "westeurope"),
            ("store.sku.name", "Standard_LRS"),
            ("store.properties.?publicNetworkAccess", "Disabled"),
            ("store.properties.label", "*-x"),
        ],
    )
    def test_is_what_its_block_sets(self, expression, value):
        assert opened(value_of(expression, self.BEFORE)) == value

    @pytest.mark.parametrize(
        "expression",
        [
            "store.properties.networkAcls.defaultAction",
            "store.properties.networkAcls",
            "store.properties.customDomain",
            "store.properties.primaryEndpoints.blob",
            "store.properties.publicNetworkAccess.deeper",
            "store.tags.owner",
            "store.identity.principalId",
            "reference(store.id, '2024-01-01').publicNetworkAccess",
        ],
    )
    def test_is_not_known_where_its_block_does_not_decide_it(self, expression):
        assert not isinstance(value_of(expression, self.BEFORE), (str, int, dict, list, type(None)))

    def test_of_two_that_ask_each_other_is_not_known(self):
        text = (
            "resource a 'Contoso.Things/things@2024-01-01' = {\n  name: 'a'\n  properties: { x: b.properties.x }\n}\n"
            "resource b 'Contoso.Things/things@2024-01-01' = {\n  name: 'b'\n  properties: { x: a.properties.x }\n}"
        )
        assert not isinstance(value_of("a.properties.x", text), str)

    def test_of_one_that_exists_is_not_known(self):
        text = f"{STORAGE} existing = {{ name: 'data' }}"
        assert "known only when it is deployed" in opened(value_of("store.location", text))


class TestALoopOfWhichNobodyKnowsTheTurns:
    STORES = """
param names array
resource stores 'Microsoft.Storage/storageAccounts@2023-01-01' = [for (name, i) in names: {
  name: 'st${i}'
}]
"""

    def test_has_a_resource_in_each_of_them(self):
        found = value_of("stores[2].id", self.STORES)
        assert found.suffix == "/providers/Microsoft.Storage/storageAccounts/st2"

    def test_has_one_of_that_type_in_a_turn_that_is_not_known(self):
        ((found, sure),) = value_of("[for (name, i) in names: stores[i].id]", self.STORES).members
        assert not sure
        assert "/providers/Microsoft.Storage/storageAccounts/st" in found.parts

    def test_has_none_by_what_is_no_number(self):
        found = value_of("stores['a'].id", self.STORES)
        assert isinstance(found, Unknown)
        assert not isinstance(found, Partial)

    def test_has_none_beyond_one_whose_turns_are_known(self):
        text = self.STORES.replace("param names array", "var names = ['a']")
        found = value_of("stores[2].id", text)
        assert isinstance(found, Unknown)
        assert not isinstance(found, Partial)
