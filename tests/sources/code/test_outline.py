"""Where blocks, attributes and objects stand in Terraform's configuration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.code.terraform import outline


def lines(node):
    """A body as nested names with their lines."""
    shown = {}
    for name, attribute in node.attributes.items():
        inner = [lines(one) for one in attribute.objects]
        shown[name] = (attribute.place.line, *inner) if inner else attribute.place.line
    for block in node.blocks:
        shown[" ".join((block.kind, *block.labels))] = (block.place.line, lines(block))
    return shown


def read(text):
    return lines(outline.read(text, "main.tf"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = 2", {"a": 1, "b": 2}),
        ('resource "x" "y" {\n  a = 1\n}\n', {"resource x y": (1, {"a": 2})}),
        ("b {}\n", {"b": (1, {})}),
        ("b {\n  c {\n    d = 1\n  }\n}\ne = 1", {"b": (1, {"c": (2, {"d": 3})}), "e": 6}),
        ('a = {\n  b = 1\n  c : 2,\n  "d" = 3\n}', {"a": (1, {"b": 2, "c": 3, "d": 4})}),
        ("a = [{\n  b = 1\n}, { c = 2 }]\nd = 1", {"a": (1, {"b": 2}, {"c": 3}), "d": 4}),
        ("a = jsonencode({\n  b = {\n    c = 1\n  }\n})\n", {"a": (1, {"b": (2, {"c": 3})})}),
        ("a = f(\n  1,\n  2\n)\nb = 1", {"a": 1, "b": 5}),
        ("a = x ? {\n  b = 1\n} : {\n  c = 2\n}", {"a": (1, {"b": 2}, {"c": 4})}),
        ('a = "}"\nb = "${f("}")}"\nc = 1', {"a": 1, "b": 2, "c": 3}),
        ('a = "\\"{"\nb = 1', {"a": 1, "b": 2}),
        ("a = <<EOT\n}\nb = 1\nEOT\nc = 1", {"a": 1, "c": 5}),
        ("a = <<-EOT\n  }\n  EOT\nc = 1", {"a": 1, "c": 4}),
        ("# a = 1\n// b = 1\n/* c = 1\nd = 1 */\ne = 1", {"e": 5}),
        ("a = 1 # b = 2\r\nc = 3\r\n", {"a": 1, "c": 2}),
        ('a = { "${x}-file" = { b = 1 } }', {"a": (1, {"${x}-file": (1, {"b": 1})})}),
        ("a = [for x in y : {\n  b = x\n}]\nc = 1", {"a": (1, {"b": 2}), "c": 4}),
        ("a == b\nc = 1", {"c": 2}),
        ("é = 1\n😀\nb = 1", {"é": 1, "b": 3}),
    ],
)
def test_what_stands_where(text, expected):
    assert read(text) == expected


def test_columns_count_characters():
    attribute = outline.read("b {\n    é = 1\n    a = 1\n}", "main.tf").blocks[0].attributes["a"]
    assert (attribute.place.line, attribute.place.column) == (3, 5)


def test_a_dynamic_block_is_one_of_its_kind():
    node = outline.read(
        'dynamic "net" {\n  for_each = x\n  content {\n    a = 1\n  }\n}\nnet {\n  b = 1\n}', "main.tf"
    )
    assert node.is_dynamic("net")
    assert [sorted(block.attributes) for block in node.blocks_of("net")] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("azurerm_x.y.id", ["azurerm_x.y.id"]),
        ("azurerm_x.y[0].id", ["azurerm_x.y[0].id"]),
        ('azurerm_x.y["a"].id', ['azurerm_x.y["a"].id']),
        ('"${var.a}-${module.b.c}"', ["var.a", "module.b.c"]),
        ("var.a ? azurerm_x.y.id : null", ["var.a", "azurerm_x.y.id"]),
        ("{ b = azurerm_x.y.id }", ["azurerm_x.y.id"]),
        ("azurerm_x.y[*].id", ["azurerm_x.y[*].id"]),
        ('"plain"', []),
        ("true", []),
    ],
)
def test_what_a_value_refers_to(value, expected):
    assert outline.read(f"a = {value}\n", "main.tf").attributes["a"].references == expected


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "a = {" * 5_000,
        'a = "${' * 5_000,
        "(" * 50_000,
        "a = [" * 20_000,
        "a {" * 5_000,
        "/*",
        "<<A\n",
        '"',
        "a =",
    ],
)
def test_hostile_text_ends(text):
    outline.read(text, "main.tf")


_PIECES = st.sampled_from(
    [
        "a",
        "=",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        '"',
        "${",
        "\n",
        " ",
        "#",
        "//",
        "/*",
        "*/",
        "<<A\n",
        "A",
        ",",
        ":",
        ".",
        "b",
        '"x"',
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_text_ends(text):
    outline.read(text, "main.tf")


_NAMES = st.text("abcxyz_", min_size=1, max_size=6)
_BODIES = st.recursive(
    st.dictionaries(_NAMES, st.integers(0, 9), max_size=3),
    lambda inner: st.dictionaries(_NAMES, inner | st.integers(0, 9), max_size=3),
    max_leaves=8,
)


@given(_BODIES)
def test_every_attribute_that_was_written_is_found(body):
    written = []

    def write(node, names=()):
        for name, value in node.items():
            if isinstance(value, dict):
                written.append(f"{name} = {{")
                write(value, (*names, name))
                written.append("}")
            else:
                written.append(f"{name} = {value}")

    def count(node):
        return sum(1 + sum(count(one) for one in attribute.objects) for attribute in node.attributes.values())

    write(body)
    assert count(outline.read("\n".join(written), "main.tf")) == sum(line != "}" for line in written)
