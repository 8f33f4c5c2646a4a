"""A Parquet file with a row for each finding, for DuckDB and whatever else reads columns.

The file's metadata holds version and times of the scan.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from scanner.model import Report, Style
from scanner.reporters._columns import COLUMNS, NUMBERS
from scanner.results import VERSION, text

BINARY = True
LIBRARY = "pyarrow"

_ROWS = 10_000
"""How many findings are held before they are written: a row group of the file."""


def render(report: Report, style: Style) -> Iterator[bytes]:  # noqa: ARG001 - programs read it
    """Yield the file, some thousand findings at a time."""
    import pyarrow  # noqa: PLC0415 - 100 MB that no other format needs
    import pyarrow.parquet  # noqa: PLC0415

    types = [(name, pyarrow.int64() if name in NUMBERS else pyarrow.string()) for name in COLUMNS]
    schema = pyarrow.schema(types, metadata=_metadata(report))
    sink = _Sink()
    with pyarrow.parquet.ParquetWriter(
        pyarrow.PythonFile(sink, mode="w"), schema, compression="zstd"
    ) as file:
        findings = iter(report.findings)
        while rows := list(islice(findings, _ROWS)):
            columns = [[_cell(read(finding)) for finding in rows] for read in COLUMNS.values()]
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
