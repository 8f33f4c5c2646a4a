"""What a git repository holds at a ref, read without touching its work tree, index or configuration.

The repository may be hostile: git runs with none of its hooks, filters, monitors or transports, no
shell is involved, blobs are read as they are stored, and symbolic links and submodules are left out.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import UsageError
from scanner.revisions import git
from scanner.sources.files.ignored import NAME as IGNORING
from scanner.sources.files.ignored import repository

__all__ = ["Revision", "find", "names_ref", "root_of"]

CODE = (
    *(".bicep", ".bicepparam", ".tf", ".tofu", ".tfvars", ".json", ".jsonc", ".yml", ".yaml"),
    *(".hcl", ".gitignore"),
)
"""What is unpacked wherever it lies: a path that is scanned may use code beside it."""

_MOST_FILES = 200_000
_MOST_BYTES = 2 << 30
_LARGEST_BESIDE = 16 << 20
"""Bytes of a file outside of the paths: nobody writes a longer one."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit: ``name`` is what it was called, ``root`` the folder of its repository."""

    root: str
    name: str
    commit: str

    def inside(self, path: str) -> str:
        """A path as it is seen from the root, with slashes; raises `UsageError` where it is outside."""
        relative = os.path.relpath(os.path.abspath(path), self.root).replace(os.sep, "/")  # noqa: PTH100
        if relative == ".." or relative.startswith("../") or os.path.isabs(relative):  # noqa: PTH117
            raise UsageError(f"{path}: is not in the repository {self.root}, whose {self.name} it is read of")
        return relative

    def holds(self, path: str) -> bool:
        """Whether a path lies in the repository, be it there or not."""
        try:
            self.inside(path)
        except UsageError:
            return False
        return True

    def text(self, path: str) -> bytes | None:
        """A file of the commit by its path from the root; None where there is none."""
        entries = [entry for entry in git.tree(self.root, self.commit, [path]) if entry.path == path]
        found = [b"".join(pieces) for _, pieces in git.blobs(self.root, entries)]
        return found[0] if found else None

    @contextlib.contextmanager
    def entered(self, paths: Sequence[str], suffixes: Sequence[str] = CODE) -> Iterator[None]:
        """A copy of the commit as working directory, so that relative paths lead to what they led to then.

        ``paths`` are copied whole, of the rest only files of some suffixes.  The copy is private, and goes
        with the context.
        """
        with tempfile.TemporaryDirectory(prefix="hubscan-") as folder:
            self._unpack(folder, [self.inside(path) for path in paths], tuple(suffixes))
            working = os.path.join(folder, self._working() or "")  # noqa: PTH118
            os.makedirs(working, exist_ok=True)  # noqa: PTH103
            with contextlib.chdir(working):
                yield

    def relative(self, path: str) -> str:
        """What leads to a path from the working directory of `entered`."""
        inside, working = self.inside(path), self._working()
        is_same = working is not None and not os.path.isabs(path)  # noqa: PTH117
        return path if is_same else posixpath.relpath(inside, working or ".")

    def _working(self) -> str | None:
        """The working directory as it is seen from the root; None where it is outside."""
        here = os.path.relpath(Path.cwd(), self.root).replace(os.sep, "/")
        return None if here.startswith("..") or os.path.isabs(here) else here  # noqa: PTH117

    def _unpack(self, folder: str, prefixes: Sequence[str], suffixes: tuple[str, ...]) -> None:
        os.mkdir(os.path.join(folder, ".git"))  # noqa: PTH102, PTH118 - marks the root
        wanted = [
            entry for entry in git.tree(self.root, self.commit) if _is_wanted(entry, prefixes, suffixes)
        ]
        size = sum(entry.size for entry in wanted)
        if len(wanted) > _MOST_FILES or size > _MOST_BYTES:
            told = f"{len(wanted)} files, {size >> 20} MiB"
            raise UsageError(f"{self.name}: too much to read at once ({told}): name a smaller PATH")
        for entry, pieces in git.blobs(self.root, wanted):
            _write(folder, entry.path, pieces)
            for _ in pieces:
                pass


def find(name: str, path: str, option: str, *, or_path: bool = False) -> Revision:
    """The commit that a ref names in the repository of a path; ``option`` is where the ref was given.

    Raises `UsageError`, with what to do about it, where there is none; ``or_path`` says that it could have
    been a path as well.
    """
    root = root_of(path)
    also = "no such file or folder, and " if or_path else ""
    if not _is_name(name):
        shown = name if name.isprintable() else repr(name)
        raise UsageError(f"{option} {shown}: no name of a git ref")
    if root is None:
        raise UsageError(f"{option} {name}: {also}{path} is in no git repository")
    commit = git.commit(root, name, option)
    if commit is None:
        raise UsageError(f"{option} {name}: {also}no such ref in {root}{_hint(root, name)}")
    return Revision(root=root, name=name, commit=commit)


def _is_name(name: str) -> bool:
    """Whether git may be asked for it: no option, and nothing that would break a line."""
    return bool(name.strip()) and not name.startswith("-") and name.isprintable()


def names_ref(name: str, path: str) -> bool:
    """Whether a name is also that of a ref, in the repository of a path."""
    root = root_of(path)
    if root is None or not _is_name(name):
        return False
    try:
        return git.commit(root, name, "") is not None
    except UsageError:
        return False


def root_of(path: str) -> str | None:
    """The root of the repository that a path is in; None where it is in none."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - links are not followed: the path is compared with others
    return repository(absolute if os.path.isdir(absolute) else os.path.dirname(absolute))  # noqa: PTH112, PTH120


_LIST = " (git branch --all lists what there is)"


def _hint(root: str, name: str) -> str:
    """What to fetch, where the history is cut off."""
    remote, _, branch = name.partition("/")
    is_tracked = remote == "origin" and bool(branch)
    what = f"{branch}:refs/remotes/origin/{branch}" if is_tracked else name
    if git.is_shallow(root):
        fetch = "--deepen=10" if any(sign in name for sign in "~^@") else f"--depth=1 origin {what}"
        return f" (the clone is shallow: git fetch {fetch}, or fetch-depth: 0 in actions/checkout)"
    return f" (perhaps it was never fetched: git fetch origin {what})" if is_tracked else _LIST


def _is_wanted(entry: git.Entry, prefixes: Sequence[str], suffixes: tuple[str, ...]) -> bool:
    """Whether a file is copied; never one whose path could lead out of the copy."""
    parts = entry.path.split("/")
    if any(
        part in {"", ".", ".."} or part.lower() == ".git" or "\\" in part or "\0" in part for part in parts
    ):
        return False
    if os.name == "nt" and ":" in entry.path:
        return False
    # All that a commit holds is tracked, and no such file makes git ignore it.
    if parts[-1] == IGNORING:
        return False
    if any(_is_below(entry.path, prefix) for prefix in prefixes):
        return True
    return entry.path.lower().endswith(suffixes) and entry.size <= _LARGEST_BESIDE


def _is_below(path: str, prefix: str) -> bool:
    return prefix in {".", path} or path.startswith(f"{prefix}/")


def _write(folder: str, path: str, pieces: Iterator[bytes]) -> None:
    """Write a file of the copy.  What another name has taken, as on systems without case, stays."""
    target = os.path.join(folder, *path.split("/"))  # noqa: PTH118
    with contextlib.suppress(FileExistsError, NotADirectoryError):
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        flags = (
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        )
        with open(os.open(target, flags, 0o600), "wb") as file:  # noqa: PTH123
            file.writelines(pieces)
