"""The files that policies are in: the bundled ones, and those that a user names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.bundled import bundled
from scanner.errors import ConfigError

File = tuple[str, Callable[[], bytes]]
"""What people call a file, and how to read it."""


def bundled_files() -> Iterator[File]:
    """The policies that ship with the program, sorted by name."""
    for entry in sorted(bundled("policies").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            yield f"policies/{entry.name}", entry.read_bytes


def named_files(named: str) -> list[File]:
    """The policies in a file or folder, those of a folder sorted by path.  Raises `ConfigError` for none."""
    path = Path(named)
    if path.is_dir():
        inside = sorted(
            entry
            for entry in path.rglob("*")
            if entry.suffix in (".yaml", ".yml")
            and entry.name != "hubscan.yaml"
            and "data" not in entry.relative_to(path).parts[:-1]
            and entry.is_file()
        )
        if not inside:
            raise ConfigError(f"{named}: no policy in this folder (a policy is a .yaml file)")
        return [(str(entry), entry.read_bytes) for entry in inside]
    if not path.exists():
        raise ConfigError(f"{named}: no such file or folder")
    return [(named, path.read_bytes)]


def is_named(policy_id: str, path: str) -> bool:
    """Whether a file is called as the policy in it; what is read from standard input has no name."""
    return path == "-" or stem_of(path) == policy_id


def stem_of(path: str) -> str:
    """The name of a file, without folders and ending."""
    return path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
