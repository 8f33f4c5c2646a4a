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
    from mutants.runner import explained, measured  # noqa: PLC0415

    text = (ROOT / "tests" / "mutants" / "modules.yaml").read_text(encoding="utf-8")
    chosen = {name: tests for name, tests in yaml.safe_load(text).items() if not names or name in names}
    count = int(os.environ.get("HUBSCAN_MUTANTS", str(COUNT)))
    os.chdir(ROOT)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        killed = total = left = 0
        for name, tests in chosen.items():
            reasons = explained().get(name, {})
            found = pool.submit(measured, ROOT / name, [*tests, EXAMPLES], count, reasons).result()
            killed, total, left = killed + found.killed, total + found.total, left + len(found.left)
            print(f"{name}: {_sums(found.killed, found.total, len(found.left))}", flush=True)
            for survivor, line in found.left.items():
                print(f"    {line} {survivor}")
            for mutant in found.told:
                print(f"    explained, yet killed: {mutant}")
    print(_sums(killed, total, left))


def _sums(killed: int, total: int, left: int) -> str:
    share = 100 * killed / max(total, 1)
    return f"killed {killed} of {total}, {share:.1f} %, {total - killed - left} explained, {left} left"


if __name__ == "__main__":
    asked, *rest = sys.argv[1:] or ("policies",)
    {"policies": policies, "search": search, "code": code}[asked](rest)
