"""The syntax of configuration: what is understood, and what is said of the rest."""

from __future__ import annotations

import pytest
from sources.hcl.builders import flaws, parsed, value_of

from scanner.sources.hcl.lexer import MAX_DEPTH, Lexer
from scanner.sources.hcl.parser import parse
from scanner.sources.hcl.source import BadSyntax, Source
from scanner.sources.hcl.syntax import Literal


def values(body):
    return {name: one.value.value for name, one in body.attributes.items() if isinstance(one.value, Literal)}


class TestBlocks:
    def test_have_labels_with_and_without_quotes(self):
        (block,) = parsed('resource "contoso_hub" main {\n  name = "x"\n}\n').blocks
        assert (block.kind, block.labels, values(block.body)) == (
            "resource",
            ("contoso_hub", "main"),
            {"name": "x"},
        )

    def test_may_stand_on_one_line(self):
        (block,) = parsed('variable "a" { default = 1 }').blocks
        assert values(block.body) == {"default": 1}
        assert parsed("locals {}").blocks[0].body.attributes == {}

    def test_stand_inside_one_another(self):
        (outer,) = parsed("a {\n  b {\n    c = 1\n  }\n  b {\n    c = 2\n  }\n}").blocks
        assert [values(inner.body) for inner in outer.body.blocks_of("b")] == [{"c": 1}, {"c": 2}]

    @pytest.mark.parametrize("ends", ["\n", "\r\n"])
    def test_may_have_any_ends_of_lines_tabs_and_a_byte_order_mark(self, ends):
        text = "a {" + ends + "\tb = 1" + ends + "}" + ends
        assert values(parsed(text).blocks[0].body) == {"b": 1}

    def test_may_be_named_in_any_script(self):
        (block,) = parsed('resource "contoso_hub" "größe-名" {\n  name = "🚀"\n}').blocks
        assert (block.labels[1], values(block.body)) == ("größe-名", {"name": "🚀"})

    def test_have_their_place(self):
        (outer,) = parsed("\n\na {\n  b {\n    cé = 1\n  }\n}").blocks
        inner = outer.body.blocks[0]
        place = inner.source.place(inner.body.attributes["cé"].at)
        assert (place.path, place.line, place.column) == ("main.tf", 5, 5)
        assert inner.source.text[inner.at : inner.end] == "b {\n    cé = 1\n  }"


class TestComments:
    @pytest.mark.parametrize("comment", ["# x", "// x", "/* x */", "/* x\n y */", "# hubscan:ignore p r"])
    def test_are_passed_over(self, comment):
        assert values(
            parsed(f"{comment}\na = 1 {comment.splitlines()[0] if '*' not in comment else ''}\n")
        ) == {"a": 1}

    def test_inside_lists_and_objects_are_passed_over(self):
        assert value_of("[1, # one\n 2, /* two */ 3,\n // three\n]") == [1, 2, 3]
        assert value_of("{\n # a\n a = 1 // one\n /* b */ b = 2\n}") == {"a": 1, "b": 2}


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            (r'"a\nb\t\"c\" \\ \u00e9 \U0001F680"', 'a\nb\t"c" \\ é 🚀'),
            ('"$${x} %%{y}"', "${x} %{y}"),
            ('"$ % $x"', "$ % $x"),
            ('""', ""),
            ('"a${1}b"', "a1b"),
            ('"${true}"', True),
            ('"${"${"deep"}"}"', "deep"),
            ('"${ {a = "}"}.a }"', "}"),
            ('"a ${~ "b" ~} c"', "abc"),
            ('"%{ if true }yes%{ else }no%{ endif }"', "yes"),
            ('"%{ if false }yes%{ endif }"', ""),
            ('"%{ for x in ["a", "b"] }<${x}>%{ endfor }"', "<a><b>"),
            ('"%{ for k, v in {b = 2, a = 1} }${k}${v}%{ endfor }"', "a1b2"),
            ('"%{ for x in [1, 2] ~}  ${x}  %{~ endfor }"', "12"),
        ],
    )
    def test_in_quotes(self, text, value):
        assert value_of(text) == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("<<EOT\n  a\n b\nEOT\n", "  a\n b\n"),
            ("<<-EOT\n    a\n      b\n    EOT\n", "a\n  b\n"),
            ("<<-EOT\n    a\n\n    b\n  EOT\n", "a\n\nb\n"),
            ("<<-EOT\n  ${1}\n    ${2}\n  EOT\n", "1\n  2\n"),
            ('<<EOT\n"q" \\n $${x}\nEOT\n', '"q" \\n ${x}\n'),
            ("<<EOT\nEOT\n", ""),
            ("<<EOT\n%{ if true ~}\n  x\n%{ endif ~}\nEOT\n", "  x\n"),
            ("<<EOT\n${1 ~}\n  x\n  ${~ 2}\nEOT\n", "1  x\n2\n"),
            ("<<EOT\na \n${~ 1}\nEOT\n", "a1\n"),
            ("<<-EOT\n    a\n  \n    b\n  EOT\n", "a\n  \nb\n"),
            ("<<-EOT\n    a${1 ~}\n    b\n  EOT\n", "a1    b\n"),
            ("<<-EOT\n    ${~ 1}\n    b\n  EOT\n", "1\n    b\n"),
            ("<<-EOT\n  EOT\n", ""),
            ("<<EOT\n${1 ~}\nEOT\n", "1"),
            ("<<A-B\n EOT\nA-B\n", " EOT\n"),
        ],
    )
    def test_in_heredocs(self, text, value):
        assert value_of(text) == value

    def test_in_heredocs_with_other_ends_of_lines_end_there_too(self):
        (first, second) = parsed("a = <<EOT\r\nx\r\nEOT\r\nb = 1\r\n").attributes.values()
        assert (first.value.value, second.value.value) == ("x\r\n", 1)

    def test_in_heredocs_may_be_arguments(self):
        assert value_of("[<<A\nx\nA\n, <<B\ny\nB\n]") == ["x\n", "y\n"]


