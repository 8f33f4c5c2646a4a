"""Reads subscriptions: what each is, and which hubs it has; then those, one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scanner.errors import ScannerError
from scanner.model import Document
from scanner.sources.azure import ids, scope
from scanner.sources.azure.agenda import Job
from scanner.sources.azure.client import Arm
from scanner.sources.azure.events import Event, HubRead, Stopped, SubscriptionDone, SubscriptionRead
from scanner.sources.azure.once import Once, packed
from scanner.sources.azure.refusal import Refused
from scanner.sources.azure.workspace import Workspaces

_PROVIDERS = ("Microsoft.Network", "Microsoft.MachineLearningServices")


@dataclass(slots=True)
class _Subscription:
    """A subscription at work."""

    target: scope.Target
    document: Document = field(default_factory=dict)
    left: int = 0
    hubs: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    projects: dict[str, list[bytes]] = field(default_factory=dict)
    unlisted: Refused | None = None


class Subscriptions:
    """All subscriptions of a run.

    ``tell`` takes what is read, ``add`` further jobs for a subscription; ``done`` tells whether an
    earlier run has read a hub.
    """

    def __init__(
        self,
        arm: Arm,
        workspaces: Workspaces,
        *,
        tell: Callable[[Event], None],
        add: Callable[[str, list[Job]], None],
        done: Callable[[str], bool] | None,
    ) -> None:
        self._arm = arm
        self._workspaces = workspaces
        self._tell = tell
        self._add = add
        self._done = done
        self._visible: Once[dict[str, Document]] = Once()
        self._lock = threading.Lock()
        self.hubs = 0

    def open(self, target: scope.Target) -> None:
        """Read a subscription, list its hubs, and give those to be read as jobs."""
        work = _Subscription(target)
        try:
            self._open(work)
        except (ScannerError, Stopped):
            raise
        except Exception as error:  # noqa: BLE001 - whatever is odd about one subscription, the rest goes on
            self._tell(_odd(error).gap(f"/subscriptions/{target.subscription}"))
            self._tell(SubscriptionDone(subscription=target.subscription, hubs=0))

    def _open(self, work: _Subscription) -> None:
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
        done = self._done
        pending = [hub for hub in hubs if done is None or not done(hub.key)]
        with work.lock:
            work.left, work.hubs = len(pending), len(hubs)
        with self._lock:
            self.hubs += len(hubs)
        if not pending:
            self._finish(work)
        self._add(identifier, [partial(self._read, work, hub, listed.get(hub.key)) for hub in pending])

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
            work.unlisted = refused
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
            document = self._workspaces.read(hub, listed, projects, work.unlisted)
            if work.document:
                document["subscription"] = work.document
            self._tell(HubRead(document=document, subscription=hub.subscription))
        except Refused as refused:
            self._tell(refused.gap(hub.text, hub.text))
        except (ScannerError, Stopped):
            raise
        except Exception as error:  # noqa: BLE001 - whatever is odd about one hub, the rest goes on
            self._tell(_odd(error).gap(hub.text, hub.text))
        with work.lock:
            work.left -= 1
            last = work.left == 0
        if last:
            self._finish(work)

    def _finish(self, work: _Subscription) -> None:
        self._workspaces.forget(work.target.subscription)
        self._tell(SubscriptionDone(subscription=work.target.subscription, hubs=work.hubs))


def _odd(error: Exception) -> Refused:
    return Refused(f"cannot be understood: {type(error).__name__}: {error}", code="UnexpectedAnswer")


def _may_show_more(refused: Refused) -> bool:
    """Whether a subscription that cannot itself be read may still show its hubs."""
    gone = (refused.code or "").lower() in ("subscriptionnotfound", "invalidsubscriptionid")
    return refused.status in (403, 404) and not gone
