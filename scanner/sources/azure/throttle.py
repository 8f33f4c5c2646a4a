"""The pace of reads: a token bucket for each subscription, after ARM's documented budget.

ARM gives each principal 250 reads a subscription, refilled by 25 a second, and says in its answers how
many are left ("Understand how Azure Resource Manager throttles requests").  The bucket here is a little
smaller than ARM's, so that latency never makes ours look fuller than theirs.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping

CAPACITY = 240.0
RATE = 24.8
TENANT = ""
"""The key of calls that belong to no subscription."""

_REMAINING = "x-ms-ratelimit-remaining-"

Wait = Callable[[float], None]
"""Sleeps that many seconds; raises where the run is being stopped."""


class Bucket:
    """Reads that may be made now.  Whoever takes one more waits for it; first come, first served."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = CAPACITY
        self._at = clock()
        self._paused_until = 0.0
        self._outstanding = 0

    def take(self, wait: Wait) -> float:
        """Wait until a read may be made, and return for how many seconds that was."""
        with self._lock:
            self._refill()
            self._tokens -= 1
            self._outstanding += 1
            delay = max(0.0, -self._tokens / RATE, self._paused_until - self._clock())
        waited = 0.0
        try:
            while delay > 0:
                wait(delay)
                waited += delay
                delay = self._paused_until - self._clock()
        except BaseException:
            self.give_back()
            raise
        return waited

    def give_back(self) -> None:
        """The read that was taken has its answer."""
        with self._lock:
            self._outstanding -= 1

    def learn(self, remaining: int) -> None:
        """ARM says how many reads are left: fewer than we thought where others read as well."""
        with self._lock:
            self._refill()
            self._tokens = min(self._tokens, float(remaining - self._outstanding))
            self._tokens = max(self._tokens, -CAPACITY)

    def pause(self, seconds: float) -> None:
        """No read for that long; those who wait do not come back at the same moment."""
        with self._lock:
            self._refill()
            until = self._clock() + seconds + random.uniform(0, min(1.0, seconds / 4))  # noqa: S311 - jitter
            self._paused_until = max(self._paused_until, until)
            self._tokens = min(self._tokens, 1.0)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(CAPACITY, self._tokens + (now - self._at) * RATE)
        self._at = now


class Buckets:
    """The buckets by subscription."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}

    def of(self, subscription: str | None) -> Bucket:
        """The bucket of a subscription, or of the tenant."""
        with self._lock:
            return self._buckets.setdefault(subscription or TENANT, Bucket())


def remaining(headers: Mapping[str, str]) -> int | None:
    """The least number of reads that the headers of an answer leave, None where they do not say."""
    left = [
        int(value)
        for name, value in headers.items()
        if name.lower().startswith(_REMAINING)
        and value.isdecimal()
        and not name.lower().endswith(("writes", "deletes"))
    ]
    return min(left, default=None)
