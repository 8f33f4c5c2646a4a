"""The Bicep files of a scan, and those that they lead to.

A file is read when another one names it, and only below the folders and files that were named: what
code says is no reason to read anything else.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scanner.model import Place
from scanner.sources.arm.places import Called
from scanner.sources.arm.source import Source
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.marks import Marks
from scanner.sources.bicep.registry import Reference
from scanner.sources.files.ignored import repository
from scanner.sources.files.inputs import Inputs, digest_of
from scanner.sources.files.walk import refusal

_CONFIGURATION = "bicepconfig.json"

LARGEST = 16 << 20
"""Bytes of a Bicep file, or of one whose content is loaded."""


class Unreadable(Exception):  # noqa: N818 - what reading ends in
    """A file that another one names cannot be read.  ``code`` says what for, ``str()`` is a clause."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Project:
    """All Bicep files of a scan by where they are, read once.

    ``roots`` are the folders and files that were named, ``environment`` the variables of the environment
    that parameters may read, with their values (None for one that is not set).  ``inputs`` is told of what
    only other files name.
    """

    def __init__(
        self, roots: Iterable[str], environment: dict[str, str | None], inputs: Inputs | None = None
    ) -> None:
        self.marks = Marks()
        self.environment = environment
        self.files: dict[str, BicepFile] = {}
        self._json: dict[str, Source] = {}
        self._locations: dict[tuple[str, str], str] = {}
        self._configured: dict[str, dict[str, Any]] = {}
        every = tuple(roots)
        self._roots = [_root(path) for path in every]
        tops = (repository(os.path.realpath(path)) for path in every)
        self._repositories = {os.path.realpath(top) for top in tops if top is not None}
        self._inputs = inputs

    def add(self, file: BicepFile) -> BicepFile:
        """Take in a file; the one that was there already where it was."""
        return self.files.setdefault(file.location, file)

    def bicep(self, source: BicepFile, relative: str) -> BicepFile:
        """The Bicep file that another one names.  Raises `Unreadable`."""
        location = self._location(source, relative)
        known = self.files.get(location)
        if known is None:
            data = self._named(source, relative)
            known = self.files[location] = BicepFile(shown(source, relative), location, data)
        return known

    def json(self, source: BicepFile, relative: str) -> Source:
        """The JSON template that a Bicep file names.  Raises `Unreadable`."""
        location = self._location(source, relative)
        known = self._json.get(location)
        if known is None:
            data = self._named(source, relative).removeprefix(b"\xef\xbb\xbf")
            try:
                known = self._json[location] = Source(data, shown(source, relative))
            except BadTemplate as error:
                raise Unreadable("module", f"'{relative}' is not JSON: {error}") from None
            self.marks.texts.append((known, None))
        return known

    def restored(self, file: BicepFile, reference: Reference, place: Place) -> dict[str, Any] | None:
        """The template of a module as the Bicep CLI restored it, called at a place; None if it did not."""
        cache = self._configuration(file).get("cacheRootDirectory")
        try:
            location = reference.location(cache if isinstance(cache, str) and _is_whole(cache) else None)
            data = self._read(location, reference.name)
            source = Source(data, location)
        except (Unreadable, BadTemplate, RuntimeError, ValueError):
            return None
        called = Called(path=place.path, line=place.line, column=place.column, end_line=place.end_line)
        self.marks.texts.append((source, called))
        if self._inputs is not None:
            self._inputs.add_as("/".join(reference.segments), digest_of(data))
        return source.value if isinstance(source.value, dict) else None

    def aliases(self, file: BicepFile) -> dict[str, Any]:
        """The aliases of registries in the nearest configuration of a file."""
        found = self._configuration(file).get("moduleAliases")
        return found if isinstance(found, dict) else {}

    def _configuration(self, file: BicepFile) -> dict[str, Any]:
        """The nearest configuration of a file, below what was named."""
        folder = Path(os.path.realpath(file.location)).parent
        for each in (folder, *folder.parents):
            if not self.holds(str(each)):
                break
            found = str(each / _CONFIGURATION)
            if found not in self._configured and Path(found).is_file():
                self._configured[found] = self._object(found)
            if found in self._configured:
                return self._configured[found]
        return {}

    def _object(self, location: str) -> dict[str, Any]:
        try:
            value = Source(self._read(location, _CONFIGURATION), location).value
        except (Unreadable, BadTemplate):
            return {}
        return value if isinstance(value, dict) else {}

    def content(self, source: BicepFile, relative: str) -> bytes:
        """What a file holds that a Bicep file names.  Raises `Unreadable`."""
        return self._named(source, relative)

    def _named(self, source: BicepFile, relative: str) -> bytes:
        data = self._read(self._location(source, relative), relative)
        if self._inputs is not None:
            self._inputs.add(shown(source, relative), digest_of(data))
        return data

    def check(self, source: BicepFile, relative: str) -> None:
        """Raise `Unreadable` where a path that a Bicep file names leads out of what may be read."""
        self._location(source, relative)

    def holds(self, location: str) -> bool:
        """Whether a real path lies below what was named."""
        return any(_lies_in(location, root) for root in self._roots)

    def brought(self, location: str) -> bool:
        """Whether a real path lies in a repository that is scanned, where a stranger may have put it."""
        return any(_lies_in(location, top) for top in self._repositories)

    def _location(self, source: BicepFile, relative: str) -> str:
        asked = (source.location, relative)
        known = self._locations.get(asked)
        if known is None:
            known = self._locations[asked] = self._found(source, relative)
        return known

    def _found(self, source: BicepFile, relative: str) -> str:
        if not relative or "\0" in relative or posixpath.isabs(relative):
            raise Unreadable("module", f"'{relative}' is no relative path")
        folder = Path(os.path.realpath(source.location)).parent
        location = os.path.realpath(folder.joinpath(*relative.split("/")))
        if not self.holds(location):
            raise Unreadable("outside", f"'{relative}' leads out of what is scanned: it is not read")
        return location

    @staticmethod
    def _read(location: str, relative: str) -> bytes:
        try:
            if not Path(location).is_file():
                raise Unreadable("missing-module", f"'{relative}' is not there")
            with Path(location).open("rb") as opened:
                data = opened.read(LARGEST + 1)
        except OSError as error:
            raise Unreadable(
                "missing-module", f"'{relative}' cannot be read: {refusal(relative, error).detail}"
            ) from None
        if len(data) > LARGEST:
            raise Unreadable("too-large", f"'{relative}' is larger than {LARGEST >> 20} MiB")
        return data


def shown(source: BicepFile, relative: str) -> str:
    """The path for people of a file that another one names."""
    return posixpath.normpath(posixpath.join(source.folder, relative))


def _root(path: str) -> str:
    """The folder below which files may be read for a path that was named: its repository.

    Outside of any it is the path itself, for a file its folder, or the working folder if it lies below that.
    """
    real = os.path.realpath(path)
    found = repository(real)
    if found is not None or Path(real).is_dir():
        return os.path.realpath(found or real)
    working = os.path.realpath(os.curdir)
    return working if _lies_in(real, working) else str(Path(real).parent)


def _is_whole(folder: str) -> bool:
    """Whether a folder is named from the root of the system, or from a user's: as the compiler takes it."""
    return folder.startswith("~") or Path(folder).is_absolute()


def _lies_in(location: str, root: str) -> bool:
    return location == root or location.startswith(root.rstrip(os.sep) + os.sep)
