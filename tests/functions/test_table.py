"""The table of functions: complete, documented by examples that hold, free of surprises."""

from __future__ import annotations

import inspect
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.expressions.ours import OURS
from scanner.expressions.runtime import STANDARD
from scanner.functions import reference_page, table
from scanner.functions.page import examples, signature
from scanner.functions.registry import entries
from scanner.values import Touched, Unknown

TYPES = {"any", "string", "number", "boolean", "array", "object", "null", "expref"}
ALL = pytest.mark.parametrize("function", table().values(), ids=lambda function: function.name)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=6,
)
ARM_ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"
KNOWN_KEYS = [
    "name",
    "properties",
    "type",
    "category",
    "destination",
    "outboundRules",
    "resources",
    "id",
    "gaps",
    "connections",
    "metadata",
    "resourceid",
    "projects",
    "identity",
    "principalId",
    "roleAssignments",
    "scope",
    "roleDefinitionId",
    "subscriptions",
    "subscriptionId",
    "serviceResourceId",
    "privateEndpointConnections",
]
DOCUMENTS = st.recursive(
    st.none()
    | st.integers()
    | st.sampled_from(["FQDN", "PrivateEndpoint", "Required", "a.com", "*", "subject", ARM_ID]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(KNOWN_KEYS), children),
    max_leaves=10,
)
BY_TYPE = {
    "any": JSON,
    "string": st.text(max_size=20) | st.just(ARM_ID),
    "number": st.integers(),
    "array": st.lists(JSON, max_size=4),
    "object": DOCUMENTS.filter(lambda value: isinstance(value, dict)),
}


@ALL
def test_each_function_declares_the_types_of_its_arguments_and_of_its_answer(function):
    assert len(inspect.signature(function.call).parameters) == len(function.arguments)
    assert set(function.returns.split("|")) <= TYPES
    assert all(set(accepted) <= TYPES for accepted in function.arguments)


@ALL
def test_each_function_says_in_one_sentence_what_it_gives_and_shows_it_by_examples_that_hold(function):
    assert function.doc.splitlines()[0].endswith(".")
    shown = list(examples(function))
    assert shown
    for arguments, answer in shown:
        assert function.call(*json.loads(f"[{arguments}]")) == json.loads(answer), arguments


@ALL
@given(st.data())
def test_no_function_raises_for_arguments_of_its_types(function, data):
    arguments = [data.draw(BY_TYPE[accepted[0]]) for accepted in function.arguments]
    try:
        answer = function.call(*arguments)
    except Touched:
        return
    kinds = {"string": str, "number": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    accepted = tuple(kinds.get(name, object) for name in function.returns.split("|"))
    assert isinstance(answer, (*accepted, Unknown))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "storage_match",
            "host_covers",
            "isolation_mode",
            "rules",
            "user_rules",
            "fqdn_hosts",
            "rule_origin",
        ),
        *("resource", "children", "gap", "read_in_full", "deletion", "namesake", "subscription"),
        *("one_per_target", "endpoints_to", "endpoint_states", "assigned_roles", "permits"),
        *("connection_id", "connected_resources", "linked_resources"),
    ],
)
def test_a_function_that_takes_unknown_values_itself_passes_on_one_it_cannot_decide(name):
    function = table()[name]
    unknown = Unknown("var.hub")
    with pytest.raises(Touched) as raised:
        function.call(*([unknown] * len(function.arguments)))
    assert raised.value.unknown is unknown


def test_the_reference_page_has_a_section_for_each_function():
    page = reference_page()
    headings = [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")]
    assert headings == list(table())
    for function in table().values():
        assert f"`{signature(function)}`" in page


def test_no_two_modules_offer_a_function_of_one_name():
    modules = {sys.modules[function.call.__module__] for function in table().values()}
    offered = [entry.name for module in modules for entry in entries(module)]
    assert sorted(offered) == sorted(table())


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        table()["hosts"] = None


def test_no_function_takes_a_name_that_jmespath_has_itself() -> None:
    # So whoever looks one of those up need not import ours (`scanner.expressions.ours`).
    assert OURS.keys() == table().keys()
    assert table().keys().isdisjoint(STANDARD.FUNCTION_TABLE)


def test_what_jmespath_has_itself_is_none_of_ours() -> None:
    assert "length" not in OURS
    assert OURS.get("length") is None
    assert OURS["fqdn_hosts"] is table()["fqdn_hosts"]
