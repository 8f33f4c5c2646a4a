"""Policies and documents that are made to hurt: a load error or an unknown verdict with its reason, never a hang.

No test measures time: where the work were not bounded, it would not end.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hubs import hub, snapshot

from scanner import positions
from scanner.bundled import bundled
from scanner.policies import parsing


@pytest.fixture
def policy(tmp_path, monkeypatch):
    """Writes mine.yaml, a policy of some keys."""
    monkeypatch.chdir(tmp_path)

    def write(require, **more):
        document = {"id": "mine", "title": "t", "severity": "high", "require": require, **more}
        Path("mine.yaml").write_text(json.dumps(document))
        return "mine.yaml"

    return write


@pytest.fixture
def verdicts(run, estate, policy):
    """Scans one hub by one policy: exit code and each verdict with its reason."""

    def call(document, require, **more):
        file = policy(require, **more)
        path = document if isinstance(document, str) else estate(document)
        code, out, err = run("scan", path, "--no-bundled-policies", "-p", file, "--show-passes", "-o", "json")
        assert err == []
        return code, [(entry["verdict"], entry["reason"]) for entry in json.loads(out)["findings"]]

    return call


DEEP = {
    "parentheses": "(" * 10_000 + "hub.live" + ")" * 10_000,
    "not": "!" * 10_000 + "hub.live",
    "lists": "[" * 10_000 + "]" * 10_000,
    "objects": "{a: " * 10_000 + "hub" + "}" * 10_000,
    "calls": "length(" * 10_000 + "hub" + ")" * 10_000,
    "filters": "hub" + "[?a" * 10_000 + "]" * 10_000,
    "lets": "let $a = hub in " * 10_000 + "$a",
    "literal": "`" + "[" * 100_000 + "]" * 100_000 + "`",
    "comparisons": " == ".join(["hub.live"] * 10_000),
    "fields": "hub" + ".a" * 10_000,
    "indexes": "hub.outboundRules" + "[0]" * 10_000,
    "slices": "hub.outboundRules" + "[:]" * 10_000,
    "projections": "hub.outboundRules" + "[*]" * 10_000,
    "flattens": "hub.outboundRules" + "[]" * 10_000,
    "quotes": '"' * 100_001,
    "backslashes": "'" + "\\" * 100_001,
}


@pytest.mark.parametrize("require", DEEP.values(), ids=DEEP)
def test_an_expression_nested_ten_thousand_deep_is_an_error_with_its_place(run, policy, require):
    code, _, err = run("policy", "validate", policy(require))
    assert code == 2
    assert all(line.startswith("hubscan: error: mine.yaml:1:") for line in err)


@pytest.mark.parametrize("operator", ["||", "&&", "|"])
def test_a_chain_of_ten_thousand_links_is_judged(verdicts, operator):
    chain = f" {operator} ".join(["@" if operator == "|" else "hub.live"] * 10_000)
    assert verdicts(hub(), f"{chain} | {'hub.live' if operator == '|' else '@'}") == (0, [("pass", None)])


def test_a_message_nested_ten_thousand_deep_is_an_error(run, policy):
    code, _, err = run(
        "policy", "validate", policy("hub.live", message="{" + "(" * 10_000 + "hub" + ")" * 10_000 + "}")
    )
    assert (code, len(err)) == (2, 1)
    assert "nested too deeply" in err[0]


def test_a_file_nested_ten_thousand_deep_is_an_error(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "flow": "[" * 100_000,
        "block": "\n".join(" " * n + "a:" for n in range(2_000)),
    }.items():
        Path(f"{name}.yaml").write_text(text)
        code, _, err = run("policy", "validate", f"{name}.yaml")
        assert (code, len(err)) == (2, 1)


def crowded(count=3_000):
    return hub(rules=[(f"r{number}", "FQDN", f"h{number}.contoso.com") for number in range(count)])


@pytest.mark.parametrize(
    "require",
    [
        "length(hub.outboundRules[?length($hub.outboundRules[?name == 'x']) == `1`]) == `0`",
        "length(hub.outboundRules[].{a: $hub.outboundRules[].{b: $hub.outboundRules[].name}}) == `0`",
        "length(map(&map(&name, $hub.outboundRules), hub.outboundRules)[]) == `0`",
        "let $x = hub.outboundRules[] in length($x[?length($x[?length($x) == `0`]) == `0`]) == `1`",
    ],
)
def test_a_filter_that_is_quadratic_meets_its_bound_and_is_unknown(verdicts, require):
    code, ((verdict, reason),) = verdicts(crowded(), require)
    assert (code, verdict) == (0, "unknown")
    assert reason == "it needs more than 2,000,000 steps on this document"


def test_the_same_filter_on_a_few_rules_is_decided(verdicts):
    require = "length(hub.outboundRules[?length($hub.outboundRules[?name == 'x']) == `1`]) == `0`"
    assert verdicts(crowded(20), require) == (0, [("pass", None)])


def test_lists_that_double_meet_the_bound(verdicts):
    doubling = "hub.outboundRules" + " | [@, @][]" * 40
    code, ((verdict, reason),) = verdicts(
        hub(rules=[("a", "FQDN", "b.contoso.com")]), f"length({doubling}) == `0`"
    )
    assert (code, verdict) == (0, "unknown")
    assert "steps" in reason


def test_texts_that_double_meet_the_bound(verdicts):
    doubling = "hub.name" + " | join('', [@, @])" * 60
    code, ((verdict, reason),) = verdicts(hub(), f"length({doubling}) == `0`")
    assert (code, verdict, reason) == (0, "unknown", "it writes a text of more than 20,000,000 characters")


@pytest.mark.parametrize(
    "require",
    [
        "length(to_string({0})) > `5`",
        "{0} == {1}",
        "contains([{0}], {1})",
        "{0} != {1} || {0} == {1}",
    ],
)
@pytest.mark.parametrize("name", ["hub", "${prefix}-hub"])
def test_lists_that_hold_one_another_twice_meet_the_bound(verdicts, require, name):
    """Small in memory, and two to the power of sixty when written or compared."""
    nested = [f"(hub.tags.{key}" + " | [@, @]" * 60 + ")" for key in "ab"]
    document = {**hub(), "tags": {"a": name, "b": name}, "live": False}
    code, ((verdict, reason),) = verdicts(document, require.format(*nested))
    assert (code, verdict) == (0, "unknown")
    assert reason


@pytest.mark.parametrize("name", ["hub", "${prefix}-hub"])
def test_a_message_of_lists_that_hold_one_another_twice_is_short(run, estate, policy, name):
    file = policy("hub.kind == 'x'", message="{hub.location" + " | [@, @]" * 60 + "}")
    path = estate({**hub(location=name), "live": False})
    code, out, _ = run("scan", path, "--no-bundled-policies", "-p", file, "-o", "json")
    assert code == 1
    assert len(out) < 10_000


@pytest.mark.parametrize("name", ["hub", "${prefix}-hub"])
def test_texts_that_double_and_are_partly_known_meet_the_bound(verdicts, name):
    doubling = "hub.location" + " | join('', [@, @])" * 60
    code, ((verdict, reason),) = verdicts(
        {**hub(location=name), "live": False}, f"starts_with({doubling}, 'x')"
    )
    assert (code, verdict) == (0, "unknown")
    assert reason


LONG = "a" * 10_000_000


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("starts_with(hub.location, 'b')", "fail"),
        ("length(hub.location) == `10000000`", "pass"),
        ("contains(hub.location, 'aab')", "fail"),
        ("reverse(hub.location) == hub.location", "pass"),
        ("lower(trim(hub.location)) == hub.location", "pass"),
        ("length(split(hub.location, 'a')) > `0`", None),
        ("replace(hub.location, 'a', 'aaaaaaaaaa') == 'a'", None),
        ("arm_id(hub.location) == `null`", "pass"),
        ("length(hosts(hub.location)) == `1`", None),
        ("storage_match(hub.location) == `null`", None),
        ("cidr(hub.location) == `null`", None),
        ("port_ranges(hub.location) == `null`", None),
    ],
)
def test_a_text_of_ten_megabytes_is_judged_or_unknown(verdicts, require, expected):
    code, ((verdict, reason),) = verdicts(hub(location=LONG), require)
    assert code in (0, 1)
    assert verdict in ((expected,) if expected else ("pass", "fail", "unknown"))
    assert (reason is not None) == (verdict == "unknown")


def test_a_text_of_ten_megabytes_makes_no_report_of_ten_megabytes(run, estate, policy):
    file = policy("hub.location == 'a'", message="{hub.location} is not 'a'")
    code, out, _ = run("scan", estate(hub(location=LONG)), "--no-bundled-policies", "-p", file, "-o", "json")
    assert code == 1
    assert len(out) < 100_000


def test_a_policy_of_ten_megabytes_is_refused(run, policy):
    code, _, err = run("policy", "validate", policy(f"hub.name != '{LONG}'"))
    assert code == 2
    assert len(err) == 1
    assert "the expression is longer than 500,000 characters" in err[0]
    assert len(err[0]) < 1_000


def test_a_policy_of_many_long_words_is_judged(run, policy):
    code, _, err = run("policy", "validate", policy(f"hub.name != '{LONG[:90_000]}'"))
    assert (code, err) == (0, [])


HUGE = "1" + "0" * 5_000


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", HUGE, f"-{HUGE}", f"{HUGE}.5", "1" * 400]
)
@pytest.mark.parametrize(
    "require", ["hub.properties.privateLinkCount > `5`", "hub.properties.privateLinkCount == `0`"]
)
def test_a_number_that_no_json_has_room_for_is_a_gap_or_no_pass(run, tmp_path, policy, number, require):
    file = policy(require)
    text = json.dumps(snapshot({**hub(), "properties": {"privateLinkCount": "@"}})).replace('"@"', number)
    (tmp_path / "estate.json").write_text(text)
    code, out, err = run("scan", "estate.json", "--no-bundled-policies", "-p", file, "-o", "json")
    if code == 2:
        assert err[0].startswith("hubscan: error: nothing to scan")
        return
    result = json.loads(out)
    assert (
        result["gaps"] or result["summary"]["verdicts"]["pass"] + result["summary"]["verdicts"]["fail"] == 1
    )


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", HUGE, f"-{HUGE}", "1e999"])
def test_a_number_that_no_json_has_room_for_in_an_expression_is_no_crash(run, estate, policy, literal):
    path, file = estate(hub()), policy(f"hub.properties.privateLinkCount == `{literal}`")
    code, out, err = run("scan", path, "--no-bundled-policies", "-p", file, "-o", "json")
    assert code in (1, 2)
    assert all(line.startswith("hubscan: error: mine.yaml:1:") for line in err)
    assert code == 2 or json.loads(out)["summary"]["verdicts"]["pass"] == 0


@pytest.mark.parametrize(
    ("more", "require"),
    [
        ({"outboundRules": 5}, "length(hub.outboundRules) > `0`"),
        ({"outboundRules": "text"}, "length(hub.outboundRules) > `0`"),
        ({"properties": 5}, "starts_with(hub.properties.description, 'x')"),
        ({"tags": {"a": 5}}, "starts_with(hub.tags.a, 'x')"),
        ({"tags": {"a": [1]}}, "join(',', values(hub.tags)) == 'x'"),
        ({"tags": {"a": "b", "c": {}}}, "sort(values(hub.tags))[0] == 'x'"),
        ({"tags": {"a": "b", "c": 5}}, "max(values(hub.tags)) == 'x'"),
        ({"tags": {"a": True}}, "lower(hub.tags.a) == 'x'"),
        ({"tags": ["a"]}, "length(keys(hub.tags)) == `1`"),
        ({"location": {}}, "ends_with(hub.location, 'a')"),
    ],
)
def test_a_function_that_meets_a_value_of_the_wrong_type_is_unknown_and_says_so(verdicts, more, require):
    code, ((verdict, reason),) = verdicts({**hub(), **more}, require)
    assert code in (0, 3)
    assert (verdict, bool(reason)) == ("unknown", True)


@pytest.mark.parametrize("where", ["when", "each", "require", "message"])
def test_an_expression_that_names_a_parameter_that_is_not_there_is_an_error(run, policy, where):
    keys = {"require": "hub.live", where: "{params.limit}" if where == "message" else "params.limit == `1`"}
    keys["each"] = "params.limit" if where == "each" else "hub.outboundRules"
    code, _, err = run("policy", "validate", policy(**keys))
    assert code == 2
    assert f"'{where}': 'limit' is not a declared parameter" in err[0]


BASE = positions.load((bundled("policies") / "fqdn-no-azure-storage.yaml").read_bytes(), "x").data
ODD = [
    *(None, 5, -1, 1.5, True, "", "x", "\x00", "{", "!!", "2020-01-01", [], {}, [5], [None], [[]], {"a": 5}),
    *({"": None}, ["a", "a"], {"hub": 5}, {"pass": 5}, {"pass": [5]}, {"fail": [{"expect": 5}]}, 10**400),
]


def places(value, path=()):
    """Every place in the policy down to four levels."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in inside if len(path) < 4 else ():
        if not isinstance(value, list) or key == 0:
            yield from places(member, (*path, key))


