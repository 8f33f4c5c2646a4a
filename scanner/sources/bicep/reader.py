"""Reads Bicep files into resources.

A file that another one calls as a module is judged as that one deploys it, and a file that a file of
parameters uses as those parameters deploy it; the rest with the defaults of their parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model import Gap, Place, SourceNote
from scanner.sources.arm.source import Source
from scanner.sources.bicep import parameters as bicep_parameters
from scanner.sources.bicep.expand import called, expand
from scanner.sources.bicep.file import PARAMETERS, BicepFile
from scanner.sources.bicep.parameters import Parameters
from scanner.sources.bicep.project import LARGEST, Project
from scanner.sources.bicep.templates import Templates
from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Resource
from scanner.sources.files.content import Content
from scanner.sources.parts import SYNTAX, Part

_ENDINGS = (".bicep", PARAMETERS)


@dataclass(slots=True)
class Bicep:
    """Gathers Bicep files; what calls and uses what is known when all were read.

    ``roots`` are the paths of the scan, ``named`` the parameter files of the command line,
    ``environment`` the variables that parameters may read.
    """

    declare: Callable[[Resource], None]
    roots: Sequence[str] = ()
    named: Sequence[Content] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    kind: str = "bicep"
    _project: Project = field(init=False)
    _templates: Templates = field(init=False)
    _files: dict[str, BicepFile] = field(default_factory=dict)
    _told: set[Gap] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._project = Project(self.roots, dict(self.environment))
        self._templates = Templates(self._project)

    def recognises(self, content: Content) -> bool:
        """Whether a file is Bicep, which its name tells."""
        return content.path.lower().endswith(_ENDINGS)

    def read(self, content: Content) -> Iterator[Part]:
        """Keep a file; what cannot be read comes at once, as a gap."""
        data = content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        file = self._project.add(BicepFile(content.path, content.file.location, data))
        self._files[file.path] = file
        yield from _broken(file)

    def finish(self) -> Iterator[Part]:
        """Deploy everything, and say what each file held that has to do with workspaces."""
        uses = self._uses()
        for file in self._deployed(uses):
            hubs: Counter[str] = Counter()
            ours = False
            for parameters in uses.get(file.location) or (None,):
                expansion = expand(self._project, self._templates, file, parameters)
                for resource in expansion.resources:
                    kind = resource.type.lower()
                    ours = ours or kind.startswith(WORKSPACE)
                    if kind == WORKSPACE and not resource.exists:
                        hubs[file.path] += 1
                    self.declare(resource)
                for problem in expansion.problems:
                    yield from self._once(_at(problem.place, problem.reason, problem.code, problem.message))
            if ours:
                yield SourceNote(kind=self.kind, path=file.path, hubs=hubs[file.path])

    def _uses(self) -> dict[str, list[Parameters | Source]]:
        """The parameters that each file is deployed with, by where it is."""
        found: dict[str, list[Parameters | Source]] = {}
        for file in self._files.values():
            if file.is_parameters:
                parameters = bicep_parameters.read(self._project, file)
                if parameters.uses is not None:
                    found.setdefault(parameters.uses.location, []).append(parameters)
        return found

    def _deployed(self, uses: Mapping[str, Sequence[object]]) -> Iterator[BicepFile]:
        """The files that nothing calls, and those that parameters are given."""
        modules = [file for file in self._project.files.values() if not file.is_parameters]
        callees: set[int] = set()
        for file in modules:
            for each in self._templates.of(file).calls:
                callees.add(id(each.file))
        reached: set[int] = set()
        for file in modules:
            if id(file) not in callees or file.location in uses:
                reached.update(id(each.file) for each in called(self._templates.of(file)))
                yield file
        # What is left is called only by itself, through others.
        for file in modules:
            if id(file) not in reached:
                reached.update(id(each.file) for each in called(self._templates.of(file)))
                yield file

    def _once(self, gap: Gap) -> Iterator[Gap]:
        if gap not in self._told:
            self._told.add(gap)
            yield gap


def _broken(file: BicepFile) -> Iterator[Gap]:
    for error in file.tree.errors:
        yield _at(file.at(error.offset), "failed", SYNTAX, str(error))


def _at(place: Place, reason: str, code: str, detail: str) -> Gap:
    return Gap(subject=f"{place.path}:{place.line}:{place.column}", reason=reason, code=code, detail=detail)


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
