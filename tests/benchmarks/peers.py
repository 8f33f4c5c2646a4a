"""How fast a scan is beside two peers: ``python tests/benchmarks/peers.py FOLDER [HUBS ...]``.

FOLDER is outside the repository; environments with Cloud Custodian and Checkov are made in it, which takes
minutes and some hundred megabytes the first time.  Hubs of 20 outbound rules, 15 % of them violating, are
judged by ten predicates, each in the policy form of its engine.  The findings must be the same, or the
comparison ends; then CPU time is taken from file to findings, start-up included, in rotated order.  What to
read are the ratios: the medians over all rounds.  Checkov needs about 3 MB of memory a hub.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
RULES = 20
VIOLATING = 0.15
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
NETWORK = "properties.managedNetwork"

Findings = set[tuple[str, str]]
"""Policy and hub of each violation."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """What must hold: a property of the hub is a word, or a field of no rule of some type is (or ends in) one."""

    name: str
    path: str
    word: str
    rule_type: str | None = None
    ending: bool = False


PREDICATES = (
    Predicate("mode", f"{NETWORK}.isolationMode", "AllowOnlyApprovedOutbound"),
    Predicate("sku", f"{NETWORK}.firewallSku", "Standard"),
    Predicate("public", "properties.publicNetworkAccess", "Disabled"),
    Predicate("storage", "destination", ".blob.core.windows.net", "FQDN", ending=True),
    Predicate("everything", "destination", "*", "FQDN"),
    Predicate("internet", "destination.serviceTag", "Internet", "ServiceTag"),
    Predicate("cloud", "destination.serviceTag", "AzureCloud", "ServiceTag"),
    Predicate("protocol", "destination.protocol", "*", "ServiceTag"),
    Predicate("ports", "destination.portRanges", "*", "ServiceTag"),
    Predicate("sites", "destination.subresourceTarget", "sites", "PrivateEndpoint"),
)


def hub(number: int) -> dict[str, Any]:
    """One workspace in the shape of ARM, its rules a map."""
    draw = random.Random(number)
    bad = draw.random() < VIOLATING
    rules: dict[str, Any] = {}
    for position in range(RULES):
        kind = ("FQDN", "ServiceTag", "PrivateEndpoint")[position % 3]
        wrong = bad and draw.random() < 0.2
        rules[f"rule-{position}"] = {
            "type": kind,
            "category": "UserDefined",
            "destination": _target(draw, kind, wrong=wrong),
        }
    mode = "AllowInternetOutbound" if bad and draw.random() < 0.3 else "AllowOnlyApprovedOutbound"
    scope = f"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/{WORKSPACE}"
    return {
        "id": f"{scope}/hub-{number}",
        "name": f"hub-{number}",
        "type": WORKSPACE,
        "apiVersion": "2025-09-01",
        "kind": "Hub",
        "location": "westeurope",
        "properties": {
            "publicNetworkAccess": "Enabled" if bad and draw.random() < 0.3 else "Disabled",
            "managedNetwork": {"isolationMode": mode, "firewallSku": "Standard", "outboundRules": rules},
        },
    }


def _target(draw: random.Random, kind: str, *, wrong: bool) -> Any:
    if kind == "FQDN":
        bad = draw.choice(("*", f"data{draw.randrange(99)}.blob.core.windows.net"))
        return bad if wrong else f"api{draw.randrange(9999)}.contoso.com"
    if kind == "ServiceTag":
        good = {"serviceTag": "AzureMonitor", "protocol": "TCP", "portRanges": "443"}
        bads = (
            {"serviceTag": "Internet"},
            {"serviceTag": "AzureCloud"},
            {"protocol": "*"},
            {"portRanges": "*"},
        )
        return {**good, **(draw.choice(bads) if wrong else {})}
    return {
        "serviceResourceId": f"/x/{draw.randrange(9999)}",
        "subresourceTarget": "sites" if wrong else "blob",
    }


def expected(hubs: Iterable[dict[str, Any]]) -> Findings:
    """The violations, as plain Python finds them."""
    return {
        (predicate.name, one["name"]) for one in hubs for predicate in PREDICATES if _violates(predicate, one)
    }


def _violates(predicate: Predicate, document: dict[str, Any]) -> bool:
    if predicate.rule_type is None:
        return bool(_at(document, predicate.path) != predicate.word)
    rules = document["properties"]["managedNetwork"]["outboundRules"].values()
    values = [_at(rule, predicate.path) for rule in rules if rule["type"] == predicate.rule_type]
    return any(
        value.endswith(predicate.word) if predicate.ending else value == predicate.word for value in values
    )


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[name]
    return value


def _condition(predicate: Predicate, prefix: str) -> str:
    """The members that violate, as a condition of a JMESPath filter."""
    field = f"{prefix}{predicate.path}"
    test = f"ends_with({field}, '{predicate.word}')" if predicate.ending else f"{field} == '{predicate.word}'"
    return f"{prefix}type == '{predicate.rule_type}' && {test}"


def write_ours(folder: Path, hubs: list[dict[str, Any]]) -> list[str]:
    """A snapshot and ten policies; what is returned is the command."""
    (folder / "ours").mkdir()
    with (folder / "hubs.jsonl").open("w", encoding="utf-8") as out:
        out.write(json.dumps({"snapshot": "hubscan/v1", "collected_at": "2026-11-02T05:17:00Z"}) + "\n")
        out.writelines(json.dumps({"hub": one}) + "\n" for one in hubs)
        out.write(json.dumps({"end": {"hubs": len(hubs), "gaps": 0}}) + "\n")
    for predicate in PREDICATES:
        require = f"hub.{predicate.path} == '{predicate.word}'"
        if predicate.rule_type is not None:
            require = f"length(hub.outboundRules[?{_condition(predicate, 'properties.')}]) == `0`"
        document = {"id": predicate.name, "title": predicate.name, "severity": "low", "require": require}
        (folder / "ours" / f"{predicate.name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    options = ("-q", "--no-bundled-policies", "-p", str(folder / "ours"), "--fail-on", "never", "-o", "jsonl")
    return [sys.executable, "-m", "scanner", "scan", str(folder / "hubs.jsonl"), *options]


def read_ours(text: str) -> Findings:
    """The violations in our JSON Lines."""
    entries = map(json.loads, text.splitlines())
    return {(entry["policy"], entry["hub"]["name"]) for entry in entries if entry["verdict"] == "fail"}


CUSTODIAN = """\
import json, sys
from c7n.config import Config
from c7n.filters.core import ValueFilter
resources = [json.loads(line) for line in open(sys.argv[1])]
for policy in json.load(open(sys.argv[2])):
    for data in policy["filters"]:
        check = ValueFilter(data)
        for resource in check.process(resources):
            print(policy["name"], resource["name"])
