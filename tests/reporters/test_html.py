"""The html report: one page that asks nothing of any network, escapes every name, and leaves nothing out."""

from __future__ import annotations

import json as standard_json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters.builders import (
    CRITICAL,
    EXEMPT,
    HIGH,
    LOW,
    MEDIUM,
    UNKNOWN,
    a_card,
    a_finding,
    a_gap,
    a_hub,
    a_place,
    a_report,
    an_estate,
    an_exemption,
)
from reporters.conftest import entry
from reporters.html_page import Page, blocks, result, source_of, view

from scanner.errors import UsageError
from scanner.model import (
    Baseline,
    Branding,
    Change,
    Control,
    Egress,
    OutboundRule,
    Prices,
    Reference,
    SinceLast,
    Style,
    Trend,
    TrendPoint,
)
from scanner.reporters import html, json
from scanner.reporters.html.payload import FINDINGS_A_BLOCK

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<!--",
    "]]>",
    "{{ 7 * 7 }}{% raw %}",
    "a\u2028b\u2029c",
    "javascript:alert(1)",
]
UNSEEN = "\u202eevil\u2066\u200b\u200d\u00ad\ufeff\u0000\u001b[31m"


def rendered(report, **style):
    return "".join(html.render(report, Style(**style)))


def page_of(report, **style):
    return Page(rendered(report, **style))


def with_egress(report, **egress):
    told = Egress(**{"isolation_mode": "AllowOnlyApprovedOutbound", **egress})
    return replace(report, hubs=[replace(hub, egress=told) for hub in report.hubs])


def a_rule(name="allow-storage", **more):
    return OutboundRule(
        **{"name": name, "type": "FQDN", "origin": "user", "destination": ("contoso.com",), **more}
    )


def named(name):
    """A report that carries a text wherever a text can stand."""
    hub = a_hub(name)
    finding = a_finding(
        EXEMPT,
        hub=hub,
        item=name,
        message=name,
        exemption=an_exemption(justification=name, approved_by=name, ticket=name),
        location=a_place(path=name),
    )
    failing = a_finding(hub=hub, item=f"{name}!", message=name, remediation={"text": name, "azure_cli": name})
    unknown = a_finding(UNKNOWN, hub=hub, item=f"{name}?", message=name, reason=name)
    card = a_card(remediation={"text": name}, references=(Reference(title=name, url=name),))
    report = a_report(
        finding,
        failing,
        unknown,
        gaps=[a_gap(name, detail=name, code=name, hub=hub)],
        policies=(replace(card, title=name, description=name, category=name),),
        notices=[name],
    )
    report = with_egress(
        report,
        rules=(a_rule(name, destination=(name,), breadth="any", status=name),),
        doubt=name,
        firewall_sku=name,
    )
    change = Change(hub=hub, item=name, change="added", detail=name, opens=(name,))
    return replace(report, changes=(change,))


