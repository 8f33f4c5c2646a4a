"""Calls that find room for the frames of all that they call.

CPython keeps the frames of a thread in chunks of 16 KiB.  A call whose frame does not fit takes a chunk from
the system and gives it back when it returns (``push_chunk`` in ``Python/pystate.c``), so that a loop which
stands at the end of one pays two system calls and a page for each call in it: up to a third of a scan,
by no more than how deep it happens to run.  A frame that is large gets a large chunk, and shares it with what
it calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

_SLOTS = 1 << 16
"""Places of 8 bytes in the frame: with its head half a MiB and some more, in a chunk of one MiB.

None of them is written to, so that no memory is used for them."""


def roomy(call: Callable[[], Answer]) -> Answer:
    """What a call returns, or raises."""
    return call()


roomy.__code__ = roomy.__code__.replace(co_stacksize=_SLOTS)
