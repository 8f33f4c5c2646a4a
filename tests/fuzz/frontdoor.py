"""One command line in this process, with everything held that may not happen: no exception, no hang, no flood."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal

from scanner.cli import main

SECONDS = 20
"""No command may keep the processor longer: not a measurement, but an end to what would have none."""

MEMORY = 1 << 30
"""Bytes of address space that all examples of one test may add to the process."""

EXAMPLES = int(os.environ.get("HUBSCAN_FUZZ_EXAMPLES", "0"))


class TooLongError(BaseException):
    """Nothing in the program may catch it."""


def _ring(_signal, _frame):
    raise TooLongError


def _pages():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0])


@contextlib.contextmanager
def bounded_memory():
    """A process that asks for more gets none, and whatever comes of that is no exit code."""
    if not os.path.exists("/proc/self/statm"):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_pages() * resource.getpagesize() + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def run(*arguments):
    """The exit code of a command line, standard output, and the lines of standard error."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)
    before = signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode().split("\n")[:-1]


def ends_well(*arguments):
    """Run a command line, which must end as the contract says, and return its exit code."""
    code, _, err = run(*arguments)
    assert code in (0, 1, 2, 3), (code, err)
    assert all(line.startswith("hubscan: ") for line in err), err
    assert code != 2 or any(line.startswith("hubscan: error: ") for line in err), (arguments, err)
    return code
