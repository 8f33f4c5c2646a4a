"""``hubscan exempt``: an entry for one finding, written for you; and what is said of bad ones."""

from __future__ import annotations

import json

import pytest
from hubs import hub

BLOBS = ("blobs", "FQDN", "data.blob.core.windows.net")
MORE = ("more[1]*", "FQDN", "more.blob.core.windows.net")
POLICY = ("--select", "fqdn-no-azure-storage", "--today", "2026-11-23")
WHY = ("--justification", "Moves in May", "--expires", "2027-05-31", "--today", "2026-11-23")


@pytest.fixture
def found(estate, run):
    """Scans an estate of one hub, keeps the result, and gives the fingerprints by item."""

    def call(*rules):
        run("scan", estate(hub(rules=rules or (BLOBS,))), *POLICY, "-q", "-o", "json=result.json")
        document = json.loads((estate.folder / "result.json").read_text())
        return {one["item"]: one["fingerprint"] for one in document["findings"]}

    return call


@pytest.fixture
def estate(estate, tmp_path):
    estate.folder = tmp_path
    return estate


def test_it_writes_the_entry_that_exempts_this_finding_alone(found, run):
    marks = found(BLOBS, MORE)
    code, out, err = run(
        "exempt", marks["more[1]*"], *WHY, "--approved-by", "net@contoso.com", "--ticket", "NET-1"
    )
    assert (code, err) == (0, [])
    assert out.startswith("hubscan.yaml:2:13: the exemption of fqdn-no-azure-storage for '/subscriptions/")
    assert out.endswith("(until 2027-05-31, waiver approved by net@contoso.com, NET-1: Moves in May)\n")
    code, out, _ = run("scan", "estate.json", *POLICY, "-o", "json")
    verdicts = {one["item"]: one["verdict"] for one in json.loads(out)["findings"]}
    assert (code, verdicts) == (1, {"blobs": "fail", "more[1]*": "exempt"})
    assert run("exempt", marks["blobs"][:8], *WHY, "--category", "mitigated")[0] == 0
    assert run("scan", "estate.json", *POLICY)[0] == 0


def test_the_file_keeps_its_comments_its_layout_and_its_mode(found, run, tmp_path):
    text = "# ours\r\nfail_on:   low # strict\r\nexemptions:\r\n- {policy: fqdn-no-azure-storage,   hub: other, justification: x} # a\r\n"
    path = tmp_path / "hubscan.yaml"
    path.write_bytes(text.encode())
    path.chmod(0o640)
    (mark,) = found().values()
    assert run("exempt", mark, *WHY)[0] == 0
    written = path.read_bytes().decode()
    assert written.startswith(text)
    assert written.count("\n") == written.count("\r\n")
    assert path.stat().st_mode & 0o777 == 0o640


def test_it_is_made_at_the_root_of_the_repository(found, run, tmp_path, monkeypatch):
    (mark,) = found().values()
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    assert run("exempt", mark, *WHY, "--result", "../result.json")[0] == 0
    assert (tmp_path / "hubscan.yaml").is_file()


def test_a_configuration_that_was_named_is_the_one_that_is_written(found, run, tmp_path):
    (mark,) = found().values()
    (tmp_path / "mine.yaml").write_text("fail_on: low\n")
    assert run("exempt", mark, *WHY, "--config", "mine.yaml")[0] == 0
    assert "exemptions:" in (tmp_path / "mine.yaml").read_text()
    assert not (tmp_path / "hubscan.yaml").exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"--justification": "   "}, "--justification is empty"),
        ({"--justification": None}, "--justification is missing"),
        ({"--expires": None}, "--expires is missing"),
        ({"--expires": "2026-11-22"}, "--expires 2026-11-22: is past"),
        ({"--expires": "31.12.2027"}, "--expires 31.12.2027: not a date, write YYYY-MM-DD"),
        ({"--expires": "2027-02-30"}, "--expires 2027-02-30: there is no such day"),
        ({"--today": "soon"}, "--today soon: not a date"),
        ({"--result": "nowhere.json"}, "nowhere.json: No such file"),
        ({"--expiring": "3"}, "--expiring is for the list"),
        ({"--category": "other"}, "Invalid value for '--category'"),
    ],
)
def test_a_bad_decision_is_one_line_and_nothing_is_written(found, run, tmp_path, changes, told):
    (mark,) = found().values()
    given = dict(zip(WHY[::2], WHY[1::2], strict=True)) | changes
    arguments = [part for name, value in given.items() if value is not None for part in (name, value)]
    code, out, err = run("exempt", mark, *arguments)
    assert (code, out, len(err)) == (2, "", 1)
    assert told in err[0]
    assert not (tmp_path / "hubscan.yaml").exists()


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("0" * 32, "no finding of result.json has this fingerprint"),
        ("xyz", "no fingerprint"),
        ("abc", "no fingerprint (hexadecimal digits, at least 8 of them)"),
    ],
)
def test_a_fingerprint_that_nobody_knows_is_one_line(found, run, mark, told):
    found()
    code, _, err = run("exempt", mark, *WHY)
    assert (code, len(err)) == (2, 1)
    assert told in err[0]


