"""Keys that an object of a template has more than once: all of their values are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.sources.documents.members import RULES
from scanner.values import Unknown

if TYPE_CHECKING:
    from scanner.sources.arm.run import Run
    from scanner.sources.arm.scope import Scope

_RULES = RULES.lower()


def twins(run: Run, raw: Any) -> dict[str, list[Any]]:
    """The values of the keys that an object has more than once."""
    values: dict[str, list[Any]] = {}
    for name, value in run.duplicates.get(id(raw), ()):
        values.setdefault(name, []).append(value)
    return {name: several for name, several in values.items() if len(several) > 1}


def are_rules(run: Run, name: str, raw: Any) -> bool:
    """Whether what stands under a name is a map of rules with two of one name."""
    return name.lower() == _RULES and bool(twins(run, raw))


def differ(run: Run, raw: Any, name: str) -> Unknown | None:
    """What stands in place of a value that is written twice, each time another; None where it is not.

    That it is written twice is said in any case.
    """
    if id(raw) not in run.duplicates:
        return None
    values = twins(run, raw).get(name, [])
    if values:
        place = run.places.written(raw, name)
        run.report("duplicate-key", f"duplicate key '{name}'", place, reason="unresolved")
    if all(value == values[0] for value in values):
        return None
    return Unknown(f"'{name}' is written twice", place=run.place(raw, name))


def rules(run: Run, raw: dict[str, Any], scope: Scope) -> list[Any]:
    """A map of rules with two of one name: a list of them all, as each may be the one that counts."""
    listed: list[Any] = []
    seen: set[str] = set()
    for index, (name, value) in enumerate(run.duplicates[id(raw)]):
        place = run.places.written(raw, index if name in seen else name)
        seen.add(name)
        rule = {"name": name, "properties": run.render(value, raw, name, scope, final=True)}
        if place is not None:
            run.places.mark(rule, None, place)
            run.places.mark(rule, "name", place)
        listed.append(rule)
    return listed
