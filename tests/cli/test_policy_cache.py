"""What a scan keeps of the policies that it checked, and how little it trusts what it finds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from cli.test_policy import MINE
from hubs import hub

from scanner import policies, positions
from scanner.policies import cache

STORAGE = [("blobs", "FQDN", "contoso.blob.core.windows.net"), ("c", "FQDN", "contoso.com")]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hubscan" / "policies"


@pytest.fixture
def mine(tmp_path):
    def write(change=lambda text: text):
        (tmp_path / "no-contoso.yaml").write_text(change(MINE))
        return "no-contoso.yaml"

    return write


@pytest.fixture
def scan(run, estate):
    path = estate(hub(rules=STORAGE))
    return lambda *options: run("scan", path, "-o", "json", *options)


def entries(folder) -> list[Path]:
    return sorted(folder.iterdir())


def parses(monkeypatch) -> list[str]:
    """The names of the files that are read as YAML from now on."""
    read: list[str] = []
    load = positions.load
    monkeypatch.setattr(positions, "load", lambda text, name: read.append(name) or load(text, name))
    return read


def test_the_second_scan_says_the_same_and_reads_no_yaml(scan, folder, mine, monkeypatch):
    first = scan("-p", mine())
    read = parses(monkeypatch)
    assert scan("-p", mine()) == first
    assert read == []
    assert len(entries(folder)) == len(policies.load()) + 1


def test_what_is_kept_judges_as_what_was_read():
    """Every bundled policy: the same card, parameters, texts and syntax trees, and no examples."""
    full = {policy.card.id: policy for policy in policies.load()}
    policies.load(examples=False)
    for kept in policies.load(examples=False):
        read = full[kept.card.id]
        assert (kept.card, kept.parameters, kept.needs) == (read.card, read.parameters, read.needs)
        assert list(cache._trees(kept)) == list(cache._trees(read))
        assert kept.message.text == read.message.text
        assert kept.examples == ()


def test_a_changed_policy_is_read_again(scan, mine):
    scan("-p", mine())
    code, _, err = scan("-p", mine(lambda text: text.replace("item.host !=", "item.hst !=")))
    assert (code, err) == (
        2,
        [
            "hubscan: error: no-contoso.yaml:5:15: 'require': 'hst' is not a field of 'item' (did you mean 'host'?)"
        ],
    )


def test_a_policy_that_does_not_load_is_not_kept(scan, mine, folder):
    scan("--no-bundled-policies", "-p", mine(lambda text: text.replace("low", "lwo")))
    assert entries(folder) == []


def test_the_same_text_under_another_name_is_told_of(scan, mine, tmp_path):
    scan("-p", mine())
    shutil.move(tmp_path / "no-contoso.yaml", tmp_path / "other.yaml")
    code, _, err = scan("-p", "other.yaml")
    assert code == 2
    assert "other.yaml:1:5: id is 'no-contoso', yet the file is called 'other'" in err[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"item", b"itex"),
        lambda _: b"\x00" * 100,
        lambda _: b"[" * 100_000,
    ],
)
def test_a_damaged_entry_is_as_if_it_were_not_there(scan, folder, damage):
    first = scan()
    for entry in entries(folder):
        entry.write_bytes(damage(entry.read_bytes()))
    assert scan() == first
    assert scan() == first


def forged(entry: Path, change) -> None:
    """The entry with other content and a digest that fits."""
    document = json.loads(entry.read_bytes().partition(b"\n")[2])
    change(document)
    body = json.dumps(document).encode()
    entry.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.clear(),
        lambda document: document.update(require='{"type": "import os", "children": []}'),
        lambda document: document.update(require="[]"),
        lambda document: document.update(require='{"type": "not_expression", "children": 5}'),
        lambda document: document.update(require='{"type": "not_expression", "children": [{}]}'),
        lambda document: document.update(require="[" * 100_000),
        lambda document: document.update(require=5),
        lambda document: document.update(message=["fails: ", ["hub"]]),
        lambda document: document.update(message=5),
        lambda document: document["data"].pop("severity"),
        lambda document: document["data"].update(severity="deadly"),
    ],
)
def test_an_entry_that_is_no_policy_is_as_if_it_were_not_there(scan, folder, change):
    first = scan()
    for entry in entries(folder):
        forged(entry, change)
    assert scan() == first


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes here")
def test_a_folder_that_others_may_write_to_is_not_used(scan, folder):
    scan()
    for entry in entries(folder):
        forged(entry, lambda document: document["data"].update(title="forged"))
    folder.chmod(0o777)
    _, out, _ = scan()
    assert "forged" not in out


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes here")
def test_the_folder_is_nobody_elses(scan, folder):
    scan()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_it_can_be_switched_off(scan, folder, monkeypatch):
    monkeypatch.setenv("HUBSCAN_NO_CACHE", "1")
    scan()
    assert not folder.exists()


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nowhere", "relative"])
def test_where_nothing_can_be_kept_a_scan_goes_on(scan, monkeypatch, tmp_path, place):
    expected = scan()
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert scan() == expected


def test_the_older_half_goes_where_there_are_too_many(scan, folder, mine, monkeypatch):
    scan()
    before = entries(folder)
    monkeypatch.setattr(cache, "_MOST", len(before))
    for entry in before:
        os.utime(entry, (0, 0))
    scan("-p", mine())
    left = entries(folder)
    assert len(left) == (len(before) + 1) - (len(before) + 1) // 2
    assert set(left) - set(before)


def test_a_policy_with_a_number_that_json_cannot_hold_works_and_is_not_kept(scan, folder, mine):
    huge = f"item.host != 'contoso.com' && length(item.host) < `{10**400}`"
    name = mine(lambda text: text.replace("item.host != 'contoso.com'", huge))
    first = scan("--no-bundled-policies", "-p", name)
    assert first[0] in (0, 1)
    assert entries(folder) == []
    assert scan("--no-bundled-policies", "-p", name) == first


def test_the_place_of_an_error_does_not_depend_on_what_is_kept(scan, mine):
    wrong = lambda text: text + "yields_to: [fqdn-no-azure-storag]\n"  # noqa: E731
    told = scan("-p", mine(wrong))
    assert told[0] == 2
    assert told[2][0].startswith("hubscan: error: no-contoso.yaml:13:13: 'yields_to' names")
    assert scan("-p", mine(wrong)) == told


def test_tests_of_a_policy_rest_on_nothing_that_was_kept(run, scan, folder, mine):
    scan("-p", mine())
    for entry in entries(folder):
        forged(
            entry,
            lambda document: document.update(require='{"type": "literal", "children": [], "value": true}'),
        )
    code, out, _ = run("policy", "test", mine())
    assert (code, out.splitlines()[-1]) == (0, "1 of 1 policies do what their examples say")
