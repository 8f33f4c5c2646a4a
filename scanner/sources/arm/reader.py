"""Reads ARM templates and their parameter files into resources.

Which parameters a template is deployed with is told by the names of files in its folder, unless the
command line names a file.  A template that has parameter files is deployed once with each of them, and
not once more without.  One that another template links to is deployed by that alone.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from scanner.model import Gap, SourceNote
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.sources.arm import parameter_files as files
from scanner.sources.arm.environment import NOTHING, Environment
from scanner.sources.arm.expand import Expansion, expand
from scanner.sources.arm.links import Links
from scanner.sources.arm.source import Source, mentions, place_of
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.arm.ways import Ways, roots
from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Resource
from scanner.sources.files import neighbours, walk
from scanner.sources.files.content import Content
from scanner.sources.parts import SYNTAX, TRUNCATED, Part

if TYPE_CHECKING:
    from scanner.sources.arm.run import Problem

_TEMPLATE = regex(rb'"\$schema"\s*:\s*"[^"]{0,200}deploymentTemplate\.json', re.IGNORECASE)
_PARAMETERS = regex(rb'"\$schema"\s*:\s*"[^"]{0,200}deploymentParameters\.json', re.IGNORECASE)
_PLAIN = regex(rb'\{\s*"[^"]{1,200}"\s*:\s*\{\s*"(?:value|reference)"\s*:', re.IGNORECASE)
"""How values begin that the command line takes without anything around them."""
_BARE = regex(rb'"resources"\s*:\s*[\[{]')
_OURS = b"Microsoft.MachineLearningServices/workspaces"
_OPENING = regex(rb"\s*(?://[^\n]*\n\s*|/\*.*?\*/\s*)*\{", re.DOTALL)
_HEAD = 4096


@dataclass(slots=True)
class Templates:
    """Gathers templates and parameter files; what is deployed with what is known when all were read.

    ``named`` are parameter files from the command line, as ``--parameters`` gives them.  ``elsewhere`` are
    the paths of templates that another reader answers for: those that Bicep files call, or were compiled to.
    ``environment`` are the variables of the environment that may be read.
    """

    declare: Callable[[Resource], None]
    named: Sequence[Content] = ()
    kind: str = "arm"
    elsewhere: set[str] = field(default_factory=set)
    environment: Environment = NOTHING
    _templates: dict[str, Source] = field(default_factory=dict)
    _parameters: dict[str, Source] = field(default_factory=dict)
    _alone: dict[str, Content] = field(default_factory=dict)
    _in_folder: dict[str, list[str]] = field(default_factory=dict)
    _broken: dict[str, Gap] = field(default_factory=dict)
    _told: set[Gap] = field(default_factory=set)
    _ours: set[str] = field(default_factory=set)
    _hubs_of: Counter[str] = field(default_factory=Counter)
    _given: dict[str, Source] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _is_gathered: bool = False
    _normal: dict[str, Source] | None = None

    def recognises(self, content: Content) -> bool:
        """Whether a file is a template or holds parameters of one."""
        head = content.head
        if head[:1] != b"{" and not (head[:1] == b"/" and _OPENING.match(head)):
            return False
        if _is_template(content) or _PARAMETERS.search(head, 0, _HEAD):
            return True
        return files.is_named_so(content.path) and (b'"parameters"' in head or bool(_PLAIN.match(head)))

    def read(self, content: Content) -> Iterator[Part]:
        """Keep a file; what cannot be read comes at once, as a gap."""
        if content.data is None:
            yield _gap(content.path, "too-large", "larger than a template may be")
            return
        if content.damage:
            yield _gap(content.path, TRUNCATED, content.damage)
        try:
            source = Source(content.data, content.path)
        except BadTemplate as error:
            place = place_of(content.data, content.path, error)
            gap = _gap(f"{place.path}:{place.line}:{place.column}", SYNTAX, f"not JSON: {error}")
            cut_off = error.cut_off and _is_template(content)
            if content.file.named or cut_off or mentions(content.data, _OURS):
                yield gap
            elif not _is_template(content):
                self._broken[content.path] = gap
            return
        if _is_template(content):
            self._templates[content.path] = source
            if content.file.named:
                self._alone[content.path] = content
        else:
            self._parameters[content.path] = source
            self._in_folder.setdefault(posixpath.dirname(content.path), []).append(content.path)
        content.note()

    def finish(self) -> Iterator[Part]:
        """Deploy everything, and say what each file held that has to do with workspaces."""
        yield from self.gather()
        for path, content in self._alone.items():
            yield from self.look_beside(path, content)
        ways = self._ways()
        for path in roots(ways):
            template = self._templates[path]
            for _, expansion in ways[path]:
                yield from self._deploy(template, expansion)
            if self._broken and any(_are_ours((template, *one.linked)) for _, one in ways[path]):
                yield from self.not_understood(path)
        for path in self._templates:
            if path in self._ours:
                yield SourceNote(kind=self.kind, path=path, hubs=self._hubs_of[path])
        for path in self._given.keys() - self._taken:
            yield _gap(path, "parameters", "no template that was read takes these parameters")

    def _ways(self) -> Ways:
        """How each template is deployed: the path of its parameters, and what comes of it."""
        links = Links((*self._templates, *self._parameters), self._linked)
        single = len(self._templates) == 1
        return {
            path: [
                (
                    None if parameters is None else parameters.path,
                    expand(template, parameters, links, self.environment),
                )
                for parameters in self.chosen(path, _declared(template), single=single) or (None,)
            ]
            for path, template in self._templates.items()
            if path not in self.elsewhere
        }

    def _deploy(self, template: Source, expansion: Expansion) -> Iterator[Gap]:
        for resource in expansion.resources:
            kind = resource.type.lower()
            if kind.startswith(WORKSPACE):
                path = resource.place.path
                self._ours.add(path)
                if kind == WORKSPACE and not resource.exists:
                    self._hubs_of[path] += 1
            self.declare(resource)
        problems = expansion.problems
        sources = (template, *expansion.linked)
        for gap in map(_told, problems if problems and _are_ours(sources) else ()):
            if gap not in self._told:
                self._told.add(gap)
                yield gap

    def _linked(self, path: str) -> Source | None:
        """The file of a path that a template links to: one that was read, or lies below a named template."""
        if self._normal is None:
            every = {**self._templates, **self._parameters}
            self._normal = {posixpath.normpath(path): source for path, source in every.items()}
        if path not in self._normal:
            folders = {posixpath.dirname(posixpath.normpath(one)): one for one in self._alone}
            for folder, one in folders.items():
                found = neighbours.below(self._alone[one].file, posixpath.relpath(path, folder or "."))
                if (
                    found is not None
                    and (source := _followed(Content(found, self._alone[one].inputs))) is not None
                ):
                    self._normal[path] = source
                    break
        return self._normal.get(path)

    def gather(self) -> Iterator[Part]:
        """Read the parameter files of the command line, once."""
        named, self._is_gathered = () if self._is_gathered else self.named, True
        for content in named:
            yield from self._named(content, self._given)

    @property
    def compiled(self) -> Iterator[str]:
        """The paths of the templates that the compiler of Bicep says to have written."""
        for path, template in self._templates.items():
            metadata = template.value.get("metadata") if isinstance(template.value, dict) else None
            generator = metadata.get("_generator") if isinstance(metadata, dict) else None
            if isinstance(generator, dict) and generator.get("name") == "bicep":
                yield path

    def may_deploy(self, path: str) -> bool:
        """Whether a template speaks of workspaces at all."""
        return self._templates[path].mentions(_OURS)

    def chosen(self, path: str, declared: set[str], *, single: bool) -> list[Source]:
        """The parameter files that a template is deployed with; none: it is deployed with its defaults.

        ``declared`` are its parameters in lower case; ``single`` tells that there is no other template.
        """
        asked = self.asked(declared, single=single)
        if asked or not self._in_folder:
            return asked
        near = self._in_folder.get(posixpath.dirname(path), [])
        if not near:
            return []
        found = files.beside(path, near) or [
            file
            for file in near
            if files.is_ordinary(file) and files.names(self._parameters[file]) <= declared
        ]
        return [self._parameters[file] for file in sorted(found)]

    def is_given(self, path: str) -> bool:
        """Whether parameter files in its folder are named after a template: it is deployed by itself."""
        near = self._in_folder.get(posixpath.dirname(path), ()) if self._in_folder else ()
        return bool(near) and bool(files.beside(path, [file for file in near if self._counts(file)]))

    def _counts(self, file: str) -> bool:
        """Whether a parameter file is of those that templates are deployed with in this scan."""
        return not self._given or file in self._given

    def not_understood(self, path: str) -> Iterator[Gap]:
        """The parameter files beside a template that cannot be understood, each once.

        They are nobody's where the command line says with what templates are deployed.
        """
        if not self._broken:
            return
        folder = posixpath.dirname(path)
        near = [file for file in self._broken if posixpath.dirname(file) == folder and not self._given]
        for file in files.beside(path, near) or filter(files.is_ordinary, near):
            yield self._broken.pop(file)

    def asked(self, declared: set[str], *, single: bool) -> list[Source]:
        """Those of the command line's parameter files that a template is deployed with."""
        given = list(self._given.values())
        if not given:
            return []
        fitting = [source for source in given if files.names(source) <= declared]
        found = fitting or (given if single else [])
        self._taken.update(source.path for source in found)
        return found

    def look_beside(self, path: str, content: Content) -> Iterator[Part]:
        """The parameter files beside a template that was named itself."""
        for other in neighbours.beside(content.file):
            fits = files.beside(path, [other.path]) or files.is_ordinary(other.path)
            if fits and other.path not in self._parameters:
                beside = Content(other, content.inputs)
                if beside.data is not None and not _is_template(beside):
                    yield from self.read(beside)

    def _named(self, content: Content, given: dict[str, Source]) -> Iterator[Part]:
        before = set(self._parameters)
        try:
            yield from self.read(content)
        except OSError as error:
            yield walk.refusal(content.path, error)
        for path in self._parameters.keys() - before | ({content.path} & self._parameters.keys()):
            given[path] = self._parameters[path]


def _is_template(content: Content) -> bool:
    head = content.head
    if _TEMPLATE.search(head, 0, _HEAD):
        return True
    if _PARAMETERS.search(head, 0, _HEAD) or b'"contentVersion"' not in head or not _BARE.search(head):
        return False
    # A template of which somebody dropped the schema is one all the same.
    return content.data is not None and mentions(content.data, _OURS)


def _followed(content: Content) -> Source | None:
    """A file that a template links to; None where it cannot be read."""
    try:
        source = None if content.data is None else Source(content.data, content.path)
    except (OSError, BadTemplate):
        return None
    content.note()
    return source


def _are_ours(sources: Sequence[Source]) -> bool:
    return any(source.mentions(_OURS) for source in sources)


def _declared(template: Source) -> set[str]:
    parameters = template.value.get("parameters") if isinstance(template.value, dict) else None
    return {name.lower() for name in parameters} if isinstance(parameters, dict) else set()


def _told(problem: Problem) -> Gap:
    place = problem.place
    return Gap(
        subject=f"{place.path}:{place.line}:{place.column}",
        reason=problem.reason,
        code=problem.code,
        detail=problem.message,
    )


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
