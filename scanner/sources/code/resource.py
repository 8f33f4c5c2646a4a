"""One resource as infrastructure code declares it, whatever language the code is written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model import Place
from scanner.places import Places
from scanner.records import dataclass


@dataclass(slots=True, kw_only=True)
class Resource:
    """One resource as code declares it.

    ``document`` is ARM-shaped, its values may be `Unknown` or `Partial`; ``places`` says where they
    stand.  ``type`` is the full type as written, ``name`` the full name with parents (``a/b``), ``id``
    the ARM id as far as it can be told, with placeholders for subscription and resource group where
    those are not known; ``place`` the resource's block.

    ``deployment`` is a key for the way the code deploys it (template and parameter file): resources are
    joined within one deployment first, then across.  ``certain`` is False where a condition leaves open
    whether it is there: then ``guards`` are the conditions that all hold where it is, None where they cannot
    be told apart.  ``exists`` tells what is only referred to, not deployed by this code.
    ``references`` are ids of what it depends on, for joining where ids are not known.  ``plain``
    tells, where that is known without a look at it, that no text in its document begins as an id does or
    may hold a secret.
    """

    type: str
    name: Any
    id: Any
    document: dict[str, Any]
    places: Places
    place: Place
    deployment: str
    certain: bool = True
    guards: frozenset[str] | None = None
    exists: bool = False
    references: tuple[str, ...] = ()
    plain: bool = False

    def is_there_with(self, other: Resource) -> bool:
        """Whether it is surely there where another resource is."""
        if self.certain:
            return True
        if self.guards is None or other.guards is None or self.deployment != other.deployment:
            return False
        return not other.certain and self.guards <= other.guards


class Deferred(Resource):
    """A resource whose document is made when somebody asks for it: most resources have to do with no hub."""

    __slots__ = ("_made", "_make")
    _make: Callable[[], dict[str, Any]]
    _made: dict[str, Any] | None

    def __init__(self, make: Callable[[], dict[str, Any]], **told: Any) -> None:
        for name, value in {**_DEFAULTS, **told, "_make": make, "_made": None}.items():
            setattr(self, name, value)

    @property
    def document(self) -> dict[str, Any]:  # type: ignore[override]  # nobody puts another in its place
        """What the code says of it."""
        if self._made is None:
            self._made = self._make()
        return self._made or {}


_DEFAULTS = {"certain": True, "guards": None, "exists": False, "references": (), "plain": False}
