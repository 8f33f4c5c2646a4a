"""ARM ids."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import known
from scanner.functions.memory import by_text
from scanner.functions.registry import function, listed, record
from scanner.values import Partial, Touched, Unknown

_NOT_IN_NAMES = b"<>?#\\\x7f" + bytes(range(0x20))
_PARTS = record(
    id="string",
    subscriptionId="string|null",
    resourceGroup="string|null",
    type="string",
    name="string",
    names=listed({"type": "string"}),
)
_LONGEST = 4_096


@function("string", returns="object|null", schema=_PARTS, partials=True)
def arm_id(text: Any) -> dict[str, Any] | None:
    """The parts of an ARM id, or null where it is malformed.

    ``id`` is the id in lower case without a slash at the end; ``subscriptionId`` and ``resourceGroup``
    are null where the id has none; ``type`` is in lower case; ``name`` is the last name, ``names`` all
    names from the last provider on. An id of an extension resource is described by the extension. A part
    of an id that is not known stands for a name, or for the scope that the id begins with.

    arm_id("/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1/")
      -> {"id": "/subscriptions/1/resourcegroups/rg/providers/microsoft.storage/storageaccounts/st1",
      "subscriptionId": "1", "resourceGroup": "rg", "type": "microsoft.storage/storageaccounts",
      "name": "st1", "names": ["st1"]}
    arm_id("/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts") -> null
    arm_id("st1") -> null
    """
    if isinstance(text, Partial):
        return _open_parts(text)
    return _arm_id(text if type(text) is str else known(text))


@by_text
def _arm_id(text: str) -> dict[str, Any] | None:
    if len(text) > _LONGEST:
        return None
    written = text.encode(errors="surrogatepass")
    if len(written.translate(None, _NOT_IN_NAMES)) < len(written):
        return None
    segments = text.rstrip("/").split("/")
    if len(segments) < 3 or segments[0] or "" in segments[1:]:
        return None
    # The id of a resource that is no part of another one, as nearly all ids are.
    lowered = normal(text)
    match lowered.split("/"):
        case [_, "subscriptions", _, "resourcegroups", _, "providers", space, kind, _]:
            return _parts(lowered, segments[2], segments[4], f"{space}/{kind}", [segments[8]])
    scope = _scope(segments)
    found = _resource(segments, len(scope) * 2 + 1) if len(scope) * 2 + 1 < len(segments) else scope[-1:]
    if not found:
        return None
    types, names = zip(*found, strict=True)
    return _parts(
        lowered,
        scope[0][1] if scope else None,
        scope[1][1] if len(scope) > 1 else None,
        "/".join(types).lower(),
        list(names),
    )


def _parts(
    text: str, subscription: str | None, group: str | None, kind: str, names: list[str]
) -> dict[str, Any]:
    return {
        "id": text,
        "subscriptionId": subscription,
        "resourceGroup": group,
        "type": kind,
        "name": names[-1],
        "names": names,
    }


def _scope(segments: list[str]) -> list[tuple[str, str]]:
    """The subscription and the resource group at the beginning, as pairs of type and name."""
    scope: list[tuple[str, str]] = []
    for place, key in ((1, "subscriptions"), (3, "resourcegroups")):
        if segments[place : place + 1] and segments[place].lower() == key and len(segments) > place + 1:
            scope.append((f"microsoft.resources/{key}", segments[place + 1]))
        else:
            break
    return scope


def _resource(segments: list[str], place: int) -> list[tuple[str, str]]:
    """The pairs of type and name of the last provider, none where the pairs do not come out even."""
    pairs: list[tuple[str, str]] = []
    while place < len(segments):
        if segments[place].lower() == "providers" and len(segments) > place + 3:
            pairs = [(f"{segments[place + 1]}/{segments[place + 2]}", segments[place + 3])]
            place += 4
        elif pairs and len(segments) > place + 1:
            pairs.append((segments[place], segments[place + 1]))
            place += 2
        else:
            return []
    return pairs


@function("string", returns="string|null", partials=True)
def arm_type(text: Any) -> str | None:
    """The resource type of an ARM id in lower case, or null where the id is malformed.

    A part of an id that is not known stands for a name, or for the scope that the id begins with.

    arm_type("/subscriptions/1/resourceGroups/rg/providers/Microsoft.Keyvault/vaults/kv1")
      -> "microsoft.keyvault/vaults"
    arm_type("kv1") -> null
    """
    if isinstance(text, Partial):
        return _open_type(text)
    parts = _arm_id(text if type(text) is str else known(text))
    return parts["type"] if parts else None


_HOLE = "\ufffc"
_SCOPES = ("microsoft.resources/subscriptions", "microsoft.resources/resourcegroups")
"""Types of ids to which whatever is open at their end may add a resource."""


def _open_type(text: Partial) -> str:
    """The type of an id of which only names are open; Touched where more may be."""
    return str(_filled(text)["type"])


def _filled(text: Partial) -> dict[str, Any]:
    """The parts of an id with a mark for each name that is open, without a scope where that is open."""
    begins_open = text.parts[0] is None
    filled = "".join(_HOLE if part is None else part for part in text.parts[begins_open:])
    parts = _arm_id(filled)
    if parts is None or _HOLE in parts["type"] or (parts["type"] in _SCOPES and text.parts[-1] is None):
        raise Touched(text)
    return parts


def _open_parts(text: Partial) -> dict[str, Any]:
    """The parts of an id of which only names are open, the open ones not known, and none of them empty."""
    parts = _filled(text)
    there = Unknown(text.reason, text=text.text, place=text.place, truth=True)
    scope = Unknown(text.reason, text=text.text, place=text.place)
    names = [there if _HOLE in name else name for name in parts["names"]]
    made = {"id": there, "type": parts["type"], "name": names[-1], "names": names}
    for key in ("subscriptionId", "resourceGroup"):
        if text.parts[0] is None:
            made[key] = scope
        else:
            made[key] = there if parts[key] and _HOLE in parts[key] else parts[key]
    return made


@function("string", "string", returns="boolean")
def same_id(a: str, b: str) -> bool:
    """Whether two ids name the same resource: neither case nor a slash at the end counts.

    same_id("/subscriptions/1/resourceGroups/RG/", "/subscriptions/1/resourcegroups/rg") -> true
    same_id("", "") -> false
    """
    return normal(a) == normal(b) and bool(a)


@by_text
def normal(text: str) -> str:
    """The form in which ids are compared."""
    return text.rstrip("/").lower()
