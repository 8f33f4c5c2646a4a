"""What a collection says while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Document, Gap


class Stopped(Exception):  # noqa: N818 - a signal between threads of a run
    """The run is being stopped and the time for what was in flight is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRead:
    """A hub, in the contract's shape, without secrets."""

    document: Document
    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRead:
    """A subscription, in the contract's shape, and how many workspaces it has."""

    document: Document
    workspaces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionDone:
    """All hubs of a subscription are read."""

    subscription: str
    hubs: int


Event = HubRead | SubscriptionRead | SubscriptionDone | Gap
