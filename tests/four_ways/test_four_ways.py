"""The same hub written in Azure ML YAML, ARM, Bicep and Terraform: the same findings, each on its line.

A hub is a folder of ``hubs``: its forms, and ``traps.yaml`` with everything that is found in it, by policy
and by rule or hub, with what stands on the line.  Case, white space and underscores do not count there;
``else`` stands for the forms that are not named.  ``differs`` tells of what one form cannot say.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
import yaml

from scanner.cli import main

FOLDER = Path(__file__).parent / "hubs"
FORMS = {
    "hub.yaml": ("hub.yaml",),
    "main.json": ("*.json",),
    "main.bicep": ("*.bicep", "*.bicepparam"),
    "main.tf": ("*.tf", "*.tfvars", "*/*.tf"),
}
"""By the file that each has, all that belong to it."""

NO_YAML = {"open-loops", "partial-names", "undecided"}
"""Hubs with open values, which Azure ML YAML has no words for."""

HUBS = sorted(folder.name for folder in FOLDER.iterdir())
WRITTEN = [(hub, form) for hub in HUBS for form in FORMS if (FOLDER / hub / form).exists()]

_IDS = re.compile(r"/subscriptions/[^\s',]+/")
_OPEN = re.compile(r"\{(?:parameters\('(\w+)'\)|var\.(\w+))\}")
_NO_VALUE = re.compile(r"the (?:parameter|variable) ('\w+') has no (?:value|default, and no value is given)")


@cache
def scanned(hub, form):
    """The result of scanning one form of a hub by itself."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for file in (file for pattern in FORMS[form] for file in (FOLDER / hub).glob(pattern)):
            copied = Path(file.relative_to(FOLDER / hub))
            copied.parent.mkdir(exist_ok=True)
            shutil.copy(file, copied)
        main(["scan", ".", "-o", "json=result.json", "--show-passes", "--no-progress"])
        return json.loads(Path("result.json").read_text())


@cache
def traps(hub):
    return yaml.safe_load((FOLDER / hub / "traps.yaml").read_text())


def differing(hub, form):
    """What a form cannot say: policies, and what they find in it instead."""
    differs = traps(hub).get("differs", {})
    return differs if differs.get("form") == form else {}


def expected(hub, form, verdict):
    """What is found in a form of a hub, and the text on the line."""
    instead = differing(hub, form)
    found = {}
    for section in (traps(hub), instead):
        for policy, items in section.get(verdict, {}).items():
            for item, text in items.items():
                if section is instead or not is_instead(instead, policy, item):
                    words = text if isinstance(text, str) else text.get(form, text.get("else"))
                    found[policy, item] = words
    return found


def is_instead(instead, policy, item):
    return any(item in instead.get(verdict, {}).get(policy, ()) for verdict in ("fail", "unknown"))


def apart(differs):
    """The policies that a form differs in."""
    return {policy for verdict in ("fail", "unknown") for policy in differs.get(verdict, {})}


def label(result, finding):
    """What a finding is about: the hub, or a rule or other member of it."""
    hub = finding["hub"]["name"]
    if finding["item"] is None:
        return hub
    return f"{hub}/{finding['item']}" if len(result["hubs"]) > 1 else finding["item"]


def told(text):
    """A text without scopes of ids and without the words that each language has for what is open."""
    if text is None:
        return None
    text = _OPEN.sub(lambda match: f"{{{match[1] or match[2]}}}", text)
    return _NO_VALUE.sub(r"\1 is open", _IDS.sub("", text))


def findings(hub, form):
    result = scanned(hub, form)
    return sorted(
        (
            each["policy"],
            label(result, each),
            each["verdict"],
            each["severity"],
            told(each["message"]),
            told(each["reason"]),
        )
        for each in result["findings"]
    )


def line(hub, location):
    """The text of the line that a finding stands on."""
    return (FOLDER / hub / location["path"]).read_text().splitlines()[location["line"] - 1]


def folded(text):
    return re.sub(r"[\s_]", "", text).lower()


