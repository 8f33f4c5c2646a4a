"""Opens a file as UTF-8, whatever it is packed or encoded in.

A gzip file is known by its first two bytes, never by its name.  UTF-16 is what a redirect of Windows
PowerShell writes; it is told by its byte order mark, or by the zero bytes around the first bracket.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

BLOCK = 1 << 20
"""Bytes that are read at a time."""

_GZIP = b"\x1f\x8b"

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\0", "utf-16-le"),
    (b"[\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
    (b"\0[", "utf-16-be"),
)

_OTHERWISE = (_GZIP, *(mark for mark, _ in _MARKS))


def plain(data: bytes) -> bytes | None:
    """The text of a whole file as it is read through `Opened`; None for one that is packed or recoded."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    return None if data.startswith(_OTHERWISE) else data


class Opened:
    """A file that is open for reading: ``stream`` gives its UTF-8 text as bytes, without a byte order mark.

    ``held`` is what it holds where that was handed over.  ``told`` is given the SHA-256 of the file as it is
    stored, once somebody has read it to its end.  Used as a context.  Raises OSError where the file cannot be
    opened.
    """

    def __init__(
        self, file: str, held: bytes | None = None, told: Callable[[str], None] | None = None
    ) -> None:
        raw: Any = io.FileIO(file) if held is None else io.BytesIO(held)
        if told is not None:
            raw = _Digested(raw, told)
        stream: io.BufferedReader = io.BufferedReader(raw, BLOCK)
        self._packed: _Unpacked | None = None
        try:
            if stream.peek(2)[:2] == _GZIP:
                self._packed = _Unpacked(stream)
                stream = io.BufferedReader(self._packed, BLOCK)
            self.stream = _as_utf8(stream)
        except OSError:
            stream.close()
            raise

    @property
    def packed(self) -> bool:
        """Whether it is a gzip file, whose size says little about its content."""
        return self._packed is not None

    @property
    def damage(self) -> str | None:
        """What is wrong with the packing, once the reader has met it: a clause for people."""
        return self._packed.damage if self._packed else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()


def _as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    head = stream.peek(4)[:4]
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        return stream
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return io.BufferedReader(_Transcoded(stream, encoding), BLOCK)
    return stream


class _Digested(io.RawIOBase):
    """A raw stream whose digest is computed while it is read."""

    def __init__(self, raw: Any, told: Callable[[str], None]) -> None:
        self._raw = raw
        self._told = told
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._raw.readinto(buffer)
        if count:
            self._hash.update(memoryview(buffer)[:count])
        else:
            self._told(self._hash.hexdigest())
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """The content of a gzip file; where that is damaged, everything up to the damage."""

    def __init__(self, packed: io.BufferedReader) -> None:
        import gzip  # noqa: PLC0415 - most files are not packed

        self._gzip = gzip.GzipFile(fileobj=packed)
        self._packed = packed
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.damage:
            return 0
        try:
            data = self._gzip.read1(len(buffer))
        except EOFError:
            self.damage = "the gzip stream is cut off"
            return 0
        except _damages() as error:
            self.damage = f"the gzip stream is damaged ({error})"
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._packed.close()
        super().close()


def _damages() -> tuple[type[Exception], ...]:
    """What a damaged gzip file raises."""
    import gzip  # noqa: PLC0415 - most files are not packed
    import zlib  # noqa: PLC0415 - most files are not packed

    return zlib.error, gzip.BadGzipFile


class _Transcoded(io.RawIOBase):
    """Text of another encoding as UTF-8; what is no text becomes U+FFFD."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        ended = False
        while not self._waiting and not ended:
            block = self._stream.read1(BLOCK // 4)
            ended = not block
            self._waiting = self._decoder.decode(block, ended).encode("utf-8", "replace")
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()
