"""The folders of a scan, and the modules that they call: read when somebody asks for them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model import Gap
from scanner.sources.code.terraform import folder as folders
from scanner.sources.code.terraform.folder import CONFIGURATION, Folder
from scanner.sources.files.ignored import repository
from scanner.sources.hcl.syntax import Block, Literal
from scanner.sources.parts import SYNTAX

LARGEST = 16 << 20
MOST_FILES = 1_000
"""Bytes of one file, and files of one folder, that are read."""

_HUBS = re.compile(
    rb"azurerm_ai_foundry|azurerm_machine_learning|MachineLearningServices/workspaces|machinelearningservices",
    re.IGNORECASE,
)
_RESOURCES = re.compile(rb"\bresource\b[\"\s]+(?:azurerm|azapi)_|\"(?:azurerm|azapi)_")
_SOURCE = re.compile(rb"\bsource\"?\s*[=:]\s*\"(\.\.?/[^\"\n]*|\.\.?)\"")


@dataclass(slots=True)
class _Files:
    """The files of one folder as they were read: bytes by name; ``path`` is the folder for people."""

    path: str
    data: dict[str, bytes] = field(default_factory=dict)

    def mention(self, words: re.Pattern[bytes]) -> bool:
        """Whether a pattern is found in any of them."""
        return any(words.search(data) for data in self.data.values())


class Library:
    """The folders that were met, by their absolute location."""

    def __init__(self) -> None:
        self._files: dict[str, _Files] = {}
        self._folders: dict[str, Folder] = {}
        self._gaps: dict[Gap, None] = {}

    def add(self, location: str, path: str, data: bytes) -> None:
        """Keep a file of a scan."""
        files = self._files.setdefault(location, _Files(posixpath.dirname(path)))
        files.data[posixpath.basename(path)] = data

    def mentions_hubs(self) -> bool:
        """Whether any file speaks of hubs, in its own words or a module's name."""
        return any(files.mention(_HUBS) for files in self._files.values())

    def roots(self) -> Iterator[Folder]:
        """The folders that no other folder calls, as far as they hold anything that may belong to a hub."""
        called = {
            target for location in self._files for target in self._calls(location) if target != location
        }
        reached: set[str] = set()
        for location in self._files:
            if location not in called and not _is_cache(location):
                yield from self._root(location, reached)
        # What is called in a circle has no root: any of it stands for all.
        for location in self._files:
            if location not in reached and not _is_cache(location):
                yield from self._root(location, reached)

    def module(self, folder: Folder, call: Block, path: tuple[str, ...]) -> Folder | None:
        """The folder of a module that a block calls; None where it is not at hand."""
        source = call.body.attributes.get("source")
        named = source.value.value if source and isinstance(source.value, Literal) else None
        place = call.source.place(source.at if source else call.at)
        where = f"{place.path}:{place.line}:{place.column}"
        if not isinstance(named, str) or not _is_local(named):
            return None
        location = os.path.normpath(os.path.join(folder.location, named))  # noqa: PTH118
        if location in path:
            self._tell(where, "module-cycle", f"the module '{named}' calls itself, over others perhaps")
            return None
        if not self.may_read(location):
            self._tell(where, "outside", f"the module '{named}' lies outside of what may be read")
            return None
        shown = posixpath.normpath(posixpath.join(folder.path, named))
        found = self._folder(location, shown)
        if found is None:
            self._tell(where, "missing-module", f"there is no module '{named}'")
        return found

    def may_read(self, location: str) -> bool:
        """Whether a file lies inside the repository, or in a folder of the scan."""
        real = os.path.realpath(location)
        for known in self._files:
            root = repository(known) or known
            if _inside(real, os.path.realpath(root)):
                return True
        return False

    def gaps(self) -> Iterator[Gap]:
        """What could not be read, once each."""
        for folder in self._folders.values():
            for flaw in folder.flaws:
                place = flaw.place
                self._tell(f"{place.path}:{place.line}:{place.column}", SYNTAX, flaw.message)
        yield from self._gaps

    def _tell(self, where: str, code: str, detail: str) -> None:
        self._gaps[Gap(subject=where, reason="failed", code=code, detail=detail)] = None

    def _root(self, location: str, reached: set[str]) -> Iterator[Folder]:
        closure = self._closure(location)
        reached |= closure
        if any(self._files[one].mention(_RESOURCES) for one in closure if one in self._files):
            found = self._folder(location, self._files[location].path)
            if found is not None:
                yield found

    def _closure(self, location: str) -> set[str]:
        """A folder, and those of the scan that it calls, over others too."""
        found: set[str] = set()
        waiting = [location]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._calls(one)
        return found

    def _calls(self, location: str) -> list[str]:
        files = self._files.get(location)
        if files is None:
            return []
        sources = {match[1] for data in files.data.values() for match in _SOURCE.finditer(data)}
        return sorted(
            os.path.normpath(os.path.join(location, os.fsdecode(source)))  # noqa: PTH118
            for source in sources
        )

    def _folder(self, location: str, shown: str) -> Folder | None:
        if location not in self._folders:
            files = self._files.get(location) or _read(location, shown)
            texts = {name: data.decode("utf-8-sig", "replace") for name, data in files.data.items()}
            if not any(name.endswith(CONFIGURATION) for name in texts):
                return None
            self._folders[location] = folders.read(files.path, location, texts)
        return self._folders[location]


def _read(location: str, shown: str) -> _Files:
    """The configuration in a folder that is not part of the scan."""
    files = _Files(shown)
    try:
        with os.scandir(location) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
        for name in [name for name in names if name.endswith(CONFIGURATION)][:MOST_FILES]:
            with open(os.path.join(location, name), "rb") as opened:  # noqa: PTH118, PTH123
                files.data[name] = opened.read(LARGEST)
    except (OSError, ValueError):
        return files
    return files


def _is_local(source: str) -> bool:
    return source in (".", "..") or source.startswith(("./", "../"))


def _is_cache(location: str) -> bool:
    """Whether a folder lies where Terraform keeps what it fetched."""
    return f"{os.sep}.terraform{os.sep}" in f"{location}{os.sep}"


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
