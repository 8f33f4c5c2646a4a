"""Beside the jmespath package's own interpreter: the same ten predicates over hubs already parsed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jmespath
from estates import hub

from scanner import policies
from scanner.bench import Bench
from scanner.model import Verdict
from scanner.sources.normalise import example

_RULES = "hub.outboundRules"
PREDICATES = (
    "hub.properties.managedNetwork.isolationMode == 'AllowOnlyApprovedOutbound'",
    "hub.properties.publicNetworkAccess == 'Disabled'",
    f"length({_RULES}[?properties.type == 'FQDN' && contains(properties.destination, '.blob.core.windows.net')]) == `0`",
    f"length({_RULES}[?properties.type == 'FQDN' && starts_with(properties.destination, '*')]) == `0`",
    f"length({_RULES}[?properties.type == 'ServiceTag' && properties.destination.serviceTag == 'Internet']) == `0`",
    f"length({_RULES}[?properties.type == 'ServiceTag' && properties.destination.serviceTag == 'AzureCloud']) == `0`",
    f"length({_RULES}[?properties.type == 'FQDN' && contains(properties.destination, ':')]) == `0`",
    f"length({_RULES}[?properties.type == 'FQDN' && contains(properties.destination, '/')]) == `0`",
    f"length({_RULES}[?properties.type == 'PrivateEndpoint' && contains(properties.destination.serviceResourceId, '/Microsoft.Web/')]) == `0`",
    f"length({_RULES}[?properties.status != 'Active']) == `0`",
)


def main(sizes: list[int]) -> None:
    """Print the ratio, once what both say has been found to be the same."""
    documents = [hub(number) for number in range((sizes or [1_000])[0])]
    compiled = [jmespath.compile(predicate) for predicate in PREDICATES]
    with TemporaryDirectory() as folder:
        bench = Bench(_policies(Path(folder)))
    hubs = [example(document) for document in documents]

    def interpreted() -> list[list[bool]]:
        return [[one.search({"hub": document}) is True for one in compiled] for document in documents]

    def judged() -> list[list[bool]]:
        return [[said[0].verdict is Verdict.PASS for _, said in bench.judge(one)] for one in hubs]

    assert interpreted() == judged()
    theirs, ours = _seconds(interpreted), _seconds(judged)
    print(f"jmespath {theirs:.3f} s, hubscan {ours:.3f} s: {theirs / ours:.1f} times as fast")


def _seconds(run: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(5):
        begun = time.process_time()
        run()
        best = min(best, time.process_time() - begun)
    return best


def _policies(folder: Path) -> Any:
    for number, predicate in enumerate(PREDICATES):
        text = predicate.replace('"', '\\"')
        (folder / f"predicate-{number}.yaml").write_text(
            f"id: predicate-{number}\ntitle: Predicate\nseverity: low\ncategory: rules\ndescription: Made up.\n"
            f'require: "{text}"\nmessage: refused\nremediation: {{text: none}}\nreferences: []\n'
            "examples: {pass: [{}], fail: [{}]}\n",
            encoding="utf-8",
        )
    return policies.load([str(folder)], include_bundled=False)
