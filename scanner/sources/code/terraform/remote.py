"""Modules of registries and repositories: which of them Terraform fetched, and which may make hubs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.sources.files.json_text import BadJSON, parse

LARGEST = 8 << 20
"""Bytes of the list of fetched modules."""

_HUB_WORDS = frozenset(
    {
        "ai",
        "aifoundry",
        "aihub",
        "aiml",
        "aistudio",
        "aml",
        "azureml",
        "foundry",
        "hub",
        "hubs",
        "machinelearning",
        "machinelearningservices",
        "ml",
        "mlops",
        "mlw",
        "workspace",
        "workspaces",
    }
)
_OTHERS = frozenset(
    {
        "aad",
        "avd",
        "connectivity",
        "databricks",
        "desktopvirtualization",
        "event",
        "eventhub",
        "firewall",
        "insights",
        "iot",
        "landing",
        "log",
        "loganalytics",
        "network",
        "networking",
        "notification",
        "operationalinsights",
        "spoke",
        "spokes",
        "synapse",
        "virtual",
        "vnet",
        "vwan",
        "wan",
    }
)
"""Words beside which a workspace or a hub is something else."""

_VAGUE = frozenset({"hub", "hubs", "workspace", "workspaces"})
ARGUMENTS = re.compile(rb"isolation_?mode|managed_?network(?!ing)|outbound_?rules", re.IGNORECASE)
"""What a module is told that makes the network of a hub."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A module that Terraform fetched: its folder below the root, and its version if it has one."""

    folder: str
    version: str | None


def is_local(source: str) -> bool:
    """Whether a source is a folder beside the one that calls it."""
    return source in (".", "..") or source.startswith(("./", "../"))


def may_hold_hubs(source: str) -> bool:
    """Whether the name of a module says that it may make a hub."""
    if is_local(source):
        return False
    words = set(re.split(r"[^a-z0-9]+", source.lower().partition("?")[0]))
    found = words & _HUB_WORDS | ({"machinelearning"} if {"machine", "learning"} <= words else set())
    return bool(found - _VAGUE) or (bool(found) and not words & _OTHERS)


def reference(source: str) -> str | None:
    """The version in the address of a repository: what stands behind ``ref=``."""
    found = re.search(r"[?&]ref=([^&]+)", source)
    return found[1] if found else None


def manifest(root: str) -> dict[str, Entry]:
    """The modules that Terraform fetched for a root, by the way to them; none before it is initialised."""
    path = Path(root, ".terraform", "modules", "modules.json")
    try:
        if path.stat().st_size > LARGEST:
            return {}
        document = parse(path.read_bytes())
    except (OSError, BadJSON, ValueError):
        return {}
    listed = document.get("Modules") if isinstance(document, dict) else None
    entries = (_entry(one) for one in listed) if isinstance(listed, list) else ()
    return {key: entry for key, entry in entries if entry.folder}


def _entry(one: Any) -> tuple[str, Entry]:
    told = one if isinstance(one, dict) else {}
    folder, version = told.get("Dir"), told.get("Version")
    if not isinstance(folder, str) or Path(folder).is_absolute():
        folder = ""
    return str(told.get("Key")), Entry(folder, version if isinstance(version, str) and version else None)
