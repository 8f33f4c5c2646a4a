"""A live collection as people see it: progress, signals, and gaps grouped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Protocol

import click

from scanner.cli.output import say
from scanner.model import Gap
from scanner.sources import redaction
from scanner.sources.azure.collection import Run
from scanner.sources.azure.events import Event, HubRead, SubscriptionDone

Say = Callable[[str], None]
"""Says one line to whoever reads standard error."""

_HEARTBEAT_SECONDS = 60.0
_LISTED = 12


class Progress(Protocol):
    """Shows how far a run is."""

    def start(self) -> None:
        """The run begins."""

    def event(self, event: Event) -> None:
        """Something was read."""

    def stop(self) -> None:
        """The run has ended."""


class Count:
    """How far a run is, in numbers."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.hubs = 0
        self.subscriptions = 0

    def add(self, event: Event) -> None:
        """Count what was read."""
        self.hubs += isinstance(event, HubRead)
        self.subscriptions += isinstance(event, SubscriptionDone)

    def __str__(self) -> str:
        run = self.run
        waited = f", {run.meter.waited:.0f} s waited for ARM" if run.meter.waited >= 1 else ""
        throttled = f", throttled {run.meter.throttled} times" if run.meter.throttled else ""
        return (
            f"{self.hubs} of {run.total} hubs, {self.subscriptions} of {run.subscriptions} subscriptions,"
            f" {run.meter.total} calls{throttled}{waited}"
        )


class Lines:
    """Progress where nobody watches: a line a subscription, and one each minute."""

    def __init__(self, run: Run, say: Say) -> None:
        self._count = Count(run)
        self._say = say
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def start(self) -> None:
        """Begin the heartbeat."""
        self._thread.start()

    def event(self, event: Event) -> None:
        """Say when a subscription is done."""
        self._count.add(event)
        if isinstance(event, SubscriptionDone):
            self._say(f"subscription {event.subscription}: {count(event.hubs, 'hub')}")

    def stop(self) -> None:
        """End the heartbeat."""
        self._over.set()

    def _beat(self) -> None:
        while not self._over.wait(_HEARTBEAT_SECONDS):
            self._say(str(self._count))


class Silence:
    """No progress at all."""

    def start(self) -> None:
        """Nothing."""

    def event(self, event: Event) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


def voice(*, redact: bool) -> Say:
    """Says lines on standard error, with pseudonyms in them where that is asked for."""
    return (lambda line: say(redaction.text(line))) if redact else say


def progress(run: Run, say: Say, *, wanted: bool) -> Progress:
    """The progress that fits: a bar where a person watches, lines elsewhere, none where none is wanted."""
    if not wanted:
        return Silence()
    if sys.stderr.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"}:
        from scanner.cli.bar import Bar  # noqa: PLC0415 - on a terminal only

        return Bar(run)
    return Lines(run, say)


def events(run: Run, shown: Progress) -> Iterator[Event]:
    """What a run reads, while SIGINT and SIGTERM stop it gently; a second one stops it at once."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        handler = _handler(run)
        before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    shown.start()
    try:
        for event in run:
            shown.event(event)
            yield event
    finally:
        shown.stop()
        for number, previous in before.items():
            signal.signal(number, previous)


def _handler(run: Run) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if run.interrupted:
            raise KeyboardInterrupt
        run.interrupted = True
        # Elsewhere than here: this thread may hold the very lock that stopping takes.
        threading.Thread(target=run.stop, daemon=True).start()
        click.echo("hubscan: stopping: what is in flight may take ten seconds", err=True)

    return handle


def count(number: int, noun: str) -> str:
    """A number and what it counts: ``1 hub``, ``2 hubs``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def grouped(gaps: Iterable[Gap]) -> list[str]:
    """Gaps for people: those of one cause in a line, with their number and the first of them."""
    causes: dict[tuple[str, int | None, str | None, str], list[Gap]] = {}
    for gap in gaps:
        detail = (gap.detail or "").partition(" over scope ")[0]
        causes.setdefault((gap.reason, gap.status, gap.code, detail), []).append(gap)
    lines = []
    for (reason, status, code, detail), alike in sorted(causes.items(), key=lambda entry: -len(entry[1])):
        cause = " ".join(str(part) for part in (status, code) if part is not None)
        first = (
            alike[0].subject
            if alike[0].subject.startswith("/")
            else f"{alike[0].hub or ''} {alike[0].subject}"
        )
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        lines.append(
            f"{reason}{f' ({cause})' if cause else ''}: {first.strip()}{more}: {detail}".rstrip(": ")
        )
    left = len(lines) - _LISTED
    return lines if left <= 0 else [*lines[:_LISTED], f"and {left} more causes of gaps"]
