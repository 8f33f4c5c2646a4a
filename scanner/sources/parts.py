"""What flows out of a source, beside the types of `scanner.model`: a hub not yet parsed, and a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from scanner.model import Document, Gap, Hub, SourceNote
from scanner.records import dataclass
from scanner.sources.bicep.compiled import NEVER
from scanner.values import Unknown

SYNTAX = "syntax"
"""The code of a gap that is a file of infrastructure code which cannot be understood."""

UNRECOGNISED = "unrecognised"
"""The code of a gap that is a file of none of the kinds that are read."""

TRUNCATED = "truncated"
"""The code of a gap that is a file of which only the beginning is there."""

Say = Callable[[str], None]
"""Takes one sentence for people about what is read and what is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """How infrastructure code is read.

    ``parameters`` are files with parameters for templates, or with values for the variables of Terraform;
    ``environment`` names the variables of the environment that parameters may read.  A Terraform plan holds
    two states: what will be, or ``before``, what is there before it.  ``build`` says when the compiler of
    Bicep is asked: one of `scanner.sources.bicep.compiled.WISHES`.  ``strangers`` may be among the files that
    are named: as in a folder, what is plainly of another kind is passed over.
    """

    parameters: Sequence[str] = ()
    environment: Sequence[str] = ()
    before: bool = False
    build: str = NEVER
    strangers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """When evidence was collected from Azure: ``at`` is RFC 3339 in UTC, so that texts sort as times do."""

    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a hub cannot say of itself.

    ``path`` is the file as people named it, None for a hub that is in no file.  ``live`` is False for
    hubs read from code.  ``subscriptions`` maps subscription ids in lower case to the contract's
    ``subscription``.  ``hub`` is what is known of the hub of a project, None where it is no project or
    its hub was not met; ``at`` is when the evidence was collected, RFC 3339 in UTC, None where nobody says.
    ``gaps`` are those of the whole snapshot that hubs must know of (`scanner.sources.documents.told`).
    """

    path: str | None = None
    live: bool = True
    subscriptions: Mapping[str, Document] = field(default_factory=dict)
    hub: Document | Unknown | None = None
    at: str | None = None
    gaps: Mapping[str, tuple[Gap, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A hub that stands in a snapshot, as the bytes that stand there.

    Cheap to make and to send to another process, which parses and normalises it (`realise`).
    ``index`` counts the hubs of the file from 0.  ``line`` is the line of a JSON Lines file, whose
    object wraps the hub in ``{"hub": ...}``; None where the bytes are the hub itself.
    """

    raw: bytes
    context: Context
    index: int
    line: int | None = None

    @property
    def stand_in(self) -> str:
        """What to call a hub that has no id: the same in every scan of the same file."""
        return f"{self.context.path}#hubs[{self.index}]"

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return self.stand_in if self.line is None else f"{self.context.path}:{self.line}"


Part = Piece | Hub | Gap | SourceNote | Taken
"""Anything a source says, a hub perhaps still to be parsed."""

Arrival = Hub | Gap | SourceNote | Taken
"""Anything a source says, ready to be judged."""
