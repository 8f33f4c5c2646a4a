"""``scan --against REF``: a pull request judged beside what is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from test_line_hash import rolled

from scanner.revisions import git

FILE = """\
kind: hub
name: {name}
managed_network:
  isolation_mode: allow_only_approved_outbound
  outbound_rules:
  - {{name: docs, type: fqdn, destination: learn.microsoft.com}}
{rules}"""
BLOBS = "  - {name: blobs, type: fqdn, destination: data.blob.core.windows.net}\n"
MORE = "  - {name: more, type: fqdn, destination: more.blob.core.windows.net}\n"
POLICY = ("--select", "fqdn-no-azure-storage")
AUTHOR = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@contoso.com", "GIT_COMMITTER_NAME": "A"}
AUTHOR |= {
    "GIT_COMMITTER_EMAIL": "a@contoso.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def hub(*rules, name="hub1"):
    return FILE.format(name=name, rules="".join(rules))


class Repository:
    """A repository in a folder, with one branch."""

    def __init__(self, root):
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **AUTHOR}
        )
        return done.stdout.strip()

    def write(self, **files):
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, **files):
        self.write(**files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    made = Repository(tmp_path / "it's a repo")
    monkeypatch.chdir(made.root)
    return made


def result(out):
    return json.loads(out)


def states(out):
    return {(one["hub"]["name"], one["item"]): one["baseline"] for one in result(out)["findings"]}


def test_only_what_the_change_brings_counts(repository, run):
    repository.commit(infra__hub_yml=hub(BLOBS))
    repository.git("switch", "-q", "-c", "work")
    repository.commit(infra__hub_yml=hub(BLOBS), readme_md="text")
    code, out, _ = run("scan", "infra", "--against", "main", *POLICY, "-o", "json")
    assert (code, states(out)) == (0, {("hub1", "blobs"): "known"})
    repository.write(infra__hub_yml=hub(MORE))
    code, out, _ = run("scan", "infra", "--against", "main", *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "more"): "new"})
    found = result(out)["baseline"]
    assert found["sources"] == ["main"]
    assert [one["item"] for one in found["findings"]] == ["blobs"]
    assert [(one["item"], one["change"], one["opens"], one["closes"]) for one in result(out)["changes"]] == [
        ("more", "added", ["more.blob.core.windows.net"], []),
        ("blobs", "removed", [], ["data.blob.core.windows.net"]),
    ]


def test_what_git_tracks_although_it_is_ignored_was_there_before_as_well(repository, run):
    repository.write(_gitignore="infra/\n")
    repository.write(infra__hub_yml=hub(BLOBS))
    repository.git("add", "-f", "infra/hub.yml")
    repository.commit()
    repository.git("switch", "-q", "-c", "work")
    code, out, _ = run("scan", ".", "--against", "main", *POLICY, "-o", "json")
    assert (code, states(out)) == (0, {("hub1", "blobs"): "known"})


def test_a_rule_that_was_wrong_and_is_wrong_in_another_way_is_news(repository, run):
    def wide(tag):
        destination = f"{{service_tag: {tag}, protocol: TCP, port_ranges: '443'}}"
        return f"  - {{name: wide, type: service_tag, destination: {destination}}}\n"

    policy = ("--select", "service-tag-no-internet-equivalent")
    repository.commit(hub_yml=hub(wide("AzureCloud")))
    assert run("scan", ".", "--against", "HEAD", *policy)[0] == 0
    repository.write(hub_yml=hub(wide("Internet")))
    code, out, _ = run("scan", ".", "--against", "HEAD", *policy, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "wide"): "new"})
    found = result(out)["baseline"]
    assert (found["before"], found["known"], found["fixed"], found["unjudged"]) == (1, 0, 0, 0)


@pytest.mark.parametrize("name", ["HEAD~1", "main~1", "v1", "{sha}", "refs/heads/old", "refs/tags/v1"])
def test_any_name_of_a_commit_will_do(repository, run, name):
    sha = repository.commit(hub_yml=hub(BLOBS))
    repository.git("tag", "v1")
    repository.git("branch", "old")
    repository.commit(hub_yml=hub(BLOBS, MORE))
    code, out, _ = run("scan", ".", "--against", name.format(sha=sha), *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "blobs"): "known", ("hub1", "more"): "new"})


def test_policies_of_transitions_judge_base_to_head(repository, run):
    repository.commit(hub_yml=hub())
    repository.write(hub_yml=hub().replace("allow_only_approved_outbound", "allow_internet_outbound"))
    code, out, _ = run("scan", ".", "--against", "HEAD", "--select", "isolation-mode-no-downgrade")
    assert code == 1
    assert "\nhub.yml:4:3: critical isolation-mode-no-downgrade: new: The managed network goes from " in out


def test_it_is_the_same_from_anywhere_and_by_any_way_of_writing_the_path(
    repository, run, monkeypatch, tmp_path
):
    repository.commit(infra__deep__hub_yml=hub(BLOBS))
    repository.write(infra__deep__hub_yml=hub(BLOBS, MORE))
    root = repository.root
    for folder, path in (
        (root, "infra"),
        (root, "./infra/"),
        (root, str(root / "infra")),
        (root, "infra/deep/hub.yml"),
        (root / "infra", "."),
        (root / "infra" / "deep", ".."),
        (root / "infra" / "deep", "hub.yml"),
        (tmp_path, os.path.relpath(root / "infra", tmp_path)),
        (tmp_path, str(root)),
    ):
        monkeypatch.chdir(folder)
        code, out, _ = run("scan", path, "--against", "HEAD", *POLICY, "-o", "json")
        assert (code, states(out)) == (1, {("hub1", "blobs"): "known", ("hub1", "more"): "new"}), (
            folder,
            path,
        )
        assert {one["artifact"]["path"] for one in result(out)["findings"]} == {"infra/deep/hub.yml"}
        assert str(tmp_path / "hubscan-") not in out


def test_a_hub_that_is_new_and_one_that_is_gone_are_said(repository, run):
    repository.commit(old_yml=hub(BLOBS, name="old"))
    (repository.root / "old.yml").unlink()
    repository.write(new_yml=hub(BLOBS, name="new"))
    code, out, err = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("new", "blobs"): "new"})
    assert (result(out)["baseline"]["fixed"], result(out)["baseline"]["unjudged"]) == (0, 1)
    assert {(one["hub"]["name"], one["change"]) for one in result(out)["changes"]} == {
        ("old", "removed"),
        ("new", "added"),
    }
    assert any("old: the state after has no such hub" in line for line in err)


def test_a_path_that_was_not_there_has_nothing_before(repository, run):
    repository.commit(readme_md="text")
    repository.write(infra__hub_yml=hub(BLOBS))
    code, out, _ = run("scan", "infra", "--against", "HEAD", *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "blobs"): "new"})


def test_line_ends_of_windows_make_no_difference(repository, run):
    repository.git("config", "core.autocrlf", "false")
    repository.commit(hub_yml=hub(BLOBS))
    repository.write(hub_yml=hub(BLOBS).replace("\n", "\r\n"))
    code, out, _ = run("scan", ".", "--against", "HEAD", "-o", "json", *POLICY)
    assert (code, states(out)) == (0, {("hub1", "blobs"): "known"})
    assert result(out)["changes"] == []


def test_code_beside_the_path_is_there_as_well(repository, run):
    parameters = {"parameters": {"mode": {"value": "AllowOnlyApprovedOutbound"}}}
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"mode": {"type": "string"}},
        "resources": [
            {
                "type": "Microsoft.MachineLearningServices/workspaces",
                "apiVersion": "2024-10-01",
                "name": "hub1",
                "kind": "Hub",
                "location": "westeurope",
                "properties": {"managedNetwork": {"isolationMode": "[parameters('mode')]"}},
            }
        ],
    }
    repository.commit(main_json=json.dumps(template), main_parameters_json=json.dumps(parameters))
    parameters["parameters"]["mode"]["value"] = "AllowInternetOutbound"
    repository.write(main_parameters_json=json.dumps(parameters))
    code, out, _ = run(
        "scan", "main.json", "--against", "HEAD", "--select", "isolation-mode-no-downgrade", "-o", "json"
    )
    assert code == 1
    (change,) = result(out)["changes"]
    assert change["detail"] == "AllowOnlyApprovedOutbound -> AllowInternetOutbound"


def test_what_cannot_be_read_at_the_ref_is_a_gap_that_names_it(repository, run):
    repository.commit(hub_yml=hub(), broken_json='{"snapshot": "hubscan/v1", "hubs": [')
    (repository.root / "broken.json").unlink()
    code, out, _ = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "json")
    assert code == 3
    assert [gap["subject"].split(":")[:2] for gap in result(out)["gaps"]] == [["HEAD", "broken.json"]]


def test_nothing_of_the_repository_is_touched_and_nothing_of_it_is_run(repository, run, tmp_path):
    repository.commit(
        hub_yml=hub(BLOBS), _gitattributes="*.yml filter=evil export-subst\nhub.yml export-ignore\n"
    )
    trap = tmp_path / "trap"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {trap}\nexit 0\n")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "filter.evil.smudge",
        "filter.evil.clean",
        "core.pager",
        "core.sshCommand",
    ):
        repository.git("config", name, str(program))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit"):
        shutil.copy(program, hooks / hook)
    repository.git("config", "core.hooksPath", str(hooks))
    trap.unlink(missing_ok=True)
    repository.write(hub_yml=hub(MORE), untracked_txt="x")

    def everything():
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in sorted(repository.root.rglob("*"))
        }

    before = everything()
    code, out, _ = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "more"): "new"})
    assert result(out)["baseline"]["fixed"] == 1
    assert everything() == before
    assert not trap.exists()


def test_links_and_submodules_of_the_tree_are_left_out(repository, run, tmp_path):
    secret = tmp_path / "secret.yml"
    secret.write_text(hub(BLOBS, name="secret"))
    repository.write(hub_yml=hub(), other_yml=hub(name="other"))
    os.symlink(secret, repository.root / "link.yml")
    os.symlink(tmp_path, repository.root / "folder")
    sha = repository.commit()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{sha},module")
    repository.git("commit", "-q", "-m", "a submodule")
    code, out, _ = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "json")
    assert code == 0
    assert result(out)["changes"] == []


def test_a_tree_cannot_write_outside_of_the_copy(repository, run, tmp_path):
    """Trees with such names are made by hand: git itself adds none."""
    repository.write(evil_txt=hub(name="evil"))
    blob = repository.git("hash-object", "-w", "evil.txt")
    done = subprocess.run(
        ["git", "-C", str(repository.root), "mktree", "--missing"],
        input=f"100644 blob {blob}\tescaped.yml\n",
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **AUTHOR},
    )
    raw = (
        b"40000 ..\0"
        + bytes.fromhex(done.stdout.strip())
        + b"40000 .git\0"
        + bytes.fromhex(done.stdout.strip())
    )
    tree = (
        subprocess.run(
            ["git", "-C", str(repository.root), "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
            input=raw,
            check=True,
            capture_output=True,
            env={**os.environ, **AUTHOR},
        )
        .stdout.decode()
        .strip()
    )
    sha = repository.git("commit-tree", tree, "-m", "evil")
    repository.write(hub_yml=hub(BLOBS))
    code, out, _ = run("scan", "hub.yml", "--against", sha, *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "blobs"): "new"})
    assert list(tmp_path.rglob("escaped.yml")) == []


def test_replaced_objects_do_not_pass_for_the_base(repository, run):
    first = repository.commit(hub_yml=hub())
    second = repository.commit(hub_yml=hub(BLOBS))
    repository.git("replace", first, second)
    code, out, _ = run("scan", ".", "--against", first, *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "blobs"): "new"})


def test_the_environment_of_git_does_not_lead_elsewhere(repository, run, tmp_path, monkeypatch):
    repository.commit(hub_yml=hub(BLOBS))
    other = Repository(tmp_path / "other")
    other.commit(hub_yml=hub())
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.root / ".git" / "objects"))
    assert run("scan", ".", "--against", "HEAD", *POLICY)[0] == 0


def test_a_path_comes_before_a_ref_of_its_name(repository, run):
    repository.commit(hub_yml=hub())
    repository.git("branch", "base")
    repository.write(hub_yml=hub(BLOBS), base__hub_yml=hub(BLOBS))
    _, out, err = run("scan", "hub.yml", "--against", "base", *POLICY, "-o", "json")
    told = "--against base is a path and a git ref: the path was read (refs/heads/base is the branch)"
    assert told in result(out)["notices"]
    assert f"hubscan: {told}" in err
    assert run("scan", "hub.yml", "--against", "refs/heads/base", *POLICY)[0] == 1


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("nowhere", "--against nowhere: no such file or folder, and no such ref in "),
        ("origin/main", "perhaps it was never fetched: git fetch origin main:refs/remotes/origin/main"),
        ("-x", "no name of a git ref"),
        ("--upload-pack=x", "no name of a git ref"),
        (" ", "no name of a git ref"),
        ("a\nb", "--against 'a\\nb': no name of a git ref"),
        ("\x1b[31m", "no name of a git ref"),
        ("HEAD:hub.yml", "no such ref"),
        ("HEAD..HEAD", "no such ref"),
    ],
)
def test_a_ref_that_is_none_is_one_line(repository, run, ref, told):
    repository.commit(hub_yml=hub())
    code, out, err = run("scan", ".", f"--against={ref}")
    assert (code, out, len(err)) == (2, "", 1)
    assert told in err[0]


@pytest.mark.parametrize(
    ("ref", "fetch"),
    [
        ("origin/main", "git fetch --depth=1 origin main:refs/remotes/origin/main"),
        ("HEAD~1", "git fetch --deepen=10"),
        (
            "0123456789012345678901234567890123456789",
            "git fetch --depth=1 origin 0123456789012345678901234567890123456789",
        ),
    ],
)
def test_a_shallow_clone_says_what_to_fetch(repository, run, tmp_path, monkeypatch, ref, fetch):
    repository.commit(hub_yml=hub())
    repository.commit(hub_yml=hub(BLOBS))
    repository.git("switch", "-q", "-c", "work")
    clone = tmp_path / "clone"
    address = f"file://{repository.root}".replace(" ", "%20")
    repository.git("clone", "-q", "--depth=1", "--branch", "work", address, str(clone))
    monkeypatch.chdir(clone)
    code, _, err = run("scan", ".", "--against", ref)
    assert (code, len(err)) == (2, 1)
    assert f"(the clone is shallow: {fetch}, or fetch-depth: 0 in actions/checkout)" in err[0]


def test_outside_of_a_repository_and_without_git(tmp_path, monkeypatch, run, repository):
    repository.commit(hub_yml=hub())
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "hub.yml").write_text(hub())
    code, _, err = run("scan", str(outside), "--against", "main")
    assert (code, len(err)) == (2, 1)
    assert "is in no git repository" in err[0]
    code, _, err = run("scan", ".", str(outside), "--against", "main")
    assert (code, len(err)) == (2, 1)
    assert "is not in the repository" in err[0]
    monkeypatch.setenv("PATH", str(outside))
    code, _, err = run("scan", ".", "--against", "main")
    assert (code, len(err)) == (2, 1)
    assert "git, which reads refs, is not installed" in err[0]


def test_a_repository_of_another_user_is_one_line_that_says_what_to_do(
    repository, run, monkeypatch, tmp_path
):
    repository.commit(hub_yml=hub())
    monkeypatch.setitem(git._ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    code, _, err = run("scan", ".", "--against", "HEAD")
    assert (code, len(err)) == (2, 1)
    assert "which belongs to another user (git config --global --add safe.directory '" in err[0]


def test_a_second_work_tree_is_a_repository_as_well(repository, run, monkeypatch, tmp_path):
    repository.commit(hub_yml=hub(BLOBS))
    repository.git("worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    monkeypatch.chdir(tmp_path / "second")
    code, out, _ = run("scan", ".", "--against", "main", *POLICY, "-o", "json")
    assert (code, states(out)) == (0, {("hub1", "blobs"): "known"})


def test_objects_that_are_not_in_the_clone_are_one_line(repository, run):
    repository.commit(hub_yml=hub(BLOBS))
    blob = repository.git("rev-parse", "HEAD:hub.yml")
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    code, out, err = run("scan", ".", "--against", "HEAD", *POLICY)
    assert (code, out, len(err)) == (2, "", 1)
    assert "git cannot read" in err[0]


def test_a_large_file_of_the_paths_is_read_as_well(repository, run):
    many = json.dumps({"snapshot": "hubscan/v1", "hubs": [], "gaps": [], "filling": "x" * (17 << 20)})
    repository.commit(hub_yml=hub(BLOBS), big_json=many, bin=os.urandom(3 << 20))
    code, out, _ = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "json")
    assert (code, states(out)) == (0, {("hub1", "blobs"): "known"})
    assert [one["path"] for one in result(out)["sources"]].count("HEAD:big.json") == 1


def test_a_repository_without_a_commit_is_one_line(repository, run):
    repository.write(hub_yml=hub())
    code, _, err = run("scan", ".", "--against", "HEAD")
    assert (code, len(err)) == (2, 1)
    assert "no such ref" in err[0]


def test_an_alert_of_code_scanning_stands_where_github_looks_for_it(repository, run, monkeypatch):
    repository.commit(infra__hub_yml=hub(BLOBS))
    monkeypatch.chdir(repository.root / "infra")
    _, out, _ = run("scan", ".", *POLICY, "-o", "sarif")
    (one,) = json.loads(out)["runs"][0]["results"]
    place = one["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "infra/hub.yml"}
    hashes = rolled((repository.root / "infra" / "hub.yml").read_text())
    assert one["partialFingerprints"]["primaryLocationLineHash"] == hashes[place["region"]["startLine"] - 1]
    run("scan", ".", *POLICY, "-o", "json=saved.json")
    _, again, _ = run("report", "saved.json", "-o", "sarif")
    assert again == out


def test_a_summary_tells_a_reviewer_in_one_table_what_the_change_does(repository, run):
    repository.commit(a_yml=hub(BLOBS, name="hub-a"), b_yml=hub(name="hub-b"), c_yml=hub(name="hub-c"))
    repository.write(
        a_yml=hub(MORE, name="hub-a"),
        b_yml=hub(name="hub-b").replace("allow_only_approved_outbound", "allow_internet_outbound"),
    )
    select = (*POLICY, "--select", "isolation-mode-no-downgrade")
    _, out, _ = run("scan", ".", "--against", "HEAD", *select, "-o", "markdown")
    assert out.startswith("## 2 new findings (1 critical, 1 high); beside HEAD: 0 known already, 1 fixed\n")
    table = out[
        out.index("### Before and after") : out.index("\n### ", out.index("### Before and after") + 1)
    ]
    assert table.splitlines()[:6] == [
        "### Before and after, beside `HEAD`",
        "",
        "|  | Before | After |",
        "| --- | --: | --: |",
        "| Failing findings | 1 | 2 (+2 -1) |",
        "| Egress destinations |  | +1 -1 |",
    ]
    assert (
        "| `hub-a` | 1 rule added, 1 rule removed | `more.blob.core.windows.net` | `data.blob.core.windows.net`"
        " | 1 | 1 |"
    ) in table
    assert (
        "| `hub-b` | `isolationMode`: AllowOnlyApprovedOutbound -&gt; AllowInternetOutbound |  |  | 1 | 0 |"
        in table
    )
    assert "hub-c" not in table


def test_a_change_that_touches_no_hub_says_so(repository, run):
    repository.commit(hub_yml=hub(BLOBS))
    code, out, _ = run("scan", ".", "--against", "HEAD", *POLICY, "-o", "markdown")
    assert code == 0
    assert out.startswith("## Nothing new fails; beside HEAD: 1 known already, 0 fixed")
    assert "No hub is touched." in out


@pytest.mark.parametrize(
    ("start", "path", "against"),
    [
        (".", "head", "base"),
        (".", "./head/", "base/"),
        (".", "head/hub.yml", "base/hub.yml"),
        ("head", ".", "../base"),
        ("base", "../head", "."),
    ],
)
def test_a_state_that_lies_in_another_folder_is_that_of_the_same_code(
    tmp_path, monkeypatch, run, start, path, against
):
    for folder, text in (("base", hub(BLOBS)), ("head", hub(BLOBS, MORE))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "hub.yml").write_text(text)
    monkeypatch.chdir(tmp_path / start)
    code, out, _ = run("scan", path, "--against", against, *POLICY, "-o", "json")
    assert (code, states(out)) == (1, {("hub1", "blobs"): "known", ("hub1", "more"): "new"})
    assert result(out)["baseline"]["unjudged"] == 0
    (tmp_path / "head" / "hub.yml").write_text(hub(BLOBS))
    assert run("scan", path, "--against", against, *POLICY)[0] == 0
