"""Templates in which nothing is evaluated come to the same, whichever way they are read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.arm.builders import SCHEMA, STORAGE, WORKSPACE, hub, nested, resource, template

from scanner.sources.arm import literal
from scanner.sources.arm.expand import expand
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.source import Source
from scanner.sources.code.join import join
from scanner.sources.code.symbols import written

RULES = {
    "a": {"type": "FQDN", "destination": "a.contoso.com"},
    "b": {"type": "fqdn", "category": "UserDefined", "destination": "b.contoso.com"},
}
LEVELS = [
    SCHEMA,
    SCHEMA.replace("deploymentTemplate", "subscriptionDeploymentTemplate"),
    SCHEMA.replace("deploymentTemplate", "tenantDeploymentTemplate"),
]


def sources(value):
    """A template, and the same as if something in it had to be evaluated."""
    text = json.dumps(value, indent=1).encode()
    plain, other = Source(text, "main.json"), Source(text, "main.json")
    other.closed = False
    return plain, other


def told(source):
    """Everything that is said of a template: its resources, and its hubs with the places of what they hold."""
    found = expand(source)
    resources = [
        (
            *(
                one.type,
                repr(one.name),
                written(one.id),
                one.deployment,
                one.certain,
                one.exists,
                one.references,
            ),
            *(one.place, json.dumps(one.document, default=repr)),
        )
        for one in found.resources
    ]
    hubs = [
        (one.ref, one.gaps, json.dumps(one.document, default=repr), list(_places(one.places, one.document)))
        for one in join(found.resources)
    ]
    problems = [(problem.code, problem.message, problem.place) for problem in found.problems]
    return resources, hubs, problems


def _places(places, value):
    if isinstance(value, (dict, list)):
        yield places.of(value), places.origin(value)
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield key, places.of(value, key), places.origin(value, key)
            yield from _places(places, inner)


@pytest.mark.parametrize("schema", LEVELS)
def test_a_literal_template_needs_no_evaluation_to_be_read(schema):
    value = template(hub("one", rules=RULES), resource("two", tags={"a": ["b"]}), schema=schema)
    plain, other = sources(value)
    assert literal.resources(Source(plain._data, "main.json"), TemplatePlaces([plain])) is not None
    assert told(plain) == told(other)


@pytest.mark.parametrize(
    "one",
    [
        hub("[concat('a', 'b')]"),
        hub("h", condition=False),
        hub("h", copy={"name": "c", "count": 2}),
        hub("h", existing=True),
        hub("h", resourceGroup="elsewhere"),
        hub("h", scope="/subscriptions/x"),
        hub("h", resources=[resource("r", "outboundRules", properties=RULES["a"])]),
        resource("h/r", f"{WORKSPACE}/outboundRules", properties=RULES["a"]),
        nested("n", template(hub("h"))),
        {**nested("n", template(hub("h"))), "type": "Microsoft.Resources/deploymentStacks"},
        {"type": WORKSPACE},
        {"type": 1, "name": "h"},
        "h",
    ],
)
def test_what_is_more_than_it_says_is_left_to_evaluation(one):
    plain, other = sources(template(hub("one", rules=RULES), one))
    assert literal.resources(Source(plain._data, "main.json"), TemplatePlaces([plain])) is None
    assert told(plain) == told(other)


def test_resources_that_are_no_list_are_left_to_evaluation():
    plain, other = sources(template(resources={"a": hub("one")}, languageVersion="2.0"))
    assert told(plain) == told(other)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "a", "a/b", "{x}", "/x"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["a", "type", "name"]), inner, max_size=2),
    ),
    max_leaves=4,
)
KEYS = ["kind", "location", "tags", "sku", "dependsOn", "comments", "scope", "id", "properties", "resources"]
RESOURCES = st.builds(
    lambda head, more: {**more, **head},
    st.fixed_dictionaries(
        {
            "type": st.sampled_from([WORKSPACE, STORAGE, f"{WORKSPACE}/computes", "Microsoft.Network/x", ""]),
            "name": VALUES,
        }
    ),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4),
)


@given(listed=st.lists(RESOURCES, max_size=3), schema=st.sampled_from(LEVELS))
def test_any_template_comes_to_the_same(listed, schema):
    plain, other = sources(template(*listed, schema=schema))
    assert told(plain) == told(other)
