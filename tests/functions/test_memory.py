"""What functions remember: never more than what they were asked, never for another hub or other tables."""

from __future__ import annotations

from collections import Counter

import pytest

from scanner import reference
from scanner.functions.memory import LONGEST, by_table, by_text, lowered, per_hub
from scanner.reference import Reference
from scanner.values import Touched, Unknown


@pytest.fixture
def asked():
    """How often something was worked out, by what it was worked out for."""
    return Counter()


@pytest.fixture
def other_tables():
    """Other reference tables, in force until the test ends."""
    ours = reference.current()
    reference.use(Reference({"regions": {"tagForms": {"names": {"add": ["contosia"]}}}}))
    yield reference.current
    reference.use(ours)


def tables(asked):
    @by_table
    def judge(tables, text):
        asked[text] += 1
        return [tables, text]

    return judge


def texts(asked):
    @by_text
    def judge(text):
        asked[text] += 1
        return [text]

    return judge


@pytest.mark.parametrize("make", [texts, tables])
def test_a_short_text_is_judged_once_and_every_caller_gets_the_same_object(make, asked):
    judge = make(asked)
    for text in ("contoso.com", "fabrikam.com", "a" * LONGEST):
        assert judge(text) is judge(text)
        assert judge(text)[-1] == text
        assert asked[text] == 1


@pytest.mark.parametrize("make", [texts, tables])
def test_a_long_text_is_judged_each_time_and_is_not_kept(make, asked):
    judge, text = make(asked), "a" * (LONGEST + 1)
    assert judge(text) == judge(text)
    assert judge(text)[-1] == text
    assert asked[text] == 3


@pytest.mark.parametrize("text", ["contoso.com", "a" * (LONGEST + 1)])
def test_other_tables_are_asked_anew(text, asked, request):
    judge = tables(asked)
    before = reference.current()
    assert judge(text) == [before, text]
    now = request.getfixturevalue("other_tables")()
    assert now is not before
    assert judge(text) == [now, text]


def test_a_word_is_compared_in_lower_case_and_without_blanks():
    assert [lowered(word) for word in (" Tcp-A", "UDP-A\n", "")] == ["tcp-a", "udp-a", ""]


def counted(asked):
    @per_hub
    def make(hub, *key):
        asked[(hub["name"], *key)] += 1
        return [hub["name"], *key]

    return make


def counted_alone(asked):
    @per_hub
    def make(hub):
        asked[(hub["name"],)] += 1
        return [hub["name"]]

    return make


ASKED = pytest.mark.parametrize("counted", [counted, counted_alone])


def test_a_question_about_a_hub_is_answered_once_whoever_asks(asked):
    make, hub = counted(asked), {"name": "hub1"}
    assert make(hub) is make(hub)
    assert make(hub, "FQDN") is make(hub, "FQDN")
    assert (make(hub), make(hub, "FQDN"), make(hub, "*")) == (["hub1"], ["hub1", "FQDN"], ["hub1", "*"])
    assert set(asked.values()) == {1}


def test_a_question_about_a_hub_alone_is_answered_once(asked):
    make, hub = counted_alone(asked), {"name": "hub1"}
    assert make(hub) is make(hub)
    assert asked == {("hub1",): 1}


def test_what_fails_is_asked_again_and_hides_nothing():
    hubs = [{"name": "one"}, {"name": "two"}]

    @per_hub
    def make(hub):
        if hub["name"] == "two":
            raise Touched(Unknown("odd"))
        return [hub["name"]]

    first = make(hubs[0])
    for _ in range(2):
        with pytest.raises(Touched):
            make(hubs[1])
    assert make(hubs[0]) is first


@ASKED
def test_an_answer_is_of_one_hub_and_not_of_another_that_looks_the_same(asked, counted):
    make, one, other = counted(asked), {"name": "hub1"}, {"name": "hub1"}
    assert make(one) is not make(other)
    assert asked[("hub1",)] == 2
    assert make({"name": "hub2"}) == ["hub2"]


@ASKED
def test_an_answer_about_a_hub_holds_for_the_tables_in_force_alone(asked, request, counted):
    make, hub = counted(asked), {"name": "hub1"}
    before = make(hub)
    request.getfixturevalue("other_tables")
    assert make(hub) is not before
    assert make(hub) is make(hub)
    assert asked[("hub1",)] == 2


def test_what_is_worked_out_may_ask_about_the_same_hub_and_about_another():
    @per_hub
    def depth(hub, *key):
        within = hub.get("within")
        return 0 if within is None else 1 + depth(within, *key)

    @per_hub
    def alone(hub):
        within = hub.get("within")
        return 0 if within is None else 1 + alone(within)

    @per_hub
    def steps(hub, left):
        return [left] if not left else [left, *steps(hub, left - 1)]

    inner = {"name": "inner"}
    outer = {"name": "outer", "within": inner}
    assert [depth(outer), depth(inner), depth(outer), depth(inner)] == [1, 0, 1, 0]
    assert [alone(outer), alone(inner), alone(outer), alone(inner)] == [1, 0, 1, 0]
    hub = {"name": "hub1"}
    assert steps(hub, 3) == [3, 2, 1, 0]
    assert steps(hub, 2) is steps(hub, 2)
