"""Judges hubs on as many processes as pay off, with the outcome of one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator

from scanner.desk import Desk, Said, said
from scanner.sources import Part, Piece

ALONE_BYTES = 8 << 20
"""How much is judged before further processes are begun by default: below, they cost more than they save."""

MOST = 8
"""How many processes are begun by default, however many cores there are."""


def judged(parts: Iterable[Part], desk: Desk, make: Callable[[], Desk], jobs: int | None) -> Iterator[Said]:
    """Everything that a scan keeps of what sources say, in the order of the sources.

    ``jobs`` is how many processes judge, None for as many as pay off.  ``make`` makes the desk of another
    process where it cannot be inherited; it and what it holds can be sent to one.
    """
    parts = iter(parts)
    if jobs is None:
        jobs = min(os.cpu_count() or 1, MOST)
        yield from _alone(_first(parts, ALONE_BYTES if jobs > 1 else None), desk)
    if jobs == 1:
        yield from _alone(parts, desk)
        return
    following = next(parts, None)
    if following is not None:
        from scanner import crew  # noqa: PLC0415 - multiprocessing costs a start that most scans can do without

        with crew.Crew(desk, make, jobs - 1) as others:
            yield from others.judged(itertools.chain([following], parts))


def _alone(parts: Iterable[Part], desk: Desk) -> Iterator[Said]:
    return (said(part, desk) for part in parts)


def _first(parts: Iterator[Part], bound: int | None) -> Iterator[Part]:
    """Parts until they are so many bytes; all of them where there is no bound."""
    size = 0
    for part in parts:
        yield part
        size += len(part.raw) if isinstance(part, Piece) else 0
        if bound is not None and size > bound:
            return
