import random
import re
from collections import Counter
from dataclasses import replace
from textwrap import indent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from reporters.builders import (
    CRITICAL,
    EXEMPT,
    FAIL,
    HIGH,
    INFO,
    LOW,
    MEDIUM,
    PASS,
    SKIP,
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

from scanner.model import SourceNote, Style
from scanner.reporters import markdown

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(report):
    return "".join(markdown.render(report, Style()))


def small_report():
    fix = {
        "text": "Use a private endpoint.",
        "azure_cli": "az ml workspace update",
        "bicep": "mode: 'x'\ny: 1",
    }
    return a_report(
        a_finding(
            severity=CRITICAL, policy="managed-network-isolation-enabled", item=None, message="It is Disabled"
        ),
        a_finding(location=a_place(), remediation=fix),
        *[
            a_finding(severity=LOW, item=f"rule_{n}", message=f"Rule {n} is wide", remediation=fix)
            for n in range(9)
        ],
        a_finding(UNKNOWN, MEDIUM, item=None, message="Not known", reason="resources was not collected"),
        a_finding(EXEMPT, MEDIUM, item="vscode", exemption=an_exemption()),
        gaps=[a_gap(hub=a_hub(f"hub{n}"), status=403, code="AuthorizationFailed") for n in (3, 2)],
        passes=9,
        notices=["an exemption expired"],
    )


def numbered(number, message):
    """An entry of the list of what to fix first."""
    marker = f"{number}. "
    return f"{marker}**Low**, `hub1`: {message}\n" + indent(
        f"""
`fqdn-no-azure-storage`, `rg-ai`, `{SUBSCRIPTION}`

<details><summary>Fix (Azure CLI)</summary>

Use a private endpoint.

```sh
az ml workspace update
```

</details>
""",
        " " * len(marker),
    )


def test_a_page_says_the_verdict_then_what_is_missing_then_what_to_fix_and_folds_the_rest():
    low = "\n".join(numbered(number, f"Rule {number - 3} is wide") for number in range(3, 11))

    assert rendered(small_report()) == (
        f"""\
## 11 findings fail on 1 of 1 hub, 1 of them critical; 1 verdict is unknown

> **The picture is incomplete.** What could not be read is unknown, not passed:
>
> - `outboundRules` of `hub2`, `hub3`: forbidden (403 AuthorizationFailed)

| Severity | Failing | Unknown | Exempt |
| --- | --: | --: | --: |
| Critical | 1 | 0 | 0 |
| High | 1 | 0 | 0 |
| Medium | 0 | 1 | 1 |
| Low | 9 | 0 | 0 |

1 hub judged by 2 policies: 9 passed, 0 not applicable.

### Fix first

1. **Critical**, `hub1`: It is Disabled

   `managed-network-isolation-enabled`, `rg-ai`, `{SUBSCRIPTION}`

2. **High**, `hub1`: FQDN rule 'allow-storage' reaches x.blob.core.windows.net

   `fqdn-no-azure-storage`, `infra/hub.bicep:12:5`

   <details><summary>Fix (Bicep)</summary>

   Use a private endpoint.

   ```bicep
   mode: 'x'
   y: 1
   ```

   </details>

{low}
### Other failing findings

<details><summary>Low (1)</summary>

| Hub | Policy | Item | What is wrong | Where |
| --- | --- | --- | --- | --- |
| `hub1` | `fqdn-no-azure-storage` | `rule_8` | Rule 8 is wide | `rg-ai`, `{SUBSCRIPTION}` |

</details>

### Unknown: neither passed nor failed

<details><summary>Medium (1)</summary>

| Hub | Policy | Item | Why it is unknown | Where |
| --- | --- | --- | --- | --- |
| `hub1` | `fqdn-no-azure-storage` |  | resources was not collected | `rg-ai`, `{SUBSCRIPTION}` |

</details>

<details><summary>Exemptions (1)</summary>

| Policy | Hub | Covers | Why | Who | Until |
| --- | --- | --: | --- | --- | --- |
"""
        "| `fqdn-no-azure-storage` | `hub*` | 1 | waiver: Storage moves behind a private endpoint in May "
        "| `security@contoso.com`, NET-12 | 2026-12-31 |"
        """

</details>

### Notices

- an exemption expired

<details><summary>Policies (2)</summary>

| Policy | Severity | Failing | Unknown | Exempt |
| --- | --- | --: | --: | --: |
| `managed-network-isolation-enabled` | critical | 1 | 0 | 0 |
| `fqdn-no-azure-storage` | medium | 10 | 1 | 1 |

</details>

hubscan 0.1.0, evidence of 2026-11-22T10:00:00Z to 2026-11-22T10:00:04Z: snapshot `estate.json` (1 hub)
"""
    )


def test_a_clean_estate_is_a_short_page():
    report = a_report(hubs=[a_hub()], passes=1, policies=(a_card(severity=HIGH),))

    assert rendered(replace(report, finished_at=report.started_at)) == (
        """\
## Nothing fails: every policy that applies passes

1 hub judged by 1 policy: 1 passed, 0 not applicable.

<details><summary>Policies (1)</summary>

| Policy | Severity | Failing | Unknown | Exempt |
| --- | --- | --: | --: | --: |
| `fqdn-no-azure-storage` | high | 0 | 0 | 0 |

A policy with nothing but zeros passed or did not apply. `--show-passes` tells which.

</details>

hubscan 0.1.0, evidence of 2026-11-22T10:00:00Z: snapshot `estate.json` (1 hub)
"""
    )


def test_a_scan_that_judged_nothing_lists_no_policy_as_passed():
    page = rendered(a_report(policies=(a_card(),)))

    assert page.startswith("## No hub was judged\n")
    assert "Policies" not in page


def test_passes_are_counted_a_policy_where_the_report_lists_them():
    report = a_report(
        a_finding(PASS, item=None),
        a_finding(PASS, item=None, hub=a_hub("b")),
        a_finding(SKIP, INFO, "other", item=None),
    )

    page = rendered(report)

    assert "| Policy | Severity | Failing | Unknown | Exempt | Passed | Not applicable |" in page
    assert "| `fqdn-no-azure-storage` | high | 0 | 0 | 0 | 2 | 0 |" in page
    assert "| `other` | info | 0 | 0 | 0 | 0 | 1 |" in page
    assert "--show-passes" not in page


def test_gaps_that_the_banner_cannot_hold_are_listed_below_with_their_count():
    gaps = [a_gap("tags", "missing", a_hub(f"hub{n:02}")) for n in range(12)]
    gaps += [a_gap(f"subject{n}", "failed", status=500) for n in range(5)]

    page = rendered(a_report(gaps=gaps))

    assert "> - and 1 other gap, listed below\n" in page
    assert "<details><summary>What could not be read (6)</summary>" in page
    assert (
        "| `tags` | missing | 12 | `hub00`, `hub01`, `hub02`, `hub03`, `hub04`, `hub05`, `hub06`, `hub07`, `hub08`, "
        "`hub09` and 2 more |"
    ) in page


def test_what_code_leaves_open_is_listed_without_calling_the_scan_incomplete():
    page = rendered(a_report(a_finding(), gaps=[a_gap("sku", "unresolved", detail="var.sku")], complete=True))

    assert "incomplete" not in page
    assert "| `sku` | unresolved: var.sku | 1 | `hub1` |" in page


def test_exemptions_that_end_first_come_first_with_how_much_they_cover():
    forever = an_exemption(expires=None, item="vs*", ticket=None, approved_by=None, category="mitigated")
    report = a_report(
        a_finding(EXEMPT, item="a", exemption=forever),
        a_finding(EXEMPT, item="b", exemption=an_exemption(expires="2027-01-01")),
        a_finding(EXEMPT, item="c", exemption=an_exemption(expires="2026-12-31")),
        a_finding(EXEMPT, item="d", exemption=forever),
        a_finding(EXEMPT, item="e", exemption=None),
    )

    why = "Storage moves behind a private endpoint in May"
    assert [line for line in rendered(report).splitlines() if why in line] == [
        f"| `fqdn-no-azure-storage` | `hub*` | 1 | waiver: {why} | `security@contoso.com`, NET-12 | 2026-12-31 |",
        f"| `fqdn-no-azure-storage` | `hub*` | 1 | waiver: {why} | `security@contoso.com`, NET-12 | 2027-01-01 |",
        f"| `fqdn-no-azure-storage` | `hub*`, item `vs*` | 2 | mitigated: {why} |  | no end |",
    ]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("a.bicep", "Bicep"),
        ("a.tf", "Terraform"),
        ("a.YAML", "Azure ML YAML"),
        ("azuredeploy.json", "Azure CLI"),
    ],
)
def test_a_fix_speaks_the_language_of_its_file(path, title):
    forms = {form: f"{form} here" for form in ("azure_cli", "bicep", "terraform", "azureml_yaml")}

    page = rendered(a_report(a_finding(location=a_place(path), remediation=forms)))

    assert re.findall(r"<summary>(Fix.*)</summary>", page) == [f"Fix ({title})"]


