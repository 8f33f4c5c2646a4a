"""Builds the values that reports are made of, with a sensible default for everything a test does not speak of."""

import dataclasses
from collections import Counter

from scanner.model import (
    Exemption,
    Finding,
    Gap,
    HubEntry,
    HubRef,
    Place,
    PolicyCard,
    Report,
    Severity,
    SourceNote,
    Summary,
    Verdict,
)

FAIL, UNKNOWN, EXEMPT, PASS, SKIP = Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT, Verdict.PASS, Verdict.SKIP
CRITICAL, HIGH, MEDIUM, LOW, INFO = Severity


def a_hub(name="hub1", *, subscription=1, group="rg-ai"):
    subscription_id = f"00000000-0000-0000-0000-{subscription:012}"
    return HubRef(
        id=f"/subscriptions/{subscription_id}/resourceGroups/{group}/providers"
        f"/Microsoft.MachineLearningServices/workspaces/{name}",
        name=name,
        kind="Hub",
        subscription_id=subscription_id,
        resource_group=group,
    )


def a_card(policy="fqdn-no-azure-storage", severity=HIGH, **more):
    return PolicyCard(
        id=policy, title=f"Title of {policy}", severity=severity, category="fqdn", description="Why.", **more
    )


def a_finding(verdict=FAIL, severity=HIGH, policy="fqdn-no-azure-storage", hub=None, **more):
    hub = hub or a_hub()
    item = more.pop("item", "allow-storage")
    defaults = {
        "title": f"Title of {policy}",
        "message": f"FQDN rule '{item}' reaches x.blob.core.windows.net",
        "fingerprint": f"{policy}|{hub.id}|{item}".lower(),
    }
    return Finding(policy=policy, severity=severity, verdict=verdict, hub=hub, item=item, **(defaults | more))


def an_exemption(**more):
    defaults = {
        "policy": "fqdn-no-azure-storage",
        "hub": "hub*",
        "item": None,
        "category": "waiver",
        "justification": "Storage moves behind a private endpoint in May",
        "approved_by": "security@contoso.com",
        "ticket": "NET-12",
        "expires": "2026-12-31",
    }
    return Exemption(**(defaults | more))


def a_place(path="infra/hub.bicep", line=12, column=5):
    return Place(path=path, line=line, column=column, end_line=line)


def a_gap(subject=None, reason="forbidden", hub=None, **more):
    hub = hub or a_hub()
    return Gap(subject=subject or f"{hub.id}/outboundRules", reason=reason, hub=hub.id, **more)


def a_report(*findings, gaps=(), complete=None, passes=0, skips=0, hubs=None, policies=None, notices=()):
    """A report whose summary counts its findings; ``passes`` and ``skips`` are counted beside them."""
    hubs = list({finding.hub.id: finding.hub for finding in findings}.values()) if hubs is None else hubs
    if policies is None:
        policies = tuple({one.policy: a_card(one.policy, one.severity) for one in findings}.values())
    verdicts = Counter(finding.verdict for finding in findings)
    verdicts[PASS] += passes
    verdicts[SKIP] += skips
    return Report(
        tool_version="0.1.0",
        started_at="2026-11-22T10:00:00Z",
        finished_at="2026-11-22T10:00:04Z",
        sources=(SourceNote(kind="snapshot", path="estate.json", hubs=len(hubs)),),
        complete=not gaps if complete is None else complete,
        summary=Summary(
            hubs=len(hubs),
            policies=len(policies),
            verdicts=verdicts,
            failing=Counter(finding.severity for finding in findings if finding.verdict is FAIL),
            unknown=Counter(finding.severity for finding in findings if finding.verdict is UNKNOWN),
            gaps=len(gaps),
        ),
        policies=policies,
        hubs=[HubEntry(**dataclasses.asdict(hub)) for hub in hubs],
        findings=findings,
        gaps=tuple(gaps),
        notices=tuple(notices),
    )


_POLICIES = {
    "managed-network-isolation-enabled": (CRITICAL, "The managed network of the hub is Disabled"),
    "approved-outbound-mode-preferred": (HIGH, "The isolation mode is AllowInternetOutbound"),
    "fqdn-no-azure-storage": (HIGH, "FQDN rule '{item}' reaches contosodata.blob.core.windows.net"),
    "fqdn-no-overbroad-wildcard": (HIGH, "FQDN rule '{item}' reaches every host under *.azurewebsites.net"),
    "fqdn-ports-80-443-only": (MEDIUM, "FQDN rule '{item}' names port 8443"),
    "service-tag-no-internet-equivalent": (CRITICAL, "Service tag rule '{item}' opens Internet on 0-65535"),
    "required-private-endpoints-present": (HIGH, "No private endpoint to the key vault kv-contoso-{item}"),
    "service-tag-address-prefixes-scoped": (LOW, "Service tag rule '{item}' has the prefix 10.0.0.0/8"),
}

_FIX = {
    "text": "Replace the rule with a private endpoint.",
    "azure_cli": "az ml workspace outbound-rule remove --resource-group rg-ai --workspace-name hub1 --rule allow-storage",
    "bicep": "outboundRules: {\n  storage: {\n    type: 'PrivateEndpoint'\n  }\n}",
}


def an_estate():
    """A report as a person meets it: 14 hubs in 3 subscriptions, 40 failing findings, and everything else once."""
    hubs = [
        a_hub(f"{'contoso' if number % 3 else 'fabrikam'}-hub-{number:02}", subscription=number % 3 + 1)
        for number in range(1, 15)
    ]
    ids = list(_POLICIES)
    places = [(hubs[number % 11], ids[number * 5 % len(ids)], f"rule_{number:02}") for number in range(40)]
    findings = [
        a_finding(
            severity=_POLICIES[policy][0],
            policy=policy,
            hub=hub,
            item=item,
            message=_POLICIES[policy][1].format(item=item),
            remediation=_FIX,
        )
        for hub, policy, item in places
    ]
    unknown = a_finding(
        UNKNOWN,
        policy="required-private-endpoints-present",
        hub=hubs[11],
        item=None,
        message="Not known whether this holds: Title; resources was not collected",
        reason="resources was not collected",
    )
    exempt = a_finding(EXEMPT, hub=hubs[12], item="vscode", exemption=an_exemption(hub="*-13", item="vs*"))
    gaps = [a_gap(hub=hub, status=403, code="AuthorizationFailed") for hub in hubs[11:14]]
    gaps.append(a_gap(f"{hubs[0].id}/connections", "failed", hubs[0], status=429, detail="after 5 attempts"))
    return a_report(
        *sorted(findings, key=lambda finding: (finding.hub.id, finding.policy)),
        unknown,
        exempt,
        gaps=gaps,
        passes=62,
        skips=9,
        hubs=hubs,
        policies=tuple(a_card(policy, severity) for policy, (severity, _) in _POLICIES.items()),
        notices=[
            "the exemption of fqdn-no-azure-storage for 'old-hub' expired on 2026-10-01 and exempts nothing"
        ],
    )
