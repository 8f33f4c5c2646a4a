"""Which files a scan reads, in which order, and what it says of the others."""

from __future__ import annotations

import contextlib
import gzip
import os
from pathlib import Path

import pytest
from hubs import hub, snapshot

from scanner.errors import SourceError
from scanner.sources import collect

UNREADABLE = Path("/proc/self/mem")


def test_a_path_that_is_not_there_is_said_before_anything_is_read(write):
    there = write("estate.json", snapshot(hub()))
    with pytest.raises(SourceError, match=r"^nowhere\.json: no such file or folder$"):
        collect([there, "nowhere.json"])


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000])
def test_a_path_that_no_file_can_have_is_not_there(path):
    with pytest.raises(SourceError, match=r"no such file or folder$"):
        collect([path])


def test_a_path_through_a_file_is_not_there(write):
    with pytest.raises(SourceError):
        collect([write("estate.json", snapshot(hub())) + "/deeper"])


def test_paths_come_as_given_and_the_files_of_a_folder_sorted(write, scan):
    write("b/2.json", snapshot(hub("two")))
    write("b/10.json", snapshot(hub("ten")))
    write("b/10/x.json", snapshot(hub("below")))
    write("a.json", snapshot(hub("first")))
    assert scan().names == ["first", "below", "ten", "two"]
    assert scan("b/2.json", "a.json", "b/10").names == ["two", "first", "below"]


def test_a_file_that_is_named_twice_is_read_once(write, scan):
    write("folder/estate.json", snapshot(hub()))
    assert scan("folder", "folder/estate.json", "folder").names == ["hub1"]


def test_two_names_of_one_file_are_read_once(write, tmp_path, scan):
    for name in ("a", "b"):
        write(f"{name}.json", snapshot(hub(name)))
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{name}.json").hardlink_to(tmp_path / f"{name}.json")
    said = []
    assert scan("b.json", ".", "one", say=said.append).names == ["b", "a"]
    assert sum("was read already" in line for line in said) == 7


def test_files_that_their_folder_does_not_tell_apart_are_all_read(write, scan, monkeypatch):
    for name in ("c", "b", "a"):
        write(f"{name}.json", snapshot(hub(name)))
    look = os.scandir

    class Entry:
        """What some file systems say of a file: the same number for all."""

        def __init__(self, entry):
            self._entry = entry

        def __getattr__(self, name):
            return getattr(self._entry, name)

        def inode(self):
            return 0xFFFFFFFF

    @contextlib.contextmanager
    def listed(path):
        with look(path) as entries:
            yield map(Entry, entries)

    monkeypatch.setattr(os, "scandir", listed)
    said = []
    assert scan(".").names == ["a", "b", "c"]
    assert scan(".", ".", "b.json", say=said.append).names == ["a", "b", "c"]
    assert sum("was read already" in line for line in said) == 4


def test_the_path_of_a_source_is_what_the_user_wrote_and_the_name_below_it(write, tmp_path, monkeypatch):
    write("estates/one/a.json", snapshot(hub()))
    monkeypatch.chdir(tmp_path)
    notes = [one for one in collect(["estates"]) if hasattr(one, "hubs")]
    assert [(note.kind, note.path, note.hubs) for note in notes] == [("snapshot", "estates/one/a.json", 1)]


@pytest.mark.parametrize("folder", [".git", "node_modules", ".venv"])
def test_folders_of_tools_are_passed_over(write, scan, folder):
    write(f"{folder}/estate.json", snapshot(hub("hidden")))
    write(f"sub/{folder}/estate.json", snapshot(hub("hidden too")))
    write("sub/estate.json", snapshot(hub("seen")))
    assert scan().names == ["seen"]


def test_a_link_inside_a_folder_is_not_followed(write, tmp_path, scan):
    outside = write("outside/estate.json", snapshot(hub("outside")))
    write("folder/estate.json", snapshot(hub("inside")))
    os.symlink(outside, tmp_path / "folder" / "link.json")
    os.symlink(tmp_path, tmp_path / "folder" / "up")
    said = []
    assert scan("folder", say=said.append).names == ["inside"]
    assert sum("a symbolic link" in line for line in said) == 2


