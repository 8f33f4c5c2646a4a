"""References to modules of registries and template specs, and where the Bicep CLI keeps what it restored."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PUBLIC = {"public": {"registry": "mcr.microsoft.com", "modulePath": "bicep"}}
"""The aliases that every Bicep file knows."""

_REGISTRY = re.compile(
    r"(?P<registry>[^/]+)/(?P<repository>[^:@]+)(?::(?P<tag>[\w.-]{1,128})|@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_SPEC = re.compile(r"(?P<subscription>[^/:]+)/(?P<group>[^/:]+)/(?P<name>[^/:]+):(?P<version>[^/:]+)")
_AVM = re.compile(r"(?:^|/)(?P<module>avm/(?P<kind>res|utl|ptn)/(?P<provider>[a-z0-9-]+)[a-z0-9/-]*)$")
_HUB_PROVIDER = "machine-learning-services"
_HUB_WORDS = frozenset(
    (
        *("ai", "aifoundry", "aihub", "aiml", "aistudio", "aml", "azureml", "foundry", "hub", "hubs"),
        *("machinelearning", "machinelearningservices", "ml", "mlops", "mlw", "workspace", "workspaces"),
    )
)
_OTHERS = frozenset(
    (
        *("databricks", "desktopvirtualization", "avd", "event", "eventhub", "firewall", "insights", "iot"),
        *(
            "log",
            "loganalytics",
            "network",
            "notification",
            "operationalinsights",
            "synapse",
            "virtual",
            "vwan",
        ),
    )
)
"""Words beside which a workspace or a hub is something else."""

ARGUMENTS = re.compile(r"isolationMode|managedNetwork(?!ing)|outboundRules", re.IGNORECASE)
"""What a module is told that makes the network of a hub."""

_VAGUE = frozenset(("hub", "hubs", "workspace", "workspaces"))


@dataclass(frozen=True, slots=True)
class Reference:
    """A module that is no file: ``segments`` lead to it below the cache of the Bicep CLI.

    ``name`` is its repository, or the name of the spec; ``version`` its tag, empty for a digest.
    """

    segments: tuple[str, ...]
    name: str
    version: str

    def location(self, cache: str | None) -> str:
        """The template that the Bicep CLI restored, if it did; ``cache`` is where, if that was configured."""
        folder = Path(cache).expanduser() if cache else Path.home() / ".bicep"
        return os.path.realpath(folder.joinpath(*self.segments, "main.json"))

    @property
    def verified(self) -> str | None:
        """Which of the Azure Verified Modules it is, from whichever registry; None for any other."""
        found = _AVM.search(self.name)
        return found["module"] if found is not None else None

    @property
    def may_hold_hubs(self) -> bool:
        """Whether its name says that it may make a hub."""
        published = _AVM.search(self.name)
        if published is not None and published["kind"] != "ptn":
            return published["kind"] == "res" and published["provider"] == _HUB_PROVIDER
        words = set(re.split(r"[^a-z0-9]+", self.name.lower()))
        found = words & _HUB_WORDS
        if {"machine", "learning"} <= words:
            found.add("machinelearning")
        return bool(found - _VAGUE) or (bool(found) and not words & _OTHERS)


def parse(text: str, aliases: Mapping[str, Any]) -> Reference | None:
    """The module that a path with a colon names; None where it is none that can be told.

    ``aliases`` is what a configuration file says under ``moduleAliases``.
    """
    scheme, _, rest = text.partition(":")
    scheme, _, alias = scheme.partition("/")
    if scheme == "br":
        return _of_registry(_resolved(alias, rest, {**PUBLIC, **_aliases(aliases, "br")}))
    if scheme == "ts":
        return _spec(_resolved_spec(alias, rest, _aliases(aliases, "ts")))
    return None


def _aliases(aliases: Mapping[str, Any], scheme: str) -> Mapping[str, Any]:
    found = aliases.get(scheme)
    return found if isinstance(found, dict) else {}


def _resolved(alias: str, rest: str, aliases: Mapping[str, Any]) -> str:
    if not alias:
        return rest
    known = aliases.get(alias)
    if not isinstance(known, dict) or not isinstance(known.get("registry"), str):
        return ""
    path = known.get("modulePath")
    return "/".join(part for part in (known["registry"], path, rest) if isinstance(part, str) and part)


def _resolved_spec(alias: str, rest: str, aliases: Mapping[str, Any]) -> str:
    if not alias:
        return rest
    known = aliases.get(alias)
    if not isinstance(known, dict):
        return ""
    return f"{known.get('subscription')}/{known.get('resourceGroup')}/{rest}"


def _of_registry(text: str) -> Reference | None:
    found = _REGISTRY.fullmatch(text)
    if found is None or ".." in text:
        return None
    tag = _encoded(found["tag"]) if found["tag"] else (found["digest"] or "").replace(":", "#")
    registry = found["registry"].lower().replace(":", "$")
    segments = ("br", registry, found["repository"].replace("/", "$"), tag)
    return Reference(segments, found["repository"], found["tag"] or "") if tag else None


def _spec(text: str) -> Reference | None:
    found = _SPEC.fullmatch(text)
    if found is None or ".." in text:
        return None
    return Reference(("ts", *(part.lower() for part in found.groups())), found["name"], found["version"])


def _encoded(tag: str) -> str:
    """A tag as the name of a folder, where the case of letters may not count: a mask tells the large ones."""
    mask = sum(1 << index for index, letter in enumerate(tag) if letter.isupper())
    return f"{tag}${mask:x}" if mask else f"{tag}$"
