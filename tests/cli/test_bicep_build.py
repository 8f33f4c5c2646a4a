"""``--bicep-build``: the values of the compiler, the lines of the source.

The compiler is a stand-in on the PATH, which answers with what the real one writes.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time

import pytest
from sources.arm.builders import nested

from scanner.cli.options import BUILDS
from scanner.sources.bicep.compiled import WISHES, compiler

HUB = """\
param mode string = 'AllowOnlyApprovedOutbound'
param location string = resourceGroup().location
var domains = ['contoso.com', 'blob.core.windows.net']

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'vault1'
  location: location
  properties: { publicNetworkAccess: 'Disabled' }
}

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub1'
  kind: 'Hub'
  location: location
  properties: {
    keyVault: vault.id
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: mode
      outboundRules: {
        first: {
          type: 'FQDN'
          destination: 'x.${domains[0]}'
        }
      }
    }
  }
}
"""
VAULT = {
    "type": "Microsoft.KeyVault/vaults",
    "apiVersion": "2023-07-01",
    "name": "vault1",
    "location": "[parameters('location')]",
    "properties": {"publicNetworkAccess": "Disabled"},
}
RULES = {"first": {"type": "FQDN", "destination": "[format('x.{0}', variables('domains')[1])]"}}


def workspace(rules=RULES, **more):
    return {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-10-01",
        "name": "hub1",
        "kind": "Hub",
        "location": "[parameters('location')]",
        "properties": {
            "keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'vault1')]",
            "publicNetworkAccess": "Disabled",
            "managedNetwork": {"isolationMode": "[parameters('mode')]", "outboundRules": rules},
        },
        **more,
    }


def template(
    resources, mode="AllowOnlyApprovedOutbound", domains=("contoso.com", "blob.core.windows.net"), **more
):
    """What the compiler writes."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": {"_generator": {"name": "bicep", "version": "0.40.2.1", "templateHash": "1"}},
        "parameters": {
            "mode": {"type": "string", "defaultValue": mode},
            "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
        },
        "variables": {"domains": list(domains)},
        "resources": resources,
        **more,
    }


COMPILED = template([VAULT, workspace()])


@pytest.fixture
def program(tmp_path_factory, monkeypatch):
    """Puts a stand-in on the PATH, in place of all others of its name; gives the folder that it lies in."""
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))

    def call(script, name="bicep"):
        path = folder / name
        path.write_text(f'#!/bin/sh\nhere="{folder}"\n{script}\n')
        path.chmod(0o755)
        return folder

    call("exit 1", "nothing")
    return call


@pytest.fixture
def compiler_that_writes(program):
    """A compiler that answers with something, and keeps its arguments and environment."""

    def call(answer, name="bicep"):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        folder = program(
            'echo "$@" >> "$here/calls"; env > "$here/env"; pwd > "$here/pwd"; cat "$here/out"', name
        )
        (folder / "out").write_text(text)
        return folder

    return call


def refusing(path, text='BCP057: The name "x" does not exist'):
    return (
        f"printf '{path}(12,7) : Error {text} [https://aka.ms/bicep/core-diagnostics#BCP057]\\n' >&2; exit 1"
    )


def verdicts(out):
    return {one["policy"]: one for one in json.loads(out)["findings"] if one["verdict"] != "pass"}


STORAGE = "fqdn-no-azure-storage"


def test_the_option_takes_what_the_reader_knows():
    assert BUILDS == WISHES


