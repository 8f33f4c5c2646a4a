"""Templates whose expressions, conditions and loops are evaluated: what one deployment of them comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scanner.sources.arm.blocks import Target
from scanner.sources.arm.deployment import Deployment
from scanner.sources.arm.environment import Environment, replaced
from scanner.sources.arm.expand import Expansion, beside
from scanner.sources.arm.links import Links
from scanner.sources.arm.parameters import given
from scanner.sources.arm.placement import target_of
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.run import Run
from scanner.sources.arm.scope import MOST_WORK
from scanner.sources.arm.source import Located, Source
from scanner.sources.arm.template import Given, Template
from scanner.sources.code.symbols import Symbol

_SOME_NAME = Symbol("deployment().name", "the name of the deployment is known only when it is deployed")


def evaluated(
    template: Source, parameters: Source | None, links: Links | None, environment: Environment
) -> Expansion:
    """Everything that a template deploys (`scanner.sources.arm.expand.expand`)."""
    sources: list[Located] = [template] if parameters is None else [template, parameters]
    key = template.path if parameters is None else f"{template.path}+{beside(parameters.path, template.path)}"
    run = Run(
        key=key,
        template=template,
        sources=sources,
        places=TemplatePlaces(sources),
        plain=template.strict,
        lender=template if template.strict else None,
        links=links,
    )
    raw: dict[str, Any] = template.value if isinstance(template.value, dict) else {}
    values = replaced(given(parameters, run), environment) if parameters is not None else {}
    found = deployed(run, raw, target_of(raw), values)
    if len(sources) <= 1 + (parameters is not None):
        return found
    linked = (source for source in sources if isinstance(source, Source))
    return replace(found, linked=tuple(source for source in linked if source not in (template, parameters)))


def deployed(run: Run, raw: dict[str, Any], target: Target, values: Mapping[str, Given]) -> Expansion:
    """Everything that a template deploys with some values of its parameters."""
    frame = Template(run, raw, target, values, "", _SOME_NAME)
    deployment = Deployment(run, raw, frame, target, frame.scope)
    resources = tuple(deployment.resources())
    return Expansion(
        resources=resources,
        places=run.places,
        problems=tuple(run.problems),
        work=MOST_WORK - run.budget.left,
    )
