"""Workflow commands as GitHub's runner reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.builders import (
    CRITICAL,
    EXEMPT,
    HIGH,
    INFO,
    LOW,
    MEDIUM,
    UNKNOWN,
    a_finding,
    a_gap,
    a_hub,
    a_place,
    a_report,
    an_exemption,
)

from scanner.model import Artifact, Style
from scanner.reporters import github


def rendered(report):
    return "".join(github.render(report, Style()))


KNOWN = {
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "add-mask",
    "set-output",
    "stop-commands",
}


def obeyed(log):
    """The commands of a log as (name, properties, message), by the rules of the runner's own parser."""
    found = []
    for line in log.split("\n"):
        text = line.lstrip()
        end = text.find("::", 2)
        if not text.startswith("::") or end < 0:
            continue
        name, _, told = text[2:end].partition(" ")
        if name not in KNOWN:
            continue
        pairs = [one.partition("=") for one in told.strip().split(",") if one]
        properties = {}
        for key, _, told in pairs:
            value = told
            for escape, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
                value = value.replace(escape, sign)
            properties[key] = value
        message = text[end + 2 :]
        for escape, sign in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            message = message.replace(escape, sign)
        found.append((name, properties, message))
    return found


def test_a_finding_in_code_is_an_annotation_of_its_line():
    finding = a_finding(
        location=a_place("hub.bicep", 12, 5),
        artifact=Artifact(path="infra/hub.bicep", line_hash="ab:1"),
        remediation={"text": "Use a private endpoint.\nReally."},
    )
    assert obeyed(rendered(a_report(finding)))[0] == (
        "error",
        {
            "file": "infra/hub.bicep",
            "line": "12",
            "col": "5",
            "endLine": "12",
            "title": "high fqdn-no-azure-storage",
        },
        "hub1: FQDN rule 'allow-storage' reaches x.blob.core.windows.net\nUse a private endpoint. Really.",
    )


def test_a_live_hub_has_no_file():
    ((name, properties, message),) = obeyed(rendered(a_report(a_finding(message="m"))))
    assert (name, properties, message) == ("error", {"title": "high fqdn-no-azure-storage"}, "hub1: m")


@pytest.mark.parametrize(
    ("severity", "level"),
    [(CRITICAL, "error"), (HIGH, "error"), (MEDIUM, "warning"), (LOW, "notice"), (INFO, "notice")],
)
def test_the_level_follows_the_severity(severity, level):
    assert obeyed(rendered(a_report(a_finding(severity=severity))))[0][0] == level


def test_the_ten_most_severe_are_shown_and_the_last_line_says_how_many_more_and_where():
    findings = [a_finding(severity=LOW, item=f"low{number}") for number in range(200)]
    findings += [a_finding(severity=CRITICAL, item=f"bad{number}") for number in range(100)]
    commands = obeyed(rendered(a_report(*findings)))
    assert len(commands) == 11
    assert {name for name, _, _ in commands[:10]} == {"error"}
    name, properties, message = commands[-1]
    assert (name, properties) == ("notice", {"title": "hubscan"})
    assert "290 more findings without an annotation" in message
    assert "job summary" in message


def test_github_never_drops_the_last_line_for_being_the_eleventh_of_its_level():
    for severity in (CRITICAL, MEDIUM, LOW):
        for gaps in ((), (a_gap(),)):
            findings = [a_finding(severity=severity, item=str(number)) for number in range(20)]
            names = [name for name, _, _ in obeyed(rendered(a_report(*findings, gaps=gaps)))]
            assert max(names.count(name) for name in names) == 10


def test_where_all_is_told_the_last_line_is_no_annotation():
    shown = rendered(a_report(a_finding()))
    assert len(obeyed(shown)) == 1
    assert shown.splitlines()[-1].startswith("hubscan: 1 high finding fails")


def test_an_incomplete_picture_is_a_warning():
    name, _, message = obeyed(rendered(a_report(hubs=[a_hub()], passes=3, gaps=[a_gap()])))[-1]
    assert name == "warning"
    assert "this is not a pass" in message


def test_what_a_baseline_knows_is_no_annotation():
    report = a_report(a_finding(baseline="known", severity=CRITICAL), a_finding(baseline="new", item="b"))
    _, _, message = obeyed(rendered(report))[0]
    assert message.startswith("hub1: new: FQDN rule 'b'")


def test_unknown_and_exempt_findings_are_no_annotations_and_exemptions_are_told():
    shown = rendered(a_report(a_finding(UNKNOWN), a_finding(EXEMPT, exemption=an_exemption())))
    assert obeyed(shown) == []
    assert (
        "exempt: fqdn-no-azure-storage on 'hub*', 1 finding (until 2026-12-31, waiver approved by "
        "security@contoso.com, NET-12: Storage moves behind a private endpoint in May)\n"
    ) in shown


ANYTHING = st.text(
    st.characters() | st.sampled_from("\r\n%:,;=#[]\x1b\u2028"), max_size=40
) | st.sampled_from(
    ["::error::x", "%0A::add-mask::x", "##[error]x", "a%3A,b=c", "::stop-commands::t", "x\n::warning::y"]
)


@given(name=ANYTHING, message=ANYTHING, path=ANYTHING, fix=ANYTHING)
def test_whatever_a_name_holds_there_is_one_command_and_it_says_what_it_said(name, message, path, fix):
    finding = a_finding(
        hub=a_hub(name), message=message, location=a_place(path), remediation={"text": fix}, item=name
    )
    report = a_report(
        finding,
        a_finding(EXEMPT, exemption=an_exemption(justification=message), item="x"),
        gaps=[a_gap(name, detail=message)],
        complete=True,
        notices=[message, name],
    )
    shown = rendered(report)
    first, *others = obeyed(shown)
    assert others == []
    assert "##[" not in shown
    if path.isascii() and path.isprintable() and path and "##" not in path:
        assert first[1]["file"] == path
    assert set(first[1]) <= {"file", "line", "col", "endLine", "title"}
