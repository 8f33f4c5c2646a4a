"""The digests of a result: what it was judged by, and what was read, so that nobody changes either unseen."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from hubs import hub, snapshot

from scanner import catalog, schema

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
QUICK = ("-q", "--select", "fqdn-*", "--today=2026-11-02")


@pytest.fixture
def digests(run):
    """The digests of a scan; the combined one is that of what `sha256sum` prints of the files."""

    def call(*arguments):
        code, out, err = run("scan", *arguments, *QUICK, "-o", "json")
        assert code in (0, 1, 3), err
        told = json.loads(out)["digests"]
        lines = "".join(f"{one['sha256']}  {one['path']}\n" for one in told["read"])
        assert told["inputs"] == hashlib.sha256(lines.encode()).hexdigest()
        return told

    return call


def of_files(*names):
    return [{"path": name, "sha256": hashlib.sha256(Path(name).read_bytes()).hexdigest()} for name in names]


def many(count=600):
    """A snapshot larger than what is looked at first."""
    return [hub(f"hub-{number}", rules=[BLOBS], tags={"note": "x" * 400}) for number in range(count)]


def test_sha256sum_says_the_same_of_the_files(digests, estate, tmp_path):
    estate(hub(rules=[BLOBS]))
    told = digests(".")
    assert told["read"] == of_files("estate.json")
    lines = "".join(f"{one['sha256']}  {one['path']}\n" for one in told["read"])
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet"], input=lines.encode(), cwd=tmp_path, check=False
    )
    assert done.returncode == 0


def test_a_change_of_an_input_shows_and_one_of_another_file_does_not(digests, estate):
    estate(hub(rules=[BLOBS]))
    before = digests(".")
    Path("README.md").write_text("# Nothing that is judged\n")
    assert digests(".") == before
    estate(hub(rules=[BLOBS], tags={"a": "b"}))
    after = digests(".")
    assert after["inputs"] != before["inputs"]
    assert after["policies"] == before["policies"]


CHANGED = {
    "a parameter": ("--param", "fqdn-no-azure-storage.storageFqdnExceptions=[contoso.blob.core.windows.net]"),
    "the selection": ("--ignore", "fqdn-no-azure-storage"),
    "policies of one's own": ("-p", "mine.yaml"),
    "an exemption": ("--config", "exempting.yaml"),
    "reference data": ("--config", "declaring.yaml"),
}
MINE = """\
id: mine
title: Hubs have a name
severity: low
category: fqdn
description: Just so.
require: hub.name != ''
message: no name
remediation: {text: Give it one.}
examples: {pass: [], fail: []}
"""


@pytest.mark.parametrize("more", CHANGED.values(), ids=CHANGED)
def test_a_change_of_what_is_judged_by_shows(digests, estate, more):
    estate(hub(rules=[BLOBS]))
    Path("mine.yaml").write_text(MINE)
    Path("exempting.yaml").write_text(
        "exemptions: [{policy: fqdn-no-azure-storage, hub: hub9, justification: agreed}]"
    )
    Path("declaring.yaml").write_text("scenarios: [{hub: hub1, needs: [vscode]}]")
    before = digests("estate.json")
    select = ("--select", "*") if "mine.yaml" in more else ()
    after = digests("estate.json", *more, *select)
    assert after["policies"] != before["policies"]
    assert after["inputs"] == before["inputs"]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_processes_make_no_difference(digests, estate, jobs):
    estate(*many(3000))
    assert digests("estate.json", "-j", jobs)["read"] == of_files("estate.json")


def test_the_order_of_python_s_sets_makes_no_difference(estate, tmp_path):
    estate(hub(rules=[BLOBS]))
    found = set()
    for seed in ("1", "2", "3"):
        command = [sys.executable, "-m", "scanner", "scan", "estate.json", "-q", "-o", "json=out.json"]
        subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, check=False)
        found.add(json.dumps(json.loads(Path("out.json").read_text())["digests"]))
    assert len(found) == 1


def as_lines(hubs):
    header = {name: value for name, value in snapshot().items() if name not in ("hubs", "gaps")}
    lines = [header, *({"hub": one} for one in hubs), {"end": {"hubs": len(hubs), "gaps": 0}}]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


FORMS = {
    "estate.json": lambda hubs: json.dumps(snapshot(*hubs)).encode(),
    "bom.json": lambda hubs: b"\xef\xbb\xbf" + json.dumps(snapshot(*hubs)).encode(),
    "utf-16.json": lambda hubs: json.dumps(snapshot(*hubs)).encode("utf-16"),
    "estate.jsonl": as_lines,
    "estate.jsonl.gz": lambda hubs: gzip.compress(as_lines(hubs)),
    "cut.jsonl.gz": lambda hubs: gzip.compress(as_lines(hubs))[:-20],
    "cut.json": lambda hubs: json.dumps(snapshot(*hubs)).encode()[:-20],
    "answer.json": lambda hubs: json.dumps({"value": hubs}).encode(),
}


@pytest.mark.parametrize("hubs", [many(2), many()], ids=["small", "large"])
@pytest.mark.parametrize("name", FORMS)
def test_a_file_is_known_by_its_bytes_however_it_is_packed_or_encoded(digests, estate, name, hubs):
    estate()
    Path(name).write_bytes(FORMS[name](hubs))
    assert digests(name)["read"] == of_files(name)


def test_standard_input_is_known_by_the_name_that_it_was_given(estate, tmp_path):
    estate(hub(rules=[BLOBS]))
    command = [sys.executable, "-m", "scanner", "scan", "-", "--stdin-name", "a.json", "-q", "-o", "json"]
    data = Path("estate.json").read_bytes()
    done = subprocess.run(command, cwd=tmp_path, input=data, stdout=subprocess.PIPE, check=False)
    read = json.loads(done.stdout)["digests"]["read"]
    assert read == [{"path": "a.json", "sha256": hashlib.sha256(data).hexdigest()}]


BICEP = """\
module made 'modules/hub.bicep' = {
  name: 'made'
  params: { mode: 'Disabled', tags: loadJsonContent('tags.json') }
}
"""
MODULE = """\
param mode string
param tags object
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub1'
  kind: 'Hub'
  tags: tags
  properties: { managedNetwork: { isolationMode: mode } }
}
"""


def test_what_code_calls_and_loads_is_read_too(digests, estate):
    estate()
    Path("estate.json").unlink()
    Path("modules").mkdir()
    Path("main.bicep").write_text(BICEP)
    Path("modules/hub.bicep").write_text(MODULE)
    Path("tags.json").write_text('{"a": "b"}')
    Path("main.bicepparam").write_text("using 'main.bicep'\n")
    everything = of_files("main.bicep", "main.bicepparam", "modules/hub.bicep", "tags.json")
    assert digests("main.bicep")["read"] == everything
    assert digests(".")["read"] == everything


def test_parameters_of_the_command_line_are_read_too(digests, estate):
    estate()
    Path("estate.json").unlink()
    Path("main.tf").write_text(
        'variable "mode" {}\n'
        'resource "azurerm_ai_foundry" "hub" {\n  name = "hub1"\n'
        "  managed_network { isolation_mode = var.mode }\n}\n"
    )
    Path("my.tfvars").write_text('mode = "Disabled"\n')
    Path("other.tf").write_text("# beside it\n")
    assert digests("main.tf", "--var-file", "my.tfvars")["read"] == of_files(
        "main.tf", "my.tfvars", "other.tf"
    )


def test_the_state_before_and_a_baseline_are_read_too(digests, run, estate):
    estate(hub(rules=[BLOBS]))
    estate(hub(), name="before.json")
    assert digests("estate.json", "--against", "before.json")["read"] == of_files(
        "before.json", "estate.json"
    )
    run("scan", "before.json", *QUICK, "-o", "json=known.json")
    assert digests("estate.json", "--baseline", "known.json")["read"] == of_files("estate.json", "known.json")


def test_shards_together_rest_on_what_the_whole_rests_on(digests, run, estate):
    estate(*(owned(number) for number in range(9)))
    whole = digests("estate.json")
    for index in (1, 2, 3):
        run("scan", "estate.json", *QUICK, "--shard", f"{index}/3", "-o", f"json={index}.json")
    _, out, _ = run("merge", "1.json", "2.json", "3.json", "-q", "-o", "json")
    assert json.loads(out)["digests"] == whole


def owned(number):
    document = hub(f"hub-{number}", rules=[BLOBS])
    identifier = f"00000000-0000-0000-0000-{number:012d}"
    return {**document, "id": document["id"].replace("00000000-0000-0000-0000-000000000001", identifier)}


def test_shards_of_other_bytes_are_not_of_one_scan(run, estate):
    """The counts are the same: only the digests tell."""
    estate(*(owned(number) for number in range(9)))
    run("scan", "estate.json", *QUICK, "--shard", "1/2", "-o", "json=1.json")
    estate(*({**owned(number), "tags": {"a": "b"}} for number in range(9)))
    run("scan", "estate.json", *QUICK, "--shard", "2/2", "-o", "json=2.json")
    code, _, err = run("merge", "1.json", "2.json")
    assert code == 2
    assert err == ["hubscan: error: 2.json: read other files than 1.json, or they changed in between"]


def test_every_report_that_people_keep_shows_them(run, estate):
    estate(hub(rules=[BLOBS]))
    run("scan", "estate.json", *QUICK, "-o", "json=out.json")
    result = json.loads(Path("out.json").read_text())
    jsonschema_rs.Draft202012Validator(schema.published("result-v1")).validate(result)
    told = result["digests"]
    log = json.loads(run("report", "out.json", "-o", "sarif")[1])
    assert log["runs"][0]["properties"] == {
        "policiesSha256": told["policies"],
        "inputsSha256": told["inputs"],
    }
    for form in ("markdown", "html"):
        page = run("report", "out.json", "-o", form)[1]
        assert told["policies"] in page
        assert told["inputs"] in page
    assert json.loads(run("report", "out.json", "-o", "json")[1])["digests"] == told


def test_a_name_of_two_lines_is_no_other_file(estate):
    """What sha256sum escapes is escaped: two files cannot be written as one."""
    estate(hub())
    Path("estate.json").rename("a\nb.json")
    line = "\\" + of_files("a\nb.json")[0]["sha256"] + "  a\\nb.json\n"
    command = [sys.executable, "-m", "scanner", "scan", ".", "-q", "-o", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    assert json.loads(done.stdout)["digests"]["inputs"] == hashlib.sha256(line.encode()).hexdigest()


@pytest.mark.parametrize("name", sorted({*catalog.names("scanner.reporters")} - {"parquet"}))
def test_a_report_is_the_same_whether_or_not_another_asks_for_digests(run, estate, name):
    estate(hub(rules=[BLOBS]))
    run("scan", ".", *QUICK, "-o", "json=beside.json", "-o", f"{name}=beside")
    Path("beside.json").unlink()
    written = Path("beside").read_bytes()
    Path("beside").unlink()
    run("scan", ".", *QUICK, "-o", f"{name}=alone")
    assert Path("alone").read_bytes() == written
