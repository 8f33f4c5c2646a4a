"""ARM ids: what is said by one, and whether it may stand in a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

WORKSPACES = "Microsoft.MachineLearningServices/workspaces"

_ONE = re.compile(r"[\w-][\w.-]{0,89}")
_SEGMENT = r"[\w\-.()~$@+,'!=:;&* ]{1,260}"
_ID = re.compile(
    rf"/subscriptions/(?P<subscription>{_SEGMENT})/resourceGroups/(?P<group>{_SEGMENT})"
    rf"/providers/(?P<namespace>[\w.]+)/(?P<rest>{_SEGMENT}/{_SEGMENT}(?:/{_SEGMENT}/{_SEGMENT})*)",
    re.IGNORECASE,
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmId:
    """The id of a resource: ``text`` as it was written, ``key`` as it is compared.

    ``type`` is in lower case, ``provider/type[/subtype]``; ``subscription`` and ``group`` as well.
    """

    text: str
    key: str
    subscription: str
    group: str
    type: str
    name: str


def parse(text: Any) -> ArmId | None:
    """The parts of a resource id, None for anything that is none or may not stand in a URL."""
    if not isinstance(text, str):
        return None
    text = text.strip().rstrip("/")
    match = _ID.fullmatch(text)
    if match is None or "/../" in f"{text}/" or "/./" in f"{text}/":
        return None
    rest = match["rest"].split("/")
    return ArmId(
        text=text,
        key=text.lower(),
        subscription=match["subscription"].lower(),
        group=match["group"].lower(),
        type="/".join((match["namespace"], *rest[::2])).lower(),
        name=rest[-1],
    )


def is_guid(text: str) -> bool:
    """Whether it is written as the id of a subscription is."""
    return _GUID.fullmatch(text) is not None


def is_segment(text: str) -> bool:
    """Whether it may stand in a URL as the id of a subscription."""
    return _ONE.fullmatch(text) is not None


def key(document: Any) -> str:
    """The id of a resource as it is compared; empty where it has none."""
    identifier = document.get("id") if isinstance(document, dict) else None
    return identifier.strip().rstrip("/").lower() if isinstance(identifier, str) else ""


def covers(scope: str, identifier: str) -> bool:
    """Whether what is set on a scope holds for a resource; both in lower case."""
    scope = scope.rstrip("/")
    return identifier == scope or identifier.startswith(f"{scope}/")


def subscription_of(path: str) -> str | None:
    """The subscription that a path of ARM is in, in lower case."""
    parts = path.split("/", 3)
    return parts[2].split("?")[0].lower() if len(parts) > 2 and parts[1].lower() == "subscriptions" else None
