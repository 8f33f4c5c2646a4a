"""Reports to render: plain functions that make one thing each, every field open to change.

Import them as ``from reporters.conftest import finding, report``.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from scanner.model import (
    Control,
    Finding,
    HubEntry,
    HubRef,
    Place,
    PolicyCard,
    Reference,
    Report,
    Severity,
    SourceNote,
    Summary,
    Verdict,
)

STORAGE = "fqdn-no-azure-storage"


def subscription(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def hub_ref(name: str = "hub-contoso", *, number: int = 1, group: str = "rg-ai", **changes: Any) -> HubRef:
    """A hub of the subscription with that number."""
    workspace = f"Microsoft.MachineLearningServices/workspaces/{name}"
    fields = {
        "id": f"/subscriptions/{subscription(number)}/resourceGroups/{group}/providers/{workspace}",
        "name": name,
        "kind": "Hub",
        "subscription_id": subscription(number),
        "resource_group": group,
    }
    return HubRef(**{**fields, **changes})


def entry(hub: HubRef, **changes: Any) -> HubEntry:
    """A hub as a report lists it."""
    return HubEntry(**{**dataclasses.asdict(hub), **changes})


def card(policy: str = STORAGE, **changes: Any) -> PolicyCard:
    """A policy's card with every form of remediation, one reference and one control."""
    fields = {
        "id": policy,
        "title": "No FQDN rule to Azure Storage in approved mode",
        "severity": Severity.HIGH,
        "category": "fqdn",
        "description": "A host name rule to storage reaches every account.\n\nUse a private endpoint.\n",
        "remediation": {
            "text": "Replace the rule by a private endpoint.",
            "azure_cli": "az ml workspace outbound-rule remove --rule <rule>",
            "azureml_yaml": "managed_network:\n  outbound_rules: []",
            "bicep": "type: 'PrivateEndpoint'",
            "terraform": 'type = "PrivateEndpoint"',
        },
        "references": (
            Reference(title="Managed networks", url="https://learn.microsoft.com/azure/networks"),
        ),
        "controls": (Control(framework="MCSB", version="v1", control="NS-2"),),
    }
    return PolicyCard(**{**fields, **changes})


def place(path: str = "infra/hub.bicep", line: int = 12, column: int = 5) -> Place:
    return Place(path=path, line=line, column=column, end_line=line)


def finding(policy: str = STORAGE, **changes: Any) -> Finding:
    """A failing finding on one rule of a live hub."""
    fields = {
        "policy": policy,
        "title": "No FQDN rule to Azure Storage in approved mode",
        "severity": Severity.HIGH,
        "verdict": Verdict.FAIL,
        "message": "FQDN rule 'blobs' reaches contoso.blob.core.windows.net",
        "hub": hub_ref(),
        "item": "blobs",
        "fingerprint": "0123456789abcdef" * 4,
        "evidence": {"destination": "contoso.blob.core.windows.net"},
        "remediation": {"text": "Replace the rule by a private endpoint."},
    }
    return Finding(**{**fields, **changes})


def report(findings: Iterable[Finding] = (), **changes: Any) -> Report:
    """A finished scan of those findings: hubs, policies and counts are theirs unless given."""
    found = tuple(findings)
    hubs = tuple(map(entry, sorted({each.hub for each in found}, key=lambda hub: hub.id)))
    policies = tuple(card(policy) for policy in sorted({each.policy for each in found}))
    failing = Counter(each.severity for each in found if each.verdict is Verdict.FAIL)
    unknown = Counter(each.severity for each in found if each.verdict is Verdict.UNKNOWN)
    fields = {
        "tool_version": "0.1.0",
        "started_at": "2026-01-02T03:04:05Z",
        "finished_at": "2026-01-02T03:04:06Z",
        "sources": (SourceNote(kind="snapshot", path="estate/contoso.jsonl", hubs=len(hubs)),),
        "complete": True,
        "summary": Summary(
            hubs=len(hubs),
            policies=len(policies),
            verdicts={verdict: sum(each.verdict is verdict for each in found) for verdict in Verdict},
            failing={severity: failing[severity] for severity in Severity},
            unknown={severity: unknown[severity] for severity in Severity},
            gaps=len(changes.get("gaps", ())),
        ),
        "policies": policies,
        "hubs": hubs,
        "findings": found,
        "gaps": (),
    }
    return Report(**{**fields, **changes})
