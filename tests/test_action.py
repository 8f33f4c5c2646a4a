"""action.yml, run step by step as a runner would: bash, the GITHUB_* files, a clone of a repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hubs import hub, snapshot
from reporters.sarif_log import problems

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOSTILE = "::error::x%0A\n`<script>|"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the runner's shell is bash")


def template(*rules: tuple[str, str], mode: str = "AllowOnlyApprovedOutbound", name: str = "hub1") -> str:
    """An ARM template of one hub with FQDN rules."""
    network = {
        "isolationMode": mode,
        "outboundRules": {rule: {"type": "FQDN", "destination": to} for rule, to in rules},
    }
    resource = {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-10-01",
        "name": name,
        "kind": "Hub",
        "location": "westeurope",
        "properties": {"managedNetwork": network},
    }
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    document = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": [resource]}
    return json.dumps(document, indent=2)


STORAGE = ("data", "data1.blob.core.windows.net")


class Runner:
    """Runs the action's own steps in a clone, as GitHub's runner does."""

    def __init__(self, folder: Path, name: str = "work tree") -> None:
        self.temp = folder / "temp"
        self.origin = folder / "origin"
        self.checkout = folder / name
        self.temp.mkdir()
        self.origin.mkdir()
        (self.temp / "hubscan" / "bin").mkdir(parents=True)
        wrapper = self.temp / "hubscan" / "bin" / "python"
        wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        wrapper.chmod(0o755)
        self.git("init", "--quiet", "--initial-branch=main", at=self.origin)

    def git(self, *arguments: str, at: Path | None = None) -> str:
        person = {
            f"GIT_{who}_{what}": "x@example.com"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        environment = {**os.environ, **person, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=at or self.checkout,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, message: str, **files: str | None) -> str:
        """A commit in the origin; names have ``__`` for ``/`` and lack their ending ``.json``."""
        for name, content in files.items():
            path = self.origin / (name.replace("__", "/") + ".json")
            path.parent.mkdir(exist_ok=True, parents=True)
            if content is None:
                path.unlink()
            else:
                path.write_text(content, encoding="utf-8")
        return self.save(message)

    def save(self, message: str) -> str:
        self.git("add", "--all", at=self.origin)
        self.git("commit", "--quiet", "--allow-empty", "--message", message, at=self.origin)
        return self.git("rev-parse", "HEAD", at=self.origin)

    def merge(self, branch: str) -> None:
        """Check out what a pull request is checked out as: its merge into main, two commits deep."""
        self.git("checkout", "--quiet", "-B", "merge", "main", at=self.origin)
        self.git("merge", "--quiet", "--no-ff", "--message", "merge", branch, at=self.origin)
        self.clone("merge", depth=2)

    def clone(self, branch: str = "main", depth: int = 1) -> None:
        url = self.origin.as_uri()
        self.git(
            "clone",
            "--quiet",
            f"--depth={depth}",
            f"--branch={branch}",
            url,
            str(self.checkout),
            at=self.temp,
        )

    def run(self, *, github: dict[str, Any] | None = None, **inputs: str) -> Run:
        """The steps from Scan on, each with its environment and condition; names have ``_`` for ``-``."""
        given = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
        given |= {"report-html": "false", "extra-args": "--select\ncategory:fqdn"} | {
            name.replace("_", "-"): value for name, value in inputs.items()
        }
        github = {"event_name": "push", "repository": "contoso/infra", "action_path": str(ROOT)} | (
            github or {}
        )
        run = Run(self.temp, given, github)
        for step in ACTION["runs"]["steps"]:
            if step["name"] in ("Scan", "Gate"):
                run.step(step, self.checkout)
        return run


class Run:
    """What came of one run: outputs of the scan, summary, log, and how the job ended."""

    def __init__(self, temp: Path, inputs: dict[str, str], github: dict[str, Any]) -> None:
        self.temp = temp
        self.inputs = inputs
        self.github = github
        self.outputs: dict[str, str] = {}
        self.summary = ""
        self.log = ""
        self.codes: dict[str, int] = {}

    def step(self, step: dict[str, Any], checkout: Path) -> None:
        output, summary = self.temp / "output", self.temp / "summary"
        output.write_text("")
        summary.write_text("")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "LANG": "C.UTF-8",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTIONS": "true",
            "PYTHONPATH": str(ROOT),
            **{name: self.expand(str(value)) for name, value in step["env"].items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=checkout,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        self.codes[step["name"]] = done.returncode
        self.log += done.stdout + done.stderr
        self.summary += summary.read_text(encoding="utf-8")
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.outputs[name] = value

    def expand(self, text: str) -> str:
        """The expressions that the action uses: inputs, outputs of a step, and the github context."""

        def value(match: re.Match[str]) -> str:
            path = match[1].split(".")
            if path[0] == "inputs":
                return self.inputs[path[1]]
            if path[0] == "steps":
                return self.outputs.get(path[3], "")
            found: Any = self.github
            for key in path[1:]:
                found = found.get(key, "") if isinstance(found, dict) else ""
            return str(found)

        return re.sub(r"\$\{\{ ([a-z0-9_.-]+) \}\}", value, text)

    @property
    def sarif(self) -> dict[str, Any]:
        return json.loads(Path(self.outputs["sarif-file"]).read_text(encoding="utf-8"))


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def pull_request(base: str, head: str = "contoso/infra") -> dict[str, Any]:
    event = {"pull_request": {"base": {"sha": base}, "head": {"repo": {"full_name": head}}}}
    return {"event_name": "pull_request", "event": event}


def test_every_input_reaches_the_scripts_through_the_environment_alone() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    named = re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(named) == set(ACTION["inputs"])


def test_every_step_that_is_spoken_of_has_run_before() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    ids = [
        (text.index(f"      id: {step['id']}\n"), step["id"])
        for step in ACTION["runs"]["steps"]
        if "id" in step
    ]
    steps = text.index("\nruns:")
    for match in re.finditer(r"steps\.([\w-]+)\.(\S+)", text):
        known = {name for place, name in ids if place < match.start() or match.start() < steps}
        assert match[1] in known, match[0]


def test_every_action_that_is_used_is_pinned_by_commit() -> None:
    files = [ROOT / "action.yml", *(ROOT / ".github" / "workflows").glob("*.yml")]
    for file in files:
        for used in re.findall(r"(?m)^ +(?:- )?uses: (\S+)", file.read_text(encoding="utf-8")):
            assert used == "$/" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), (file.name, used)


def test_clean(runner: Runner) -> None:
    runner.commit("one", infra__hub=template())
    runner.clone()
    run = runner.run(path="infra")
    assert run.codes == {"Scan": 0, "Gate": 0}
    assert run.outputs["findings-total"] == "0"
    assert (run.outputs["coverage"], run.outputs["conclusion"]) == ("complete", "success")
    assert run.outputs["upload"] == "true"
    assert "hubscan" in run.summary


def test_findings_fail_the_gate_when_all_reports_are_out(runner: Runner) -> None:
    runner.commit("one", infra__hub=template(STORAGE))
    runner.clone()
    run = runner.run(path="infra")
    assert run.codes == {"Scan": 0, "Gate": 1}
    assert int(run.outputs["findings-high"]) >= 1
    assert "::error file=infra/hub.json,line=" in run.log
    assert run.outputs["upload"] == "true"
    assert problems(run.sarif) == []
    assert "data1.blob.core.windows.net" in run.summary


def test_no_hub_is_no_failure(runner: Runner) -> None:
    runner.commit("one", settings='{"a": 1}')
    runner.clone()
    assert runner.run().codes == {"Scan": 0, "Gate": 0}


def test_a_usage_error_fails_and_says_why(runner: Runner) -> None:
    runner.commit("one", infra__hub=template())
    runner.clone()
    run = runner.run(path="infra", fail_on="worst")
    assert run.codes == {"Scan": 0, "Gate": 2}
    assert "hubscan: error:" in run.log
    assert (run.outputs["upload"], run.outputs["conclusion"]) == ("false", "failure")


def test_what_is_incomplete_is_not_uploaded_and_fails_unless_told_not_to(runner: Runner) -> None:
    gap = {"subject": "hub1/connections", "reason": "forbidden", "status": 403}
    runner.commit("one", estate=json.dumps(snapshot(hub(), gaps=[gap])))
    runner.clone()
    run = runner.run()
    assert (run.outputs["exit-code"], run.outputs["coverage"], run.codes["Gate"]) == ("3", "partial", 3)
    assert run.outputs["upload"] == "false"
    run = runner.run(fail_on_incomplete="false")
    assert run.codes["Gate"] == 0
    assert "::warning title=hubscan::something could not be read" in run.log


def test_of_a_pull_request_only_what_is_new_counts(runner: Runner) -> None:
    base = runner.commit("one", infra__old=template(STORAGE, name="old"))
    runner.git("checkout", "--quiet", "-b", "change", at=runner.origin)
    runner.commit("two", infra__new=template(name="new"))
    runner.merge("change")
    assert runner.run(github=pull_request(base)).codes["Gate"] == 0
    shutil.rmtree(runner.checkout)
    runner.git("checkout", "--quiet", "change", at=runner.origin)
    runner.commit("three", infra__new=template(("more", "data2.blob.core.windows.net"), name="new"))
    runner.merge("change")
    run = runner.run(github=pull_request(base))
    assert run.codes["Gate"] == 1
    assert "data2.blob.core.windows.net" in run.log
    assert "data1.blob.core.windows.net" not in run.log


def test_a_pull_request_cannot_loosen_what_it_is_judged_by(runner: Runner) -> None:
    base = runner.commit("one", infra__hub=template())
    runner.git("checkout", "--quiet", "-b", "change", at=runner.origin)
    (runner.origin / "hubscan.yaml").write_text("fail_on: never\nignore: ['*storage*']\n")
    runner.commit("two", infra__hub=template(STORAGE))
    runner.merge("change")
    assert runner.run(github=pull_request(base)).codes["Gate"] == 1
    assert runner.run(github=pull_request(base), policy_ref="none").codes["Gate"] == 0


def test_of_a_fork_nothing_is_uploaded_and_everything_is_told(runner: Runner) -> None:
    base = runner.commit("one", infra__hub=template())
    runner.git("checkout", "--quiet", "-b", "change", at=runner.origin)
    runner.commit("two", infra__hub=template(STORAGE))
    runner.merge("change")
    run = runner.run(github=pull_request(base, head="fabrikam/infra"))
    assert (run.outputs["upload"], run.codes["Gate"]) == ("false", 1)
    assert "::error file=infra/hub.json" in run.log
    assert "data1.blob.core.windows.net" in run.summary


def test_code_scanning_may_refuse_without_failing_the_job() -> None:
    (upload,) = (step for step in ACTION["runs"]["steps"] if "upload-sarif" in step.get("uses", ""))
    assert upload["continue-on-error"] == "${{ inputs.upload-sarif != 'true' }}"
    gate = ACTION["runs"]["steps"][-1]
    assert (gate["name"], gate["if"]) == ("Gate", "${{ !cancelled() }}")


def test_of_300_findings_ten_are_annotated_and_one_line_counts_the_rest(runner: Runner) -> None:
    rules = [(f"rule{number}", f"data{number}.blob.core.windows.net") for number in range(300)]
    runner.commit("one", infra__hub=template(*rules))
    runner.clone()
    run = runner.run(path="infra")
    annotations = [line for line in run.log.splitlines() if line.startswith("::")]
    assert len(annotations) == 11
    assert int(run.outputs["findings-total"]) >= 300
    assert len(run.summary.encode()) < 1_000_000


def test_hostile_names_command_nothing(runner: Runner) -> None:
    runner.commit("one", infra__hub=template((HOSTILE, "data1.blob.core.windows.net"), name=HOSTILE))
    runner.clone()
    run = runner.run(path="infra")
    assert run.codes["Gate"] == 1
    commands = [line for line in run.log.splitlines() if line.lstrip().startswith("::")]
    assert commands
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in commands)
    assert "##[" not in run.log
    outside = "".join(run.summary.split("```")[::2])
    assert "<script>" not in outside
    assert problems(run.sarif) == []


def test_a_repository_with_a_space_and_a_quote_in_its_path(tmp_path: Path) -> None:
    runner = Runner(tmp_path, name='it\'s a "work" tree')
    runner.commit("one", **{"infra__the hub's": template(STORAGE)})
    runner.clone()
    run = runner.run(path="infra/the hub's.json")
    assert run.codes == {"Scan": 0, "Gate": 1}
