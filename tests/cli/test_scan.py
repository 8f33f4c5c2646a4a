"""``hubscan scan`` as its user runs it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hubs import SUBSCRIPTION, hub, snapshot

STORAGE = ("data", "FQDN", "learn.microsoft.com, Data1.Blob.Core.Windows.Net.")
CLEAN = ("docs", "FQDN", "learn.microsoft.com")
FORMATS = ("table", "text", "json", "jsonl", "sarif", "markdown")
ONE_POLICY = ("--select", "fqdn-no-azure-storage")


ESTATE = Path(__file__).parents[2] / "reports" / "examples" / "estate" / "contoso.jsonl"


def result(out):
    return json.loads(out)


def test_a_forbidden_rule_is_a_finding_with_its_evidence(estate, run):
    code, out, err = run("scan", estate(hub(rules=[CLEAN, STORAGE])), *ONE_POLICY, "-o", "json")
    found = result(out)["findings"]
    assert code == 1
    assert err == []
    assert [(finding["policy"], finding["item"], finding["verdict"]) for finding in found] == [
        ("fqdn-no-azure-storage", "data", "fail")
    ]
    assert "data1.blob.core.windows.net" in json.dumps(found[0]["evidence"])
    assert found[0]["hub"]["name"] == "hub1"
    assert "outbound-rule" in found[0]["remediation"]["azure_cli"]


@pytest.mark.parametrize(
    "subject",
    [
        "outboundRules",
        " outboundRules/ ",
        "properties.managedNetwork.outboundRules",
        "managedNetworks/default/outboundRules",
        f"{hub()['id'].upper()}/OUTBOUNDRULES",
    ],
)
def test_rules_beside_which_a_gap_stands_are_not_all_there_are(estate, run, subject):
    document = hub(rules=[CLEAN], gaps=[{"subject": subject, "reason": "failed", "status": 503}])
    code, out, _ = run("scan", estate(document), *ONE_POLICY, "-o", "json")
    assert (code, [finding["verdict"] for finding in result(out)["findings"]]) == (3, ["unknown"])


def test_rules_that_were_saved_one_by_one_leave_open_what_others_there_are(run, tmp_path):
    document = hub()
    rules = [
        {
            "id": f"{document['id']}/outboundRules/{name}",
            "name": name,
            "properties": {"type": kind, "destination": to},
        }
        for name, kind, to in (CLEAN, STORAGE)
    ]
    del document["outboundRules"]
    (tmp_path / "hub.json").write_text(json.dumps(document))
    (tmp_path / "rule.json").write_text(json.dumps(rules[0]))
    _, out, _ = run("scan", str(tmp_path), *ONE_POLICY, "-o", "json")
    assert [finding["verdict"] for finding in result(out)["findings"]] == ["unknown"]
    (tmp_path / "other.json").write_text(json.dumps(rules[1]))
    code, out, _ = run("scan", str(tmp_path), *ONE_POLICY, "-o", "json")
    assert (code, [finding["verdict"] for finding in result(out)["findings"]]) == (1, ["fail", "unknown"])
    (tmp_path / "other.json").write_text(json.dumps({"value": rules[1:]}))
    code, out, _ = run("scan", str(tmp_path), *ONE_POLICY, "-o", "json")
    assert (code, [finding["verdict"] for finding in result(out)["findings"]]) == (1, ["fail"])


def test_text_is_the_default_where_nobody_watches(estate, run):
    code, out, _ = run("scan", estate(hub(rules=[STORAGE])), *ONE_POLICY)
    assert code == 1
    assert out.splitlines()[0].startswith(f"{hub()['id']}: high fqdn-no-azure-storage: ")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("rules", "options", "gaps", "expected"),
    [
        pytest.param([CLEAN], (), (), 0, id="nothing found"),
        pytest.param([STORAGE], (), (), 1, id="a finding"),
        pytest.param([STORAGE], ("--fail-on", "high"), (), 1, id="a finding at the bound"),
        pytest.param([STORAGE], ("--fail-on", "critical"), (), 0, id="a finding below the bound"),
        pytest.param([STORAGE], ("--fail-on", "never"), (), 0, id="never"),
        pytest.param([CLEAN], (), [{"subject": "/subscriptions/x", "reason": "forbidden"}], 3, id="a gap"),
        pytest.param(
            [STORAGE],
            (),
            [{"subject": "/subscriptions/x", "reason": "forbidden"}],
            1,
            id="a finding and a gap",
        ),
        pytest.param([("n", "FQDN", 7)], (), (), 0, id="an unknown verdict"),
        pytest.param([("n", "FQDN", 7)], ("--fail-on-unknown",), (), 1, id="an unknown verdict that counts"),
        pytest.param(
            [("n", "FQDN", 7)],
            ("--fail-on-unknown", "--fail-on", "critical"),
            (),
            0,
            id="an unknown verdict below",
        ),
        pytest.param([CLEAN], ("--select", "nothing-*"), (), 2, id="no policy selected"),
    ],
)
def test_the_exit_code_is_the_same_in_every_format(estate, run, form, rules, options, gaps, expected):
    chosen = options if "--select" in options else (*ONE_POLICY, *options)
    code, _, _ = run("scan", estate(hub(rules=rules), gaps=gaps), *chosen, "-o", form)
    assert code == expected


def test_one_scan_writes_many_reports(estate, run, tmp_path):
    outputs = [argument for form in FORMATS for argument in ("-o", f"{form}={form}.out")]
    code, out, _ = run("scan", estate(hub(rules=[STORAGE])), *outputs)
    assert (code, out) == (1, "")
    assert all((tmp_path / f"{form}.out").stat().st_size for form in FORMATS)


def test_no_report_takes_the_place_of_another_by_a_second_name_of_its_file(estate, run, tmp_path):
    name = estate(hub())
    (tmp_path / "link").symlink_to("report")
    for other in ("link", str(tmp_path / "report"), f"../{tmp_path.name}/report"):
        code, _, err = run("scan", name, "-o", "json=report", "-o", f"csv={other}")
        assert (code, err) == (
            2,
            ["hubscan: error: two reports for report: give each a file of its own, FORMAT=FILE"],
        )


@pytest.mark.parametrize(
    ("option", "of"),
    [("--save-snapshot", ("-s", SUBSCRIPTION)), ("--history", ("estate.json",)), ("--history", ())],
)
def test_no_report_takes_the_place_of_a_snapshot_or_a_history(estate, run, tmp_path, option, of):
    name = estate(hub())
    run("scan", name, "--shard", "1/1", "-o", "json=1.json", "--history", "kept.json")
    before = (tmp_path / "kept.json").read_bytes()
    command = ("scan", *of) if of else ("merge", "1.json")
    code, _, err = run(*command, option, "kept.json", "-o", "json=./kept.json")
    assert code == 2
    assert err == [
        f"hubscan: error: {option} kept.json: a report goes to the same file; give each a file of its own"
    ]
    assert (tmp_path / "kept.json").read_bytes() == before


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (("scan", "estate.json"), "json=./estate.json"),
        (("scan", "other.json", "--against", "estate.json"), "json=estate.json"),
        (("diff", "estate.json", "other.json"), "json=estate.json"),
        (("diff", "other.json", "estate.json"), "json=link"),
        (("merge", "1.json"), "json=1.json"),
        (("report", "1.json"), "html=1.json"),
        (("fix", "1.json"), "azure-cli=1.json"),
    ],
)
def test_no_report_takes_the_place_of_what_it_is_a_report_of(estate, run, tmp_path, command, output):
    name = estate(hub())
    estate(hub(), name="other.json")
    (tmp_path / "link").symlink_to(name)
    run("scan", name, "--shard", "1/1", "-o", "json=1.json")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    code, _, err = run(*command, "-o", output)
    assert (code, err) == (
        2,
        [f"hubscan: error: -o {output}: is what is read; name another file".replace("./", "")],
    )
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_links_that_lead_in_a_circle_are_no_crash(estate, run, tmp_path):
    name = estate(hub())
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "hubscan.yaml").write_text("history: circle\n")
    for options in ((), ("--history", "circle")):
        code, _, err = run("scan", name, *options)
        assert (code, len(err)) == (2, 1)
        assert "circle: " in err[0]
    run("scan", name, "--history", "kept.db", "-o", "json=circle")
    assert json.loads((tmp_path / "circle").read_bytes())["result"] == "hubscan/v1"


def test_a_report_may_take_the_place_of_the_baseline_that_it_is_compared_with(estate, run):
    name = estate(hub(rules=[STORAGE]))
    run("scan", name, "-o", "json=base.json")
    assert run("scan", name, "--baseline", "base.json", "-o", "json=base.json")[0] == 0


def test_passes_and_skips_are_listed_when_asked_for(estate, run):
    name = estate(hub(rules=[CLEAN]), hub("hub2", mode="Disabled"))
    _, out, _ = run("scan", name, *ONE_POLICY, "-o", "json", "--show-passes")
    assert [(finding["hub"]["name"], finding["verdict"]) for finding in result(out)["findings"]] == [
        ("hub1", "pass"),
        ("hub2", "skip"),
    ]
    _, out, _ = run("scan", name, *ONE_POLICY, "-o", "json")
    assert result(out)["findings"] == []
    assert result(out)["summary"]["verdicts"] == {"fail": 0, "unknown": 0, "exempt": 0, "pass": 1, "skip": 1}


def test_the_same_input_gives_the_same_bytes(estate, run):
    name = estate(*(hub(f"hub{n}", rules=[STORAGE, CLEAN]) for n in range(5)))
    for form in FORMATS:
        assert run("scan", name, "-o", form) == run("scan", name, "-o", form)


def test_findings_do_not_depend_on_the_order_of_hubs_and_rules(estate, run):
    hubs = [hub(f"hub{n}", rules=[STORAGE, ("z", "FQDN", "*"), CLEAN]) for n in range(3)]
    turned = [{**one, "outboundRules": one["outboundRules"][::-1]} for one in reversed(hubs)]
    one, other = (run("scan", estate(*order), "-o", "jsonl")[1] for order in (hubs, turned))
    assert one == other


class TestScanningNothing:
    def test_a_missing_path_is_one_line(self, run, estate):
        estate(hub())
        assert run("scan", "estate.json", "nowhere")[::2] == (
            2,
            ["hubscan: error: nowhere: no such file or folder"],
        )

    def test_an_empty_folder_is_nothing_to_scan(self, run, tmp_path):
        (tmp_path / "empty").mkdir()
        code, _, err = run("scan", tmp_path / "empty")
        assert (code, err) == (
            2,
            [
                (
                    f"hubscan: error: nothing to scan: no hub in {tmp_path / 'empty'}"
                    " ('hubscan scan --help' names what is read; with --allow-empty this is exit code 0)"
                )
            ],
        )

    def test_unless_that_is_allowed(self, run, tmp_path):
        code, out, _ = run("scan", tmp_path, "--allow-empty", "-o", "json")
        assert code == 0
        assert result(out)["hubs"] == []

    def test_no_path_at_all(self, run):
        code, _, err = run("scan")
        assert (code, len(err)) == (2, 1)

    def test_a_file_of_another_kind_is_named(self, run, tmp_path):
        (tmp_path / "notes.txt").write_text("some notes")
        code, _, err = run("scan", tmp_path / "notes.txt")
        assert code == 2
        assert any("notes.txt" in line and "not a snapshot" in line for line in err)

    def test_a_project_alone_is_listed_and_not_judged(self, run, estate):
        code, _, err = run("scan", estate(hub(kind="Project")), *ONE_POLICY)
        assert code == 2
        assert "1 of kind Project" in err[0]


class TestIncomplete:
    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param([{"snapshot": "hubscan/v1"}], id="the header"),
            pytest.param([{"snapshot": "hubscan/v1"}, '{"hub": {"id": "/sub'], id="part of a hub"),
            pytest.param(['{"snapshot": "hubscan/v1", "hubs": [{"id": "/sub'], id="part of a document"),
        ],
    )
    def test_a_snapshot_of_which_nothing_but_the_beginning_is_there_is_incomplete(self, run, tmp_path, lines):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        (tmp_path / "cut.jsonl").write_text(text)
        code, out, err = run("scan", tmp_path / "cut.jsonl", *ONE_POLICY)
        assert (code, err) == (3, [])
        assert "incomplete: 1 gap" in out

    def test_a_truncated_file_is_judged_as_far_as_it_goes(self, run, tmp_path):
        lines = [
            json.dumps({"snapshot": "hubscan/v1"}),
            json.dumps({"hub": hub(rules=[STORAGE])}),
            '{"hub": {"id": "/sub',
        ]
        (tmp_path / "cut.jsonl").write_text("\n".join(lines))
        code, out, _ = run("scan", tmp_path / "cut.jsonl", *ONE_POLICY, "-o", "json", "--fail-on", "never")
        assert code == 3
        assert [finding["item"] for finding in result(out)["findings"]] == ["data"]
        assert result(out)["complete"] is False
        assert any(gap["code"] == "truncated" for gap in result(out)["gaps"])

    def test_a_collection_that_was_never_collected_is_unknown(self, run, estate):
        told = hub()
        del told["outboundRules"]
        code, out, _ = run("scan", estate(told), *ONE_POLICY, "-o", "json")
        (finding,) = result(out)["findings"]
        assert (code, finding["verdict"], finding["reason"]) == (
            0,
            "unknown",
            "outboundRules was not collected",
        )

    def test_a_gap_of_the_snapshot_makes_what_needs_the_collection_of_that_hub_unknown(self, run, estate):
        gap = {"subject": f"{hub()['id']}/computes", "reason": "forbidden", "status": 403}
        code, out, _ = run(
            "scan",
            estate(hub(computes=[]), hub("hub2", computes=[]), gaps=[gap]),
            *("--select", "compute-ssh-public-access-disabled", "--show-passes", "-o", "json"),
        )
        said = result(out)
        assert code == 3
        assert {one["hub"]["name"]: one["verdict"] for one in said["findings"]} == {
            "hub1": "unknown",
            "hub2": "pass",
        }
        assert (said["summary"]["gaps"], len(said["gaps"])) == (1, 1)

    @pytest.mark.parametrize(
        ("flag", "verdicts"), [("Enabled", ["unknown"]), ("Disabled", ["fail", "unknown"])]
    )
    def test_deployments_of_which_some_could_not_be_read_are_no_pass(self, run, estate, flag, verdicts):
        managed = {"endpointComputeType": "Managed", "egressPublicNetworkAccess": flag}
        endpoint = {"name": "e", "properties": {}, "deployments": [{"name": "d", "properties": managed}]}
        gap = {"subject": "onlineEndpoints/e/deployments", "reason": "failed", "status": 500}
        name = estate(hub(onlineEndpoints=[endpoint], gaps=[gap]))
        _, out, _ = run("scan", name, "--select", "online-deployment-egress-flag-unset", "-o", "json")
        assert sorted(one["verdict"] for one in result(out)["findings"]) == verdicts

    def test_rules_of_a_server_that_could_not_be_read_are_no_pass(self, run, estate):
        server = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Sql/servers/sql"
        rule = ("sql", "PrivateEndpoint", {"serviceResourceId": server, "subresourceTarget": "sqlServer"})
        told = {
            "id": server,
            "type": "Microsoft.Sql/servers",
            "properties": {"publicNetworkAccess": "Disabled"},
        }
        gap = {"subject": f"{server}/virtualNetworkRules", "reason": "forbidden", "status": 403}
        select = ("--select", "no-service-endpoint-beside-private-endpoint", "--show-passes", "-o", "json")
        for more, verdict in (({}, "pass"), ({"gaps": [gap]}, "unknown")):
            _, out, _ = run("scan", estate(hub(rules=[rule], resources=[told], **more)), *select)
            assert [one["verdict"] for one in result(out)["findings"]] == [verdict]

    def test_a_hub_is_judged_by_what_the_snapshot_says_of_its_targets(self, run, estate):
        account = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
        )
        rule = ("st", "PrivateEndpoint", {"serviceResourceId": account, "subresourceTarget": "blob"})
        hubs = hub(rules=[rule], resources=[])
        select = ("--select", "private-endpoint-target-exists", "-o", "json")
        for why, verdict in (("missing", "fail"), ("forbidden", "unknown")):
            gaps = [{"subject": account, "reason": why}]
            _, out, _ = run("scan", estate(hubs, gaps=gaps), *select)
            assert [one["verdict"] for one in result(out)["findings"]] == [verdict]

    def test_a_gap_of_a_collection_makes_what_needs_it_unknown(self, run, estate):
        gaps = [{"subject": "resources", "reason": "forbidden", "status": 403, "code": "AuthorizationFailed"}]
        target = "/subscriptions/x/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
        rule = ("pe", "PrivateEndpoint", {"serviceResourceId": target, "subresourceTarget": "blob"})
        name = estate(hub(rules=[rule], gaps=gaps))
        code, out, _ = run(
            "scan", name, "--select", "no-service-endpoint-beside-private-endpoint", "-o", "json"
        )
        (finding,) = result(out)["findings"]
        assert (code, finding["verdict"]) == (3, "unknown")
        assert "forbidden" in finding["reason"]


class TestHostile:
    NAMES = (
        "a|b",
        "<script>alert(1)</script>",
        "::error::x",
        "line\nbreak",
        "sep\u2028arator",
        "\x1b[31mred",
        "\u202eback",
        "@everyone",
        "x" * 10_000,
        "\ud83d\ude00",
    )

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    @pytest.mark.parametrize("form", FORMATS)
    def test_a_hostile_name_breaks_no_report(self, estate, run, name, form):
        code, out, err = run(
            "scan", estate(hub(name, rules=[(name, "FQDN", f"{name}.blob.core.windows.net")])), "-o", form
        )
        assert code == 1
        assert err == []
        assert not set(out) & set("\x1b\u2028\u202e")
        if form in ("json", "sarif"):
            json.loads(out)
        if form == "text":
            assert not any(line.startswith("::") for line in out.splitlines())

    def test_a_hub_without_an_id_is_judged(self, estate, run):
        told = hub(rules=[STORAGE])
        del told["id"]
        code, out, _ = run("scan", estate(told, hub("hub2", rules=[CLEAN])), *ONE_POLICY, "-o", "json")
        assert code == 1
        assert [finding["item"] for finding in result(out)["findings"]] == ["data"]

    def test_the_same_hub_twice_is_judged_twice_and_the_worst_stands(self, estate, run):
        name = estate(hub(rules=[CLEAN]), hub(rules=[STORAGE]), hub(rules=[STORAGE]))
        code, out, err = run("scan", name, *ONE_POLICY, "-o", "json")
        assert code == 1
        assert [finding["verdict"] for finding in result(out)["findings"]] == ["fail"]
        assert result(out)["summary"]["hubs"] == 1
        assert len(err) == 1
        assert "more than once" in err[0]

    @pytest.mark.parametrize("wrong", [7, True, [], {"a": 1}, None, "x"])
    @pytest.mark.parametrize(
        "where", ["id", "name", "kind", "properties", "outboundRules", "tags", "resources", "gaps"]
    )
    def test_values_of_the_wrong_type_lose_nothing_else(self, estate, run, where, wrong):
        name = estate({**hub(), where: wrong}, hub("hub2", rules=[STORAGE]))
        code, out, _ = run("scan", name, "-o", "json")
        assert code == 1
        assert any(finding["hub"]["name"] == "hub2" for finding in result(out)["findings"])

    @pytest.mark.parametrize(
        "wrong", [7, True, [], {"a": 1}, None, "x", {"name": "r"}, {"name": 3, "properties": 4}]
    )
    def test_a_rule_of_the_wrong_type_is_no_pass(self, estate, run, wrong):
        name = estate({**hub(), "outboundRules": [wrong, hub(rules=[STORAGE])["outboundRules"][0]]})
        code, out, _ = run("scan", name, *ONE_POLICY, "-o", "json")
        assert code == 1
        assert "data" in [finding["item"] for finding in result(out)["findings"]]

    def test_deep_nesting_is_one_line(self, run, tmp_path):
        (tmp_path / "deep.json").write_text("[" * 5_000_000)
        code, _, err = run("scan", tmp_path / "deep.json")
        assert code == 2
        assert all(len(line) < 500 for line in err)


def test_an_unknown_option_is_one_line(run):
    code, _, err = run("scan", "--selekt", "x")
    assert (code, len(err)) == (2, 1)
    assert "Did you mean" in err[0] or "--select" in err[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "sarfi"), "sarfi"),
        (("-o", "json", "-o", "text"), "two reports for standard output"),
        (("-o", "json=missing/x.json"), "there is no folder missing"),
        (("--select", "fqdn-no-azure-storag"), "did you mean 'fqdn-no-azure-storage'?"),
        (("--ignore", "category:fqdm"), "did you mean 'category:fqdn'?"),
        (("--param", "x"), "write ID.NAME=VALUE"),
        (("--param", "fqdn-no-azure-storage.nope=1"), "has no parameter 'nope'"),
        (("--param", "fqdn-no-azure-storage.storageFqdnExceptions=1"), "must be of type array, not number"),
        (("--param", "fqdn-no-azure-storage.storageFqdnExceptions=[1"), "not YAML"),
        (("--today", "tomorrow"), "not a date"),
        (("--config", "none.yaml"), "none.yaml: no such file"),
        (("-p", "none"), "none: no such file or folder"),
        (("--fail-on", "worse"), "worse"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(estate, run, arguments, message):
    code, out, err = run("scan", estate(hub()), *arguments)
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith("hubscan: error: ")
    assert message in err[0]


def test_parameters_change_what_is_judged(estate, run):
    name = estate(hub(rules=[("e", "FQDN", "special.blob.core.windows.net")]))
    option = "fqdn-no-azure-storage.storageFqdnExceptions=[special.blob.core.windows.net]"
    assert run("scan", name, *ONE_POLICY)[0] == 1
    assert run("scan", name, *ONE_POLICY, "--param", option)[0] == 0


def test_the_environment_gives_several_parameters_with_spaces_in_them(estate, run, monkeypatch):
    name = estate(hub(rules=[("e", "FQDN", "one.blob.core.windows.net, two.blob.core.windows.net")]))
    for hosts, code in (("[one.blob.core.windows.net, two.blob.core.windows.net]", 0), ("[a, b]", 1)):
        monkeypatch.setenv(
            "HUBSCAN_PARAM",
            f"fqdn-no-azure-storage.storageFqdnExceptions={hosts} fqdn-no-overbroad-wildcard.allowedWildcards=[]",
        )
        assert run("scan", name, *ONE_POLICY)[0] == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters:\n  nope: {x: 1}", "hubscan.yaml:2:3: no policy is called 'nope'"),
        ("parameters:\n  fqdn-no-azure-storage:\n    x: 1", "hubscan.yaml:3:5: fqdn-no-azure-storage has no"),
        (
            "parameters:\n  fqdn-no-azure-storage: {storageFqdnExceptions: 1}",
            "hubscan.yaml:2:27: fqdn-no-azure-storage.storageFqdnExceptions must be of type array",
        ),
        ("select:\n  - fqdn-*\n  - fqdn-x", "hubscan.yaml:3:5: no policy is called 'fqdn-x'"),
        ("ignore: ['category:fqdm']", "hubscan.yaml:1:10: no policy is called 'category:fqdm'"),
    ],
)
def test_what_a_configuration_file_gets_wrong_is_said_with_its_place(estate, run, tmp_path, text, said):
    name = estate(hub())
    (tmp_path / "hubscan.yaml").write_text(text)
    code, out, err = run("scan", name)
    assert (code, out, len(err)) == (2, "", 1)
    assert err[0].startswith(f"hubscan: error: {said}")


def test_a_configuration_file_selects_and_the_command_line_counts_before_it(estate, run, tmp_path):
    name = estate(hub(mode="AllowInternetOutbound"))
    (tmp_path / "hubscan.yaml").write_text("select: [fqdn-*]\nfail_on: critical\n")
    assert run("scan", name)[0] == 0
    assert run("scan", name, "--select", "approved-outbound-mode-preferred")[0] == 0
    assert run("scan", name, "--select", "approved-outbound-mode-preferred", "--fail-on", "high")[0] == 1


def test_the_environment_counts_before_the_file(estate, run, tmp_path, monkeypatch):
    name = estate(hub(mode="AllowInternetOutbound"))
    (tmp_path / "hubscan.yaml").write_text("fail_on: critical\n")
    monkeypatch.setenv("HUBSCAN_FAIL_ON", "high")
    assert run("scan", name)[0] == 1
    assert run("scan", name, "--fail-on", "never")[0] == 0


class TestExemptions:
    def write(self, tmp_path, **more):
        entry = {
            "policy": "fqdn-no-azure-storage",
            "hub": "hub1",
            "item": "data",
            "justification": "migration",
            **more,
        }
        (tmp_path / "hubscan.yaml").write_text(json.dumps({"exemptions": [entry]}))

    def test_an_exemption_in_force_exempts(self, estate, run, tmp_path):
        self.write(tmp_path, expires="2027-01-31", approved_by="security board", ticket="SEC-1")
        code, out, err = run(
            "scan", estate(hub(rules=[STORAGE])), *ONE_POLICY, "-o", "json", "--today", "2027-01-31"
        )
        (finding,) = result(out)["findings"]
        assert (code, err, finding["verdict"]) == (0, [], "exempt")
        assert finding["exemption"]["justification"] == "migration"
        assert finding["exemption"]["expires"] == "2027-01-31"

    def test_an_expired_one_exempts_nothing_and_is_said(self, estate, run, tmp_path):
        self.write(tmp_path, expires="2027-01-31")
        code, _, err = run("scan", estate(hub(rules=[STORAGE])), *ONE_POLICY, "--today", "2027-02-01")
        assert code == 1
        assert "expired on 2027-01-31" in err[0]

    def test_one_that_matches_nothing_is_said(self, estate, run, tmp_path):
        self.write(tmp_path)
        code, _, err = run("scan", estate(hub(rules=[CLEAN])), *ONE_POLICY)
        assert code == 0
        assert "matches no finding" in err[0]

    def test_an_exemption_of_an_unknown_policy_is_an_error(self, estate, run, tmp_path):
        self.write(tmp_path, policy="fqdn-no-storage")
        code, _, err = run("scan", estate(hub()))
        assert code == 2
        assert "did you mean" in err[0]

    def test_an_unknown_verdict_can_be_exempted(self, estate, run, tmp_path):
        self.write(tmp_path, item="n")
        code, out, _ = run(
            "scan", estate(hub(rules=[("n", "FQDN", 7)])), *ONE_POLICY, "-o", "json", "--fail-on-unknown"
        )
        assert (code, result(out)["findings"][0]["verdict"]) == (0, "exempt")


def test_one_hub_with_one_mistake_gives_one_finding(estate, run):
    mistakes = {
        "fqdn-no-azure-storage": ("r", "FQDN", "data1.blob.core.windows.net"),
        "fqdn-no-overbroad-wildcard": ("r", "FQDN", "*.windows.net"),
        "fqdn-ports-80-443-only": ("r", "FQDN", "git.contoso.com:22"),
    }
    network = {"isolationMode": "AllowOnlyApprovedOutbound", "firewallSku": "Standard"}
    for policy, rule in mistakes.items():
        closed = {"managedNetwork": network, "publicNetworkAccess": "Disabled"}
        one = hub(rules=[rule], properties=closed)
        _, out, _ = run("scan", estate(one), "-o", "json", "--ignore", "required-*")
        failing = [finding for finding in result(out)["findings"] if finding["verdict"] == "fail"]
        assert [finding["policy"] for finding in failing if finding["severity"] != "info"] == [policy]


def test_a_quiet_scan_says_nothing_but_errors(estate, run):
    assert run("scan", estate(hub(), hub()), "-q", *ONE_POLICY)[2] == []


def test_the_result_is_complete_json_of_the_contract(estate, run):
    _, out, _ = run("scan", estate(hub(rules=[STORAGE])), "-o", "json")
    assert list(result(out))[:10] == [
        "result",
        "tool",
        "started_at",
        "finished_at",
        "sources",
        "complete",
        "summary",
        "policies",
        "hubs",
        "findings",
    ]
    assert result(out)["started_at"] == "2026-11-02T05:17:00Z"
    assert snapshot()["collected_at"] == result(out)["finished_at"]


def test_members_that_nothing_tells_apart_are_counted_as_they_are_listed(estate, run):
    """Lists keep what is there twice: a page that was read again must not make a result that contradicts itself."""
    lines = [json.loads(line) for line in ESTATE.read_text().splitlines()]
    doubled = [
        {name: value * 2 if isinstance(value, list) else value for name, value in line["hub"].items()}
        for line in lines
        if "hub" in line
    ]
    path = estate(*doubled)
    run("scan", path, "-q", "-o", "json=out.json")
    found = json.loads(Path("out.json").read_text())
    listed = Counter(finding["verdict"] for finding in found["findings"])
    assert listed["fail"] > 10
    for verdict in ("fail", "unknown", "exempt"):
        assert found["summary"]["verdicts"][verdict] == listed[verdict]
    assert run("scan", path, "-q", "--baseline", "out.json")[0] in (0, 3)


def test_a_file_that_names_hubs_nobody_could_read_is_incomplete_and_no_empty_one(tmp_path, run):
    module = "module hub './missing.bicep' = {\n  name: 'hub'\n}\n"
    denied = {"subject": "/subscriptions/00000000-0000-0000-0000-000000000001", "reason": "forbidden"}
    snapshot = {"snapshot": "hubscan/v1", "hubs": [], "gaps": [denied]}
    for name, text in (("main.bicep", module), ("estate.json", json.dumps(snapshot))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        code, out, err = run("scan", path, "-o", "json")
        assert (code, len(json.loads(out)["gaps"])) == (3, 1)
        assert "nothing to scan" not in err


@pytest.mark.parametrize(
    "secret", ["sig=s3cr3tS1gnature", "Bearer s3cr3tS1gnature0123", "eyJs3cr3t.S1gnature.x"]
)
def test_no_secret_leaves_the_reading_wherever_it_was_left(estate, run, secret):
    url = f"https://contoso.com/data?a={secret}"
    connection = {"name": "c", "properties": {"target": url, "note": f"Authorization: {secret}"}}
    rule = (url if secret.startswith("sig=") else "a rule", "FQDN", "x.blob.core.windows.net")
    gap = {"subject": "x", "reason": "failed", "code": url, "detail": url}
    name = estate(hub(rules=[rule], connections=[connection], gaps=[gap]))
    for command in (("scan", name, "-o", "json"), ("scan", name), ("show", name)):
        _, out, err = run(*command)
        assert "contoso.com/data" in out + "".join(err)
        assert "S1gnature" not in out + "".join(err)


@pytest.mark.parametrize("form", [*FORMATS, "html", "junit", "csv", "ocsf", "github"])
def test_no_report_on_standard_output_is_a_command_to_a_build_server(estate, run, form):
    hostile = "a\n::error::b\n  ##[error]c ##VSO[task.complete]d"
    name = estate({**hub(rules=[(hostile, "FQDN", "a.blob.core.windows.net")]), "name": hostile})
    code, out, _ = run("scan", name, "--select", "fqdn-no-azure-storage", "-o", form)
    assert code == 1
    assert not re.search(r"##(?:\[|vso\[)", out, re.IGNORECASE)
    if form != "github":
        assert not re.search(r"^\s*::", out, re.MULTILINE)
    if form in ("json", "jsonl"):
        assert (json.loads(out)["findings"][0] if form == "json" else json.loads(out))["item"] == hostile


STRANGERS = {
    "package.json": '{"type": "module"}',
    "tsconfig.json": '{\n  // as tools like it\n  "a": 1,\n}',
    "compose.yaml": "services: {}\n",
    "README.md": "# Hubs\n",
}
"""What is among the files of a commit."""


def test_among_the_files_of_a_change_those_of_another_kind_are_passed_over(estate, run, tmp_path):
    name = estate(hub(rules=[STORAGE]))
    for stranger, text in STRANGERS.items():
        (tmp_path / stranger).write_text(text)
        assert run("scan", stranger)[0] == 2
        assert run("scan", stranger, "--allow-empty")[0] == 0
    code, out, _ = run("scan", *STRANGERS, name, "--allow-empty", "--against", name, "-o", "json")
    assert (code, json.loads(out)["complete"]) == (0, True)
    assert run("scan", *STRANGERS, name, "--allow-empty")[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"snapshot": "hubscan/v1", "hubs": [',
        '{"id": "/subscriptions/s/providers/Microsoft.MachineLearningServices/workspaces/w", "propert',
        "[" * 5000,
    ],
)
def test_what_may_be_ours_is_no_other_kind(estate, run, tmp_path, text):
    estate(hub())
    (tmp_path / "saved.json").write_text(text)
    assert run("scan", "saved.json", "--allow-empty")[0] == 3
