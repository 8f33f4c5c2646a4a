"""The hash of a line is the one that GitHub's own upload action finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.locations import line_hash
from scanner.model import Place
from scanner.sources.files import again

END = "c129715d7a2bc9a3"
"""The hash of a line of which nothing is left but the end of the file."""


@pytest.fixture(scope="module")
def hashes(tmp_path_factory):
    """The hash of each line of a text."""
    folder = tmp_path_factory.mktemp("hashes")
    count = iter(range(1_000_000))

    def call(text):
        path = folder / f"{next(count)}.tf"
        path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        found, line = [], 1
        while (one := line_hash.of(Place(path=str(path), line=line, column=1, end_line=line))) is not None:
            found.append(one)
            line += 1
        return found

    return call


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [f"{END}:1"], id="an empty file has one line"),
        pytest.param(
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
            id="blanks do not count",
        ),
        *(
            pytest.param(
                text,
                [
                    *("e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1"),
                    *("b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", f"{END}:1"),
                ],
                id=name,
            )
            for name, text in {
                "line feeds": " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
                "carriage returns": " hello; \t\rworld!!!\r\r\r  \t\tGreetings\r End\r",
                "both": " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
                "a mixture": " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
            }.items()
        ),
        pytest.param(
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                *("a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1"),
                f"{END}:1",
            ],
            id="lines alike are counted",
        ),
    ],
)
def test_vectors_of_the_upload_action(hashes, text, expected):
    assert hashes(text) == expected


def rolled(text):
    """The same by another way: a window that rolls over the text a unit at a time."""
    units = text.encode("utf-16-le")
    window, numbers, at, raw, seen, found = [0] * 100, [0] * 100, 0, 0, {}, {}
    state = {"line": 0, "start": True, "cr": False}

    def out():
        mark = f"{raw:x}"
        seen[mark] = seen.get(mark, 0) + 1
        found[numbers[at]] = f"{mark}:{seen[mark]}"
        numbers[at] = 0

    def push(unit):
        nonlocal raw, at
        raw = (raw * 37 + unit - window[at] * 37**100) % 2**64
        window[at] = unit
        at = (at + 1) % 100

    for unit in [*(int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2)), 65535]:
        if unit in (9, 32) or (unit == 10 and state["cr"]):
            state["cr"] = False
            continue
        state["cr"] = unit == 13
        current = 10 if unit == 13 else unit
        if numbers[at]:
            out()
        if state["start"]:
            state["line"] += 1
            numbers[at] = state["line"]
        state["start"] = current == 10
        push(current)
    for _ in range(100):
        if numbers[at]:
            out()
        push(0)
    return [found[line] for line in sorted(found)]


TEXTS = st.text(
    st.sampled_from("ab \t\r\n:\U0001f600é\ufeff") | st.characters(exclude_categories=["Cs"]), max_size=400
)


@given(text=TEXTS)
def test_any_text_has_the_hashes_of_a_rolling_window(hashes, text):
    assert hashes(text) == rolled(text)


def test_bytes_that_are_no_text_count_as_replacement_characters(hashes):
    assert hashes(b"a\xff\nb") == hashes("a\N{REPLACEMENT CHARACTER}\nb")


def test_without_the_file_there_is_none():
    assert line_hash.of(Place(path="nowhere.tf", line=1, column=1, end_line=1)) is None
    assert line_hash.of(Place(path="a\0b", line=1, column=1, end_line=1)) is None


def test_a_path_is_seen_from_the_root_of_the_repository(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "hub.tf").write_text("a\n")
    for folder, path in (
        (tmp_path, "infra/hub.tf"),
        (tmp_path / "infra", "hub.tf"),
        (tmp_path, str(tmp_path / "infra/hub.tf")),
    ):
        monkeypatch.chdir(folder)
        found = line_hash.artifact(Place(path=path, line=1, column=1, end_line=1), again.version(path))
        assert found.path == "infra/hub.tf"
        assert found.line_hash.endswith(":1")


@given(text=TEXTS, data=st.data())
def test_it_is_the_same_in_whatever_order_lines_are_asked_for(tmp_path_factory, text, data):
    path = tmp_path_factory.mktemp("asked") / "a.tf"
    path.write_bytes(text.encode("utf-8"))
    known = rolled(text)
    lines = range(1, len(known) + 1)
    for line in data.draw(st.lists(st.sampled_from(lines), max_size=12)):
        found = line_hash.of(Place(path=str(path), line=line, column=1, end_line=line))
        assert found == known[line - 1], line
    for line in (0, -1, len(known) + 1):
        assert line_hash.of(Place(path=str(path), line=line, column=1, end_line=line)) is None


def test_lines_alike_are_counted_also_where_they_run_into_one_another(hashes):
    text = "}\n" * 300
    assert hashes(text) == rolled(text)
    assert hashes(f"{text}\uffff\0\0{text}") == rolled(f"{text}\uffff\0\0{text}")
