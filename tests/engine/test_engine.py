"""What the engine says of a policy and a hub: a pass only where everything is surely as it must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner import engine
from scanner.engine import Judgement
from scanner.model import Place, Verdict
from scanner.policy import Policy
from scanner.sources.normalise import example
from scanner.values import OpenList, Partial, Unknown

Make = Callable[..., Policy]
HOLE = "tags is not resolved"


def judged(policy: Policy, memo: engine.Memo | None = None, before: Any = None, **document: Any) -> list[Any]:
    """What is said of a hub: each verdict with its item and reason."""
    hub = example({"kind": "Hub", "properties": {}, **document})
    found = engine.evaluate(policy, hub, memo, before)
    return [(str(one.verdict), one.item, one.reason) for one in found]


def holed(policy: Policy, **holes: Any) -> list[Any]:
    """What is said of a hub some values of which are not known."""
    hub = example({"kind": "Hub", "properties": {}})
    hub.document.update(holes)
    return [(str(one.verdict), one.item, one.reason) for one in engine.evaluate(policy, hub)]


PASS = [("pass", None, None)]
NOT_APPLICABLE = [("skip", None, "does not apply to this hub")]


class TestRequire:
    def test_true_passes_and_false_fails(self, make: Make) -> None:
        assert judged(make(), location="here") == PASS
        assert judged(make(), location="there") == [("fail", None, None)]

    @pytest.mark.parametrize(
        ("require", "reason"),
        [
            ("hub.location", "hub.location is missing"),
            ("hub.location && hub.tags.a", "hub.location, hub.tags.a are missing"),
            ("length(hub.kind)", "'require' gives 3, neither true nor false"),
            ("hub.kind", "'require' gives Hub, neither true nor false"),
            ("hub.kind && hub.location", "hub.location is missing"),
            ("`null`", "'require' has no answer"),
        ],
    )
    def test_anything_else_is_unknown_and_says_why(self, make: Make, require: str, reason: str) -> None:
        assert judged(make(require=require)) == [("unknown", None, reason)]

    def test_an_error_is_unknown(self, make: Make) -> None:
        ((verdict, _, reason),) = judged(make(require="length(hub.location) == `1`"), location=None)
        assert verdict == "unknown"
        assert "length" in reason

    def test_what_rests_on_a_value_that_is_not_known_is_unknown_and_says_where_it_stands(
        self, make: Make
    ) -> None:
        place = Place(path="main.json", line=3, column=5, end_line=3)
        hub = example({"kind": "Hub", "properties": {}})
        hub.document["location"] = Unknown(HOLE, place=place)
        (one,) = engine.evaluate(make(), hub)
        assert (one.verdict, one.reason, one.place) == (Verdict.UNKNOWN, HOLE, place)
        assert one.message == f"Mine: not known, because {HOLE}"


class TestWhen:
    def test_only_true_applies(self, make: Make) -> None:
        assert judged(make(when="hub.live"), location="here") == PASS
        for when in ("!(hub.live)", "hub.location", "`null`", "hub.kind", "length(hub.kind)"):
            assert judged(make(when=when)) == NOT_APPLICABLE

    def test_what_is_not_known_to_apply_is_unknown(self, make: Make) -> None:
        assert holed(make(when="hub.tags"), tags=Unknown(HOLE)) == [("unknown", None, HOLE)]
        assert holed(make(when="hub.tags"), tags=Unknown(HOLE, truth=True)) == [("unknown", None, HOLE)]

    def test_what_is_surely_not_true_does_not_apply_whatever_it_is(self, make: Make) -> None:
        assert holed(make(when="hub.tags"), tags=Unknown(HOLE, truth=False)) == NOT_APPLICABLE

    def test_an_error_is_unknown(self, make: Make) -> None:
        ((verdict, _, reason),) = judged(make(when="length(hub.location) == `1`"))
        assert verdict == "unknown"
        assert "length" in reason

    def test_it_comes_before_what_is_needed(self, make: Make) -> None:
        assert judged(make(when="!(hub.live)", needs=["computes"])) == NOT_APPLICABLE


class TestKinds:
    def test_another_kind_is_skipped_and_case_does_not_count(self, make: Make) -> None:
        policy = make(applies_to=["hub", "Project"])
        assert judged(policy, location="here") == PASS
        assert judged(policy, kind="Default") == [("skip", None, "judges hub, Project, not Default")]


class TestNeeds:
    def test_a_collection_that_nobody_collected_leaves_no_answer(self, make: Make) -> None:
        policy = make(needs=["computes"])
        assert judged(policy, location="here") == [("unknown", None, "computes was not collected")]
        assert judged(policy, location="here", computes=[]) == PASS

    def test_nor_does_one_that_is_null(self, make: Make) -> None:
        told = [("unknown", None, "computes was not collected")]
        assert holed(make(needs=["computes"]), computes=None, location="here") == told

    def test_nor_does_one_that_could_not_be_read(self, make: Make) -> None:
        gaps = [{"subject": "computes", "reason": "forbidden", "status": 403}]
        ((verdict, _, reason),) = judged(make(needs=["computes"]), location="here", gaps=gaps)
        assert (verdict, reason) == ("unknown", "computes could not be read: forbidden (403)")

    def test_the_first_that_is_missing_is_named_also_behind_one_that_is_there(self, make: Make) -> None:
        policy = make(needs=["locks", "computes"])
        assert judged(policy, location="here", locks=[]) == [("unknown", None, "computes was not collected")]

    def test_of_one_that_was_cut_off_what_fails_still_fails(self, make: Make) -> None:
        policy = make(needs=["computes"], each="hub.computes", require="item.name == 'good'")
        gaps = [{"subject": "/subscriptions/s/Computes/", "reason": "failed"}]
        rest = ("unknown", None, "computes could not be read in full: failed")
        members = [{"name": "good"}, {"name": "bad"}]
        assert judged(policy, computes=members, gaps=gaps) == [("fail", "bad", None), rest]
        assert judged(policy, computes=members[:1], gaps=gaps) == [rest]

    def test_a_gap_of_something_else_does_not_matter(self, make: Make) -> None:
        policy = make(needs=["computes"])
        for subject in ("locks", "computes/c1", "morecomputes"):
            gaps = [{"subject": subject, "reason": "failed"}]
            assert judged(policy, location="here", computes=[{"name": "a"}], gaps=gaps) == PASS

    def test_an_open_list_is_judged_by_its_members(self, make: Make) -> None:
        policy = make(needs=["computes"], each="hub.computes", require="item.name == 'good'")
        assert holed(policy, computes=OpenList((({"name": "good"}, True),), "open")) == PASS
        assert holed(policy, computes=Unknown(HOLE)) == [("unknown", None, HOLE)]


class TestEach:
    def test_no_member_is_a_pass(self, make: Make) -> None:
        assert judged(make(each="hub.computes", require="item.name == 'good'"), computes=[]) == PASS

    def test_every_member_that_does_not_pass_is_told(self, make: Make) -> None:
        policy = make(each="hub.computes", require="item.location == 'here'")
        members = [
            {"name": "good", "location": "here"},
            {"name": "bad", "location": "there"},
            {"name": "worse", "location": "elsewhere"},
        ]
        assert judged(policy, computes=members) == [("fail", "bad", None), ("fail", "worse", None)]
        assert judged(policy, computes=members[:1]) == PASS

    def test_an_unknown_member_stands_beside_a_failing_one(self, make: Make) -> None:
        policy = make(each="hub.computes", require="item.location == 'here' || (!(item.location) && `null`)")
        found = judged(policy, computes=[{"name": "open"}, {"name": "bad", "location": "there"}])
        assert found == [("unknown", "open", "item.location is missing"), ("fail", "bad", None)]

    @pytest.mark.parametrize(
        ("each", "reason"),
        [
            ("hub.plan", "hub.plan is missing"),
            ("hub.kind", "'each' gives no list"),
            ("hub.live && hub.kind", "'each' gives no list"),
        ],
    )
    def test_what_is_no_list_has_no_answer(self, make: Make, each: str, reason: str) -> None:
        assert judged(make(each=each)) == [("unknown", None, reason)]

    def test_a_list_that_is_not_known_has_no_answer(self, make: Make) -> None:
        policy = make(each="hub.computes", require="item.name == 'good'")
        assert holed(policy, computes=Unknown(HOLE)) == [("unknown", None, HOLE)]

    def test_an_error_is_unknown(self, make: Make) -> None:
        policy = make(each="sort_by(hub.computes, &location)", require="item.name == 'good'")
        ((verdict, _, _),) = judged(policy, computes=[{"location": 1}, {"location": "here"}])
        assert verdict == "unknown"

    def test_what_may_be_there_fails_only_where_it_surely_is(self, make: Make) -> None:
        policy = make(each="hub.computes", require="item.name == 'good'")
        members = (({"name": "good"}, False), ({"name": "bad"}, False), ({"name": "worse"}, True))
        perhaps = ("unknown", "bad", "it is not known whether this is there at all")
        assert holed(policy, computes=OpenList(members, "open")) == [perhaps, ("fail", "worse", None)]

    def test_a_member_that_is_nothing_has_no_answer(self, make: Make) -> None:
        policy = make(each="hub.computes", require="item")
        members = OpenList(((None, True),), "open")
        assert holed(policy, computes=members) == [("unknown", None, "'require' has no answer")]

    def test_the_state_before_is_there_for_transitions(self, make: Make) -> None:
        keys = {"transition": True, "when": "before != `null`", "require": "before.location == hub.location"}
        assert judged(make(**keys), before={"location": "here"}, location="here") == PASS
        assert judged(make(**keys), before={"location": "there"}, location="here") == [("fail", None, None)]
        assert judged(make(**keys), location="here") == NOT_APPLICABLE
        each = {"transition": True, "each": "before.computes", "require": "item.name == before.location"}
        assert judged(make(**each), before={"location": "a", "computes": [{"name": "a"}]}) == PASS


class TestJudgement:
    def one(self, policy: Policy, **document: Any) -> Judgement:
        (found,) = engine.evaluate(policy, example({"kind": "Hub", "properties": {}, **document}))
        return found

    def test_it_says_what_it_is_about_and_what_it_rests_on(self, make: Make) -> None:
        policy = make(
            each="map(&merge(@, {key: mark}), hub.computes)",
            require="item.location == hub.location && item.sku == params.sku",
            message="'{item.name}' is {item.location}, not {hub.location}",
            parameters={"sku": {"type": "string", "default": "x"}},
        )
        member = {"name": "a", "mark": "k", "by": ["b", 7, "c"], "location": "there"}
        found = self.one(policy, location="here", computes=[member])
        assert (found.verdict, found.item, found.key, found.by) == (Verdict.FAIL, "a", "k", ("b", "c"))
        assert found.message == "'a' is there, not here"
        assert found.evidence == {"item.name": "a", "item.location": "there", "hub.location": "here"}
        assert found.subject == {**member, "key": "k"}
        assert found.reason is None

    def test_what_is_unknown_says_of_what(self, make: Make) -> None:
        policy = make(each="map(&merge(@, {key: mark}), hub.computes)", require="item.location")
        found = self.one(policy, computes=[{"name": "a", "mark": 7}])
        assert found.message == "Mine: not known of 'a', because item.location is missing"
        assert (found.key, found.subject["name"]) == ("7", "a")

    def test_a_hub_of_which_nothing_is_known_is_unknown(self, make: Make) -> None:
        found = engine.unknown(make(), "it could not be read")
        assert (found.verdict, found.reason, found.item) == (Verdict.UNKNOWN, "it could not be read", None)
        assert found.message == "Mine: not known, because it could not be read"

    def test_evidence_is_short_enough_to_read(self, make: Make) -> None:
        policy = make(require="hub.tags == `{}` || hub.plan == 'x' || hub.location == 'x'")
        found = self.one(policy, tags={"a": "x" * 492}, location="y" * 600)
        assert found.evidence["hub.tags"] == {"a": "x" * 492}
        assert len(str(found.evidence["hub.location"])) <= 500
        assert "hub.plan" not in found.evidence
        longer = self.one(policy, tags={"a": "x" * 493})
        assert isinstance(longer.evidence["hub.tags"], str)

    def test_evidence_says_what_is_not_known(self, make: Make) -> None:
        hub = example({"kind": "Hub", "properties": {}})
        hub.document["location"] = hub.document["tags"] = Unknown(HOLE)
        (found,) = engine.evaluate(make(require="hub.location == 'here' && hub.tags.a.b == 'c'"), hub)
        assert found.evidence == {"hub.location": "(not known)", "hub.tags.a.b": "(not known)"}

    @pytest.mark.parametrize(
        ("item", "name"),
        [
            (None, None),
            ("a", "a"),
            ({"name": "a", "id": "b"}, "a"),
            ({"name": None, "id": "b"}, "b"),
            ({"id": "b"}, "b"),
            ({"name": 7}, "7"),
            ({"x": 1}, '{"x":1}'),
            ({"x": "y" * 100}, '{"x":"' + "y" * 74),
            (7, "7"),
            (Unknown(HOLE), None),
            (Partial(("a-", None), HOLE), "a-…"),
        ],
    )
    def test_an_item_is_called_by_its_name_its_id_or_what_it_is(self, item: Any, name: str | None) -> None:
        assert engine.item_name(item) == name


class TestShared:
    def test_what_policies_ask_alike_is_found_once_and_so_is_an_error(self, make: Make) -> None:
        memo = engine.Memo()
        first, second = make("first", when="hub.live"), make("second", when="hub.live")
        assert judged(first, memo, location="here") == judged(second, memo, location="here") == PASS
        assert memo == {"hub.live": True}
        memo["hub.live"] = False
        assert judged(second, memo, location="here") == NOT_APPLICABLE
        wrong = [make(name, when="length(hub.location) == `1`") for name in ("third", "fourth")]
        assert judged(wrong[0], memo) == judged(wrong[1], memo)
        assert judged(wrong[0], memo)[0][0] == "unknown"

    def test_what_rests_on_parameters_is_not_shared(self, make: Make) -> None:
        memo = engine.Memo()
        for name, default, expected in (("first", True, PASS), ("second", False, NOT_APPLICABLE)):
            parameters = {"on": {"type": "boolean", "default": default}}
            policy = make(name, when="params.on", parameters=parameters)
            assert judged(policy, memo, location="here") == expected


class TestEvidenceIsShared:
    def evidence(self, policy: Policy, memo: engine.Memo, before: Any = None, **document: Any) -> list[Any]:
        hub = example({"kind": "Hub", "properties": {}, **document})
        return [dict(one.evidence) for one in engine.evaluate(policy, hub, memo, before)]

    def test_by_what_stands_at_one_path_of_one_hub_alone(self, make: Make) -> None:
        memo = engine.Memo()
        first = make("first", require="hub.location == 'there' && hub.tags == `{}`")
        second = make("second", require="hub.tags.team == 'b' && hub.location == 'elsewhere'")
        document: dict[str, Any] = {"location": "here", "tags": {"team": "a"}}
        assert self.evidence(first, memo, **document) == [{"hub.location": "here", "hub.tags": {"team": "a"}}]
        assert self.evidence(second, memo, **document) == [{"hub.tags.team": "a", "hub.location": "here"}]

    def test_but_not_where_it_is_of_a_member_or_of_the_state_before(self, make: Make) -> None:
        memo = engine.Memo()
        each = make("each", each="hub.tags", require="item.name == hub.location", message="{{item.name}}")
        tags = [{"name": "a"}, {"name": "b"}]
        assert self.evidence(each, memo, location="here", tags=tags) == [
            {"item.name": "a", "hub.location": "here"},
            {"item.name": "b", "hub.location": "here"},
        ]
        moved = make("moved", require="before.location == hub.location")
        assert self.evidence(moved, memo, {"location": "one"}, location="here") == [
            {"before.location": "one", "hub.location": "here"}
        ]
        assert self.evidence(moved, memo, {"location": "two"}, location="here") == [
            {"before.location": "two", "hub.location": "here"}
        ]
