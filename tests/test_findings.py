"""Everything that a scan has found: sorted, each once, and the same as text and as objects."""

from __future__ import annotations

import datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import findings, results
from scanner.exemptions import Register
from scanner.findings import Findings
from scanner.fingerprints import fingerprint
from scanner.model import Exemption, HubRef, PolicyCard, Severity, Verdict

CARDS = {
    name: PolicyCard(
        id=name,
        title=f"{name} <b>",
        severity=Severity.HIGH,
        category="network",
        description="",
        remediation={
            "text": "Mend <hub> </x>.",
            "azure_cli": "az -n '<hub>' -g <resource-group> <hub-id> --x <x> # <<rule>/ ##<hub> #v<hub>",
        },
    )
    for name in ("p1", "p2")
}
EXEMPTION = Exemption(policy="p1", hub="*", item=None, category="waiver", justification="So </be> it.")
REGISTER = Register((EXEMPTION,), datetime.date(2026, 11, 2))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(
    ["a", "A", "a\0b", "<", "</x", "\x7f\u2028", "'\"$", "\n", "#", "[x", "vso[x", "##VSO[x"]
)
hubs = st.builds(
    lambda name, whole, group: HubRef(
        id=f"/subscriptions/s/{name}" if whole else name or "x",
        name=name or "x",
        kind="Hub",
        subscription_id="s" if whole else None,
        resource_group=group,
    ),
    texts,
    st.booleans(),
    st.none() | texts,
)
records = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(sorted(CARDS)),
        "verdict": st.sampled_from([Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT, Verdict.PASS]),
        "message": st.sampled_from(["No.", "<!--", "\x85"]),
        "item": st.none() | texts,
        "key": st.none() | texts,
        "evidence": st.one_of(
            st.sampled_from([{}, {"hub.id": None, "item.x": [1, "</"]}, {"item.rule": "r"}]),
            st.fixed_dictionaries({"hub.tags": texts, "hub.<b": st.lists(texts, max_size=2)}),
            st.fixed_dictionaries({"hub.id": st.none(), "hub.x": texts}),
        ),
        "reason": st.none() | texts,
        "exemption": st.sampled_from([None, None, 0]),
        "location": st.sampled_from([None, None, {"path": "a.tf", "line": 1, "column": 1, "end_line": 1}]),
        "artifact": st.none(),
        "ignored": st.sampled_from([None, None, "for now"]),
    }
)


def kept(data):
    name = "\0".join((data["policy"], data["item"] or "", data["key"] or "", str(data["verdict"].rank)))
    return name, orjson.dumps({**data, "is_own": "hub.id" in data["evidence"]})


def filled(given_hubs, sets):
    found = Findings(CARDS, REGISTER, None)
    for ref in given_hubs:
        for one in sets:
            found.add(ref, [kept(data) for data in one])
    return found


@settings(max_examples=150)
@given(
    st.lists(hubs, min_size=1, max_size=6),
    st.lists(st.lists(records, min_size=1, max_size=4), min_size=1, max_size=3),
    st.sampled_from(["\n", ",\n    "]),
)
def test_the_text_of_findings_is_that_of_each_of_them(given_hubs, sets, between):
    found = filled(given_hubs, sets)
    written, said = [], []
    for told, lines in found.texts(between):
        written.append(lines)
        said.extend(told)
    assert between.join(written) == between.join(results.text(results.finding_object(one)) for one in found)
    assert said == [(one.policy, one.verdict) for one in found]
    assert found.counts().total() == len(said)
    assert [(len(told), one) for told, one in found.texts(None)] == [
        (1, results.text(results.finding_object(one))) for one in found
    ]


@given(st.lists(hubs, max_size=6), st.lists(st.lists(records, max_size=4), max_size=3))
def test_they_are_sorted_and_each_is_there_once(given_hubs, sets):
    found = [
        "\0".join((one.hub.id.lower(), one.policy, one.item or ""))
        for one in filled(given_hubs, sets)
        if "\0" not in f"{one.hub.id}{one.item}"
    ]
    expected = {
        fingerprint(data["policy"], ref, data["item"], data["key"])
        for ref in given_hubs
        for one in sets
        for data in one
    }
    assert found == sorted(found)
    assert {one.fingerprint for one in filled(given_hubs, sets)} == expected


@pytest.mark.parametrize("name", ["_OFTEN", "_MET", "_READY", "_FORMS"])
def test_so_it_is_however_little_is_remembered(name, monkeypatch):
    refs = [HubRef(id=f"/x/{number}", name=str(number), kind="Hub") for number in range(9)]
    data = {
        "verdict": Verdict.FAIL,
        "message": "No.",
        "item": None,
        "key": None,
        "evidence": {"hub.id": None},
    }
    data |= {"reason": None, "exemption": None, "location": None, "artifact": None, "ignored": None}
    sets = [[{**data, "policy": policy, "message": text} for policy in CARDS] for text in ("No.", "No!")]
    expected = [results.finding_object(one) for one in filled(refs, sets)]
    monkeypatch.setattr(findings, name, 1)
    scarce = filled(refs, sets)
    assert [results.finding_object(one) for one in scarce] == expected
    assert "\n".join(lines for _, lines in scarce.texts("\n")) == "\n".join(map(results.text, expected))
    assert [one["evidence"] for one in expected] == [{"hub.id": f"/x/{n}"} for n in range(9) for _ in CARDS]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("policy", "p2"),
        ("verdict", Verdict.UNKNOWN),
        ("message", "No!"),
        ("item", "r"),
        ("key", "k"),
        ("reason", "so"),
        ("exemption", 0),
        ("ignored", "for now"),
        ("location", {"path": "a.tf", "line": 1, "column": 1, "end_line": 1}),
        ("evidence", {"item.x": "y"}),
        ("evidence", {"hub.other": "y"}),
        ("evidence", {}),
        ("evidence", {"hub.x": "y", "hub.id": None}),
    ],
)
@pytest.mark.parametrize("as_text", [True, False])
def test_what_is_found_of_others_changes_nothing(name, other, as_text):
    def said(found):
        if as_text:
            return [line for _, line in found.texts(None)]
        return [results.text(results.finding_object(one)) for one in found]

    data = {"policy": "p1", "verdict": Verdict.FAIL, "message": "No.", "item": None, "key": None}
    data |= {"reason": None, "exemption": None, "location": None, "artifact": None, "ignored": None}
    refs = [HubRef(id=f"/x/{number}", name=str(number), kind="Hub") for number in range(9)]
    found = [{**data, "evidence": {"hub.x": ref.name}} for ref in refs]
    for one in found[1::2]:
        one[name] = other if name != "evidence" or not other else {**other, "hub.y": one["evidence"]["hub.x"]}
    together = Findings(CARDS, REGISTER, None)
    for ref, one in zip(refs, found, strict=True):
        together.add(ref, [kept(one)])
    assert len(set(said(together))) == len(refs)
    assert said(together) == [
        line for ref, one in zip(refs, found, strict=True) for line in said(filled([ref], [[one]]))
    ]
