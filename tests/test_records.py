"""A record is a data class of the standard library in all but when its methods are written."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import typing

import orjson
import pytest

from scanner import records

FROZEN = {"frozen": True, "slots": True, "kw_only": True}
OPEN = {"slots": True}
PLAIN = {"frozen": True}


def made(decorator, traits):
    @decorator(**traits)
    class Thing:
        """A thing."""

        name: str
        size: int = 3
        parts: list[str] = dataclasses.field(default_factory=list)

        @property
        def long(self) -> bool:
            """Whether it is."""
            return self.size > 3

    return Thing


@records.dataclass(frozen=True, slots=True)
class Sent:
    """A record that goes to another process."""

    name: str
    parts: tuple[str, ...] = ()


@records.dataclass(slots=True)
class Derived:
    """A record that works out a field."""

    name: str
    upper: str = dataclasses.field(init=False)
    shown: int = dataclasses.field(default=7, init=False)

    def __post_init__(self) -> None:
        self.upper = self.name.upper()


BOTH = pytest.mark.parametrize("traits", [FROZEN, OPEN, PLAIN])


@BOTH
def test_it_is_made_shown_and_compared_as_that_of_the_standard_library(traits):
    mine, theirs = (made(decorator, traits) for decorator in (records.dataclass, dataclasses.dataclass))
    for values in ({"name": "a"}, {"name": "a", "size": 4, "parts": ["x"]}):
        one, other = mine(**values), theirs(**values)
        assert repr(one) == repr(other)
        assert one == mine(**values)
        assert one != mine(**{**values, "size": 9})
        assert one != other
        assert (one.long, dataclasses.asdict(one)) == (other.long, dataclasses.asdict(other))
        assert orjson.dumps(one) == orjson.dumps(other)
        assert dataclasses.replace(one, name="b") == mine(**{**values, "name": "b"})
    assert hasattr(mine(name="a"), "__dict__") == hasattr(theirs(name="a"), "__dict__")


@BOTH
@pytest.mark.parametrize("call", [lambda kind: kind(), lambda kind: kind(name="a", weight=1)])
def test_a_wrong_call_is_refused_the_first_time_and_the_second(traits, call):
    kind = made(records.dataclass, traits)
    for _ in range(2):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            call(kind)


@BOTH
def test_the_hundredth_is_made_as_the_first_and_as_that_of_the_standard_library(traits):
    mine, theirs = (made(decorator, traits) for decorator in (records.dataclass, dataclasses.dataclass))
    for size in range(2 * records.FEW):
        assert repr(mine(name="a", size=size)) == repr(theirs(name="a", size=size))
        assert dataclasses.asdict(mine(name="b")) == {"name": "b", "size": 3, "parts": []}


@BOTH
def test_a_wrong_call_of_a_used_class_is_refused(traits):
    kind = made(records.dataclass, traits)
    kind(name="a")
    for call in (kind, lambda: kind("a", 1, [], 2), lambda: kind(name="a", weight=1)):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            call()
    assert kind(name="b").name == "b"


def test_one_that_nobody_made_here_is_written_as_json():
    """What came from another process was not made by its class in this one."""
    kind = made(records.dataclass, OPEN)
    one = object.__new__(kind)
    one.name, one.size, one.parts = "a", 1, ["x"]
    assert orjson.loads(orjson.dumps(one)) == {"name": "a", "size": 1, "parts": ["x"]}


def test_a_field_of_a_class_under_another_stands_before_its_own():
    @records.dataclass(slots=True)
    class Under:
        name: str
        size: int = 3

    @records.dataclass(slots=True)
    class Upper(Under):
        long: bool = True

    one = Upper("a", 4)
    assert (one.name, one.size, one.long) == ("a", 4, True)
    assert [entry.name for entry in dataclasses.fields(Upper)] == ["name", "size", "long"]
    assert Upper.__slots__ == ("long",)


def test_values_come_in_order_where_they_need_no_names():
    one = made(records.dataclass, PLAIN)("a", 4)
    assert (one.name, one.size, one.parts) == ("a", 4, [])
    with pytest.raises(TypeError, match="positional"):
        made(records.dataclass, FROZEN)("a", 4)


def test_each_one_has_a_list_of_its_own():
    kind = made(records.dataclass, OPEN)
    one, other = kind("a"), kind("b")
    one.parts.append("x")
    assert other.parts == []


@pytest.mark.parametrize("traits", [FROZEN, PLAIN])
def test_a_frozen_one_cannot_be_changed_and_can_be_a_key(traits):
    kind = made(records.dataclass, traits)
    one = kind(name="a", parts=())
    for change in (lambda: setattr(one, "name", "b"), lambda: delattr(one, "name")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert {one: 1}[kind(name="a", parts=())] == 1
    assert one.name == "a"


def test_an_open_one_can_be_changed_and_is_no_key():
    one = made(records.dataclass, OPEN)("a")
    one.name = "b"
    assert one.name == "b"
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_it_can_be_sent_to_another_process():
    one = Sent("a", ("x",))
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one


def test_a_field_that_is_worked_out_is_no_argument():
    one = Derived("a")
    assert (one.upper, one.shown) == ("A", 7)
    with pytest.raises(TypeError):
        Derived("a", upper="B")


def test_it_says_what_its_fields_are():
    assert [entry.name for entry in dataclasses.fields(Sent)] == ["name", "parts"]
    assert typing.get_type_hints(Sent) == {"name": str, "parts": tuple[str, ...]}
    assert Sent.__doc__ == "A record that goes to another process."
