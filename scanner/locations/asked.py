"""What a policy reads and says, as far as it tells where its findings stand: found once for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.policy import Policy

Path = tuple[str, ...]

_NETWORK = ("hub", "properties", "managedNetwork")
RULES = (*_NETWORK, "outboundRules")
"""Where the rules of a hub were written, if they were written in it."""

_READS: Mapping[str, Path] = {
    "isolation_mode": (*_NETWORK, "isolationMode"),
    "rules": RULES,
    "user_rules": RULES,
    "fqdn_hosts": RULES,
}
"""What functions read of the hub that they are given whole."""

_BESIDE = frozenset(
    (
        "asWritten",
        "gaps",
        "id",
        "kind",
        "live",
        "location",
        "name",
        "plan",
        "resources",
        "subscription",
        "tags",
    )
)
"""What a condition reads of a hub to tell cases apart: never what is wrong with it, if there is more."""

_LOOK_UP = frozenset({"resource", "known_resource"})
"""The functions that give a policy the document of a resource."""

_CONNECTED = "connection_id"
"""The function that gives a policy the id of what a connection leads to."""


class Asked(NamedTuple):
    """What one policy asks.

    ``ranked`` are the paths that say what is wrong, the surest first: of the condition, by functions, of the
    message.  ``spoken`` are those of a member that its message tells of.  ``looks_up`` says that its message
    tells of a resource, and ``follows`` that its condition asks what a connection leads to.
    """

    policy: Policy
    ranked: tuple[tuple[Path, ...], ...]
    spoken: tuple[Path, ...]
    looks_up: bool
    follows: bool


_KNOWN: dict[int, Asked] = {}
"""By the identity of each policy."""


def asked(policy: Policy) -> Asked:
    """What a policy asks."""
    known = _KNOWN.get(id(policy))
    if known is None or known.policy is not policy:
        known = _KNOWN[id(policy)] = Asked(
            policy=policy,
            ranked=_ranked(policy),
            spoken=tuple(path for path in policy.message.paths if path[0] == "item" and path[-1] != "name"),
            looks_up=any(one.functions & _LOOK_UP for one in policy.message.expressions),
            follows=_CONNECTED in policy.require.functions,
        )
    return known


def _ranked(policy: Policy) -> tuple[tuple[Path, ...], ...]:
    root = "hub" if policy.each is None else "item"
    required = tuple(path for path in policy.require.paths if path[0] == root and len(path) > 1)
    # What a project sets itself is to be mended there, and not where it names its hub.
    plain = sorted(
        (path for path in required if not _is_beside(path)), key=lambda path: path[-1] == "hubResourceId"
    )
    if policy.each is not None:
        return (tuple(plain),)
    called = tuple(_READS[name] for name in sorted(policy.require.functions) if name in _READS)
    said = tuple(
        path for path in policy.message.paths if path[0] == root and len(path) > 1 and not _is_beside(path)
    )
    return tuple(plain), called, said, required


def _is_beside(path: Path) -> bool:
    return path[0] == "hub" and path[1] in _BESIDE
