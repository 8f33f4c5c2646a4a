"""Hubs and snapshots for tests: as small as they can be and still be judged."""

from __future__ import annotations

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"


def hub(name="hub1", *, mode="AllowOnlyApprovedOutbound", rules=(), **more):
    """A live hub of that name, mode and rules: (name, type, destination) each."""
    return {
        "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/{name}",
        "name": name,
        "kind": "Hub",
        "location": "westeurope",
        "properties": {"managedNetwork": {"isolationMode": mode}},
        "outboundRules": [
            {
                "name": rule,
                "properties": {"type": kind, "category": "UserDefined", "destination": destination},
            }
            for rule, kind, destination in rules
        ],
        **more,
    }


def snapshot(*hubs, gaps=(), **more):
    return {
        "snapshot": "hubscan/v1",
        "collected_at": "2026-11-02T05:17:00Z",
        "hubs": list(hubs),
        "gaps": list(gaps),
        **more,
    }