def test_a_link_that_was_named_is_followed(write, tmp_path, scan):
    os.symlink(write("estate.json", snapshot(hub())), tmp_path / "link.json")
    assert scan("link.json").names == ["hub1"]


def test_a_pipe_is_never_opened(tmp_path, write, scan):
    write("estate.json", snapshot(hub()))
    os.mkfifo(tmp_path / "pipe.json")
    assert (scan().names, scan().gaps) == (["hub1"], [])
    named = scan("pipe.json")
    assert [(gap.reason, gap.detail) for gap in named.gaps] == [
        ("failed", "neither a regular file nor a folder")
    ]


@pytest.mark.skipif(not UNREADABLE.exists(), reason="needs a file that exists and cannot be read")
def test_a_file_that_cannot_be_read_is_a_gap_and_the_rest_is_read(write):
    arrivals = list(collect([str(UNREADABLE), write("estate.json", snapshot(hub()))]))
    gap = arrivals[0]
    assert (gap.subject, gap.reason, gap.code) == (str(UNREADABLE), "failed", "EIO")
    assert gap.detail
    assert arrivals[2].ref.name == "hub1"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_forbidden(write, scan):
    os.chmod(write("estate.json", snapshot(hub())), 0)
    assert [(gap.reason, gap.code) for gap in scan().gaps] == [("forbidden", "EACCES")]


def test_a_name_that_is_no_text_can_still_be_shown(tmp_path, write, scan):
    odd = os.fsencode(tmp_path) + b"/\xff.json"
    os.rename(write("estate.json", snapshot({"name": "nameless"})), odd)
    assert scan().hub.ref.id == f"{tmp_path}/\ufffd.json#hubs[0]"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("packed", [False, True])
def test_any_encoding_and_packing_is_told_by_the_content(read, encoding, packed):
    text = '{"snapshot": "hubscan/v1", "hubs": [{"id": "/x/ü", "kind": "Hub"}], "gaps": []}'
    harvest = read(text.encode(encoding), name="estate.dat", packed=packed)
    assert (harvest.hub.ref.id, harvest.gaps) == ("/x/ü", [])


