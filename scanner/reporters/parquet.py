"""A Parquet file with a row for each finding, for DuckDB and whatever else reads columns.

The columns are what JSON Lines has, its objects flattened: ``hub`` and ``exemption`` by their fields,
``location`` by path, line, column and end line, ``remediation`` by its forms; ``evidence`` is JSON text.
The file's metadata holds version and times of the scan.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from scanner.model import Finding, Report, Style
from scanner.results import VERSION, text

BINARY = True
LIBRARY = "pyarrow"

_ROWS = 10_000
"""How many rows are held before they are written: a row group of the file."""

_FORMS = ("text", "azure_cli", "azureml_yaml", "bicep", "terraform")
_PLACE = ("path", "line", "column", "end_line")
_DECISION = ("hub", "item", "category", "justification", "approved_by", "ticket", "expires")
_NUMBERS = frozenset({"location_line", "location_column", "location_end_line"})


def _remediation(form: str) -> Callable[[Finding], Any]:
    return lambda finding: finding.remediation.get(form)


def _inside(key: str, name: str) -> Callable[[Finding], Any]:
    return lambda finding: getattr(getattr(finding, key), name, None)


_COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "policy": attrgetter("policy"),
    "title": attrgetter("title"),
    "severity": attrgetter("severity"),
    "verdict": attrgetter("verdict"),
    "message": attrgetter("message"),
    "hub_id": attrgetter("hub.id"),
    "hub_name": attrgetter("hub.name"),
    "hub_kind": attrgetter("hub.kind"),
    "subscription_id": attrgetter("hub.subscription_id"),
    "resource_group": attrgetter("hub.resource_group"),
    "item": attrgetter("item"),
    "evidence": lambda finding: text(finding.evidence),
    "reason": attrgetter("reason"),
    **{f"remediation_{form}": _remediation(form) for form in _FORMS},
    **{f"location_{name}": _inside("location", name) for name in _PLACE},
    "fingerprint": attrgetter("fingerprint"),
    "baseline": attrgetter("baseline"),
    **{f"exemption_{name}": _inside("exemption", name) for name in _DECISION},
}


def render(report: Report, style: Style) -> Iterator[bytes]:  # noqa: ARG001 - programs read it
    """Yield the file, some thousand findings at a time."""
    types = {name: "int64" if name in _NUMBERS else "string" for name in _COLUMNS}
    rows = ([read(finding) for read in _COLUMNS.values()] for finding in report.findings)
    return write(types, rows, _metadata(report))


def write(
    types: Mapping[str, str], rows: Iterable[Sequence[Any]], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield a file of some columns, each of a type by Arrow's name, some thousand rows at a time."""
    import pyarrow  # noqa: PLC0415 - 100 MB that no other format needs
    import pyarrow.parquet  # noqa: PLC0415

    fields = [(name, pyarrow.type_for_alias(alias)) for name, alias in types.items()]
    schema = pyarrow.schema(fields, metadata=dict(metadata))
    sink = _Sink()
    with pyarrow.parquet.ParquetWriter(
        pyarrow.PythonFile(sink, mode="w"), schema, compression="zstd"
    ) as file:
        waiting = iter(rows)
        while held := list(islice(waiting, _ROWS)):
            columns = [[_cell(value) for value in column] for column in zip(*held, strict=True)]
            file.write_batch(pyarrow.record_batch(columns, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _metadata(report: Report) -> dict[str, str]:
    return {
        "result": VERSION,
        "tool_version": report.tool_version,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "complete": text(report.complete),
    }


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # A lone surrogate is text in Python and nowhere else.
    return str(value) if value.isascii() else value.encode("utf-8", "replace").decode()


class _Sink(io.RawIOBase):
    """Takes what the writer writes until somebody asks for it."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last call."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data
