"""Asks the Bicep compiler what a file comes to, where it is there and may be asked.

It is a program of this machine that is given files of strangers.  So it gets an environment of its own, no
way to the network, a bound of time and output, and nothing that would lead out of what is scanned
(`trust`).  A program that lies in a repository that is scanned is never run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from scanner.errors import UsageError
from scanner.model import Place
from scanner.sources.bicep.compiled import ALWAYS, NEVER, process, trust
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.project import Project

SECONDS = 120
"""How long one file may take: the largest of real ones take some, and ten times that on a busy machine."""

MOST = 32 << 20
"""Bytes of a template: Azure takes 4 MB, which the compiler writes with spaces."""

_LONGEST = 300
_OPTION = "--bicep-build"
_ERROR = re.compile(
    r"^(?:ERROR: )?(?P<path>.+?)\((?P<line>\d+),(?P<column>\d+)\) : Error "
    r"(?P<text>[^\r\n]*?)(?: \[https?:[^\]]*\])?\r?$",
    re.MULTILINE,
)
_KEPT = (
    *("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT", "SYSTEMDRIVE", "AZURE_CONFIG_DIR"),
    *("TMPDIR", "TEMP", "TMP", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR"),
)
"""Variables of the environment that the compiler needs; no token or setting of a pipeline is among them."""

_NOWHERE = "http://127.0.0.1:9"
_SET = {
    "LC_ALL": "C.UTF-8",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "AZURE_BICEP_CHECK_VERSION": "False",
    "AZURE_CORE_COLLECT_TELEMETRY": "False",
    "HTTP_PROXY": _NOWHERE,
    "HTTPS_PROXY": _NOWHERE,
    "ALL_PROXY": _NOWHERE,
    "NO_PROXY": "",
}


class NotBuilt(Exception):  # noqa: N818 - what building ends in
    """A file was not compiled.  ``str()`` is a clause that says why, ``place`` where the compiler says it."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Output:
    """What the compiler wrote: a template, and for a file of parameters those, too, as JSON."""

    template: bytes
    parameters: bytes | None = None


@dataclass(slots=True)
class Compiler:
    """The compiler, asked once for each file.  ``wish`` is one of `WISHES`."""

    project: Project
    wish: str = NEVER
    _outputs: dict[str, Output | NotBuilt] = field(default_factory=dict)
    _command: tuple[str, ...] | None = None
    _broken: NotBuilt | None = None

    def build(self, file: BicepFile) -> Output:
        """What a file is compiled to.  Raises `NotBuilt`; `UsageError` where it must be and nothing can."""
        known = self._outputs.get(file.location)
        if known is None:
            try:
                known = self._built(file)
            except NotBuilt as error:
                known = error
            self._outputs[file.location] = known
        if isinstance(known, NotBuilt):
            raise known
        return known

    def _built(self, file: BicepFile) -> Output:
        command = self._found()
        if self._broken is not None:
            raise self._broken
        why = trust.doubt(self.project, file)
        if why is not None:
            raise NotBuilt(why)
        verb = "build-params" if file.is_parameters else "build"
        name = ("--file", file.location) if len(command) > 1 else (file.location,)
        try:
            done = process.run(
                (*command, verb, *name, "--stdout", "--no-restore"),
                self._environment(command[0]),
                SECONDS,
                MOST,
            )
        except process.NotDone as error:
            self._broken = NotBuilt(f"'{' '.join((Path(command[0]).name, *command[1:]))}' {error}")
            raise self._broken from None
        if done.code:
            raise self._refused(file, done.err.decode("utf-8", "replace"))
        return _output(done.out, of_parameters=file.is_parameters)

    def _refused(self, file: BicepFile, told: str) -> NotBuilt:
        """What the compiler says to be wrong; where it is nothing in a file, it is not asked again."""
        error = _ERROR.search(told)
        if error is None:
            line = next((line.strip() for line in told.splitlines() if line.strip()), "it says nothing")
            self._broken = NotBuilt(f"the compiler fails: {_plain(line)}")
            return self._broken
        text = _plain(error["text"])
        known = self.project.files.get(os.path.realpath(error["path"]), file)
        number = int(error["line"])
        place = Place(path=known.path, line=number, column=int(error["column"]), end_line=number)
        return NotBuilt(f"the compiler refuses it: {text}", place)

    def _found(self) -> tuple[str, ...]:
        """How the compiler is called."""
        if self._command is None:
            self._command = self._program("bicep") or self._of_azure_cli()
        if not self._command:
            if self.wish == ALWAYS:
                raise UsageError(f"{_OPTION} {ALWAYS}: neither 'bicep' nor 'az' is on the PATH")
            raise NotBuilt("neither 'bicep' nor 'az' is on the PATH")
        return self._command

    def _of_azure_cli(self) -> tuple[str, ...]:
        """The compiler that the Azure CLI brought; called by itself where it is seen, which is faster."""
        found = self._program("az")
        if not found:
            return ()
        home = os.environ.get("AZURE_CONFIG_DIR") or str(Path.home() / ".azure")
        brought = self._program("bicep", str(Path(home, "bin")))
        return brought or (*found, "bicep")

    def _program(self, name: str, path: str | None = None) -> tuple[str, ...]:
        """A program on the PATH, by its whole path.

        A folder that is not named as a whole, or one of a repository that is scanned, may hold the program of
        a stranger; and what a script of Windows is given, it may take for commands.
        """
        every = os.environ.get("PATH", os.defpath) if path is None else path
        for folder in filter(os.path.isabs, every.split(os.pathsep)):
            found = shutil.which(name, path=folder)
            if found is None or found.lower().endswith((".cmd", ".bat")):
                continue
            if Path(found).is_absolute() and not self.project.brought(os.path.realpath(found)):
                return (found,)
        return ()

    def _environment(self, program: str) -> Mapping[str, str]:
        """All that the compiler is told: what it needs, and what parameters may read."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        told = {name: value for name, value in self.project.environment.items() if value is not None}
        folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))
        safe = [folder for folder in folders if not self.project.brought(os.path.realpath(folder))]
        path = os.pathsep.join([str(Path(program).parent), *safe])
        return {**told, **kept, **_SET, "PATH": path}


def _plain(text: str) -> str:
    """What a program said, as one short line without anything that a terminal obeys."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:_LONGEST])


def _output(data: bytes, *, of_parameters: bool) -> Output:
    if not of_parameters:
        _template(data)
        return Output(data)
    try:
        value: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = None
    template = value.get("templateJson") if isinstance(value, dict) else None
    parameters = value.get("parametersJson") if isinstance(value, dict) else None
    if not isinstance(template, str) or not isinstance(parameters, str):
        raise NotBuilt("the compiler writes no template for these parameters")
    found = Output(template.encode(), parameters.encode())
    _template(found.template)
    return found


def _template(data: bytes) -> None:
    try:
        value: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = None
    if not (isinstance(value, dict) and isinstance(value.get("resources"), (dict, list))):
        raise NotBuilt("what the compiler writes is no template")
