"""Findings of a history for other programs, a row each: JSON Lines, or Parquet for DuckDB and the like."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scanner.errors import UsageError
from scanner.history.questions import Row
from scanner.results import text

Writer = Callable[[Iterable[Row], bool], Iterator[str] | Iterator[bytes]]
"""Yields a file, from rows and whether they are those of events."""

_FINDING = {
    "fingerprint": "string",
    "policy": "string",
    "title": "string",
    "severity": "string",
    "state": "string",
    "hub_id": "string",
    "hub_name": "string",
    "live": "bool",
    "subscription_id": "string",
    "resource_group": "string",
    "isolation_mode": "string",
    "item": "string",
    "message": "string",
    "first_seen": "string",
    "last_seen": "string",
    "opened": "string",
    "closed": "string",
    "failures": "int64",
}
_EVENT = {
    "at": "string",
    "event": "string",
    "scan": "int64",
    "seconds": "int64",
    "exemption": "string",
    "fingerprint": "string",
    "policy": "string",
    "severity": "string",
    "hub_id": "string",
    "hub_name": "string",
    "subscription_id": "string",
    "item": "string",
    "message": "string",
}


def writer(form: str, to_terminal: bool) -> Writer:  # noqa: FBT001 - asked once, where it is clear
    """What writes a format.  Raises `UsageError` for one there is not, and for one that cannot be written."""
    if form == "jsonl":
        return _json_lines
    if form != "parquet":
        raise UsageError(f"there is no format {form[:40]!r} of an export: it is one of jsonl, parquet")
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError(
            "parquet needs pyarrow, which is not installed: pip install 'hubscan[parquet]' (or pipx install"
            " --force, where pipx installed it)"
        )
    if to_terminal:
        raise UsageError("parquet is not text: write it to a file, -o parquet=FILE")
    return _parquet


def _json_lines(rows: Iterable[Row], events: bool) -> Iterator[str]:  # noqa: ARG001, FBT001 - rows say what they are
    for row in rows:
        yield f"{text(row)}\n"


def _parquet(rows: Iterable[Row], events: bool) -> Iterator[bytes]:  # noqa: FBT001 - as above
    from scanner.reporters import parquet  # noqa: PLC0415 - 100 MB that nothing else here needs

    columns = _EVENT if events else _FINDING
    return parquet.write(columns, ([_flat(row[name]) for name in columns] for row in rows), {})


def _flat(value: Any) -> Any:
    return text(value) if isinstance(value, dict) else value
