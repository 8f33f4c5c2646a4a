"""The history of a command that makes reports: found usable before the work, written to after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.cli import output
from scanner.errors import HistoryError
from scanner.history.places import default_place
from scanner.model import Report
from scanner.records import dataclass
from scanner.settings import Settings


def place(named: str | None, config: Settings) -> Path | None:
    """The file that was named: on the command line or in the environment, else in the configuration."""
    if named == "":
        return default_place(Path.cwd())
    chosen = named or config.history
    return Path(chosen) if chosen else None


def with_trend(report: Report, file: Path | None) -> Report:
    """The report with the trend of a history.  Raises `HistoryError`."""
    if file is None:
        return report
    from scanner.history import store, trend  # noqa: PLC0415 - SQLite, where a history is given

    with store.History(file) as kept:
        return replace(report, trend=trend.trend(kept))


@dataclass(slots=True)
class Keeper:
    """Records the report of a command.  ``file`` is None where nobody wants it recorded.

    Raises `HistoryError` where that cannot be done, before any work is.  ``failure`` is what went wrong when
    it was done: reports are written all the same, without a trend.
    """

    file: Path | None
    quiet: bool = False
    failure: HistoryError | None = None

    def __post_init__(self) -> None:
        if self.file is None:
            return
        if self.file == default_place(Path.cwd()):
            try:
                self.file.parent.mkdir(exist_ok=True)
            except OSError as error:
                raise HistoryError(f"{self.file.parent}: {error.strerror}") from None
        from scanner.history import store  # noqa: PLC0415 - as above

        with store.History(self.file, writing=True):
            pass

    def kept(
        self, report: Report, scope: Mapping[str, Any] | None = None, passing: Collection[str] = ()
    ) -> Report:
        """The report, recorded, with the trend of the history.  See `scanner.history.recording.record`."""
        if self.file is None:
            return report
        from scanner.history import recording, store, trend  # noqa: PLC0415 - as above

        try:
            with store.History(self.file, writing=True) as kept:
                scan = recording.record(kept, report, scope=scope, passing=passing)
                found = trend.trend(kept, scan)
                late = trend.late(kept, scan)
        except HistoryError as error:
            self.failure = error
            return report
        if late and not self.quiet:
            hubs = "1 hub that was" if late == 1 else f"{late} hubs that were"
            output.say(f"{self.file}: nothing was recorded of {hubs} judged at a later time already")
        return replace(report, trend=found)

    def raise_failure(self) -> None:
        """Raises what went wrong when the report was recorded."""
        if self.failure is not None:
            raise self.failure
