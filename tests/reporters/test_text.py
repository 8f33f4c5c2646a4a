import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.builders import (
    CRITICAL,
    EXEMPT,
    FAIL,
    MEDIUM,
    PASS,
    SKIP,
    UNKNOWN,
    a_finding,
    a_gap,
    a_hub,
    a_place,
    a_report,
    an_exemption,
)

from scanner.model import Gap, Style
from scanner.reporters import text

HUB1 = a_hub("hub1").id


def rendered(report, **style):
    return "".join(text.render(report, Style(**style)))


def last_line(report):
    return rendered(report).splitlines()[-1]


def test_a_report_is_a_line_a_finding_then_gaps_then_notices_then_counts():
    report = a_report(
        a_finding(
            severity=CRITICAL, policy="managed-network-isolation-enabled", item=None, message="It is Disabled"
        ),
        a_finding(location=a_place("infra/hub.bicep", 12, 5)),
        a_finding(UNKNOWN, MEDIUM, item="other", message="Not known; resources was not collected"),
        a_finding(EXEMPT, item="vscode", exemption=an_exemption(expires="2026-12-31")),
        gaps=[a_gap(status=403, code="AuthorizationFailed", detail="no read on outboundRules")],
        passes=180,
        skips=20,
        notices=["an exemption expired"],
    )

    assert rendered(report) == (
        f"{HUB1}: critical managed-network-isolation-enabled: It is Disabled\n"
        "infra/hub.bicep:12:5: high fqdn-no-azure-storage: "
        "FQDN rule 'allow-storage' reaches x.blob.core.windows.net\n"
        f"{HUB1}: medium fqdn-no-azure-storage: unknown: Not known; resources was not collected\n"
        f"{HUB1}: high fqdn-no-azure-storage: exempt (until 2026-12-31, waiver approved by "
        "security@contoso.com, NET-12: Storage moves behind a private endpoint in May): FQDN rule 'vscode' reaches x.blob.core.windows.net\n"
        f"gap: {HUB1}/outboundRules: forbidden (403 AuthorizationFailed): no read on outboundRules\n"
        "notice: an exemption expired\n"
        "hubscan: 1 hub, 2 policies: 2 failing (1 critical, 1 high), 1 unknown, 1 exempt, 180 passed, "
        "20 not applicable; incomplete: 1 gap\n"
    )


def test_an_unknown_finding_carries_its_reason_once():
    unsaid = a_finding(UNKNOWN, message="Not known", reason="resources was not collected")
    told = a_finding(UNKNOWN, message="Not known: a null", reason="a null")

    assert rendered(a_report(unsaid, told)).splitlines()[:2] == [
        f"{HUB1}: high fqdn-no-azure-storage: unknown: Not known (resources was not collected)",
        f"{HUB1}: high fqdn-no-azure-storage: unknown: Not known: a null",
    ]


def test_an_exemption_without_an_end_names_none():
    report = a_report(
        a_finding(
            EXEMPT,
            exemption=an_exemption(expires=None, approved_by=None, ticket=None, justification="r"),
            message="m",
        )
    )

    assert rendered(report).startswith(f"{HUB1}: high fqdn-no-azure-storage: exempt (waiver: r): m\n")


def test_passes_and_skips_are_shown_where_the_report_lists_them():
    report = a_report(
        a_finding(PASS, item=None, message="Title"),
        a_finding(SKIP, item=None, message="", reason="does not apply to this hub"),
    )

    assert rendered(report).splitlines()[:2] == [
        f"{HUB1}: high fqdn-no-azure-storage: pass: Title",
        f"{HUB1}: high fqdn-no-azure-storage: skip: Title of fqdn-no-azure-storage (does not apply to this hub)",
    ]


def test_a_gap_names_its_hub_unless_its_subject_does():
    gaps = [
        a_gap("connections", "failed", status=429),
        a_gap(f"{HUB1}/computes", "missing"),
        Gap(subject="estate.jsonl", reason="missing", detail="the last line is missing"),
    ]

    assert rendered(a_report(gaps=gaps)).splitlines()[:3] == [
        f"gap: connections of {HUB1}: failed (429)",
        f"gap: {HUB1}/computes: missing",
        "gap: estate.jsonl: missing: the last line is missing",
    ]