class TestValues:
    def test_are_those_of_the_compiler_and_lines_those_of_the_source(self, write, run, compiler_that_writes):
        compiler_that_writes(COMPILED)
        code, out, err = run("scan", write("main.bicep", HUB), "-o", "json")
        found = verdicts(out)[STORAGE]
        assert (code, found["verdict"], found["item"]) == (1, "fail", "first")
        assert "x.blob.core.windows.net" in found["message"]
        assert found["location"] == {"path": "infra/main.bicep", "line": 23, "column": 11, "end_line": 23}
        assert found["evidence"]["origin"].startswith("infra/main.bicep:3:")
        assert err == []

    def test_are_asked_for_with_these_words_and_nothing_is_restored(
        self, write, run, compiler_that_writes, tmp_path
    ):
        folder = compiler_that_writes(COMPILED)
        run("scan", write("main.bicep", HUB))
        path = os.path.realpath(tmp_path / "infra" / "main.bicep")
        assert (folder / "calls").read_text() == f"build {path} --stdout --no-restore\n"
        assert (folder / "pwd").read_text() == "/\n"

    def test_are_those_of_az_bicep_where_there_is_no_other(self, write, run, compiler_that_writes, tmp_path):
        folder = compiler_that_writes(COMPILED, "az")
        _, out, _ = run("scan", write("main.bicep", HUB), "-o", "json")
        path = os.path.realpath(tmp_path / "infra" / "main.bicep")
        assert STORAGE in verdicts(out)
        assert (folder / "calls").read_text() == f"bicep build --file {path} --stdout --no-restore\n"

    def test_of_what_az_brought_are_asked_for_without_az(
        self, write, run, program, monkeypatch, tmp_path_factory
    ):
        home = tmp_path_factory.mktemp("azure")
        monkeypatch.setenv("AZURE_CONFIG_DIR", str(home))
        (home / "bin").mkdir()
        (home / "bin" / "bicep").write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(COMPILED)}\nEND\n")
        (home / "bin" / "bicep").chmod(0o755)
        program("exit 3", "az")
        _, out, _ = run("scan", write("main.bicep", HUB), "-o", "json")
        assert STORAGE in verdicts(out)

    def test_are_not_asked_for_where_that_is_said(self, write, run, compiler_that_writes):
        folder = compiler_that_writes(COMPILED)
        _, out, _ = run("scan", write("main.bicep", HUB), "-o", "json", "--bicep-build", "never")
        assert STORAGE not in verdicts(out)
        assert not (folder / "calls").exists()

    def test_are_not_asked_for_of_what_has_no_hub(self, write, run, compiler_that_writes):
        folder = compiler_that_writes(COMPILED)
        write("other.bicep", HUB.partition("resource hub")[0])
        run("scan", "infra", "--allow-empty")
        assert not (folder / "calls").exists()

    def test_that_both_know_stand_where_they_do_without_the_compiler(self, write, run, compiler_that_writes):
        path = write("main.bicep", HUB)
        alone = run("show", path, "--positions", "--bicep-build", "never")
        compiler_that_writes(
            template([VAULT, workspace({"first": {"type": "FQDN", "destination": "x.contoso.com"}})])
        )
        assert run("show", path, "--positions", "--bicep-build", "always") == alone

    def test_that_the_compiler_leaves_open_are_those_of_the_source(self, write, run, compiler_that_writes):
        hub = workspace({"first": {"type": "FQDN", "destination": "[reference('x', '2024-01-01').host]"}})
        compiler_that_writes(template([VAULT, hub]))
        _, out, _ = run("show", write("main.bicep", HUB))
        assert "destination: x.contoso.com" in out

    def test_that_the_source_leaves_open_stand_where_it_does(self, write, run, compiler_that_writes):
        text = HUB.replace("'x.${domains[0]}'", "loadTextContent('host.txt')")
        compiler_that_writes(
            template(
                [VAULT, workspace({"first": {"type": "FQDN", "destination": "x.blob.core.windows.net"}})]
            )
        )
        write("host.txt", "")
        (line,) = [
            line
            for line in run("show", write("main.bicep", text), "--positions")[1].splitlines()
            if "destination:" in line
        ]
        assert line.strip() == "destination: x.blob.core.windows.net  # infra/main.bicep:23:11"

    def test_of_rules_that_only_the_compiler_sees_stand_where_the_source_has_their_map(
        self, write, run, compiler_that_writes
    ):
        text = HUB.replace("outboundRules: {", "outboundRules: reference('x').outputs.rules.value").replace(
            """
        first: {
          type: 'FQDN'
          destination: 'x.${domains[0]}'
        }
      }""",
            "",
        )
        compiler_that_writes(COMPILED)
        _, out, _ = run("scan", write("main.bicep", text), "-o", "json")
        found = verdicts(out)[STORAGE]
        assert (found["location"]["path"], found["location"]["line"]) == ("infra/main.bicep", 20)

    def test_of_each_turn_of_a_loop_stand_in_its_body(self, write, run, compiler_that_writes):
        text = (
            HUB
            + """
resource rules 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for domain in domains: {
  parent: hub
  name: 'to-${length(domain)}'
  properties: {
    type: 'FQDN'
    destination: 'x.contoso.com'
  }
}]
"""
        )
        rule = {
            "copy": {"name": "rules", "count": "[length(variables('domains'))]"},
            "type": "Microsoft.MachineLearningServices/workspaces/outboundRules",
            "apiVersion": "2024-10-01",
            "name": "[format('{0}/{1}', 'hub1', format('to-{0}', length(variables('domains')[copyIndex()])))]",
            "properties": {
                "type": "FQDN",
                "destination": "[format('x.{0}', variables('domains')[copyIndex()])]",
            },
        }
        compiler_that_writes(template([rule, VAULT, workspace({})]))
        _, out, _ = run("scan", write("main.bicep", text), "-o", "json", "--select", STORAGE)
        (found,) = [one for one in json.loads(out)["findings"] if one["verdict"] == "fail"]
        line = text.splitlines().index("    destination: 'x.contoso.com'") + 1
        assert (found["item"], found["location"]["line"]) == ("to-21", line)


