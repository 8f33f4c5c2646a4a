"""A list that sorts itself and may be larger than memory.

Reports are sorted, and a scan may find more than fits: what is added is kept in memory up to a bound,
then sorted and written to a temporary file; reading merges those files.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Self

import orjson

MEMORY_BYTES = 4 * 1024 * 1024
"""How much payload is kept in memory before a sorted run is written out."""

_OVERHEAD = 200
"""What a record costs beside its texts."""


class Spool:
    """Records of a sort key and JSON data, read back in the order of their keys.

    Records of one key come back in the order in which they were added.  Reading can be repeated, and
    adding after reading is allowed.  Temporary files have no name on disk and go with the process.
    """

    def __init__(self, memory: int = MEMORY_BYTES) -> None:
        self._memory = memory
        self._held = 0
        self._records: list[tuple[str, bytes]] = []
        self._sorted = True
        self._runs: list[IO[bytes]] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for run in self._runs:
            run.close()

    def add(self, key: str, data: bytes) -> None:
        """Keep one record: ``data`` is JSON text."""
        # NOTE: what orjson writes keeps its buffer, 4 kB at least; a copy is as long as its text.
        self._records.append((key, bytes(memoryview(data))))
        self._sorted = False
        self._length += 1
        self._held += len(data) + len(key) + _OVERHEAD
        if self._held > self._memory:
            self._spill()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Every record as its key and its parsed data, sorted by key."""
        self._sort()
        if not self._runs:
            records: Iterator[tuple[str, bytes]] = iter(self._records)
        else:
            records = heapq.merge(
                *(_read(run) for run in self._runs), self._records, key=lambda record: record[0]
            )
        for key, data in records:
            yield key, orjson.loads(data)

    def _sort(self) -> None:
        if not self._sorted:
            self._records.sort(key=lambda record: record[0])
            self._sorted = True

    def _spill(self) -> None:
        import tempfile  # noqa: PLC0415 - most scans find less than fits

        self._sort()
        run = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the spool, closed with it
        for key, data in self._records:
            run.write(orjson.dumps(key) + b"\n" + data + b"\n")
        run.flush()
        self._runs.append(run)
        self._records.clear()
        self._held = 0


def _read(run: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The records of one run, with a position of its own: several readers may share the file."""
    position = 0
    while True:
        run.seek(position)
        block = run.readlines(1 << 20)
        if len(block) % 2:
            block.append(run.readline())
        if not block:
            return
        position = run.tell()
        for key, data in zip(block[::2], block[1::2], strict=True):
            yield orjson.loads(key), data