def test_without_a_result_it_says_where_to_look(estate, run):
    estate(hub())
    code, _, err = run("exempt", "0" * 32, *WHY)
    assert (code, len(err)) == (2, 1)
    assert "--result RESULT.json" in err[0]


def test_what_is_exempt_already_is_said_with_its_place(found, run, tmp_path):
    (mark,) = found().values()
    assert run("exempt", mark, *WHY)[0] == 0
    before = (tmp_path / "hubscan.yaml").read_text()
    code, _, err = run("exempt", mark, *WHY)
    assert (code, len(err)) == (2, 1)
    assert (
        "hubscan.yaml:2:13: exempts this finding already (until 2027-05-31, waiver: Moves in May)" in err[0]
    )
    assert (tmp_path / "hubscan.yaml").read_text() == before


LIST = """\
exemptions:
  - {policy: fqdn-no-azure-storage, hub: hub1, justification: later, expires: 2027-11-30}
  - {policy: fqdn-no-azure-storage, hub: hub2, justification: soon, expires: 2026-12-01, approved_by: me}
  - {policy: fqdn-no-azure-storage, hub: hub3, justification: gone, expires: 2026-01-01}
  - {policy: fqdn-no-azure-storage, hub: hub4, item: x, justification: always, category: mitigated}
"""


def test_the_list_says_who_why_and_until_when(estate, run, tmp_path):
    estate(hub())
    (tmp_path / "hubscan.yaml").write_text(LIST)
    code, out, err = run("exempt", "list", "--today", "2026-11-23")
    assert (code, err) == (0, [])
    assert out.splitlines() == [
        "hubscan.yaml:4:14: expired: fqdn-no-azure-storage on 'hub3' (until 2026-01-01, waiver: gone)",
        "hubscan.yaml:3:14: ends in 8 days: fqdn-no-azure-storage on 'hub2' (until 2026-12-01, waiver approved by me: soon)",
        "hubscan.yaml:2:14: ends in 372 days: fqdn-no-azure-storage on 'hub1' (until 2027-11-30, waiver: later)",
        "hubscan.yaml:5:14: in force without end: fqdn-no-azure-storage on 'hub4', item 'x' (mitigated: always)",
    ]
    _, out, _ = run("exempt", "list", "--expiring", "30", "--today", "2026-11-23")
    assert [line.partition(": ")[2].partition(":")[0] for line in out.splitlines()] == [
        "expired",
        "ends in 8 days",
    ]
    code, _, err = run("exempt", "list", "--justification", "x")
    assert (code, len(err)) == (2, 1)


def test_without_a_configuration_the_list_is_empty(estate, run):
    estate(hub())
    said = ["hubscan: no exemption: there is no hubscan.yaml here or above"]
    assert run("exempt", "list") == (0, "", said)


