"""What a scan read, by name, with the SHA-256 of it."""

from __future__ import annotations

import hashlib

from scanner.sources.files.stable import stable


class Inputs:
    """Everything that was read: files by their path, and what else was by a name of its own.

    The path of a file is that from the root of its repository; outside of any it is as the user wrote it.
    """

    def __init__(self) -> None:
        self.read: dict[str, str] = {}
        self._prefix = ""

    def under(self, prefix: str) -> Inputs:
        """The same, where what is added has something in front of its name."""
        other = Inputs()
        other.read, other._prefix = self.read, self._prefix + prefix
        return other

    def add(self, path: str, digest: str) -> None:
        """Take in a file: its path for people, and the digest of its bytes."""
        self.read[self._prefix + stable(path)] = digest

    def add_as(self, name: str, digest: str) -> None:
        """Take in what is known by a name, not by where it is."""
        self.read[self._prefix + name] = digest


def digest_of(data: bytes) -> str:
    """The digest of some bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of_file(location: str) -> str:
    """The digest of a file.  Raises OSError."""
    with open(location, "rb", buffering=0) as file:  # noqa: PTH123 - a path is kept as it was written
        return hashlib.file_digest(file, "sha256").hexdigest()
