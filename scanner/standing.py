"""Where what is said of a hub stands, and what exempts it: an exemption, or a comment beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scanner.engine import Judgement
from scanner.exemptions import Register
from scanner.model import AGAINST, Artifact, Hub, Place
from scanner.policy import Policy
from scanner.records import dataclass

if TYPE_CHECKING:
    from scanner.ignores import Remarks
    from scanner.locations import Location, Trails
    from scanner.sources.files import again

Vouched = Callable[[Place, str, str], bool]
"""Whether the comment that exempts the finding of a policy at a place, for a reason, may be believed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a finding stands, None where that is no file, and what exempts it.

    ``exemption`` is the index of an exemption, ``ignored`` the reason of a comment, ``doubt`` a sentence on
    a comment that is not believed.
    """

    found: Location | None = None
    exemption: int | None = None
    ignored: str | None = None
    doubt: str | None = None

    @property
    def is_exempt(self) -> bool:
        """Whether something exempts it."""
        return self.exemption is not None or self.ignored is not None


NOWHERE = Standing()
"""That of what stands in no file, and is exempt by nothing."""


class Standings:
    """The standing of each thing that is said of one hub, found out once.

    Most findings of a hub stand in a few lines.
    """

    def __init__(self, hub: Hub, register: Register, vouched: Vouched | None) -> None:
        self._hub = hub
        self._register = register
        self._vouched = vouched
        self._known: dict[tuple[str, int], tuple[Judgement, Standing]] = {}
        self._trails: Trails = {}
        self._files: dict[str, again.Version | None] = {}
        self._remarks: dict[str, Remarks | None] = {}
        self._artifacts: dict[tuple[str, int], Artifact] = {}

    def of(self, policy: Policy, one: Judgement) -> Standing:
        """That of what a policy says of the hub."""
        if one.verdict not in AGAINST:
            return NOWHERE
        if self._hub.places is None and not self._register.entries:
            return NOWHERE
        key = (policy.card.id, id(one))
        if key not in self._known:
            # What is kept stays alive, so that nothing else has its identity.
            self._known[key] = one, self._found(policy, one)
        return self._known[key][1]

    def is_exempt(self, policy: Policy, one: Judgement) -> bool:
        """Whether something exempts what a policy says of the hub."""
        return self.of(policy, one).is_exempt

    def artifact(self, place: Place) -> Artifact:
        """The line of a place as its repository knows it."""
        known = self._artifacts.get((place.path, place.line))
        if known is None:
            from scanner.locations import line_hash  # noqa: PLC0415 - what is no code has no lines

            known = self._artifacts[place.path, place.line] = line_hash.artifact(
                place, self._file(place.path)
            )
        return known

    def _found(self, policy: Policy, one: Judgement) -> Standing:
        name = policy.card.id
        exemption = self._register.covering(name, self._hub.ref, one.item)
        if self._hub.places is None:
            return NOWHERE if exemption is None else Standing(exemption=exemption)
        from scanner import locations  # noqa: PLC0415 - what is no code has no lines

        found = locations.find(policy, self._hub, one, self._trails)
        place = None if found is None else found.place
        why = None if place is None else self._ignored(place, name)
        if place is None or why is None or self._vouched is None or self._vouched(place, name, why):
            return Standing(found, exemption, why)
        told = f"the comment that would exempt {name} ({why}) is new"
        return Standing(
            found, exemption, doubt=f"{place.path}:{place.line}: {told}, and exempts nothing here"
        )

    def _ignored(self, place: Place, policy: str) -> str | None:
        """Why a comment exempts the finding of a policy at a place; None where none does."""
        path = place.path
        if path not in self._remarks:
            from scanner import ignores  # noqa: PLC0415 - what is no code has no comments

            self._remarks[path] = ignores.remarks(self._file(path))
        remarks = self._remarks[path]
        return None if remarks is None else remarks.reason(place.line, place.column, policy)

    def _file(self, path: str) -> again.Version | None:
        """The file of a path as it is now: asked of the system once a hub."""
        if path not in self._files:
            from scanner.sources.files import again  # noqa: PLC0415 - as above

            self._files[path] = again.version(path)
        return self._files[path]
