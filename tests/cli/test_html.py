"""The html report through the front door: the pictures' data, branding, templates, and what is wrong in one line."""

from __future__ import annotations

import base64
import json

import pytest
from hubs import hub
from reporters.html_page import Page, result, view

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
SVG = b'<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
RULES = [("star", "FQDN", "*"), ("docs", "FQDN", "learn.microsoft.com")]


@pytest.fixture
def page(run):
    """Scans what it is given, and the page that comes out."""

    def call(*arguments, name="report.html"):
        code, _, err = run("scan", "-q", "--fail-on", "never", "-o", f"html={name}", *arguments)
        assert (code, err) == (0, [])
        with open(name, encoding="utf-8") as stream:
            return Page(stream.read())

    return call


def egress_of(page, number=0):
    return view(page)["hubs"][number][5]


def test_a_page_tells_what_code_on_each_hub_can_reach(estate, page):
    told = egress_of(page(estate(hub(rules=RULES))))
    assert told["mode"] == "AllowOnlyApprovedOutbound"
    assert told["firewall"] == "Standard"
    assert [(rule[0], rule[3], rule[5]) for rule in told["rules"]] == [
        ("star", ["*"], "any"),
        ("docs", ["learn.microsoft.com"], None),
    ]


def test_a_project_lives_in_the_network_of_its_hub(estate, page):
    found = page(estate(hub(rules=RULES), hub("project", kind="Project", rules=RULES)))
    assert [entry[5] is None for entry in view(found)["hubs"]] == [False, True]


def test_a_hub_that_is_there_twice_with_other_rules_is_in_doubt(estate, page):
    found = page(estate(hub(rules=RULES), hub(rules=RULES[:1])))
    assert egress_of(found)["doubt"] == "the hub is there more than once, with other rules"


def test_several_processes_write_the_same_page(estate, page):
    path = estate(*(hub(f"hub{number}", rules=RULES) for number in range(40)))
    one, two = page("-j", "1", path), page("-j", "2", path, name="two.html")
    assert result(one) == result(two)
    assert view(one) == view(two)


def test_a_saved_result_and_merged_shards_give_the_same_pictures(estate, run, page):
    path = estate(*(hub(f"hub{number}", rules=RULES) for number in range(3)))
    whole = page("-o", "json=whole.json", path)
    assert run("report", "whole.json", "-o", "html=again.html")[0] == 0
    with open("again.html", encoding="utf-8") as stream:
        assert view(Page(stream.read())) == view(whole)
    for number in (1, 2):
        run("scan", "-q", "--shard", f"{number}/2", path, "-o", f"json={number}.json", "--fail-on", "never")
    assert run("merge", "-q", "1.json", "2.json", "-o", "html=merged.html", "--fail-on", "never")[0] == 0
    with open("merged.html", encoding="utf-8") as stream:
        assert view(Page(stream.read()))["hubs"] == view(whole)["hubs"]


def test_what_nobody_asked_for_is_not_found_out(estate, run):
    path = estate(hub(rules=RULES))
    run("scan", "-q", path, "-o", "jsonl")
    run("scan", "-q", path, "-o", "json=with.json")
    with open("with.json", encoding="utf-8") as stream:
        assert "egress" in json.load(stream)["hubs"][0]


def test_a_redacted_page_names_no_subscription(estate, page):
    secret = "11111111-2222-4333-8444-555555555555"
    target = f"/subscriptions/{secret}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
    endpoint = {"serviceResourceId": target, "subresourceTarget": "blob"}
    found = page("--redact", estate(hub(rules=[("pe", "PrivateEndpoint", endpoint)])))
    assert secret not in result(found) + str(view(found)) + found.text
    assert egress_of(found)["rules"][0][3][0].endswith("/storageAccounts/st (blob)")


class TestBranding:
    def configured(self, tmp_path, text):
        (tmp_path / "hubscan.yaml").write_text(text)

    def test_title_organisation_contact_and_logo(self, estate, page, tmp_path):
        path = estate(hub())
        (tmp_path / "logo.png").write_bytes(PNG)
        self.configured(
            tmp_path,
            "report: {title: Our hubs, organisation: Contoso, contact: security@contoso.com, logo: logo.png}",
        )
        found = page(path)
        assert found.text.startswith("Our hubs: ")
        assert "Contoso Evidence of" in found.text
        assert [image["src"] for image in found.of("img")] == [
            f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
        ]

    @pytest.mark.parametrize(
        ("data", "kind"), [(b"\xff\xd8\xff\xe0rest", "image/jpeg"), (SVG, "image/svg+xml")]
    )
    def test_a_logo_is_what_its_bytes_say(self, estate, page, tmp_path, data, kind):
        path = estate(hub())
        (tmp_path / "logo").write_bytes(data)
        self.configured(tmp_path, "report: {logo: logo}")
        assert str(page(path).of("img")[0]["src"]).startswith(f"data:{kind};base64,")

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (None, "hubscan.yaml: report.logo: logo.png: No such file or directory"),
            (b"<html>", "hubscan.yaml: report.logo: logo.png is no PNG, JPEG or SVG image"),
            (b"<!DOCTYPE svg []><svg/>", "hubscan.yaml: report.logo: logo.png is no PNG, JPEG or SVG image"),
            (b"\xff\xfe\x00", "hubscan.yaml: report.logo: logo.png is no PNG, JPEG or SVG image"),
            (PNG + b"0" * 300_000, "hubscan.yaml: report.logo: logo.png has more than 256 KB"),
        ],
    )
    def test_a_logo_that_is_none_is_one_line(self, estate, run, tmp_path, data, problem):
        path = estate(hub())
        if data is not None:
            (tmp_path / "logo.png").write_bytes(data)
        self.configured(tmp_path, "report: {logo: logo.png}")
        assert run("scan", path, "-o", "html")[::2] == (2, [f"hubscan: error: {problem}"])

    def test_what_the_configuration_does_not_know_has_its_place(self, estate, run, tmp_path):
        path = estate(hub())
        self.configured(tmp_path, "report:\n  logotype: a.png\n")
        code, _, (line,) = run("scan", path, "-o", "html")
        assert code == 2
        assert line.startswith("hubscan: error: hubscan.yaml:2:3: ")

    def test_prices_are_those_of_the_configuration(self, estate, page, tmp_path):
        path = estate(hub(rules=RULES))
        self.configured(tmp_path, "report: {prices: {currency: EUR, firewall: {Standard: 900}}}")
        assert "Standard 1 900.00 EUR" in page(path).text


