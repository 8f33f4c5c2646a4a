"""Exemptions: who decided that a finding may stand, why, and until when (contract section 5)."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from functools import cache
from typing import Any

from scanner.model import Exemption, HubRef
from scanner.records import dataclass

_REMEMBERED = 100
"""Pairs of a policy and a hub: about as many as one hub has."""


@dataclass(frozen=True, slots=True)
class Register:
    """The exemptions of a configuration, judged against one day.

    ``entries`` are all of them; which cover something is found by `covering`, and by its index in
    ``entries`` a caller remembers which were of use.
    """

    entries: tuple[Exemption, ...]
    today: datetime.date
    _of_policy: dict[str, list[int]] = field(init=False, compare=False, repr=False, default_factory=dict)
    _of_hub: dict[tuple[str, str, str], list[int]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def covering(self, policy: str, hub: HubRef, item: str | None) -> int | None:
        """The index of the first exemption in force for a finding, None where there is none."""
        if not self.entries:
            return None
        for index in self._met(policy, hub):
            wanted = self.entries[index].item
            if wanted is None or (item is not None and _glob(wanted)(item)):
                return index
        return None

    def _met(self, policy: str, hub: HubRef) -> list[int]:
        """The exemptions in force of a policy for a hub; those of the last hub are remembered."""
        if not self._of_policy:
            for index, entry in enumerate(self.entries):
                if self.in_force(entry):
                    self._of_policy.setdefault(entry.policy, []).append(index)
        key = (policy, hub.id, hub.name)
        found = self._of_hub.get(key)
        if found is None:
            if len(self._of_hub) >= _REMEMBERED:
                self._of_hub.clear()
            of_policy = self._of_policy.get(policy, ())
            found = [index for index in of_policy if _is_for(self.entries[index], hub)]
            self._of_hub[key] = found
        return found

    def in_force(self, entry: Exemption) -> bool:
        """Whether an exemption counts today: one that expires today still does."""
        return entry.expires is None or datetime.date.fromisoformat(entry.expires) >= self.today

    def notices(self, used: Iterable[int], policies: Sequence[str]) -> Iterator[str]:
        """A sentence for each exemption that has expired, or that covered nothing in this scan.

        An exemption of a policy that did not take part says nothing.
        """
        useful = set(used)
        for index, entry in enumerate(self.entries):
            if not self.in_force(entry):
                decision = replace(entry, expires=None).decision
                yield f"{scope(entry)} expired on {entry.expires} and exempts nothing ({decision})"
            elif index not in useful and entry.policy in policies:
                yield f"{scope(entry)} matches no finding ({entry.decision})"


def scope(entry: Exemption) -> str:
    """What an exemption is for, as the subject of a sentence."""
    item = f", item '{entry.item}'" if entry.item else ""
    return f"the exemption of {entry.policy} for '{entry.hub}'{item}"


def is_boundless(hub: str) -> bool:
    """Whether a glob matches every hub: those of Azure by their ids or names, or those of any code."""
    matches = _glob(hub)
    return any(all(matches(one.id) or matches(one.name) for one in hubs) for hubs in _ANY_HUBS)


def includes(wide: Exemption, narrow: Exemption) -> bool:
    """Whether one exemption surely covers all that another one covers, and as long."""
    if wide.policy != narrow.policy or not _is_within(narrow.hub, wide.hub):
        return False
    if wide.expires is not None and (narrow.expires is None or narrow.expires > wide.expires):
        return False
    return wide.item is None or (narrow.item is not None and _is_within(narrow.item, wide.item))


def _is_within(narrow: str, wide: str) -> bool:
    """Whether a glob matches whatever another one matches, as far as that is told by what that may be."""
    if narrow.lower() == wide.lower():
        return True
    if "[" in narrow:
        return False
    matches = _glob(wide)
    return all(matches(narrow.replace("*", many).replace("?", "q")) for many in ("", "q", "/x.y#z-0"))


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


def _ref(identity: str, name: str) -> HubRef:
    return HubRef(id=identity, name=name, kind="Hub")


_WORKSPACE = "providers/Microsoft.MachineLearningServices/workspaces"
_ANY_HUBS = (
    (
        _ref(f"/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/q/{_WORKSPACE}/1q", "1q"),
        _ref(
            f"/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/Zy/{_WORKSPACE}/x_w", "x_w"
        ),
        _ref(
            f"/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/m8/{_WORKSPACE}/3-k", "3-k"
        ),
    ),
    (
        _ref("a/b.json#q1", "q1"),
        _ref("c.yml#Zy-x_w", "Zy-x_w"),
        _ref("d/e/f.bicep#8m", "8m"),
        _ref("g.tf#0", "0"),
    ),
)
"""Hubs that have nothing in common but being hubs: of Azure, and of code."""


def _is_for(entry: Exemption, hub: HubRef) -> bool:
    matches = _glob(entry.hub)
    return matches(hub.id) or matches(hub.name)


@cache
def _glob(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    return lambda text: compiled.match(text) is not None