class TestResources:
    def test_are_the_same_by_symbolic_name_too(self, write, run, compiler_that_writes):
        made = template({"vault": VAULT, "hub": workspace()}, languageVersion="2.0")
        made["resources"]["hub"]["properties"]["keyVault"] = (
            "[resourceId('Microsoft.KeyVault/vaults', 'vault1')]"
        )
        compiler_that_writes(made)
        _, out, _ = run("scan", write("main.bicep", HUB), "-o", "json")
        assert verdicts(out)[STORAGE]["location"]["line"] == 23

    def test_that_the_compiler_does_not_deploy_are_no_hubs(self, write, run, compiler_that_writes):
        compiler_that_writes(template([VAULT, workspace(condition=False)]))
        code, _, err = run("scan", write("main.bicep", HUB), "-v")
        assert code == 2
        assert (
            "hubscan: infra/main.bicep:11:1: Microsoft.MachineLearningServices/workspaces hub1: by the compiler it is not deployed"
            in err
        )

    def test_of_a_module_that_the_source_does_not_show_stand_where_it_is_called(
        self, write, run, compiler_that_writes
    ):
        text = "param location string\nmodule hub 'br:contoso.azurecr.io/ml/hub:1.0' = {\n  name: 'it'\n  params: { mode: 'Disabled' }\n}\n"
        inner = template([VAULT, workspace()])
        compiler_that_writes(template([nested("it", inner, parameters={"mode": "Disabled"})]))
        path = write("main.bicep", text)
        code, out, _ = run("scan", path, "-o", "json", "--select", "managed-network-isolation-enabled")
        found = verdicts(out)["managed-network-isolation-enabled"]
        assert (code, found["hub"]["name"]) == (1, "hub1")
        assert (found["location"]["path"], found["location"]["line"]) == (path, 4)
        assert json.loads(out)["gaps"] == []

    def test_of_a_module_have_its_own_lines(self, write, run, compiler_that_writes):
        write("hub.bicep", HUB)
        inner = template([VAULT, workspace()])
        compiler_that_writes(template([nested("it", inner)]))
        write("main.bicep", "module hub 'hub.bicep' = {\n  name: 'it'\n}\n")
        _, out, _ = run("scan", "infra", "-o", "json")
        found = verdicts(out)[STORAGE]
        assert (found["location"]["path"], found["location"]["line"]) == ("infra/hub.bicep", 23)

    def test_are_exempted_by_a_comment_on_their_line(self, write, run, compiler_that_writes):
        compiler_that_writes(COMPILED)
        text = HUB.replace(
            "${domains[0]}'", "${domains[0]}' // hubscan:ignore fqdn-no-azure-storage agreed upon"
        )
        _, out, _ = run("scan", write("main.bicep", text), "-o", "json")
        assert verdicts(out)[STORAGE]["verdict"] == "exempt"


