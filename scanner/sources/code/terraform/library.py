"""The folders of a scan, and the modules that they call: read when somebody asks for them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.model import Gap, Place
from scanner.sources.code.terraform import folder as folders
from scanner.sources.code.terraform import published, remote
from scanner.sources.code.terraform.endings import CONFIGURATION
from scanner.sources.code.terraform.folder import Flaw, Folder
from scanner.sources.code.terraform.shelf import Call
from scanner.sources.code.terraform.templates import DEPLOYMENTS
from scanner.sources.files.ignored import repository
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import Block, Literal
from scanner.sources.parts import SYNTAX

LARGEST = 16 << 20
MOST_FILES = 1_000
"""Bytes of one file, and files of one folder, that are read."""

_HUBS = (b"azurerm_ai_foundry", b"azurerm_machine_learning", b"machinelearningservices", *DEPLOYMENTS)
_RELEVANT = re.compile(rb"\"(?:azurerm|azapi)_|\bmodule\b")
_SOURCE = re.compile(rb"\bsource\"?\s*[=:]\s*\"(\.\.?/[^\"\n]*|\.\.?)\"")

_ANY_SOURCE = re.compile(rb"\bsource\"?\s*[=:]\s*\"([^\"\n]+)\"")


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
        self._roots: set[str] = set()
        self._called: dict[str, list[str]] = {}
        self._outside: dict[str, _Files] = {}
        self._speaking: dict[str, bool] = {}
        self._folders: dict[str, Folder] = {}
        self._manifests: dict[str, dict[str, remote.Entry]] = {}
        self._gaps: dict[Gap, None] = {}

    def add(self, location: str, path: str, data: bytes) -> None:
        """Keep a file of a scan."""
        files = self._files.setdefault(location, _Files(posixpath.dirname(path)))
        files.data[posixpath.basename(path)] = data

    def mentions_hubs(self) -> bool:
        """Whether any file speaks of hubs, in its own words or a module's name."""
        every = {one for known in list(self._files) for one in self._closure(known)}
        return any(map(self._speaks, every))

    def roots(self, also: Iterable[str | None]) -> Iterator[Folder]:
        """The folders that no other folder calls, as far as they hold anything that may belong to a hub.

        ``also`` are the locations of folders that are deployed by themselves in any case.
        """
        callers: dict[str, list[str]] = {}
        for location in self._files:
            for target in self._calls(location):
                if target != location:
                    callers.setdefault(target, []).append(location)
        called = {target for target in callers if self._is_called(target, callers[target])}.difference(also)
        reached: set[str] = set()
        for location in self._files:
            if location not in called and not _is_cache(location):
                yield from self._root(location, reached)
        # What is called in a circle has no root: any of it stands for all.
        for location in self._files:
            if location not in reached and not _is_cache(location):
                yield from self._root(location, reached)

    def module(self, call: Call) -> Folder | None:
        """The folder of a module that a block calls; None where it is not at hand."""
        source = _literal(call.block, "source")
        if source is None:
            return None
        return self._local(call, source) if remote.is_local(source) else self._fetched(call, source)

    def _local(self, call: Call, source: str) -> Folder | None:
        location = os.path.normpath(os.path.join(call.folder.location, source))  # noqa: PTH118
        if location in call.ancestors:
            self._tell(call, "module-cycle", f"the module '{source}' calls itself, over others perhaps")
            return None
        if not self.may_read(location):
            self._tell(call, "outside", f"the module '{source}' lies outside of what may be read")
            return None
        found = self._folder(location, posixpath.normpath(posixpath.join(call.folder.path, source)))
        if found is None:
            self._tell(call, "missing-module", f"there is no module '{source}'")
        return found

    def _fetched(self, call: Call, source: str) -> Folder | None:
        """A module of a registry or a repository: as Terraform fetched it, or what is known of it."""
        entry = self._fetched_by(call.root).get(call.key)
        if entry is not None:
            location = os.path.normpath(os.path.join(call.root, entry.folder))  # noqa: PTH118
            shown = posixpath.normpath(posixpath.join(call.root_path, entry.folder.replace(os.sep, "/")))
            if self.may_read(location) and location not in call.ancestors:
                found = self._folder(location, shown)
                if found is not None:
                    return found
        version = (
            (entry.version if entry else None) or _literal(call.block, "version") or remote.reference(source)
        )
        known = published.module(source, version, call.place)
        if known is not None:
            return known
        if remote.may_hold_hubs(source) or _makes_a_network(call.block):
            detail = f"the module '{source}' may make a hub, and is not at hand: 'terraform init' fetches it"
            self._gaps.setdefault(
                Gap(subject=source, reason="unresolved", code="module-not-at-hand", detail=detail)
            )
        return None

    def _fetched_by(self, root: str) -> dict[str, remote.Entry]:
        if root not in self._manifests:
            self._manifests[root] = remote.manifest(root)
        return self._manifests[root]

    def may_read(self, location: str) -> bool:
        """Whether a file lies inside the repository, or in a folder of the scan."""
        if not self._roots:
            self._roots = {os.path.realpath(repository(known) or known) for known in self._files}
        try:
            real = os.path.realpath(location)
        except ValueError:
            return False
        return real in self._roots or any(_inside(real, root) for root in self._roots)

    def gaps(self) -> Iterator[Gap]:
        """What could not be read, once each."""
        for folder in self._folders.values():
            for flaw in folder.flaws:
                self._gaps[flaw_gap(flaw)] = None
        yield from self._gaps

    def _tell(self, call: Call, code: str, detail: str) -> None:
        self._gaps[_gap(call.place, code, detail)] = None

    def _is_called(self, target: str, callers: list[str]) -> bool:
        """Whether folders whose words name another one call it as a module, if it may hold a hub.

        Such words may be a comment, or name a file for something else.
        """
        return not any(map(self._speaks, self._closure(target))) or any(
            self._calls_it(caller, target) for caller in callers
        )

    def _speaks(self, location: str) -> bool:
        if location not in self._speaking:
            self._speaking[location] = any(map(_speaks_of_hubs, self._known(location).data.values()))
        return self._speaking[location]

    def _calls_it(self, caller: str, target: str) -> bool:
        """Whether a module block of a folder names another one; one that is not understood may hold it."""
        folder = self._folder(caller, self._files[caller].path)
        if folder is None or folder.flaws:
            return True
        sources = (_literal(block, "source") or "" for block in folder.calls.values())
        return any(
            remote.is_local(source) and os.path.normpath(os.path.join(caller, source)) == target  # noqa: PTH118
            for source in sources
        )

    def _root(self, location: str, reached: set[str]) -> Iterator[Folder]:
        closure = self._closure(location)
        reached |= closure
        if any(self._known(one).mention(_RELEVANT) for one in closure):
            found = self._folder(location, self._files[location].path)
            if found is not None:
                yield found

    def _known(self, location: str) -> _Files:
        """The files of a folder: of the scan, or read from where a module lies that it calls."""
        files = self._files.get(location) or self._outside.get(location)
        if files is None:
            files = self._outside[location] = _read(location) if self.may_read(location) else _Files("")
        return files

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
        """The locations of the local modules that a folder calls, as far as its words tell."""
        if location not in self._called:
            texts = [data for data in self._known(location).data.values() if b"source" in data]
            sources = {match[1] for data in texts for match in _SOURCE.finditer(data)}
            self._called[location] = sorted(
                os.path.normpath(os.path.join(location, os.fsdecode(source)))  # noqa: PTH118
                for source in sources
            )
        return self._called[location]

    def _folder(self, location: str, shown: str) -> Folder | None:
        if location not in self._folders:
            files = self._known(location)
            files.path = files.path or shown
            sources = {name: _source(files.path, name, data) for name, data in files.data.items()}
            if not any(name.endswith(CONFIGURATION) for name in sources):
                return None
            self._folders[location] = folders.read(files.path, location, sources)
        return self._folders[location]


