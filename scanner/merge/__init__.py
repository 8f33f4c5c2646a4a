"""Puts the results of the shards of one scan together: the report is that of the scan without shards.

Hubs and findings flow through spools, so that memory does not grow with the results.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from scanner import results
from scanner.errors import SourceError
from scanner.merge import fit, part
from scanner.model import Finding, HubEntry, Report, gap_order
from scanner.spool import Spool

__all__ = ["Merged"]


class Merged:
    """The results of several shards, read and found to fit together.

    Used as a context: its temporary files go when it ends, so the report must be rendered inside.
    Raises `SourceError`, a line for each thing that is wrong, for files that are no whole results of
    shards, and for shards that are not of one scan.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._hubs = Spool()
        self._findings = Spool()
        parts, problems = [], []
        for path in paths:
            try:
                parts.append(part.read(path, self._hubs, self._findings))
            except SourceError as error:
                problems.append(str(error))
        problems.extend(fit.differences(parts))
        if problems:
            self.__exit__()
            raise SourceError("\n".join(problems))
        self._parts = sorted(parts, key=lambda each: each.shard.index)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hubs.__exit__(None, None, None)
        self._findings.__exit__(None, None, None)

    def report(self) -> Report:
        """The report of all shards together; those that were not given are a gap of it."""
        parts = self._parts
        missing = fit.missing(parts)
        gaps = sorted((*fit.gaps(parts), *([missing] if missing else [])), key=gap_order)
        return Report(
            tool_version=parts[0].version,
            started_at=min(each.singles["started_at"] for each in parts),
            finished_at=max(each.singles["finished_at"] for each in parts),
            sources=fit.sources(parts),
            complete=not any(gap.reason != "unresolved" for gap in gaps),
            summary=fit.summary(parts, len(gaps)),
            policies=tuple(parts[0].policies),
            hubs=_Decoded(self._hubs, HubEntry),
            findings=_Decoded(self._findings, Finding),
            gaps=tuple(gaps),
            notices=tuple(fit.notices(parts, whole=missing is None)),
            changes=fit.changes(parts),
            baseline=fit.baseline(parts),
            scope=fit.scope(parts),
            digests=fit.digests(parts),
        )


@dataclass(frozen=True, slots=True)
class _Decoded:
    """Objects of the model out of a spool of their JSON."""

    spool: Spool
    kind: Any

    def __iter__(self) -> Iterator[Any]:
        for _, data in self.spool:
            yield results.decoded(self.kind, data)
