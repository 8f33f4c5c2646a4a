"""Progress on a terminal: one line for a run, drawn over and over."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any, TextIO, cast

from scanner.cli.live import Count
from scanner.sources.azure.collection import Run
from scanner.sources.azure.events import Event

_TICK_SECONDS = 0.5
_CELLS = 24


class Bar:
    """A line on standard error, with hubs, subscriptions, calls, pauses, a bar and an estimate.

    What is written to standard error meanwhile stands above it.
    """

    def __init__(self, run: Run) -> None:
        self._count = Count(run)
        self._stream = sys.stderr
        self._above = cast("TextIO", _Above(self))
        self._writing = threading.RLock()  # a signal's handler may write while its thread does
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._began = time.monotonic()
        self._drawn = 0

    def start(self) -> None:
        """Draw it."""
        sys.stderr = self._above
        self._draw("signing in")
        self._thread.start()

    def event(self, event: Event) -> None:
        """Count what was read."""
        self._count.add(event)

    def stop(self) -> None:
        """Take it away."""
        self._over.set()
        self._thread.join(2)
        if sys.stderr is self._above:
            sys.stderr = self._stream
        self._draw("")

    def above(self, text: str) -> int:
        """Write text in the place of the line, which is drawn again at the next tick."""
        with self._writing:
            self._draw("")
            return self._stream.write(text)

    def _tick(self) -> None:
        while not self._over.wait(_TICK_SECONDS):
            count = self._count
            seconds = time.monotonic() - self._began
            self._draw(f"{count} {_bar(count.hubs, count.run.total, seconds, self._stream.encoding)}")

    def _draw(self, text: str) -> None:
        """Draw the line over the one before, without any escape sequence; an empty one only erases."""
        with self._writing:
            # The last column stays empty: a terminal begins a line after it.
            shown = text[: _columns(self._stream) - 1]
            over = self._drawn - len(shown)
            self._stream.write(f"\r{shown}{' ' * over}" if shown else f"\r{' ' * over}\r" if over else "")
            self._stream.flush()
            self._drawn = len(shown)


class _Above:
    """Standard error while a bar is on it."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar

    def write(self, text: str) -> int:
        """Write above the bar."""
        return self._bar.above(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bar._stream, name)  # noqa: SLF001 - the two are one


def _bar(done: int, total: int, seconds: float, encoding: str) -> str:
    """The part that is done as a bar, and how long the rest takes at the same pace."""
    part = min(1.0, done / total) if total else 0.0
    full, empty = ("━", "─") if encoding.lower().startswith("utf") else ("#", "-")
    cells = round(part * _CELLS)
    left = _time(seconds * (1 - part) / part) if part else "-:--:--"
    return f"{full * cells}{empty * (_CELLS - cells)} {left}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _columns(stream: TextIO) -> int:
    """How wide the terminal is: ``COLUMNS``, or what it says itself."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
