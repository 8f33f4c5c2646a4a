"""What a repository tracks is read, whatever ``.gitignore`` says."""

from __future__ import annotations

import os
import subprocess

import pytest
from hubs import hub, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.sources.files.tracked import Tracked


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Runs git in the folder of the test, a repository of the traits that are given first."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "contoso")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "contoso@example.com")

    def run(*arguments):
        return subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)

    return run


def write_all(write):
    write(".gitignore", "out*\nplan.json\n!kept.json\n")
    for name in ("plan", "main", "out/tracked", "out/deep/er/tracked", "out/other", "out-there/other"):
        write(f"{name}.json", snapshot(hub(name.replace("/", "-"))))


FORCED = ("plan.json", "out/tracked.json", "out/deep/er/tracked.json")
READ = ["main", "out-deep-er-tracked", "out-tracked", "plan"]


@pytest.mark.parametrize("version", ["2", "4"])
@pytest.mark.parametrize("format_", ["sha1", "sha256"])
def test_what_is_tracked_is_not_ignored(write, scan, git, version, format_):
    write_all(write)
    git("init", "-q", f"--object-format={format_}")
    assert scan().names == ["main"]
    git("add", "-f", *FORCED)
    git("update-index", "--index-version", version)
    said = []
    assert sorted(scan(say=said.append).names) == READ
    assert sum("passed over, .gitignore names it" in line for line in said) == 2
    assert scan("out/deep").names == ["out-deep-er-tracked"]


def test_what_is_to_be_added_later_is_tracked(write, scan, git):
    write_all(write)
    git("init", "-q")
    git("add", "-f", "-N", *FORCED)
    assert sorted(scan().names) == READ


def test_a_work_tree_of_its_own_has_an_index_of_its_own(write, scan, git, tmp_path):
    write_all(write)
    git("init", "-q")
    git("add", "-f", ".gitignore", *FORCED)
    git("commit", "-q", "-m", "a change")
    git("worktree", "add", "-q", "elsewhere")
    git("-C", "elsewhere", "rm", "-q", "--cached", "plan.json")
    assert sorted(scan(str(tmp_path / "elsewhere")).names) == ["out-deep-er-tracked", "out-tracked"]


def test_a_long_path_is_tracked(git, tmp_path):
    name = "/".join(["out", *(["n" * 200] * 21), "x.json"])
    git("init", "-q")
    blob = git("hash-object", "-w", "/dev/null").stdout.strip()
    git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    tracked = Tracked(str(tmp_path))
    assert tracked.holds(str(tmp_path / name), folder=False)
    assert tracked.holds(str((tmp_path / name).parent), folder=True)
    assert not tracked.holds(str(tmp_path / name), folder=True)


@pytest.mark.parametrize("said", [b"", b"gitdir: /nowhere", b"gitdir:", b"\0gitdir", b"\xff" * 99])
def test_a_repository_that_cannot_be_read_tracks_nothing(write, scan, tmp_path, said):
    write_all(write)
    (tmp_path / ".git").write_bytes(said)
    assert scan().names == ["main"]


def test_an_index_that_is_no_file_is_never_opened(write, scan, tmp_path):
    write_all(write)
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git/index")
    assert scan().names == ["main"]


@settings(max_examples=50)
@given(data=st.data(), version=st.sampled_from([2, 4]))
def test_a_damaged_index_is_no_error(tmp_path_factory, data, version):
    root = tmp_path_factory.mktemp("repo")
    git = ["git", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)
    for name in ("a", "b/cc", "b/d"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "update-index", "--index-version", str(version)], check=True)
    index = root / ".git/index"
    sound = index.read_bytes()
    damaged = bytearray(sound[: data.draw(st.integers(0, len(sound)))])
    for place in data.draw(st.lists(st.integers(0, max(len(damaged) - 1, 0)), max_size=3)):
        damaged[place : place + 1] = data.draw(st.binary(min_size=1, max_size=1))
    index.write_bytes(damaged)
    told = {name: Tracked(str(root)).holds(str(root / name), folder=False) for name in ("a", "b/cc", "b")}
    assert not told["b"]
    assert damaged != sound or told == {"a": True, "b/cc": True, "b": False}