class TestExpressions:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1 + 2 * 3 - 4 / 2", 5),
            ("(1 + 2) * 3", 9),
            ("-2 - -3", 1),
            ("!true || !false && 1 < 2", True),
            ('1 == 1 && "a" != "b"', True),
            ("true ? 1 : false ? 2 : 3", 1),
            ("(\n true\n ? 1\n : 2\n)", 1),
            ("[for x in [1, 2, 3] : x * 2 if x != 2]", [2, 6]),
            ('{for x in ["a"] : x => upper(x)}', {"a": "A"}),
            ('{for i, x in ["a", "b"] : x => i}', {"a": 0, "b": 1}),
            ('{for x in ["a", "b", "ab"] : substr(x, 0, 1) => x...}', {"a": ["a", "ab"], "b": ["b"]}),
            ('{a = 1, "b" : 2, ("c") = 3, "${"d"}" = 4}', {"a": 1, "b": 2, "c": 3, "d": 4}),
            ("{for = 1, if = 2, null = 3, true = 4}", {"for": 1, "if": 2, "null": 3, "true": 4}),
            ("{\n a = 1\n b = 2,\n\n c = 3\n}", {"a": 1, "b": 2, "c": 3}),
            ("[1, 2,]", [1, 2]),
            ("[{a = 1}, {a = 2}][*].a", [1, 2]),
            ("[{a = [1, 2]}, {a = [3]}][*].a[0]", [1, 3]),
            ("[{a = 1}, {a = 2}].*.a", [1, 2]),
            ("{a = 1}[*].a", [1]),
            ("null[*]", []),
            ("[[1, 2], [3]][0][1]", 2),
            ("{a = {b = [7]}}.a.b.0", 7),
            ('{"a b" = 1}["a b"]', 1),
            ("max([1, 3, 2]...)", 3),
            ("1e3", 1000),
            ("0.5 + 0.25", 0.75),
        ],
    )
    def test_have_values(self, text, value):
        assert value_of(text) == value

    def test_call_functions_of_providers(self):
        assert "a function of a provider" in value_of('provider::contoso::f("x")').reason


