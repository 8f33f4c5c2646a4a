"""What ``.gitignore`` keeps out of a scan."""

from __future__ import annotations

import os
import subprocess

import pytest
from hubs import hub, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.sources.files.ignored import Ignored


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        ("", ["a/one", "a/two", "three"]),
        ("*.json", []),
        ("one.json", ["a/two", "three"]),
        ("/three.json", ["a/one", "a/two"]),
        ("/one.json", ["a/one", "a/two", "three"]),
        ("a/", ["three"]),
        ("a", ["three"]),
        ("one.json/", ["a/one", "a/two", "three"]),
        ("a/*.json", ["three"]),
        ("a/**", ["three"]),
        ("**/one.json", ["a/two", "three"]),
        ("*.json\n!one.json", ["a/one"]),
        ("!one.json\n*.json", []),
        ("# a comment\n\\#no\nt?ree.json", ["a/one", "a/two"]),
        ("[ot]*.json  ", []),
        ("[!t]*.json", ["a/two", "three"]),
        ("a/**/**/**/**/**/**/x", ["a/one", "a/two", "three"]),
        ("[", ["a/one", "a/two", "three"]),
    ],
)
def test_patterns_of_git(write, scan, patterns, kept):
    for name in ("a/one", "a/two", "three"):
        write(f"{name}.json", snapshot(hub(name)))
    write(".gitignore", patterns)
    assert [
        note.path.rpartition("/test_patterns")[2].split("/", 1)[1].removesuffix(".json")
        for note in scan().notes
    ] == kept


def test_a_nearer_file_decides(write, scan):
    write(".gitignore", "*.json")
    write("a/.gitignore", "!two.json")
    for name in ("a/one", "a/two"):
        write(f"{name}.json", snapshot(hub(name.rpartition("/")[2])))
    assert scan().names == ["two"]


def test_what_is_named_is_read_whatever_git_says(write, scan, tmp_path):
    (tmp_path / ".git").mkdir()
    write(".gitignore", "plan.json\nout/")
    write("plan.json", snapshot(hub("file")))
    write("out/x.json", snapshot(hub("folder")))
    assert scan().names == []
    assert scan("plan.json").names == ["file"]
    assert scan("out").names == ["folder"]


def test_the_files_above_count_inside_a_repository(write, scan, tmp_path):
    write(".gitignore", "one.json")
    write("sub/one.json", snapshot(hub("one")))
    assert scan("sub").names == ["one"]
    (tmp_path / ".git").mkdir()
    assert scan("sub").names == []


def test_a_link_out_of_the_folder_is_not_followed(write, scan, tmp_path):
    write("outside/x.json", snapshot(hub("outside")))
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "outside")
    (inside / "file.json").symlink_to(tmp_path / "outside" / "x.json")
    write("patterns", "*.json")
    (inside / ".gitignore").symlink_to(tmp_path / "patterns")
    write("inside/own.json", snapshot(hub("own")))
    assert scan("inside").names == ["own"]


def test_what_is_passed_over_is_said(write, scan):
    write(".gitignore", "one.json")
    write("one.json", snapshot(hub("one")))
    said = []
    scan(say=said.append)
    assert any("one.json: passed over, .gitignore names it" in line for line in said)


_NAMES = st.sampled_from(
    ["a", "b", "ab", "a.b", "*", "a*", "*b", "?", "**", "[ab]", "[!a]", "!a", "#a", "a b"]
)
_LINES = st.lists(st.lists(_NAMES, min_size=1, max_size=3).map("/".join), max_size=3)


@settings(max_examples=60)
@given(lines=_LINES, ends=st.sampled_from(["", "/"]), name=st.sampled_from(["a", "b", "ab", "a.b"]))
def test_git_says_the_same(tmp_path_factory, lines, ends, name):
    root = tmp_path_factory.mktemp("repo")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / "a").mkdir()
    (root / "a" / name).write_text("")
    (root / ".gitignore").write_text("".join(f"{line}{ends}\n" for line in lines))
    answer = Ignored(str(root))
    (folder,) = (entry for entry in os.scandir(root) if entry.name == "a")
    (file,) = os.scandir(root / "a")
    ours = answer.covers(folder, folder=True) or answer.covers(file, folder=False)
    asked = ["git", "-C", str(root), "check-ignore", "-q", "--no-index", f"a/{name}"]
    assert ours == (subprocess.run(asked, check=False).returncode == 0), (lines, ends, name)
