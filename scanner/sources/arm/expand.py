"""The door of this package: a template, and the resources that it deploys."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scanner.records import dataclass
from scanner.sources.arm import literal
from scanner.sources.arm.deployment import Deployment
from scanner.sources.arm.environment import NOTHING, Environment, replaced
from scanner.sources.arm.links import Links
from scanner.sources.arm.parameters import given
from scanner.sources.arm.placement import target_of
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.run import Problem, Run
from scanner.sources.arm.scope import MOST_WORK
from scanner.sources.arm.source import Located, Source
from scanner.sources.arm.template import Given, Target, Template
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Symbol

_SOME_NAME = Symbol("deployment().name", "the name of the deployment is known only when it is deployed")


@dataclass(slots=True, kw_only=True)
class Expansion:
    """What one deployment of a template comes to, and how much work it took (see `MOST_WORK`).

    ``linked`` are the files that it links to.
    """

    resources: tuple[Resource, ...]
    places: TemplatePlaces
    problems: tuple[Problem, ...]
    work: int
    linked: tuple[Source, ...] = ()


def expand(
    template: Source,
    parameters: Source | None = None,
    links: Links | None = None,
    environment: Environment = NOTHING,
) -> Expansion:
    """Everything that a template deploys, with its defaults or with the values of a parameter file.

    ``links`` finds the files that it links to; ``environment`` are the variables that may be read.
    """
    sources: list[Located] = [template] if parameters is None else [template, parameters]
    key = template.path if parameters is None else f"{template.path}+{beside(parameters.path, template.path)}"
    places = TemplatePlaces(sources)
    if parameters is None and (stand := literal.resources(template, places)) is not None:
        return Expansion(resources=stand, places=places, problems=(), work=len(stand))
    run = Run(
        key=key,
        template=template,
        sources=sources,
        places=places,
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


def beside(parameters: str, template: str) -> str:
    """A parameter file as the name of a way to deploy: short where it lies in the template's folder."""
    folder, name = posixpath.split(parameters)
    return name if folder == posixpath.dirname(template) else parameters
