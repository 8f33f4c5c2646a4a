"""A list that sorts itself and may be larger than memory."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from scanner.spool import Spool

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


def filled(entries, memory):
    spool = Spool(memory)
    for key, value in entries:
        spool.add(key, orjson.dumps(value))
    return spool


@given(st.lists(st.tuples(keys, st.integers(0, 9))), st.integers(1, 60))
def test_records_come_back_sorted_by_key_however_little_memory_there_is(entries, memory):
    with filled(entries, memory) as spool:
        assert [key for key, _ in spool] == sorted(key for key, _ in entries)
        assert sorted(spool) == sorted(entries)
        assert len(spool) == len(entries)


def test_two_readers_and_a_writer_do_not_disturb_each_other():
    with filled([(f"{n:05}", n) for n in range(2000)], 500) as spool:
        first, second = iter(spool), iter(spool)
        assert [next(first)[1] for _ in range(900)] == list(range(900))
        assert [next(second)[1] for _ in range(10)] == list(range(10))
        assert [value for _, value in first] == list(range(900, 2000))


def test_records_of_one_key_keep_their_order():
    with filled([("k", n) for n in range(50)], 40) as spool:
        assert [value for _, value in spool] == list(range(50))


def test_text_that_looks_like_a_line_end_stays_one_record():
    with filled([("a\nb\u2028", "x\ny")], 1) as spool:
        assert list(spool) == [("a\nb\u2028", "x\ny")]
