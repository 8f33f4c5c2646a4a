"""Runs another program with bounds: time, output, and nothing of it left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

_PIECE = 1 << 16
_GRACE = 5
"""Seconds in which the pipes of what was killed must end."""


class NotDone(Exception):  # noqa: N818 - what running ends in
    """A program did not end as it should.  ``str()`` is a clause that says how."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a program ended with."""

    code: int
    out: bytes
    err: bytes


def run(command: Sequence[str], environment: Mapping[str, str], seconds: float, most: int) -> Done:
    """Run a program to its end, without a shell, input, or the working directory of this one.

    It is killed with its children after some seconds, and where either of its outputs has more than
    ``most`` bytes.  Raises `NotDone`.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the program is named by its full path
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A program may look for settings where it is started: not in what is scanned.
            cwd=os.path.abspath(os.sep),  # noqa: PTH100
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise NotDone(f"cannot be run: {getattr(error, 'strerror', None) or error}") from None
    try:
        return _ended(process, seconds, most)
    except BaseException:
        _kill(process)
        raise
    finally:
        for stream in (process.stdout, process.stderr):
            cast("IO[bytes]", stream).close()


def _ended(process: subprocess.Popen[bytes], seconds: float, most: int) -> Done:
    until = time.monotonic() + seconds
    drains = [_Drain(cast("IO[bytes]", stream), most, process) for stream in (process.stdout, process.stderr)]
    for drain in drains:
        drain.thread.join(max(0.0, until - time.monotonic()))
    late = any(drain.thread.is_alive() for drain in drains)
    try:
        # What still holds its outputs open has not ended, whatever its first process did.
        code = None if late else process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        code = None
    if code is None:
        _kill(process)
        for drain in drains:
            drain.thread.join(_GRACE)
    if any(drain.full for drain in drains):
        raise NotDone(f"writes more than {most >> 20} MiB")
    if code is None:
        raise NotDone(f"does not end within {seconds:g} seconds")
    out, err = (bytes(drain.data) for drain in drains)
    return Done(code, out, err)


class _Drain:
    """Reads an output as it comes, so that the program is never held up by it."""

    def __init__(self, stream: IO[bytes], most: int, process: subprocess.Popen[bytes]) -> None:
        self.data = bytearray()
        self.full = False
        self._stream = stream
        self._most = most
        self._process = process
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while piece := self._stream.read1(_PIECE):  # type: ignore[attr-defined]
                if len(self.data) + len(piece) > self._most:
                    self.full = True
                    _signal(self._process)
                    return
                self.data += piece


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started, and let go of it."""
    _signal(process)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)


def _signal(process: subprocess.Popen[bytes]) -> None:
    # Before it is waited for, the number of a process, and of the group that it leads, is no other's.
    if process.returncode is not None:
        return
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
