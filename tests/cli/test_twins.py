"""``hubscan scan`` on saved JSON in which an object has a key twice: a parser keeps the last alone."""

from __future__ import annotations

import gzip
import json

import pytest
from hubs import hub, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.cli import main

BLOB = "contoso.blob.core.windows.net"
HARMLESS = "learn.contoso.com"

ON_FILES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def inline(rules, **network):
    """A hub whose rules stand in the map inside it, ``rules`` being put in as text."""
    one = hub()
    del one["outboundRules"]
    one["type"] = "Microsoft.MachineLearningServices/workspaces"
    one["properties"]["managedNetwork"].update(outboundRules="RULES", **network)
    return json.dumps(one).replace('"RULES"', rules)


def rule(destination):
    return json.dumps({"type": "FQDN", "category": "UserDefined", "destination": destination})


TWICE = inline(f'{{"data": {rule(BLOB)}, "data": {rule(HARMLESS)}}}')


def document(one):
    return json.dumps(snapshot("HUB")).replace('"HUB"', one)


def compact(one):
    return document(one).replace(", ", ",").replace(": ", ":")


def lines(one):
    return (
        f'{{"snapshot": "hubscan/v1"}}\n{{"hub": {one}}}\n{{"hub": {json.dumps(hub("other"))}}}\n'
        '{"end": {"hubs": 2, "gaps": 0}}\n'
    )


FORMS = [
    pytest.param("estate.json", document, id="snapshot"),
    pytest.param("estate.json", compact, id="snapshot without blanks"),
    pytest.param("estate.jsonl", lines, id="snapshot in lines"),
    pytest.param("estate.jsonl.gz", lines, id="packed"),
    pytest.param("hub.json", str, id="answer"),
    pytest.param("page.json", lambda one: f'{{"value": [{one}]}}', id="page"),
    pytest.param("rows.json", lambda one: f'{{"data": [{one}], "count": 1}}', id="query"),
    pytest.param("both.json", lambda one: f"{one}\n{json.dumps(hub('other'))}", id="answers in one file"),
    pytest.param("many.jsonl", lambda one: f"{one}\n{json.dumps(json.loads(one))}\n", id="answers in lines"),
]


@pytest.fixture
def judged(tmp_path, monkeypatch, run):
    """The findings of a policy about the hub of a text, by the name of the rule."""
    monkeypatch.chdir(tmp_path)

    def call(text, policy="fqdn-no-azure-storage", name="estate.json"):
        packed = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
        (tmp_path / name).write_bytes(packed)
        _, out, _ = run("scan", name, "--select", policy, "--show-passes", "-o", "json")
        found = json.loads(out)
        mine = [one for one in found["findings"] if one["hub"]["name"] == "hub1"]
        return [(one["item"], one["verdict"]) for one in mine], found["gaps"]

    return call


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("destinations", [(BLOB, HARMLESS), (HARMLESS, BLOB), (HARMLESS, BLOB, HARMLESS)])
def test_of_rules_of_one_name_each_is_judged(judged, name, form, destinations):
    rules = ", ".join(f'"data": {rule(destination)}' for destination in destinations)
    found, gaps = judged(form(inline(f"{{{rules}}}")), name=name)
    assert found == [("data", "fail")]
    assert gaps == []


def test_a_rule_of_a_map_beside_the_properties_is_seen_as_well(judged):
    one = json.dumps(hub("hub1", outboundRules="RULES")).replace('"RULES"', "{%s}")
    found, _ = judged(document(one % f'"data": {rule(BLOB)}, "data": {rule(HARMLESS)}'))
    assert found == [("data", "fail")]


def test_a_rule_that_is_written_twice_in_the_same_words_is_one(judged):
    one = document(inline(f'{{"data": {rule(HARMLESS)}, "data": {rule(HARMLESS)}}}'))
    assert judged(one, "outbound-rule-names-unique")[0] == [(None, "pass")]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_property_that_is_written_twice_is_not_known(judged, name, form):
    mode = '"isolationMode": "AllowOnlyApprovedOutbound"'
    one = inline("{}", firewallSku="Standard").replace(mode, f'"isolationMode": "Disabled", {mode}')
    found, _ = judged(form(one), "managed-network-isolation-enabled", name)
    assert found == [(None, "unknown")]


def test_a_key_that_is_spelled_otherwise_is_the_same_key(judged):
    one = TWICE.replace('"data"', '"d\\u0061ta"', 1)
    assert judged(document(one))[0] == [("data", "fail")]


def test_a_colon_that_is_spelled_otherwise_hides_nothing(judged):
    one = TWICE.replace('"westeurope"', '"west\\u003aeurope:"')
    assert judged(document(one))[0] == [("data", "fail")]


