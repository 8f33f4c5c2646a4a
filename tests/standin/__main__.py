"""Live collection without an Azure: ``make live-demo``.

Starts the stand-in, which answers from the bundled estate, and runs what one would run against Azure.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile

from standin.examples import ROOT, bundled
from standin.server import StandIn

COMMANDS = (
    (3, ("collect", "--all-subscriptions", "-o", "estate.jsonl")),
    (
        1,
        (
            "scan",
            "--management-group",
            "contoso",
            "--select",
            "category:fqdn",
            "--save-snapshot",
            "fqdn.jsonl",
        ),
    ),
    (3, ("doctor", "--subscription", "00000000-0000-0000-0000-000000000004")),
)
"""What is run, and the exit code that the estate has it end with."""


def main() -> int:
    """Show each command and what it says; 1 where one ends in another way than it should."""
    with StandIn(bundled(), latency=0.02).running() as server, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **server.environment, "PYTHONPATH": str(ROOT)}
        print("What signs in and whom to trust, as the environment says it:")
        for name, value in server.environment.items():
            print(f"  {name}={value}")
        for expected, arguments in COMMANDS:
            line = ["hubscan", *arguments, "--arm-endpoint", server.url]
            print(f"\n$ {shlex.join(line)}", flush=True)
            command = [sys.executable, "-m", "scanner", *line[1:]]
            done = subprocess.run(command, check=False, cwd=folder, env=environment)
            print(f"[exit code {done.returncode}]", flush=True)
            if done.returncode != expected:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