class TestAFileOfNoKnownKind:
    """Named, it is said in one line; found in a folder, it is passed over."""

    CONTENTS = (
        pytest.param(b"", "it is empty", id="empty"),
        pytest.param(b"  \n\t ", "it is empty", id="blank"),
        pytest.param(b"remember the milk", "it is not JSON", id="prose"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "it is not JSON", id="binary"),
        pytest.param(b"[1, 2", "not JSON", id="cut"),
        pytest.param(b"{}", "it is an object of another kind", id="object"),
        pytest.param(b'"a text"', "it is not JSON", id="text"),
        pytest.param(b'{"result": "hubscan/v1"}', "it is a result of hubscan", id="result"),
        pytest.param(b'{"version": "2.1.0", "runs": []}', "it is a SARIF log", id="sarif"),
        pytest.param(b'{"snapshot": 5}', "it is an object of another kind", id="number"),
        pytest.param(gzip.compress(b"prose"), "it is not JSON", id="packed prose"),
        pytest.param(b"\x1f\x8b", "it is empty", id="the two bytes of gzip alone"),
    )

    @pytest.mark.parametrize(("content", "why"), CONTENTS)
    def test_named(self, read, content, why):
        harvest = read(content, name="notes.txt")
        gap = harvest.gaps[0]
        assert len(harvest.all) == 1
        assert gap.subject.endswith("notes.txt")
        assert (gap.reason, gap.code) == ("failed", "unrecognised")
        assert gap.detail.startswith("not a snapshot and not an answer of the Azure API: ")
        assert why in gap.detail

    @pytest.mark.parametrize(("content", "why"), CONTENTS)
    def test_found(self, write, scan, content, why):
        write("folder/notes.txt", content)
        write("folder/estate.json", snapshot(hub()))
        said = []
        harvest = scan("folder", say=said.append)
        assert (harvest.names, harvest.gaps) == (["hub1"], [])
        assert any("notes.txt: passed over" in line and why in line for line in said)

    def test_the_name_decides_nothing(self, read):
        assert read(snapshot(hub()), name="notes.txt").names == ["hub1"]
        assert read("{", name="estate.jsonl.gz").codes == ["unrecognised"]

    @pytest.mark.parametrize(
        "content",
        [
            '[{{"id": "{}/outboundRules/r"}}'.format(hub()["id"]),
            '{"hubs": [], "snapshot": "hubscan/v1" ',
            '{"name": "hub1", "type": "Microsoft.MachineLearningServices/workspaces", "kind": ',
            "{{'id': '{}', 'kind': 'Hub'}}".format(hub()["id"]),
            '{{\n  # saved by hand\n  id: "{}"\n}}'.format(hub()["id"]),
            '[\n  // saved by hand\n  {{"id": "{}"}}'.format(hub()["id"]),
        ],
    )
    def test_found_and_broken_but_plainly_one_of_ours(self, write, scan, content):
        write("folder/estate.json", content)
        assert len(scan("folder").gaps) == 1

    @pytest.mark.parametrize(
        "content",
        [
            '[azure]\nworkspace = "{}"\n',
            "[2026-11-06 14:15:13Z] started a run in {}\n",
            "[![Deploy](https://contoso.com/deploy.svg)](https://contoso.com) a hub: {}\n",
            "{{{{ range .hubs }}}}\nid: {}\n{{{{ end }}}}\n",
        ],
        ids=["settings", "log", "page", "frame"],
    )
    def test_found_and_in_brackets_but_of_another_kind(self, write, scan, content):
        write("folder/notes.txt", content.format(hub()["id"]))
        write("folder/estate.json", snapshot(hub()))
        assert scan("folder").gaps == []

    @pytest.mark.parametrize(
        "foreign",
        [
            {"result": "hubscan/v1", "hubs": [hub()]},
            {"version": "2.1.0", "runs": [{"results": [{"message": {"text": hub()["id"]}}]}]},
            {"terraform_version": "1.9.0", "resources": [{"instances": [hub()]}]},
            {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"},
        ],
    )
    def test_what_other_programs_write_about_hubs_is_no_gap(self, write, scan, foreign):
        write("folder/other.json", foreign)
        assert scan("folder").all == []


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"hub":'])
def test_endless_nesting_ends_at_once(write, scan, opening):
    write("nested.json", opening * 4_000_000)
    harvest = scan("nested.json")
    assert [gap.detail for gap in harvest.gaps] == [
        "not a snapshot and not an answer of the Azure API: it is nested too deep to be read"
    ]


def test_files_of_other_kinds_are_counted_and_listed(write, scan):
    write("notes.txt", "some notes")
    write("data.json", {"a": 1})
    write("estate.json", snapshot(hub()))
    said = []
    scan(say=said.append)
    assert said[-1] == "passed over as of other kinds: 2"
    assert sum("passed over, it is" in line for line in said) == 2


WORKSPACE = hub()["id"]


@pytest.mark.parametrize(
    "content",
    [
        {"cells": [{"source": WORKSPACE}], "nbformat": 4, "metadata": {}},
        {"dashboard": {"panels": [{"query": WORKSPACE}]}},
        [{"note": WORKSPACE}],
    ],
)
def test_what_mentions_a_workspace_and_is_no_answer_of_azure_is_nobodys_business(write, scan, content):
    write("notes.json", content)
    write("estate.json", snapshot(hub()))
    found = scan()
    assert found.names == ["hub1"]
    assert found.gaps == []


def test_a_file_is_called_the_same_however_its_folder_is_named(write, tmp_path, monkeypatch):
    write("estates/one/a.json", snapshot(hub()))
    monkeypatch.chdir(tmp_path)
    for path in (".", "./estates", "estates", "./estates/one/a.json"):
        notes = [one for one in collect([path]) if hasattr(one, "hubs")]
        assert [note.path for note in notes] == ["estates/one/a.json"]