def test_a_rule_of_a_project_is_seen_as_well(judged):
    text = TWICE.replace('"kind": "Hub"', '"kind": "Project"').replace(
        '"properties": {', '"properties": {"hubResourceId": "/subscriptions/x", "hubResourceId": "/y", ', 1
    )
    assert judged(lines(text), "project-inherits-hub-network", "estate.jsonl")[0] == [(None, "unknown")]


@pytest.mark.parametrize("key", ["id", "name", "kind"])
def test_a_hub_of_which_it_is_not_clear_which_it_is_leaves_the_picture_incomplete(judged, key):
    one = json.dumps({**json.loads(inline("{}")), "again": 1}).replace('"again": 1', f'"{key}": "another"')
    _, gaps = judged(document(one))
    assert [(gap["code"], gap["detail"]) for gap in gaps] == [("wrong-type", f"'{key}' is written twice")]


@pytest.mark.parametrize("key", ["id", "name", "kind", "type"])
def test_an_answer_of_which_it_is_not_clear_what_it_is_is_a_gap(judged, key):
    one = json.dumps({**json.loads(inline("{}")), "again": 1}).replace('"again": 1', f'"{key}": "another"')
    found, gaps = judged(f'{{"value": [{one}]}}', name="page.json")
    assert (found, [gap["detail"] for gap in gaps]) == ([], [f"'{key}' is written twice, each time another"])


def test_a_line_with_two_hubs_is_a_gap(judged):
    text = lines(json.dumps(hub("other"))).replace('{"hub": ', '{"hub": {}, "hub": ', 1)
    found, gaps = judged(text, name="estate.jsonl")
    assert (found, [gap["code"] for gap in gaps]) == ([], ["malformed"])


@pytest.mark.parametrize(("depth", "is_read"), [(100, True), (300, False), (5000, False)])
@pytest.mark.parametrize(("form", "name"), [(document, "estate.json"), (lines, "estate.jsonl")])
def test_what_the_last_value_hides_may_be_nested_no_deeper_than_the_rest(judged, form, name, depth, is_read):
    deep = f'{{"type": "FQDN", "destination": "x.contoso.com", "more": {"[" * depth + "]" * depth}}}'
    found, gaps = judged(form(inline(f'{{"data": {deep}, "data": {rule(HARMLESS)}}}')), name=name)
    assert [gap["code"] for gap in gaps] == ([] if is_read else ["malformed"])
    assert bool(found) is is_read


def test_odd_text_with_a_key_twice_is_not_read(judged):
    one = json.dumps(hub("hub1", more=1)).replace('"more": 1', '"more": "\\ud800", "more": 2')
    found, gaps = judged(lines(one), name="estate.jsonl")
    assert (found, [gap["detail"] for gap in gaps]) == ([], ["the key 'more' is written twice"])


def _texts(value):
    """JSON texts of a value in which some object may have some key once more, with another value."""
    if isinstance(value, dict):
        members = [st.tuples(st.just(json.dumps(key)), _texts(inner)) for key, inner in value.items()]
        more = st.sampled_from(sorted(value) or ["x"]).map(json.dumps)
        another = st.sampled_from(['"x"', "{}", "[]", "null", "1", f'{{"a": {rule(BLOB)}}}'])
        further = st.lists(st.tuples(more, another), max_size=1)
        return st.tuples(st.tuples(*members), further).flatmap(
            lambda drawn: st.permutations([*drawn[0], *drawn[1]]).map(
                lambda pairs: "{%s}" % ", ".join(f"{key}: {inner}" for key, inner in pairs)
            )
        )
    if isinstance(value, list):
        return st.tuples(*map(_texts, value)).map(lambda parts: f"[{', '.join(parts)}]")
    return st.just(json.dumps(value))


@pytest.mark.parametrize("wrapped", [False, True])
@ON_FILES
@given(data=st.data())
def test_whatever_is_written_twice_nothing_breaks(tmp_path, monkeypatch, capfd, wrapped, data):
    one = {**hub(rules=[("data", "FQDN", HARMLESS)]), "type": "Microsoft.MachineLearningServices/workspaces"}
    one["properties"]["managedNetwork"]["outboundRules"] = {"data": json.loads(rule(HARMLESS))}
    text = data.draw(_texts({"value": [one], "nextLink": None} if wrapped else snapshot(one)))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "estate.json").write_text(text)
    assert main(["scan", "estate.json", "-o", "json"]) in (0, 1, 2, 3)
    assert "Traceback" not in capfd.readouterr().err
