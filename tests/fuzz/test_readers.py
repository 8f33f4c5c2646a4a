"""Every reader, by the front door, with good input made bad: an exit code and one-line errors, nothing else.

``make fuzz`` runs many more examples than the suite does.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from random import Random

import pytest
import yaml
from fuzz import corpus
from fuzz.frontdoor import EXAMPLES, bounded_memory, ends_well
from fuzz.spoiling import bytes_of, mangled, spoilt, text_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scanner.cli import main

TODAY = "--today=2026-11-02"
QUICK = ("--select", "fqdn-*")
"""Few policies, where it is the reader that is put to the test."""

FORMATS = ["json", "text", "sarif", "markdown", "html", "junit", "csv", "ocsf", "github", "table", "jsonl"]

# What fails here fails again by its seed; the way to it has no use for being shrunk in the suite.
PHASES = [Phase.reuse, Phase.generate] if not EXAMPLES else list(Phase)


def fuzzed(examples):
    """A test of so many examples, each of a random of its own."""

    def decorate(test):
        rolled = given(st.integers(0, 2**32 - 1).map(Random))(test)
        return settings(
            max_examples=EXAMPLES or examples, phases=PHASES, suppress_health_check=list(HealthCheck)
        )(rolled)

    return decorate


@pytest.fixture(scope="module", autouse=True)
def _memory():
    with bounded_memory():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(autouse=True)
def _inside(folder, monkeypatch):
    monkeypatch.chdir(folder)


def put(folder, name, data):
    """Write a file into a folder of its kind, and return its path."""
    path = folder / name.replace(".", "-") / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def bad_json(value, random):
    """Bytes of a JSON value of which more or less is left."""
    text = text_of(spoilt(value, random, random.choice([0, 1, 1, 2, 4])))
    return bytes_of(mangled(text, random, random.choice([0, 0, 0, 1, 2])), random)


def bad_text(text, random):
    return bytes_of(mangled(text, random, random.choice([1, 1, 2, 4, 8])), random)


def scanned(path, random, *more):
    """Judge a file, or show how it is read."""
    if random.random() < 0.3:
        return ends_well("show", path, "--positions")
    output = f"{random.choice(FORMATS)}=/dev/null"
    return ends_well("scan", path, "-q", TODAY, "-o", output, *more, *random.choice([QUICK, QUICK, ()]))


@fuzzed(10)
def test_snapshots(folder, random):
    scanned(put(folder, "estate.json", bad_json(random.choice(corpus.snapshots()), random)), random)


@fuzzed(8)
def test_lines_of_snapshots(folder, random):
    records = random.sample(corpus.records(), 3)
    lines = [bad_json(record, random).replace(b"\n", b" ") for record in (corpus.records()[0], *records)]
    data = b"\n".join(lines) + random.choice([b"", b"\n", b'\n{"end": {"hubs": 3, "gaps": 0}}\n'])
    if random.random() < 0.3:
        packed = gzip.compress(data)
        at = random.randrange(len(packed))
        packed = random.choice([packed, packed[:at], packed[:at] + b"\0" + packed[at + 1 :], packed * 2])
        scanned(put(folder, "estate.jsonl.gz", packed), random)
    else:
        scanned(put(folder, "estate.jsonl", data), random)


@fuzzed(10)
def test_answers_of_the_api(folder, random):
    scanned(put(folder, "hubs.json", bad_json(random.choice(corpus.answers()), random)), random)


@fuzzed(10)
def test_templates(folder, random):
    path = put(folder, "azuredeploy.json", bad_json(random.choice(corpus.templates()), random))
    given = {"$schema": "https://x/deploymentParameters.json#", "parameters": {"env": {"value": "prod"}}}
    put(folder, "azuredeploy.json", path.read_bytes())
    beside = path.with_name("azuredeploy.parameters.json")
    beside.unlink(missing_ok=True)
    if random.random() < 0.3:
        beside.write_bytes(bad_json(given, random))
    scanned(random.choice([path, path.parent]), random)


@fuzzed(10)
def test_azureml_yaml(folder, random):
    value = spoilt(random.choice(corpus.WORKSPACES), random, random.choice([0, 1, 2, 4]))
    try:
        text = yaml.safe_dump(value, allow_unicode=True)
    except (yaml.YAMLError, RecursionError):
        text = text_of(value)
    scanned(put(folder, "hub.yml", bytes_of(mangled(text, random, random.choice([0, 1, 2])), random)), random)


@fuzzed(10)
def test_terraform_plans(folder, random):
    scanned(put(folder, "plan.json", bad_json(random.choice(corpus.PLANS), random)), random)


@fuzzed(10)
def test_terraform_configurations(folder, random):
    path = put(folder, "main.tf", bad_text(random.choice(corpus.terraform()), random))
    more = ()
    if random.random() < 0.3:
        more = ("--var-file", put(folder, "my.tfvars", bad_text(corpus.VARIABLES, random)))
    ends_well("scan", path.parent, "-q", TODAY, "-o", "json=/dev/null", *QUICK, *more)


@fuzzed(6)
def test_terraform_configurations_in_json(folder, random):
    value = {
        "variable": {"mode": {"type": "string", "default": "Disabled"}},
        "resource": {
            "azurerm_ai_foundry": {
                "hub": {
                    "name": "hub1",
                    "managed_network": [{"isolation_mode": "${upper(var.mode)}"}],
                    "count": "${length([1])}",
                }
            }
        },
    }
    path = put(folder, "main.tf.json", bad_json(value, random))
    scanned(path.parent, random)


@fuzzed(10)
def test_bicep(folder, random):
    scanned(put(folder, "main.bicep", bad_text(random.choice(corpus.bicep()), random)), random)


@fuzzed(10)
def test_bicep_compiled(folder, monkeypatch, random):
    answer = folder / "answer"
    answer.write_bytes(bad_json(random.choice(corpus.templates()), random))
    program = folder / "bin" / "bicep"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\ncat '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    path = put(folder, "compiled.bicep", random.choice(corpus.bicep()).encode())
    scanned(path, random, "-v", "--bicep-build", random.choice(["auto", "always"]))


@fuzzed(8)
def test_bicep_parameters(folder, random):
    path = put(folder, "main.bicepparam", bad_text(corpus.PARAMETERS, random))
    (path.parent / "main.bicep").write_text(corpus.bicep()[0])
    scanned(path.parent, random, "--env=HOST")


@fuzzed(12)
def test_policies(folder, random):
    policy = random.choice(corpus.policies())
    if random.random() < 0.5:
        name = random.choice([key for key in ("when", "each", "require", "message") if key in policy])
        policy = {**policy, name: mangled(policy[name], random, random.choice([1, 2, 4]))}
    else:
        policy = spoilt(policy, random, random.choice([1, 2, 4]))
    data = bytes_of(mangled(text_of(policy), random, random.choice([0, 0, 1])), random)
    ends_well("policy", random.choice(["validate", "test"]), put(folder, "mine.yaml", data))


@pytest.fixture(scope="module")
def good(folder):
    """A snapshot, its result, and a history that remembers it."""
    (folder / "one.json").write_text(json.dumps(corpus.snapshots()[1]))
    main(
        [
            "scan",
            str(folder / "one.json"),
            "-q",
            TODAY,
            "-o",
            f"json={folder / 'result.json'}",
            "--history",
            str(folder / "good.db"),
            *QUICK,
        ]
    )
    return folder


@fuzzed(12)
def test_configurations(good, random):
    value = spoilt(corpus.CONFIGURATION, random, random.choice([0, 1, 2, 4]))
    text = mangled(text_of(value), random, random.choice([0, 0, 1, 3]))
    path = put(good, "hubscan.yaml", bytes_of(text, random))
    ends_well("scan", good / "one.json", "-q", "--config", path, TODAY, "-o", "text=/dev/null")
    ends_well("exempt", "list", "--config", path, TODAY)


@pytest.mark.parametrize("hub", ["hub-{:05}", "hub-{:05}*", "*-{:05}*x*"])
def test_a_megabyte_of_exemptions_is_read_within_the_bound(good, hub):
    entries = (
        f"- {{policy: fqdn-no-azure-storage, hub: '{hub.format(n)}', justification: x}}"
        for n in range(12_000)
    )
    path = put(good, "hubscan.yaml", "\n".join(["exemptions:", *entries]).encode())
    assert ends_well("exempt", "list", "--config", path, TODAY) == 0
    ends_well("scan", good / "one.json", "-q", "--config", path, TODAY, "-o", "text=/dev/null", *QUICK)


@fuzzed(10)
def test_results(good, random):
    path = put(good, "saved.json", bad_json(json.loads((good / "result.json").read_text()), random))
    output = f"{random.choice(FORMATS)}=/dev/null"
    command = random.choice(
        [
            ("scan", good / "one.json", "-q", TODAY, "-o", output, *QUICK, "--baseline", path),
            ("report", path, "-o", output),
            ("merge", path, "-o", output),
            (
                "fix",
                path,
                "-o",
                f"{random.choice(['azure-cli', 'azureml-yaml', 'bicep', 'terraform'])}=/dev/null",
            ),
        ]
    )
    ends_well(*command)


@fuzzed(10)
def test_histories(good, random):
    data = bytearray((good / "good.db").read_bytes())
    for _ in range(random.choice([0, 1, 4, 40])):
        data[random.randrange(len(data))] = random.randrange(256)
    path = put(
        good, "history.db", bytes(data[: random.choice([len(data), len(data), random.randrange(len(data))])])
    )
    if random.random() < 0.5:
        _scribbled(path, random)
    command = random.choice(
        [
            ("history", "list"),
            ("history", "trend"),
            ("history", "since", "2026-01-01"),
            ("history", "export"),
            ("history", "prune", "--before", "2026-11-01"),
            ("scan", good / "one.json", "-q", TODAY, "-o", "html=/dev/null", *QUICK),
        ]
    )
    ends_well(*command, "--history", path)


def _scribbled(path, random):
    """Values of another type, or none, in a table of a history."""
    try:
        with sqlite3.connect(path) as database:
            tables = [
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            table = random.choice(tables)
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            value = random.choice([None, "", "x", b"\xff", -1, 2**62, 1.5, "2026-99-99", "[]", "{"])
            database.execute(f"UPDATE {table} SET {random.choice(columns)} = ?", (value,))
    except (sqlite3.Error, IndexError, UnicodeDecodeError):
        return
    finally:
        database.close()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(text_of(corpus.snapshots()[0]), id="estate.json"),
        pytest.param(corpus.ESTATE.read_text(encoding="utf-8"), id="estate.jsonl"),
        *(pytest.param(text_of(one), id=f"api-{n}.json") for n, one in enumerate(corpus.answers())),
        *(pytest.param(text_of(one), id=f"template-{n}.json") for n, one in enumerate(corpus.templates())),
        pytest.param(yaml.safe_dump(corpus.WORKSPACES[0]), id="hub.yml"),
        pytest.param(text_of(corpus.PLANS[0]), id="plan.json"),
        pytest.param(corpus.terraform()[0], id="main.tf"),
        pytest.param(corpus.bicep()[0], id="main.bicep"),
    ],
)
def test_what_is_not_spoilt_is_a_hub(folder, request, data):
    """The harness would prove nothing if readers turned its corpora away."""
    path = put(folder, request.node.callspec.id, data.encode())
    assert ends_well("show", path.parent if path.suffix == ".tf" else path) in (0, 1, 3)
