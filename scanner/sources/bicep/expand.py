"""The door of this package: a Bicep file, and the resources that it deploys."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Place
from scanner.sources.arm import environment
from scanner.sources.arm import parameters as json_parameters
from scanner.sources.arm.deploying import deployed
from scanner.sources.arm.expand import Expansion, beside
from scanner.sources.arm.placement import target_of
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.run import Run
from scanner.sources.arm.source import Located, Source
from scanner.sources.arm.template import Given
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.linker import Template, Trouble
from scanner.sources.bicep.marks import Root
from scanner.sources.bicep.parameters import Parameters
from scanner.sources.bicep.project import Project
from scanner.sources.bicep.templates import Templates


def expand(
    project: Project, templates: Templates, file: BicepFile, parameters: Parameters | Source | None = None
) -> Expansion:
    """Everything that a file deploys, with its defaults or with the values of a file of parameters."""
    template = templates.of(file)
    root = Root(file.path, project.marks)
    sources: list[Located] = [root]
    if isinstance(parameters, Source):
        sources.append(parameters)
    run = Run(
        key=way(file, parameters),
        template=root,
        sources=sources,
        places=TemplatePlaces(sources),
        scattered=True,
    )
    target = target_of(template.raw)
    values: dict[str, Given] = {}
    if isinstance(parameters, Source):
        values = environment.replaced(json_parameters.given(parameters, run), project.environment)
    elif parameters is not None:
        values = parameters.given(run, target)
        _report(run, parameters.troubles)
    for each in called(template):
        _report(run, each.troubles)
    return deployed(run, template.raw, target, values)


def way(file: BicepFile, parameters: Parameters | Source | None) -> str:
    """What a way to deploy a file is called."""
    if parameters is None:
        return file.path
    path = parameters.path if isinstance(parameters, Source) else parameters.file.path
    return f"{file.path}+{beside(path, file.path)}"


def called(template: Template) -> Iterator[Template]:
    """A template, and all that it calls, each once."""
    seen: set[int] = set()
    waiting = [template]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting.extend(reversed(each.calls))


def _report(run: Run, troubles: list[Trouble]) -> None:
    for trouble in troubles:
        place: Place = trouble.file.at(trouble.offset)
        run.report(trouble.code, trouble.message, place, reason=trouble.reason)
