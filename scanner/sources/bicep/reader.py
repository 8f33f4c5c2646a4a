"""Reads Bicep files into resources.

A file that another one calls as a module is judged as that one deploys it, and a file that a file of
parameters uses as those parameters deploy it; the rest with the defaults of their parameters.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model import Gap, Place, SourceNote
from scanner.sources.arm.reader import Templates as JsonTemplates
from scanner.sources.arm.run import Problem
from scanner.sources.arm.source import Source
from scanner.sources.bicep import parameters as bicep_parameters
from scanner.sources.bicep.compiled import NEVER
from scanner.sources.bicep.compiled.asking import Asking
from scanner.sources.bicep.expand import called, expand
from scanner.sources.bicep.file import PARAMETERS, BicepFile
from scanner.sources.bicep.parameters import Parameters
from scanner.sources.bicep.project import LARGEST, Project
from scanner.sources.bicep.templates import MAY_HIDE, Templates
from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Resource
from scanner.sources.files import neighbours, walk
from scanner.sources.files.content import Content
from scanner.sources.files.inputs import Inputs
from scanner.sources.parts import SYNTAX, Part, Say

BICEP = ".bicep"
_ENDINGS = (BICEP, PARAMETERS)
_BUTTON = "azuredeploy.json"
"""What ``main.bicep`` is compiled to for a button that deploys it from a page."""

Ways = Sequence[Parameters | Source | None]
"""The parameters that a file is deployed with, once with each; None for its defaults."""


@dataclass(slots=True)
class Bicep:
    """Gathers Bicep files; what calls and uses what is known when all were read.

    ``json`` knows the templates and parameter files that are JSON, ``roots`` are the paths of the scan,
    ``named`` the parameter files of the command line, ``environment`` the variables that parameters may
    read, with their values.  ``build`` says whether the compiler is asked (`WISHES`); what it has to say
    beside that goes to ``say``.  ``inputs`` is told of the modules that are called.
    """

    declare: Callable[[Resource], None]
    json: JsonTemplates
    roots: Sequence[str] = ()
    named: Sequence[Content] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    build: str = NEVER
    say: Say | None = None
    inputs: Inputs | None = None
    kind: str = "bicep"
    _project: Project = field(init=False)
    _templates: Templates = field(init=False)
    _asking: Asking = field(init=False)
    _files: dict[str, BicepFile] = field(default_factory=dict)
    _alone: dict[str, Content] = field(default_factory=dict)
    _given: set[str] = field(default_factory=set)
    _without: set[str] = field(default_factory=set)
    _told: set[Gap | str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        named = [content.path for content in self.named]
        self._project = Project((*self.roots, *named), dict(self.environment), self.inputs)
        self._templates = Templates(self._project)
        self._asking = Asking(self._project, self._templates, self.build, self.say or _silent)

    def recognises(self, content: Content) -> bool:
        """Whether a file is Bicep, which its name tells."""
        return content.path.lower().endswith(_ENDINGS)

    def read(self, content: Content) -> Iterator[Part]:
        """Keep a file; what cannot be read comes at once, as a gap."""
        data = content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        location = os.path.realpath(content.file.location)
        file = self._project.add(BicepFile(content.path, location, data, held=content.file.held is not None))
        self._files[file.path] = file
        content.note()
        if content.file.named:
            self._alone[file.path] = content
        for error in file.tree.errors:
            yield from self._once(_at(file.at(error.offset), "failed", SYNTAX, str(error)))

    def finish(self) -> Iterator[Part]:
        """Deploy everything, and say what each file held that has to do with workspaces."""
        yield from self.json.gather()
        given: list[BicepFile] = []
        for content in self.named:
            yield from self._named(content, given)
        for path, content in list(self._alone.items()):
            yield from self._look_beside(path, content)
        self._given.update(file.path for file in given)
        uses, troubles = self._uses(given)
        yield from troubles
        single = sum(not file.is_parameters for file in self._files.values()) == 1
        for file in list(self._deployed(uses)):
            yield from self._deploy(file, self._ways(file, uses, single=single))
        self._answer()

    def _deploy(self, file: BicepFile, ways: Ways) -> Iterator[Part]:
        hubs = 0
        ours = False
        problems: list[Problem] = []
        for parameters in ways:
            expansion = expand(self._project, self._templates, file, parameters)
            expansion, refused = self._asking.expansion(file, parameters, expansion)
            if refused is not None:
                yield from self._once(refused)
            problems += expansion.problems
            for resource in expansion.resources:
                kind = resource.type.lower()
                ours = ours or kind.startswith(WORKSPACE)
                hubs += kind == WORKSPACE and not resource.exists
                self.declare(resource)
        for problem in problems:
            if ours or problem.code in MAY_HIDE:
                yield from self._once(_at(problem.place, problem.reason, problem.code, problem.message))
        if not ours and not any(problem.code in MAY_HIDE for problem in problems):
            self._without.add(file.path)
        if ours:
            yield SourceNote(kind=self.kind, path=file.path, hubs=hubs)
            if not any(isinstance(one, Parameters) and one.file.path in self._given for one in ways):
                yield from self.json.not_understood(_as_json(file))

    def _ways(self, file: BicepFile, uses: Mapping[str, list[Parameters]], *, single: bool) -> Ways:
        declared = {name.lower() for name in self._templates.of(file).raw["parameters"]}
        asked = self.json.asked(declared, single=single)
        if asked:
            return asked
        using = uses.get(file.location, [])
        if any(parameters.file.path in self._given for parameters in using):
            return using
        return (*using, *self.json.chosen(_as_json(file), declared, single=single)) or (None,)

    def _uses(self, given: Sequence[BicepFile]) -> tuple[dict[str, list[Parameters]], list[Part]]:
        """The files of parameters that each file is deployed with, by where it is, and what is odd in them.

        One that the command line names stands in for all others of that file.
        """
        found: dict[str, list[Parameters]] = {}
        chosen: set[str] = set()
        troubles: list[Part] = []
        others = (file for file in self._files.values() if file.is_parameters and file not in given)
        for file in (*given, *others):
            parameters = bicep_parameters.read(self._project, file)
            used = parameters.uses
            if used is None:
                for each in parameters.troubles:
                    troubles += self._once(
                        _at(each.file.at(each.offset), each.reason, each.code, each.message)
                    )
            elif file in given or used.location not in chosen:
                found.setdefault(used.location, []).append(parameters)
                chosen.update((used.location,) if file in given else ())
        return found, troubles

    def _deployed(self, uses: Mapping[str, Sequence[object]]) -> Iterator[BicepFile]:
        """The files that nothing calls, and those that parameters are given."""
        used = [self._project.files[location] for location in uses]
        candidates = {id(file): file for file in (*self._files.values(), *used) if not file.is_parameters}
        callees = {
            id(callee.file) for file in candidates.values() for callee in self._templates.of(file).calls
        }
        reached: set[int] = set()
        # What is left at the end is called only by itself, through others.
        for last in (False, True):
            for file in candidates.values():
                root = id(file) not in callees or file.location in uses or self.json.is_given(_as_json(file))
                if root if not last else id(file) not in reached:
                    reached.update(id(each.file) for each in called(self._templates.of(file)))
                    yield file

    def _answer(self) -> None:
        """Keep the JSON from being deployed that Bicep files call, or were compiled to."""
        for file in self._files.values():
            if not file.is_parameters:
                self.json.elsewhere.update(self._templates.of(file).texts)
        for path in self.json.compiled:
            folder, name = posixpath.split(path)
            stem = "main" if name.lower() == _BUTTON else posixpath.splitext(name)[0]
            source = self._files.get(posixpath.join(folder, f"{stem}{BICEP}"))
            if source is None or source.tree.errors:
                continue
            # What still deploys a workspace that is gone from its source speaks for itself.
            if source.path not in self._without or not self.json.may_deploy(path):
                self.json.elsewhere.add(path)

    def _look_beside(self, path: str, content: Content) -> Iterator[Part]:
        """The parameters beside a file that was named itself."""
        if not path.lower().endswith(BICEP):
            return
        yield from self.json.look_beside(f"{path[: -len(BICEP)]}.json", content)
        for other in neighbours.beside(content.file):
            if other.path.lower().endswith(PARAMETERS) and other.path not in self._files:
                beside = Content(other, content.inputs)
                data = beside.read(LARGEST)
                file = BicepFile(other.path, other.location, data or b"")
                if bicep_parameters.names(file, posixpath.basename(path)):
                    yield from self.read(beside)

    def _named(self, content: Content, given: list[BicepFile]) -> Iterator[Part]:
        try:
            yield from self.read(content)
        except OSError as error:
            yield walk.refusal(content.path, error)
        if content.path in self._files:
            given.append(self._files[content.path])

    def _once(self, gap: Gap) -> Iterator[Gap]:
        # Of these it is enough to hear once, however many call the module.
        key = gap.detail if gap.code in ("module-cycle", "module-not-at-hand") else gap
        if key not in self._told:
            self._told.add(key)
            yield gap


def _silent(_: str) -> None:
    """Say nothing."""


def _as_json(file: BicepFile) -> str:
    """Where the template of a file would stand, which its parameters in JSON are named after."""
    return f"{file.path[: -len(BICEP)]}.json"


def _at(place: Place, reason: str, code: str, detail: str) -> Gap:
    return Gap(subject=f"{place.path}:{place.line}:{place.column}", reason=reason, code=code, detail=detail)


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
