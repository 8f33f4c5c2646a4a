"""Resources that hubs depend on: read one by one, or by a list where that takes fewer calls."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import orjson

from scanner.model import Document
from scanner.sources.azure import ids
from scanner.sources.azure.client import Arm
from scanner.sources.azure.once import Once, packed
from scanner.sources.azure.refusal import Refused

_SPARE_PAGES = 3


@dataclass(slots=True)
class _Shelf:
    """The resources of one type in one subscription, as bytes, by their ids."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: set[str] = field(default_factory=set)
    held: dict[str, bytes] = field(default_factory=dict)
    single: Once[bytes] = field(default_factory=Once)
    singles: int = 0
    listed: bool = False


class Shelves:
    """All dependencies of a run.

    Listing is chosen where more than one resource of a type and subscription is known to be wanted, or
    was already read by itself; it stops where it would take more calls than reading each.  What a list
    does not show is asked for by itself: a list leaves out what the identity may not read.
    """

    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self._lock = threading.Lock()
        self._shelves: dict[tuple[str, str], _Shelf] = {}

    def expect(self, identifier: ids.ArmId) -> None:
        """Say that a resource will be asked for."""
        shelf = self._shelf(identifier)
        with shelf.lock:
            shelf.wanted.add(identifier.key)

    def get(self, identifier: ids.ArmId, kind: str) -> Document:
        """A resource, a new copy each time.  Raises `Refused`."""
        shelf = self._shelf(identifier)
        with shelf.lock:
            shelf.wanted.add(identifier.key)
            if (
                identifier.key not in shelf.held
                and not shelf.listed
                and self._worth_listing(shelf, identifier)
            ):
                self._list(shelf, identifier, kind)
            held = shelf.held.get(identifier.key)
            shelf.singles += held is None
        if held is None:
            # Outside the lock: several resources of a type are read side by side.
            held = shelf.single.get(identifier.key, lambda: packed(self._arm.get(identifier.text, kind)))
        document: Document = orjson.loads(held)
        return document

    def forget(self, subscription: str) -> None:
        """Drop what was read of a subscription: its hubs are done."""
        with self._lock:
            for key in [key for key in self._shelves if key[0] == subscription]:
                del self._shelves[key]

    def _shelf(self, identifier: ids.ArmId) -> _Shelf:
        with self._lock:
            return self._shelves.setdefault((identifier.subscription, identifier.type), _Shelf())

    @staticmethod
    def _worth_listing(shelf: _Shelf, identifier: ids.ArmId) -> bool:
        """Children have no list of a whole subscription."""
        missing = len(shelf.wanted - shelf.held.keys())
        return identifier.type.count("/") == 1 and (missing > 1 or shelf.singles > 1)

    def _list(self, shelf: _Shelf, identifier: ids.ArmId, kind: str) -> None:
        shelf.listed = True
        budget = max(len(shelf.wanted - shelf.held.keys()), shelf.singles, _SPARE_PAGES)
        try:
            for page in self._arm.pages(f"/subscriptions/{identifier.subscription}/providers/{kind}", kind):
                for document in page:
                    if isinstance(document, dict) and isinstance(document.get("properties"), dict):
                        shelf.held.setdefault(ids.key(document), packed(document))
                budget -= 1
                if budget <= 0 or shelf.wanted <= shelf.held.keys():
                    return
        except Refused:
            # Whatever the list does not give is asked for by itself, and says why it may not be read.
            return