class TestTemplates:
    @pytest.fixture
    def templates(self, tmp_path):
        def write(**files):
            for name, text in files.items():
                path = tmp_path / "own" / "html" / name.replace("_", ".")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)
            return str(tmp_path / "own")

        return write

    def test_one_of_ones_own_takes_the_place_of_ours(self, estate, run, templates):
        folder = templates(page_html=b"{{ headline }}: {{ worst[0].item }}\n")
        path = estate(hub(rules=[("<star>", "FQDN", "*")]))
        code, out, _ = run("scan", "--fail-on", "never", path, "--template", folder, "-o", "html")
        assert code == 0
        assert "findings fail on 1 of 1 hub" in out
        assert out.endswith(": &lt;star&gt;")

    @pytest.mark.parametrize(
        ("files", "problem"),
        [
            (
                {"pages_html": b""},
                "own: html/pages.html replaces no template (did you mean 'html/page.html'?)",
            ),
            ({"page_html": b"\xff"}, ": own/html/page.html: not UTF-8 at byte 0"),
            ({"page_html": b" " * 2_000_000}, ": own/html/page.html has more than 1024 KB"),
            ({"page_html": b"\n{{ nothing }}"}, ": html/page.html:2: 'nothing' is undefined"),
            ({"page_html": b"{% for %}"}, ": html/page.html:1: "),
            ({}, "own: there is no such folder"),
        ],
    )
    def test_one_that_cannot_be_used_is_one_line(self, estate, run, templates, files, problem):
        path = estate(hub(rules=RULES))
        templates(**files)
        code, _, (*_, line) = run("scan", "-q", path, "--template", "own", "-o", "html=x.html")
        assert code == 2
        assert line.startswith(f"hubscan: error: --template{'' if problem.startswith(':') else ' '}{problem}")

    def test_an_empty_folder_is_not_taken_for_templates(self, estate, run, tmp_path):
        path = estate(hub())
        (tmp_path / "own").mkdir()
        code, _, (line,) = run("scan", path, "--template", "own")
        assert (code, line) == (
            2,
            "hubscan: error: --template own: there is no template in it, such as html/style.css",
        )


class TestAnEditedResult:
    @pytest.fixture
    def saved(self, estate, run):
        run("scan", "-q", estate(hub(rules=RULES)), "-o", "json=saved.json")
        with open("saved.json", encoding="utf-8") as stream:
            return json.load(stream)

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"rules": 7}, "hubs[0].egress.rules: an array was expected, not an integer"),
            ({"rules": [{}]}, "hubs[0].egress.rules[0].name is missing"),
            (
                {"totals": {"FQDN": "many"}},
                "hubs[0].egress.totals['FQDN']: an integer was expected, not a string",
            ),
        ],
    )
    def test_is_one_line_that_says_where(self, saved, run, change, problem):
        saved["hubs"][0]["egress"].update(change)
        with open("saved.json", "w", encoding="utf-8") as stream:
            json.dump(saved, stream)
        code, out, err = run("report", "saved.json", "-o", "html")
        assert (code, out) == (2, "")
        assert err == [f"hubscan: error: saved.json: not a hubscan result: {problem}"]

    def test_of_other_words_is_still_a_page(self, saved, run):
        egress = saved["hubs"][0]["egress"]
        egress.update(isolation_mode="<b>", firewall_sku="<i>", totals={"<u>": 1})
        egress["rules"][0].update(breadth="<s>", origin="<em>", type="<q>")
        with open("saved.json", "w", encoding="utf-8") as stream:
            json.dump(saved, stream)
        code, out, _ = run("report", "saved.json", "-o", "html")
        assert code == 0
        assert not {"b>", "i>", "u>", "s>", "em>", "q>"} & {
            f"{tag}>" for tag in Page(out).tags if tag in {"u", "s", "em", "q"}
        }
