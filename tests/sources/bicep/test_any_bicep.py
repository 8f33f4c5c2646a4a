"""Any text at all: a tree, or errors with a place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.sources.arm.expand import Expansion
from scanner.sources.bicep.expand import expand
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.parser import parse
from scanner.sources.bicep.project import Project
from scanner.sources.bicep.templates import Templates

WORDS = st.sampled_from(
    [
        *"{}()[]@,.?:=!<>+-*/%|^'$\\\"#`;&\t\n\r\0",
        *(
            "'''",
            "$'''",
            "${",
            "'a'",
            "'${x}'",
            "??",
            "::",
            "=>",
            "==",
            "...",
            ".?",
            "[?",
            "&&",
            "//",
            "/*",
            "*/",
        ),
        *(
            "param",
            "var",
            "resource",
            "module",
            "output",
            "type",
            "func",
            "import",
            "using",
            "for",
            "in",
            "if",
        ),
        *(
            "x",
            "string",
            "existing",
            "parent",
            "name",
            "1",
            "true",
            "null",
            "\ufeff",
            "é",
            "🚀",
            "\ud800",
            "\n  ",
        ),
    ]
)
NOISE = (
    st.lists(WORDS, max_size=40).map(" ".join)
    | st.text(max_size=60)
    | st.lists(WORDS, max_size=40).map("".join)
)


@given(NOISE, st.booleans())
@settings(max_examples=400)
def test_nothing_but_a_tree_or_an_error_with_a_place(text, parameters):
    tree = parse(text, parameters=parameters)
    assert all(0 <= error.offset <= len(text) for error in tree.errors)
    assert (
        tree.statements or tree.errors or not text.strip() or "/" in text or "#" in text or "\ufeff" in text
    )


@given(NOISE.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_file(data):
    file = BicepFile("main.bicep", "/nowhere/main.bicep", data)
    for error in file.tree.errors:
        place = file.at(error.offset)
        assert place.line >= 1
        assert place.column >= 1


NAMES = st.sampled_from(["a", "b", "c", "r", "m", "it"])
LEAVES = st.one_of(
    st.sampled_from(
        ["'x'", "1", "true", "null", "[]", "{}", "'${a}'", "resourceGroup().id", "r.id", "r.properties.x"]
    ),
    NAMES,
)


def _larger(inner):
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["+", "==", "&&", "??", "=~"]), inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("{}({}, it => {})".format, st.sampled_from(["map", "filter", "mapValues"]), inner, inner),
        st.builds(
            "{}({})".format, st.sampled_from(["toLower", "empty", "union", "concat", "items", "f"]), inner
        ),
        st.builds("[for it in {}: {}]".format, inner, inner),
        st.builds("{{ k: {}, ...{} }}".format, inner, inner),
        st.builds("[{}, ...{}]".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from([".x", ".?x", "[0]", "[?0]", "[^1]", "!", "::b"])),
        st.builds("'<${{{}}}>'".format, st.sampled_from(["a", "b", "1", "r.name"])),
    )


EXPRESSIONS = st.recursive(LEAVES, _larger, max_leaves=8)


@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
@settings(max_examples=200)
def test_any_expressions_are_evaluated(one, other, third, fourth):
    text = f"""
param a string
param c array = {one}
var b = {other}
func f(x string) string => x
resource r 'Contoso.Things/things@2024-01-01' = {{
  name: {third}
  properties: {{ x: {fourth} }}
}}
resource s 'Contoso.Things/things@2024-01-01' = [for it in {one}: if ({other}) {{
  name: {third}
  parent: r
  scope: {fourth}
}}]
output o object = {{ all: [a, b, c, {third}] }}
"""
    file = BicepFile("main.bicep", "/nowhere/main.bicep", text.encode())
    assert not file.tree.errors, [str(error) for error in file.tree.errors]
    project = Project([], {})
    assert isinstance(expand(project, Templates(project), file), Expansion)