"""
"""Cloud Custodian's own value filter on a file: its command line asks Azure for the resources."""


def write_custodian(folder: Path, hubs: list[dict[str, Any]], python: Path) -> list[str]:
    """The hubs a line each, and ten policies of a value filter."""
    (folder / "custodian.jsonl").write_text("".join(json.dumps(one) + "\n" for one in hubs), encoding="utf-8")
    policies = []
    for predicate in PREDICATES:
        check = {"type": "value", "key": predicate.path, "op": "ne", "value": predicate.word}
        if predicate.rule_type is not None:
            members = f"values({NETWORK}.outboundRules)[?{_condition(predicate, '')}]"
            check = {"type": "value", "key": f"length({members})", "op": "gt", "value": 0}
        policies.append(
            {"name": predicate.name, "resource": "azure.machine-learning-workspace", "filters": [check]}
        )
    (folder / "custodian.json").write_text(json.dumps(policies), encoding="utf-8")
    return [str(python), "-c", CUSTODIAN, str(folder / "custodian.jsonl"), str(folder / "custodian.json")]


def read_custodian(text: str) -> Findings:
    """The violations, a line each."""
    return {(name, found) for name, found in map(str.split, text.splitlines())}


def write_templates(folder: Path, hubs: Iterable[dict[str, Any]]) -> None:
    """An ARM template a hub."""
    folder.mkdir()
    for one in hubs:
        write_template(folder / f"{one['name']}.json", [one], indent=2)


