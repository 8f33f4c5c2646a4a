"""What goes wrong is told in one line, with what to do next."""

from __future__ import annotations

import subprocess

import pytest
from hubs import hub

BICEP = """\
resource hub 'Microsoft.MachineLearningServices/workspaces@2025-06-01' = {
  name: 'hub1'
  kind: 'Hub'
  properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } }
}
"""
FILES = {
    "hub.bicep": BICEP,
    "estate.jsonl": '{"snapshot": "hubscan/v1"}\n{"end": {"hubs": 0, "gaps": 0}}\n',
    "estate.json": '{"snapshot": "hubscan/v1", "hubs": [], "gaps": []}',
    "other.json": '{"a": 1}',
    "saved/cut.json": '{"result": "hubscan/v1",\n "tool": ',
    "typo.yaml": "fail_on: hihg\n",
    "key.yaml": "fail_on: high\nignor: [x]\n",
    "broken.yaml": "fail_on: [\n",
    "policy.yaml": "id: policy\ntitle: T\nseverity: hgh\n",
    "prose.txt": "remember the milk",
}

ERRORS = [
    # what is typed, what is said of it, what to do next
    ("scna", "there is no command 'scna'", "did you mean 'scan'?"),
    ("histroy", "there is no command 'histroy'", "did you mean 'history'?"),
    ("scan", "nothing to scan", "name a PATH, or hubs of Azure with --subscription"),
    ("scan nowhere", "nowhere: no such file or folder", ""),
    ("scan hub.bciep", "hub.bciep: no such file or folder", "did you mean 'hub.bicep'?"),
    ("scan empty", "nothing to scan: no hub in empty", "--allow-empty"),
    ("scan hub.bicep --selct x", "No such option '--selct'", "--select"),
    ("scan hub.bicep --fail-on hihg", "'hihg' is not one of", "'high'"),
    ("scan hub.bicep -o sarf", "-o sarf: there is no such format", "did you mean 'sarif'?"),
    ("scan hub.bicep -o picture", "-o picture: there is no such format", "it is one of csv, github, html"),
    ("scan hub.bicep -o sarif=no/x.sarif", "no/x.sarif: there is no folder no", ""),
    ("scan hub.bicep -o sarif=empty", "empty: is a folder", "name a file"),
    ("scan hub.bicep --parameters saved", "saved: is a folder", "name a file"),
    ("scan hub.bicep -o json -o sarif", "two reports for standard output", "FORMAT=FILE"),
    ("scan hub.bicep -o parquet", "parquet is not text", "-o parquet=FILE"),
    ("scan hub.bicep --select fqdn-no-azure-storge", "no policy is called", "'fqdn-no-azure-storage'?"),
    ("scan hub.bicep --select category:fdqn", "no policy is called", "'category:fqdn'?"),
    ("scan hub.bicep --ignore *", "no policy is selected", "--select and --ignore, or those of hubscan.yaml"),
    ("scan hub.bicep --no-bundled-policies", "no policy is selected", "needs policies of yours, -p PATH"),
    ("scan hub.bicep --param x", "--param x:", "write ID.NAME=VALUE"),
    (
        "scan hub.bicep --param fqdn-no-azure-storage.storageFqdnException=[]",
        "fqdn-no-azure-storage has no parameter 'storageFqdnException'",
        "did you mean 'storageFqdnExceptions'?",
    ),
    ("scan hub.bicep --config typo.yaml", "typo.yaml:1:10: 'fail_on' is 'hihg'", "did you mean 'high'?"),
    ("scan hub.bicep --config key.yaml", "key.yaml:2:1: unknown key 'ignor'", "did you mean 'ignore'?"),
    ("scan hub.bicep --config empty", "empty: is a folder", "name a file"),
    ("policy new policy", "policy.yaml: is there already", "choose another id"),
    ("scan hub.bicep --config broken.yaml", "broken.yaml:2:1: not YAML", ""),
    ("scan hub.bicep -p empty", "empty: no policy in this folder", "a policy is a .yaml file"),
    ("policy show fqdn-no-azure-storge", "no policy is called", "did you mean 'fqdn-no-azure-storage'?"),
    ("policy list --framework NITS", "no policy names a control", "did you mean 'NIST'?"),
    ("policy new Bad_Name", "'Bad_Name' cannot be an id", "lower case words joined by hyphens"),
    ("scan hub.bicep --against main", "--against main: no such file or folder", "is in no git repository"),
    ("scan hub.bicep --policy-ref main", "--policy-ref main: hub.bicep is in no git repository", ""),
    ("scan hub.bicep --baseline other.json", "other.json: not a hubscan result", '"result": "hubscan/v1"'),
    ("scan hub.bicep --baseline absent.json", "absent.json: No such file", "hubscan scan -o json=FILE"),
    ("scan hub.bicep --today tomorrow", "--today tomorrow: not a date", "write YYYY-MM-DD"),
    ("scan hub.bicep --history no/h.db", "no/h.db: there is no folder no", ""),
    ("scan hub.bicep --history prose.txt", "prose.txt: not a history", "no SQLite file"),
    ("scan hub.bicep --template nowhere", "--template nowhere: there is no such folder", ""),
    ("scan hub.bicep --parameters absent.json", "absent.json: no such file or folder", ""),
    ("scan hub.bicep --save-snapshot x.jsonl", "--save-snapshot is for hubs of Azure", "not for a PATH"),
    ("scan hub.bicep -s 0", "a PATH or hubs of Azure, not both", "one after the other"),
    ("scan hub.bicep -j 0", "0 is not in the range", "see 'hubscan scan --help'"),
    ("report estate.jsonl", "not a hubscan result: it is a snapshot", "hubscan scan estate.jsonl -o json="),
    ("report estate.json", "not a hubscan result: it is a snapshot", "hubscan scan estate.json -o json="),
    ("report saved/cut.json", "saved/cut.json:2:10: not a hubscan result", ""),
    ("report absent.json", "absent.json: No such file", "'hubscan scan -o json=FILE' writes a result"),
    ("fix absent.json -o bicep", "absent.json: No such file", "'hubscan scan -o json=FILE' writes a result"),
    ("fix absent.json -o bicpe", "there is no form 'bicpe' of a fix", "did you mean 'bicep'?"),
    ("merge absent.json", "absent.json: No such file", "'hubscan scan -o json=FILE' writes a result"),
    ("diff hub.bicep", "Missing argument 'AFTER'", "see 'hubscan diff --help'"),
    ("exempt abcdef01", "--justification is missing", "why, and until when"),
    (
        "exempt abcdef01 --justification x --expires 2999-01-01",
        "no saved result here",
        "'hubscan scan -o json=RESULT.json' writes it",
    ),
    ("history list", "there is no history yet", "hubscan scan --history"),
    ("history since yesterday", "'yesterday' is no date", "write YYYY-MM-DD"),
    ("reach hub2 hub.bicep", "no hub 'hub2' in hub.bicep", "did you mean 'hub1'?"),
    ("reach hub1 hub.bicep --host 'bad host'", "--host 'bad host': no host name", "such as *.contoso.com"),
    ("reach hub1 hub.bicep --resource st1", "--resource 'st1': not the ARM id of a resource", ""),
    ("collect --all-subscriptions", "name the snapshot to write", "-o FILE"),
    ("collect -s abc -o x.jsonl", "--subscription abc: not the id of a subscription", "a GUID"),
    ("collect --all-subscriptions --shard 5/4 -o x.jsonl", "--shard 5/4: write I/N", "from 1 to N"),
    ("doctor --cloud publc", "'publc' is not one of", "'public'"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("typed", "said", "hint"), ERRORS, ids=[typed for typed, _, _ in ERRORS])
def test_an_error_is_one_line_that_says_what_to_do(run, typed, said, hint):
    quoted = [part.replace("\0", " ") for part in typed.replace("'bad host'", "bad\0host").split()]
    code, out, err = run(*quoted)
    assert (code, out) == (2, "")
    assert [line for line in err if not line.startswith("hubscan: error: ")] == []
    assert len(err) == 1
    assert said in err[0]
    assert hint in err[0]


@pytest.mark.usefixtures("folder")
def test_all_that_is_wrong_with_a_policy_is_told_with_its_place(run):
    code, _, err = run("scan", "hub.bicep", "-p", "policy.yaml")
    assert code == 2
    assert any("policy.yaml:3:11: 'severity' is 'hgh'" in line for line in err)
    assert all(line.startswith("hubscan: error: policy.yaml:") for line in err)


@pytest.mark.usefixtures("folder")
def test_a_ref_that_is_not_there_says_how_to_find_those_that_are(run):
    subprocess.run(["git", "init", "-q"], check=True)
    _, _, unknown = run("scan", "hub.bicep", "--against", "mian")
    assert unknown[0].endswith("(git branch --all lists what there is)")
    _, _, remote = run("scan", "hub.bicep", "--against", "origin/main")
    assert "git fetch origin main:refs/remotes/origin/main" in remote[0]


@pytest.mark.usefixtures("folder")
def test_a_value_of_the_environment_is_told_by_the_name_of_its_variable(run, monkeypatch):
    monkeypatch.setenv("HUBSCAN_FAIL_ON", "hihg")
    code, _, err = run("scan", "hub.bicep")
    assert code == 2
    assert err[0].startswith("hubscan: error: HUBSCAN_FAIL_ON: Invalid value for '--fail-on': 'hihg'")


def test_a_list_of_no_exemptions_says_that_there_is_none(folder, run):
    assert run("exempt", "list") == (
        0,
        "",
        ["hubscan: no exemption: there is no hubscan.yaml here or above"],
    )
    (folder / "hubscan.yaml").write_text("fail_on: high\n", encoding="utf-8")
    assert run("exempt", "list") == (0, "", ["hubscan: no exemption: none in hubscan.yaml"])


@pytest.mark.usefixtures("folder")
def test_a_tag_that_nobody_knows_is_answered_with_a_doubt(run):
    code, out, err = run("reach", "hub1", "hub.bicep", "--tag", "Storge")
    assert (code, out.partition(":")[0]) == (0, "no")
    assert err == ["hubscan: --tag Storge: no service tag of that name is known (did you mean 'Storage'?)"]


def test_a_hub_that_is_not_there_says_how_many_others_are(estate, run):
    name = estate(*(hub(name=f"ws-{index}") for index in range(12)))
    _, _, err = run("reach", "zzz", name)
    assert err[0].endswith("and 2 more")


def test_the_demo_says_what_to_open(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    _, _, err = run("demo")
    assert err[-1].startswith("hubscan: next: open hubscan-demo/report.html")


def test_where_all_reports_go_into_files_what_was_found_is_said(estate, run):
    name = estate(hub(mode="Disabled"))
    code, out, err = run(
        "scan", name, "--select", "category:isolation", "-o", "json=a.json", "-o", "csv=a.csv"
    )
    assert (code, out) == (1, "")
    assert err[-1].startswith("hubscan: 1 hub, ")
    assert " failing (1 critical" in err[-1]
    assert err[-1].endswith("; wrote a.json, a.csv")
    assert run("scan", name, "-q", "-o", "json=a.json")[2] == []
    assert run("scan", name, "-o", "json=a.json", "-o", "text")[2] == []


@pytest.mark.parametrize(
    "name", ["a\n::error::x", "##vso[task.complete]x", "##[error]x", "\x1b[31mx", "\u202ex"]
)
def test_no_name_of_a_file_is_a_command_to_a_terminal_or_build_log(tmp_path, estate, run, name):
    (tmp_path / "infra").mkdir()
    estate(hub(), name=f"infra/{name}.json")
    said = run("scan", "infra", "-v", "--fail-on", "never")[2] + run("scan", f"infra/{name}")[2]
    assert any("reading" in line for line in said)
    assert any("no such file or folder" in line for line in said)
    assert all(line.startswith("hubscan: ") for line in said)
    assert not any(command in line for line in said for command in ("##vso[", "##[", "\x1b", "\u202e"))