@pytest.mark.parametrize("place", list(places(BASE)), ids=lambda place: ".".join(map(str, place)) or "all")
def test_whatever_stands_at_some_place_of_a_policy_it_loads_or_is_told_of(place):
    for odd in ODD:
        data = json.loads(json.dumps(BASE))
        target = holder = {"data": data}
        for step in ("data", *place)[:-1]:
            target = target[step]
        target[("data", *place)[-1]] = odd
        document = positions.load(json.dumps(holder["data"]), "fqdn-no-azure-storage.yaml")
        policy, problems = parsing.parse(document)
        assert (policy is None) == bool(problems)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "mine.yaml:1:1: the file must be an object, not null"),
        (b"- a\n- b\n", "mine.yaml:1:1: the file must be an object, not an array"),
        (b"\x00\x01\x02", "mine.yaml:1:1: not YAML: "),
        (b"\xff\xfe", "mine.yaml:1:1: "),
        (b"id: mine\n\ttitle: x\n", "mine.yaml:2:"),
        (b"id: mine\n---\nid: other\n", "mine.yaml:2:1: a second document"),
        (b"id: !!python/object/apply:os.system [ls]\n", "mine.yaml:1:5: tag "),
        (b"id: mine\nrequire: *nothing\n", "mine.yaml:2:10: "),
    ],
)
def test_a_file_that_is_no_policy_is_a_line_with_its_place(run, tmp_path, monkeypatch, content, told):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_bytes(content)
    for command in (("policy", "validate", "mine.yaml"), ("policy", "test", "mine.yaml")):
        code, _, err = run(*command)
        assert code == 2
        assert err[0].startswith(f"hubscan: error: {told}")


def test_a_name_from_a_policy_commands_no_terminal(run, policy):
    each = "hub.outboundRules"
    rule = {"name": "\x1b[2J\x1b]0;x\x07::error::x", "properties": {"type": "FQDN"}}
    entries = {"fail": [{"kind": "Hub", "outboundRules": [rule], "expect": ["y"]}]}
    code, out, _ = run("policy", "test", policy("item.name == 'x'", each=each, examples=entries))
    assert code == 1
    assert "\x1b" not in out
    assert "\x07" not in out
