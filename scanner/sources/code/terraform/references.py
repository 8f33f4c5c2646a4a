"""Follows the references of a plan's configuration to the resource instances that they mean.

The ids of new resources are not known before apply, so what belongs together shows only here: a rule's
``workspace_id`` refers to ``azurerm_ai_foundry.hub.id``, perhaps through variables and outputs of modules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scanner.sources.code.terraform.plan import Instance, Plan, Step

MAX_STEPS = 2_000
"""Variables and outputs that one search may pass through."""

_PART = re.compile(r'([A-Za-z_][\w-]*)((?:\[(?:"(?:[^"\\]|\\.)*"|[\w.]+)\])*)')
_BUILT_IN = frozenset({"var", "local", "module", "each", "count", "path", "terraform", "self", "data"})

_OWN = ("each.key", "each.value", "count.index")
"""What stands for the key of the instance that refers; ``each.value`` is it in sets."""

Modules = tuple[Step, ...]
Chain = tuple[str, ...]

Locals = Callable[[tuple[str, ...], str], Iterable[str]]
"""What a local of a module refers to, as far as its configuration is at hand."""


@dataclass(frozen=True, slots=True)
class _User:
    """What refers: its own key, and that key again where nothing but it can choose among others.

    ``each`` is the expression that it has its instances from.
    """

    key: str = ""
    alone: str = ""
    each: Any = None

    def asks(self, references: Iterable[str]) -> _User:
        """The same one with other references: only beside one other does the own key choose."""
        others = sum(one not in _OWN for one in references)
        return _User(self.key, self.key if others == 1 else "", self.each)

    def means(self, key: str) -> str:
        """The key in brackets, empty where nobody can tell which it is."""
        if key and key[0] in '"0123456789':
            return key
        return self.key if key in _OWN else "" if key else self.alone


class References:
    """Answers for one plan which instances a value may come from."""

    def __init__(self, plan: Plan, instances: Iterable[Instance], locals_: Locals) -> None:
        self._plan = plan
        self._locals = locals_
        self._instances: dict[tuple[tuple[str, ...], str], list[Instance]] = {}
        self._steps: set[Modules] = set()
        for instance in instances:
            names = tuple(name for name, _ in instance.modules)
            self._instances.setdefault((names, instance.declared), []).append(instance)
            self._steps.update(instance.modules[:length] for length in range(len(instance.modules) + 1))

    def of(self, instance: Instance, *path: str | int, also: Iterable[str] = ()) -> list[Instance]:
        """The instances that the attribute at a path refers to.

        ``also`` are its references where something else tells them exactly.
        """
        block = self._plan.block(instance)
        references = [*also] or list(expression_references(block, path))
        user = _User(instance.key, each=_object(block).get("for_each_expression"))
        return self._resolve(references, instance.modules, user)

    def _resolve(self, references: list[str], modules: Modules, user: _User) -> list[Instance]:
        """The instances that some references mean, seen from one instance of a module."""
        found: dict[str, Instance] = {}
        waiting = [(one, modules, user.asks(references)) for one in references]
        seen: set[tuple[str, Modules]] = set()
        for _ in range(MAX_STEPS):
            if not waiting:
                break
            reference, here, who = waiting.pop(0)
            if (reference, here) in seen:
                continue
            seen.add((reference, here))
            for instance in self._direct(reference, here, who):
                found.setdefault(instance.address, instance)
            waiting += self._onward(reference, here, who)
        return list(found.values())

    def _direct(self, reference: str, modules: Modules, user: _User) -> Iterator[Instance]:
        parts = _parts(reference)
        if parts and parts[0][0] == "data":
            parts = [(f"data.{parts[1][0]}", parts[1][1]), *parts[2:]] if len(parts) > 1 else []
        if len(parts) < 2 or parts[0][0] in _BUILT_IN:
            return
        declared, key = f"{parts[0][0]}.{parts[1][0]}", parts[1][1].strip("[]")
        names = tuple(name for name, _ in modules)
        candidates = [
            one for one in self._instances.get((names, declared), ()) if _same_place(one.modules, modules)
        ]
        yield from _chosen(candidates, user.means(key))

    def _onward(self, reference: str, modules: Modules, user: _User) -> list[tuple[str, Modules, _User]]:
        """What a reference passes on to: each with the module it is seen from, and for whom."""
        parts = [name for name, _ in _parts(reference)]
        names = tuple(name for name, _ in modules)
        here, passed = modules, list[str]()
        if len(parts) < 2:
            return []
        if parts[0] == "var" and modules:
            call = self._call(names)
            passed = list(references_of(_object(call.get("expressions")).get(parts[1])))
            here, user = modules[:-1], _User(modules[-1][1], each=call.get("for_each_expression"))
        elif parts[0] == "local":
            passed, user = list(self._locals(names, parts[1])), _User()
        elif parts[0] == "module":
            key = user.means(_parts(reference)[1][1].strip("[]"))
            here = (*modules, (parts[1], key))
            if here not in self._steps:
                here = (*modules, (parts[1], ""))
            passed, user = self._outputs((*names, parts[1]), parts[2:3]), _User()
        elif parts[0] == "each":
            passed = list(references_of(user.each))
        return [(one, here, user.asks(passed)) for one in passed]

    def _outputs(self, names: tuple[str, ...], wanted: list[str]) -> list[str]:
        """The references of one output of a module, or of all where none is told: its instance has a key."""
        module = self._plan.modules.get(names)
        outputs = _object(module.outputs if module else None)
        chosen = wanted or list(outputs)
        return [one for name in chosen for one in references_of(_object(outputs.get(name)).get("expression"))]

    def _call(self, names: tuple[str, ...]) -> dict[str, Any]:
        module = self._plan.modules.get(names[:-1])
        return module.calls.get(names[-1], {}) if module and names else {}


def expression_references(block: dict[str, Any] | None, path: Iterable[str | int]) -> Iterator[str]:
    """The references in the expression of an attribute, or in all those below it."""
    node: Any = _object(block).get("expressions")
    for name in path:
        if isinstance(node, dict) and "references" in node:
            break
        if isinstance(node, list):
            node = node[name] if isinstance(name, int) and name < len(node) else None
        else:
            node = _object(node).get(str(name))
    yield from references_of(node)


def is_written(block: dict[str, Any] | None, name: str) -> bool:
    """Whether the configuration of a resource says anything of an attribute or a kind of inner block."""
    return name in _object(_object(block).get("expressions"))


def references_of(expression: Any) -> Iterator[str]:
    """The references of an expression: of each the longest form, where Terraform lists the shorter, too."""
    waiting = [expression]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            listed = node.get("references")
            if isinstance(listed, list):
                texts = [one for one in listed if isinstance(one, str)]
                yield from (
                    one
                    for one in texts
                    if not any(other != one and other.startswith((f"{one}.", f"{one}[")) for other in texts)
                )
            waiting += [value for value in node.values() if value is not listed]


def _chosen(candidates: list[Instance], key: str) -> list[Instance]:
    """Of the instances of one block those that a reference can mean: the one of its key, else any."""
    return [one for one in candidates if one.key and one.key == key] or candidates


def _same_place(one: Modules, other: Modules) -> bool:
    """Whether two ways to a module may be the same: a key that is not said may be any."""
    return len(one) == len(other) and all(
        a[0] == b[0] and (a[1] == b[1] or not b[1] or b[1][0] not in '"0123456789')
        for a, b in zip(one, other, strict=True)
    )


def chain_of(reference: str) -> Chain:
    """The names in a reference, without the keys of instances."""
    return tuple(name for name, _ in _parts(reference))


def _parts(reference: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in _PART.finditer(reference)]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
