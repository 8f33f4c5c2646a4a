"""What is said of hubs, by a bench and by the engine, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner import engine
from scanner.bench import Bench
from scanner.engine.yielding import after_yielding
from scanner.model import Hub
from scanner.policy import Policy


def told(judged: Any) -> list[tuple[Any, ...]]:
    """All that judgements say; evidence to the type and the order of its values."""
    return [
        (
            one.verdict,
            one.item,
            one.key,
            one.by,
            one.message,
            one.reason,
            repr(one.evidence),
            one.place,
        )
        for one in judged
    ]


def by_the_engine(chosen: Sequence[Policy], hub: Hub) -> dict[str, Any]:
    """What the engine says of a hub, policy by policy."""
    judged = {policy.card.id: engine.evaluate(policy, hub) for policy in chosen}
    return {
        policy.card.id: told(after_yielding(policy, judged[policy.card.id], judged, hub)) for policy in chosen
    }


def by(bench: Bench, hub: Hub) -> dict[str, Any]:
    """What a bench says of a hub, policy by policy."""
    return {policy.card.id: told(judged) for policy, judged in bench.judge(hub)}
