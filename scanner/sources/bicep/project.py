"""The Bicep files of a scan, and those that they lead to.

A file is read when another one names it, and only below the folders and files that were named: what
code says is no reason to read anything else.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from scanner.sources.arm.source import Source
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.marks import Marks
from scanner.sources.files.walk import refusal

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
    that parameters may read, with their values (None for one that is not set).
    """

    def __init__(self, roots: Iterable[str], environment: dict[str, str | None]) -> None:
        self.marks = Marks()
        self.environment = environment
        self.files: dict[str, BicepFile] = {}
        self._json: dict[str, Source] = {}
        self._roots = [_root(path) for path in roots]

    def add(self, file: BicepFile) -> BicepFile:
        """Take in a file; the one that was there already where it was."""
        return self.files.setdefault(os.path.realpath(file.location), file)

    def bicep(self, source: BicepFile, relative: str) -> BicepFile:
        """The Bicep file that another one names.  Raises `Unreadable`."""
        location = self._location(source, relative)
        known = self.files.get(location)
        if known is None:
            known = self.files[location] = BicepFile(
                shown(source, relative), location, self._read(location, relative)
            )
        return known

    def json(self, source: BicepFile, relative: str) -> Source:
        """The JSON template that a Bicep file names.  Raises `Unreadable`."""
        location = self._location(source, relative)
        known = self._json.get(location)
        if known is None:
            data = self._read(location, relative).removeprefix(b"\xef\xbb\xbf")
            try:
                known = self._json[location] = Source(data, shown(source, relative))
            except BadTemplate as error:
                raise Unreadable("module", f"'{relative}' is not JSON: {error}") from None
            self.marks.texts.append(known)
        return known

    def content(self, source: BicepFile, relative: str) -> bytes:
        """What a file holds that a Bicep file names.  Raises `Unreadable`."""
        return self._read(self._location(source, relative), relative)

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
                raise Unreadable("missing", f"'{relative}' is not there")
            with Path(location).open("rb") as opened:
                data = opened.read(LARGEST + 1)
        except OSError as error:
            raise Unreadable(
                "missing", f"'{relative}' cannot be read: {refusal(relative, error).detail}"
            ) from None
        if len(data) > LARGEST:
            raise Unreadable("too-large", f"'{relative}' is larger than {LARGEST >> 20} MiB")
        return data


def shown(source: BicepFile, relative: str) -> str:
    """The path for people of a file that another one names."""
    return posixpath.normpath(posixpath.join(source.folder, relative))


def _root(path: str) -> str:
    """The folder below which files may be read for a path that was named.

    That of a file is its own, or the working folder where it lies below it.
    """
    real = os.path.realpath(path)
    if Path(real).is_dir():
        return real
    working = os.path.realpath(os.curdir)
    return working if _lies_in(real, working) else str(Path(real).parent)


def _lies_in(location: str, root: str) -> bool:
    return location == root or location.startswith(root.rstrip(os.sep) + os.sep)
