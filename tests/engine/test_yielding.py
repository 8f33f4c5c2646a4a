"""One mistake is one finding: a policy is silent where one to which it yields has said it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scanner.engine import Judgement
from scanner.engine.yielding import Ranks, after_yielding, speakers
from scanner.model import Hub, Verdict
from scanner.policy import Policy
from scanner.sources.normalise import example

Make = Callable[..., Policy]
BARE = example({"kind": "Hub"})


def said(
    verdict: Verdict,
    item: str | None = None,
    key: str | None = None,
    by: Sequence[str] = (),
    subject: Any = None,
) -> Judgement:
    return Judgement(verdict=verdict, item=item, key=key, by=tuple(by), subject=subject)


class TestYielding:
    @pytest.fixture
    def softer(self, make: Make) -> Callable[[Sequence[Judgement], Sequence[Judgement]], list[Judgement]]:
        policy = make("softer", yields_to=["loud", "louder"])

        def heard(own: Sequence[Judgement], loud: Sequence[Judgement], hub: Hub = BARE) -> list[Judgement]:
            verdicts = {"softer": own, "louder": loud, "stranger": [said(Verdict.FAIL)]}
            return list(after_yielding(policy, own, verdicts, hub))

        return heard

    def test_it_is_silent_on_what_the_other_finds_failing(self, softer: Any) -> None:
        own = [said(Verdict.FAIL, "a"), said(Verdict.UNKNOWN, "b"), said(Verdict.FAIL, "c")]
        assert softer(own, [said(Verdict.FAIL, "a"), said(Verdict.FAIL, "b")]) == own[2:]

    def test_what_the_other_does_not_find_failing_it_says_itself(self, softer: Any) -> None:
        own = [said(Verdict.FAIL, "a")]
        for other in (Verdict.UNKNOWN, Verdict.PASS, Verdict.SKIP):
            assert softer(own, [said(other, "a")]) == own
        assert softer(own, []) == own

    def test_where_nothing_is_left_it_says_who_said_it(self, softer: Any) -> None:
        (left,) = softer([said(Verdict.FAIL, "a")], [said(Verdict.FAIL, "a"), said(Verdict.FAIL, "b")])
        assert (left.verdict, left.reason) == (Verdict.SKIP, "louder says it already")

    def test_the_first_to_which_it_yields_is_named(self, make: Make) -> None:
        policy = make("softer", yields_to=["loud", "louder"])
        verdicts = {name: [said(Verdict.FAIL, "a")] for name in ("louder", "loud")}
        (left,) = after_yielding(policy, [said(Verdict.FAIL, "a")], verdicts, BARE)
        assert left.reason == "loud says it already"

    def test_a_hub_that_fails_as_a_whole_says_all(self, softer: Any) -> None:
        (left,) = softer([said(Verdict.FAIL, "a"), said(Verdict.FAIL)], [said(Verdict.FAIL)])
        assert left.verdict is Verdict.SKIP

    def test_a_member_that_fails_says_nothing_of_the_hub(self, softer: Any) -> None:
        own = [said(Verdict.FAIL)]
        assert softer(own, [said(Verdict.FAIL, "a")]) == own

    def test_keys_tell_members_of_one_name_apart_where_both_have_one(self, softer: Any) -> None:
        own = [said(Verdict.FAIL, "a", "1"), said(Verdict.FAIL, "a", "2")]
        assert softer(own, [said(Verdict.FAIL, "a", "1")]) == own[1:]
        assert softer(own, [said(Verdict.FAIL, "a")])[0].verdict is Verdict.SKIP
        assert softer([said(Verdict.FAIL, "a")], [said(Verdict.FAIL, "a", "1")])[0].verdict is Verdict.SKIP

    def test_of_two_rules_of_one_name_one_says_nothing_of_the_other(self, softer: Any) -> None:
        rules = [{"name": "a", "properties": {"type": "FQDN", "destination": host}} for host in ("x", "y")]
        hub = example({"kind": "Hub", "outboundRules": [*rules, {**rules[0], "name": "b"}]})
        one, other = hub.document["outboundRules"][:2]
        own = [said(Verdict.FAIL, "a", "1", subject={**one, "key": "1"})]
        loud = [said(Verdict.FAIL, "a", subject=other), said(Verdict.FAIL, "a", "2", subject=one)]
        assert softer(own, loud, hub) == own
        for key in (None, "1"):
            assert softer(own, [said(Verdict.FAIL, "a", key, subject=one)], hub) != own
        own = [said(Verdict.FAIL, "b", subject={"name": "b"})]
        assert softer(own, [said(Verdict.FAIL, "b", subject=other)], hub) != own

    def test_a_member_that_another_one_makes_wrong_goes_with_it(self, softer: Any) -> None:
        own = [said(Verdict.FAIL, "a", by=["b", "c"])]
        assert softer(own, [said(Verdict.FAIL, "c")])[0].verdict is Verdict.SKIP
        assert softer(own, [said(Verdict.FAIL, "d")]) == own

    def test_what_is_no_finding_stays(self, softer: Any) -> None:
        for own in ([said(Verdict.PASS)], [said(Verdict.SKIP)], []):
            assert softer(own, [said(Verdict.FAIL)]) == own
        own = [said(Verdict.FAIL, "a"), said(Verdict.PASS, "b")]
        assert softer(own, [said(Verdict.FAIL, "a"), said(Verdict.FAIL, "b")]) == own[1:]

    def test_who_yields_to_nobody_says_all(self, make: Make) -> None:
        own = [said(Verdict.FAIL, "a")]
        assert after_yielding(make(), own, {"louder": own}, BARE) == own


class TestRanks:
    """Whom others hear, of three policies: the soft one yields to the middle one, and that one to the loud one."""

    @pytest.fixture
    def policies(self, make: Make) -> list[Policy]:
        yields = {"soft": ["middle", "gone"], "middle": ["loud"], "loud": []}
        return [make(name, yields_to=others) for name, others in yields.items()]

    @pytest.fixture
    def by_all(self, policies: list[Policy]) -> Callable[..., dict[str, list[str | None]]]:
        def call(exempt: set[str], **verdicts: list[Judgement]) -> dict[str, list[str | None]]:
            def is_exempt(policy: Policy, one: Judgement) -> bool:
                return f"{policy.card.id} {one.item}" in exempt

            return {
                name: [one.item for one in judged]
                for name, judged in Ranks(policies).heard(verdicts, BARE, is_exempt).items()
            }

        return call

    def test_where_nothing_can_be_exempt_all_are(self, policies: list[Policy]) -> None:
        verdicts = {policy.card.id: [said(Verdict.FAIL, "a")] for policy in policies}
        assert Ranks(policies).heard(verdicts, BARE, None) is verdicts
        assert Ranks(policies).heard(verdicts, BARE, lambda *_: False) is verdicts

    def test_what_is_exempt_is_not(self, by_all: Any) -> None:
        both = [said(Verdict.FAIL, "a"), said(Verdict.FAIL, "b")]
        found = by_all({"loud a"}, loud=both, middle=both, soft=both)
        assert found == {"loud": ["b"], "middle": ["a", "b"], "soft": ["a", "b"]}

    def test_an_exemption_of_who_is_silent_is_of_no_use(self, by_all: Any) -> None:
        both = [said(Verdict.FAIL, "a"), said(Verdict.FAIL, "b")]
        found = by_all({"middle a", "middle b"}, loud=both[:1], middle=both, soft=both)
        assert found == {"loud": ["a"], "middle": ["a"], "soft": ["a", "b"]}

    def test_nor_is_one_of_who_yields_to_nobody_that_is_heard(self, by_all: Any) -> None:
        one = [said(Verdict.FAIL, "a")]
        assert by_all({"loud a", "middle a"}, loud=one, middle=one, soft=one) == {
            "loud": [],
            "middle": [],
            "soft": ["a"],
        }

    def test_what_does_not_fail_stays(self, by_all: Any) -> None:
        mixed = [said(Verdict.FAIL, "a"), said(Verdict.UNKNOWN, "b"), said(Verdict.PASS)]
        found = by_all({"loud a", "loud b"}, loud=mixed, middle=[], soft=[])
        assert found["loud"] == ["b", None]

    def test_to_whom_nobody_yields_nothing_is_asked_of(self, policies: list[Policy]) -> None:
        asked: list[str] = []
        verdicts = {policy.card.id: [said(Verdict.FAIL, "a")] for policy in policies}
        Ranks(policies).heard(verdicts, BARE, lambda policy, _: bool(asked.append(policy.card.id)))
        assert sorted(asked) == ["loud", "middle"]


def test_for_a_policy_all_may_speak_to_whom_it_yields_step_by_step(make: Make) -> None:
    yields = {"a": ["b", "c"], "b": ["d"], "c": ["d", "e"], "d": [], "e": ["f"]}
    found = speakers(make(name, yields_to=others).card for name, others in yields.items())
    assert found == {"a": set("bcdef"), "b": {"d"}, "c": set("def"), "e": {"f"}}
