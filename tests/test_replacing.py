"""Files that are there whole or not at all, and what is left of those that were not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.replacing import replacing

WRITER = """\
import sys, time
from pathlib import Path
from scanner.replacing import replacing
with replacing(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    print("begun", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer():
    """Begins to write a file in another process, and says when it has."""
    begun = []

    def start(path):
        command = [sys.executable, "-c", WRITER, str(path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"begun\n"
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()
        process.stdout.close()


def write(path, data=b"new"):
    with replacing(path) as stream:
        stream.write(data)


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path, writer):
    path = tmp_path / "report.json"
    for _ in range(2):
        process = writer(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(os.listdir(tmp_path)) >= 1
    assert not path.exists()
    write(path)
    assert os.listdir(tmp_path) == ["report.json"]


def test_what_another_writes_at_the_moment_stays(tmp_path, writer):
    path = tmp_path / "report.json"
    writer(path)
    write(path)
    assert len(os.listdir(tmp_path)) == 2
    assert path.read_bytes() == b"new"


def test_files_of_other_names_stay(tmp_path):
    others = [
        ".report.json-settings",
        ".report.json-a1b2c3d4",
        ".report.jso-a1b2c3d4.hubscan-partial",
        ".report.json-a1b2c3d4.hubscan-partial.bak",
        "report.json-a1b2c3d4.hubscan-partial",
    ]
    for name in others:
        (tmp_path / name).write_bytes(b"mine")
    write(tmp_path / "report.json")
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "report.json"])


def test_a_link_in_the_place_of_one_is_not_followed(tmp_path):
    (tmp_path / "mine").write_bytes(b"mine")
    left = tmp_path / ".report.json-a1b2c3d4.hubscan-partial"
    left.symlink_to("mine")
    write(tmp_path / "report.json")
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert left.is_symlink()


def test_a_pipe_in_the_place_of_one_does_not_hold_anybody_up(tmp_path):
    os.mkfifo(tmp_path / ".report.json-a1b2c3d4.hubscan-partial")
    write(tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == b"new"


def test_an_error_leaves_the_old_and_nothing_beside_it(tmp_path):
    path = tmp_path / "report.json"
    write(path, b"old")
    with pytest.raises(ZeroDivisionError), replacing(path) as stream:
        stream.writelines(b"%d" % (1 // left) for left in (1, 0))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_many_writers_at_once_each_write_the_whole(tmp_path):
    """They sweep while others begin: nobody loses what it is writing."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom scanner.replacing import replacing\n"
        "for n in range(300):\n"
        "    with replacing(Path('report.json')) as stream:\n"
        "        stream.write(sys.argv[1].encode() * 5000)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, letter], cwd=tmp_path, stderr=subprocess.PIPE)
        for letter in "abc"
    ]
    while any(one.poll() is None for one in writers):
        time.sleep(0.01)
        if (tmp_path / "report.json").exists():
            data = (tmp_path / "report.json").read_bytes()
            assert len(set(data)) == 1
            assert len(data) == 5000
    assert [one.communicate()[1] for one in writers] == [b""] * 3
    assert os.listdir(tmp_path) == ["report.json"]


def test_descriptors_are_given_back(tmp_path):
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else None
    for _ in range(20):
        write(tmp_path / "report.json")
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before
