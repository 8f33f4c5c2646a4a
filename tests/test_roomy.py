"""Calls whose frames would end a chunk of the interpreter's, and do not."""

import sys

import pytest

from scanner.roomy import roomy

resource = pytest.importorskip("resource")

DEPTH, CALLS = 150, 100


def large():
    """Its frame takes half of a usual chunk."""


large.__code__ = large.__code__.replace(co_stacksize=1000)


def deep(depth=DEPTH):
    for _ in range(CALLS):
        large()
    if depth:
        deep(depth - 1)


def pages(call):
    """How many pages of memory the process asks for while something is called."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    call()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="how CPython keeps frames")
def test_calls_at_whatever_depth_take_no_memory_from_the_system_each_time():
    assert pages(deep) > CALLS, "at some depth the frame does not fit any more"
    assert pages(lambda: roomy(deep)) < CALLS


def test_what_a_call_returns_or_raises_comes_through():
    assert roomy(lambda: [1]) == [1]
    with pytest.raises(ZeroDivisionError):
        roomy(lambda: 1 // 0)