def test_a_fix_without_a_command_is_its_text_and_a_command_is_never_cut():
    fix = {"text": "Recreate\nthe hub.", "azure_cli": "az x " + "y" * 5_000}

    page = rendered(a_report(a_finding(remediation=fix)))

    assert "   <details><summary>Fix</summary>\n\n   Recreate the hub.\n\n   </details>\n" in page
    assert "az x" not in page


def test_a_command_cannot_leave_its_fence():
    fix = {"azure_cli": "az a\n```\n</details>\n::error::x\n````\n\tb"}

    page = rendered(a_report(a_finding(remediation=fix)))

    fence = next(token for token in MARKDOWN.parse(page) if token.type == "fence")
    assert fence.content == "az a\n```\n</details>\n�:error::x\n````\n    b\n"


def test_the_same_findings_in_any_order_give_the_same_page():
    estate = an_estate()
    shuffled = list(estate.findings)
    random.Random(1).shuffle(shuffled)

    assert rendered(replace(estate, findings=shuffled, gaps=estate.gaps[::-1])) == rendered(estate)


def test_a_page_of_too_many_findings_leaves_out_the_least_severe_and_says_how_many():
    many = [
        a_finding(FAIL, severity, item=f"{severity}-{n}", message="m" * 500)
        for n in range(800)
        for severity in (LOW, HIGH, MEDIUM)
    ]
    many += [a_finding(UNKNOWN, CRITICAL, item=f"unknown-{n}", reason="r" * 500) for n in range(5)]

    page = rendered(a_report(*many))

    kept = Counter(re.findall(r"`(high|medium|low|unknown)-\d+`", page))
    left_out = int(
        re.search(r"\*\*(\d+) less severe findings left out\*\* to keep this page under 900 KB", page)[1]
    )
    assert kept["high"] + 10 == 800
    assert kept["unknown"] == 5
    assert 0 < kept["medium"] < 800
    assert kept["low"] == 0
    assert left_out == 2_405 - 10 - kept.total()
    assert 850_000 < len(page.encode()) < markdown.LIMIT