@pytest.mark.parametrize(
    ("report", "ending"),
    [
        (
            a_report(hubs=[a_hub()], passes=3),
            "3 passed, 0 not applicable; nothing fails: every policy that applies passes",
        ),
        (
            a_report(hubs=[a_hub()], skips=2),
            "0 passed, 2 not applicable; nothing fails, for no policy applies",
        ),
        (
            a_report(a_finding(EXEMPT), passes=3),
            "3 passed, 0 not applicable; nothing fails, 1 exempt finding aside",
        ),
        (
            a_report(a_finding(UNKNOWN), a_finding(UNKNOWN), passes=3),
            "nothing fails, but 2 verdicts are unknown: this is not a pass",
        ),
        (
            a_report(hubs=[a_hub()], passes=3, gaps=[a_gap(), a_gap()]),
            "incomplete: 2 gaps; nothing fails, but the picture is incomplete: this is not a pass",
        ),
        (
            a_report(hubs=[a_hub()], passes=3, gaps=[a_gap(reason="unresolved")], complete=True),
            "not applicable; 1 gap; nothing fails, but 1 gap is left: this is not a pass",
        ),
        (
            a_report(a_finding(UNKNOWN), passes=3, complete=False),
            "incomplete; nothing fails, but 1 verdict is unknown and the picture is incomplete: this is not a pass",
        ),
        (a_report(), "no hub was judged"),
    ],
)
def test_where_nothing_fails_the_last_line_says_what_that_means(report, ending):
    assert last_line(report).endswith(ending)


def test_findings_that_fail_need_no_such_explanation():
    assert last_line(a_report(a_finding(FAIL))).endswith(
        "1 failing (1 high), 0 unknown, 0 exempt, 0 passed, 0 not applicable"
    )


def test_what_a_terminal_or_a_reader_cannot_see_is_replaced():
    hostile = "a\x1b[31m\r\n\u2028\u202e\u200b\u00ad\x9b\ufe0f\u3164\ud800\U000e0041z"

    assert rendered(a_report(a_finding(message=hostile))).splitlines()[0].endswith(": a�[31m�����������z")


@pytest.mark.parametrize(
    "command", ["##[add-mask]e", "##vso[task.setvariable variable=a]b", "##VSO[task.complete]"]
)
def test_a_name_cannot_command_a_build_log(command):
    line = rendered(a_report(a_finding(message=command))).splitlines()[0]

    assert line.endswith(command.replace("##", "#�"))


def test_a_path_cannot_be_a_workflow_command():
    report = a_report(a_finding(location=a_place("::error file=x::/hub.bicep"), message="m"))

    assert rendered(report).startswith("�:error file=x::/hub.bicep:12:5: high fqdn-no-azure-storage: m\n")


def test_findings_are_asked_for_one_at_a_time():
    def endless():
        while True:
            yield a_finding()

    report = a_report()
    object.__setattr__(report, "findings", endless())

    assert next(text.render(report, Style())).endswith("x.blob.core.windows.net\n")


def test_a_long_name_is_shown_in_full():
    assert "n" * 10_000 in rendered(a_report(a_finding(message="n" * 10_000)))


ANYTHING = st.text(
    st.characters() | st.sampled_from("\r\n\t\x1b\x85\u2028\u2029\u202e\u200f\ufeff:#["), max_size=40
)


@given(name=ANYTHING, message=ANYTHING, reason=ANYTHING, detail=ANYTHING)
def test_whatever_a_name_holds_a_finding_stays_one_line(name, message, reason, detail):
    report = a_report(
        a_finding(hub=a_hub(name), message=message),
        a_finding(UNKNOWN, message=message, reason=reason, location=a_place(name)),
        gaps=[a_gap(name, detail=detail, code=reason)],
        notices=[message],
    )

    shown = rendered(report)

    assert len(shown.splitlines()) == len(shown.split("\n")) - 1 == 5
    assert {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"} <= {"Cc"}
    assert all(character == "\n" for character in shown if unicodedata.category(character) == "Cc")
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in shown.split("\n"))
