"""Snapshots that were begun and not finished: what of one is there, and what must be read again.

What is being written stands in the file itself, or beside it (``FILE.partial``) where the file holds
something already or is packed.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.errors import SourceError
from scanner.model import Document, Gap
from scanner.sources.documents.gaps import read_gap
from scanner.sources.files.json_text import BadJSON, parse
from scanner.sources.snapshot_header import VERSION

_PARTIAL = ".partial"


@dataclass(slots=True)
class Begun:
    """What an interrupted snapshot holds: its header, and the ids in lower case of the hubs that stay.

    ``file`` is the snapshot it is to become, ``path`` where it stands now.  ``gaps`` counts all gaps,
    those of hubs included; ``kept`` are those of the hubs that stay.
    """

    file: Path
    path: Path
    header: Document
    complete: bool = False
    gaps: int = 0
    hubs: set[str] = field(default_factory=set)
    kept: list[Gap] = field(default_factory=list)


def begun(file: Path) -> Begun | None:
    """What of a snapshot was written before it was interrupted, None where nothing was.

    A hub with a part that failed counts as not written: it is read again.  Raises `SourceError` for a
    file that is something else.
    """
    if file.suffix == _PARTIAL:
        file = file.with_suffix("")
    for path in (partial(file), file):
        if path.is_file() and path.stat().st_size:
            return _survey(file, path)
    return None


def partial(file: Path) -> Path:
    """Where a snapshot stands until it is whole, unless it stands in its place from the beginning."""
    return file.with_name(file.name + _PARTIAL)


def whole_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file up to where it was cut off.  Raises `SourceError` where it cannot be read."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from None


def _survey(file: Path, path: Path) -> Begun:
    found: Begun | None = None
    for line in whole_lines(path):
        try:
            value = parse(line)
        except BadJSON:
            break
        if not isinstance(value, dict) or (found is None and value.get("snapshot") != VERSION):
            break
        if found is None:
            found = Begun(file=file, path=path, header=value)
            found.complete = "hubs" in value
            found.gaps = _counted(value)
        else:
            _survey_member(found, value)
    if found is None or not isinstance(found.header.get("collected_at"), str):
        raise SourceError(f"{path}: not a snapshot that can be resumed")
    return found


def _counted(whole: Document) -> int:
    """The gaps of a snapshot that is one document, those of its hubs included."""
    hubs = [hub for hub in whole.get("hubs") or () if isinstance(hub, dict)]
    return len(_gaps(whole)) + sum(len(_gaps(hub)) for hub in hubs)


def _survey_member(found: Begun, value: Document) -> None:
    hub = value.get("hub")
    if "end" in value:
        found.complete = True
    elif "gap" in value:
        found.gaps += 1
    elif isinstance(hub, dict):
        identifier = str(hub.get("id"))
        gaps = [read_gap(entry, "gaps", identifier) for entry in _gaps(hub)]
        found.gaps += len(gaps)
        key = identifier.rstrip("/").lower()
        if key not in found.hubs and not any(map(_may_pass, gaps)):
            found.hubs.add(key)
            found.kept += gaps


def _gaps(holder: Document) -> list[Any]:
    listed = holder.get("gaps")
    return listed if isinstance(listed, list) else []


def _may_pass(gap: Gap) -> bool:
    """Whether what caused a gap may be over when it is read again."""
    return gap.status == 401 or (gap.reason == "failed" and gap.code != "malformed-id")
