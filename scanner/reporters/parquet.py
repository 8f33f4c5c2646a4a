"""A Parquet file with a row for each finding, for DuckDB and whatever else reads columns.

The file's metadata holds version and times of the scan.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from scanner.model import Report, Style
from scanner.reporters._columns import COLUMNS, NUMBERS
from scanner.results import VERSION, text

BINARY = True
LIBRARY = "pyarrow"

_ROWS = 10_000
"""How many rows are held before they are written: a row group of the file."""


def render(report: Report, style: Style) -> Iterator[bytes]:  # noqa: ARG001 - programs read it
    """Yield the file, some thousand findings at a time."""
    types = {name: "int64" if name in NUMBERS else "string" for name in COLUMNS}
    rows = ([read(finding) for read in COLUMNS.values()] for finding in report.findings)
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
