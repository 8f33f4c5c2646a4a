"""``hubscan show``: the hub documents as policies see them."""

from __future__ import annotations

import pytest
import yaml
from hubs import hub

from scanner.cli import document_text
from scanner.model import Hub, HubRef
from scanner.values import OpenList, Partial, Unknown

CODE = """\
kind: hub
name: hub1
managed_network:
  isolation_mode: $(mode)
  outbound_rules:
  - {name: data, type: fqdn, destination: <account>.blob.core.windows.net}
"""


class Tagged(yaml.SafeLoader):
    """Reads the tags that the command writes."""


Tagged.add_constructor("!unresolved", lambda loader, node: ("unresolved", loader.construct_scalar(node)))
Tagged.add_constructor("!maybe", lambda loader, node: ("maybe", loader.construct_mapping(node, deep=True)))


@pytest.fixture
def show(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)

    def call(content, *options, name="hub.yml"):
        (tmp_path / name).write_text(content)
        return run("show", name, *options)

    return call


def test_values_are_resolved_and_what_is_open_is_tagged(show):
    code, out, err = show(CODE)
    (document,) = yaml.load_all(out, Tagged)
    assert (code, err) == (0, [])
    assert document["properties"]["managedNetwork"]["isolationMode"] == ("unresolved", "$(mode)")
    (rule,) = document["outboundRules"]
    assert rule == {
        "name": "data",
        "properties": {"type": "FQDN", "destination": ("unresolved", "<account>.blob.core.windows.net")},
    }
    assert "# not collected: diagnosticSettings, locks" in out


def test_positions_on_request(show):
    assert "hub.yml:4:3" not in show(CODE)[1]
    out = show(CODE, "--positions")[1]
    assert '!unresolved "$(mode)"  # $(mode) is not filled in; hub.yml:4:3' in out


def test_the_rules_stand_where_the_code_has_them(show):
    out = show(CODE, "--positions")[1]
    assert "outboundRules:  # hub.yml:5:3" in out.splitlines()


def test_each_hub_is_a_document(show):
    out = show(f"{CODE}---\nkind: hub\nname: hub2\n")[1]
    assert [one["name"] for one in yaml.load_all(out, Tagged)] == ["hub1", "hub2"]


def test_snapshots_too(estate, run):
    code, out, _ = run("show", estate(hub()))
    assert code == 0
    assert yaml.load(out, Tagged)["name"] == "hub1"


def test_what_cannot_be_read_is_said(show, estate, run):
    code, out, err = show("managed_network: [")
    assert (code, out) == (3, "")
    assert err[0].startswith("hubscan: gap: hub.yml:2:1: failed: not YAML")
    gaps = [{"subject": "/subscriptions/x", "reason": "forbidden"}]
    assert run("show", estate(hub(), gaps=gaps))[0] == 3


def test_no_hub_is_an_error(show, run):
    assert show("a: 1", name="other.txt")[0] == 3
    code, _, err = run("show", ".")
    assert (code, err) == (2, ["hubscan: error: nothing to show: no hub in ."])


def test_positions_need_a_path(run):
    assert run("show")[0] == 2


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "null",
        "1",
        "1e3",
        "- a",
        "a: b",
        "a #b",
        " x",
        "x ",
        "",
        "é",
        "\u202e",
        "a\nb",
        "</script>",
        "~",
        "2024-01-01",
        "x" * 500,
    ],
)
def test_any_text_is_read_back_as_it_was(value):
    document = {"name": "a", value: value, "list": [value, [value], {value: value}], "properties": {}}
    lines = document_text.lines(
        Hub(ref=HubRef(id="x", name="x", kind="Hub"), document=document), positions=True
    )
    assert yaml.safe_load("\n".join(lines)) == document


def test_members_that_may_not_be_there():
    rules = OpenList(
        (({"name": "a"}, True), ({"name": "b", "x": {}}, False), (Unknown("why"), False)), "who knows"
    )
    document = {
        "name": "a",
        "outboundRules": rules,
        "url": Partial(("https://", None), "open", text="https://${x}"),
    }
    lines = list(
        document_text.lines(Hub(ref=HubRef(id="x", name="x", kind="Hub"), document=document), positions=False)
    )
    found = yaml.load("\n".join(lines), Tagged)
    assert found["outboundRules"][:2] == [{"name": "a"}, ("maybe", {"name": "b", "x": {}})]
    assert found["outboundRules"][2] == ("unresolved", "(not known)")
    assert found["url"] == ("unresolved", "https://${x}")
    assert "outboundRules:  # who knows" in lines