class TestOffline:
    def test_nothing_in_it_is_loaded_from_anywhere(self):
        page = page_of(an_estate(), branding=Branding(logo="data:image/png;base64,AAAA"))
        loading = [
            value
            for tag, attributes in page.attributes
            for name, value in attributes.items()
            if name in {"src", "srcset", "data", "action", "background", "poster", "xlink:href"}
            or (name == "href" and tag != "a")
        ]
        assert loading == ["data:,", "data:image/png;base64,AAAA"]
        assert not re.search(r"url\(|@import|@font-face", "".join(page.raw["style"]))
        assert not re.search(
            r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(", "".join(page.raw["script"])
        )

    def test_its_policy_allows_its_own_style_and_script_and_nothing_else(self):
        page = page_of(an_estate())
        (style,) = page.raw["style"]
        scripts = zip(page.of("script"), page.raw["script"], strict=True)
        (script,) = [text for attributes, text in scripts if not attributes]
        assert page.security_policy == (
            f"default-src 'none'; script-src {source_of(script)}; style-src {source_of(style)};"
            " img-src data:; base-uri 'none'; form-action 'none'"
        )

    def test_no_element_carries_a_style_or_a_handler_of_its_own(self):
        page = page_of(an_estate())
        assert not [
            name
            for _, attributes in page.attributes
            for name in attributes
            if name == "style" or name.startswith("on")
        ]

    def test_links_lead_to_places_on_the_page_and_references_to_the_web(self):
        card = a_card(
            references=(
                Reference(title="Docs", url="https://learn.microsoft.com/a"),
                Reference(title="Bad", url="javascript:alert(1)"),
            )
        )
        page = page_of(a_report(a_finding(), policies=(card,)))
        assert [link["href"] for link in page.of("a") if not str(link["href"]).startswith("#")] == [
            "https://learn.microsoft.com/a"
        ]
        ids = {attributes["id"] for _, attributes in page.attributes if "id" in attributes}
        assert {str(link["href"])[1:] for link in page.of("a") if str(link["href"]).startswith("#")} <= ids


class TestNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_markup_in_a_name_makes_no_element_and_no_attribute(self, name):
        plain, hostile = page_of(named("name")), page_of(named(name))
        assert hostile.tags == plain.tags
        assert [sorted(attributes) for _, attributes in hostile.attributes] == [
            sorted(attributes) for _, attributes in plain.attributes
        ]

    @given(st.text(min_size=1, max_size=40))
    @settings(max_examples=30, deadline=None)
    def test_no_name_at_all_changes_the_structure_of_the_page(self, name):
        assert page_of(named(f"n{name}")).unclosed == []
        assert page_of(named(f"n{name}")).tags == page_of(named("name")).tags

    def test_what_cannot_be_seen_is_shown_as_a_replacement(self):
        text = rendered(named(f"hub{UNSEEN}\U0001f600"))
        assert not set(UNSEEN) - set("evil[31m\n") & set(text)
        assert "hub\ufffdevil" in text
        assert "\U0001f600" in text
        assert not set(UNSEEN) - set("evil[31m\n") & set(str(view(Page(text))["rows"][0]))

    def test_a_name_of_ten_thousand_characters_is_cut_in_the_rows_and_whole_in_the_result(self):
        page = page_of(a_report(a_finding(hub=a_hub("h" * 10_000))))
        assert len(view(page)["hubs"][0][0]) == 200
        assert "h" * 10_000 in result(page)

    def test_half_a_character_does_not_stop_the_report(self):
        assert page_of(named("a\ud800b")).unclosed == []


class TestPageOne:
    def test_it_begins_with_the_verdict_and_its_scope(self):
        page = page_of(an_estate())
        assert "40 findings fail on 11 of 14 hubs, 10 of them critical; 1 verdict is unknown." in page.text
        assert "14 hubs in 3 subscriptions, 8 policies. Source: snapshot estate.json (14 hubs)." in page.text

    def test_what_was_not_read_stands_in_a_banner_before_any_count(self):
        text = page_of(an_estate()).text
        banner = text.index(
            "The picture is incomplete What could not be read is unknown, not passed. 4 gaps:"
        )
        assert banner < text.index("Findings by severity")
        assert "outboundRules of 3 hubs: forbidden (403 AuthorizationFailed)" in text

    def test_a_complete_scan_says_so(self):
        assert (
            "Coverage is complete: everything that was asked for was read."
            in page_of(a_report(a_finding())).text
        )

    def test_values_that_code_leaves_open_are_no_alarm_and_no_pass(self):
        text = page_of(a_report(a_finding(), gaps=[a_gap(reason="unresolved")], complete=True)).text
        assert "Something is left open" in text
        assert "The picture is incomplete" not in text
        assert "Coverage is complete" not in text

    def test_findings_are_counted_by_severity(self):
        findings = [
            a_finding(severity=CRITICAL, item="a"),
            a_finding(severity=LOW, item="b"),
            a_finding(severity=LOW, item="c"),
            a_finding(UNKNOWN, severity=MEDIUM, item="d"),
            a_finding(EXEMPT, severity=HIGH, item="e", exemption=an_exemption()),
        ]
        text = page_of(a_report(*findings)).text
        assert "C Critical 1 0 0 H High 0 0 1 M Medium 0 1 0 L Low 2 0 0 I Info 0 0 0" in text

    def test_what_is_new_known_and_fixed_since_a_baseline(self):
        baseline = Baseline(
            sources=("before.json",),
            before=4,
            new={HIGH: 2},
            new_unknown={},
            known=3,
            fixed=1,
            unjudged=4,
            findings=(a_finding(item="gone"),),
        )
        findings = [
            a_finding(item=str(number), baseline="new" if number < 2 else "known") for number in range(5)
        ]
        text = page_of(replace(a_report(*findings), baseline=baseline)).text
        assert "New 2 Known 3 Fixed 1 Unverified 4 Compared with before.json" in text
        assert "1 finding fixed H High hub1 fqdn-no-azure-storage gone" in text

    def test_without_a_baseline_it_does_not_speak_of_change(self):
        assert "No earlier scan was given to compare with." in page_of(a_report(a_finding())).text

    def test_the_fix_that_frees_most_hubs_of_most_risk_comes_first(self):
        findings = (
            [a_finding(severity=LOW, policy="low", hub=a_hub(f"hub{number}")) for number in range(8)]
            + [a_finding(severity=HIGH, policy="high", hub=a_hub(f"hub{number}")) for number in range(2)]
            + [a_finding(severity=HIGH, policy="twice", hub=a_hub("hub1"), item=item) for item in "abcdef"]
        )
        text = page_of(a_report(*findings)).text
        found = [text.index(f"Title of {policy} Removes") for policy in ("high", "twice", "low")]
        assert found == sorted(found)
        assert "Title of twice Removes 6 findings on 1 hub." in text

    def test_at_most_five_fixes_each_with_commands_filled_in(self):
        findings = [
            a_finding(
                policy=f"policy-{number}",
                remediation={"text": "Do it.", "azure_cli": f"az one\naz two --n {number}\n"},
            )
            for number in range(7)
        ]
        text = rendered(a_report(*findings))
        assert text.count("Removes 1 finding on 1 hub.") == 5
        assert "az one\naz two --n 0</pre>" in text

    def test_a_fix_is_in_the_language_of_the_file(self):
        finding = a_finding(
            location=a_place("infra/main.tf"), remediation={"azure_cli": "az x", "terraform": "x = 1"}
        )
        page = page_of(a_report(finding))
        assert "Terraform for hub1" in page.text
        assert "az x" not in page.text

    def test_the_matrix_names_the_worst_of_each_category_in_words(self):
        findings = [
            a_finding(severity=HIGH, item="a"),
            a_finding(severity=CRITICAL, item="b"),
            a_finding(UNKNOWN, item="c"),
            a_finding(UNKNOWN, policy="other", hub=a_hub("hub2"), item="d"),
        ]
        cards = (a_card(), replace(a_card("other"), category="isolation"))
        text = page_of(a_report(*findings, policies=cards)).text
        assert "hub1 C 2 : 2 failing, 1 unknown, worst critical" in text
        assert "hub2 ? 1 : 1 unknown" in text

    def test_a_trend_is_a_line_and_a_table(self):
        points = tuple(
            TrendPoint(day=f"2026-11-0{day}", open={CRITICAL: 1, LOW: 10 - day}, new=0, fixed=day)
            for day in (1, 2, 3)
        )
        page = page_of(replace(a_report(a_finding()), trend=Trend(points=points)))
        assert "2026-11-03 8 0 3" in page.text
        assert "New 0 Fixed 3 Open 8" in page.text
        label = next(one["aria-label"] for one in page.of("svg") if "role" in one)
        assert label == "Open findings from 2026-11-01 to 2026-11-03: 8 now, 1 of them critical or high"

    def test_only_hubs_that_a_policy_judges_can_be_clean(self):
        hubs = [a_hub("clean"), a_hub("failing"), a_hub("unread"), replace(a_hub("other"), kind="Default")]
        report = a_report(a_finding(hub=hubs[1]), gaps=[a_gap(hub=hubs[2])], hubs=hubs, policies=(a_card(),))
        page = page_of(report)
        assert "Clean hubs 1 of 3" in page.text
        assert [hub[6:] for hub in view(page)["hubs"]] == [
            [0, True, True],
            [0, True, True],
            [1, True, True],
            [0, False, True],
        ]

    def test_a_history_says_what_changed_since_the_last_scan(self):
        points = (TrendPoint(day="2026-11-01", open={HIGH: 2}, new=2, fixed=0),)
        since = SinceLast(
            before="2026-10-31T05:00:00Z", new=3, reopened=1, fixed=2, gone=0, exempted=0, held=4
        )
        text = page_of(replace(a_report(a_finding()), trend=Trend(points=points, since_last=since))).text
        assert "New 3 Reopened 1 Fixed 2 Unverified 4 Open 2 Compared with the scan of 2026-10-31." in text


class TestNothing:
    def test_no_finding_is_a_sentence(self):
        text = page_of(a_report(passes=3, hubs=[a_hub()], policies=(a_card(),))).text
        assert "Nothing fails: every policy that applies passes." in text
        assert "1 policy without a failing, unknown or exempt finding" in text

    def test_nothing_but_gaps_is_never_a_pass(self):
        text = page_of(a_report(gaps=[a_gap()], hubs=[a_hub()], policies=(a_card(),))).text
        assert "this is not a pass" in text
        assert "The picture is incomplete" in text

    def test_no_hub_at_all(self):
        text = page_of(a_report()).text
        assert "No hub was judged." in text
        assert "No hub was judged, so nothing passed." in text


class TestData:
    def test_the_result_in_the_page_is_the_json_report_byte_for_byte(self):
        report = an_estate()
        assert result(page_of(report)) == "".join(json.render(report, Style()))

    def test_an_empty_result_is_whole_too(self):
        report = a_report()
        assert result(page_of(report)) == "".join(json.render(report, Style()))

    def test_every_block_but_the_last_has_as_many_findings(self):
        count = 2 * FINDINGS_A_BLOCK + 7
        report = a_report(*(a_finding(item=f"{number:05}") for number in range(count)))
        parts = [text for kind, text in blocks(page_of(report)) if kind == "findings"]
        found = [standard_json.loads(f"[{text.lstrip(', ')}]") for text in parts]
        assert [len(part) for part in found] == [FINDINGS_A_BLOCK, FINDINGS_A_BLOCK, 7]
        assert [one["item"] for part in found for one in part] == [f"{number:05}" for number in range(count)]

    def test_a_row_stands_for_a_finding_of_the_result_in_its_order(self):
        report = an_estate()
        data = view(page_of(report))
        fields = data["words"]["fields"]
        rows = [dict(zip(fields, row, strict=True)) for row in data["rows"]]
        assert [row["fingerprint"] for row in rows] == [finding.fingerprint for finding in report.findings]
        for row, finding in zip(rows, report.findings, strict=True):
            assert data["policies"][row["policy"]]["id"] == finding.policy
            assert data["hubs"][row["hub"]][1] == finding.hub.id
            assert data["words"]["severities"][row["severity"]] == finding.severity
            assert data["words"]["verdicts"][row["verdict"]] == finding.verdict

    def test_a_hub_that_the_result_does_not_list_has_its_rows(self):
        report = replace(a_report(a_finding(), a_finding(hub=a_hub("stray"))), hubs=[entry(a_hub())])
        data = view(page_of(report))
        assert [hub[0] for hub in data["hubs"]] == ["hub1"]
        assert [hub[0] for hub in data["strays"]] == ["stray"]
        assert [row[1] for row in data["rows"]] == [0, 1]

    def test_a_finding_of_a_policy_that_the_result_does_not_list_is_no_error(self):
        page = page_of(a_report(a_finding(), policies=()))
        assert view(page)["rows"][0][0] == -1

    def test_at_most_two_hundred_findings_are_rows_without_the_script(self):
        page = page_of(a_report(*(a_finding(item=str(number)) for number in range(500))))
        assert page.text.count("Title of") < 250
        assert "300 less severe findings more" in rendered(
            a_report(*(a_finding(item=str(number)) for number in range(500)))
        )

    def test_findings_are_gone_through_twice_and_never_held(self):
        class Findings:
            times = 0

            def __iter__(self):
                type(self).times += 1
                return (a_finding(item=str(number)) for number in range(3))

        list(html.render(replace(a_report(), findings=Findings()), Style()))
        assert Findings.times == 2

    def test_the_same_report_is_the_same_page(self):
        assert rendered(an_estate()) == rendered(an_estate())


class TestRegisters:
    def test_exemptions_that_end_soon_are_marked(self):
        exemption = an_exemption(expires="2026-12-01")
        text = page_of(a_report(a_finding(EXEMPT, exemption=exemption))).text
        assert "2026-12-01 ! ends soon" in text
        assert "Exemptions 1 1 end soon" in text
        later = page_of(a_report(a_finding(EXEMPT, exemption=an_exemption(expires="2027-12-01")))).text
        assert "ends soon" not in later

    def test_policies_name_their_controls_and_frameworks_their_policies(self):
        card = a_card(controls=(Control(framework="MCSB", version="v1", control="NS-2"),))
        text = page_of(a_report(a_finding(), policies=(card,))).text
        assert "Controls: MCSB v1 NS-2" in text
        assert "NS-2 Secure cloud native services with network controls 1 0 0 fqdn-no-azure-storage" in text

    def test_a_framework_with_nothing_but_unknown_findings_does_not_look_clean(self):
        card = a_card(controls=(Control(framework="MCSB", version="v1", control="NS-2"),))
        text = page_of(a_report(a_finding(UNKNOWN), policies=(card,))).text
        assert "1 control 1 control with unknown findings" in text

    def test_what_could_not_be_read_is_listed_with_its_hubs(self):
        gaps = [a_gap(hub=a_hub(f"hub{number}"), status=403) for number in range(12)]
        text = page_of(a_report(gaps=gaps)).text
        assert "outboundRules forbidden (403) 12 hub0" in text
        assert "and 2 more" in text


class TestCost:
    def two_hubs(self):
        return with_egress(
            a_report(a_finding(), a_finding(hub=a_hub("hub2"))),
            firewall_sku="Standard",
            totals={"PrivateEndpoint": 4, "FQDN": 2},
            rules=(a_rule("wide", destination=("*",), breadth="any"),),
        )

    def test_counts_alone_where_no_price_was_given(self):
        text = page_of(self.two_hubs()).text
        assert "SKU Hubs Standard 2" in text
        assert "8 in all." in text
        assert "A month" not in text

    def test_prices_of_the_configuration(self):
        prices = Prices(currency="EUR", firewall={"standard": 900.5}, private_endpoint=7.25)
        text = page_of(self.two_hubs(), branding=Branding(prices=prices)).text
        assert "Standard 2 1,801.00 EUR" in text
        assert "8 in all, 58.00 EUR a month." in text
        assert "hub1 rg-ai 4 929.50 EUR" in text

    def test_a_price_that_is_needed_and_missing_is_not_guessed(self):
        prices = Prices(currency="EUR", private_endpoint=7.25)
        text = page_of(self.two_hubs(), branding=Branding(prices=prices)).text
        assert "hub1 rg-ai 4 " in text
        assert "hub1 rg-ai 4 29.00" not in text

    def test_the_widest_egress_comes_first(self):
        report = a_report(
            *(a_finding(hub=a_hub(name)) for name in ("approved", "broad", "internet", "off", "unsure"))
        )
        modes = {
            "approved": Egress(isolation_mode="AllowOnlyApprovedOutbound", rules=(a_rule(),)),
            "broad": Egress(isolation_mode="AllowOnlyApprovedOutbound", rules=(a_rule(breadth="any"),)),
            "internet": Egress(isolation_mode="AllowInternetOutbound"),
            "off": Egress(isolation_mode="Disabled"),
            "unsure": Egress(isolation_mode=None),
        }
        text = page_of(
            replace(report, hubs=[replace(hub, egress=modes[hub.name]) for hub in report.hubs])
        ).text
        table = text[text.index("Widest egress") :]
        order = [table.index(f"{name} rg-ai") for name in ("off", "internet", "unsure", "broad", "approved")]
        assert order == sorted(order)

    def test_a_result_without_egress_says_so(self):
        assert "The result tells nothing of outbound rules" in page_of(a_report(a_finding())).text


class TestLooks:
    def test_branding(self):
        branding = Branding(
            title="Hub report",
            organisation="Contoso",
            contact="security@contoso.com",
            logo="data:image/png;base64,AAAA",
        )
        page = page_of(a_report(a_finding()), branding=branding)
        assert (
            "Hub report Contoso Evidence of 2026-11-22 10:00 UTC Contact: security@contoso.com" in page.text
        )
        assert page.of("img") == [{"class": "logo", "src": "data:image/png;base64,AAAA", "alt": "Contoso"}]

    def test_a_style_of_ones_own_is_allowed_by_its_hash(self):
        page = page_of(a_report(), templates={"html/style.css": "body { color: red }\n"})
        assert page.raw["style"][0].startswith("body { color: red }")
        assert source_of(page.raw["style"][0]) in page.security_policy

    def test_lines_of_windows_end_as_the_browser_hashes_them(self):
        page = page_of(a_report(), templates={"html/style.css": "a {}\r\nb {}\r\n"})
        assert page.raw["style"][0].startswith("a {}\nb {}\n")

    def test_a_template_of_ones_own(self):
        own = "{{ headline }}: {% for finding in worst %}{{ finding.message }}{% endfor %}"
        text = rendered(a_report(a_finding(message="<b>")), templates={"html/page.html": own})
        assert text == "1 high finding fails on 1 of 1 hub: &lt;b&gt;"

    @pytest.mark.parametrize(
        ("own", "problem"),
        [
            ("{% if %}", "html/page.html:1: "),
            ("\n{{ nonsense }}", "html/page.html:2: 'nonsense' is undefined"),
            ("{{ 1 / 0 }}", "html/page.html:1: "),
            ("{{ report.__class__.__mro__ }}", "html/page.html:1: "),
            ("{{ ''.__class__.__base__.__subclasses__() }}", "html/page.html:1: "),
            ("{% include 'other.html' %}", "html/page.html:1: other.html"),
            ("{{ worst.append(1) }}", "html/page.html:1: "),
        ],
    )
    def test_a_template_that_cannot_be_rendered_is_one_line_with_its_place(self, own, problem):
        with pytest.raises(UsageError) as error:
            rendered(a_report(a_finding()), templates={"html/page.html": own})
        assert str(error.value).startswith(f"--template: {problem}")
        assert "\n" not in str(error.value)
