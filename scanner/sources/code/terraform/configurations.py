"""Reads folders of Terraform's configuration into resources.

A folder that no other one calls is a root, and is deployed by itself; a folder that is called as a module
is judged as its callers deploy it.  Which folders have to do with hubs is told by the words in them, so
that an estate without any costs no more than its reading.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model import Gap, SourceNote
from scanner.sources.arm.errors import Spent
from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Resource
from scanner.sources.code.terraform import terragrunt
from scanner.sources.code.terraform.configured import Configured
from scanner.sources.code.terraform.declared import AZAPI, arm_type
from scanner.sources.code.terraform.endings import CONFIGURATION
from scanner.sources.code.terraform.folder import VALUES, Folder
from scanner.sources.code.terraform.given import from_environment, values_in
from scanner.sources.code.terraform.library import Library, flaw_gap
from scanner.sources.code.terraform.module import Module
from scanner.sources.code.terraform.resources import Maker
from scanner.sources.code.terraform.templates import files
from scanner.sources.files import neighbours
from scanner.sources.files.content import Content
from scanner.sources.hcl.scope import Env, Run
from scanner.sources.hcl.syntax import Attribute
from scanner.sources.parts import Part
from scanner.values import Unknown

LARGEST = 16 << 20
"""Bytes of the largest file that is read."""


def _nothing(_: str) -> None:
    """Nobody asks."""


@dataclass(slots=True)
class Configurations:
    """Gathers the files of configuration of one scan.

    ``planned`` tells of a folder whether a plan of it was read, so that its hubs are judged by that.
    ``named`` are files with values of variables from the command line, ``environment`` the variables of
    the environment that may be read.  ``deploys`` is told the path of each template that is deployed.
    """

    declare: Callable[[Resource], None]
    planned: Callable[[Folder], bool]
    named: Sequence[Content] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    deploys: Callable[[str], None] = _nothing
    kind: str = "terraform"
    _library: Library = field(default_factory=Library)
    _values: dict[str, Folder] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _units: list[terragrunt.Unit] = field(default_factory=list)

    def recognises(self, content: Content) -> bool:
        """Whether a file is one of configuration, or of values of its variables."""
        return content.path.endswith((*CONFIGURATION, *VALUES)) or _is_unit(content)

    def read(self, content: Content) -> Iterator[Part]:
        """Keep a file; one that was named stands for its folder."""
        yield from self._keep(content)
        if content.file.named:
            for other in neighbours.beside(content.file):
                if self.recognises(Content(other)):
                    yield from self._keep(Content(other, content.inputs))

    def finish(self) -> Iterator[Part]:
        """Deploy every root, and say what each held that has to do with workspaces."""
        library = self._library
        if library.mentions_hubs():
            for folder in library.roots(unit.target for unit in self._units):
                if not self.planned(folder):
                    yield from self._deploy(folder)
            yield from library.gaps()
        yield from self._untaken()

    def _keep(self, content: Content) -> Iterator[Gap]:
        data = content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        location = os.path.abspath(content.file.location)  # noqa: PTH100 - kept as it was written
        folder = os.path.dirname(location)  # noqa: PTH120
        if _is_unit(content):
            self._units.append(terragrunt.read(content.path, folder, data))
        else:
            self._library.add(folder, content.path, data)
            for path in files(data, content.path):
                self.deploys(path)
        content.note()

    def _deploy(self, folder: Folder) -> Iterator[Part]:
        run = Run()
        wrapped = terragrunt.given(self._units, folder)
        root = Module(
            folder, run, self._library, given=self._given(folder, wrapped.inputs), outside=wrapped.unknown
        )
        hubs = 0
        try:
            state = Configured(root)
            maker = Maker(state, deployment=folder.path or ".")
            found = list(maker.resources())
        except Spent:
            yield _gap(
                folder.path or ".", "too-much", "evaluating it takes more work than any configuration needs"
            )
            return
        yield from dict.fromkeys((*_of_open_type(state), *maker.gaps))
        for resource in found:
            hubs += resource.type.lower() == WORKSPACE and not resource.exists
            self.declare(resource)
        if any(resource.type.lower().startswith(WORKSPACE) for resource in found):
            yield SourceNote(kind=self.kind, path=folder.path or ".", hubs=hubs)

    def _given(
        self, folder: Folder, inputs: Mapping[str, Attribute]
    ) -> dict[str, tuple[Attribute, Env | None]]:
        """What the variables of a root are given; what the command line names counts most."""
        given = {**from_environment(folder, self.environment), **inputs, **folder.given}
        for path, file in self._from_command_line().items():
            if folder.variables.keys() & file.given.keys():
                self._taken.add(path)
                given |= file.given
        return {name: (attribute, None) for name, attribute in given.items()}

    def _from_command_line(self) -> dict[str, Folder]:
        """The files with values that were named, by their paths; each is read once."""
        for content in self.named:
            if content.path not in self._values:
                self._values[content.path] = values_in(content.path, content.read(LARGEST) or b"")
        return self._values

    def _untaken(self) -> Iterator[Gap]:
        for path, file in self._from_command_line().items():
            yield from map(flaw_gap, file.flaws)
            if path not in self._taken and not file.flaws:
                yield _gap(
                    path, "parameters", "no configuration that was read declares any of these variables"
                )


def _is_unit(content: Content) -> bool:
    return posixpath.basename(content.path) in terragrunt.NAMES


def _of_open_type(state: Configured) -> Iterator[Gap]:
    """The gaps of azapi resources that may be hubs, since nobody can tell what they are."""
    for instance in state.instances:
        kind = state.known(instance).get("type")
        if instance.type in AZAPI and isinstance(kind, Unknown) and arm_type(kind) is None:
            place, _ = state.where(instance, ("type",))
            yield Gap(
                subject=f"{place.path}:{place.line}:{place.column}",
                reason="unresolved",
                code="open-type",
                detail=f"the type of {instance.type} is not known, so it may be a hub: {kind.reason}",
            )


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
