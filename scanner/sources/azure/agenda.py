"""Who does what next: jobs by subscription, done by a few threads that never all wait for one of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]


class Agenda:
    """Jobs to do.  The next one is of the subscription on which the fewest are at work."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._jobs: dict[str, deque[Job]] = {}
        self._running: dict[str, int] = {}
        self._closed = False

    def add(self, key: str, jobs: list[Job]) -> None:
        """More to do for a key."""
        with self._ready:
            self._jobs.setdefault(key, deque()).extend(jobs)
            self._ready.notify_all()

    def close(self) -> None:
        """Nobody begins anything any more."""
        with self._ready:
            self._closed = True
            self._jobs.clear()
            self._ready.notify_all()

    def work(self) -> None:
        """Do jobs until there is nothing left to do, or it is closed.  What a job raises ends the worker."""
        while (taken := self._take()) is not None:
            key, job = taken
            try:
                job()
            finally:
                with self._ready:
                    self._running[key] -= 1
                    self._ready.notify_all()

    def _take(self) -> tuple[str, Job] | None:
        with self._ready:
            while not self._closed:
                waiting = [key for key, jobs in self._jobs.items() if jobs]
                if waiting:
                    key = min(waiting, key=lambda one: self._running.get(one, 0))
                    self._running[key] = self._running.get(key, 0) + 1
                    return key, self._jobs[key].popleft()
                if not any(self._running.values()):
                    return None
                self._ready.wait()
            return None