class TestParameters:
    PARAMETERS = "using 'main.bicep'\n\nparam mode = readEnvironmentVariable('MODE')\n"

    def answer(self):
        blocks = {"mode": {"value": "Disabled"}}
        given = {"$schema": "x", "contentVersion": "1.0.0.0", "parameters": blocks}
        return {
            "parametersJson": json.dumps(given),
            "templateJson": json.dumps(COMPILED),
            "templateSpecId": None,
        }

    def test_of_a_file_of_parameters_are_built_with_it(self, write, run, compiler_that_writes, tmp_path):
        folder = compiler_that_writes(self.answer())
        write("main.bicep", HUB)
        write("main.bicepparam", self.PARAMETERS)
        select = ("--select", "managed-network-isolation-enabled")
        _, out, _ = run("scan", "infra", "-o", "json", *select)
        found = verdicts(out)["managed-network-isolation-enabled"]
        path = os.path.realpath(tmp_path / "infra" / "main.bicepparam")
        assert (folder / "calls").read_text() == f"build-params {path} --stdout --no-restore\n"
        assert (found["verdict"], found["location"]["path"], found["location"]["line"]) == (
            "fail",
            "infra/main.bicep",
            19,
        )
        assert found["evidence"]["origin"].startswith("infra/main.bicepparam:3:")

    def test_of_json_are_given_to_the_template_of_the_compiler(self, write, run, compiler_that_writes):
        compiler_that_writes(COMPILED)
        write("main.bicep", HUB)
        write(
            "main.parameters.json",
            json.dumps(
                {
                    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
                    "contentVersion": "1.0.0.0",
                    "parameters": {"mode": {"value": "Disabled"}},
                }
            ),
        )
        _, out, _ = run("scan", "infra", "-o", "json", "--select", "managed-network-isolation-enabled")
        assert verdicts(out)["managed-network-isolation-enabled"]["verdict"] == "fail"

    def test_may_read_what_the_command_line_allows_and_nothing_else(
        self, write, run, compiler_that_writes, monkeypatch
    ):
        monkeypatch.setenv("MODE", "Disabled")
        monkeypatch.setenv("GITHUB_TOKEN", "a-token")
        monkeypatch.setenv("AZURE_CLIENT_SECRET", "a-secret")
        folder = compiler_that_writes(self.answer())
        write("main.bicep", HUB)
        write("main.bicepparam", self.PARAMETERS)
        run("scan", "infra", "--env", "MODE")
        told = dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())
        assert told["MODE"] == "Disabled"
        assert "a-token" not in told.values()
        assert "a-secret" not in told.values()
        assert told["HTTPS_PROXY"] == "http://127.0.0.1:9"
        run("scan", "infra")
        assert "MODE=" not in (folder / "env").read_text()


@pytest.mark.usefixtures("program")
class TestWithoutTheCompiler:
    def test_files_are_read_alone_and_nothing_is_said(self, write, run):
        code, out, err = run("scan", write("main.bicep", HUB), "-o", "json", "--bicep-build", "auto")
        assert (code, err) == run("scan", "infra/main.bicep", "-o", "json", "--bicep-build", "never")[::2]
        assert STORAGE not in verdicts(out)

    def test_a_wish_to_hear_more_hears_why(self, write, run):
        _, _, err = run("scan", write("main.bicep", HUB), "-v")
        why = "is read without the compiler: neither 'bicep' nor 'az' is on the PATH"
        assert f"hubscan: infra/main.bicep:1:1: infra/main.bicep {why}" in err

    def test_it_is_an_error_where_it_must_be_there(self, write, run):
        code, out, err = run("scan", write("main.bicep", HUB), "--bicep-build", "always")
        assert (code, out) == (2, "")
        assert err == ["hubscan: error: --bicep-build always: neither 'bicep' nor 'az' is on the PATH"]

    def test_it_is_none_where_there_is_nothing_to_compile(self, write, run):
        write("readme.bicep", "param x string\n")
        assert run("scan", "infra", "--allow-empty", "--bicep-build", "always")[0] == 0


