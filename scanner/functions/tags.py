"""Service tags."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from scanner.functions.documents import known
from scanner.functions.endpoints import texts
from scanner.functions.memory import by_table
from scanner.functions.registry import function, record
from scanner.reference import Reference, current
from scanner.regexes import regex
from scanner.values import Partial, Touched, Unknown

_ANY_REGION = ".*"


@function("string", returns="object", schema=record(name="string", base="string", region="string|null"))
def service_tag(tag: str) -> dict[str, Any]:
    """The parts of a service tag in lower case: ``name`` (all of it), ``base``, and ``region`` or null.

    The region is what follows the first dot, without spaces; the dot in the names of Azure Front Door
    belongs to the base.

    service_tag("Storage.West Europe") -> {"name": "storage.westeurope", "base": "storage",
      "region": "westeurope"}
    service_tag("AzureFrontDoor.FirstParty") -> {"name": "azurefrontdoor.firstparty",
      "base": "azurefrontdoor.firstparty", "region": null}
    """
    return _service_tag(tag)


@by_table
def _service_tag(reference: Reference, tag: str) -> dict[str, Any]:
    name = tag.strip().lower()
    dotted = (base for base in _classes(reference) if "." in base and f"{name}.".startswith(f"{base}."))
    base = next(dotted, None) or name.partition(".")[0]
    region = name[len(base) + 1 :].replace(" ", "")
    return {"name": f"{base}.{region}" if region else base, "base": base, "region": region or None}


@function("string", "array", returns="boolean", partials=True)
def tag_matches(tag: Any, patterns: Any) -> bool:
    """Whether a service tag is one of the patterns, whatever the case.

    A pattern is the whole name of a tag, or ``NAME.*`` for any regional form of it, and of it alone.
    A tag whose region alone is not known is a regional form.

    tag_matches("azurecloud", ["Internet", "AzureCloud"]) -> true
    tag_matches("AzureCloud.westeurope", ["AzureCloud"]) -> false
    tag_matches("AzureCloud.westeurope", ["AzureCloud.*"]) -> true
    """
    patterns = known(patterns)
    if isinstance(tag, Partial):
        return _open_matches(tag, patterns)
    name = service_tag(known(tag))["name"]
    for pattern in patterns:
        if isinstance(pattern, str) and _is_one(name, pattern.strip().lower()):
            return True
    for pattern in patterns:
        if isinstance(pattern, Unknown):
            raise Touched(pattern)
    return False


def _is_one(name: str, pattern: str) -> bool:
    if pattern.endswith(_ANY_REGION):
        return name.startswith(pattern.removesuffix("*"))
    return name == pattern.replace(" ", "") or name == pattern


def _open_matches(tag: Partial, patterns: list[Any]) -> bool:
    """Whether a tag of which only the beginning is known is one of the patterns; Touched where it may be."""
    begin = _beginning(tag)
    wanted = [_joined(pattern) if isinstance(pattern, str) else pattern for pattern in patterns]
    regional = [one.removesuffix("*") for one in wanted if isinstance(one, str) and one.endswith(_ANY_REGION)]
    if any(begin.startswith(one) for one in regional):
        return True
    for one in wanted:
        if isinstance(one, Unknown) or (isinstance(one, str) and one.removesuffix("*").startswith(begin)):
            raise Touched(tag)
    return False


def _beginning(tag: Partial) -> str:
    return _joined(tag.parts[0] or "")


def _joined(text: str) -> str:
    return text.replace(" ", "").lower()


@function("string", returns="array", partials=True)
def tag_classes(tag: Any) -> list[str]:
    """The classes of a service tag, or of the tag of which it is a regional form; none where it is unknown.

    The classes are the keys of ``classes`` in the table service-tags: internetEquivalent,
    exfilPeCapable, exfilNoPe, requiredCore, requiredPlatform, managementLow, platformInternal,
    inboundOnly and regional.

    tag_classes("Storage.WestEurope") -> ["exfilPeCapable", "regional"]
    tag_classes("VirtualNetwork") -> ["requiredPlatform"]
    tag_classes("Azure Machine Learning") -> []
    """
    return _open_classes(current(), tag) if isinstance(tag, Partial) else _tag_classes(known(tag))


@by_table
def _tag_classes(reference: Reference, tag: str) -> list[str]:
    return _classes(reference).get(_service_tag(tag)["base"], [])


def _open_classes(reference: Reference, tag: Partial) -> list[str]:
    """The classes of a tag of which the region is not known; Touched where its base is not, either."""
    begin, classes = _beginning(tag), _classes(reference)
    for base in classes:
        if "." in base and begin.startswith(f"{base}."):
            return classes[base]
    base, dot, _ = begin.partition(".")
    if not dot or any(dotted.startswith(f"{base}.") for dotted in classes):
        raise Touched(tag)
    return classes.get(base, [])


@functools.lru_cache(maxsize=8)
def _classes(reference: Reference) -> Mapping[str, list[str]]:
    """The classes of each tag by its name in lower case."""
    classes = reference.table("service-tags")["classes"]
    found: dict[str, list[str]] = {}
    for name in classes:
        for tag in texts(classes, name):
            found.setdefault(tag.strip().lower().removesuffix(_ANY_REGION), []).append(name)
    return found


@function("string", returns="object|null", partials=True)
def tag_fault(tag: Any) -> dict[str, Any] | None:
    """What is wrong with a service tag as an outbound rule names it, or null where nothing is.

    ``fault`` is ``placeholder`` where a region such as ``<region>`` was to be filled in, ``classic`` for a
    name of the classic deployment model, ``display-name`` for one that documentation prints and ARM does
    not know, ``firewall`` for an FQDN tag of Azure Firewall, ``unknown`` for any other name, ``regional``
    for a region of a tag that has none, ``region`` for a region that is not known, ``inbound`` for a tag
    that inbound rules alone use. ``meant`` is the tag that was probably meant, or null. The tables are
    service-tags and regions.

    tag_fault("Storage.WestEurope") -> null
    tag_fault("BatchNodeManagement.region") -> {"fault": "placeholder", "meant": "BatchNodeManagement"}
    tag_fault("INTERNET") -> {"fault": "classic", "meant": "Internet"}
    tag_fault("Azure Machine Learning") -> {"fault": "display-name", "meant": "AzureMachineLearning"}
    tag_fault("Storag") -> {"fault": "unknown", "meant": "Storage"}
    """
    if isinstance(tag, Partial):
        if _open_classes(current(), tag):
            raise Touched(tag)
        return _tag_fault(_beginning(tag).partition(".")[0])
    return _tag_fault(known(tag))


@by_table
def _tag_fault(reference: Reference, tag: str) -> dict[str, Any] | None:
    table = reference.table("service-tags")
    text = tag.strip()
    if text in table["classicSpellings"]:
        return {"fault": "classic", "meant": table["classicSpellings"][text]}
    for name, meant in table["displayNameTraps"].items():
        if text.lower() == name.lower():
            return {"fault": "display-name", "meant": meant}
    parts = _service_tag(text)
    base, region = parts["base"], parts["region"]
    names = _names(reference)
    if region is not None and _PLACEHOLDER.search(region):
        return {"fault": "placeholder", "meant": names.get(base)}
    classes = _classes(reference).get(base)
    if classes is None:
        fault = "firewall" if base in map(str.lower, texts(table["firewallTags"], "names")) else "unknown"
        import difflib  # noqa: PLC0415 - only where somebody mistyped

        near = difflib.get_close_matches(base.replace(" ", ""), names, n=1, cutoff=0.75)
        return {"fault": fault, "meant": names[near[0]] if near and fault == "unknown" else None}
    if text.endswith("."):
        return {"fault": "region", "meant": names[base]}
    if region is not None and "regional" not in classes:
        return {"fault": "regional", "meant": names[base]}
    if region is not None and region not in _regions(reference):
        return {"fault": "region", "meant": names[base]}
    return {"fault": "inbound", "meant": None} if "inboundOnly" in classes else None


_PLACEHOLDER = regex(r"[<>{}\[\]$%]|^(?:your|my)?-?_?region(?:-?_?name)?$|^location$")


@functools.lru_cache(maxsize=8)
def _names(reference: Reference) -> Mapping[str, str]:
    """The tags as the table spells them, by their name in lower case."""
    classes = reference.table("service-tags")["classes"]
    tags = (tag.strip().removesuffix(_ANY_REGION) for name in classes for tag in texts(classes, name))
    return {tag.lower(): tag for tag in tags}


@functools.lru_cache(maxsize=8)
def _regions(reference: Reference) -> frozenset[str]:
    """The names of regions, those that only service tags use among them."""
    table = reference.table("regions")
    names = (name for geography in table["regions"] for name in texts(table["regions"], geography))
    return frozenset(map(str.lower, (*names, *texts(table["tagForms"], "names"))))
