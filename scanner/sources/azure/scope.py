"""What is to be read: subscriptions and single hubs, out of what the command line says and Azure shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner import shards
from scanner.errors import UsageError
from scanner.model import Document, Gap
from scanner.sources.azure import ids
from scanner.sources.azure.client import Arm
from scanner.sources.azure.refusal import Refused

SUBSCRIPTIONS = "Microsoft.Resources/subscriptions"
GROUPS = "Microsoft.Management/managementGroups"

_WORKSPACE = ids.WORKSPACES.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the command line names.  Subscription ids are in lower case; ``shard`` is (I, N), I from 1."""

    subscriptions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everything: bool = False
    hubs: tuple[ids.ArmId, ...] = ()
    excluded: frozenset[str] = frozenset()
    shard: tuple[int, int] = shards.WHOLE

    def holds(self, subscription: str) -> bool:
        """Whether a subscription is neither excluded nor in another shard."""
        return subscription not in self.excluded and self.in_shard(subscription)

    def in_shard(self, subscription: str) -> bool:
        """Whether the shard is that of a subscription: the same in every run, on every machine."""
        return shards.holds(self.shard, subscription)


@dataclass(slots=True, kw_only=True)
class Target:
    """A subscription to read: its document where it was listed, and the hubs to read, None for all."""

    subscription: str
    document: Document | None = None
    hubs: list[ids.ArmId] | None = None


@dataclass(slots=True)
class Plan:
    """What a scope comes to.

    ``notes`` say what was left out on purpose, ``elsewhere`` are the subscriptions of other shards.
    """

    targets: list[Target] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    elsewhere: tuple[str, ...] = ()


def subscription(text: str, option: str) -> str:
    """A subscription id from the command line.  Raises `UsageError`."""
    plain = _named(text, "subscriptions").lower()
    if not ids.is_guid(plain):
        raise UsageError(f"{option} {text}: not the id of a subscription (a GUID)")
    return plain


def group(text: str) -> str:
    """A management group's id from the command line.  Raises `UsageError`."""
    name = _named(text, f"providers/{GROUPS}")
    if not (
        0 < len(name) <= 90 and name.strip(".") and all(one.isalnum() or one in "-_().~" for one in name)
    ):
        raise UsageError(
            f"--management-group {text}: no id of a management group (write ID or /providers/{GROUPS}/ID)"
        )
    return name


def _named(text: str, head: str) -> str:
    """What stands behind the last slash where all before it is a head; the text itself where it is not."""
    plain = text.strip().strip("/")
    before, _, name = plain.rpartition("/")
    return name if before.lower() in ("", head.lower()) else plain


def hub(text: str) -> ids.ArmId:
    """A hub's ARM id from the command line.  Raises `UsageError`."""
    parsed = ids.parse(text)
    if parsed is None or parsed.type != _WORKSPACE:
        raise UsageError(
            f"--hub {text}: write /subscriptions/ID/resourceGroups/NAME/providers/{ids.WORKSPACES}/NAME"
        )
    return parsed


def plan(arm: Arm, scope: Scope) -> Plan:
    """Find out which subscriptions a scope holds.  Nothing raises but a failing sign-in."""
    made = Plan()
    seen: dict[str, Document] = {}
    if scope.everything or scope.groups or len(scope.subscriptions) > 1:
        seen, refused = visible(arm)
        if refused is not None and scope.everything:
            made.gaps.append(refused.gap("/subscriptions"))
    wanted = dict.fromkeys(scope.subscriptions)
    for group in scope.groups:
        wanted.update(dict.fromkeys(_below(arm, group, made)))
    if scope.everything:
        wanted.update(dict.fromkeys(seen))
    chosen = [one for one in sorted(wanted) if scope.holds(one)]
    made.targets = [Target(subscription=one, document=seen.get(one)) for one in chosen]
    _add_hubs(made, scope, set(chosen))
    _explain(made, scope, wanted)
    return made


def _add_hubs(made: Plan, scope: Scope, whole: set[str]) -> None:
    single: dict[str, list[ids.ArmId]] = {}
    for one in {hub.key: hub for hub in scope.hubs}.values():
        if scope.holds(one.subscription) and one.subscription not in whole:
            single.setdefault(one.subscription, []).append(one)
    made.targets += [Target(subscription=name, hubs=hubs) for name, hubs in sorted(single.items())]


def _explain(made: Plan, scope: Scope, wanted: Sequence[str] | dict[str, None]) -> None:
    everyone = {*wanted, *(one.subscription for one in scope.hubs)}
    excluded = len(everyone & scope.excluded)
    made.elsewhere = tuple(sorted(one for one in everyone - scope.excluded if not scope.in_shard(one)))
    if excluded:
        made.notes.append(f"{_count(excluded, 'subscription')} left out by --exclude-subscription")
    if made.elsewhere:
        index, count = scope.shard
        made.notes.append(
            f"{_count(len(made.elsewhere), 'subscription')} in other shards than {index}/{count}"
        )
    if not everyone and not made.gaps:
        made.notes.append("no subscription is visible to this identity")


def visible(arm: Arm) -> tuple[dict[str, Document], Refused | None]:
    """The subscriptions that the identity sees, by their ids in lower case, and why not all of them."""
    listed, refused = arm.listed("/subscriptions", SUBSCRIPTIONS)
    found = {}
    for document in listed:
        identifier = document.get("subscriptionId") if isinstance(document, dict) else None
        if isinstance(identifier, str) and ids.is_segment(identifier):
            found[identifier.lower()] = document
        else:
            refused = refused or _nameless("subscription")
    return found, refused


def _below(arm: Arm, group: str, made: Plan) -> Iterator[str]:
    """The subscriptions of a management group and of all groups below it."""
    path = f"/providers/{GROUPS}/{group}"
    listed, refused = arm.listed(f"{path}/descendants", GROUPS)
    if refused is not None and refused.reason == "missing":
        # Not every ARM that stands for another has both lists.
        direct, worse = arm.listed(f"{path}/subscriptions", GROUPS)
        listed, refused = (listed, refused) if worse is not None else (direct, None)
    empty = True
    for document in listed:
        kind = document.get("type") if isinstance(document, dict) else None
        name = document.get("name") if isinstance(document, dict) else None
        below = kind.lower().rpartition("/")[2] if isinstance(kind, str) else None
        if below == "subscriptions" and isinstance(name, str) and ids.is_segment(name):
            empty = False
            yield name.lower()
        elif below != "managementgroups":
            refused = refused or _nameless("member")
    if refused is not None:
        made.gaps.append(refused.gap(path))
    elif empty:
        made.notes.append(f"management group {group} holds no subscription")


def _nameless(what: str) -> Refused:
    return Refused(f"the list has a {what} that does not say which it is", status=200, code="Malformed")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