class TestACompilerThatRefuses:
    def test_is_a_gap_at_its_place_where_it_must_answer(self, write, run, program, tmp_path):
        path = write("main.bicep", HUB)
        program(refusing(os.path.realpath(tmp_path / path)))
        code, out, _ = run("scan", path, "-o", "json", "--fail-on", "never", "--bicep-build", "always")
        (gap,) = json.loads(out)["gaps"]
        assert (code, gap["subject"], gap["reason"], gap["code"]) == (
            3,
            f"{path}:12:7",
            "failed",
            "bicep-build",
        )
        why = 'the compiler refuses it: BCP057: The name "x" does not exist'
        assert gap["detail"] == f"{path} is read without the compiler: {why}"
        assert [one["name"] for one in json.loads(out)["hubs"]] == ["hub1"]

    def test_is_passed_over_in_silence_where_it_need_not(self, write, run, program):
        path = write("main.bicep", HUB)
        alone = run("scan", path, "-o", "json", "--bicep-build", "never")
        program(refusing("/elsewhere.bicep"))
        assert run("scan", path, "-o", "json") == alone

    def test_commands_no_terminal(self, write, run, program):
        program(refusing("main.bicep", r"BCP1: \033[31mred"))
        _, _, err = run("scan", write("main.bicep", HUB), "-v")
        assert not any("\x1b" in line for line in err)
        assert any("the compiler refuses it: BCP1: " in line for line in err)

    def test_is_not_asked_again_where_it_is_none_of_a_file(self, write, run, program):
        folder = program('echo >> "$here/calls"; echo "cannot open shared object" >&2; exit 127')
        write("a.bicep", HUB)
        write("b.bicep", HUB.replace("hub1", "hub2"))
        code, out, _ = run("scan", "infra", "-o", "json", "--fail-on", "never", "--bicep-build", "always")
        assert (folder / "calls").read_text() == "\n"
        gaps = json.loads(out)["gaps"]
        assert code == 3
        assert [gap["detail"].partition("compiler: ")[2] for gap in gaps] == [
            "the compiler fails: cannot open shared object"
        ] * 2

    @pytest.mark.parametrize(
        "answer", ["", "no JSON", "[]", '{"resources": 1}', '{"resources": [], "x"', "{}"]
    )
    def test_with_anything_but_a_template_is_not_believed(self, write, run, compiler_that_writes, answer):
        compiler_that_writes(answer)
        code, out, _ = run(
            "scan", write("main.bicep", HUB), "-o", "json", "--fail-on", "never", "--bicep-build", "always"
        )
        (gap,) = json.loads(out)["gaps"]
        assert code == 3
        assert gap["detail"].endswith("what the compiler writes is no template")

    def test_with_a_template_that_cannot_be_evaluated_is_not_believed(self, write, run, compiler_that_writes):
        compiler_that_writes(template([workspace(tags="[concat('a'")]))
        path = write("main.bicep", HUB)
        code, out, _ = run("scan", path, "-o", "json", "--fail-on", "never", "--bicep-build", "always")
        (gap,) = json.loads(out)["gaps"]
        assert code == 3
        assert "what the compiler writes cannot be read" in gap["detail"]
        assert gap["subject"].startswith(path)

    def test_of_parameters_without_a_template_is_not_believed(self, write, run, compiler_that_writes):
        compiler_that_writes({"parametersJson": "{}", "templateJson": None})
        write("main.bicep", HUB)
        write("main.bicepparam", "using 'main.bicep'\nparam mode = 'Disabled'\n")
        code, out, _ = run("scan", "infra", "-o", "json", "--fail-on", "never", "--bicep-build", "always")
        (gap,) = json.loads(out)["gaps"]
        assert (code, gap["subject"]) == (3, "infra/main.bicepparam:1:1")


