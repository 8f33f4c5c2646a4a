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
        self._aliases: dict[str, dict[str, Any]] = {}
        self._roots = [_root(path) for path in roots]
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

    def restored(self, reference: Reference, place: Place) -> dict[str, Any] | None:
        """The template of a module as the Bicep CLI restored it, called at a place; None if it did not."""
        try:
            data = self._read(reference.location, reference.name)
            source = Source(data, reference.location)
        except (Unreadable, BadTemplate):
            return None
        called = Called(path=place.path, line=place.line, column=place.column, end_line=place.end_line)
        self.marks.texts.append((source, called))
        if self._inputs is not None:
            self._inputs.add_as("/".join(reference.segments), digest_of(data))
        return source.value if isinstance(source.value, dict) else None

    def aliases(self, file: BicepFile) -> dict[str, Any]:
        """The aliases of registries in the nearest configuration of a file."""
        folder = Path(os.path.realpath(file.location)).parent
        for each in (folder, *folder.parents):
            if not any(_lies_in(str(each), root) for root in self._roots):
                break
            found = str(each / _CONFIGURATION)
            if found not in self._aliases and Path(found).is_file():
                self._aliases[found] = self._configured(found)
            if found in self._aliases:
                return self._aliases[found]
        return {}

    def _configured(self, location: str) -> dict[str, Any]:
        try:
            value = Source(self._read(location, _CONFIGURATION), location).value
        except (Unreadable, BadTemplate):
            return {}
        found = value.get("moduleAliases") if isinstance(value, dict) else None
        return found if isinstance(found, dict) else {}

    def content(self, source: BicepFile, relative: str) -> bytes:
        """What a file holds that a Bicep file names.  Raises `Unreadable`."""
        return self._named(source, relative)

    def _named(self, source: BicepFile, relative: str) -> bytes:
        data = self._read(self._location(source, relative), relative)
        if self._inputs is not None:
            self._inputs.add(shown(source, relative), digest_of(data))
        return data

    def _location(self, source: BicepFile, relative: str) -> str:
        if not relative or "\0" in relative or posixpath.isabs(relative):
            raise Unreadable("module", f"'{relative}' is no relative path")
        folder = Path(os.path.realpath(source.location)).parent
        location = os.path.realpath(folder.joinpath(*relative.split("/")))
        if not any(_lies_in(location, root) for root in self._roots):
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


def _lies_in(location: str, root: str) -> bool:
    return location == root or location.startswith(root.rstrip(os.sep) + os.sep)
