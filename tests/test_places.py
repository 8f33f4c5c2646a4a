"""Where the values of a document stand."""

from __future__ import annotations

from scanner.model import Place
from scanner.places import Places


def _place(line: int) -> Place:
    return Place(path="hub.yml", line=line, column=1, end_line=line)


def test_a_value_has_the_place_of_its_key_and_a_container_one_of_its_own() -> None:
    rules = ["a", "b"]
    hub = {"name": "hub1", "rules": rules}
    places = Places()
    places.mark(hub, "name", _place(2))
    places.mark(rules, 1, _place(5))
    places.mark(rules, None, _place(4))
    assert places.of(hub, "name") == _place(2)
    assert places.of(rules, 1) == _place(5)
    assert places.of(rules) == _place(4)


def test_what_nobody_has_marked_has_no_place() -> None:
    places = Places()
    places.mark({"name": "hub1"}, "name", _place(2))
    assert places.of({"name": "hub1"}, "name") is None
    assert places.of("hub1") is None
