"""An exemption is for the policy that it names: what another one finds of the same thing is not lost."""

from __future__ import annotations

import json

import pytest
import yaml
from hubs import hub

LOUD, SOFT = "fqdn-no-overbroad-wildcard", "fqdn-no-azure-storage"
BOTH = ("--select", LOUD, "--select", SOFT)
ANY_BLOB = ("blobs", "FQDN", "*.blob.core.windows.net")
OF_HUB1 = [{"policy": LOUD, "hub": "hub1"}]


@pytest.fixture
def scan(estate, run, tmp_path):
    """Scans hubs with exemptions: exit code and result."""

    def call(*hubs, exempt=(), more=BOTH):
        entries = [{"justification": "agreed", **entry} for entry in exempt]
        (tmp_path / "hubscan.yaml").write_text(yaml.safe_dump({"exemptions": entries}))
        code, out, err = run("scan", estate(*hubs), "-o", "json", "--today", "2026-11-02", *more)
        assert out, err
        return code, json.loads(out)

    return call


def verdicts(result):
    return sorted((one["hub"]["name"], one["policy"], one["verdict"]) for one in result["findings"])


def test_one_mistake_is_one_finding(scan):
    code, result = scan(hub(rules=[ANY_BLOB]))
    assert (code, verdicts(result)) == (1, [("hub1", LOUD, "fail")])


def test_what_the_louder_policy_is_exempt_from_the_other_one_says(scan):
    code, result = scan(hub(rules=[ANY_BLOB]), exempt=OF_HUB1)
    assert (code, verdicts(result)) == (1, [("hub1", SOFT, "fail"), ("hub1", LOUD, "exempt")])
    assert result["summary"]["verdicts"]["fail"] == result["summary"]["verdicts"]["exempt"] == 1


def test_both_are_exempt_where_both_are_named(scan):
    exempt = [*OF_HUB1, {"policy": SOFT, "hub": "hub1", "item": "blobs"}]
    code, result = scan(hub(rules=[ANY_BLOB]), exempt=exempt)
    assert (code, verdicts(result)) == (0, [("hub1", SOFT, "exempt"), ("hub1", LOUD, "exempt")])
    assert not result.get("notices")


def test_of_several_things_the_other_one_says_what_is_exempt_alone(scan):
    rules = [ANY_BLOB, ("files", "FQDN", "*.file.core.windows.net")]
    _, result = scan(hub(rules=rules), exempt=[{**OF_HUB1[0], "item": "blobs"}])
    told = sorted((one["item"], one["policy"], one["verdict"]) for one in result["findings"])
    assert told == [("blobs", SOFT, "fail"), ("blobs", LOUD, "exempt"), ("files", LOUD, "fail")]


def test_an_exemption_that_has_expired_leaves_all_as_it_was(scan):
    code, result = scan(hub(rules=[ANY_BLOB]), exempt=[{**OF_HUB1[0], "expires": "2026-11-01"}])
    assert (code, verdicts(result)) == (1, [("hub1", LOUD, "fail")])


def test_an_exemption_of_who_is_silent_matches_nothing_and_changes_nothing(scan):
    code, result = scan(hub(rules=[ANY_BLOB]), exempt=[{"policy": SOFT, "hub": "hub1"}])
    assert (code, verdicts(result)) == (1, [("hub1", LOUD, "fail")])
    assert any("matches no finding" in notice for notice in result["notices"])


POLICY = """\
id: {id}
title: {title}
severity: high
category: fqdn
description: A host.
each: rules(hub, 'FQDN')
require: item.properties.destination != '{host}'
message: "{{item.name}} is for {host}"
{yields}
examples:
  pass: [{{kind: Hub, outboundRules: []}}]
  fail: [{{kind: Hub, outboundRules: [{{name: a, properties: {{type: FQDN, destination: {host}}}}}]}}]
"""


@pytest.fixture
def chain(tmp_path):
    """Policies of one's own that find the same, each yielding to the one before: options to judge by them."""
    folder = tmp_path / "own"
    folder.mkdir()

    def write(*names):
        before = None
        for name in names:
            yields = f"yields_to: [{before}]" if before else "references: []"
            told = POLICY.format(id=name, title=name.capitalize(), host="x.contoso.com", yields=yields)
            (folder / f"{name}.yaml").write_text(told)
            before = name
        return "--no-bundled-policies", "--policies", folder

    return write


X = ("x", "FQDN", "x.contoso.com")


@pytest.mark.parametrize(
    ("exempt", "expected"),
    [
        ([], [("loud", "fail")]),
        (["loud"], [("loud", "exempt"), ("middle", "fail")]),
        (["middle"], [("loud", "fail")]),
        (["loud", "middle"], [("loud", "exempt"), ("middle", "exempt"), ("soft", "fail")]),
    ],
)
def test_who_is_silent_itself_is_exempt_from_nothing(scan, chain, exempt, expected):
    more = chain("loud", "middle", "soft")
    _, result = scan(hub(rules=[X]), exempt=[{"policy": one, "hub": "hub1"} for one in exempt], more=more)
    assert [(policy, verdict) for _, policy, verdict in verdicts(result)] == expected


