"""Scans that remember, and ``hubscan history``, which is asked what they do."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pyarrow.parquet
import pytest
from hubs import hub

from scanner.bundled import bundled
from scanner.errors import HistoryError
from scanner.history import questions, recording

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
QUEUES = ("queues", "FQDN", "contoso.queue.core.windows.net")
SCAN = ("scan", "-q", "--select", "fqdn-no-azure-storage")


@pytest.fixture
def days(estate, run):
    """Scans an estate that is another each day, and remembers it in history.db."""

    def scan(**given):
        for day, hubs in given.items():
            name = estate(*hubs, name=f"{day}.json", collected_at=f"2026-11-{day[1:]}T05:17:00Z")
            code, _, err = run(*SCAN, name, "--history", "history.db", "-o", f"json={day}.result.json")
            assert (code in (0, 1), err) == (True, [])

    return scan


@pytest.fixture
def usual(days):
    """Two findings, one of which is fixed a week later and back after another."""
    both = hub("hub1", rules=[BLOBS, QUEUES])
    days(d01=[both, hub("hub2")], d08=[hub("hub1", rules=[BLOBS])], d15=[both])


def told(run, *arguments):
    code, out, err = run("history", *arguments, "-o", "json", "--history", "history.db")
    assert (code, err) == (0, [])
    return json.loads(out)


@pytest.mark.usefixtures("usual")
def test_every_scan_is_listed_with_what_it_changed(run):
    scans = told(run, "list")["scans"]
    assert [(scan["at"], scan["hubs"], scan["failing"]) for scan in scans] == [
        ("2026-11-01T05:17:00Z", 2, 2),
        ("2026-11-08T05:17:00Z", 1, 1),
        ("2026-11-15T05:17:00Z", 1, 2),
    ]
    assert [(scan["new"], scan["fixed"], scan["reopened"]) for scan in scans] == [
        (2, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


@pytest.mark.usefixtures("usual")
def test_a_trend_tells_what_is_open_how_old_it_is_and_how_fast_it_is_fixed(run):
    answer = told(run, "trend")
    assert [(day["day"], day["open"]["high"], day["new"], day["fixed"]) for day in answer["days"]] == [
        ("2026-11-01", 2, 2, 0),
        ("2026-11-08", 1, 0, 1),
        ("2026-11-15", 2, 1, 0),
    ]
    high = answer["severities"][1]
    assert (high["open"], high["ages"], high["oldest"]) == (2, [1, 1, 0, 0], 14.0)
    assert (high["fixed"], high["mean_days"]) == (1, 7.0)
    (subscription,) = answer["subscriptions"]
    assert subscription["days"] == {"2026-11-01": 2, "2026-11-08": 1, "2026-11-15": 2}
    later = told(run, "trend", "--since", "2026-11-09")
    assert [day["day"] for day in later["days"]] == ["2026-11-15"]
    assert (later["subscriptions"][0]["open"], later["subscriptions"][0]["new"]) == (2, 1)


@pytest.mark.usefixtures("usual")
def test_the_life_of_one_finding_is_shown_by_the_beginning_of_its_fingerprint(run):
    first = json.loads(Path("d01.result.json").read_text())["findings"]
    queues = next(finding for finding in first if finding["item"] == "queues")
    (life,) = told(run, "show", queues["fingerprint"][:9])["findings"]
    assert [event["event"] for event in life["events"]] == ["opened", "fixed", "reopened"]
    assert (life["state"], life["first_seen"], life["opened"]) == (
        "open",
        "2026-11-01T05:17:00Z",
        "2026-11-15T05:17:00Z",
    )
    assert life["isolation_mode"] == "AllowOnlyApprovedOutbound"
    code, _, err = run("history", "show", "", "--history", "history.db")
    assert (code, err) == (
        2,
        ["hubscan: error: history.db: more than one fingerprint begins with ''"],
    )
    code, _, err = run("history", "show", "nought", "--history", "history.db")
    assert (code, err) == (2, ["hubscan: error: history.db: no finding has the fingerprint 'nought'"])


def test_what_happened_since_a_day_is_told_of_findings_hubs_and_gaps(days, run, estate):
    days(d01=[hub("hub1", rules=[BLOBS])], d08=[hub("hub1", mode="AllowInternetOutbound")])
    gap = {"subject": "subscription 9", "reason": "forbidden", "status": 403}
    name = estate(hub("hub3"), gaps=[gap], collected_at="2026-11-09T00:00:00Z")
    assert run(*SCAN, name, "--history", "history.db")[0] == 3
    answer = told(run, "since", "2026-11-02")
    assert [(event["event"], event["hub_name"], event["item"]) for event in answer["findings"]] == [
        ("fixed", "hub1", "blobs")
    ]
    assert [(event["event"], event["hub_name"], event["isolation_mode"]) for event in answer["hubs"]] == [
        ("mode", "hub1", "AllowInternetOutbound"),
        ("found", "hub3", "AllowOnlyApprovedOutbound"),
    ]
    assert [(gap["subject"], gap["first_seen"]) for gap in answer["gaps"]] == [
        ("subscription 9", "2026-11-09T00:00:00Z")
    ]
    assert told(run, "since", "2026-11-10") == {"findings": [], "hubs": [], "gaps": []}


def test_what_is_not_told_at_once_is_counted(days, run, monkeypatch):
    days(d01=[hub(rules=[BLOBS, QUEUES])], d08=[hub()])
    monkeypatch.setattr(questions, "MOST", 3)
    code, out, err = run("history", "since", "2026-11-01", "--history", "history.db")
    assert (code, len([line for line in out.splitlines() if line.startswith("finding")])) == (0, 3)
    assert err == ["hubscan: and 1 more: hubscan history export --events -o jsonl"]


@pytest.mark.usefixtures("usual")
def test_findings_are_exported_as_json_lines_and_parquet(run):
    code, out, err = run("history", "export", "--history", "history.db", "-o", "jsonl")
    assert (code, err) == (0, [])
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["item"], row["state"], row["failures"]) for row in rows] == [
        ("blobs", "open", 1),
        ("queues", "open", 2),
    ]
    run("history", "export", "--history", "history.db", "-o", "parquet=findings.parquet")
    assert pyarrow.parquet.read_table("findings.parquet").to_pylist() == rows
    run("history", "export", "--history", "history.db", "-o", "parquet=events.parquet", "--events")
    events = pyarrow.parquet.read_table("events.parquet").to_pylist()
    assert [(event["event"], event["item"]) for event in events] == [
        ("opened", "blobs"),
        ("opened", "queues"),
        ("fixed", "queues"),
        ("reopened", "queues"),
    ]


def test_what_is_over_is_forgotten_and_the_trend_stays(days, run):
    days(d01=[hub(rules=[BLOBS, QUEUES])], d08=[hub(rules=[BLOBS])], d15=[hub(rules=[BLOBS])])
    before = told(run, "trend")
    code, out, _ = run("history", "prune", "--before", "2026-11-10", "--history", "history.db")
    assert (code, out) == (0, "forgot 2 events, 1 findings, 0 gaps, 0 hubs, 2 scans\n")
    after = told(run, "trend")
    assert (after["days"], after["severities"]) == (before["days"], before["severities"])
    assert [scan["at"][:10] for scan in told(run, "list")["scans"]] == ["2026-11-15"]
    assert run("history", "prune", "--history", "history.db")[2] == [
        "hubscan: error: Missing option '--before' (see 'hubscan history prune --help')"
    ]


def test_what_nobody_has_seen_since_is_forgotten_only_where_that_is_asked_for(days, run):
    days(
        d01=[hub("hub1", rules=[BLOBS, QUEUES]), hub("hub2", rules=[BLOBS])], d20=[hub("hub2", rules=[BLOBS])]
    )
    run("history", "prune", "--before", "2026-11-10", "--history", "history.db")
    assert told(run, "trend")["severities"][1]["open"] == 3
    _, out, _ = run("history", "prune", "--before", "2026-11-10", "--unseen", "--history", "history.db")
    assert out == "forgot 2 events, 2 findings, 0 gaps, 1 hubs, 0 scans\n"
    answer = told(run, "trend")
    assert (answer["severities"][1]["open"], answer["severities"][1]["fixed"]) == (1, 0)
    assert answer["days"][-1]["open"]["high"] == 1


@pytest.mark.parametrize("command", [["list"], ["trend"], ["since", "2026-11-01"], ["export", "-o", "jsonl"]])
def test_every_question_has_an_answer_where_nothing_was_found(days, run, command):
    days(d01=[hub()])
    for form in [[]] if command[0] == "export" else [[], ["-o", "table"], ["-o", "json"]]:
        code, _, err = run("history", *command, *form, "--history", "history.db")
        assert (code, err) == (0, [])


@pytest.mark.usefixtures("usual")
def test_a_table_is_aligned_and_a_text_has_a_line_for_each_row(run):
    _, out, _ = run("history", "list", "--history", "history.db", "-o", "table")
    heading, *rows = out.splitlines()
    assert heading.split()[:5] == ["#", "TIME", "HUBS", "POLICIES", "FAILING"]
    assert {row.index("2026") for row in rows} == {heading.index("TIME")}
    _, out, _ = run("history", "since", "2026-11-08", "--history", "history.db")
    assert [line.split()[:4] for line in out.splitlines()[:2]] == [
        ["finding", "at=2026-11-08T05:17:00Z", "event=fixed", "severity=high"],
        ["finding", "at=2026-11-15T05:17:00Z", "event=reopened", "severity=high"],
    ]
    run("history", "list", "--history", "history.db", "-o", "json=list.json")
    assert len(json.loads(Path("list.json").read_text())["scans"]) == 3


def test_names_from_outside_cannot_break_a_line_or_give_a_command(days, run):
    name = "::error::\n\x1b[31m\u202ehub"
    days(d01=[{**hub(rules=[("a b=\n", "FQDN", "x.blob.core.windows.net")]), "name": name}])
    for form in ("table", "text"):
        _, out, _ = run("history", "since", "2026-11-01", "--history", "history.db", "-o", form)
        assert not set("\x1b\u202e") & set(out)
        assert not any(line.startswith("::") for line in out.splitlines())


def test_reports_tell_what_changed_and_the_trend(days, run, estate):
    days(d01=[hub(rules=[BLOBS, QUEUES])], d08=[hub(rules=[BLOBS])])
    name = estate(hub("hub1"), hub("hub2", rules=[BLOBS, QUEUES]), collected_at="2026-11-15T00:00:00Z")
    outputs = ("-o", "markdown=r.md", "-o", "json=r.json", "-o", "html=r.html")
    assert run(*SCAN, name, "--history", "history.db", *outputs)[0] == 1
    page = Path("r.md").read_text()
    assert "Since the scan of 2026-11-08: 2 new, 1 fixed. In the history: `█▄█` 2 to 2 open" in page
    result = json.loads(Path("r.json").read_text())
    schema = json.loads((bundled("reports") / "schema" / "result-v1.json").read_text())
    jsonschema_rs.validate(schema, result)
    assert result["trend"]["since_last"]["before"] == "2026-11-08T05:17:00Z"
    assert [sum(point["open"].values()) for point in result["trend"]["points"]] == [2, 1, 2]
    assert run("report", "r.json", "-o", "markdown")[1] == page
    _, out, _ = run("report", "d01.result.json", "-o", "markdown", "--history", "history.db")
    assert "In the history: `█▄█` 2 to 2 open" in out


def test_the_command_line_counts_before_the_environment_before_the_file(estate, run, monkeypatch):
    name = estate(hub())
    Path("hubscan.yaml").write_text("history: kept/file.db\n")
    Path("kept").mkdir()
    Path(".git").mkdir()
    assert run(*SCAN, name)[0] == 0
    assert {str(path) for path in Path().rglob("*.db")} == {"kept/file.db"}
    monkeypatch.setenv("HUBSCAN_HISTORY", "environment.db")
    assert run(*SCAN, name)[0] == 0
    assert run(*SCAN, name, "--history", "line.db")[0] == 0
    assert run(*SCAN, name, "--history")[0] == 0
    found = {"kept/file.db", "environment.db", "line.db", ".hubscan/history.db"}
    assert {str(path) for path in Path().rglob("*.db")} == found
    for path in found:
        assert len(json.loads(run("history", "list", "--history", path, "-o", "json")[1])["scans"]) == 1
    monkeypatch.delenv("HUBSCAN_HISTORY")
    Path("kept/file.db").unlink()
    assert "kept/file.db: there is no history yet" in run("history", "list")[2][0]
    Path("hubscan.yaml").unlink()
    assert len(run("history", "list")[1].splitlines()) == 1


def test_without_a_word_of_it_no_history_is_written_nor_sqlite_loaded(estate, run):
    name = estate(hub())
    run(*SCAN, name)
    assert [path.name for path in Path().iterdir()] == [name]
    code = f"import sys; from scanner.cli import main; main({[*SCAN, name]!r}); sys.exit('sqlite3' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


@pytest.mark.parametrize("outside", ["../elsewhere.db", "/tmp/elsewhere.db"])
def test_a_configuration_names_no_file_outside_of_its_folder(estate, run, outside):
    name = estate(hub())
    Path("hubscan.yaml").write_text(f"fail_on: high\nhistory: {outside}\n")
    code, _, err = run(*SCAN, name)
    assert (code, err) == (
        2,
        [
            (
                f"hubscan: error: hubscan.yaml:2:10: '{outside}' is outside of the folder of this file"
                " (name another place on the command line)"
            )
        ],
    )


def test_a_history_that_cannot_be_used_ends_a_scan_before_it_begins(estate, run):
    name = estate(hub())
    Path("text.db").write_text("no history")
    code, out, err = run(*SCAN, name, "--history", "text.db", "-o", "json=r.json")
    assert (code, out, err) == (2, "", ["hubscan: error: text.db: not a history: no SQLite file"])
    assert not Path("r.json").exists()
    code, _, err = run(*SCAN, name, "--history", ".")
    assert (code, err) == (2, ["hubscan: error: .: is a folder; name a file"])


def test_a_scan_that_cannot_be_recorded_after_all_is_reported_and_ends_with_2(estate, run, monkeypatch):
    def full(*_, **__):
        raise HistoryError("history.db: no space left")

    monkeypatch.setattr(recording, "record", full)
    name = estate(hub(rules=[BLOBS]))
    code, _, err = run(*SCAN, name, "--history", "history.db", "-o", "json=r.json")
    assert (code, err) == (2, ["hubscan: error: history.db: no space left"])
    assert len(json.loads(Path("r.json").read_text())["findings"]) == 1


def test_a_scan_of_what_was_judged_later_already_says_so(days, run, estate):
    days(d08=[hub()])
    name = estate(hub(rules=[BLOBS]), collected_at="2026-11-01T00:00:00Z")
    _, _, err = run("scan", *SCAN[2:], name, "--history", "history.db")
    said = "hubscan: history.db: nothing was recorded of 1 hub that was judged at a later time already"
    assert said in err


def test_redacted_scans_remember_pseudonyms_alone(estate, run):
    name = estate({**hub(rules=[BLOBS]), "id": hub()["id"].replace("-000000000001", "-00000000beef")})
    run(*SCAN, name, "--history", "history.db", "--redact")
    assert b"00000000beef" not in Path("history.db").read_bytes()
    assert told(run, "trend")["days"][0]["open"]["high"] == 1


def test_a_hub_is_the_same_whether_or_not_it_is_redacted(estate, run):
    bad = {**hub(rules=[BLOBS]), "id": hub()["id"].replace("-000000000001", "-00000000beef")}
    run(*SCAN, estate(bad), "--history", "history.db")
    name = estate({**bad, "outboundRules": []}, collected_at="2026-11-09T00:00:00Z")
    run(*SCAN, name, "--history", "history.db", "--redact")
    assert [scan["fixed"] for scan in told(run, "list")["scans"]] == [0, 1]


def test_the_file_may_be_named_before_the_question(days, run):
    days(d01=[hub()])
    named = run("history", "--history", "history.db", "list")
    assert named == run("history", "list", "--history", "history.db")
    assert named[0] == 0


def test_shards_are_recorded_once_they_are_merged(estate, run):
    hubs = [
        {**hub(f"hub{n}", rules=[BLOBS]), "id": hub(f"hub{n}")["id"].replace("-000000000001", f"-{n:012}")}
        for n in range(6)
    ]
    name = estate(*hubs)
    for shard in ("1/2", "2/2"):
        run(*SCAN, name, "--shard", shard, "-o", f"json={shard[0]}.json")
    code, _, err = run("merge", "1.json", "2.json", "-q", "--history", "history.db", "-o", "markdown=m.md")
    assert (code, err) == (1, [])
    run("merge", "2.json", "1.json", "-q", "--history", "history.db", "-o", "json=m.json")
    (scan,) = told(run, "list")["scans"]
    assert (scan["hubs"], scan["new"]) == (6, 6)
    with sqlite3.connect("history.db") as connection:
        assert connection.execute("SELECT DISTINCT mode FROM hub").fetchall() == [
            ("AllowOnlyApprovedOutbound",)
        ]
    connection.close()


def test_a_missing_shard_leaves_its_hubs_as_they_were(estate, run):
    hubs = [
        {**hub(f"hub{n}", rules=[BLOBS]), "id": hub(f"hub{n}")["id"].replace("-000000000001", f"-{n:012}")}
        for n in range(6)
    ]
    run(*SCAN, estate(*hubs), "--history", "history.db")
    clean = [{**one, "outboundRules": []} for one in hubs]
    name = estate(*clean, collected_at="2026-11-09T00:00:00Z")
    run(*SCAN, name, "--shard", "1/2", "-o", "json=1.json")
    there = len(json.loads(Path("1.json").read_text())["hubs"])
    assert 0 < there < 6
    assert run("merge", "1.json", "-q", "--history", "history.db", "-o", "json=m.json")[0] == 3
    last = told(run, "list")["scans"][-1]
    assert (last["fixed"], told(run, "trend")["severities"][1]["open"]) == (there, 6 - there)


def test_hubs_that_code_deploys_no_more_are_gone(estate, run):
    estate()
    Path("infra").mkdir()
    for name in ("one", "two"):
        template = {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": [
                {
                    "type": "Microsoft.MachineLearningServices/workspaces",
                    "apiVersion": "2024-10-01",
                    "name": name,
                    "kind": "Hub",
                    "properties": {"managedNetwork": {"isolationMode": "Disabled"}},
                }
            ],
        }
        Path(f"infra/{name}.json").write_text(json.dumps(template))
    scan = ("scan", "-q", "infra", "--select", "managed-network-isolation-enabled", "--history", "history.db")
    assert run(*scan, "--today", "2026-11-01")[0] == 1
    Path("infra/two.json").unlink()
    assert run(*scan, "--today", "2026-11-02")[0] == 1
    assert run(*scan, "--today", "2026-11-02")[0] == 1
    scans = told(run, "list")["scans"]
    assert [(scan["new"], scan["fixed"], scan["gone"]) for scan in scans] == [(2, 0, 0), (0, 0, 1)]
    assert [(event["event"], event["hub_name"]) for event in told(run, "since", "2026-11-02")["hubs"]] == [
        ("gone", "two")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "-o", "yaml"], "there is no format 'yaml' of a history: it is one of table, text, json"),
        (["since", "yesterday"], "'yesterday' is no date: write YYYY-MM-DD"),
        (["trend", "--since", "2026-13-01"], "'2026-13-01' is no date: write YYYY-MM-DD"),
        (["export", "-o", "csv=x"], "there is no format 'csv' of an export: it is one of jsonl, parquet"),
        (["export", "-o", "parquet"], "parquet is not text: write it to a file, -o parquet=FILE"),
        (["prune", "--before", "long ago"], "'long ago' is no date: write YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(days, run, arguments, said):
    days(d01=[hub()])
    code, out, err = run("history", *arguments, "--history", "history.db")
    assert (code, out, err) == (2, "", [f"hubscan: error: {said}"])
