"""Estates for tests of live collection, and a look into what was collected."""

from __future__ import annotations

import json
from pathlib import Path

from standin.estate import Estate

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "reports" / "examples" / "estate" / "contoso.jsonl"
PRODUCTION = "00000000-0000-0000-0000-000000000001"
SANDBOX = "00000000-0000-0000-0000-000000000002"
FEDERAL = "00000000-0000-0000-0000-000000000003"
CLOSED = "00000000-0000-0000-0000-000000000004"


def bundled() -> Estate:
    """The estate that ships with the program."""
    return Estate(BUNDLED.read_bytes().splitlines())


def estate_of(*hubs, subscriptions=(PRODUCTION,)) -> Estate:
    """An estate of some hubs, in subscriptions where everything is registered."""
    lines = [
        {
            "subscription": {
                "subscriptionId": identifier,
                "tenantId": "00000000-0000-0000-0000-0000000000aa",
                "displayName": f"Contoso {identifier[-2:]}",
                "providers": {
                    "Microsoft.Network": "Registered",
                    "Microsoft.MachineLearningServices": "Registered",
                },
            }
        }
        for identifier in subscriptions
    ]
    return Estate(json.dumps(line) for line in (*lines, *({"hub": hub} for hub in hubs)))


def snapshot_of(path) -> dict[str, list]:
    """The lines of a snapshot by what they hold."""
    found: dict[str, list] = {}
    for line in Path(path).read_text().splitlines():
        value = json.loads(line)
        name = "header" if "snapshot" in value else next(iter(value))
        found.setdefault(name, []).append(value if name == "header" else value[name])
    return found