class TestACompilerThatDoesNotEnd:
    def test_is_killed_with_its_children(self, write, run, program, monkeypatch):
        monkeypatch.setattr(compiler, "SECONDS", 3)
        folder = program('sleep 60 & echo $! > "$here/child"; echo $$ > "$here/parent"; wait')
        code, out, _ = run(
            "scan", write("main.bicep", HUB), "-o", "json", "--fail-on", "never", "--bicep-build", "always"
        )
        (gap,) = json.loads(out)["gaps"]
        assert code == 3
        assert gap["detail"].endswith("'bicep' does not end within 3 seconds")
        assert all(_is_gone(int((folder / name).read_text())) for name in ("child", "parent"))

    def test_is_killed_where_only_a_child_goes_on(self, write, run, program, monkeypatch):
        monkeypatch.setattr(compiler, "SECONDS", 3)
        folder = program('sleep 60 & echo $! > "$here/child"; exit 0')
        code, _, _ = run("scan", write("main.bicep", HUB), "--fail-on", "never", "--bicep-build", "always")
        assert code == 3
        assert _is_gone(int((folder / "child").read_text()))

    @pytest.mark.parametrize("stream", ["", ">&2"])
    def test_is_killed_where_it_writes_without_end(self, write, run, program, monkeypatch, stream):
        monkeypatch.setattr(compiler, "MOST", 1 << 20)
        program(f"while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa {stream}; done")
        code, out, _ = run(
            "scan", write("main.bicep", HUB), "-o", "json", "--fail-on", "never", "--bicep-build", "always"
        )
        (gap,) = json.loads(out)["gaps"]
        assert code == 3
        assert gap["detail"].endswith("'bicep' writes more than 1 MiB")


