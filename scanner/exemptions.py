"""Exemptions: who decided that a finding may stand, why, and until when (contract section 5)."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from scanner.model import Exemption, HubRef
from scanner.records import dataclass


@dataclass(frozen=True, slots=True)
class Register:
    """The exemptions of a configuration, judged against one day.

    ``entries`` are all of them; which cover something is found by `covering`, and by its index in
    ``entries`` a caller remembers which were of use.
    """

    entries: tuple[Exemption, ...]
    today: datetime.date

    def covering(self, policy: str, hub: HubRef, item: str | None) -> int | None:
        """The index of the first exemption in force for a finding, None where there is none."""
        for index, entry in enumerate(self.entries):
            if entry.policy == policy and self.in_force(entry) and _covers(entry, hub, item):
                return index
        return None

    def in_force(self, entry: Exemption) -> bool:
        """Whether an exemption counts today: one that expires today still does."""
        return entry.expires is None or datetime.date.fromisoformat(entry.expires) >= self.today

    def notices(self, used: Iterable[int], policies: Sequence[str]) -> Iterator[str]:
        """A sentence for each exemption that has expired, or that covered nothing in this scan.

        An exemption of a policy that did not take part says nothing.
        """
        useful = set(used)
        for index, entry in enumerate(self.entries):
            what = f"exemption of {entry.policy} for '{entry.hub}'" + (
                f", item '{entry.item}'" if entry.item else ""
            )
            if not self.in_force(entry):
                yield f"the {what} expired on {entry.expires} and exempts nothing"
            elif index not in useful and entry.policy in policies:
                yield f"the {what} matches no finding"


def read(entry: dict[str, Any]) -> Exemption:
    """One entry of ``exemptions:`` whose shape has been checked against the schema."""
    return Exemption(
        policy=entry["policy"],
        hub=entry["hub"],
        item=entry.get("item"),
        category=entry.get("category", "waiver"),
        justification=entry["justification"].strip(),
        approved_by=entry.get("approved_by"),
        ticket=None if entry.get("ticket") is None else str(entry["ticket"]),
        expires=entry.get("expires"),
    )


def _covers(entry: Exemption, hub: HubRef, item: str | None) -> bool:
    matches = _glob(entry.hub)
    if not (matches(hub.id) or matches(hub.name)):
        return False
    return entry.item is None or (item is not None and _glob(entry.item)(item))


@cache
def _glob(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    return lambda text: compiled.match(text) is not None
