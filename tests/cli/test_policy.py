"""``hubscan policy``: the author's side."""

from __future__ import annotations

import errno
import json
import os

import jsonschema_rs
import pytest
from hubs import hub

from scanner import policies, positions, schema
from scanner.bundled import bundled

BUNDLED = policies.load()

MINE = """\
id: no-contoso
title: No rule to contoso.com
severity: low
each: fqdn_hosts(hub)
require: item.host != 'contoso.com'
message: "'{item.name}' reaches {item.host}"
examples:
  pass: [{kind: Hub, outboundRules: []}]
  fail:
    - kind: Hub
      outboundRules: [{name: a, properties: {type: FQDN, destination: contoso.com}}]
      expect: [a]
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(change=lambda text: text, name="no-contoso.yaml"):
        (tmp_path / name).write_text(change(MINE))
        return name

    return write


@pytest.mark.parametrize("policy", BUNDLED, ids=lambda policy: policy.card.id)
def test_a_bundled_policy_does_what_its_examples_say(run, policy):
    code, out, _ = run("policy", "test", policy.path)
    assert code == 0, out


@pytest.mark.parametrize("policy", BUNDLED, ids=lambda policy: policy.card.id)
def test_a_bundled_policy_is_complete(policy):
    card = policy.card
    assert set(card.remediation) == {"text", "azure_cli", "azureml_yaml", "bicep", "terraform"}
    assert card.references
    assert {control.framework for control in card.controls} >= {"MCSB", "NIST SP 800-53", "ISO/IEC 27001"}
    assert len(card.description) > 100
    assert {example.verdict for example in policy.examples} >= {"pass", "fail", "unknown"}


def test_the_list_names_every_policy(run):
    code, out, _ = run("policy", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [policy.card.id for policy in BUNDLED]


def test_one_policy_is_shown_with_what_it_judges(run):
    code, out, _ = run("policy", "show", "fqdn-no-azure-storage")
    assert code == 0
    assert "storage_match(item.host)" in out
    assert "az ml workspace outbound-rule remove" in out


def test_a_policy_that_is_not_there_is_one_line(run):
    assert run("policy", "show", "fqdn-no-storag")[0] == 2


def test_a_policy_of_ones_own_is_tested_and_used(run, mine, tmp_path):
    assert run("policy", "test", mine())[0] == 0
    (tmp_path / "estate.json").write_text(
        json.dumps(
            {"snapshot": "hubscan/v1", "hubs": [hub(rules=[("r", "FQDN", "contoso.com, b.contoso.com")])]}
        )
    )
    code, out, _ = run(
        "scan", "estate.json", "-p", mine(), "--select", "no-contoso", "--fail-on", "low", "-o", "json"
    )
    assert code == 1
    assert [finding["message"] for finding in json.loads(out)["findings"]] == ["'r' reaches contoso.com"]


def test_a_new_policy_passes_its_own_test(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("policy", "new", "my-own-policy")[0] == 0
    assert run("policy", "test", "my-own-policy.yaml")[0] == 0
    assert run("policy", "new", "my-own-policy")[0] == 2
    assert run("policy", "new", "My Policy")[0] == 2


def test_the_schema_is_printed(run):
    code, out, _ = run("policy", "schema")
    assert (code, json.loads(out)["title"]) == (0, "hubscan policy, version 1")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("severity: low", "severity: lwo"),
            "no-contoso.yaml:3:11: 'severity' is 'lwo', not one of critical, high, medium, low, info (did you mean 'low'?)",
        ),
        (("each:", "eech:"), "no-contoso.yaml:4:1: unknown key 'eech' (did you mean 'each'?)"),
        (("fqdn_hosts(hub)", "fqdn_host(hub)"), "no-contoso.yaml:4:7: 'each': "),
        (("fqdn_hosts(hub)", "fqdn_hosts(hub, hub)"), "no-contoso.yaml:4:7: 'each': "),
        (("item.host !=", "item.host !=="), "no-contoso.yaml:5:"),
        (("title: No", "id: x\ntitle: No"), "no-contoso.yaml:2:1: duplicate key 'id' (first at line 1)"),
        (
            ("id: no-contoso", "id: contoso"),
            "no-contoso.yaml:1:5: id is 'contoso', yet the file is called 'no-contoso'",
        ),
        (("{item.host}", "{item.host"), "no-contoso.yaml:6:"),
    ],
)
def test_a_mistake_is_told_with_its_place(run, mine, change, problem):
    code, _, err = run("policy", "validate", mine(lambda text: text.replace(*change)))
    assert code == 2
    assert any(problem in line for line in err), err


def test_one_bad_policy_hides_no_error_of_another(run, mine):
    mine(lambda text: text.replace("severity: low", "severity: x").replace("each", "eech"))
    mine(lambda text: text.replace("no-contoso", "other").replace("low", "y"), "other.yaml")
    code, _, err = run("policy", "validate", ".")
    assert code == 2
    assert len(err) >= 3


def test_a_policy_without_a_failing_example_does_not_pass_its_test(run, mine):
    code, out, _ = run("policy", "test", mine(lambda text: text[: text.index("  fail:")]))
    assert code == 1
    assert "a policy must show that it can fail" in out


def test_an_example_that_is_judged_otherwise_is_shown(run, mine):
    code, out, _ = run("policy", "test", mine(lambda text: text.replace("expect: [a]", "expect: [b]")))
    assert code == 1
    assert out.splitlines()[1:] == [
        "FAILED  no-contoso        1      0/1        -        -",
        "        fail[0]: it is fail, yet for other items (- expected, + found):",
        "          + a",
        "          - b",
        "0 of 1 policies do what their examples say",
    ]


def test_yielding_in_a_circle_is_an_error(run, mine):
    mine(lambda text: text + "yields_to: [other]\n")
    mine(lambda text: text.replace("no-contoso", "other") + "yields_to: [no-contoso]\n", "other.yaml")
    code, _, err = run("policy", "validate", ".")
    assert code == 2
    assert "goes round in a circle: no-contoso -> other -> no-contoso" in err[0]


def test_yielding_to_nobody_is_an_error_with_a_hint(run, mine):
    code, _, err = run("policy", "validate", mine(lambda text: text + "yields_to: [fqdn-no-azure-storag]\n"))
    assert code == 2
    assert "did you mean 'fqdn-no-azure-storage'?" in err[0]


def test_what_a_policy_says_commands_neither_a_terminal_nor_a_build_server(run, mine):
    hostile = '"\\e[31m##vso[task.complete]"\ndescription: |\n  Why.\n  ::error::x'
    name = mine(lambda text: text.replace("No rule to contoso.com", hostile))
    for arguments in (["list"], ["show", "no-contoso"]):
        code, out, _ = run("policy", *arguments, "-p", name)
        assert code == 0
        assert "no-contoso" in out
        assert not any(sign in out for sign in ("\x1b", "##vso[", "\n::"))


def test_an_alias_bomb_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    (tmp_path / "bomb.yaml").write_text("\n".join(rows))
    code, _, err = run("policy", "validate", "bomb.yaml")
    assert (code, len(err)) == (2, 1)


def test_an_empty_folder_has_no_policy(run, tmp_path):
    assert run("policy", "test", tmp_path)[0] == 2


def test_the_policies_of_a_folder_are_the_files_below_it_by_path(run, mine, tmp_path):
    for name in ("b/z", "b/a", "b-c/d", "b/data/table", "data/e", ".hidden", "b.yaml/f"):
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        mine(name=f"own/{name}.yaml")
    for name in ("hubscan.yaml", "b/hubscan.yaml", ".yaml", "notes.txt", "b/copy.yaml~"):
        (tmp_path / "own" / name).write_text("no policy")
    (tmp_path / "elsewhere").mkdir()
    mine(name="elsewhere/linked.yaml")
    (tmp_path / "own/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "own/link.yml").symlink_to(tmp_path / "elsewhere/linked.yaml")
    read = [".hidden.yaml", "b/a.yaml", "b/z.yaml", "b-c/d.yaml", "b.yaml/f.yaml", "link.yml"]
    for folder, prefix in (("own", "own/"), ("./own/", "own/"), (tmp_path / "own", f"{tmp_path}/own/")):
        code, _, err = run("policy", "validate", folder)
        wrong = [line.removeprefix("hubscan: error: ").partition(":")[0] for line in err]
        assert (code, wrong) == (2, [prefix + name for name in read]), "each is called otherwise than its id"


def test_a_folder_of_which_not_all_can_be_looked_at_is_no_folder_of_policies(
    run, mine, tmp_path, monkeypatch
):
    mine()
    (tmp_path / "closed").mkdir()
    look = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert run("policy", "test", ".") == (2, "", ["hubscan: error: closed: Permission denied"])


@pytest.mark.parametrize("policy", BUNDLED, ids=lambda policy: policy.card.id)
def test_a_policy_file_is_valid_by_the_published_schema(policy):
    text = (bundled("policies") / policy.path.rpartition("/")[2]).read_bytes()
    jsonschema_rs.Draft202012Validator(schema.published("policy-v1")).validate(
        positions.load(text, policy.path).data
    )


def test_policies_are_listed_by_the_controls_of_a_framework(run):
    code, out, err = run("policy", "list", "--framework", "nist")
    lines = out.splitlines()
    assert (code, err) == (0, [])
    assert lines[0].startswith("NIST SP 800-53 r5: ")
    numbers = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("    ")]
    assert numbers.index("SC-7") < numbers.index("SC-7(3)") < numbers.index("SC-7(10)")
    at = lines.index("  SC-7(10)  Boundary Protection | Prevent Exfiltration")
    assert any(line.split()[:2] == ["fqdn-no-azure-storage", "high"] for line in lines[at + 1 :])


def test_a_policy_of_ones_own_is_listed_by_its_own_framework(run, tmp_path):
    (tmp_path / "own.yaml").write_text(
        "id: own\ntitle: Own\nseverity: low\nrequire: '`true`'\n"
        "controls: [{framework: Contoso, version: 1, control: N-1}]\n"
    )
    code, out, _ = run("policy", "list", "--framework", "contoso", "-p", tmp_path)
    assert (code, out.splitlines()) == (0, ["Contoso 1", "  N-1", "    own  low       Own"])


def test_a_framework_that_no_policy_names_is_an_error_with_a_hint(run):
    code, out, (line,) = run("policy", "list", "--framework", "NSIT")
    assert (code, out) == (2, "")
    assert line.endswith("(did you mean 'NIST'?)")


def test_show_names_the_controls_of_a_policy(run):
    _, out, _ = run("policy", "show", "diagnostics-enabled")
    assert "  MCSB v1 LT-3  Enable logging for security investigation" in out.splitlines()
