"""The html report in a browser: it asks nothing of any network, works by keyboard, and stays quick when it is long."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace

import pytest
from reporters.builders import (
    EXEMPT,
    UNKNOWN,
    a_card,
    a_finding,
    a_gap,
    a_hub,
    a_report,
    an_estate,
    an_exemption,
)

from scanner.model import Control, Egress, HubEntry, OutboundRule, Style
from scanner.reporters import html, json

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def rule(name, kind="FQDN", *destination, origin="user", **more):
    return OutboundRule(
        name=name, type=kind, origin=origin, destination=destination or ("contoso.com",), **more
    )


EGRESS = Egress(
    isolation_mode="AllowOnlyApprovedOutbound",
    firewall_sku="Standard",
    totals={"FQDN": 14, "ServiceTag": 1, "PrivateEndpoint": 1},
    rules=(
        rule("rule_00", "FQDN", "contoso.blob.core.windows.net"),
        rule("star", "FQDN", "*", breadth="any"),
        *(rule(f"host-{number}", "FQDN", f"host{number}.contoso.com") for number in range(12)),
        rule(
            "lake",
            "PrivateEndpoint",
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/lake (dfs)",
        ),
        rule("system", "ServiceTag", "AzureResourceManager TCP 443", origin="platform"),
    ),
)


def estate():
    """An estate with everything once: every verdict, controls, exemptions, gaps, egress."""
    report = an_estate()
    cards = tuple(
        replace(card, controls=(Control(framework="MCSB", version="v1", control="NS-2"),))
        for card in report.policies
    )
    modes = ["AllowOnlyApprovedOutbound", "AllowInternetOutbound", "Disabled", None]
    hubs = [
        replace(hub, egress=replace(EGRESS, isolation_mode=modes[number % 4]))
        for number, hub in enumerate(report.hubs)
    ]
    return replace(report, policies=cards, hubs=hubs)


def few():
    """The same with fewer hubs and findings, for what looks at every element."""
    report = estate()
    kept = [hub.id for hub in [*report.hubs[:3], *report.hubs[11:13]]]
    findings = [finding for finding in report.findings if finding.hub.id in kept]
    return replace(report, hubs=[hub for hub in report.hubs if hub.id in kept], findings=findings)


def long_report(count=20_000):
    hubs = [a_hub(f"hub-{number:05}") for number in range(500)]
    findings = [
        a_finding(
            policy=f"policy-{number % 7}",
            hub=hubs[number % 500],
            item=f"rule-{number:05}",
            message=f"Message {number}",
        )
        for number in range(count)
    ]
    return a_report(*findings, hubs=hubs, policies=tuple(a_card(f"policy-{number}") for number in range(7)))


def write(report, **style):
    return lambda: html.render(report, Style(**style))


@pytest.fixture
def page(visit, reports):
    return visit().open(reports("estate", write(estate())))


def shown(page):
    return page.inner_text("#finding-count")


def test_it_loads_nothing_but_itself_and_complains_of_nothing(visit, reports):
    visited = visit()
    page = visited.open(reports("estate", write(estate())))
    page.wait_for_timeout(200)
    assert visited.requests == [page.url]
    assert visited.complaints == []


@pytest.mark.parametrize(("scheme", "rules"), [("light", WCAG), ("dark", ["color-contrast"])])
def test_axe_finds_nothing_against_wcag_a_and_aa(visit, reports, violations, scheme, rules):
    page = visit(color_scheme=scheme, bypass_csp=True).open(reports("few", write(few())))
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert violations(page, rules) == []


def test_axe_finds_nothing_in_the_details_of_a_finding(visit, reports, violations):
    page = visit(bypass_csp=True).open(reports("few", write(few())))
    page.click("#rows tbody button >> nth=0")
    page.wait_for_selector("#detail .pairs")
    assert violations(page, WCAG, "#detail") == []


class TestFindings:
    def test_search_narrows_them_and_clearing_brings_them_back(self, page):
        assert shown(page) == "42 of 42 findings shown."
        page.fill("#search", "rule_17")
        page.locator("#finding-count", has_text="1 of 42").wait_for()
        assert page.locator("#rows tbody tr:not(.spacer)").count() == 1
        page.click("#clear")
        page.locator("#finding-count", has_text="42 of 42").wait_for()

    def test_filters_by_severity_verdict_and_category(self, page):
        for severity in ("high", "medium", "low", "info"):
            page.uncheck(f"#filters input[value={severity}]")
        page.locator("#finding-count", has_text="10 of 42").wait_for()
        page.click("#clear")
        page.uncheck("#filters input[value=fail]")
        page.locator("#finding-count", has_text="2 of 42").wait_for()
        page.uncheck("#filters input[value=unknown]")
        page.locator("#finding-count", has_text="1 of 42").wait_for()
        assert "until 2026-12-31" in page.inner_text("#rows tbody")

    def test_sorting_by_hub_goes_both_ways(self, page):
        def first():
            return page.inner_text("#rows tbody tr:not(.spacer) >> nth=0 >> td >> nth=2")

        page.click("#rows th[data-sort=hub] button")
        assert page.get_attribute("#rows th[data-sort=hub]", "aria-sort") == "ascending"
        assert first() == "contoso-hub-01"
        page.click("#rows th[data-sort=hub] button")
        assert page.get_attribute("#rows th[data-sort=hub]", "aria-sort") == "descending"
        assert first() == "fabrikam-hub-12"

    def test_a_control_shows_its_findings(self, page):
        page.click(".framework summary")
        page.click("[data-control='MCSB v1 NS-2']")
        page.locator("#pills", has_text="control: MCSB v1 NS-2").wait_for()
        assert shown(page) == "42 of 42 findings shown."

    def test_the_keyboard_goes_through_them_and_opens_one(self, page):
        page.focus("#rows tbody tr:not(.spacer) button")
        for key in ("ArrowDown", "ArrowDown", "ArrowUp", "End"):
            page.keyboard.press(key)
        row = page.evaluate("document.activeElement.closest('tr').getAttribute('aria-rowindex')")
        assert row == "43"
        page.keyboard.press("Enter")
        page.wait_for_selector("#detail[open] .pairs")
        assert "#finding-" in page.url
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.closest('tr').getAttribute('aria-rowindex')") == "43"

    def test_details_show_what_the_result_has(self, page):
        page.fill("#search", "rule_17")
        page.locator("#finding-count", has_text="1 of 42").wait_for()
        page.click("#rows tbody button")
        page.wait_for_selector("#detail .pairs")
        told = page.inner_text("#detail")
        assert "Replace the rule with a private endpoint." in told
        assert "az ml workspace outbound-rule remove" in told
        assert "rule_17" in told

    def test_an_address_opens_a_finding(self, visit, reports):
        finding = estate().findings[3]
        address = reports("estate", write(estate()))
        page = visit().open(
            f"{address}#finding-{finding.fingerprint.replace('/', '%2F').replace('|', '%7C')}"
        )
        page.wait_for_selector("#detail[open] .pairs")
        assert finding.fingerprint in page.inner_text("#detail")

    @pytest.mark.parametrize("fragment", ["%", "%zz", "finding-%", "finding-nothing", "policy-", "<script>"])
    def test_an_address_of_nothing_does_no_harm(self, visit, reports, fragment):
        address = reports("estate", write(estate()))
        page = visit().open(f"{address}#{fragment}")
        assert shown(page) == "42 of 42 findings shown."


class TestHubs:
    def test_a_hub_is_drawn_with_what_code_on_it_can_reach(self, page):
        page.fill("#hub-search", "contoso-hub-01")
        page.locator("#hub-count", has_text="1 of 14").wait_for()
        label = page.get_attribute("svg.egress", "aria-label")
        assert label.startswith(
            "Egress of contoso-hub-01: approved destinations only; 1 private endpoint; 14 hosts; 0 service tags;"
        )
        assert "1 required by the platform" in label
        drawing = page.text_content("svg.egress")
        assert "lake (dfs)" in drawing
        assert "and 6 more hosts" in drawing
        assert page.locator("svg.egress .node.broad .sign").first.text_content() == "!"

    def test_a_rule_that_breaks_a_policy_is_marked(self, page):
        first = estate().findings
        hub = next(one.hub.name for one in first if one.item == "rule_00")
        page.fill("#hub-search", hub)
        page.locator("#hub-count", has_text="1 of 14").wait_for()
        bad = page.locator("svg.egress .node.bad", has_text="contoso.blob.core.windows.net")
        assert bad.locator(".sign").text_content() == "✕"

    def test_what_is_denied_or_not_in_force_does_not_look_allowed(self, visit, reports):
        rules = (
            rule("no", "ServiceTag", "deny AzureMonitor TCP 443"),
            rule("broken", "FQDN", "files.contoso.com", status="Failed"),
        )
        report = a_report(a_finding())
        report = replace(
            report, hubs=[replace(hub, egress=replace(EGRESS, rules=rules)) for hub in report.hubs]
        )
        page = visit().open(reports("denied", write(report)))
        assert page.locator("svg.egress .node.denied .sign").text_content() == "\N{EN DASH}"
        assert "files.contoso.com · Failed" in page.text_content("svg.egress")

    def test_what_is_not_known_does_not_look_allowed(self, visit, reports):
        rules = (rule("partly", "FQDN", "\u2026.contoso.com"), rule("typeless", None, "fabrikam.com"))
        told = replace(EGRESS, rules=rules, isolation_mode=None, doubt="a loop")
        report = a_report(a_finding())
        report = replace(report, hubs=[replace(hub, egress=told) for hub in report.hubs])
        page = visit().open(reports("unsure", write(report)))
        assert page.locator("svg.egress .node.doubt").count() == 4
        assert page.locator("svg.egress .node.ok").count() == 0
        assert page.locator("svg.egress .hub.unsure").count() == 1

    def test_a_hub_that_is_open_says_so(self, page):
        page.select_option("#hub-order", "wide")
        assert "no isolation: any host can be reached" in page.text_content("svg.egress >> nth=0")

    def test_they_are_found_by_what_they_reach(self, page):
        page.fill("#hub-search", "lake")
        page.locator("#hub-count", has_text="14 of 14").wait_for()
        page.fill("#hub-search", "no-such-host")
        page.locator("#hub-count", has_text="0 of 14").wait_for()

    def test_the_rules_are_a_table_too(self, page):
        page.click("article.hub details summary >> nth=0")
        assert page.locator("article.hub details[open] tbody tr").count() == len(EGRESS.rules)

    def test_the_matrix_leads_to_a_card(self, page):
        name = page.inner_text(".matrix tbody a >> nth=0")
        page.click(".matrix tbody a >> nth=0")
        page.locator("#hub-count", has_text="1 of 14").wait_for()
        assert page.inner_text("article.hub h3") == name


class TestLong:
    def test_only_the_rows_in_sight_are_in_the_document(self, visit, reports):
        page = visit().open(reports("long", write(long_report())))
        assert shown(page) == "20,000 of 20,000 findings shown."
        assert page.locator("#rows tbody tr").count() < 60
        page.evaluate("document.getElementById('window').scrollTop = 46 * 15000")
        page.locator("#rows tbody tr[data-row='15005']").wait_for()
        assert page.locator("#rows tbody tr").count() < 60
        assert page.get_attribute("#rows", "aria-rowcount") == "20001"
        page.fill("#search", "message 19876")
        page.locator("#finding-count", has_text="1 of 20,000").wait_for()

    def test_more_hubs_come_as_one_asks(self, visit, reports):
        page = visit().open(reports("long", write(long_report())))
        before = page.locator("article.hub").count()
        page.evaluate("document.getElementById('hub-more').click()")
        assert page.locator("article.hub").count() > before

    def test_the_details_of_the_last_finding(self, visit, reports):
        page = visit().open(reports("long", write(long_report())))
        page.fill("#search", "rule-19999")
        page.locator("#finding-count", has_text="1 of 20,000").wait_for()
        page.click("#rows tbody button")
        page.wait_for_selector("#detail .pairs")
        assert "rule-19999" in page.inner_text("#detail .pairs")


def test_the_download_is_the_json_report(page, tmp_path):
    with page.expect_download() as waiting:
        page.click("#download")
    assert waiting.value.suggested_filename == "hubscan-result.json"
    saved = tmp_path / "result.json"
    waiting.value.save_as(saved)
    assert saved.read_text() == "".join(json.render(estate(), Style()))
    assert standard_json.loads(saved.read_text())["result"] == "hubscan/v1"


def test_dark_and_light_can_be_chosen(page):
    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = paper()
    page.click("#theme")
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    assert paper() != light
    page.click("#theme")
    assert paper() == light


def test_print_has_the_rows_and_no_controls(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tbody tr:not(.spacer)").count() == 42
    assert not page.is_visible("#filters")
    assert not page.is_visible(".sections")
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#rows tbody tr:not(.spacer)").count() < 42


def test_hostile_names_are_text(visit, reports):
    hub = replace(
        HubEntry(
            **{
                name: getattr(a_hub(HOSTILE), name)
                for name in ("id", "name", "kind", "subscription_id", "resource_group")
            }
        ),
        egress=replace(EGRESS, doubt=HOSTILE, rules=(rule(HOSTILE, "FQDN", HOSTILE, status=HOSTILE),)),
    )
    finding = a_finding(
        hub=a_hub(HOSTILE),
        item=HOSTILE,
        message=HOSTILE,
        evidence={HOSTILE: HOSTILE},
        remediation={"text": HOSTILE, "azure_cli": HOSTILE},
    )
    report = replace(a_report(finding, gaps=[a_gap(HOSTILE)]), hubs=[hub])
    page = visit().open(reports("hostile", write(report)))
    title = page.title()
    page.click("#rows tbody button")
    page.wait_for_selector("#detail .pairs")
    assert HOSTILE in page.inner_text("#detail .message")
    assert page.title() == title
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    "name",
    ["empty", "gaps", "unknown"],
)
def test_a_report_of_nothing_works_too(visit, reports, name):
    made = {
        "empty": a_report(),
        "gaps": a_report(gaps=[a_gap()], hubs=[a_hub()], policies=(a_card(),)),
        "unknown": a_report(
            a_finding(UNKNOWN, reason="it loops"), a_finding(EXEMPT, item="b", exemption=an_exemption())
        ),
    }
    page = visit().open(reports(name, write(made[name])))
    assert "findings shown" in shown(page)


def test_without_its_script_the_page_still_tells_what_matters(visit, reports):
    visited = visit(java_script_enabled=False)
    visited.page.goto(reports("estate", write(estate())))
    page = visited.page
    assert "40 findings fail on 11 of 14 hubs" in page.inner_text("h1")
    assert page.is_visible("text=The picture is incomplete")
    assert page.locator("#rows tbody tr").count() == 42
    assert not page.is_visible("#filters")
    assert "need the script of this page" in page.inner_text("#hubs")


@pytest.mark.parametrize("width", [360, 820])
def test_nothing_is_cut_off_on_a_narrow_screen(visit, reports, width):
    visited = visit()
    visited.page.set_viewport_size({"width": width, "height": 800})
    page = visited.open(reports("estate", write(estate())))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
