"""Templates in which nothing is evaluated: what they deploy is what stands in them."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.blocks import CONTROL, MOST_INSTANCES, NESTED, NO_GUARDS, TAKEN_OUT, level_of
from scanner.sources.arm.placement import stem
from scanner.sources.arm.places import Pending, TemplatePlaces
from scanner.sources.arm.source import Source
from scanner.sources.code.resource import Resource

_TELLING = frozenset(
    ("condition", "copy", "existing", "resourcegroup", "resources", "scope", "subscriptionid")
)
"""Keys of a resource, in lower case, that may make something else of it than one, or put it elsewhere."""


def resources(template: Source, places: TemplatePlaces) -> tuple[Resource, ...] | None:
    """Everything that a template deploys; None where that is not simply all that stands in it.

    Its values become those of the documents, so that it is asked once.
    """
    listed = template.value.get("resources") if type(template.value) is dict else None
    if not template.closed or type(listed) is not list or len(listed) > MOST_INSTANCES:
        return None
    if not all(_stands_alone(raw) and _is_lent(template, raw) for raw in listed):
        return None
    level = level_of(template.value)
    return tuple([_resource(template, level, places, raw) for raw in listed])


def _stands_alone(raw: Any) -> bool:
    """Whether what is listed is a resource that is deployed once, as it stands, below no other."""
    if type(raw) is not dict or not _TELLING.isdisjoint(map(str.lower, raw)):
        return False
    kind = raw.get("type")
    return (
        type(kind) is str
        and kind.count("/") == 1
        and type(raw.get("name")) is str
        and kind.lower() not in NESTED
    )


def _is_lent(template: Source, raw: dict[str, Any]) -> bool:
    return all(template.lend(value, TAKEN_OUT) for value in raw.values() if type(value) in (dict, list))


def _resource(template: Source, level: str, places: TemplatePlaces, raw: dict[str, Any]) -> Resource:
    kind, name = raw["type"], raw["name"]
    begun = stem(level, kind)
    document = {"type": kind, "name": name, **{key: raw[key] for key in raw if key not in CONTROL}}
    places.rendered(document, raw, None)
    return Resource(
        type=kind,
        name=name,
        id=begun + name if isinstance(begun, str) else begun.before(name),
        document=document,
        places=places,
        place=Pending(template.path, places, raw),
        deployment=template.path,
        guards=NO_GUARDS,
        plain=template.plain,
    )
