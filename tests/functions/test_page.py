"""The page of functions: what is written beside a function in Python is what people read."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from scanner.functions.page import examples, page, signature
from scanner.functions.registry import entries, function


def offered(**modules):
    """The functions of some modules, each given by its docstring and its functions."""
    for name, (doc, callees) in modules.items():
        module = sys.modules[name] = ModuleType(name, doc)
        for callee in callees:
            callee.__module__ = name
            setattr(module, callee.__name__, callee)
        yield from entries(module)


@pytest.fixture(autouse=True)
def forget():
    """Takes the modules of a test away again."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@function("string", "array|null", returns="number|null", optional=1)
def count(text, parts):
    """How often parts occur in a text.

    Each is counted alone.
    So it is
    here.

    count("a b", ["a",
      "c"]) -> 1
    count("a -> b", []) -> 0
    """


@function("object", returns="any")
def bare(hub):
    """Something of a hub."""


@function(returns="string")
def today():
    """The day."""


def test_the_page_has_a_chapter_for_each_module_and_a_section_for_each_function():
    found = page(offered(counting=("Counting of parts.\n\nMore.", [count, bare]), days=(None, [today])))
    introduction, _, rest = found.partition("## Counting of parts\n")
    assert introduction.startswith("# Functions\n\nPolicies may call these functions")
    assert (
        rest
        == """
### count

`count(text: string[, parts: array|null]) -> number|null`

How often parts occur in a text.

Each is counted alone.
So it is
here.

```text
count("a b", ["a",
  "c"]) -> 1
count("a -> b", []) -> 0
```

### bare

`bare(hub: object) -> any`

Something of a hub.

## days

### today

`today() -> string`

The day.
"""
    )


def test_the_examples_of_a_function_are_its_calls_and_their_answers():
    (entry,) = offered(counting=(None, [count]))
    assert list(examples(entry)) == [('"a b", ["a", "c"]', "1"), ('"a -> b", []', "0")]


def test_arguments_that_may_be_left_out_stand_in_brackets():
    @function("any", "object", "string", "number", returns="boolean", optional=2)
    def within(value, ranges, unit, least):
        """Whether a value is within something."""

    (entry,) = offered(ranges=(None, [within]))
    assert (
        signature(entry) == "within(value: any, ranges: object[, unit: string][, least: number]) -> boolean"
    )


def test_a_function_that_names_another_number_of_types_than_it_has_arguments_is_a_mistake():
    @function("any", returns="any")
    def two(one, other):
        """Nothing."""

    (entry,) = offered(mistakes=(None, [two]))
    with pytest.raises(ValueError, match="zip"):
        signature(entry)


def test_the_title_of_a_chapter_is_that_of_its_module_without_the_full_stop():
    assert "## Of which day?\n" in page(offered(days=("Of which day?", [today])))
