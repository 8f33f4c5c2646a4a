"""Any text at all: it is parsed or told of, and nothing breaks; what is written is what is read."""

from __future__ import annotations

import json
import string

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sources.hcl.builders import value_of

from scanner.sources.arm.errors import Failure, Spent
from scanner.sources.hcl.functions import TABLE
from scanner.sources.hcl.parser import MOST_ERRORS, parse
from scanner.sources.hcl.source import BadSyntax, Source
from scanner.sources.hcl.tfjson import parse_json

SIGNS = st.sampled_from(
    [
        *'{}[]()"\n.,:=?+-*/%<>!~#$|&\\ \t\r',
        "${",
        "%{",
        "$${",
        "<<EOT\n",
        "EOT\n",
        "for ",
        "in ",
        "if ",
        "=> ",
        "...",
        "a",
        "1",
        '"x"',
        "/*",
        "*/",
        "é",
        "🚀",
        "\x00",
    ]
)
TEXTS = st.one_of(st.lists(SIGNS, max_size=40).map("".join), st.text(max_size=60))
NAMES = st.text(alphabet=string.ascii_letters + "_", min_size=1, max_size=6)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


def spelled(value):
    """A value as the language writes it."""
    if isinstance(value, str):
        shown = "".join(f"\\u{ord(sign):04x}" if sign < " " or sign in '"\\' else sign for sign in value)
        return '"' + shown.replace("${", "$${").replace("%{", "%%{") + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{spelled(key)} = {spelled(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


@given(TEXTS)
@example('a = "${')
@example("a = <<-EOT\n")
@example("a {")
def test_any_text_is_parsed_or_told_of(text):
    source = Source(text, "main.tf")
    body, errors = parse(source)
    assert len(errors) <= MOST_ERRORS
    for error in errors:
        place = source.place(error.at)
        assert 0 <= error.at <= len(text)
        assert place.line <= text.count("\n") + 1
        assert str(error)
    assert all(0 <= one.at < len(text) for one in body.attributes.values())


@given(TEXTS)
def test_any_json_is_parsed_or_told_of(text):
    parse_json(Source(text, "main.tf.json"))
    parse_json(Source(json.dumps({"resource": {"a": {"b": {"c": text}}}, text: text}), "main.tf.json"))


@given(TEXTS)
def test_any_expression_has_a_value_or_says_why_not(text):
    try:
        value_of(text, steps=5_000)
    except (BadSyntax, Failure, Spent) as problem:
        assert isinstance(problem, Spent) or str(problem)


@given(VALUES)
def test_what_is_written_is_what_is_read(value):
    assert value_of(spelled(value)) == value


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.booleans())
def test_attributes_stand_where_they_were_written(values, windows):
    ends = "\r\n" if windows else "\n"
    text = (
        "block {"
        + ends
        + "".join(f"  {name} = {spelled(value)}{ends}" for name, value in values.items())
        + "}"
    )
    source = Source(text, "main.tf")
    body, errors = parse(source)
    assert errors == []
    found = body.blocks[0].body.attributes
    assert list(found) == list(values)
    for line, (name, attribute) in enumerate(found.items(), 2):
        place = source.place(attribute.at)
        assert (place.line, place.column) == (line, 3)
        assert text[attribute.at :].startswith(f"{name} = ")


@given(st.text(alphabet=string.printable, max_size=40))
def test_templates_give_the_text_that_was_escaped(value):
    assert value_of(spelled(f"a{value}b")) == f"a{value}b"


@given(VALUES)
def test_json_and_back_is_the_same(value):
    assert value_of(f'jsondecode("${{jsonencode({spelled(value)})}}")') == value


LEAVES = st.one_of(
    VALUES.map(spelled),
    st.sampled_from(
        [
            "var.x",
            "var.y.z",
            '"a${var.x}b"',
            "null",
            '"10.0.0.0/16"',
            "var.c ? 1 : 2",
            'var.c ? "a" : "b"',
            "var.c ? [1] : []",
            "var.c ? {a = 1} : {}",
            'toset(["a", var.x])',
        ]
    ),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda name, given: f"{name}({', '.join(given)})",
            st.sampled_from(sorted([*TABLE, "try", "can"])),
            st.lists(inner, max_size=3),
        ),
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"]),
            inner,
        ),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("[for v in {} : {} if {}]".format, inner, st.one_of(inner, st.just("v")), inner),
        st.builds("{{for k, v in {} : k => {}}}".format, inner, st.one_of(inner, st.just("v"))),
        st.builds('{}["a"]'.format, st.builds("({})".format, inner)),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({})[*].a".format, inner),
        st.builds("!({})".format, inner),
        st.builds('"<${{{}}}>"'.format, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(EXPRESSIONS)
def test_any_expression_of_any_functions_has_a_value_or_fails(text):
    try:
        value_of(text, steps=20_000)
    except (Failure, Spent, BadSyntax) as problem:
        assert isinstance(problem, (Failure, Spent)) or "deeper" in str(problem)
