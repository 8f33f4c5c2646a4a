"""Reads that many hubs need and that are made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import orjson

from scanner.sources.azure.refusal import Refused

Value = TypeVar("Value")


def packed(value: Any) -> bytes:
    """A JSON value as bytes, to be held for long.

    They are copied: what orjson gives keeps the room that it was written in, 4 KiB at least.
    """
    return bytes(memoryview(orjson.dumps(value)))


class Once(Generic[Value]):
    """Values by key.  Whoever asks first reads; the others wait for that; a refusal is remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._values: dict[str, Value | Refused] = {}

    def get(self, key: str, read: Callable[[], Value]) -> Value:
        """The value of a key, read now or before.  Raises `Refused` where reading did."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._values:
                try:
                    self._values[key] = read()
                except Refused as refused:
                    self._values[key] = refused
            value = self._values[key]
        if isinstance(value, Refused):
            raise value.with_traceback(None)
        return value

    def forget(self, belongs: Callable[[str], bool]) -> None:
        """Drop the values of some keys, while others may be read."""
        # A copy: whoever reads the value of another key puts it there without waiting for this.
        for key in filter(belongs, tuple(self._values)):
            self._values.pop(key, None)
