"""The configuration file ``hubscan.yaml``: where it is found and what it says (contract section 5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import reference, schema
from scanner.errors import ConfigError
from scanner.model import Exemption
from scanner.records import dataclass

if TYPE_CHECKING:
    from scanner import positions

FILE_NAME = "hubscan.yaml"

_SCENARIOS = "scenario-hosts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a configuration file says; every field is empty where it says nothing.

    ``path`` is the file, None where there is none.  ``policies`` are paths as they are seen from the
    working directory.  ``data`` are changes to reference tables as `scanner.reference.Reference` takes
    them: the key ``data`` of the file, and its ``scenarios`` as entries of ``scenario-hosts.declared``.
    """

    path: str | None = None
    policies: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()


def find(start: Path) -> Path | None:
    """The nearest ``hubscan.yaml`` from a folder up to the root of its repository.

    Outside a repository only the folder itself is looked at: what lies above it belongs to somebody
    else.
    """
    folders = [start, *start.parents]
    roots = [index for index, folder in enumerate(folders) if (folder / ".git").exists()]
    for folder in folders[: roots[0] + 1] if roots else folders[:1]:
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def load(path: Path | None) -> Settings:
    """The settings of a file; those of no file are empty.

    Raises `ConfigError` with all that is wrong with it, a line each.
    """
    if path is None:
        return Settings()
    from scanner import exemptions, positions  # noqa: PLC0415 - many a scan has no configuration

    name = _shown(path)
    try:
        document = positions.load(path.read_bytes(), name)
    except positions.YamlError as error:
        raise ConfigError(str(error)) from None
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from None
    problems = list(document.problems)
    problems.extend(
        document.problem(mismatch.path, mismatch.message, mismatch.hint, key=mismatch.key)
        for mismatch in schema.mismatches(schema.published("config-v1"), document.data)
    )
    if not problems:
        problems.extend(_date_problems(document))
        problems.extend(_table_problems(document))
    if problems:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    data = document.data or {}
    return Settings(
        path=name,
        policies=tuple(str(path.parent / folder) for folder in data.get("policies", ())),
        select=tuple(data.get("select", ())),
        ignore=tuple(data.get("ignore", ())),
        fail_on=data.get("fail_on"),
        parameters=data.get("parameters", {}),
        data=_tables(data),
        exemptions=tuple(exemptions.read(entry) for entry in data.get("exemptions", ())),
    )


def _date_problems(document: positions.Positioned) -> list[positions.Problem]:
    problems = []
    for index, entry in enumerate((document.data or {}).get("exemptions", ())):
        if "expires" in entry:
            try:
                datetime.date.fromisoformat(entry["expires"])
            except ValueError:
                path = ("exemptions", index, "expires")
                problems.append(
                    document.problem(path, f"'{entry['expires']}' is no date", "write YYYY-MM-DD")
                )
    return problems


def _table_problems(document: positions.Positioned) -> Iterator[positions.Problem]:
    """What does not fit the tables that it changes, and scenarios that no table knows."""
    data = document.data or {}
    try:
        hosts = reference.Reference(_tables(data)).table(_SCENARIOS)["hosts"]
    except reference.MisfitError as error:
        yield document.problem(("data", *error.path), str(error), key=error.key)
        return
    known = sorted({entry["scenario"] for entry in hosts})
    for index, entry in enumerate(data.get("scenarios", ())):
        for place, name in enumerate(entry["needs"]):
            if name not in known:
                hint = schema.suggestion(name, known) or f"there is {', '.join(known)}"
                yield document.problem(
                    ("scenarios", index, "needs", place), f"'{name}' is no known scenario", hint
                )


def _tables(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Changes to reference tables, the declared scenarios among them."""
    tables: Mapping[str, Any] = data.get("data", {})
    declared = data.get("scenarios")
    own = tables.get(_SCENARIOS, {})
    if not declared or not isinstance(own, Mapping):
        return tables
    return {**tables, _SCENARIOS: {**own, "declared": {"entries": declared}}}


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
