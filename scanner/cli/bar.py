"""Progress on a terminal: one bar for a run."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from scanner.cli.live import Count
from scanner.sources.azure.collection import Run
from scanner.sources.azure.events import Event

_TICK_SECONDS = 0.5


class Bar:
    """A bar on standard error, with hubs, subscriptions, calls, pauses and an estimate."""

    def __init__(self, run: Run) -> None:
        self._count = Count(run)
        self._over = threading.Event()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )
        self._task = self._progress.add_task("signing in", total=None)
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def start(self) -> None:
        """Draw it."""
        self._progress.start()
        self._thread.start()

    def event(self, event: Event) -> None:
        """Count what was read."""
        self._count.add(event)

    def stop(self) -> None:
        """Take it away."""
        self._over.set()
        self._thread.join(2)
        self._progress.stop()

    def _tick(self) -> None:
        while not self._over.wait(_TICK_SECONDS):
            total = self._count.run.total or None
            self._progress.update(
                self._task, description=str(self._count), completed=self._count.hubs, total=total
            )
            self._progress.refresh()
