"""What an identity can read: one look at each kind of thing, in each subscription, at one of its hubs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model import Document, Gap
from scanner.sources.azure import ids, scope
from scanner.sources.azure.client import PROVIDERS, Arm, members
from scanner.sources.azure.refusal import Refused, read_action
from scanner.sources.files.json_text import BadJSON, parse

_AUTHORIZATION = "Microsoft.Authorization"
_OF_SUBSCRIPTION = (
    *(f"{_AUTHORIZATION}/{name}" for name in ("locks", "policyAssignments", "roleAssignments")),
    "Microsoft.Storage/storageAccounts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.Insights/components",
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.Search/searchServices",
    "Microsoft.DocumentDB/databaseAccounts",
    "Microsoft.Sql/servers",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/networkSecurityGroups",
)
_OF_HUB = ("outboundRules", "connections", "computes", "onlineEndpoints", "privateEndpointConnections")
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
_PERMISSIONS = f"{_AUTHORIZATION}/permissions"
_CLAIMS = ("upn", "unique_name", "name", "app_displayname", "appid", "oid", "tid", "idtyp")


@dataclass(slots=True, kw_only=True)
class Checkup:
    """What was found of a subscription.

    ``workspaces`` is how many there are, None where they cannot be listed.  ``readable`` names what can
    be read, ``absent`` what ARM says is not there; ``missing`` are the actions that the identity lacks,
    each with the gap that says so; ``failed`` is what could not be read for another reason.
    """

    subscription: str
    name: str | None = None
    workspaces: int | None = None
    readable: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    missing: dict[str, Gap] = field(default_factory=dict)
    failed: list[Gap] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether everything could be read."""
        return not (self.missing or self.failed)


def whoami(token: str) -> dict[str, str]:
    """What a token says of its bearer, by the names of the claims; nothing where it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = parse(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, BadJSON):
        return {}
    if not isinstance(claims, dict):
        return {}
    said = {name: claims.get(name) for name in _CLAIMS}
    return {name: value for name, value in said.items() if isinstance(value, str) and value}


def check(arm: Arm, target: scope.Target) -> Checkup:
    """Look at everything once.  Raises `ScannerError` where nobody is signed in."""
    found = Checkup(subscription=target.subscription)
    path = f"/subscriptions/{target.subscription}"
    document = target.document or _look(arm, found, path, scope.SUBSCRIPTIONS, "the subscription")
    if document is None:
        return found
    name = document.get("displayName")
    found.name = name if isinstance(name, str) else None
    _look(arm, found, f"{path}/providers/Microsoft.Network", PROVIDERS, "providers")
    hub = next(iter(target.hubs), None) if target.hubs is not None else _first(arm, found, path)
    for kind in _OF_SUBSCRIPTION:
        _look(arm, found, f"{path}/providers/{kind}", kind, kind.partition("/")[2], a_list=True)
    if hub is not None:
        _look(arm, found, hub.text, ids.WORKSPACES, f"hub {hub.name}")
        for below, kind, label in _lists(hub):
            _look(arm, found, below, kind, label, a_list=True)
    return found


def _first(arm: Arm, found: Checkup, path: str) -> ids.ArmId | None:
    """The first hub of a subscription; another workspace where it has no hub."""
    first = None
    count = 0
    try:
        for page in arm.workspaces(found.subscription):
            for document in page:
                parsed = ids.parse(document.get("id")) if isinstance(document, dict) else None
                count += parsed is not None
                if parsed is not None and (first is None or (not first[1] and _is_hub(document))):
                    first = (parsed, _is_hub(document))
    except Refused as refused:
        _note(found, refused, f"{path}/providers/{ids.WORKSPACES}", "workspaces")
        return None
    found.workspaces = count
    found.readable.append("workspaces")
    return first[0] if first is not None else None


def _is_hub(document: Document) -> bool:
    return str(document.get("kind")).lower() == "hub"


def _lists(hub: ids.ArmId) -> Iterator[tuple[str, str, str]]:
    """The lists that are read of a hub: path, type, and what to call each."""
    for name in _OF_HUB:
        yield f"{hub.text}/{name}", f"{ids.WORKSPACES}/{name}", name
    yield f"{hub.text}/providers/{_DIAGNOSTICS}", _DIAGNOSTICS, "diagnosticSettings"
    group = hub.text.partition("/providers/")[0]
    yield f"{group}/providers/{_PERMISSIONS}", _PERMISSIONS, "permissions"


def _look(
    arm: Arm, found: Checkup, path: str, kind: str, label: str, *, a_list: bool = False
) -> Document | None:
    try:
        document = arm.get(path, kind)
        if a_list:
            members(document)
    except Refused as refused:
        _note(found, refused, path, label)
        return None
    found.readable.append(label)
    return document


def _note(found: Checkup, refused: Refused, path: str, label: str) -> None:
    """Keep a refusal.  What is not there shows nothing of what may be read, unless all else is below it."""
    if refused.unregistered or refused.not_offered or (refused.reason == "missing" and path.count("/") > 2):
        found.absent.append(label)
        return
    if refused.status in (401, 403):
        found.missing.setdefault(refused.action or read_action(path), refused.gap(path))
    else:
        found.failed.append(refused.gap(path))
