"""Measures what the examples of policies and the tests of modules find out.

python -m mutants policies [ID ...]        every mutant of the bundled policies
python -m mutants search ID [COUNT]        hubs that tell the survivors of a policy, out of many spoilt ones
python -m mutants code [MODULE ...]        some mutants of each module, HUBSCAN_MUTANTS=20 of them
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = "tests/mutants/test_policies.py::test_a_policy_itself_is_told_by_none_of_its_examples"
COUNT = 20


def policies(names: list[str]) -> None:
    """Print what survives of the mutants of policies."""
    from mutants.policies import report  # noqa: PLC0415 - pytest is to import the program anew for modules

    for line in report(names):
        print(line, flush=True)


def search(names: list[str]) -> None:
    """Print the cheapest spoilt examples that tell each survivor of a policy."""
    from mutants.policies import bundled, tally  # noqa: PLC0415
    from mutants.search import killers  # noqa: PLC0415

    (policy,) = bundled(names[:1])
    found = killers(policy, tally(policy).survivors, int(names[1]) if len(names) > 1 else 2_000)
    for name, told in found.items():
        print(name)
        for killer in sorted(told, key=lambda one: (one.cost, len(one.done)))[:3]:
            print(f"    {killer.done} {killer.said}")


def code(names: list[str]) -> None:
    """Print what survives of some mutants of modules, each measured in a process of its own."""
    from mutants.runner import measured  # noqa: PLC0415

    text = (ROOT / "tests" / "mutants" / "modules.yaml").read_text(encoding="utf-8")
    chosen = {name: tests for name, tests in yaml.safe_load(text).items() if not names or name in names}
    count = int(os.environ.get("HUBSCAN_MUTANTS", str(COUNT)))
    os.chdir(ROOT)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        sums = [0, 0]
        for name, tests in chosen.items():
            killed, total, left = pool.submit(measured, ROOT / name, [*tests, EXAMPLES], count).result()
            sums = [sums[0] + killed, sums[1] + total]
            print(f"{name}: {killed} of {total}", *left, sep="\n    ", flush=True)
    print(f"{sums[0]} of {sums[1]} killed, {100 * sums[0] / max(sums[1], 1):.1f} %")


if __name__ == "__main__":
    asked, *rest = sys.argv[1:] or ("policies",)
    {"policies": policies, "search": search, "code": code}[asked](rest)
