"""How a module offers a function to policies: declared where it is written, found where it is defined."""

from __future__ import annotations

from types import ModuleType

from scanner.functions.registry import Function, entries, function, listed, record


def offering(name, **values):
    """A module of that name that holds these values."""
    module = ModuleType(name)
    vars(module).update(values)
    return module


def made(name="hub_name", module="names", **traits):
    """A function of a module."""

    @function("object", "string|null", returns="string|null", **traits)
    def callee(hub, other):
        """The name of a hub.

        It is a text.
        """
        return hub.get("name", other)

    callee.__name__ = name
    callee.__module__ = module
    return callee


def test_a_function_is_offered_by_its_name_with_its_types():
    @function("object", "string|null", returns="array|null", optional=1, nulls=True, partials=True)
    def hub_names(hub, other):
        """The names of a hub."""
        return [hub["name"], other]

    (entry,) = entries(offering(__name__, hub_names=hub_names))
    assert isinstance(entry, Function)
    assert entry.name == "hub_names"
    assert entry.arguments == (("object",), ("string", "null"))
    assert (entry.returns, entry.optional, entry.nulls, entry.partials) == ("array|null", 1, True, True)
    assert entry.call({"name": "a"}, "b") == hub_names({"name": "a"}, "b") == ["a", "b"]
    assert entry.doc == "The names of a hub."


def test_what_a_function_does_not_say_is_not_so():
    (entry,) = entries(offering("names", hub_name=made()))
    assert (entry.optional, entry.nulls, entry.partials, entry.base) == (0, False, False, ())
    assert (entry.spread, entry.schema, dict(entry.words), entry.method) == (None, None, {}, "")


def test_a_docstring_is_read_without_the_margin_of_the_code():
    (entry,) = entries(offering("names", hub_name=made()))
    assert entry.doc == "The name of a hub.\n\nIt is a text."

    @function(returns="any")
    def silent():
        pass

    (entry,) = entries(offering(__name__, silent=silent))
    assert entry.doc == ""


def test_a_module_offers_what_it_defines_in_its_order_and_not_what_it_imports():
    def helper():
        """Not offered."""

    foreign, one, two = made(module="others"), made(), made()
    labelled = offering("labelled", entry="text")
    module = offering("names", two=two, foreign=foreign, helper=helper, one=one, labelled=labelled, number=5)
    assert [entry.call for entry in entries(module)] == [two, one]
    assert [entry.call for entry in entries(offering("others", foreign=foreign, one=one))] == [foreign]


def test_the_schema_of_a_record_has_just_its_fields():
    assert record(name="string", region="string|null", ports=listed({"type": "integer"})) == {
        "type": "object",
        "properties": {
            "name": {"type": ["string"]},
            "region": {"type": ["string", "null"]},
            "ports": {"type": "array", "items": {"type": "integer"}},
        },
        "additionalProperties": False,
    }
