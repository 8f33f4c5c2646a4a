"""Pseudonyms: what is replaced, by what, and what stays."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import (
    Artifact,
    Egress,
    Exemption,
    Finding,
    Gap,
    HubEntry,
    HubRef,
    OutboundRule,
    Place,
    Report,
    Severity,
    SourceNote,
    Summary,
    Verdict,
)
from scanner.sources import redaction

GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
ID = "11111111-2222-4333-8444-555555555555"
HUB = f"/subscriptions/{ID}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/hub1"


@given(st.uuids(version=4))
def test_a_guid_becomes_another_guid_the_same_each_time(identifier):
    found = redaction.text(str(identifier))
    assert found != str(identifier)
    assert GUID.fullmatch(found)
    assert redaction.text(str(identifier).upper()) == found


@given(
    st.lists(st.one_of(st.uuids(version=4).map(str), st.text(max_size=20), st.just("/subscriptions/sub-1/x")))
)
def test_what_is_redacted_once_is_not_redacted_again(words):
    once = redaction.text(" ".join(words))
    assert redaction.text(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "/providers/Microsoft.Authorization/roleDefinitions/b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
        "/providers/Microsoft.Authorization/policyDefinitions/6ddb1705-c8cf-450e-aa4b-19ad6703c440",
        "/providers/microsoft.authorization/policysetdefinitions/6DDB1705-c8cf-450e-aa4b-19ad6703c440",
        "az role assignment create --role b556d68e-0be0-4f35-a333-ad7ee1ce17ea --scope x",
        "7804B5C7-01dc-4723-969b-ae300cc07ff1",
        "00000000-0000-0000-0000-000000000000",
        "az account set --subscription <subscription>",
        "/subscriptions/<subscription>/resourceGroups",
        "contoso.blob.core.windows.net",
        "",
    ],
)
def test_what_is_public_stays(text):
    assert redaction.text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        HUB,
        HUB.upper(),
        f"over scope '/subscriptions/{ID}'",
        f"the tenant {ID}.",
        f"rg-{ID}-weu",
        "/subscriptions/contoso-prod/resourceGroups/rg",
        f"The client 'ada@contoso.com' with object id '{ID}' does not have authorization",
    ],
)
def test_ids_and_people_in_a_text_are_replaced(text):
    found = redaction.text(text)
    for secret in (ID, ID.upper(), "contoso-prod", "ada@contoso.com"):
        assert secret not in found


@pytest.mark.parametrize(
    "key",
    [
        "subscriptionId",
        "tenantId",
        "principalId",
        "clientId",
        "objectId",
        "createdBy",
        "lastModifiedBy",
        "userName",
        "hub.identity.principalId",
    ],
)
def test_what_stands_under_a_telling_key_is_replaced_whatever_it_is(key):
    assert redaction.value({key: "ada@contoso.com"})[key].startswith("redacted-")
    assert redaction.value({key: ["ada@contoso.com"]})[key][0].startswith("redacted-")
    assert redaction.value({key: {"name": None, "n": 7}}) == {key: {"name": None, "n": 7}}


def test_keys_that_are_ids_are_replaced_too():
    (key,) = redaction.document({f"/subscriptions/{ID}/x": 1})
    assert ID not in key


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.text(alphabet="abc", max_size=3), inner, max_size=3),
        ),
        max_leaves=20,
    )
)
def test_a_value_without_ids_stays_as_it_is(value):
    assert redaction.value(value) == value


EGRESS = Egress(
    isolation_mode="AllowOnlyApprovedOutbound",
    rules=(
        OutboundRule(
            name="pe",
            type="PrivateEndpoint",
            origin="user",
            destination=(
                f"/subscriptions/{ID}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st (blob)",
            ),
        ),
    ),
)


def finding(**more):
    return Finding(
        policy="p",
        title="t",
        severity=Severity.HIGH,
        verdict=Verdict.FAIL,
        message=f"of {ID}",
        hub=HubRef(id=HUB, name=f"hub-{ID}", kind="Hub", subscription_id=ID, resource_group=f"rg-{ID}-weu"),
        item="rule",
        fingerprint="f" * 32,
        evidence={"hub.identity": {"principalId": ID}, "n": 7},
        remediation={"azure_cli": f"az x --subscription {ID}"},
        **more,
    )


def test_nothing_of_a_report_tells_whose_it_is():
    given_report = Report(
        tool_version="1",
        started_at="2026-11-02T05:17:00Z",
        finished_at="2026-11-02T05:17:00Z",
        sources=(SourceNote(kind="snapshot", path=f"{ID}.json", hubs=1),),
        complete=False,
        summary=Summary(hubs=1, policies=1, verdicts={}, failing={}, unknown={}, gaps=1),
        policies=(),
        hubs=[HubEntry(**dataclasses.asdict(finding().hub), egress=EGRESS)],
        findings=[
            finding(
                reason=f"see {ID}",
                location=Place(path=f"subscriptions/{ID}/main.bicep", line=1, column=1, end_line=1),
                artifact=Artifact(path=f"infra/{ID}/main.bicep"),
                exemption=Exemption(
                    policy="p",
                    hub=f"*-{ID}",
                    item=None,
                    category="waiver",
                    justification=f"see {ID}",
                    approved_by=ID,
                    ticket=ID,
                ),
            )
        ],
        gaps=(Gap(subject=HUB, reason="forbidden", detail=f"no {ID}", hub=HUB),),
        notices=(f"{HUB} is there more than once",),
    )
    found = redaction.report(given_report)
    shown = str(
        [dataclasses.asdict(one) for one in (*found.hubs, *found.findings, *found.gaps, *found.sources)]
    )
    assert ID not in shown + str(found.notices)
    (first,) = found.findings
    assert (first.fingerprint, first.policy, first.item, first.evidence["n"]) == ("f" * 32, "p", "rule", 7)
    (listed,) = found.hubs
    assert first.hub == HubRef(**{name: getattr(listed, name) for name in HubRef.__dataclass_fields__})
    assert listed.egress.rules[0].destination[0].endswith("/storageAccounts/st (blob)")
    assert first.hub.subscription_id in first.hub.id
    assert list(found.findings) == list(found.findings)
