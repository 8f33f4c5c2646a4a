"""The files that policies are in: the bundled ones, and those that a user names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from scanner.bundled import bundled
from scanner.errors import ConfigError

File = tuple[str, Callable[[], bytes]]
"""What people call a file, and how to read it."""

_ENDINGS = (".yaml", ".yml")
_TABLES = "data"
"""The name of folders whose files are tables, and no policies."""


def bundled_files() -> Iterator[File]:
    """The policies that ship with the program, sorted by name."""
    for entry in sorted(bundled("policies").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            yield f"policies/{entry.name}", _reading(entry)


def named_files(named: str) -> list[File]:
    """The policies in a file or folder, those of a folder sorted by path.

    Raises `ConfigError` for none, and for a folder of which not all can be looked at.
    """
    path = Path(named)
    if path.is_dir():
        inside = sorted(_below(str(path)), key=lambda found: found.split(os.sep))  # noqa: PTH206 - of each policy
        if not inside:
            raise ConfigError(f"{named}: no policy in this folder (a policy is a .yaml file)")
        return [(found, _reading(found)) for found in inside]
    if not path.exists():
        raise ConfigError(f"{named}: no such file or folder")
    return [(named, _reading(named))]


def _below(top: str) -> Iterator[str]:
    """The files below a folder that may be policies; links to folders are not followed."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    path = entry.name if folder == "." else entry.path
                    if entry.is_dir(follow_symlinks=False):
                        waiting += [path] if entry.name != _TABLES else []
                    elif _may_be_policy(entry.name) and entry.is_file():
                        yield path
        except OSError as error:
            raise ConfigError(f"{folder}: {error.strerror}") from None


def _may_be_policy(name: str) -> bool:
    return name.endswith(_ENDINGS) and name not in ("hubscan.yaml", *_ENDINGS)


def _reading(file: Any) -> Callable[[], bytes]:
    """How to read a file that was found."""
    return partial(_content, file) if isinstance(file, (str, os.PathLike)) else file.read_bytes


def _content(path: str | os.PathLike[str]) -> bytes:
    # At each start, of each policy: a file that is read whole needs no buffer.
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - many times a scan
        return stream.read()


def is_named(policy_id: str, path: str) -> bool:
    """Whether a file is called as the policy in it; what is read from standard input has no name."""
    return path == "-" or stem_of(path) == policy_id


def stem_of(path: str) -> str:
    """The name of a file, without folders and ending."""
    return path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
