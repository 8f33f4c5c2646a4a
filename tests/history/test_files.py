"""Files that are no history, or cannot be used as one: a line for each, and nothing in them is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from history.reports import a_scan, recorded, states

from scanner.errors import HistoryError
from scanner.history import layout, store
from scanner.history import trend as trends
from scanner.history.places import default_place
from scanner.history.store import History

FAILS = [("a", "p", "x", "fail")]
VERSION_1 = Path(__file__).with_name("version-1.sql")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


def a_foreign_file(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE scan (id INTEGER)")
    connection.close()


def a_newer_history(path):
    recorded(path, a_scan("2026-11-01", FAILS))
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {layout.VERSION + 1}")
    connection.close()


def a_truncated_history(path):
    recorded(path, a_scan("2026-11-01", FAILS))
    os.truncate(path, path.stat().st_size // 2)


def a_damaged_history(path):
    recorded(path, a_scan("2026-11-01", FAILS))
    with path.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 4096)


def a_history_without_its_tables(path):
    recorded(path, a_scan("2026-11-01", FAILS))
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE finding")
    connection.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda path: path.mkdir(), "is a folder; name a file", id="a folder"),
        pytest.param(lambda path: path.write_text("x" * 5000), "not a history: no SQLite file", id="text"),
        pytest.param(a_foreign_file, "another SQLite file", id="a database of something else"),
        pytest.param(a_newer_history, "of version 2, and this hubscan knows 1: use a newer", id="newer"),
        pytest.param(a_truncated_history, "a damaged history", id="truncated"),
        pytest.param(a_damaged_history, "a damaged history", id="damaged"),
        pytest.param(os.mkfifo, "is no file", id="a pipe"),
    ],
)
@pytest.mark.parametrize("writing", [True, False])
def test_a_file_that_is_no_history_is_refused_and_left_alone(path, make, said, writing):
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(HistoryError) as caught, History(path, writing=writing) as history:
        trends.trend(history)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert before is None or path.read_bytes() == before


def test_a_text_where_a_number_was_is_damage(path):
    recorded(path, a_scan("2026-11-01", FAILS))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE scan SET late = '{'")
    connection.close()
    with History(path) as history, pytest.raises(HistoryError, match="a damaged history"):
        trends.late(history, 1)


def test_a_history_without_its_tables_is_damaged(path):
    a_history_without_its_tables(path)
    with (
        History(path) as history,
        pytest.raises(HistoryError, match="a damaged history: no such table: finding"),
    ):
        trends.paces(history)


def test_a_file_that_is_not_there_is_begun_by_a_scan_alone(path, tmp_path):
    with pytest.raises(HistoryError, match="there is no history yet"):
        History(path)
    assert not path.exists()
    with pytest.raises(HistoryError, match="there is no folder"):
        History(tmp_path / "none" / "history.db", writing=True)
    path.touch()
    with pytest.raises(HistoryError, match="the file is empty"):
        History(path)
    assert states(recorded(path, a_scan("2026-11-01", FAILS))) == {("a", "p", "x"): "open"}


def test_a_writer_waits_for_another_and_says_so_where_that_takes_too_long(path, monkeypatch):
    recorded(path, a_scan("2026-11-01", FAILS))
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.05)
    with History(path, writing=True) as first:
        first.ask("BEGIN EXCLUSIVE")
        for writing in (True, False):
            with pytest.raises(HistoryError, match="another process is writing to it"):
                History(path, writing=writing)
        first.ask("ROLLBACK")
    recorded(path, a_scan("2026-11-02"))
    assert states(path) == {("a", "p", "x"): "fixed"}


def test_scans_that_are_recorded_at_once_are_all_there(path):
    code = (
        "import sys; from pathlib import Path; from history.reports import a_scan, recorded\n"
        "number = int(sys.argv[2]); found = [('ab'[number % 2], 'p', f'{number}{i}', 'fail') for i in range(300)]\n"
        "recorded(Path(sys.argv[1]), a_scan('2026-11-01', found, hubs='ab'[number % 2], policies=('p', str(number))))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), os.getcwd()))}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)], env=environment)
        for number in range(4)
    ]
    assert [process.wait() for process in running] == [0] * 4
    with History(path) as history:
        assert history.ask("SELECT count(*) FROM scan").fetchone() == (4,)
        assert history.ask("SELECT count(*) FROM finding").fetchone() == (1200,)


@pytest.mark.parametrize("where", ["count", "_close"])
def test_a_writer_that_is_killed_loses_nothing_that_was_there(path, where):
    recorded(path, a_scan("2026-11-01", FAILS))
    before = states(path)
    code = (
        "import os, sys; from pathlib import Path; from history.reports import a_scan, recorded\n"
        "from scanner.history import store, verdicts\n"
        "store._CACHE_KIB = 1\n"  # so that much is in the file already
        f"verdicts.{where} = lambda *_: os.kill(os.getpid(), 9)\n"
        "found = [('a', 'p', f'{i}', 'fail') for i in range(3000)]\n"
        "recorded(Path(sys.argv[1]), a_scan('2026-11-02', found))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), os.getcwd()))}
    killed = subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Path(f"{path}-journal").exists(), "nothing had been written when it was killed"
    assert states(path) == before
    with History(path) as history:
        assert history.ask("PRAGMA integrity_check").fetchone() == ("ok",)
        assert len(trends.trend(history).points) == 1
    recorded(path, a_scan("2026-11-03"))
    assert states(path) == {("a", "p", "x"): "fixed"}


@pytest.fixture
def nobody():
    """A folder of somebody who may not write everywhere, and this process as them."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
            try:
                yield Path(folder)
            finally:
                os.seteuid(0)
        else:
            yield Path(folder)


