import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.builders import (
    CRITICAL,
    EXEMPT,
    FAIL,
    LOW,
    MEDIUM,
    PASS,
    UNKNOWN,
    a_finding,
    a_gap,
    a_hub,
    a_place,
    a_report,
    an_estate,
    an_exemption,
)

from scanner.model import Style
from scanner.reporters import table
from scanner.reporters._cells import cells

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"


def rendered(report, **style):
    return "".join(table.render(report, Style(**style)))


def small_report():
    storage, empty = a_hub("storage-hub"), a_hub("empty-hub")
    return a_report(
        a_finding(
            severity=MEDIUM,
            hub=empty,
            item=None,
            policy="isolation-mode-value-valid",
            message="The mode is Off",
        ),
        a_finding(hub=storage, location=a_place()),
        a_finding(
            UNKNOWN, hub=storage, item=None, policy="required-private-endpoints-present", message="Not known"
        ),
        a_finding(EXEMPT, hub=storage, item="vscode", exemption=an_exemption()),
        a_finding(
            severity=CRITICAL,
            hub=storage,
            item="all",
            policy="service-tag-no-internet-equivalent",
            message="It opens Internet on every port",
        ),
        gaps=[a_gap(hub=empty, status=403, code="AuthorizationFailed")],
        passes=9,
        notices=["an exemption expired"],
    )


LAYOUT = f"""\
3 findings fail on 2 of 2 hubs, 1 of them critical; 1 verdict is unknown.
Incomplete: what could not be read is unknown, not passed.
  outboundRules of empty-hub: forbidden (403 AuthorizationFailed)

storage-hub (rg-ai, {SUBSCRIPTION})
  x critical  service-tag-no-internet-          It opens Internet on every port
              equivalent
              all
  x high      fqdn-no-azure-storage             FQDN rule 'allow-storage'
              allow-storage                     reaches x.blob.core.windows.net
                                                infra/hub.bicep:12:5
  ? high      required-private-endpoints-       unknown: Not known
              present
  ~ high      fqdn-no-azure-storage             exempt (until 2026-12-31): FQDN
              vscode                            rule 'vscode' reaches
                                                x.blob.core.windows.net

empty-hub (rg-ai, {SUBSCRIPTION})
  x medium    isolation-mode-value-valid        The mode is Off

exempt: fqdn-no-azure-storage on 'hub*', 1 finding (until 2026-12-31, waiver approved by \
security@contoso.com, NET-12: Storage moves behind a private endpoint in May)
an exemption expired
2 hubs, 4 policies: 3 failing (1 critical, 1 high, 1 medium), 1 unknown, 1 exempt, \
9 passed, 0 not applicable; incomplete: 1 gap
"""


def test_the_verdict_comes_first_then_coverage_then_the_worst_hub():
    assert rendered(small_report(), width=80) == LAYOUT


def test_a_terminal_shows_the_same_page():
    assert rendered(small_report(), width=80, terminal=True) == LAYOUT


def test_colour_comes_only_where_it_is_asked_for_and_adds_no_word():
    plain = rendered(small_report(), terminal=True)
    coloured = rendered(small_report(), terminal=True, color=True)

    assert "\x1b" not in plain
    assert "\x1b[1;31mx critical" in coloured
    assert [
        line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()
    ] == plain.splitlines()


def test_colours_are_on_words_and_places_never_on_space():
    coloured = rendered(small_report(), width=80, terminal=True, color=True)

    assert "\x1b[35m? high    \x1b[0m  required-private-endpoints-       unknown: Not known\n" in coloured
    assert "\x1b[2minfra/hub.bicep:12:5\x1b[0m\n" in coloured
    assert "\x1b[1;33mIncomplete: what could not be read is unknown, not passed.\x1b[0m\n" in coloured
    assert not re.search(r"\x1b\[[\d;]+m *\x1b\[0m", coloured)


@pytest.mark.parametrize("item", ["allow-storage", "数据存储", "cafe\u0301", "🚀 launch", "한국어 규칙"])
def test_columns_stand_below_each_other_whatever_the_script(item):
    report = a_report(a_finding(item=item, message="MESSAGE " * 30))

    rows = [line for line in rendered(report, width=80).splitlines() if "MESSAGE" in line]

    assert item in rows[1]
    assert {cells(row.partition("MESSAGE")[0]) for row in rows} == {14 + len("fqdn-no-azure-storage") + 2}


