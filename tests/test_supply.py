"""What is installed, from where, and under which licence: pinned by hash, whatever registry serves it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(name: str) -> dict[str, str]:
    """Name and version of what a file of requirements/ pins."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_by_version_and_hash_and_by_no_address(path):
    text = path.read_text(encoding="utf-8")
    entries = re.sub(r" *#.*", "", text).replace("\\\n", " ").split("\n")

    assert "://" not in text
    for entry in filter(str.strip, entries):
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_what_npm_installs_is_pinned_by_hash_and_by_no_address():
    lock = json.loads((ROOT / "tests" / "github" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert len(packages) > 5
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry


def test_the_core_is_what_it_imports():
    assert set(pinned("run")) == {
        *("attrs", "click", "jinja2", "jmespath", "markupsafe"),
        *("orjson", "publicsuffixlist", "pyyaml", "sarif-om"),
    }


def test_the_files_agree_on_what_several_of_them_pin():
    run, build, azure, dev = map(pinned, ("run", "build", "azure", "dev"))

    assert run.items() <= azure.items() <= dev.items()
    assert {name for name in build.keys() & dev.keys() if build[name] != dev[name]} == set()