def write_template(path: Path, hubs: Iterable[dict[str, Any]], indent: int | None = None) -> None:
    """One ARM template of some hubs."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    resources = [{key: value for key, value in one.items() if key != "id"} for one in hubs]
    template = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": resources}
    path.write_text(json.dumps(template, indent=indent), encoding="utf-8")


def write_checkov(folder: Path, hubs: list[dict[str, Any]], python: Path) -> list[str]:
    """One ARM template of all hubs, and ten YAML policies."""
    (folder / "arm").mkdir()
    (folder / "checks").mkdir()
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    template = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": hubs}
    (folder / "arm" / "template.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    for number, predicate in enumerate(PREDICATES):
        definition: dict[str, Any] = {"cond_type": "attribute", "resource_types": [WORKSPACE]}
        definition |= {"attribute": predicate.path, "operator": "equals", "value": predicate.word}
        if predicate.rule_type is not None:
            # A filter on a map selects nothing there: the values first.  With jsonpath_ every value must hold.
            chosen = f"{NETWORK}.outboundRules.*[?(@.type == '{predicate.rule_type}')]"
            operator = "jsonpath_not_ending_with" if predicate.ending else "jsonpath_not_equals"
            definition |= {"attribute": f"{chosen}.{predicate.path}", "operator": operator}
        metadata = {"id": f"CKV2_PEER_{number}", "name": predicate.name, "category": "NETWORKING"}
        document = {"metadata": metadata, "definition": definition}
        (folder / "checks" / f"{predicate.name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    program = str(python.parent / "checkov")
    checks = ",".join(f"CKV2_PEER_{number}" for number in range(len(PREDICATES)))
    files = ("-d", str(folder / "arm"), "--external-checks-dir", str(folder / "checks"))
    return [
        program,
        *files,
        "--framework",
        "arm",
        "-c",
        checks,
        "--skip-download",
        "--soft-fail",
        "--quiet",
        "-o",
        "json",
    ]


def read_checkov(text: str) -> Findings:
    """The failed checks."""
    report = json.loads(text)
    failed = (report[0] if isinstance(report, list) else report)["results"]["failed_checks"]
    return {(entry["check_name"], entry["resource"].rpartition(".")[2]) for entry in failed}


def environment(folder: Path, name: str, *packages: str) -> Path:
    """The interpreter of an environment that has some packages."""
    home = folder / name
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"installing {', '.join(packages)} into {home}", flush=True)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (home / "ready").touch()
    return python


def measured(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a process and its children, and what it printed."""
    before = os.times()
    quiet = {**os.environ, "LOG_LEVEL": "ERROR", "PYTHONDONTWRITEBYTECODE": ""}
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=quiet)
    after = os.times()
    if ran.returncode:
        raise SystemExit(f"{command[0]} ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
    return (
        after.children_user - before.children_user + after.children_system - before.children_system,
        ran.stdout,
    )


def compare(count: int, folder: Path, interpreters: dict[str, Path]) -> None:
    """Print CPU seconds and ratios for so many hubs."""
    folder.mkdir()
    hubs = [hub(number) for number in range(count)]
    engines: dict[str, tuple[list[str], Callable[[str], Findings]]] = {
        "hubscan": (write_ours(folder, hubs), read_ours),
        "custodian": (write_custodian(folder, hubs, interpreters["custodian"]), read_custodian),
        "checkov": (write_checkov(folder, hubs, interpreters["checkov"]), read_checkov),
    }
    wanted = expected(hubs)
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    names = list(engines)
    for turn in range(ROUNDS + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            command, read = engines[name]
            spent, text = measured(command)
            found = read(text)
            if found != wanted:
                told = f"{len(found - wanted)} too many, {len(wanted - found)} missing"
                raise SystemExit(f"{name} finds something else on {count} hubs: {told}")
            # The first round warms the disk cache, and ours of checked policies.
            seconds[name] += [spent] if turn else []
    print(f"{count} hubs, {len(wanted)} findings, the same for all")
    for name in names:
        ratios = [other / own for other, own in zip(seconds[name], seconds["hubscan"], strict=True)]
        print(f"  {name:<10} {statistics.median(seconds[name]):8.2f} s CPU  {statistics.median(ratios):6.1f}")


def main(folder: Path, sizes: list[int]) -> None:
    """Make the environments, then compare at each size."""
    folder.mkdir(parents=True, exist_ok=True)
    interpreters = {
        "custodian": environment(folder, "env-custodian", "c7n"),
        "checkov": environment(folder, "env-checkov", "checkov"),
    }
    for size in sizes:
        work = folder / f"{size}-{os.getpid()}"
        compare(size, work, interpreters)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), [int(size) for size in sys.argv[2:]] or [1000])
