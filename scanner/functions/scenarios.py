"""Scenarios that hubs serve."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.egress import fqdn_tokens, unread
from scanner.functions.glances import known_hosts
from scanner.functions.memory import per_hub
from scanner.functions.registry import function, listed
from scanner.functions.text import glob
from scanner.reference import Reference, current
from scanner.regexes import regex
from scanner.values import OpenList, Touched, Unknown

_TAG = "hubscan-scenarios"
_SEPARATORS = regex(r"[,;\s]+")


@function("object", returns="array|null", partials=True, schema=listed({"type": "string"}))
def scenarios(hub: Any) -> Any:
    """The scenarios that a hub is declared to serve, sorted, or null where nobody declares any.

    They are declared by the tag ``hubscan-scenarios`` of the hub (``vscode, huggingface``) and by
    ``scenarios`` in the configuration; both together count, and an empty tag declares that there are
    none. Names are given in lower case with hyphens; they need not be of a scenario that is known.

    scenarios({"tags": {"hubscan-scenarios": "VSCode, python_packages"}}) -> ["python-packages", "vscode"]
    scenarios({"tags": {"hubscan-scenarios": ""}}) -> []
    scenarios({"tags": {"environment": "dev"}}) -> null
    """
    return _scenarios(known(hub))


@function("object", returns="array", partials=True, schema=listed({"type": "string"}))
def detected_scenarios(hub: Any) -> list[str]:
    """The scenarios that a hub looks as if it served, by the hosts that its FQDN rules name, sorted.

    How many of which hosts it takes stands under ``detection`` in the table scenario-hosts. Only what a
    rule names exactly counts: a broad wildcard says nothing of what it is for.

    detected_scenarios({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "huggingface.co"}}]}) -> ["huggingface"]
    detected_scenarios({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "*.co"}}]}) -> []
    """
    return _detected(known(hub))


Declaration = tuple[list[Any], Unknown | None]
"""Names that somebody declares, and why it is not sure that they are about this hub."""


@per_hub
def _scenarios(hub: dict[str, Any]) -> Any:
    declarations = [*_configured(hub), *_tagged(hub)]
    if not declarations:
        return None
    sure = {name for names, doubt in declarations if doubt is None for name in names}
    doubts = [(names, doubt) for names, doubt in declarations if doubt is not None]
    if not doubts:
        return sorted(sure)
    if len(doubts) == len(declarations):
        raise Touched(doubts[0][1])
    maybe = [name for names, _ in doubts for name in names if isinstance(name, Unknown) or name not in sure]
    members = (*((name, True) for name in sorted(sure)), *((name, False) for name in maybe))
    return OpenList(members, doubts[0][1].reason)


def _tagged(hub: dict[str, Any]) -> Iterator[Declaration]:
    tags = hub.get("tags")
    if isinstance(tags, dict):
        found = next((tags[name] for name in tags if name.lower() == _TAG), None)
    elif tags is None or isinstance(tags, Unknown):
        found = tags
    else:
        found = Unknown(f"tags is {described(tags)}")
    if isinstance(found, str):
        yield [name for name in _SEPARATORS.split(found.lower().replace("_", "-")) if name], None
    elif found is not None:
        unknown = found if isinstance(found, Unknown) else Unknown(f"the tag {_TAG} is {described(found)}")
        yield [unknown], unknown


def _configured(hub: dict[str, Any]) -> Iterator[Declaration]:
    declared = current().table("scenario-hosts").get("declared")
    entries = declared.get("entries") if isinstance(declared, Mapping) else None
    for entry in entries or ():
        doubt = _mismatch(hub, entry["hub"])
        if not isinstance(doubt, bool):
            yield list(entry["needs"]), doubt


def _mismatch(hub: dict[str, Any], pattern: str) -> Unknown | bool | None:
    """None where a pattern is of this hub, by its name or id; False where it is not; else why not known."""
    identifier, name = peek(hub, "id"), peek(hub, "name")
    if isinstance(identifier, str):
        name = identifier.rstrip("/").rpartition("/")[2]
    doubt: Unknown | bool | None = False
    for text in (identifier, name):
        if isinstance(text, Unknown) and pattern != "*":
            doubt = text
        elif glob(text if isinstance(text, str) else "", pattern):
            return None
    return doubt


@per_hub
def _detected(hub: dict[str, Any]) -> list[str]:
    hosts, telling = known_hosts(hub), _telling(current())
    if hosts is not None and telling is not None and telling.isdisjoint(hosts) and unread(hub) is None:
        return []
    tokens, doubt = fqdn_tokens(hub)
    named = frozenset(token.host for token in tokens)
    found = {
        scenario
        for scenario, hosts, least in _detection(current())
        if len(hosts) >= least and len(named & hosts) >= least
    }
    if doubt is not None and not found:
        raise Touched(doubt)
    return sorted(found)


@functools.lru_cache(maxsize=8)
def _telling(reference: Reference) -> frozenset[str] | None:
    """All hosts that show some scenario; None where one takes no host at all."""
    entries = _detection(reference)
    if not all(least for _, _, least in entries):
        return None
    return frozenset().union(*(hosts for _, hosts, _ in entries))


@functools.lru_cache(maxsize=8)
def _detection(reference: Reference) -> tuple[tuple[str, frozenset[str], int], ...]:
    """Each scenario with the hosts that show it, and how many of them it takes."""
    table = reference.table("scenario-hosts")
    hosts = {entry["id"]: entry["host"] for entry in table["hosts"] if "id" in entry}
    found = []
    for entry in table["detection"]["entries"]:
        named = frozenset(hosts[name] for name in entry["ids"] if name in hosts)
        found.append((entry["scenario"], named, entry["atLeast"]))
    return tuple(found)
