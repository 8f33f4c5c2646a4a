"""One collection: from a scope to hubs, subscriptions and gaps, as they are read."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.errors import ScannerError
from scanner.model import Document, Gap
from scanner.sources.azure import ids, scope
from scanner.sources.azure.agenda import Agenda, Job
from scanner.sources.azure.client import Arm
from scanner.sources.azure.clouds import Cloud
from scanner.sources.azure.credential import Identity, Signing
from scanner.sources.azure.once import Once, packed
from scanner.sources.azure.pipeline import Meter, Pace
from scanner.sources.azure.refusal import Refused
from scanner.sources.azure.workspace import Workspaces

GRACE_SECONDS = 10.0
"""How long what is in flight may still take when a run is stopped."""

_HELD = 32
"""Hubs that wait to be taken: reading goes no further ahead, so that memory does not grow."""

_PROVIDERS = ("Microsoft.Network", "Microsoft.MachineLearningServices")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to collect, as whom and how.

    ``wanted`` are the collections of a hub; ``done`` tells, by its id in lower case, whether an earlier
    run has read a hub; ``say`` is told of each answer.
    """

    cloud: Cloud
    signing: Signing
    scope: scope.Scope
    wanted: Collection[str]
    concurrency: int = 24
    done: Callable[[str], bool] | None = None
    say: Callable[[str], None] | None = None


@dataclass(slots=True)
class _Subscription:
    """A subscription at work."""

    target: scope.Target
    document: Document = field(default_factory=dict)
    left: int = 0
    hubs: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    projects: dict[str, list[bytes]] = field(default_factory=dict)


