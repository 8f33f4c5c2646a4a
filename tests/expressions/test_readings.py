"""What of an item an expression looks at is found in its text, and never less than it does look at."""

from __future__ import annotations

import pytest

from scanner.expressions import parser
from scanner.expressions.readings import paths_read

READ = {
    "$item.name": {("name",)},
    "$item.a.b == $item.a.c": {("a", "b"), ("a", "c")},
    "$item.a.*.b": {("a",)},
    "$item.a.{b: c}": {("a",)},
    "$item.a | b": {("a",)},
    "$item.a[?b == $item.c]": {("a",), ("c",)},
    "let $one = $item.a in $one.b": {("a",)},
    "length($item.a) > `1`": {("a",)},
    "hub.name": set(),
    "$hub.*": set(),
}
WHOLE = (
    "$item.a[0].b",
    "$item",
    "keys($item)",
    "[$item][0].a",
    "$item | a",
    "$item.*",
    "$item[0]",
    "{a: $item}.a.b",
    "item.a[?item]",
)


@pytest.mark.parametrize("text", READ)
def test_paths_below_the_item_are_told(text: str) -> None:
    assert paths_read(parser.parse(text), "item") == READ[text]


@pytest.mark.parametrize("text", WHOLE)
def test_what_may_see_all_of_the_item_is_told(text: str) -> None:
    assert paths_read(parser.parse(text), "item") is None
