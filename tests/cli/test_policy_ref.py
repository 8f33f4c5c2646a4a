"""``scan --policy-ref``: a change cannot loosen what it is judged by."""

from __future__ import annotations

import json

import pytest
from cli.test_against import BLOBS, Repository, hub

POLICY = ("--select", "fqdn-no-azure-storage", "--today", "2026-11-23")
EXEMPTION = """\
exemptions:
  - policy: fqdn-no-azure-storage
    hub: hub1
    justification: a partner
    approved_by: Alex
"""
OWN = """\
id: {name}
title: No host but ours
severity: high
category: fqdn
description: Why.
each: hub.outboundRules
require: ends_with(item.properties.destination, '{ending}')
message: "Rule '{{item.name}}' leads elsewhere"
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    made = Repository(tmp_path / "it's a repo")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def judged(run):
    """Scans by the policies of main: exit code, verdicts by policy, notices, lines of standard error."""

    def call(*arguments, path="."):
        code, out, err = run("scan", path, "--policy-ref", "main", *arguments, "-o", "json")
        document = json.loads(out) if out else {"findings": [], "notices": []}
        verdicts = {one["policy"]: one["verdict"] for one in document["findings"]}
        return code, verdicts, document["notices"], err

    return call


def test_an_exemption_that_the_change_adds_exempts_nothing_and_is_shown(repository, judged):
    repository.commit(hub_yml=hub(BLOBS))
    repository.write(hubscan_yaml=EXEMPTION)
    code, verdicts, notices, err = judged(*POLICY)
    assert (code, verdicts) == (1, {"fqdn-no-azure-storage": "fail"})
    told = (
        "beside main: hubscan.yaml:2:13 adds the exemption of fqdn-no-azure-storage for 'hub1'"
        " (waiver approved by Alex: a partner), which exempts nothing here"
    )
    assert told in notices
    assert f"hubscan: {told}" in err


def test_one_that_it_takes_away_still_exempts_and_is_shown(repository, judged):
    repository.commit(hub_yml=hub(BLOBS), hubscan_yaml=EXEMPTION)
    (repository.root / "hubscan.yaml").unlink()
    code, verdicts, notices, _ = judged(*POLICY)
    assert (code, verdicts) == (0, {"fqdn-no-azure-storage": "exempt"})
    assert [one for one in notices if "is taken away, and still exempts here" in one]


def test_the_configuration_is_that_of_the_ref(repository, judged):
    repository.commit(hub_yml=hub(BLOBS), hubscan_yaml="fail_on: high\nselect: [fqdn-no-azure-storage]\n")
    repository.write(hubscan_yaml="fail_on: never\nselect: [isolation-mode-no-downgrade]\nignore: [fqdn-*]\n")
    code, verdicts, notices, _ = judged()
    assert (code, verdicts) == (1, {"fqdn-no-azure-storage": "fail"})
    assert notices == [
        f"beside main: hubscan.yaml has another '{key}', which does not count here"
        for key in ("select", "ignore", "fail_on")
    ]


@pytest.mark.parametrize("by", ["option", "configuration", "absolute"])
def test_policies_of_the_repository_are_those_of_the_ref(repository, judged, by):
    config = "policies: [rules]\n" if by == "configuration" else "fail_on: low\n"
    folder = str(repository.root / "rules") if by == "absolute" else "rules"
    given = () if by == "configuration" else ("-p", folder)
    text = OWN.format(name="own-hosts", ending="contoso.com")
    other = OWN.format(name="other-hosts", ending=".com")
    repository.write(**{"rules__own-hosts_yaml": text, "rules__other-hosts_yaml": other})
    repository.commit(hub_yml=hub(), hubscan_yaml=config)
    repository.write(
        **{"rules__own-hosts_yaml": text.replace("'contoso.com'", "''"), "rules__more_yaml": "id: ["}
    )
    (repository.root / "rules" / "other-hosts.yaml").unlink()
    code, verdicts, notices, _ = judged("--no-bundled-policies", *given)
    assert (code, verdicts) == (1, {"own-hosts": "fail"})
    assert notices == [
        "beside main: policy rules/more.yaml is new: it judges nothing here",
        "beside main: policy rules/other-hosts.yaml is gone: it judges as it was",
        "beside main: policy rules/own-hosts.yaml is changed: it judges as it was",
    ]


def test_policies_from_outside_of_the_repository_are_as_they_are(repository, judged, tmp_path):
    repository.commit(hub_yml=hub())
    outside = tmp_path / "rules"
    outside.mkdir()
    (outside / "own-hosts.yaml").write_text(OWN.format(name="own-hosts", ending="contoso.com"))
    code, verdicts, notices, _ = judged("-p", "../rules", "--no-bundled-policies")
    assert (code, verdicts, notices) == (1, {"own-hosts": "fail"}, [])


def test_a_folder_of_policies_that_the_ref_has_not_judges_nothing_yet(repository, judged):
    repository.commit(hub_yml=hub(BLOBS))
    repository.write(**{"rules__own-hosts_yaml": OWN.format(name="own-hosts", ending="contoso.com")})
    code, verdicts, notices, _ = judged("-p", "rules", *POLICY)
    assert (code, verdicts) == (1, {"fqdn-no-azure-storage": "fail"})
    assert notices == ["beside main: policy rules/own-hosts.yaml is new: it judges nothing here"]


COMMENT = "# hubscan:ignore fqdn-no-azure-storage the account of a partner\n"


def test_a_comment_that_the_change_adds_exempts_nothing_and_is_shown(repository, judged):
    repository.commit(hub_yml=hub(BLOBS))
    repository.write(hub_yml=hub("  " + COMMENT, BLOBS))
    code, verdicts, notices, _ = judged(*POLICY)
    assert (code, verdicts) == (1, {"fqdn-no-azure-storage": "fail"})
    assert notices == [
        (
            "hub.yml:8: the comment that would exempt fqdn-no-azure-storage (the account of a partner) is new,"
            " and exempts nothing here"
        )
    ]


def test_policies_that_are_nowhere_are_a_mistake(repository, judged):
    repository.commit(hub_yml=hub())
    code, _, _, err = judged("-p", "nowhere")
    assert (code, err) == (2, ["hubscan: error: main: nowhere: no such file or folder"])


def test_a_comment_that_was_there_counts_wherever_its_line_has_moved(repository, judged):
    repository.commit(hub_yml=hub("  " + COMMENT, BLOBS))
    repository.write(hub_yml="# a title\n" + hub("  " + COMMENT, BLOBS).replace("\n", "\r\n"))
    code, verdicts, notices, _ = judged(*POLICY)
    assert (code, verdicts, notices) == (0, {"fqdn-no-azure-storage": "exempt"}, [])


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(
            ("  " + COMMENT, BLOBS.replace("data.blob", "more.blob")), id="another destination under it"
        ),
        pytest.param(("  " + COMMENT.replace("partner", "friend"), BLOBS), id="another reason"),
    ],
)
def test_a_comment_does_not_vouch_for_something_else(repository, judged, now):
    repository.commit(hub_yml=hub("  " + COMMENT, BLOBS))
    repository.write(hub_yml=hub(*now))
    assert judged(*POLICY)[:2] == (1, {"fqdn-no-azure-storage": "fail"})


def test_a_configuration_is_looked_for_from_the_working_directory_up(repository, judged, monkeypatch):
    repository.commit(
        infra__hub_yml=hub(BLOBS), hubscan_yaml="fail_on: never\n", infra__hubscan_yaml=EXEMPTION
    )
    (repository.root / "infra" / "hubscan.yaml").unlink()
    monkeypatch.chdir(repository.root / "infra")
    assert judged(*POLICY)[:2] == (0, {"fqdn-no-azure-storage": "exempt"})


def test_a_named_configuration_is_that_of_the_ref(repository, judged, tmp_path):
    repository.commit(hub_yml=hub(BLOBS), ci__mine_yaml=EXEMPTION)
    repository.write(ci__mine_yaml="fail_on: low\n")
    assert judged(*POLICY, "--config", "ci/mine.yaml")[0] == 0
    outside = tmp_path / "outside.yaml"
    outside.write_text(EXEMPTION)
    assert judged(*POLICY, "--config", str(outside))[0] == 0
    repository.write(ci__new_yaml=EXEMPTION)
    code, _, _, err = judged(*POLICY, "--config", "ci/new.yaml")
    assert (code, err) == (2, ["hubscan: error: main: ci/new.yaml: no such file"])


def test_what_is_wrong_at_the_ref_or_in_the_work_tree_is_told_with_its_place(repository, judged):
    repository.commit(hub_yml=hub(BLOBS), hubscan_yaml="fail_on: hgh\n")
    repository.write(hubscan_yaml="fail_on: high\n")
    code, _, _, err = judged(*POLICY)
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("hubscan: error: main: hubscan.yaml:1:10: 'fail_on' is 'hgh'")
    repository.commit()
    repository.write(hubscan_yaml="fail_on: hhh\n")
    code, _, _, err = judged(*POLICY)
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("hubscan: error: hubscan.yaml:1:10: 'fail_on' is 'hhh'")


def test_a_change_hides_no_code_behind_a_gitignore(repository, judged):
    repository.commit(hub_yml=hub())
    repository.write(infra__hidden_yml=hub(BLOBS))
    repository.git("add", "-A")
    repository.write(_gitignore="infra/\n*.log\n", build_log="x")
    assert judged(*POLICY) == (1, {"fqdn-no-azure-storage": "fail"}, [], [])


def test_against_and_policy_ref_go_together(repository, judged):
    repository.commit(hub_yml=hub(BLOBS))
    repository.write(hub_yml=hub(BLOBS), hubscan_yaml=EXEMPTION)
    code, verdicts, _, _ = judged(*POLICY, "--against", "main")
    assert (code, verdicts) == (0, {"fqdn-no-azure-storage": "fail"})


def test_a_ref_that_is_none_is_one_line(repository, run):
    repository.commit(hub_yml=hub())
    code, _, err = run("scan", ".", "--policy-ref", "nowhere")
    assert (code, len(err)) == (2, 1)
    assert err[0].startswith("hubscan: error: --policy-ref nowhere: no such ref in ")
