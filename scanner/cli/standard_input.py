"""The path ``-``: one file that comes in by standard input, as an editor has it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from scanner.errors import UsageError
from scanner.sources.files.content import AT_ONCE
from scanner.sources.files.walk import File, shown

STANDARD_INPUT = "-"

_UNNAMED = "stdin"


def held(paths: Sequence[str], name: str | None) -> tuple[tuple[str, ...], File | None]:
    """The paths without ``-``, and the file that stands for it, None where it is not among them.

    ``name`` is what the file is called, and where what it refers to is looked for.  Raises `UsageError`
    for a name without ``-``, for ``-`` twice, and for more than can be held.
    """
    others = tuple(path for path in paths if path != STANDARD_INPUT)
    count = len(paths) - len(others)
    if not count:
        if name is not None:
            raise UsageError("--stdin-name names what PATH - reads: give - as a PATH")
        return others, None
    if count > 1:
        raise UsageError("- stands twice: standard input is read once")
    data = sys.stdin.buffer.read(AT_ONCE + 1)
    if len(data) > AT_ONCE:
        raise UsageError(f"standard input holds more than {AT_ONCE >> 20} MiB: name the file")
    called = name or _UNNAMED
    return others, File(os.path.abspath(called), shown(called).replace(os.sep, "/"), named=True, held=data)  # noqa: PTH100
