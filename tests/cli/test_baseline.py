"""``scan --baseline``: only what a saved result lacks counts."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from cli.test_transition_report import SCHEMA
from hubs import hub, snapshot
from reporters.sarif_log import problems

BLOBS = ("blobs", "FQDN", "data.blob.core.windows.net")
MORE = ("more", "FQDN", "more.blob.core.windows.net")
POLICY = ("--select", "fqdn-no-azure-storage")


@pytest.fixture
def scan(estate, run):
    """Scans hubs with a baseline: exit code and what a format says."""

    def call(*hubs, form="json", more=(), baseline=("base.json",)):
        given = [part for name in baseline for part in ("--baseline", name)]
        code, out, err = run("scan", estate(*hubs), *given, "-o", form, *more)
        return code, json.loads(out) if form in ("json", "sarif") and out else out, err

    return call


@pytest.fixture
def base(estate, run):
    """Saves the result of a scan of some hubs as base.json."""

    def call(*hubs, more=POLICY):
        run("scan", estate(*hubs), "-o", "json=base.json", "-q", *more)

    return call


def states(result):
    return {(one["hub"]["name"], one["item"]): one["baseline"] for one in result["findings"]}


def test_what_is_known_does_not_count_and_what_is_new_does(base, scan):
    base(hub(rules=[BLOBS]))
    code, result, _ = scan(hub(rules=[BLOBS]), more=POLICY)
    assert (code, states(result)) == (0, {("hub1", "blobs"): "known"})
    code, result, _ = scan(hub(rules=[BLOBS, MORE]), more=POLICY)
    assert (code, states(result)) == (1, {("hub1", "blobs"): "known", ("hub1", "more"): "new"})
    assert result["baseline"]["known"] == result["baseline"]["new"]["high"] == 1


def test_the_threshold_holds_for_what_is_new(base, scan):
    base(hub())
    assert scan(hub(rules=[BLOBS]), more=(*POLICY, "--fail-on", "critical"))[0] == 0


def test_a_finding_is_fixed_where_its_policy_passes_now(base, scan):
    base(hub(rules=[BLOBS, MORE]), hub("hub2", rules=[BLOBS]))
    code, result, _ = scan(hub(rules=[MORE]), hub("hub2"), more=POLICY)
    assert code == 0
    fixed = result["baseline"]["findings"]
    assert [(one["hub"]["name"], one["item"]) for one in fixed] == [("hub1", "blobs"), ("hub2", "blobs")]
    assert (result["baseline"]["fixed"], result["baseline"]["unjudged"]) == (2, 0)


@pytest.mark.parametrize(
    ("now", "more"),
    [
        pytest.param([hub("other")], POLICY, id="the hub was not read"),
        pytest.param([hub()], ("--select", "isolation-mode-*"), id="the policy did not run"),
        pytest.param([hub(mode="Disabled")], POLICY, id="the policy does not apply now"),
        pytest.param(
            [{key: value for key, value in hub().items() if key != "outboundRules"}], POLICY, id="unknown"
        ),
    ],
)
def test_what_is_not_known_to_be_gone_is_not_fixed(base, scan, now, more):
    base(hub(rules=[BLOBS]))
    _, result, _ = scan(*now, more=more)
    assert (result["baseline"]["fixed"], result["baseline"]["unjudged"]) == (0, 1)


def test_what_was_exempt_or_unknown_is_news_when_it_fails(base, scan, tmp_path):
    (tmp_path / "hubscan.yaml").write_text(
        "exemptions:\n- {policy: fqdn-no-azure-storage, hub: hub1, justification: a partner}\n"
    )
    base(hub(rules=[BLOBS]))
    (tmp_path / "hubscan.yaml").unlink()
    code, result, _ = scan(hub(rules=[BLOBS]), more=POLICY)
    assert (code, states(result)) == (1, {("hub1", "blobs"): "new"})


def test_unknown_findings_have_a_baseline_too(base, scan):
    unread = {key: value for key, value in hub().items() if key != "outboundRules"}
    base(unread)
    strict = (*POLICY, "--fail-on-unknown")
    assert scan(unread, more=strict)[0] == 0
    assert scan({**unread, "id": unread["id"] + "2", "name": "hub2"}, more=strict)[0] == 1


def test_every_format_tells_new_from_known(base, scan):
    base(hub(rules=[BLOBS]))
    for form in ("text", "table", "markdown"):
        _, out, _ = scan(hub(rules=[BLOBS, MORE]), form=form, more=POLICY)
        assert "new: FQDN rule 'more'" in out
        assert "1 new finding" in out
        assert "1 known already" in out
    assert "known: FQDN rule 'blobs'" in out
    _, out, _ = scan(hub(rules=[BLOBS, MORE]), form="github", more=POLICY)
    assert [line.partition("::")[0] or line[:7] for line in out.splitlines() if "::" in line] == ["::error"]
    _, log, _ = scan(hub(rules=[BLOBS, MORE]), form="sarif", more=POLICY)
    results = log["runs"][0]["results"]
    assert [one["baselineState"] for one in results] == ["unchanged", "new"]
    assert problems(log) == []


def test_fixed_findings_are_listed_in_every_report_for_people(base, scan):
    base(hub(rules=[BLOBS]))
    for form in ("text", "table", "markdown", "github"):
        _, out, _ = scan(hub(), form=form, more=POLICY)
        assert "fixed" in out
        assert "'blobs'" in out or "`blobs`" in out


def test_build_servers_and_siems_count_only_what_is_new(base, scan):
    base(hub(rules=[BLOBS]), hub("hub2", rules=[BLOBS]))
    now = (hub(rules=[BLOBS, MORE]), hub("hub2"))
    _, out, _ = scan(*now, form="junit", more=POLICY)
    assert '<testsuites name="hubscan" tests="2" failures="1" errors="0" skipped="1"' in out
    assert "<system-out>fixed: fqdn-no-azure-storage of 'blobs' on hub2</system-out>" in out
    _, out, _ = scan(*now, form="ocsf", more=POLICY)
    events = [json.loads(line) for line in out.splitlines()]
    assert [(one["activity_name"], one["status"], one["compliance"]["status"]) for one in events] == [
        ("Update", "New", "Fail"),
        ("Create", "New", "Fail"),
        ("Close", "Resolved", "Pass"),
    ]


def test_the_result_follows_the_schema_and_is_rendered_again_the_same(base, scan, run, tmp_path):
    base(hub(rules=[BLOBS]), hub("hub2", rules=[BLOBS]))
    _, result, _ = scan(hub(rules=[MORE]), hub("hub2", rules=[BLOBS]), more=POLICY)
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text()), validate_formats=True)
    assert list(validator.iter_errors(result)) == []
    (tmp_path / "now.json").write_text(json.dumps(result))
    _, again, _ = run("report", "now.json", "-o", "json")
    assert json.loads(again) == result


def test_several_baselines_count_together(estate, run):
    for number, name in ((1, "hub1"), (2, "hub2")):
        run("scan", estate(hub(name, rules=[BLOBS])), "-o", f"json=base{number}.json", "-q", *POLICY)
    both = estate(hub("hub1", rules=[BLOBS]), hub("hub2", rules=[BLOBS]))
    assert run("scan", both, *POLICY, "--baseline", "base1.json")[0] == 1
    assert run("scan", both, *POLICY, "--baseline", "base1.json", "--baseline", "base2.json")[0] == 0


def test_a_redacted_baseline_is_recognised(estate, run, scan):
    run("scan", estate(hub(rules=[BLOBS])), "-o", "json=base.json", "--redact", *POLICY)
    assert scan(hub(rules=[BLOBS]), more=POLICY)[0] == 0
    assert scan(hub(), more=POLICY)[1]["baseline"]["fixed"] == 1


def broken(name):
    def cut(text):
        return text[: len(text) // 2]

    def edited(text):
        document = json.loads(text)
        document["findings"].pop()
        return json.dumps(document)

    def marked(text):
        document = json.loads(text)
        document["findings"][0]["fingerprint"] = "mine"
        return json.dumps(document)

    def typed(text):
        document = json.loads(text)
        document["findings"][0]["severity"] = "worst"
        return json.dumps(document)

    return {
        "truncated": cut,
        "edited": edited,
        "a fingerprint made up": marked,
        "a severity made up": typed,
        "another version": lambda text: text.replace("hubscan/v1", "hubscan/v2"),
        "not JSON": lambda _: "nothing",
        "empty": lambda _: "",
        "a list": lambda _: "[]",
        "another document": lambda _: "{}",
    }[name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("truncated", "not a whole hubscan result"),
        ("edited", "counts 1 findings of verdict fail and lists 0: it was cut or edited"),
        ("a fingerprint made up", "findings[0].fingerprint is no fingerprint"),
        ("a severity made up", "one of critical, high"),
        ("another version", "a result of another version: 'hubscan/v2'"),
        ("not JSON", "not a whole hubscan result"),
        ("empty", "not a whole hubscan result"),
        ("a list", "not a whole hubscan result"),
        ("another document", "does not say"),
    ],
)
def test_a_bad_baseline_is_one_line(base, estate, run, tmp_path, name, told):
    base(hub(rules=[BLOBS]))
    path = tmp_path / "base.json"
    path.write_text(broken(name)(path.read_text()))
    code, out, err = run("scan", estate(hub()), *POLICY, "--baseline", "base.json")
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith("hubscan: error: base.json: ")
    assert told in err[0]


def test_a_baseline_that_is_not_there_is_one_line(estate, run):
    assert run("scan", estate(hub()), "--baseline", "nowhere.json") == (
        2,
        "",
        [
            "hubscan: error: nowhere.json: No such file or directory ('hubscan scan -o json=FILE' writes a result)"
        ],
    )


def test_shards_with_a_baseline_merge_to_the_whole(base, run, tmp_path):
    def numbered(number, *rules):
        document = hub(f"hub{number}", rules=rules)
        return {**document, "id": document["id"].replace("000001", f"00000{number}")}

    base(*(numbered(number, BLOBS) for number in range(1, 6)))
    now = [numbered(number, *([MORE] if number % 2 else [BLOBS])) for number in range(1, 8)]
    (tmp_path / "now.json").write_text(json.dumps(snapshot(*now)))
    command = ("scan", "now.json", "--baseline", "base.json", *POLICY)
    whole_code, _, _ = run(*command, "-o", "json=whole.json")
    for shard in ("1/2", "2/2"):
        run(*command, "--shard", shard, "-o", f"json=shard{shard[0]}.json")
    merged_code, _, _ = run("merge", "shard1.json", "shard2.json", "-o", "json=merged.json")
    whole, merged = (json.loads((tmp_path / name).read_text()) for name in ("whole.json", "merged.json"))
    assert merged_code == whole_code == 1
    for key in ("new", "known", "fixed", "findings"):
        assert merged["baseline"][key] == whole["baseline"][key]
