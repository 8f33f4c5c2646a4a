"""The configuration file ``hubscan.yaml``: where it is found and what it says (contract section 5)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner import exemptions, positions, schema
from scanner.errors import ConfigError
from scanner.model import Exemption

FILE_NAME = "hubscan.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a configuration file says; every field is empty where it says nothing.

    ``path`` is the file, None where there is none.  ``policies`` are paths as they are seen from the
    working directory.
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
        data=data.get("data", {}),
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


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