def test_a_page_of_the_worst_possible_names_stays_under_the_limit():
    bad = "<@#|🐙" * 2_000
    hubs = [replace(a_hub(f"{n}{bad}"), resource_group=bad, subscription_id=bad) for n in range(400)]
    fix = {"text": bad, "azure_cli": "`\n🐙" * 1_300}
    findings = [
        a_finding(hub=hub, policy=f"{n}{bad}", item=bad, message=bad, remediation=fix)
        for n, hub in enumerate(hubs)
    ]
    exemptions = [
        a_finding(
            EXEMPT,
            hub=hub,
            exemption=an_exemption(hub=hub.name, justification=bad, approved_by=bad, ticket=bad),
        )
        for hub in hubs
    ]
    report = a_report(
        *findings,
        *exemptions,
        gaps=[a_gap(f"{n % 20}{bad}", detail=bad, hub=hub) for n, hub in enumerate(hubs)],
        notices=[bad] * 50,
    )
    report = replace(
        report, tool_version=bad, started_at=bad, sources=(SourceNote(kind=bad, path=bad, hubs=1),) * 50
    )

    page = rendered(report)

    assert len(page.encode()) < markdown.LIMIT
    assert "less severe findings left out" in page


HOSTILE = [
    "a|b",
    "`code` ``two`` `",
    "<script>alert(1)</script>",
    "</details>",
    "[x](https://contoso.com)",
    "![x](https://contoso.com/x.png)",
    "https://contoso.com",
    "<https://contoso.com>",
    "www.contoso.com",
    "(www.contoso.com)",
    "security@contoso.com",
    "@everyone",
    "<@everyone",
    "fabrikam/hubs#12",
    "**bold** _it_ ~~no~~",
    "$x^2$ $`y`$",
    "&lt;b&gt; &amp;",
    "\\",
    "\\|",
    "a\\`|`b",
    "::error::x",
    "##[error]x",
    "- item",
    "1. item",
    "# title",
    "=====",
    "---",
    "a\nb\r\n\nc",
    "\u202eevil",
    "[^1]: note",
]


def report_of(text):
    """A report in which every name is the same."""
    exemption = an_exemption(
        policy=text, hub=text, item=text, justification=text, approved_by=text, ticket=text, expires=text
    )
    hub = a_hub(text, group=text)
    return a_report(
        *[a_finding(hub=hub, policy=text, item=f"{text}{n}", message=text) for n in range(10)],
        a_finding(hub=hub, policy=text, item=text, message=text, location=a_place(text)),
        a_finding(UNKNOWN, hub=hub, policy=text, item=text, reason=text),
        a_finding(EXEMPT, hub=hub, policy=text, item=text, exemption=exemption),
        gaps=[a_gap(f"{text}{n}", text, hub, code=text, detail=text) for n in range(6)],
        notices=[text],
    )


