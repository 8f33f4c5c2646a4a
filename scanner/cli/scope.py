"""The scope options: which hubs of a live Azure, as whom, and how (contract section 1)."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner import shards
from scanner.cli import output
from scanner.errors import UsageError
from scanner.records import dataclass

if TYPE_CHECKING:
    from scanner.sources.azure.collection import Request

CREDENTIALS = ("default", "cli", "managed-identity", "environment", "github-oidc")
CLOUDS = ("public", "usgov", "china")

_DEFAULT_CONCURRENCY = 24

Command = TypeVar("Command", bound=Callable[..., Any])

Done = Callable[[str], bool]
"""Whether an earlier run has read a hub, by its id in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The scope options as they were given."""

    subscriptions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    all_subscriptions: bool = False
    hubs: tuple[str, ...] = ()
    exclude_subscriptions: tuple[str, ...] = ()
    shard: str | None = None
    cloud: str = "public"
    arm_endpoint: str | None = None
    tenant: str | None = None
    credential: str = "default"
    concurrency: int = _DEFAULT_CONCURRENCY

    @property
    def named(self) -> bool:
        """Whether anything of Azure was asked for."""
        return bool(self.subscriptions or self.management_groups or self.all_subscriptions or self.hubs)

    def saved(self) -> dict[str, Any]:
        """What a snapshot's header keeps, so that the same can be asked for again."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    def what(self) -> dict[str, Any]:
        """Which hubs are asked for, whoever asks and whatever share of them: the same for all shards."""
        return {name: value for name, value in self.saved().items() if name not in {*_HOW, "shard"}}

    def same_scope(self, other: Asked) -> bool:
        """Whether both ask for the same hubs, in whatever order and case, however they sign in."""
        return self._compared() == other._compared()

    def digest(self) -> str:
        """What tells this scope from another one, and not what is in it."""
        compared = {
            name: sorted(value) if isinstance(value, set) else value
            for name, value in self._compared().items()
        }
        return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()

    def _compared(self) -> dict[str, Any]:
        alike = {
            name: {str(one).strip().rstrip("/").lower() for one in getattr(self, name)} for name in _MANY
        }
        for name in _PLAIN:
            alike[name] = {one.rpartition("/")[2] for one in alike[name]}
        return self.what() | {"shard": self.shard} | alike

    def signing_in_as(self, other: Asked) -> Asked:
        """The same hubs, read as another command line says, where that says anything."""
        said = {name: getattr(other, name) for name, usual in _HOW.items() if getattr(other, name) != usual}
        return replace(self, **said)


_PLAIN = ("subscriptions", "management_groups", "exclude_subscriptions")
_MANY = (*_PLAIN, "hubs")
_HOW: dict[str, Any] = {"tenant": None, "credential": "default", "concurrency": _DEFAULT_CONCURRENCY}


def options(function: Command) -> Command:
    """Give a command the scope options."""
    every = (
        click.option(
            "-s",
            "--subscription",
            "subscriptions",
            metavar="ID",
            multiple=True,
            help="A subscription (repeatable).",
        ),
        click.option(
            "-m",
            "--management-group",
            "management_groups",
            metavar="ID",
            multiple=True,
            help="Every subscription below a management group (repeatable).",
        ),
        click.option("--all-subscriptions", is_flag=True, help="Every subscription that is visible."),
        click.option("--hub", "hubs", metavar="ARM_ID", multiple=True, help="A single hub (repeatable)."),
        click.option(
            "--exclude-subscription",
            "exclude_subscriptions",
            metavar="ID",
            multiple=True,
            help="Not this subscription (repeatable).",
        ),
        click.option(
            "--shard",
            metavar="I/N",
            envvar="HUBSCAN_SHARD",
            help="Only the hubs of subscriptions whose hash falls into shard I of N; see hubscan merge.",
        ),
        click.option(
            "--cloud",
            type=click.Choice(CLOUDS),
            default="public",
            envvar="HUBSCAN_CLOUD",
            help="Which Azure (default public).",
        ),
        click.option(
            "--arm-endpoint",
            metavar="URL",
            envvar="HUBSCAN_ARM_ENDPOINT",
            help="Another cloud, or a private endpoint of Resource Manager.",
        ),
        click.option("--tenant", metavar="ID", envvar="HUBSCAN_TENANT", help="The tenant to sign in to."),
        click.option(
            "--credential",
            type=click.Choice(CREDENTIALS),
            default="default",
            envvar="HUBSCAN_CREDENTIAL",
            help="How to sign in (default: whatever azure-identity finds, nothing interactive).",
        ),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 128),
            default=_DEFAULT_CONCURRENCY,
            envvar="HUBSCAN_CONCURRENCY",
            help=f"Reads at the same time (default {_DEFAULT_CONCURRENCY}).",
        ),
    )
    for option in reversed(every):
        function = option(function)
    return function


def how_to_read(function: Command) -> Command:
    """Give a command the options that say how much is read, and how it is shown."""
    every = (
        click.option("--light", is_flag=True, help="Read only workspaces and their outbound rules."),
        click.option(
            "--redact",
            is_flag=True,
            envvar="HUBSCAN_REDACT",
            help="Pseudonyms in place of subscription, tenant and principal ids.",
        ),
        click.option("--no-progress", is_flag=True, help="No progress on standard error."),
    )
    for option in reversed(every):
        function = option(function)
    return function


def taken(given: dict[str, Any]) -> Asked:
    """The scope options, taken out of all options that a command was given."""
    return Asked(**{name: given.pop(name) for name in Asked.__annotations__})


def restored(saved: Any) -> Asked | None:
    """The scope options that a snapshot's header kept, None where it kept none."""
    if not isinstance(saved, Mapping) or set(saved) != set(Asked.__annotations__):
        return None
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in saved.items()
    }
    return Asked(**values)


def request(
    asked: Asked,
    *,
    wanted: Collection[str],
    done: Done | None = None,
    say: Callable[[str], None] | None = None,
) -> Request:
    """What the options ask to collect.

    Raises `UsageError` for a scope that names nothing or makes no sense, and where the Azure libraries
    are not installed.
    """
    if not asked.named:
        raise UsageError(
            "name what to read: --subscription, --management-group, --all-subscriptions or --hub"
        )
    require_azure()
    from scanner.sources.azure import clouds, collection, credential, scope  # noqa: PLC0415 - 0.4 s

    cloud = clouds.resolve(asked.cloud, asked.arm_endpoint)
    return collection.Request(
        cloud=cloud,
        signing=credential.Signing(name=asked.credential, cloud=cloud, tenant=asked.tenant),
        scope=scope.Scope(
            subscriptions=tuple(
                dict.fromkeys(scope.subscription(text, "--subscription") for text in asked.subscriptions)
            ),
            groups=tuple(dict.fromkeys(map(scope.group, asked.management_groups))),
            everything=asked.all_subscriptions,
            hubs=tuple(map(scope.hub, asked.hubs)),
            excluded=frozenset(
                scope.subscription(text, "--exclude-subscription") for text in asked.exclude_subscriptions
            ),
            shard=shards.parse(asked.shard) if asked.shard else shards.WHOLE,
        ),
        wanted=wanted,
        concurrency=asked.concurrency,
        done=done,
        say=say,
    )


def require_azure() -> None:
    """Import the Azure libraries.  Raises `UsageError` where they are not installed."""
    try:
        importlib.import_module("scanner.sources.azure.collection")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("azure", "requests", "msal"):
            raise
        raise UsageError(f"reading Azure needs its libraries: {output.how_to_install('azure')}") from None
