"""Who does what next: jobs by subscription, done by a few threads that never all wait for one of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]


class Agenda:
    """Jobs to do.  The next one is of the subscription on which the fewest are at work.

    No more than ``most`` subscriptions are begun at once, so that what is held for each of them does
    not add up to the whole estate.
    """

    def __init__(self, most: int) -> None:
        self._most = most
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
                self._done(key)

    def _take(self) -> tuple[str, Job] | None:
        """The next job, when there is one; ``_running`` holds the keys that are begun and not over."""
        with self._ready:
            while not self._closed:
                begun = [key for key in self._running if self._jobs.get(key)]
                key = min(begun, key=self._running.__getitem__, default=None)
                if len(self._running) < self._most:
                    key = next((one for one in self._jobs if one not in self._running), key)
                if key is not None:
                    self._running[key] = self._running.get(key, 0) + 1
                    return key, self._jobs[key].popleft()
                if not self._running:
                    return None
                self._ready.wait()
            return None

    def _done(self, key: str) -> None:
        with self._ready:
            self._running[key] -= 1
            if not self._running[key] and not self._jobs.get(key):
                del self._running[key]
                self._jobs.pop(key, None)
            self._ready.notify_all()
