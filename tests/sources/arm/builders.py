"""Templates for tests, and what comes out of them."""

from __future__ import annotations

import json

from scanner.sources.arm.expand import expand
from scanner.sources.arm.source import Source

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
STORAGE = "Microsoft.Storage/storageAccounts"


def template(*resources, schema=SCHEMA, **sections):
    """A template with some resources, or with the symbolic ones that ``resources`` names."""
    value = {"$schema": schema, "contentVersion": "1.0.0.0", **sections}
    value.setdefault("resources", list(resources))
    return value


def resource(name="thing", type_=STORAGE, **more):
    return {"type": type_, "apiVersion": "2024-01-01", "name": name, **more}


def hub(name="hub1", *, mode="AllowOnlyApprovedOutbound", rules=None, **more):
    network = {"isolationMode": mode}
    if rules is not None:
        network["outboundRules"] = rules
    properties = {"managedNetwork": network, **more.pop("properties", {})}
    return {**resource(name, WORKSPACE), "kind": "Hub", "properties": properties, **more}


def nested(name, inner, *, scope="inner", parameters=None, **more):
    """A nested deployment, as a Bicep module compiles to."""
    properties = {
        "mode": "Incremental",
        "expressionEvaluationOptions": {"scope": scope},
        "template": inner,
    }
    if parameters is not None:
        properties["parameters"] = {key: {"value": value} for key, value in parameters.items()}
    return resource(name, "Microsoft.Resources/deployments", properties=properties, **more)


def expanded(value, parameters=None, *, path="main.json"):
    """What a template, given as text or as a value, comes to."""
    given = None
    if parameters is not None:
        blocks = {key: {"value": inner} for key, inner in parameters.items()}
        given = Source(json.dumps({"parameters": blocks}).encode(), "main.parameters.json")
    text = value if isinstance(value, str) else json.dumps(value)
    return expand(Source(text.encode(), path), given)


def value_of(expression, given=None, *, declared=None, **sections):
    """The value of an expression in a template."""
    sections.setdefault("parameters", declared or {})
    result = expanded(template(resource(properties={"x": expression}), **sections), given)
    (only,) = result.resources
    return only.document["properties"]["x"]


def problems(value, parameters=None):
    """What there is to say of a template: code, line and message each."""
    found = expanded(value, parameters).problems
    return [(problem.code, problem.place.line, problem.message) for problem in found]
