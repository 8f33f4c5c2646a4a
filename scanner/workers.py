"""Judges hubs on as many processes as pay off, with the outcome of one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator

from scanner.desk import Desk, Said, Sheet, said
from scanner.sources import Part, Piece, Projects

ALONE_BYTES = 8 << 20
"""How much is judged before further processes are begun by default: below, they cost more than they save."""

WARM_BYTES = 1 << 20
"""How much is judged before processes are begun that somebody asked for: they inherit what was prepared."""

MOST = 8
"""How many processes are begun by default, however many cores there are."""


def judged(parts: Iterable[Part], desk: Desk, make: Callable[[], Desk], jobs: int | None) -> Iterator[Said]:
    """Everything that a scan keeps of what sources say, in the order of the sources, projects last.

    ``jobs`` is how many processes judge, None for as many as pay off.  ``make`` makes the desk of another
    process where it cannot be inherited; it and what it holds can be sent to one.
    """
    with Projects() as projects:
        kept = (part for part in parts if not projects.hold(part))
        alone, jobs = (
            (WARM_BYTES, jobs) if jobs is not None else (ALONE_BYTES, min(os.cpu_count() or 1, MOST))
        )
        for one in _judged(kept, desk, make, jobs, alone):
            if isinstance(one, Sheet):
                projects.remember(one.network)
            yield one
        yield from _judged(projects.released(), desk, make, jobs, alone)


def _judged(
    parts: Iterator[Part], desk: Desk, make: Callable[[], Desk], jobs: int, alone: int
) -> Iterator[Said]:
    """What is said of each part: of the first ``alone`` bytes by this process, then by ``jobs`` of them."""
    if jobs == 1:
        yield from _alone(parts, desk)
        return
    yield from _alone(_first(parts, alone), desk)
    following = next(parts, None)
    if following is not None:
        from scanner import crew  # noqa: PLC0415 - multiprocessing costs a start that most scans can do without

        with crew.Crew(desk, make, jobs - 1) as others:
            yield from others.judged(itertools.chain([following], parts))


def _alone(parts: Iterable[Part], desk: Desk) -> Iterator[Said]:
    return (said(part, desk) for part in parts)


def _first(parts: Iterator[Part], bound: int) -> Iterator[Part]:
    """Parts until they are so many bytes."""
    size = 0
    for part in parts:
        yield part
        size += len(part.raw) if isinstance(part, Piece) else 0
        if size > bound:
            return
