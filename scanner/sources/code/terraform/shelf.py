"""Where a module has other modules and files from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from scanner.model import Place
from scanner.sources.code.terraform.folder import Folder
from scanner.sources.hcl.syntax import Block


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a module: in which folder it stands, and how the root came to it.

    ``key`` is the way from the root, ``a.b``; ``root`` the location of the root and ``root_path`` that for
    people; ``ancestors`` are the locations of the modules on the way.
    """

    folder: Folder
    block: Block
    key: str
    root: str
    root_path: str
    ancestors: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.block.source.place(self.block.at)


class Shelf(Protocol):
    """Where modules and files come from."""

    def module(self, call: Call) -> Folder | None:
        """The folder of a module that a block calls; None where it is not at hand."""
        ...

    def may_read(self, location: str) -> bool:
        """Whether a file lies inside the root."""
        ...
