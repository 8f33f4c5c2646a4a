"""The configuration file ``hubscan.yaml``: where it is found and what it says (contract section 5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import field
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import exemptions, reference, schema
from scanner.errors import ConfigError
from scanner.model import Exemption
from scanner.records import dataclass

if TYPE_CHECKING:
    from scanner import positions

FILE_NAME = "hubscan.yaml"

_SCENARIOS = "scenario-hosts"
_COMPARISONS = 500_000
"""Pairs of exemptions of one policy that are compared, to find one that covers the other: a thousand's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a configuration file says; every field is empty where it says nothing.

    ``path`` is the file, None where there is none.  ``policies`` are paths as they are seen from the
    working directory.  ``data`` are changes to reference tables as `scanner.reference.Reference` takes
    them: the key ``data`` of the file, and its ``scenarios`` as entries of ``scenario-hosts.declared``.
    ``places`` are where the policy of each exemption stands, as ``file:line:column``, and ``stands`` where a
    pattern of ``select`` or ``ignore``, a policy with parameters, or such a parameter (``ID.NAME``) does.
    ``report`` is whose reports these are, its ``logo`` a path like those of policies.
    """

    path: str | None = None
    policies: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    places: tuple[str, ...] = ()
    stands: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    history: str | None = None


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
    try:
        return read(path.read_bytes(), path)
    except OSError as error:
        raise ConfigError(f"{shown(path)}: {error.strerror}") from None


def read(text: bytes, path: Path) -> Settings:
    """The settings that a text holds, which stands in a file or is to be written there."""
    from scanner import positions  # noqa: PLC0415 - many a scan has no configuration

    name = shown(path)
    try:
        document = positions.load(text, name)
    except positions.YamlError as error:
        raise ConfigError(str(error)) from None
    problems = list(document.problems)
    problems.extend(
        document.problem(mismatch.path, mismatch.message, mismatch.hint, key=mismatch.key)
        for mismatch in schema.mismatches(schema.published("config-v1"), document.data)
    )
    if not problems:
        problems.extend(_date_problems(document))
        problems.extend(_scope_problems(document))
        problems.extend(_table_problems(document))
        problems.extend(_history_problems(document, path.parent))
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
        places=tuple(
            _place(document, ("exemptions", index, "policy"))
            for index in range(len(data.get("exemptions", ())))
        ),
        stands=dict(_stands(document, data)),
        report=_report(data.get("report", {}), path.parent),
        history=str(path.parent / data["history"]) if "history" in data else None,
    )


def _stands(document: positions.Positioned, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("select", "ignore"):
        for index, pattern in enumerate(data.get(key, ())):
            yield pattern, _place(document, (key, index))
    for policy, values in data.get("parameters", {}).items():
        yield policy, _place(document, ("parameters", policy), key=True)
        for name in values:
            yield f"{policy}.{name}", _place(document, ("parameters", policy, name), key=True)


def _place(document: positions.Positioned, path: positions.KeyPath, *, key: bool = False) -> str:
    mark = document.key_mark(path) if key else document.mark(path)
    return f"{document.name}:{mark.line}:{mark.column}"


def _scope_problems(document: positions.Positioned) -> Iterator[positions.Problem]:
    """Exemptions that cover every hub without saying so, and those that cover nothing of their own."""
    written = (document.data or {}).get("exemptions", ())
    entries = [exemptions.read(entry) for entry in written]
    of_policy: dict[str, list[int]] = {}
    left = _COMPARISONS
    for index, entry in enumerate(entries):
        if exemptions.is_boundless(entry.hub) and written[index].get("all_hubs") is not True:
            told = f"'{entry.hub}' exempts every hub"
            yield document.problem(("exemptions", index, "hub"), told, "if that is meant, add all_hubs: true")
        earlier = of_policy.setdefault(entry.policy, [])
        left -= len(earlier)
        for other in earlier if left >= 0 else ():
            first = exemptions.includes(entries[other], entry)
            if first or exemptions.includes(entry, entries[other]):
                line = document.mark(("exemptions", other)).line
                told = f"overlaps the exemption at line {line}: " + (
                    "that one covers all of this" if first else "this one covers all of that"
                )
                yield document.problem(("exemptions", index), told, "keep one of the two")
                break
        earlier.append(index)


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


def _history_problems(document: positions.Positioned, folder: Path) -> Iterator[positions.Problem]:
    """A history elsewhere: whoever may change a configuration must not choose what is written outside."""
    named = (document.data or {}).get("history")
    # Links that lead in a circle are no error here, as they would be of `Path.resolve`.
    if named is not None and not Path(realpath(folder / named)).is_relative_to(realpath(folder)):
        hint = "name another place on the command line"
        yield document.problem(("history",), f"'{named}' is outside of the folder of this file", hint)


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


def _report(told: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    return {**told, "logo": str(folder / told["logo"])} if "logo" in told else told


def shown(path: Path) -> str:
    """A path as it is told to people: seen from the working directory where it is below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
