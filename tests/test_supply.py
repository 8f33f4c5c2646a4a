"""What is installed, from where, and under which licence: pinned by hash, whatever registry serves it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from licences import PAGE, licence, pinned, refused

ROOT = Path(__file__).resolve().parent.parent
PINS = sorted((ROOT / "requirements").glob("*.txt"))


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


def test_the_image_runs_as_nobody_and_is_built_on_what_a_release_names_by_digest():
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    (base,) = [line for line in lines if line.startswith("ARG PYTHON=")]
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")

    assert re.fullmatch(r"ARG PYTHON=[a-z.]+/library/python:3\.\d+-slim-[a-z]+", base)
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"${PYTHON}"}
    assert re.fullmatch(r"USER [1-9]\d+:[1-9]\d+", [line for line in lines if line.startswith("USER ")][-1])
    assert lines.index("USER 65532:65532") > max(
        n for n, line in enumerate(lines) if line.startswith("COPY ")
    )
    assert "BASE: ${{ steps.base.outputs.digest }}" in release


def test_no_requirement_is_installed_without_its_hash():
    script = (ROOT / ".github" / "scripts" / "install.sh").read_text(encoding="utf-8")
    installs = [line for line in script.splitlines() if re.search(r"\binstall\b.*requirements/", line)]

    assert "pinned=(--require-hashes --no-deps --requirement)" in script
    assert len(installs) == 2
    assert all('"${pinned[@]}"' in line for line in installs)


def test_each_licence_of_what_is_installed_is_listed():
    rows = re.findall(r"^\| ([\w-]+) \| (\S+) \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {name: version for name, version, _ in rows if version[0].isdigit()} == pinned("azure")
    assert [name for name, version, told in rows if version[0].isdigit() and refused(told)] == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"License-Expression": "MIT"}, []),
        ({"License-Expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"}, []),
        ({"License": "MIT License"}, []),
        ({"License-Expression": "GPL-3.0-or-later", "License": "MIT"}, ["GPL-3.0-or-later"]),
        ({"License-Expression": "MIT OR LGPL-2.1-only"}, ["LGPL-2.1-only"]),
        ({"License": "BSD License"}, ["a licence that its metadata does not tell"]),
        ({}, ["a licence that its metadata does not tell"]),
    ],
)
def test_a_licence_that_is_not_on_the_list_is_refused(told, expected):
    assert refused(licence("contoso", told)) == expected