def test_a_finding_without_names_is_a_row_all_the_same():
    assert "  x high" in rendered(a_report(a_finding(policy="", item=" ", message="")))


def test_a_file_is_never_coloured():
    assert "\x1b" not in rendered(small_report(), color=True)


def test_a_clean_estate_is_three_lines():
    report = a_report(hubs=[a_hub()], passes=15, policies=())

    assert rendered(report) == (
        "Nothing fails: every policy that applies passes.\n"
        "\n"
        "1 hub, 0 policies: 0 failing, 0 unknown, 0 exempt, 15 passed, 0 not applicable\n"
    )


def test_an_estate_that_could_not_be_read_is_not_called_clean():
    report = a_report(a_finding(UNKNOWN), gaps=[a_gap()])

    assert rendered(report).startswith(
        "Nothing fails, but 1 verdict is unknown and the picture is incomplete: this is not a pass.\n"
    )


def test_listed_passes_come_last():
    report = a_report(
        a_finding(PASS, CRITICAL, item=None, message="Fine"), a_finding(FAIL, LOW, message="Bad")
    )

    assert re.findall(r"^  (. \w+)", rendered(report), re.MULTILINE) == ["x low", "+ critical"]


def test_hubs_of_one_name_in_two_subscriptions_stay_apart():
    report = a_report(a_finding(hub=a_hub(subscription=1)), a_finding(hub=a_hub(subscription=2)))

    assert rendered(report).count("hub1 (rg-ai, ") == 2


def test_at_most_two_hundred_findings_are_shown_and_the_others_counted():
    many = [a_finding(severity=LOW, item=f"low-{number}") for number in range(300)]
    report = a_report(*many, a_finding(severity=CRITICAL, item="the-worst"))

    shown = rendered(report)

    assert shown.count("  x ") == 200
    assert "the-worst" in shown
    assert "\n... and 101 more findings. All of them: -o text, or -o json=FILE\n" in shown
    assert "301 failing (1 critical, 300 low)" in shown


def test_gaps_that_are_many_are_counted():
    gaps = [a_gap(hub=a_hub(f"hub{number}")) for number in range(14)] + [a_gap(hub=a_hub("hub0"))]

    shown = rendered(a_report(gaps=gaps)).splitlines()

    assert shown[2] == "  outboundRules of hub0: forbidden (2 times)"
    assert shown[12] == "  ... and 4 more gaps"


def test_names_are_no_markup():
    hub = a_hub("[bold]hub[/bold]")
    report = a_report(
        a_finding(hub=hub, item="[link=https://contoso.com]x[/link]", message=":smile: [red]m[/red] [/]")
    )

    shown = rendered(report, terminal=True, color=True, width=200)

    assert "[bold]hub[/bold]" in shown
    assert "[link=https://contoso.com]x[/link]" in shown
    assert ":smile: [red]m[/red] [/]" in shown
    assert "\x1b]8" not in shown


def test_a_long_message_is_cut_to_what_a_person_reads():
    shown = rendered(a_report(a_finding(message="word " * 2_000)))

    assert len(shown) < 2_000
    assert "…" in shown


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_no_line_of_a_finding_is_wider_than_the_page(width, terminal):
    shown = rendered(an_estate(), width=width, terminal=terminal)

    rows = re.findall(r"^(?:  [x?~] | {14}).*$", shown, re.MULTILINE)
    assert len(rows) > 42
    assert max(len(row) for row in rows) <= width


@pytest.mark.parametrize("width", [0, 1, 20])
@pytest.mark.parametrize("terminal", [False, True])
def test_a_page_of_no_width_is_still_a_page(width, terminal):
    assert rendered(small_report(), width=width, terminal=terminal)


def test_no_line_of_a_build_log_is_a_command():
    hostile = "::error::x " * 30
    report = a_report(
        a_finding(hub=a_hub("::warning::x"), item="::add-mask::x" * 9, message=hostile),
        gaps=[a_gap("::debug::x")],
        notices=["::notice::x"],
    )

    assert not re.findall(r"^\s*::.*", rendered(report), re.MULTILINE)


@given(name=st.text(), item=st.text(), message=st.text(), terminal=st.booleans())
def test_no_name_adds_a_control_character(name, item, message, terminal):
    report = a_report(a_finding(hub=a_hub(name), item=item, message=message), gaps=[a_gap(name)])

    shown = rendered(report, terminal=terminal)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", shown)
