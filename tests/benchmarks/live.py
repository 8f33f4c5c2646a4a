"""What reading a live Azure costs: ``python tests/benchmarks/live.py [reads wall memory resume]``.

A stand-in for ARM answers on the loopback; the program runs in a process of its own, so that CPU and
memory are its own.  Every figure is printed beside what it must not exceed; the exit code is 1 where one
does.  All four take about four minutes.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

from benchmarks import estates  # noqa: E402 - the folders above are where it is found
from standin.estate import Estate  # noqa: E402
from standin.server import StandIn  # noqa: E402

Document = dict[str, Any]

_MEASURE = (
    "import json, os, resource, subprocess, sys, time\n"
    "began = time.monotonic()\n"
    "code = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(json.dumps([code, time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
)
_BEFORE = "/subscriptions/00000000-0000-0000-0002-000000000000"
"""As much of a path as says which subscription it is in."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A run of the program: its exit code, seconds, CPU seconds and peak memory (MB)."""

    code: int
    seconds: float
    cpu: float
    megabytes: float


def subscription_id(number: int) -> str:
    return f"00000000-0000-0000-0002-{number:012d}"


def live_hub(subscription: int, number: int) -> Document:
    """A hub with all that a hub has, in a resource group of its own; it shares no dependency."""
    hub = estates.hub(number, rules=18)
    text = json.dumps(hub).replace(hub["subscription"]["subscriptionId"], subscription_id(subscription))
    hub = json.loads(text)
    scope = hub["id"].partition("/Microsoft.MachineLearningServices")[0]
    hub["outboundRules"] = [
        rule
        for rule in hub["outboundRules"]
        if rule["properties"]["type"] != "PrivateEndpoint" or "__SYS" in rule["name"]
    ]
    own = [one for one in hub["resources"] if f"{number:06d}" in one["name"]]
    for kind, name, group in (
        ("Microsoft.CognitiveServices/accounts", f"ai-{number:06d}", "account"),
        ("Microsoft.Search/searchServices", f"srch-{number:06d}", "searchService"),
    ):
        target = f"{scope}/{kind}/{name}"
        acls = {"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
        own.append(
            {
                "id": target,
                "name": name,
                "type": kind,
                "properties": {"publicNetworkAccess": "Disabled", "networkAcls": acls},
            }
        )
        destination = {"serviceResourceId": target, "subresourceTarget": group, "sparkEnabled": False}
        rule = {
            "type": "PrivateEndpoint",
            "category": "UserDefined",
            "status": "Active",
            "destination": destination,
        }
        hub["outboundRules"].append({"name": f"pe-{group}", "properties": rule})
        hub["connections"].append(
            {
                "name": name,
                "properties": {
                    "category": "AIServices",
                    "target": target,
                    "metadata": {"ResourceId": target},
                },
            }
        )
    insights = f"{scope}/Microsoft.Insights/components/appi-{number:06d}"
    own.append({"id": insights, "type": "Microsoft.Insights/components", "properties": {}})
    hub["properties"] |= {"applicationInsights": insights, "privateEndpointConnections": []}
    hub["identity"]["principalId"] = f"00000000-0000-0000-0003-{number:012d}"
    hub["resources"] = own
    hub["computes"] = [
        {
            "name": f"c{index}",
            "properties": {"computeType": "AmlCompute", "properties": {"enableNodePublicIp": False}},
        }
        for index in range(3)
    ]
    deployment = {"name": "blue", "properties": {"egressPublicNetworkAccess": "Disabled"}}
    hub["onlineEndpoints"] = [
        {"name": "score", "properties": {"publicNetworkAccess": "Disabled"}, "deployments": [deployment]}
    ]
    return hub


def live_estate(subscriptions: int, hubs: int) -> Estate:
    def lines() -> Iterator[str]:
        for number in range(subscriptions):
            home = {**estates.subscription(0), "subscriptionId": subscription_id(number)}
            yield json.dumps({"subscription": home})
            for index in range(hubs):
                yield json.dumps({"hub": live_hub(number, number * hubs + index)})

    return Estate(lines())


def collect(server: StandIn, target: Path, *more: str) -> Cost:
    """Collect everything into a file, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "scanner",
        "collect",
        "--all-subscriptions",
        "-q",
        "--arm-endpoint",
        server.url,
    ]
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command, "-o", str(target), *more],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **server.environment, "PYTHONPATH": str(HERE.parents[2])},
    )
    return Cost(*json.loads(ran.stdout))


def kinds(server: StandIn) -> Counter[str]:
    """The requests by what they read."""
    found: Counter[str] = Counter()
    for one in server.seen:
        path = urlsplit(one.url).path
        tail = path.rpartition("/providers/")[2].split("/") if "/providers/" in path else ["subscriptions"]
        name = "/".join((tail[0], *tail[1::2]))
        found[f"{name} {'list' if len(tail) % 2 == 0 else 'get'}"] += 1
    return found


def check(what: str, figure: float, bound: float, unit: str = "") -> bool:
    """Print a figure beside its bound, and say whether it holds."""
    holds = figure <= bound
    print(
        f"{what:<48} {figure:>9.2f}{unit:<4} at most {bound:.2f}{unit}{'' if holds else '   EXCEEDED'}",
        flush=True,
    )
    return holds


def reads(folder: Path) -> bool:
    """Reads a hub in the steady state: 50 hubs a subscription, 4 subscriptions."""
    held = True
    for option, bound in ((), 9.0), (("--light",), 2.5):
        with StandIn(live_estate(4, 50), page=100).running() as server:
            cost = collect(server, folder / "reads.jsonl", *option)
            assert cost.code == 0, cost
            for name, count in kinds(server).most_common():
                print(f"    {name:<76} {count / 200:6.2f}")
            held &= check(f"reads a hub {' '.join(option)}", len(server.seen) / 200, bound)
    return held


def wall(folder: Path) -> bool:
    """4 subscriptions of 150 hubs against ARM's budget, with 100 ms latency."""
    size, rate = 250.0, 25.0
    with StandIn(live_estate(4, 150), page=100, latency=0.1, budget=(size, rate)).running() as server:
        cost = collect(server, folder / "wall.jsonl")
        assert cost.code == 0, cost
        answered = [one for one in server.seen if one.status != 429]
        most = max(Counter(urlsplit(one.url).path[: len(_BEFORE)] for one in answered).values())
        bound = (most - size) / rate
        refused = 100 * (len(server.seen) - len(answered)) / len(server.seen)
    print(f"    {len(answered)} reads, {most} of one subscription")
    return all(
        [
            check("wall time, 4 x 150 hubs", cost.seconds, 1.3 * bound, " s"),
            check("answered 429", refused, 1.0, " %"),
            check("CPU a read", 1000 * cost.cpu / len(answered), 3.0, " ms"),
        ]
    )


def memory(folder: Path) -> bool:
    """2,000 hubs in 10 subscriptions."""
    with StandIn(live_estate(10, 200), page=100).running() as server:
        cost = collect(server, folder / "memory.jsonl")
        assert cost.code == 0, cost
    return check("peak memory, 2,000 hubs", cost.megabytes, 150.0, " MB")


def resume(folder: Path) -> bool:
    """Stopped at 20 random moments and continued: the same snapshot, no hub lost or doubled."""
    equal = 0
    with StandIn(live_estate(3, 20), page=10, latency=0.003).running() as server:
        collect(server, folder / "whole.jsonl")
        total = len(server.seen)
        whole = _without_time(folder / "whole.jsonl")
        for attempt in range(20):
            target = folder / f"{attempt}.jsonl"
            number = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[attempt % 3]
            _stopped(server, target, random.randrange(1, total), number)
            more = ("--resume", str(target)) if target.exists() else ()
            collect(server, target, *more)
            equal += _without_time(target) == whole
    return check("stopped, continued, and not the same", 20 - equal, 0)


def _stopped(server: StandIn, target: Path, moment: int, number: int) -> None:
    began = len(server.seen)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scanner",
            "collect",
            "--all-subscriptions",
            "-q",
            "--arm-endpoint",
            server.url,
            "-o",
            str(target),
        ],
        stderr=subprocess.DEVNULL,
        env={**os.environ, **server.environment, "PYTHONPATH": str(HERE.parents[2])},
    )
    while len(server.seen) - began < moment and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(number)
    process.wait()


def _without_time(path: Path) -> str:
    return re.sub(r'"collected_at":"[^"]*"', "", path.read_text(encoding="utf-8"))


def main(names: list[str]) -> int:
    """Measure what is named, or all."""
    known = {"reads": reads, "wall": wall, "memory": memory, "resume": resume}
    held = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names or known:
            held &= known[name](Path(folder))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