def tokens(page):
    for token in MARKDOWN.parse(page):
        yield token
        yield from token.children or ()


def shape(found):
    """How many blocks of each kind a page has."""
    return Counter(token.type for token in found if token.type in BLOCKS)


def assert_harmless(text):
    page = rendered(report_of(text))

    found = list(tokens(page))
    assert {t.content.strip() for t in found if t.type == "html_block"} <= {"</details>"} | {
        f"<details><summary>{title}</summary>"
        for title in ("High (1)", "Exemptions (1)", "What could not be read (6)", "Policies (1)")
    }
    assert not {t.type for t in found} & {
        "html_inline",
        "link_open",
        "image",
        "em_open",
        "s_open",
        "code_block",
    }
    assert shape(found) == shape(tokens(rendered(report_of("x"))))
    for table in re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table.splitlines()}) == 1
    assert "<" not in re.sub(r"</?(?:details|summary)>", "", page)
    assert not re.search(r"(?<!\\)::(?! )", page)
    assert "##[" not in page
    texts = [t.content for t in found if t.type == "text"]
    assert not re.search(r"https?://|www\.|(?<!\w)@\w|\w@\w|#\d", "\n".join(texts), re.IGNORECASE)


BLOCKS = [
    "heading_open",
    "table_open",
    "tr_open",
    "td_open",
    "list_item_open",
    "blockquote_open",
    "hr",
    "fence",
    "strong_open",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_shown_and_never_obeyed(text):
    assert_harmless(text)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from([*"|`<>&*_[]()#@!~$\\:-+=. \n\t\u2028\u202e1a", "::", "http://", "www.", "```"]),
        max_size=12,
    ).map("".join)
)
@example("    indented")
def test_no_text_whatever_is_markup(text):
    assert_harmless(text)


def seen(page):
    """What a reader sees of the first finding: hub and message, then the second line."""
    lines = [token for token in MARKDOWN.parse(page) if token.type == "inline"]
    first = next(number for number, token in enumerate(lines) if token.content.startswith("**High**"))
    texts = ["".join(part.content for part in line.children) for line in lines[first : first + 2]]
    return [text.replace("\u200b", "") for text in texts]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable() and "##[" not in text])
def test_a_reader_sees_a_hostile_name_as_it_was_written(text):
    page = rendered(a_report(a_finding(hub=a_hub(text), message=text, policy=text)))

    assert seen(page) == [f"High, {text}: {text}", f"{text}, rg-ai, {SUBSCRIPTION}"]


@settings(deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["C", "Z", "M"], exclude_characters="\u115f\u1160\u2800\u3164\uffa0")
        | st.sampled_from("|`<>&*_[]()#@!~$\\:;"),
        min_size=1,
        max_size=40,
    )
)
def test_a_reader_sees_any_name_as_it_was_written(text):
    shown = re.sub(r"##(?=\[|vso\[)", "#�", text, flags=re.IGNORECASE)

    page = rendered(a_report(a_finding(hub=a_hub(text), message=f"a {text} z", policy=text)))

    assert seen(page) == [f"High, {shown}: a {shown} z", f"{shown}, rg-ai, {SUBSCRIPTION}"]


@pytest.mark.parametrize(
    ("message", "source"),
    [
        ("reaches https://contoso.com/a", "reaches `https://contoso.com/a`"),
        ("see fabrikam/hubs#12", "see `fabrikam/hubs#12`"),
        ("ask @lead or security@contoso.com", "ask `@lead` or `security@contoso.com`"),
        ("rule 'pypi_host' allows *.contoso.com", "rule 'pypi\\_host' allows \\*.contoso.com"),
        ("10.0.0.0/8 and ::/0", "10.0.0.0/8 and :\\:/0"),
        ("3. of a``b @a``b", "3\\. of a\\`\\`b ```@a``b```"),
        ("<@all>", "&lt;@&#8203;all&gt;"),
    ],
)
def test_the_source_of_a_message_reads_well_too(message, source):
    assert f"| `hub1` | `fqdn-no-azure-storage` |  | {source} |" in rendered(
        a_report(a_finding(UNKNOWN, item=None, reason=message))
    )


def test_hubs_beyond_ten_thousand_are_not_counted_one_by_one():
    page = rendered(a_report(*[a_finding(hub=a_hub(f"hub{n}")) for n in range(10_002)]))

    assert page.startswith("## 10002 findings fail on over 10000 of 10002 hubs, all of them high\n")


def test_a_summary_without_severities_still_gives_a_verdict():
    report = a_report(a_finding(), a_finding(item="b"))

    page = rendered(replace(report, summary=replace(report.summary, failing={})))

    assert page.startswith("## 2 findings failing on 1 of 1 hub\n")
