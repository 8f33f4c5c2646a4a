"""Files of any size: memory does not grow with them, and nothing in them is lost."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc

import pytest
from hubs import SUBSCRIPTION, hub, snapshot
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Gap, Hub
from scanner.sources import collect
from scanner.sources.files.json_stream import members
from scanner.sources.files.json_text import BadJSON, CutOff

HEADER = json.dumps({"snapshot": "hubscan/v1"})
MEBI = 1 << 20

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


class Drips(io.BytesIO):
    """A stream that gives a few bytes at a time, so that every value crosses the edge of a block."""

    def __init__(self, data, size):
        super().__init__(data)
        self.size = size

    def read(self, _=-1):
        return super().read(self.size)


def held(path):
    """How many hubs a file has, and the most memory that reading them took, in MiB."""
    tracemalloc.start()
    try:
        count = sum(isinstance(one, Hub) for one in collect([path]))
        return count, tracemalloc.get_traced_memory()[1] / MEBI
    finally:
        tracemalloc.stop()


def estate_of(hubs, rules=40):
    line = json.dumps(
        {"hub": hub(rules=[(f"rule{number}", "FQDN", "contoso.com") for number in range(rules)])}
    )
    return "\n".join([HEADER, *[line] * hubs, json.dumps({"end": {"hubs": hubs, "gaps": 0}}), ""])


@pytest.mark.parametrize("packed", [False, True])
def test_memory_does_not_grow_with_the_number_of_lines(write, packed):
    few, least = held(write("few.jsonl", estate_of(100), packed=packed))
    many, most = held(write("many.jsonl", estate_of(1500), packed=packed))
    assert (few, many) == (100, 1500)
    assert most < least * 1.2 + 0.5
    assert most < 6


def test_a_document_larger_than_64_mib_is_read_member_by_member(tmp_path):
    path = tmp_path / "large.json"
    filler = json.dumps("x" * MEBI)
    with path.open("w") as file:
        file.write('{"collected_at": "2026-11-02T05:17:00Z", "hubs": [')
        for number in range(66):
            one = json.dumps(hub(f"hub{number}", filler="FILLER")).replace('"FILLER"', filler)
            file.write(("," if number else "") + one)
        file.write('], "gaps": [{"subject": "/x", "reason": "missing"}], "snapshot": "hubscan/v1",')
        file.write(
            json.dumps({"subscriptions": [{"subscriptionId": SUBSCRIPTION, "displayName": "late"}]})[1:]
        )
    count, most = held(str(path))
    assert count == 66
    assert most < 28
    arrivals = list(collect([str(path)]))
    assert [one.subject for one in arrivals if isinstance(one, Gap)] == ["/x"]
    assert {one.document["subscription"]["displayName"] for one in arrivals if isinstance(one, Hub)} == {
        "late"
    }


def test_a_large_document_that_is_no_estate_is_passed_over(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"filler": "x" * (65 * MEBI)}))
    assert list(collect([str(tmp_path)])) == []
    assert [one.code for one in collect([str(path)])] == ["unrecognised"]


def test_a_line_longer_than_64_mib_is_a_gap_and_the_next_one_is_read(tmp_path):
    path = tmp_path / "estate.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write(f"{HEADER}\n")
        file.write('{"hub": {"name": "')
        for _ in range(65):
            file.write("x" * MEBI)
        file.write(f'"}}}}\n{json.dumps({"hub": hub("next")})}\n{{"end": {{}}}}\n')
    arrivals = list(collect([str(path)]))
    assert [one.detail for one in arrivals if isinstance(one, Gap)] == ["a line longer than 64 MiB"]
    assert [one.ref.name for one in arrivals if isinstance(one, Hub)] == ["next"]


@given(
    st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.integers(1, 30), st.sampled_from([None, 1])
)
def test_members_are_those_of_the_standard_module(value, size, indent):
    value["list"] = [value.get("list"), {"x": 1}, "ü", -1.5e3]
    text = json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace")
    wanted = json.loads(text)
    got = {}
    for member in members(Drips(text, size), {"list"}, MEBI):
        parsed = json.loads(member.raw)
        if member.index is None:
            got[member.key] = parsed
        else:
            assert member.index == len(got.setdefault(member.key, []))
            got[member.key].append(parsed)
    assert got == wanted


@given(st.data(), st.integers(1, 300))
def test_a_text_that_is_cut_off_is_told_from_one_that_is_broken(data, size):
    text = json.dumps(snapshot(hub("a"), hub("b"))).encode()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(CutOff):
        list(members(Drips(cut, size), {"hubs"}, MEBI))


@pytest.mark.parametrize(
    "text", ['{"a" 1}', '{"a": 1 "b": 2}', "{1: 2}", '{"a": tru }', "[]", '{"a": 1} x', '{"a": [1}', "{,}"]
)
def test_a_text_that_is_no_json_is_said(text):
    with pytest.raises(BadJSON) as caught:
        list(members(io.BytesIO(f"{text}{' ' * 100}".encode()), {"a"}, MEBI))
    assert not isinstance(caught.value, CutOff)


def test_a_member_that_is_too_large_is_not_read_to_its_end():
    with pytest.raises(BadJSON, match="more than 1048576 characters"):
        list(members(io.BytesIO(b'{"a": "' + b"x" * (8 * MEBI)), set(), MEBI))
