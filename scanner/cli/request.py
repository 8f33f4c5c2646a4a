"""What a command line asks of a scan."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from scanner.cli import scope
from scanner.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `hubscan scan`.

    ``config`` is the file to read, None for none; ``config_name`` is what it was called where it was named.
    """

    paths: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    template: str | None = None
    folders: tuple[str, ...] = ()
    no_bundled_policies: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    parameter_files: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    stdin_name: str | None = None
    config: Path | None = None
    config_name: str | None = None
    policy_ref: str | None = None
    fail_on: str | None = None
    fail_on_unknown: bool = False
    allow_empty: bool = False
    show_passes: bool = False
    today: str | None = None
    baseline: tuple[str, ...] = ()
    against: str | None = None
    history: str | None = None
    scope: scope.Asked = field(default_factory=scope.Asked)
    light: bool = False
    save_snapshot: str | None = None
    redact: bool = False
    no_progress: bool = False
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
