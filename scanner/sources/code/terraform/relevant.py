"""What of a plan may decide about dynamic blocks, of which its configuration has no word.

A plan lists the attributes that its changes depend on, and the expressions of its configuration list what
they refer to.  An attribute that is not known, and that no expression takes up, is then used where nothing
is listed: in a dynamic block, whose number the plan does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scanner.sources.code.terraform.plan import Instance, Module, Plan
from scanner.sources.code.terraform.references import Chain, chain_of, references_of
from scanner.values import Unknown

Path = tuple[str, ...]

_MOST = 10_000
"""Attributes that are looked at, and variables that the search for one may pass through."""


def open_modules(plan: Plan) -> frozenset[Path]:
    """The modules in which an unknown attribute is used where no expression is listed."""
    relevant = plan.document.get("relevant_attributes")
    if not isinstance(relevant, list):
        return frozenset()
    instances: dict[tuple[Path, str], list[Instance]] = {}
    for one in plan.instances():
        instances.setdefault((tuple(name for name, _ in one.modules), one.declared), []).append(one)
    ways = _Ways(plan)
    found: set[Path] = set()
    for entry in relevant[:_MOST]:
        if isinstance(entry, dict) and isinstance(entry.get("resource"), str):
            module, chain = _apart(chain_of(entry["resource"]))
            attribute = entry.get("attribute")
            name = next(iter(attribute), None) if isinstance(attribute, list) else None
            name = name if isinstance(name, str) else None
            if _is_open(instances.get((module, ".".join(chain)), ()), name):
                found |= ways.ends(module, chain if name is None else (*chain, name))
    return frozenset(found)


class _Ways:
    """The ways that values go through the modules of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._read: dict[Path, tuple[_Taken, list[tuple[Chain, Path, str]]]] = {}

    def ends(self, module: Path, chain: Chain) -> set[Path]:
        """The modules in which no expression has a value; none where a resource or an output has it.

        Outputs are relevant by themselves: what becomes of one is not followed.
        """
        waiting = [(module, chain)]
        seen: set[tuple[Path, Chain]] = set()
        ends: set[Path] = set()
        while waiting and len(seen) < _MOST:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                taken, calls = self._module(here[0])
                if taken.has(here[1]):
                    return set()
                onward = [(path, ("var", name)) for one, path, name in calls if _overlap(one, here[1])]
                waiting += onward
                if not onward:
                    ends.add(here[0])
        return ends

    def _module(self, path: Path) -> tuple[_Taken, list[tuple[Chain, Path, str]]]:
        """What the resources and outputs of a module refer to, and what its calls hand on, as what."""
        if path not in self._read:
            body = self._plan.modules.get(path, Module())
            calls = [
                (chain_of(reference), (*path, name), variable)
                for name, call in body.calls.items()
                if isinstance(given := call.get("expressions"), dict)
                for variable, expression in given.items()
                for reference in references_of(expression)
            ]
            self._read[path] = _Taken((*body.resources.values(), *body.outputs.values())), calls
        return self._read[path]


class _Taken:
    """What some expressions refer to."""

    def __init__(self, expressions: Iterable[Any]) -> None:
        self._whole = {chain_of(text) for one in expressions for text in references_of(one)}
        self._begun = {chain[:end] for chain in self._whole for end in range(1, len(chain) + 1)}

    def has(self, chain: Chain) -> bool:
        """Whether one refers to a value, to all that it is part of, or to a part of it."""
        return chain in self._begun or any(chain[:end] in self._whole for end in range(1, len(chain)))


def _overlap(one: Chain, other: Chain) -> bool:
    return all(a == b for a, b in zip(one, other, strict=False))


def _is_open(instances: Sequence[Instance], name: str | None) -> bool:
    """Whether an attribute of a resource is not known, as one is that was not read."""
    known = [one.values if one.values is not None else one.before for one in instances]
    return not known or any(
        _holds_open(values if name is None else (values or {}).get(name)) for values in known
    )


def _holds_open(value: Any) -> bool:
    waiting = [value]
    for node in waiting:
        if isinstance(node, Unknown):
            return True
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return False


def _apart(chain: Chain) -> tuple[Path, Chain]:
    """The names of the modules that a resource is in, and its address in the last of them."""
    modules: list[str] = []
    while chain[:1] == ("module",) and len(chain) > 2:
        modules.append(chain[1])
        chain = chain[2:]
    return tuple(modules), chain
