"""Relative URIs that no reader can take for anything else: percent-encoded, without dot segments.

GitHub refuses a file with an absolute or unreadable URI in it.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from urllib.parse import quote

from scanner.model import HubRef

_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")
_LONGEST = 255


def of_file(path: str) -> str:
    """The URI of a path in a repository.

    A path that leaves its folder, or begins at a root, becomes one that stays inside: it names no
    file, and so shows nothing, but does not cost the other results.
    """
    inside = posixpath.normpath(_DRIVE.sub("", path.replace("\\", "/")).lstrip("/"))
    return _joined(*inside.split("/"))


def of_hub(hub: HubRef, item: str | None) -> str:
    """A path that stands for something in Azure, so that alerts group by hub and are found by path."""
    if hub.subscription_id and hub.resource_group:
        parts = ["subscriptions", hub.subscription_id, "resourceGroups", hub.resource_group]
        parts += ["providers", "Microsoft.MachineLearningServices", "workspaces", hub.name]
    else:
        parts = [part for part in hub.id.split("/") if part] or [hub.name]
    if item:
        parts += ["outboundRules", item]
    return _joined("azure", *parts)


def _joined(*parts: str) -> str:
    return "/".join(segment(part) for part in parts)


def segment(part: str) -> str:
    """One segment of a path: never empty, never dots alone, not longer than a file's name may be."""
    if not part.strip("."):
        part += "_"
    encoded = quote(part, safe="", errors="replace")
    if len(encoded) <= _LONGEST:
        return encoded
    mark = hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{quote(part[:16], safe='', errors='replace')}-{mark}"
