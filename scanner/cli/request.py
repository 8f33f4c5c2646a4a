"""What a command line asks of a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from scanner.cli import scope
from scanner.records import dataclass
from scanner.sources import Code
from scanner.sources.bicep.compiled import AUTO, NEVER


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
    bicep_build: str | None = None
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

    def code(self, *, before: bool = False) -> Code:
        """How code is read; ``before`` for the state before of a plan that holds two.

        Where a change is judged by another ref it is a stranger's, and given to no compiler unasked.
        """
        build = self.bicep_build or (AUTO if self.policy_ref is None else NEVER)
        return Code(
            parameters=self.parameter_files,
            environment=self.environment,
            before=before,
            build=build,
            strangers=self.allow_empty,
        )


def code(given: Mapping[str, Any]) -> Code:
    """How code is read, by the options of a command that judges nothing."""
    return Code(
        parameters=given["parameter_files"],
        environment=given["environment"],
        build=given["bicep_build"] or AUTO,
    )