def test_a_read_only_history_answers_and_is_not_written_to(nobody):
    path = recorded(nobody / "history.db", a_scan("2026-11-01", FAILS))
    os.chmod(path, 0o444)
    assert states(path) == {("a", "p", "x"): "open"}
    with pytest.raises(HistoryError, match="is read-only"):
        History(path, writing=True)


def test_a_history_in_a_folder_where_nothing_can_be_written_is_refused_at_once(nobody):
    path = recorded(nobody / "history.db", a_scan("2026-11-01", FAILS))
    os.chmod(nobody, 0o555)
    try:
        with pytest.raises(HistoryError, match="is read-only, or its folder is"):
            History(path, writing=True)
        with pytest.raises(HistoryError, match="cannot be opened"):
            History(nobody / "new.db", writing=True)
    finally:
        os.chmod(nobody, 0o755)


def version_1(path):
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    connection.close()


def test_a_history_of_version_1_is_read_and_written_to(path):
    version_1(path)
    assert states(path) == {("a", "p", "x"): "fixed", ("a", "p", "y"): "open", ("b", "q", None): "exempt"}
    with History(path) as history:
        assert [(point.day, point.new, point.fixed) for point in trends.trend(history).points] == [
            ("2026-11-01", 2, 0),
            ("2026-11-04", 0, 1),
        ]
    recorded(path, a_scan("2026-11-06", [("a", "p", "x", "fail")]))
    assert states(path)[("a", "p", "x")] == "open"


def test_a_step_to_a_later_version_is_taken_whole_or_not_at_all(path, monkeypatch):
    version_1(path)
    monkeypatch.setattr(layout, "VERSION", 2)
    broken = "ALTER TABLE scan ADD COLUMN note TEXT;\nCREATE TABLE scan (id INTEGER);\n"
    monkeypatch.setattr(layout, "STEPS", (*layout.STEPS, broken))
    with pytest.raises(HistoryError, match="already exists"):
        History(path)
    monkeypatch.setattr(layout, "STEPS", (layout.STEPS[0], "ALTER TABLE scan ADD COLUMN note TEXT;\n"))
    with History(path) as history:
        assert history.ask("SELECT note FROM scan").fetchall() == [(None,), (None,)]
        assert history.ask("PRAGMA user_version").fetchone() == (2,)
    assert len(states(path)) == 3


def test_the_usual_place_is_one_of_the_repository(tmp_path):
    inner = tmp_path / "infra" / "hubs"
    inner.mkdir(parents=True)
    assert default_place(inner) == inner / ".hubscan" / "history.db"
    (tmp_path / ".git").mkdir()
    assert default_place(inner) == tmp_path / ".hubscan" / "history.db"


@pytest.mark.parametrize("asked", [trends.late, trends.trend])
def test_a_history_without_the_scan_that_was_recorded_is_damaged(tmp_path, asked):
    path = recorded(tmp_path / "history.db", a_scan("2026-11-01"))
    with History(path) as history, pytest.raises(HistoryError, match="a damaged history"):
        asked(history, 99)


def test_a_history_whose_tables_are_no_text_any_more_is_damaged(tmp_path):
    path = recorded(tmp_path / "history.db", a_scan("2026-11-01"))
    path.write_bytes(path.read_bytes().replace(b"tablepolicypolicy", b"tablepol\xdfcypolicy"))
    with pytest.raises(HistoryError, match="a damaged history"):
        History(path)