def test_there_are_enough_hubs_and_every_form_is_written():
    assert len(HUBS) >= 12
    missing = {(hub, form) for hub in HUBS for form in FORMS} - set(WRITTEN)
    assert missing == {(hub, "hub.yaml") for hub in NO_YAML}


@pytest.mark.parametrize("hub", HUBS)
def test_every_form_gives_the_same_findings(hub):
    forms = [form for name, form in WRITTEN if name == hub]
    given = {form: findings(hub, form) for form in forms}
    reference = given["main.bicep"]
    for form, found in given.items():
        but = apart(differing(hub, form))
        assert [one for one in found if one[0] not in but] == [one for one in reference if one[0] not in but]


@pytest.mark.parametrize("hub", [hub for hub in HUBS if "differs" in traps(hub)])
def test_a_form_differs_in_nothing_but_what_it_cannot_say(hub):
    differs = traps(hub)["differs"]
    assert differs["why"]
    own, reference = findings(hub, differs["form"]), findings(hub, "main.bicep")
    assert {policy for policy, *_ in set(own) ^ set(reference)} == apart(differs)


@pytest.mark.parametrize("hub", HUBS)
def test_what_is_not_read_is_the_same(hub):
    gaps = {
        form: [(told(gap["subject"]), gap["reason"], gap["code"]) for gap in scanned(hub, form)["gaps"]]
        for name, form in WRITTEN
        if name == hub and not differing(hub, form)
    }
    assert all(gaps[form] == gaps["main.bicep"] for form in gaps)


@pytest.mark.parametrize(("hub", "form"), WRITTEN)
@pytest.mark.parametrize("verdict", ["fail", "unknown"])
def test_a_finding_stands_where_its_value_does(hub, form, verdict):
    result = scanned(hub, form)
    words = expected(hub, form, verdict)
    found = {
        (each["policy"], label(result, each)): line(hub, each["location"])
        for each in result["findings"]
        if each["verdict"] == verdict
    }
    assert found.keys() == words.keys()
    astray = {key: line for key, line in found.items() if folded(words[key]) not in folded(line)}
    assert astray == {}


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("main.json", "main.parameters.json"),
        ("main.bicep", "main.bicepparam"),
        ("main.tf", "terraform.tfvars"),
    ],
)
def test_a_finding_names_the_file_that_its_value_was_written_in(form, file):
    origins = {
        each["policy"]: each["evidence"].get("origin", "")
        for each in scanned("parameter-files", form)["findings"]
        if each["verdict"] == "fail"
    }
    for policy, word in (
        ("fqdn-no-overbroad-wildcard", "*.blob.core.windows.net"),
        ("hub-public-network-access-disabled", "true"),
        ("service-tag-no-exfiltration-capable", "DataFactory"),
    ):
        path, number, _ = origins[policy].removeprefix("./").split(":")
        assert path == file
        assert word in line("parameter-files", {"path": path, "line": int(number)})


@pytest.mark.parametrize(
    ("form", "mark"), [("hub.yaml", "#"), ("main.json", "//"), ("main.bicep", "//"), ("main.tf", "#")]
)
@pytest.mark.parametrize("above", [True, False])
def test_a_comment_exempts_one_finding(form, mark, above, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (one,) = (
        each["location"]["line"]
        for each in scanned("fqdn-rules", form)["findings"]
        if (each["policy"], each["item"]) == ("fqdn-no-azure-storage", "several")
    )
    lines = (FOLDER / "fqdn-rules" / form).read_text().splitlines()
    comment = f"{mark} hubscan:ignore fqdn-no-azure-storage the queue of a partner"
    if above:
        lines.insert(one - 1, comment)
    else:
        lines[one - 1] += f" {comment}"
    Path(form).write_text("\n".join(lines) + "\n")
    main(["scan", form, "-o", "json=result.json", "--select", "fqdn-no-azure-storage", "--no-progress"])
    found = json.loads(Path("result.json").read_text())["findings"]
    exempt = {each["item"]: each["exemption"] for each in found if each["verdict"] == "exempt"}
    assert exempt.keys() == {"several"}
    assert exempt["several"]["justification"] == "the queue of a partner"
