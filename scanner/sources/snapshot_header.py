"""What a snapshot says of itself and of everything in it: version, time, origin, subscriptions, gaps."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from scanner.model import Document, Gap
from scanner.records import dataclass
from scanner.sources.documents import told
from scanner.sources.documents.gaps import read_gap
from scanner.sources.documents.spelling import clipped
from scanner.sources.files.json_text import noun, too_deep
from scanner.sources.normalise import is_live
from scanner.sources.parts import TRUNCATED, Context, Taken
from scanner.values import Unknown

VERSION = "hubscan/v1"


@dataclass(slots=True)
class Header:
    """The members of a snapshot other than its hubs, gathered as they come."""

    path: str
    version: Any = None
    live: bool = True
    taken: Taken | None = None
    subscriptions: dict[str, Document] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    told: told.Told = field(default_factory=dict)

    def read(self, document: Mapping[str, Any]) -> None:
        """Take in a header, or a whole snapshot without its hubs."""
        version = document.get("snapshot")
        self.version = None if isinstance(version, Unknown) else version
        self.live = is_live(document)
        at = _utc(document.get("collected_at"))
        self.taken = Taken(at=at) if at else None
        for name, add in (("subscriptions", self.add_subscription), ("gaps", self.add_gap)):
            members = document.get(name)
            if isinstance(members, list):
                for member in members:
                    add(member)
            elif members is not None:
                self.gaps.append(self.odd(name, f"{name} is {noun(members)}, not a list"))

    def add_subscription(self, document: Any) -> None:
        """Take in one subscription; one that has no id belongs to no hub."""
        identifier = document.get("subscriptionId") if isinstance(document, dict) else None
        if identifier is None and isinstance(document, dict) and isinstance(document.get("id"), str):
            # As ARM answers, the id stands there too: /subscriptions/ID.
            identifier = document["id"].rstrip("/").rpartition("/")[2]
        if isinstance(identifier, str) and not too_deep(document):
            self.subscriptions[identifier.lower()] = document
        else:
            self.gaps.append(self.odd("subscriptions", "a subscription without a subscriptionId"))

    def add_gap(self, entry: Any) -> None:
        """Take in one gap of the whole snapshot."""
        gap = told.placed(read_gap(entry, self.path))
        self.gaps.append(gap)
        told.keep(self.told, gap)

    def context(self) -> Context:
        """What hubs are told that come from here on."""
        return Context(
            path=self.path,
            live=self.live,
            subscriptions=dict(self.subscriptions),
            at=self.at,
            gaps=told.frozen(self.told),
        )

    @property
    def at(self) -> str | None:
        """When the snapshot was taken, None where it does not say."""
        return self.taken.at if self.taken else None

    def odd(self, member: str, detail: str) -> Gap:
        """The gap of a member that makes no sense."""
        return Gap(subject=f"{self.path}#{member}", reason="failed", code="malformed", detail=detail)

    def refusal(self) -> Gap | None:
        """Why nothing of the snapshot can be judged, None where it can."""
        if self.version == VERSION:
            return None
        said = (
            f"says '{clipped(self.version)}'" if isinstance(self.version, str) else "does not say its version"
        )
        detail = f"a snapshot that {said}; only '{VERSION}' is understood"
        return Gap(subject=self.path, reason="failed", code="version", detail=detail)

    def statements(self) -> Iterator[Taken | Gap]:
        """What is to be told of the snapshot as a whole."""
        if self.taken is not None:
            yield self.taken
        yield from self.gaps


def truncated(path: str, detail: str) -> Gap:
    """The gap of a snapshot that is cut off."""
    return Gap(subject=path, reason="missing", code=TRUNCATED, detail=detail)


def _utc(text: Any) -> str | None:
    """A time in UTC to the second, None where the text is none.  Without an offset it is UTC already."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.datetime.fromisoformat(text)
        if time.tzinfo is None:
            time = time.replace(tzinfo=datetime.UTC)
        utc = time.astimezone(datetime.UTC).replace(microsecond=0, tzinfo=None)
        return f"{utc.isoformat()}Z"
    except (ValueError, OverflowError):
        return None
