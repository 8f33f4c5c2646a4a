"""Which api-version each type is read in: the table ``api-versions``, and what a cloud offers instead."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from scanner import reference
from scanner.errors import ConfigError
from scanner.model import Document

TABLE = "api-versions"

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(?:-[a-z]+)?")


class Versions:
    """The versions of one run.

    ``lagging`` clouds are believed what their providers list; elsewhere the table is, until ARM refuses.
    """

    def __init__(self, *, lagging: bool) -> None:
        table: Mapping[str, Any] = reference.current().table(TABLE)
        self._lagging = lagging
        self._lock = threading.Lock()
        self._spelled = {kind.lower(): kind for kind in table["types"]}
        self._pinned = {kind.lower(): _checked(kind, version) for kind, version in table["types"].items()}
        self._instead: dict[str, str] = {}
        self._offered: dict[str, tuple[str, ...]] = {}
        self.old_registry: str = _checked("registryNetworkRules", table["registryNetworkRules"])

    def spelled(self, kind: str) -> str:
        """A type as the table spells it; as it is where the table has it not."""
        spelled: str = self._spelled.get(kind.lower(), kind)
        return spelled

    def pick(self, kind: str) -> str | None:
        """The version for a type, None where neither the table nor its provider names one."""
        kind = kind.lower()
        with self._lock:
            if kind in self._instead:
                return self._instead[kind]
            pinned = self._pinned.get(kind)
            offered = self._offered.get(kind, ())
            if offered and (pinned is None or (self._lagging and pinned not in offered)):
                self._instead[kind] = newest(offered)
                return self._instead[kind]
            return pinned

    def learn(self, provider: Document) -> None:
        """Take in what the document of a resource provider lists."""
        namespace = provider.get("namespace")
        types = provider.get("resourceTypes")
        if not isinstance(namespace, str) or not isinstance(types, list):
            return
        for entry in types:
            name = entry.get("resourceType") if isinstance(entry, dict) else None
            versions = entry.get("apiVersions") if isinstance(entry, dict) else None
            if isinstance(name, str) and isinstance(versions, list):
                known = tuple(text for text in versions if isinstance(text, str) and _VERSION.fullmatch(text))
                with self._lock:
                    self._offered[f"{namespace}/{name}".lower()] = known

    def replace(self, kind: str, refused: str) -> str | None:
        """Another version for a type whose version was refused; None where there is no other."""
        with self._lock:
            for known in _lineage(kind.lower()):
                offered = [version for version in self._offered.get(known, ()) if version != refused]
                if offered:
                    self._instead[kind.lower()] = newest(offered)
                    return self._instead[kind.lower()]
        return None

    def offers(self, kind: str) -> bool | None:
        """Whether the provider lists a type; None where its list is not known."""
        kind = kind.lower()
        namespace = kind.partition("/")[0] + "/"
        with self._lock:
            if not any(known.startswith(namespace) for known in self._offered):
                return None
            return kind in self._offered

    def substitutes(self) -> dict[str, str]:
        """The types that were not read in the version of the table, with the version they were read in."""
        with self._lock:
            return dict(sorted(self._instead.items()))


def newest(versions: Iterable[str]) -> str:
    """The newest generally available version; the newest preview where there is no other."""
    return max(versions, key=lambda version: (len(version) == 10, version))


def _lineage(kind: str) -> Iterable[str]:
    """A type, then the types above it: a provider does not list all of its children."""
    while kind.count("/") >= 1:
        yield kind
        kind = kind.rpartition("/")[0]


def _checked(kind: str, version: Any) -> str:
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise ConfigError(f'{TABLE}: {version!r} is no api-version for {kind}; write "YYYY-MM-DD" in quotes')
    return version
