"""What a form needs to know while it writes one file, and how it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.model import HubRef

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Characters that no line of a file may have: they end lines, hide text or turn it round."""

COMMAND = re.compile(r"##(?=\[|vso\[)|^(?=\s*::)", re.IGNORECASE | re.MULTILINE)
"""Where a command to a build server begins, whose log shows what goes to standard output."""


class UnfitError(Exception):
    """A remediation that cannot be written.  ``str()`` says why, as a clause."""


@dataclass(slots=True)
class Context:
    """The hub that is written about, and the names that the file already uses."""

    hub: HubRef | None = None
    is_declared: bool = False
    _used: set[str] = field(default_factory=set)
    _symbol: str = ""
    _group: str = ""

    def enter(self, hub: HubRef) -> None:
        """From here on it is about this hub."""
        self.hub = hub
        self.is_declared = False
        self._symbol = ""

    @property
    def hub_id(self) -> str:
        """The ARM id of the hub.  Raises `UnfitError` where it is not known."""
        if self.hub is None or self.hub.subscription_id is None:
            raise UnfitError("the ARM id of the hub is not known")
        return _plain(self.hub.id)

    @property
    def hub_name(self) -> str:
        """The name of the hub.  Raises `UnfitError` where it has none."""
        if self.hub is None or self.hub.name == self.hub.id:
            raise UnfitError("the name of the hub is not known")
        return _plain(self.hub.name)

    @property
    def hub_symbol(self) -> str:
        """What the hub is called in this file: the same until another hub is entered."""
        if not self._symbol:
            self._symbol = self.free("hub")
        return self._symbol

    def in_one_group(self) -> None:
        """Raises `UnfitError` where the hub is in another resource group than what is written already."""
        group = self.hub.resource_group if self.hub is not None else None
        if group is None:
            raise UnfitError("the resource group of the hub is not known")
        if self._group and self._group != group.lower():
            raise UnfitError(f"a file deploys to one resource group, which is '{self._group}' here")
        self._group = group.lower()

    def free(self, wanted: str) -> str:
        """The name wanted, or one with a number where that is taken."""
        stem = re.sub(r"[^A-Za-z0-9_]", "_", wanted) or "resource"
        name, number = stem, 1
        while name.lower() in self._used:
            number += 1
            name = f"{stem}_{number}"
        self._used.add(name.lower())
        return name


def _plain(name: str) -> str:
    if CONTROL.search(name) or "\n" in name or "\t" in name:
        raise UnfitError("the name of the hub has characters that cannot be written here")
    return name