def _read(location: str) -> _Files:
    """The configuration in a folder that is not part of the scan."""
    files = _Files("")
    try:
        with os.scandir(location) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
        for name in [name for name in names if name.endswith(CONFIGURATION)][:MOST_FILES]:
            with open(os.path.join(location, name), "rb") as opened:  # noqa: PTH118, PTH123
                files.data[name] = opened.read(LARGEST)
    except (OSError, ValueError):
        return files
    return files


def _speaks_of_hubs(data: bytes) -> bool:
    lower = data.lower()
    if any(word in lower for word in _HUBS) or (b"source" in data and remote.ARGUMENTS.search(data)):
        return True
    sources = (match[1].decode("utf-8", "replace") for match in _ANY_SOURCE.finditer(data))
    return any(map(remote.may_hold_hubs, sources))


def _source(folder: str, name: str, data: bytes) -> Source:
    return Source(data.decode("utf-8-sig", "replace"), f"{folder}/{name}" if folder else name)


def _literal(block: Block, name: str) -> str | None:
    """What an attribute says in so many words."""
    attribute = block.body.attributes.get(name)
    value = attribute.value.value if attribute and isinstance(attribute.value, Literal) else None
    return value if isinstance(value, str) else None


def _makes_a_network(block: Block) -> bool:
    """Whether a module is told what only a hub's network has."""
    return remote.ARGUMENTS.search(block.source.text[block.at : block.end].encode()) is not None


def flaw_gap(flaw: Flaw) -> Gap:
    """The gap of something in a file that cannot be understood."""
    return _gap(flaw.place, SYNTAX, flaw.message)


def _gap(place: Place, code: str, detail: str) -> Gap:
    return Gap(subject=f"{place.path}:{place.line}:{place.column}", reason="failed", code=code, detail=detail)


def _is_cache(location: str) -> bool:
    """Whether a folder lies where Terraform keeps what it fetched."""
    return f"{os.sep}.terraform{os.sep}" in f"{location}{os.sep}"


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