ENTRY = "{{policy: fqdn-no-azure-storage, hub: {hub}, justification: x{more}}}"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (["hub1, expires: 2026-13-01"], "3:75: '2026-13-01' is no date (write YYYY-MM-DD)"),
        (["'*'"], "3:42: '*' exempts every hub (if that is meant, add all_hubs: true)"),
        (["'**'"], "exempts every hub"),
        (["'/subscriptions/*'"], "exempts every hub"),
        (["'*/WORKSPACES/?*'"], "exempts every hub"),
        (["'*#*'"], "exempts every hub"),
        (
            ["hub1", "HUB1"],
            "4:5: overlaps the exemption at line 3: that one covers all of this (keep one of the two)",
        ),
        (["hub-*", "hub-a"], "4:5: overlaps the exemption at line 3: that one covers all of this"),
        (["hub-a", "hub-*"], "4:5: overlaps the exemption at line 3: this one covers all of that"),
        (["hub1", "hub1, item: x"], "4:5: overlaps the exemption at line 3: that one covers all of this"),
    ],
)
def test_a_bad_exemption_is_one_line_with_its_place(estate, run, tmp_path, entries, told):
    lines = []
    for entry in entries:
        name, comma, more = entry.partition(",")
        lines.append("  - " + ENTRY.format(hub=name, more=comma + more))
    (tmp_path / "hubscan.yaml").write_text("fail_on: low\nexemptions:\n" + "\n".join(lines) + "\n")
    code, out, err = run("scan", estate(hub()), *POLICY)
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith("hubscan: error: hubscan.yaml:")
    assert told in err[0]


@pytest.mark.parametrize(
    "entries",
    [
        ["'*', all_hubs: true"],
        ["hub1, item: a", "hub1, item: b"],
        ["hub-?", "hub-*-x"],
        ["hub-*, expires: 2026-12-31", "hub-a, expires: 2027-01-31"],
        ["'*-dev'", "contoso-*"],
    ],
)
def test_what_says_so_or_covers_something_of_its_own_is_let_through(estate, run, tmp_path, entries):
    lines = []
    for entry in entries:
        name, comma, more = entry.partition(",")
        lines.append("  - " + ENTRY.format(hub=name, more=comma + more))
    (tmp_path / "hubscan.yaml").write_text("exemptions:\n" + "\n".join(lines) + "\n")
    assert run("scan", estate(hub()), *POLICY)[0] == 0


def test_every_unknown_policy_is_told_with_its_place(estate, run, tmp_path):
    (tmp_path / "hubscan.yaml").write_text(
        "exemptions:\n- {policy: fqdn-no-azure-storag, hub: h, justification: x}\n- {policy: '?', hub: h, justification: x}\n"
    )
    code, _, err = run("scan", estate(hub()), *POLICY)
    assert code == 2
    assert err == [
        (
            "hubscan: error: hubscan.yaml:2:12: an exemption names 'fqdn-no-azure-storag', which is no policy"
            " (did you mean 'fqdn-no-azure-storage'?)"
        ),
        "hubscan: error: hubscan.yaml:3:12: an exemption names '?', which is no policy",
    ]


@pytest.mark.parametrize("form", ["table", "text", "markdown", "json", "jsonl", "sarif", "github"])
def test_every_report_says_who_exempted_what_why_and_until_when(estate, run, tmp_path, form):
    (tmp_path / "hubscan.yaml").write_text(
        "exemptions:\n"
        "- {policy: fqdn-no-azure-storage, hub: hub1, justification: until we move, approved_by: Alex, expires: 2027-05-31}\n"
        "- {policy: fqdn-no-azure-storage, hub: hub2, justification: long gone, approved_by: Robin, expires: 2026-01-01}\n"
        "- {policy: fqdn-no-azure-storage, hub: hub3, justification: of no use, approved_by: Kim, expires: 2027-12-31}\n"
    )
    code, out, _ = run("scan", estate(hub(rules=[BLOBS])), *POLICY, "-o", form)
    assert code == 0
    flat = " ".join(out.split())
    for word in ("until we move", "Alex", "2027-05-31"):
        assert word in flat
    if form != "jsonl":
        for word in ("long gone", "Robin", "2026-01-01", "of no use", "Kim"):
            assert word in flat


def test_a_finding_is_exempted_by_its_real_ids_where_a_result_has_them(found, run, tmp_path):
    (mark,) = found(BLOBS).values()
    run("scan", "estate.json", *POLICY, "-q", "--redact", "-o", "json=a-redacted.json")
    (tmp_path / "other.yaml").write_text("fail_on: high\n")
    code, _, err = run("exempt", mark, *WHY, "--result", "a-redacted.json", "--config", "other.yaml")
    assert code == 0
    assert "the result has pseudonyms" in err[-1]
    assert run("exempt", mark, *WHY)[::2] == (0, [])
    assert run("scan", "estate.json", *POLICY, "-q")[0] == 0