class TestFlaws:
    @pytest.mark.parametrize(
        ("text", "line", "column", "message"),
        [
            ("a = \n", 1, 5, "expected a value, found the end of the line"),
            ("a = 1 b = 2\n", 1, 7, "expected the end of the line, found 'b'"),
            ("a = 1; b = 2\n", 1, 6, "expected the end of the line, found ';'"),
            ("a = [1\n 2]", 2, 2, "expected ',' or ']' behind the member, found '2'"),
            ("a = {b 1}", 1, 8, "expected '=' or ':' behind the key, found '1'"),
            (
                "a = {b = 1 c = 2}",
                1,
                12,
                "expected ',', the end of the line or '}' behind the member, found 'c'",
            ),
            ("a = f(1", 1, 8, "expected ',' or ')' behind the argument, found the end of the text"),
            ("a = (1", 1, 7, "expected ')', found the end of the text"),
            ("a = b[1", 1, 8, "expected ']' behind the index, found the end of the text"),
            ("a = b.", 1, 7, "expected the name of a member, found the end of the text"),
            ("a = true ? 1", 1, 13, "expected ':' of the conditional, found the end of the text"),
            ("a = [for x of y : x]", 1, 12, "expected 'in', found 'of'"),
            ("a = [for x in y x]", 1, 17, "expected ':' behind what the loop goes over, found 'x'"),
            ("a = {for x in y : x}", 1, 20, "expected '=>' behind the key, found '}'"),
            ('a = "x', 1, 5, "the text is not closed, expected '\"'"),
            ('a = "x\n"', 1, 7, "expected '\"' before the end of the line"),
            ('a = "${x"', 1, 9, "expected '}' at the end of what is filled in, found '\"'"),
            ('a = "${x y}"', 1, 10, "expected '}' at the end of what is filled in, found 'y'"),
            (r'a = "\q"', 1, 6, r"found '\q'"),
            ("a = <<EOT\nx\n", 1, 5, "the text is not closed, expected a line 'EOT'"),
            ('a = "%{ if x }y"', 1, 9, "before the end of the text"),
            ('a = "%{ endif }"', 1, 9, "'endif' ends nothing that began here"),
            ("a = 'x'", 1, 5, "texts stand in double quotes"),
            ("/* a", 1, 1, "the comment is not closed, expected '*/'"),
            (
                "a {\n  b = 1\n",
                3,
                1,
                "expected '}' that closes the block 'a' of line 1, found the end of the text",
            ),
            ('a "b" = 1', 1, 7, "expected '=' or '{' behind 'a', found '='"),
            ('a "${b}" {}', 1, 3, "the label of a block has nothing to fill in"),
            ("}\n", 1, 1, "expected an attribute or a block, found '}'"),
            ("a = 1\na = 2\n", 2, 1, "'a' is set a second time"),
            ("a = ?", 1, 5, "expected a value, found '?'"),
            ("a = \x00", 1, 5, "expected a name, a value or a sign"),
        ],
    )
    def test_say_where_and_what_was_expected(self, text, line, column, message):
        (found,) = flaws(text)
        assert found[:2] == (line, column)
        assert message in found[2]

    def test_do_not_hide_the_blocks_behind_them(self):
        text = 'a "x" {\n  b = \n}\n\nc "y" {\n  d = 1\n}\ne = [\nf "z" {\n}\n'
        body, errors = parse(Source(text, "main.tf"))
        assert [block.labels for block in body.blocks] == [("y",), ("z",)]
        assert len(errors) == 2

    @pytest.mark.parametrize("sign", [";", ","])
    def test_between_attributes_of_a_line_hide_none_and_are_told_once(self, sign):
        text = f'a "x" {{ b = 1{sign} c = [2] }}\nd "y" {{ e = {{}}{sign} f = g{sign} }}\n'
        body, errors = parse(Source(text, "main.tf"))
        assert [list(block.body.attributes) for block in body.blocks] == [["b", "c"], ["e", "f"]]
        assert [str(error) for error in errors] == [f"expected the end of the line, found '{sign}'"]

    @pytest.mark.parametrize("text", ["a = [1; 2]", "a = f(1; 2)", "a = {b = 1; c = 2}", ";", "a = ;"])
    def test_anywhere_else_such_a_sign_ends_the_block(self, text):
        (found,) = flaws(text)
        assert "found ';'" in found[2]

    @pytest.mark.parametrize(
        "text", ["{a=" * 5000, "[" * 5000, "(" * 5000, "!" * 5000, '"${' * 5000, "f(" * 5000]
    )
    def test_of_what_is_nested_too_deep(self, text):
        assert any(
            f"nested deeper than {MAX_DEPTH} levels" in message for _, _, message in flaws(f"a = {text}")
        )

    def test_of_blocks_that_are_nested_too_deep(self):
        assert "nested deeper" in flaws("a {\n" * 5000)[0][2]

    def test_are_bounded(self):
        assert len(flaws("a {\n b = \n}\n" * 500)) == 20

    def test_of_an_expression_alone(self):
        with pytest.raises(BadSyntax, match="expected the end of the expression"):
            value_of("1 2")


def test_work_grows_with_the_size_of_a_file_and_no_faster(monkeypatch):
    words = []
    advance = Lexer.advance
    monkeypatch.setattr(Lexer, "advance", lambda self: (words.append(1), advance(self))[1])

    def work(count):
        words.clear()
        parsed("".join(f'a{index} = [{{ c = "x-${{var.y}}" }}, f(1, "z")]\n' for index in range(count)))
        return len(words)

    assert work(400) <= 4 * work(100)