def _is_gone(number):
    """Whether a process has ended; what nobody waits for may still be in the table."""
    for _ in range(100):
        try:
            with open(f"/proc/{number}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


class TestStrangers:
    def test_are_not_followed_out_of_what_is_scanned(self, write, run, compiler_that_writes, tmp_path):
        (tmp_path.parent / "secret.txt").write_text("a-secret")
        folder = compiler_that_writes(
            template([workspace({"first": {"type": "FQDN", "destination": "a-secret"}})])
        )
        for text in (
            HUB.replace("'x.${domains[0]}'", "loadTextContent('../../secret.txt')"),
            HUB + "\nvar unused = loadFileAsBase64('../../secret.txt')\n",
            HUB + "\nmetadata about = loadTextContent('../../secret.txt')\n",
            HUB + "\nvar up = '..'\nvar unused = loadTextContent('${up}/${up}/secret.txt')\n",
            HUB + "\nparam path string\nvar unused = loadTextContent(path)\n",
            HUB + "\nimport { x } from '../../other.bicep'\n",
        ):
            code, out, _ = run("scan", write("main.bicep", text), "-o", "json", "--bicep-build", "always")
            assert "a-secret" not in out
            assert code in (1, 3)
            assert "bicep-build" in [gap["code"] for gap in json.loads(out)["gaps"]]
        assert not (folder / "calls").exists()

    def test_are_not_followed_by_way_of_a_module_or_a_link(self, write, run, compiler_that_writes, tmp_path):
        folder = compiler_that_writes(COMPILED)
        (tmp_path.parent / "secret.txt").write_text("a-secret")
        write("inner.bicep", "var secret = loadTextContent('link.txt')\n")
        (tmp_path / "infra" / "link.txt").symlink_to(tmp_path.parent / "secret.txt")
        path = write("main.bicep", HUB + "\nmodule inner 'inner.bicep' = { name: 'inner' }\n")
        _, _, err = run("scan", path, "-v")
        assert not (folder / "calls").exists()
        assert any("'link.txt' leads out of what is scanned" in line for line in err)

    def test_whose_text_cannot_be_read_here_are_not_given_to_it(self, write, run, compiler_that_writes):
        folder = compiler_that_writes(COMPILED)
        run("scan", write("main.bicep", HUB + "\nvar x = = 1\n"))
        assert not (folder / "calls").exists()

    def test_bring_no_program(self, write, run, monkeypatch, tmp_path):
        write("main.bicep", HUB)
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        for folder in ("bin", "infra"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "bicep").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
            (tmp_path / folder / "bicep").chmod(0o755)
        for path in (str(tmp_path / "bin"), "infra", ".", ""):
            monkeypatch.setenv("PATH", os.pathsep.join([path, "/usr/bin", "/bin"]))
            assert run("scan", "infra", "--bicep-build", "always")[0] == 2
        assert not (tmp_path / "ran").exists()

    def test_are_given_to_no_compiler_unasked_where_another_ref_judges(
        self, write, run, compiler_that_writes, tmp_path
    ):
        path = write("main.bicep", HUB)
        folder = compiler_that_writes(COMPILED)
        for command in (
            ["init", "-q", "-b", "main"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@contoso.com", "commit", "-q", "-m", "x"],
        ):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)
        run("scan", path, "--policy-ref", "main")
        assert not (folder / "calls").exists()
        run("scan", path, "--policy-ref", "main", "--bicep-build", "auto")
        assert (folder / "calls").exists()


class TestDisagreement:
    def test_is_told_to_who_wants_to_hear_more(self, write, run, compiler_that_writes):
        compiler_that_writes(template([VAULT, workspace()], mode="Disabled"))
        path = write("main.bicep", HUB)
        _, _, err = run("scan", path, "-v")
        what = "properties.managedNetwork.isolationMode: the compiler has 'Disabled', the source alone"
        assert f"hubscan: {path}:19:7: {what} 'AllowOnlyApprovedOutbound'" in err
        assert run("scan", path)[2] == []

    def test_shows_no_secret(self, write, run, compiler_that_writes):
        hub = workspace(tags={"password": "a-secret", "url": "https://x?sv=1&sig=a-secret"})
        compiler_that_writes(template([VAULT, hub]))
        text = HUB.replace("  kind: 'Hub'", "  kind: 'Hub'\n  tags: { password: 'b-secret', url: 'b' }")
        _, _, err = run("show", write("main.bicep", text), "-v")
        assert any("tags.password: the compiler has another value" in line for line in err)
        assert "-secret" not in "".join(err)


def test_a_comparison_asks_it_for_both_states(write, run, compiler_that_writes, tmp_path):
    compiler_that_writes(COMPILED)
    before = write("main.bicep", HUB)
    (tmp_path / "after").mkdir()
    (tmp_path / "after" / "main.bicep").write_text(HUB.replace("'Disabled'\n", "'Enabled'\n"))
    code, out, _ = run("diff", before, "after", "-o", "json", "--bicep-build", "always")
    assert code in (0, 1)
    assert json.loads(out)["gaps"] == []


def test_what_comes_in_by_standard_input_is_read_alone(write, run, compiler_that_writes, monkeypatch):
    folder = compiler_that_writes(COMPILED)
    write("main.bicep", HUB)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HUB.encode())))
    _, _, err = run("scan", "-", "--stdin-name", "infra/main.bicep", "-v")
    assert not (folder / "calls").exists()
    assert any(line.endswith("'infra/main.bicep' comes from standard input") for line in err)


def test_nor_is_what_calls_it_as_a_module(write, run, compiler_that_writes, monkeypatch):
    folder = compiler_that_writes(COMPILED)
    write("hub.bicep", "what was saved, and is no Bicep")
    write("main.bicep", "module hub 'hub.bicep' = {\n  name: 'it'\n}\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HUB.encode())))
    _, _, err = run("scan", "-", "infra", "--stdin-name", "infra/hub.bicep", "-v")
    assert not (folder / "calls").exists()
    assert any(line.endswith("'infra/hub.bicep' comes from standard input") for line in err)
