"""The door of this package: a template, and the resources that it deploys."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from scanner.records import dataclass
from scanner.sources.arm import literal
from scanner.sources.arm.environment import NOTHING, Environment
from scanner.sources.arm.links import Links
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.source import Source
from scanner.sources.code.resource import Resource

if TYPE_CHECKING:
    from scanner.sources.arm.run import Problem


@dataclass(slots=True, kw_only=True)
class Expansion:
    """What one deployment of a template comes to, and how much work it took (`scope.MOST_WORK`).

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
    if parameters is None:
        places = TemplatePlaces([template])
        if (stand := literal.resources(template, places)) is not None:
            return Expansion(resources=stand, places=places, problems=(), work=len(stand))
    # Most of this package is there for what must be evaluated.
    from scanner.sources.arm.deploying import evaluated  # noqa: PLC0415

    return evaluated(template, parameters, links, environment)


def beside(parameters: str, template: str) -> str:
    """A parameter file as the name of a way to deploy: short where it lies in the template's folder."""
    folder, name = posixpath.split(parameters)
    return name if folder == posixpath.dirname(template) else parameters
