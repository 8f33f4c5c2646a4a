"""One collection: from a scope to hubs, subscriptions and gaps, as they are read."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from scanner.sources.azure import scope
from scanner.sources.azure.agenda import Agenda
from scanner.sources.azure.client import Arm
from scanner.sources.azure.clouds import Cloud
from scanner.sources.azure.credential import Identity, Signing
from scanner.sources.azure.events import Event, Stopped
from scanner.sources.azure.pipeline import Meter, Pace
from scanner.sources.azure.subscriptions import Subscriptions
from scanner.sources.azure.workspace import Workspaces

GRACE_SECONDS = 10.0
"""How long what is in flight may still take when a run is stopped."""

_HELD = 32
"""Hubs that wait to be taken: reading goes no further ahead, so that memory does not grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to collect, as whom and how.

    ``wanted`` are the collections of a hub; ``done`` tells, by its id in lower case, whether an earlier
    run has read a hub; ``say`` is told of each answer.
    """

    cloud: Cloud
    signing: Signing
    scope: scope.Scope
    wanted: Collection[str]
    concurrency: int = 24
    done: Callable[[str], bool] | None = None
    say: Callable[[str], None] | None = None


class Run:
    """A collection while it runs.

    Iterating gives what is read, in the order in which it is; it ends when everything is read, or soon
    after `stop`.  ``subscriptions`` counts those to be read, ``elsewhere`` those of other shards.
    Raises `ScannerError` where it cannot go on: nobody is signed in.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._events: queue.Queue[Event] = queue.Queue(_HELD)
        self._stopping = threading.Event()
        self._deadline = float("inf")
        self.interrupted = False
        self._failure: BaseException | None = None
        self._agenda = Agenda(most=max(2, request.concurrency // 2))
        self._pace = Pace(self._wait, request.say)
        self._arm = Arm(
            request.cloud, Identity(request.signing), self._pace, connections=request.concurrency + 2
        )
        self._subscriptions = Subscriptions(
            self._arm,
            Workspaces(self._arm, request.wanted),
            tell=self._tell,
            add=self._agenda.add,
            done=request.done,
        )
        self.notes: list[str] = []
        self.subscriptions = 0
        self.elsewhere: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many hubs are known of so far."""
        return self._subscriptions.hubs

    @property
    def meter(self) -> Meter:
        """What went over the wire so far."""
        return self._pace.meter

    @property
    def substitutes(self) -> dict[str, str]:
        """The types that this cloud does not have in our version, with the version they were read in."""
        return self._arm.versions.substitutes()

    def stop(self) -> None:
        """Begin nothing more; what is in flight may take ten seconds."""
        self.interrupted = True
        self._deadline = min(self._deadline, time.monotonic() + GRACE_SECONDS)
        self._stopping.set()
        self._agenda.close()

    def __iter__(self) -> Iterator[Event]:
        try:
            yield from self._plan()
            threads = [
                threading.Thread(target=self._work, name=f"collect-{number}", daemon=True)
                for number in range(self._request.concurrency)
            ]
            for thread in threads:
                thread.start()
            yield from self._taken(threads)
        except Stopped:
            return
        finally:
            self._deadline = 0.0
            self._stopping.set()
            self._agenda.close()
            self._arm.close()
        if self._failure is not None:
            raise self._failure

    def _plan(self) -> Iterator[Event]:
        """Put every subscription of the scope on the agenda."""
        plan = scope.plan(self._arm, self._request.scope)
        self.notes += plan.notes
        self.subscriptions = len(plan.targets)
        self.elsewhere = plan.elsewhere
        yield from plan.gaps
        for target in plan.targets:
            self._agenda.add(target.subscription, [partial(self._subscriptions.open, target)])

    def _taken(self, threads: list[threading.Thread]) -> Iterator[Event]:
        while True:
            try:
                yield self._events.get(timeout=0.1)
            except queue.Empty:
                if not any(thread.is_alive() for thread in threads) and self._events.empty():
                    return
            if time.monotonic() > self._deadline:
                return

    def _work(self) -> None:
        try:
            self._agenda.work()
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run is iterated
            if self._failure is None and not self.interrupted:
                self._failure = error
            self._agenda.close()

    def _wait(self, seconds: float) -> None:
        """Sleep, unless the run is stopped: then nobody waits for more than the time that is left."""
        until = time.monotonic() + seconds
        if self._stopping.wait(seconds):
            if until > self._deadline:
                raise Stopped
            time.sleep(max(0.0, until - time.monotonic()))
        if self._failure is not None:
            raise Stopped

    def _tell(self, event: Event) -> None:
        while True:
            try:
                self._events.put(event, timeout=0.5)
            except queue.Full:
                if time.monotonic() > self._deadline:
                    raise Stopped from None
            else:
                return