def test_a_chain_of_any_length_is_followed(scan, chain):
    names = [f"p{number:04}" for number in range(1_100)]
    exempt = [{"policy": one, "hub": "hub1"} for one in names[:-1]]
    _, result = scan(hub(rules=[X]), exempt=exempt, more=chain(*names))
    assert verdicts(result)[-1] == ("hub1", names[-1], "fail")
    assert result["summary"]["verdicts"]["exempt"] == len(names) - 1


def test_of_hubs_that_are_alike_each_has_its_own_exemptions(run, scan):
    hubs = [hub(f"hub{number}", rules=[ANY_BLOB]) for number in range(40)]
    exempt = [{"policy": LOUD, "hub": "hub*[02468]"}]
    _, result = scan(*hubs, exempt=exempt)
    even = {one["name"] for one in hubs[::2]}
    expected = {(name, SOFT, "fail") for name in even} | {(name, LOUD, "exempt") for name in even}
    expected |= {(one["name"], LOUD, "fail") for one in hubs[1::2]}
    assert set(verdicts(result)) == expected
    arguments = ("scan", "estate.json", "-o", "json", "--today", "2026-11-02")
    assert run(*arguments, "-j", "1")[1] == run(*arguments, "-j", "2")[1]
    singles = [verdicts(scan(one, exempt=exempt)[1]) for one in hubs[:2]]
    assert singles == [[("hub0", SOFT, "fail"), ("hub0", LOUD, "exempt")], [("hub1", LOUD, "fail")]]


BICEP = """\
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-06-01' = {{
  name: 'hub1'
  kind: 'Hub'
  properties: {{
    managedNetwork: {{
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {{
        blobs: {{
          type: 'FQDN'
          destination: '*.blob.core.windows.net' {comment}
        }}
      }}
    }}
  }}
}}
"""


def test_a_comment_is_for_the_policy_that_it_names_alone(run, write):
    path = write("hub.bicep", BICEP.format(comment=f"// hubscan:ignore {LOUD} agreed"))
    code, out, _ = run("scan", path, *BOTH, "-o", "json")
    result = json.loads(out)
    assert (code, verdicts(result)) == (1, [("hub1", SOFT, "fail"), ("hub1", LOUD, "exempt")])
    assert {one["location"]["line"] for one in result["findings"]} == {10}


def test_beside_a_baseline_what_an_exemption_brings_to_light_is_new(scan):
    _, before = scan(hub(rules=[ANY_BLOB]))
    with open("base.json", "w") as file:
        json.dump(before, file)
    code, result = scan(hub(rules=[ANY_BLOB]), exempt=OF_HUB1, more=(*BOTH, "--baseline", "base.json"))
    assert code == 1
    assert {one["policy"]: one["baseline"] for one in result["findings"]} == {SOFT: "new", LOUD: None}


def test_what_is_silent_for_somebody_further_on_is_not_fixed(scan, chain):
    more = chain("loud", "middle", "soft")
    rules = [X, ("y", "FQDN", "x.contoso.com")]
    softest = (*more, "--select", "soft")
    _, before = scan(hub(rules=rules), more=softest)
    assert len(before["findings"]) == 2
    with open("base.json", "w") as file:
        json.dump(before, file)
    exempt = [{"policy": one, "hub": "hub1", "item": "y"} for one in ("loud", "middle")]
    _, result = scan(hub(rules=rules), exempt=exempt, more=(*more, "--baseline", "base.json"))
    assert ("hub1", "soft", "fail") in verdicts(result)
    assert (result["baseline"]["fixed"], result["baseline"]["unjudged"]) == (0, 1)


def test_the_fixes_of_a_result_have_what_counts_alone(scan, run):
    _, result = scan(hub(rules=[ANY_BLOB]), exempt=OF_HUB1)
    with open("result.json", "w") as file:
        json.dump(result, file)
    code, out, _ = run("fix", "result.json", "-o", "azure-cli")
    assert code == 0
    assert SOFT in out
    assert LOUD not in out


def test_a_history_tells_what_an_exemption_brings_to_light(scan, run):
    history = ("--history", "history.db")
    scan(hub(rules=[ANY_BLOB]), more=(*BOTH, *history))
    scan(hub(rules=[ANY_BLOB]), exempt=OF_HUB1, more=(*BOTH, *history))
    out = run("history", "export", *history, "-o", "jsonl")[1]
    found = [json.loads(line) for line in out.splitlines()]
    assert {one["policy"]: one["state"] for one in found} == {LOUD: "exempt", SOFT: "open"}