class Run:
    """A collection while it runs.

    Iterating gives what is read, in the order in which it is; it ends when everything is read, or soon
    after `stop`.  Raises `ScannerError` where it cannot go on: nobody is signed in.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._events: queue.Queue[Event] = queue.Queue(_HELD)
        self._stopping = threading.Event()
        self._deadline = float("inf")
        self.interrupted = False
        self._failure: BaseException | None = None
        self._agenda = Agenda(most=max(2, request.concurrency // 2))
        self._pace = Pace(self._wait, request.say)
        self._arm = Arm(
            request.cloud, Identity(request.signing), self._pace, connections=request.concurrency + 2
        )
        self._workspaces = Workspaces(self._arm, request.wanted)
        self._visible: Once[dict[str, Document]] = Once()
        self.notes: list[str] = []
        self.total = 0
        self.subscriptions = 0

    @property
    def meter(self) -> Meter:
        """What went over the wire so far."""
        return self._pace.meter

    @property
    def substitutes(self) -> dict[str, str]:
        """The types that this cloud does not have in our version, with the version they were read in."""
        return self._arm.versions.substitutes()

    def stop(self) -> None:
        """Begin nothing more; what is in flight may take ten seconds."""
        self.interrupted = True
        self._deadline = min(self._deadline, time.monotonic() + GRACE_SECONDS)
        self._stopping.set()
        self._agenda.close()

    def __iter__(self) -> Iterator[Event]:
        try:
            yield from self._plan()
            threads = [
                threading.Thread(target=self._work, name=f"collect-{number}", daemon=True)
                for number in range(self._request.concurrency)
            ]
            for thread in threads:
                thread.start()
            yield from self._taken(threads)
        except Stopped:
            return
        finally:
            self._deadline = 0.0
            self._stopping.set()
            self._agenda.close()
            self._arm.close()
        if self._failure is not None:
            raise self._failure

    def _plan(self) -> Iterator[Event]:
        """Put every subscription of the scope on the agenda."""
        plan = scope.plan(self._arm, self._request.scope)
        self.notes += plan.notes
        self.subscriptions = len(plan.targets)
        yield from plan.gaps
        for target in plan.targets:
            work = _Subscription(target)
            self._agenda.add(target.subscription, [lambda work=work: self._open(work)])  # type: ignore[misc]

    def _taken(self, threads: list[threading.Thread]) -> Iterator[Event]:
        while True:
            try:
                yield self._events.get(timeout=0.1)
            except queue.Empty:
                if not any(thread.is_alive() for thread in threads) and self._events.empty():
                    return
            if time.monotonic() > self._deadline:
                return

    def _work(self) -> None:
        try:
            self._agenda.work()
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run is iterated
            if self._failure is None and not self.interrupted:
                self._failure = error
            self._agenda.close()

    def _wait(self, seconds: float) -> None:
        """Sleep, unless the run is stopped: then nobody waits for more than the time that is left."""
        until = time.monotonic() + seconds
        if self._stopping.wait(seconds):
            if until > self._deadline:
                raise Stopped
            time.sleep(max(0.0, until - time.monotonic()))
        if self._failure is not None:
            raise Stopped

    def _tell(self, event: Event) -> None:
        while True:
            try:
                self._events.put(event, timeout=0.5)
            except queue.Full:
                if time.monotonic() > self._deadline:
                    raise Stopped from None
            else:
                return

    def _open(self, work: _Subscription) -> None:
        """Read a subscription, list its hubs, and put those to be read on the agenda."""
        identifier = work.target.subscription
        refused = None
        try:
            work.document = self._subscription(work.target)
        except Refused as error:
            refused = error
            self._tell(error.gap(f"/subscriptions/{identifier}"))
            if work.target.hubs is None and not _may_show_more(error):
                self._tell(SubscriptionDone(subscription=identifier, hubs=0))
                return
        hubs, listed = self._hubs(work, told=refused is not None)
        self._tell(SubscriptionRead(document=work.document, workspaces=len(hubs)))
        done = self._request.done
        pending = [hub for hub in hubs if done is None or not done(hub.key)]
        with work.lock:
            work.left, work.hubs = len(pending), len(hubs)
        self.total += len(hubs)
        if not pending:
            self._finish(work)
        jobs: list[Job] = [
            lambda hub=hub: self._read(work, hub, listed.get(hub.key))  # type: ignore[misc]
            for hub in pending
        ]
        self._agenda.add(identifier, jobs)

    def _subscription(self, target: scope.Target) -> Document:
        """The contract's document of a subscription."""
        path = f"/subscriptions/{target.subscription}"
        raw = target.document or self._shown(target.subscription)
        providers: dict[str, Any] = {}
        for namespace in _PROVIDERS:
            try:
                state = self._arm.provider(target.subscription, namespace).get("registrationState")
            except Refused as refused:
                if refused.status in (401, 403) or refused.reason == "failed":
                    self._tell(refused.gap(f"{path}/providers/{namespace}"))
                continue
            providers[namespace] = state
        kept = {"subscriptionId": target.subscription} | {
            name: raw[name] for name in ("subscriptionId", "tenantId", "displayName", "state") if name in raw
        }
        return {**kept, "providers": providers}

    def _shown(self, subscription: str) -> Document:
        """A subscription as it shows itself, or as the list of all does where it does not."""
        try:
            return self._arm.get(f"/subscriptions/{subscription}", scope.SUBSCRIPTIONS)
        except Refused as refused:
            if not _may_show_more(refused):
                raise
            found = self._visible.get("", lambda: scope.visible(self._arm)[0]).get(subscription)
            if found is None:
                raise
            return found

    def _hubs(self, work: _Subscription, *, told: bool) -> tuple[list[ids.ArmId], dict[str, Document]]:
        """The hubs to read of a subscription, and what the list shows of each beside its properties.

        ``told`` is True where a gap says already that the subscription cannot be read.
        """
        if work.target.hubs is not None:
            return work.target.hubs, {}
        found: dict[str, ids.ArmId] = {}
        listed: dict[str, Document] = {}
        path = f"/subscriptions/{work.target.subscription}"
        try:
            for page in self._arm.workspaces(work.target.subscription):
                for document in page:
                    self._take_listed(document, work, found, listed)
        except Refused as refused:
            if not refused.unregistered and (found or not told):
                self._tell(refused.gap(path if not found else f"{path}/providers/{ids.WORKSPACES}"))
        return list(found.values()), listed

    def _take_listed(
        self, document: Any, work: _Subscription, found: dict[str, ids.ArmId], listed: dict[str, Document]
    ) -> None:
        hub = ids.parse(document.get("id")) if isinstance(document, dict) else None
        if hub is None or hub.type != ids.WORKSPACES.lower() or hub.subscription != work.target.subscription:
            shown = str(document.get("id") if isinstance(document, dict) else document)[:200]
            gap = Refused(f"a workspace with the id '{shown}'", code="malformed-id")
            self._tell(gap.gap(f"/subscriptions/{work.target.subscription}"))
            return
        if hub.key in found:
            return
        found[hub.key] = hub
        self._workspaces.expect(document)
        listed[hub.key] = {
            key: value
            for key, value in document.items()
            if key not in ("properties", "systemData", "identity")
        }
        properties = document.get("properties")
        owner = properties.get("hubResourceId") if isinstance(properties, dict) else None
        if isinstance(owner, str):
            work.projects.setdefault(owner.strip().rstrip("/").lower(), []).append(packed(document))

    def _read(self, work: _Subscription, hub: ids.ArmId, listed: Document | None) -> None:
        try:
            projects = work.projects.get(hub.key, [])
            document = self._workspaces.read(hub, listed, projects)
            if work.document:
                document["subscription"] = work.document
            self._tell(HubRead(document=document, subscription=hub.subscription))
        except Refused as refused:
            self._tell(refused.gap(hub.text))
        except (ScannerError, Stopped):
            raise
        except Exception as error:  # noqa: BLE001 - whatever is odd about one hub, the rest goes on
            odd = Refused(f"cannot be understood: {type(error).__name__}: {error}", code="UnexpectedAnswer")
            self._tell(odd.gap(hub.text))
        with work.lock:
            work.left -= 1
            last = work.left == 0
        if last:
            self._finish(work)

    def _finish(self, work: _Subscription) -> None:
        self._workspaces.forget(work.target.subscription)
        self._tell(SubscriptionDone(subscription=work.target.subscription, hubs=work.hubs))


def _may_show_more(refused: Refused) -> bool:
    """Whether a subscription that cannot itself be read may still show its hubs."""
    gone = (refused.code or "").lower() in ("subscriptionnotfound", "invalidsubscriptionid")
    return refused.status in (403, 404) and not gone
