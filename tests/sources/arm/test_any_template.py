"""Any template at all: it is read, and nothing breaks."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.arm.builders import WORKSPACE, expanded, template

from scanner.sources.arm.functions.every import TABLE
from scanner.sources.code.join import join

NAMES = st.sampled_from(["a", "b", "c"])
LITERALS = st.one_of(
    st.integers(-2, 5).map(str),
    st.sampled_from(["''", "'a'", "'b'", "'a/b'", f"'{WORKSPACE}'", "'{0}-{1}'", "','", "'10.0.0.0/24'"]),
)
NAMED = st.one_of(
    st.builds(
        "{}('{}')".format, st.sampled_from(["parameters", "variables", "reference", "resourceInfo"]), NAMES
    ),
    st.sampled_from(
        ["resourceGroup().id", "newGuid()", "null()", "createObject()", "createArray()", "copyIndex()"]
    ),
)


def _larger(inner):
    calls = st.builds(
        lambda name, arguments: f"{name}({', '.join(arguments)})",
        st.sampled_from(sorted(TABLE)),
        st.lists(inner, max_size=4),
    )
    lambdas = st.builds(
        lambda name, values, body: f"{name}({values}, lambda('x', {body}))",
        st.sampled_from(["map", "filter", "sort", "toObject", "groupBy"]),
        inner,
        st.one_of(inner, st.just("lambdaVariables('x')")),
    )
    members = st.builds(
        "{}{}".format, st.one_of(calls, NAMED), st.sampled_from([".a", "[0]", ".outputs.a.value", "['b']"])
    )
    return st.one_of(calls, lambdas, members)


EXPRESSIONS = st.recursive(st.one_of(LITERALS, NAMED), _larger, max_leaves=8)
TEXTS = st.one_of(st.text(alphabet="[]ab(')", max_size=6), EXPRESSIONS.map("[{}]".format))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-1, 3), TEXTS)
KEYS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "type",
            "value",
            "copy",
            "name",
            "count",
            "input",
            "managedNetwork",
            "outboundRules",
            "isolationMode",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        WORKSPACE,
        f"{WORKSPACE}/outboundRules",
        f"{WORKSPACE}/managedNetworks",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Resources/deployments",
        "outboundRules",
        "Microsoft.Authorization/locks",
    ]
)
LOOPS = st.fixed_dictionaries({"name": NAMES, "count": st.one_of(st.integers(0, 2), VALUES)})


def _resources(inner):
    properties = st.one_of(
        VALUES,
        st.fixed_dictionaries({"managedNetwork": VALUES}),
        st.fixed_dictionaries(
            {"template": _templates(inner), "parameters": st.dictionaries(NAMES, VALUES, max_size=2)},
            optional={
                "expressionEvaluationOptions": st.sampled_from([{"scope": "inner"}, {"scope": "outer"}, 1])
            },
        ),
    )
    return st.fixed_dictionaries(
        {"type": TYPES, "name": SCALARS, "properties": properties},
        optional={
            "condition": SCALARS,
            "copy": LOOPS,
            "dependsOn": VALUES,
            "scope": SCALARS,
            "existing": st.booleans(),
            "resourceGroup": SCALARS,
            "resources": st.lists(inner, max_size=2),
        },
    )


def _templates(resource):
    return st.fixed_dictionaries(
        {
            "resources": st.one_of(
                st.lists(resource, max_size=3), st.dictionaries(NAMES, resource, max_size=3)
            )
        },
        optional={
            "parameters": st.dictionaries(
                NAMES,
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["string", "int", "bool", "object", "array", "secureString"])},
                    optional={"defaultValue": VALUES, "nullable": st.booleans()},
                ),
                max_size=3,
            ),
            "variables": st.dictionaries(NAMES, VALUES, max_size=3),
            "outputs": st.dictionaries(
                NAMES, st.fixed_dictionaries({"type": st.just("string"), "value": VALUES}), max_size=2
            ),
        },
    )


LEAVES = st.fixed_dictionaries({"type": TYPES, "name": SCALARS, "properties": VALUES})
TEMPLATES = _templates(_resources(LEAVES))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TEMPLATES, st.none() | st.dictionaries(NAMES, VALUES, max_size=2))
def test_is_read(value, parameters):
    found = expanded(template(**value), parameters)
    for hub in join(found.resources):
        assert hub.ref.id.startswith("main.json")
        assert hub.places.of(hub.document) is not None
