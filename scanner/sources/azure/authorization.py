"""What is set on scopes above hubs: locks, policy assignments, role assignments, permissions.

Each is listed once for a subscription, which shows what is inherited and what is set below.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from scanner.functions.permissions import permits
from scanner.sources.azure import ids
from scanner.sources.azure.client import Arm
from scanner.sources.azure.once import Once, packed
from scanner.values import Touched

_NAMESPACE = "Microsoft.Authorization"
_DEPLOYING = "Microsoft.MachineLearningServices/workspaces/write"


class Authorization:
    """The locks and assignments of a run, read when the first hub of a subscription asks."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self._lists: Once[list[tuple[str, str, bytes]]] = Once()
        self._permissions: Once[bytes] = Once()

    def locks(self, hub: ids.ArmId) -> list[Any]:
        """The locks that hold for a hub: its own, its resource group's, its subscription's."""
        found = []
        for scope, _, raw in self._list(hub.subscription, "locks"):
            if ids.covers(scope, hub.key):
                found.append(orjson.loads(raw))
        return found

    def policy_assignments(self, hub: ids.ArmId) -> list[Any]:
        """The policy assignments in force for a hub, those of management groups included."""
        found = []
        for scope, _, raw in self._list(hub.subscription, "policyAssignments"):
            if not _reaches(scope, hub):
                continue
            document = orjson.loads(raw)
            properties = document.get("properties") if isinstance(document, dict) else None
            away = properties.get("notScopes") if isinstance(properties, dict) else None
            scopes = [one.lower() for one in away if isinstance(one, str)] if isinstance(away, list) else []
            # A management group that is left out may be another than the hub's: nothing here tells.
            if not any(one.strip("/") and ids.covers(one, hub.key) for one in scopes):
                found.append(document)
        return found

    def role_assignments(self, principals: Collection[str], subscription: str) -> list[Any]:
        """The role assignments that some principals hold, or may hold, in or above a subscription."""
        listed = self._list(subscription, "roleAssignments")
        return [orjson.loads(raw) for _, principal, raw in listed if not principal or principal in principals]

    def deployers_permissions(self, hub: ids.ArmId) -> list[Any] | None:
        """What this identity may do in the resource group of a hub, if it is one that may deploy hubs.

        None otherwise: what an auditor may do says nothing of who deploys.
        """
        path = f"/subscriptions/{hub.subscription}/resourceGroups/{hub.text.split('/')[4]}"
        kind = f"{_NAMESPACE}/permissions"

        def read() -> bytes:
            pages = self._arm.pages(f"{path}/providers/{kind}", kind)
            return orjson.dumps([one for page in pages for one in page])

        value: list[Any] = orjson.loads(self._permissions.get(path.lower(), read))
        try:
            return value if permits(value, _DEPLOYING) else None
        except Touched:
            return None

    def forget(self, subscription: str) -> None:
        """Drop what was read of a subscription: its hubs are done."""
        self._lists.forget(lambda key: key.startswith(subscription))
        self._permissions.forget(lambda key: f"/{subscription}/" in key)

    def _list(self, subscription: str, name: str) -> list[tuple[str, str, bytes]]:
        """The members of a list as scope, principal and bytes; what a member does not say is empty."""
        kind = f"{_NAMESPACE}/{name}"

        def read() -> list[tuple[str, str, bytes]]:
            pages = self._arm.pages(f"/subscriptions/{subscription}/providers/{kind}", kind)
            return [_entry(member) for page in pages for member in page]

        return self._lists.get(f"{subscription}/{name}", read)


def _entry(member: Any) -> tuple[str, str, bytes]:
    if not isinstance(member, dict):
        return "", "", packed(member)
    properties = member.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    scope = properties.get("scope")
    if not isinstance(scope, str):
        scope = str(member.get("id") or "").rpartition(f"/providers/{_NAMESPACE}/")[0]
        scope = (
            scope or str(member.get("id") or "").lower().rpartition("/providers/microsoft.authorization/")[0]
        )
    principal = properties.get("principalId")
    return scope.lower(), principal.lower() if isinstance(principal, str) else "", packed(member)


def _reaches(scope: str, hub: ids.ArmId) -> bool:
    """Whether a scope is that of a hub or above it.  A subscription is shown only groups that hold it."""
    scope = scope.lower().rstrip("/")
    return "/managementgroups/" in scope or scope == "" or ids.covers(scope, hub.key)
