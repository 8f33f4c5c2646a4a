"""Calls git to read objects, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

from scanner.errors import UsageError

_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.sshCommand=false",
    "credential.helper=",
    "protocol.allow=never",
    "submodule.recurse=false",
)
"""What the configuration of a hostile repository could have run."""

_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_FILES = (b"100644", b"100755")
"""Modes of regular files: links and submodules have others."""

_SECONDS = 60
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file of a tree: path from the root, id of its blob, size in bytes."""

    path: str
    blob: str
    size: int


def commit(root: str, name: str, option: str) -> str | None:
    """The id of the commit that a name stands for; None where it stands for none.

    Raises `UsageError` where git is missing or refuses the repository.
    """
    done = _run(root, ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"], option, name)
    found = done.stdout.decode("ascii", "replace").strip()
    if done.returncode == 0 and _COMMIT.fullmatch(found):
        return found
    told = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if "dubious ownership" in done.stderr.decode("utf-8", "replace"):
        trust = f"git config --global --add safe.directory '{root}'"
        raise UsageError(
            f"{option} {name}: git does not trust {root}, which belongs to another user ({trust})"
        )
    if told and not re.search("Needed a single revision|unknown revision|bad revision|ambiguous", told[0]):
        raise UsageError(f"{option} {name}: {told[0].removeprefix('fatal: ').removeprefix('error: ')}")
    return None


def is_shallow(root: str) -> bool:
    """Whether the history of a repository is cut off."""
    done = _run(root, ["rev-parse", "--is-shallow-repository"], "", "")
    return done.stdout.strip() == b"true"


def tree(root: str, commit: str, paths: Sequence[str] = ()) -> Iterator[Entry]:
    """The regular files of a commit, or of some paths of it."""
    done = _run(root, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", *paths], "", commit)
    if done.returncode:
        raise _unreadable(commit, done.stderr)
    for line in done.stdout.split(b"\0"):
        told, tab, path = line.partition(b"\t")
        fields = told.split()
        if tab and len(fields) == 4 and fields[0] in _FILES:
            if not fields[3].isdigit():
                raise _unreadable(os.fsdecode(path), b"")
            yield Entry(os.fsdecode(path), fields[2].decode("ascii"), int(fields[3]))


def blobs(root: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    """The content of files in their order, in pieces; each must be read before the next is asked for."""
    if not entries:
        return
    with tempfile.TemporaryFile() as asked:
        asked.writelines(f"{entry.blob}\n".encode("ascii") for entry in entries)
        asked.seek(0)
        command = _command(root, ["cat-file", "--batch", "--buffer"])
        with subprocess.Popen(  # noqa: S603 - no shell, and git is found by its full path
            command, stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(root)
        ) as process:
            stream = cast("IO[bytes]", process.stdout)
            try:
                for entry in entries:
                    if stream.readline().split()[1:] != [b"blob", str(entry.size).encode("ascii")]:
                        raise _unreadable(entry.path, b"")
                    yield entry, _pieces(stream, entry)
                    stream.readline()
            finally:
                process.kill()


def _pieces(stream: IO[bytes], entry: Entry) -> Iterator[bytes]:
    left = entry.size
    while left:
        piece = stream.read(min(left, _PIECE))
        if not piece:
            raise _unreadable(entry.path, b"")
        left -= len(piece)
        yield piece


def _unreadable(what: str, told: bytes) -> UsageError:
    detail = told.decode("utf-8", "replace").strip().splitlines()
    reason = detail[0].removeprefix("fatal: ") if detail else "its content is not in this clone"
    return UsageError(f"git cannot read {what}: {reason} (a partial clone? git fetch --refetch)")


def _run(root: str, arguments: Sequence[str], option: str, name: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - no shell, and git is found by its full path
            _command(root, arguments, f"{option} {name}".strip()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=_environment(root),
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{option} {name}: git does not answer") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {name}: git cannot be run: {error}") from None


def _command(root: str, arguments: Sequence[str], what: str = "a git ref") -> list[str]:
    program = shutil.which("git")
    if program is None:
        raise UsageError(f"{what}: no path of that name, and git, which reads refs, is not installed")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return [program, "--no-pager", "--literal-pathspecs", *settings, "-C", root, *arguments]


def _environment(root: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    return {**kept, **_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": os.path.dirname(root)}  # noqa: PTH120
