"""What is said of a file that is no Bicep."""

from __future__ import annotations

import pytest
from sources.bicep.builders import errors_of

from scanner.sources.bicep.parser import MOST_ERRORS, parse


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("wrong", 1, 1, "expected a statement"),
        ("var x", 1, 6, "expected '=', found the end of the file"),
        ("var x = ", 1, 9, "expected a value, found the end of the file"),
        ("var = 1", 1, 5, "expected the name of a variable, found '='"),
        ("param p", 1, 8, "expected a type"),
        ("param p = 'x'", 1, 9, "expected a type, found '='"),
        ("var x = 'open", 1, 9, "a text that does not end on its line"),
        ("var x = 'a${b'", 1, 14, "a text that does not end on its line"),
        ("var x = 'a${b\n}'", 1, 14, "a text that does not end on its line"),
        ("var x = '''open", 1, 9, "a text that does not end: expected \"'''\""),
        (r"var x = 'a\qb'", 1, 11, "is no escape"),
        (r"var x = '\u{110000}'", 1, 10, "is no escape"),
        ('var x = "double"', 1, 9, "texts stand in single quotes"),
        ("/* open", 1, 1, "a comment that does not end"),
        ("var x = {\n  a 1\n}", 2, 5, "expected ':', found '1'"),
        ("var x = {\n  a: 1 b: 2\n}", 2, 8, "expected ',', a new line or '}'"),
        ("var x = [1 2]", 1, 12, "expected ',', a new line or ']'"),
        ("var x = f(1", 1, 12, "expected ',' or ')'"),
        ("var x = (1, 2)", 1, 9, "expected one value in parentheses"),
        ("var x = a ? b", 1, 14, "expected ':'"),
        ("var x = 1 1", 1, 11, "expected the end of the line"),
        ("var x = a.", 1, 11, "expected the name of a member"),
        ("var x = 99999999999999999999", 1, 9, "too large"),
        ("var x = #", 1, 9, "unexpected character '#'"),
        ("var 🚀 = 1", 1, 5, "unexpected character '🚀'"),
        ("resource x = {}", 1, 12, "expected a text in single quotes"),
        ("resource x 'a/b@1' = 1", 1, 22, "expected '{', '[' or 'if'"),
        ("resource x 'a/b@1' = [for y: {}]", 1, 28, "expected 'in'"),
        ("module m 'x.bicep' = {", 1, 23, "expected '}', found the end of the file"),
        ("@description('x')", 1, 18, "expected a new line"),
        ("@description\nparam p string", 1, 2, "expected a decorator with its parentheses"),
        ("import x from 'y'", 1, 8, "expected '{' or '*'"),
        ("import * from 'y'", 1, 10, "expected 'as'"),
        ("type t = ", 1, 10, "expected a type"),
        ("func f(x) int => 1", 1, 9, "expected a type"),
        ("var ok = 1\nvar bad = {\nvar fine = 2", 3, 5, "expected ':'"),
    ],
)
def test_it_is_said_where_and_what_was_expected(text, line, column, message):
    found = errors_of(text)
    assert found, "nothing is wrong"
    assert found[0][:2] == (line, column), found
    assert message in found[0][2]


def test_a_file_of_parameters_has_statements_of_its_own():
    assert (
        "expected a statement (using, extends, param"
        in errors_of("output x string = 'a'", parameters=True)[0][2]
    )
    assert (
        errors_of("using 'main.bicep'\nparam x = 1\nextends 'base.bicepparam'\nvar y = 2", parameters=True)
        == []
    )


def test_the_other_statements_are_read():
    tree = parse("var a = 1\nvar b = = 2\nvar c = 3\n")
    assert [statement.name for statement in tree.statements] == ["a", "c"]
    assert tree.broken == {"b"}


def test_the_lines_behind_a_bad_character_are_read():
    tree = parse('var a = "1"\nvar b = 2\nvar c = \'${b\nvar d = 4\n')
    assert [statement.name for statement in tree.statements] == ["b", "d"]
    assert len(tree.errors) == 2


def test_nothing_is_guessed_behind_what_never_ends():
    tree = parse("var a = 1\nvar b = '''\nresource x 'y' = {\n}\n")
    assert [statement.name for statement in tree.statements] == ["a"]
    assert len(tree.errors) == 1


def test_no_more_errors_are_told_than_help():
    assert len(errors_of("var = 1\n" * 500)) == MOST_ERRORS


@pytest.mark.parametrize(
    "text",
    [
        "var x = " + "(" * 5000,
        "var x = " + "[" * 5000,
        "var x = " + "{a:" * 5000,
        "var x = " + "!" * 5000 + "true",
        "var x = " + "'${" * 5000,
        "type x = " + "{a:" * 5000,
        "type x = " + "(" * 5000,
        "var x = " + "a ? " * 5000,
        "var x = " + "x => " * 5000,
    ],
)
def test_what_is_nested_too_deep_is_an_error(text):
    assert "deep" in errors_of(text)[0][2] or "does not end" in errors_of(text)[0][2]


def test_long_chains_are_read():
    assert errors_of("var x = " + " + ".join(["1"] * 20_000)) == []
    assert errors_of("var x = a" + ".b" * 20_000) == []


def test_more_tokens_than_any_file_has_are_an_error(monkeypatch):
    monkeypatch.setattr("scanner.sources.bicep.tokens.MOST", 100)
    tree = parse("var a = 1\nvar b = [\n" + "  1\n" * 200 + "]\n")
    assert [statement.name for statement in tree.statements] == ["a"]
    assert "more than 100 tokens" in str(tree.errors[0])
