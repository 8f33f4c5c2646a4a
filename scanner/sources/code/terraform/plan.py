"""A plan, or a state, as ``terraform show -json`` writes it: its resource instances and its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.sources.code.terraform.values import merged

VERSION = "1"
"""The major version of the format; Terraform adds to it without changing it."""

MAX_MODULES = 50
"""Modules inside one another that are followed."""

_STEP = re.compile(r'module\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?\.?')
_KEY = re.compile(r'\[("(?:[^"\\]|\\.)*"|\d+)\]$')

Step = tuple[str, str]
"""One module call on the way to a resource: its name, and the key of its instance as it is written."""


@dataclass(slots=True)
class Instance:
    """One instance of a resource: ``values`` as planned, None where it is destroyed.

    ``key`` is the index of ``count`` or ``for_each`` as it is written, empty where there is none.
    ``actions`` are Terraform's own, none where there is no plan; ``before`` is what was there, None where
    nothing was.  ``certain`` is False where it is open whether the instance is there,
    and ``guards`` are the conditions that hold where it is.
    """

    address: str
    modules: tuple[Step, ...]
    mode: str
    type: str
    name: str
    key: str
    actions: tuple[str, ...]
    values: dict[str, Any] | None
    before: dict[str, Any] | None
    unset: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = True
    guards: frozenset[str] | None = None

    @property
    def action(self) -> str:
        """What the plan does to it, in one word: create, update, replace, delete, no-op, read, forget."""
        return "replace" if len(self.actions) > 1 else "".join(self.actions) or "no-op"

    @property
    def declared(self) -> str:
        """The address of its block within its module."""
        prefix = "data." if self.mode == "data" else ""
        return f"{prefix}{self.type}.{self.name}"


@dataclass(slots=True)
class Module:
    """The configuration of one module: its resources by their address, its calls and its outputs."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


class BadPlan(ValueError):  # noqa: N818 - reads as what it says
    """The document has the marks of a plan, and cannot be understood.  ``str()`` is a clause for people."""


class Plan:
    """What a plan says.  Raises `BadPlan` for a format that is not known."""

    def __init__(self, document: dict[str, Any]) -> None:
        version = str(document.get("format_version"))
        if version.partition(".")[0] not in (VERSION, "0"):
            raise BadPlan(f"a plan of format version {version[:20]}, and only {VERSION} is known")
        self.document = document
        self.modules: dict[tuple[str, ...], Module] = {}
        configuration = _object(document.get("configuration"))
        self.planned = "configuration" in document
        self._add_module((), _object(configuration.get("root_module")))
        self.provider = _object(configuration.get("provider_config"))

    def instances(self) -> Iterator[Instance]:
        """Every instance that is there before or after, in the order of the plan."""
        changes = self.document.get("resource_changes")
        if isinstance(changes, list):
            for change in changes:
                if isinstance(change, dict) and (instance := _changed(change)):
                    yield instance
            yield from self._deferred()
            prior = _object(_object(self.document.get("prior_state")).get("values"))
            yield from (one for one in _states(prior) if one.mode == "data")
        else:
            known = self.document.get("values", self.document.get("planned_values"))
            yield from _states(_object(known))

    def _deferred(self) -> Iterator[Instance]:
        """What is left to a later plan: it will be there, unless it is open how many there are."""
        for one in _list(self.document.get("deferred_changes")):
            instance = _changed(_object(_object(one).get("resource_change")))
            if instance is not None:
                yield replace(instance, certain=_object(one).get("reason") != "instance_count_unknown")

    def module_of(self, instance: Instance) -> Module | None:
        """The configuration of the module that an instance is in."""
        return self.modules.get(tuple(name for name, _ in instance.modules))

    def block(self, instance: Instance) -> dict[str, Any] | None:
        """The configuration of an instance's block."""
        module = self.module_of(instance)
        return module.resources.get(instance.declared) if module else None

    def _add_module(self, path: tuple[str, ...], body: dict[str, Any]) -> None:
        module = self.modules[path] = Module(outputs=_object(body.get("outputs")))
        for resource in _list(body.get("resources")):
            if isinstance(resource, dict):
                module.resources[str(resource.get("address"))] = resource
        for name, call in _object(body.get("module_calls")).items():
            if isinstance(call, dict):
                module.calls[name] = call
                if len(path) < MAX_MODULES:
                    self._add_module((*path, name), _object(call.get("module")))


def steps(address: Any) -> tuple[Step, ...]:
    """The module calls in the address of a module."""
    if not isinstance(address, str):
        return ()
    return tuple((match[1], match[2] or "") for match in _STEP.finditer(address))


def _changed(change: dict[str, Any]) -> Instance | None:
    body = _object(change.get("change"))
    address, kind = change.get("address"), change.get("type")
    if not (isinstance(address, str) and isinstance(kind, str)) or change.get("deposed"):
        return None
    actions = tuple(str(action) for action in _list(body.get("actions")))
    before, after, unknown = body.get("before"), body.get("after"), body.get("after_unknown")
    gone = actions in (("delete",), ("forget",))
    is_there = not gone and (isinstance(after, dict) or isinstance(unknown, dict))
    values = _whole(after, unknown, body.get("after_sensitive"), address) if is_there else None
    earlier = (
        _whole(before, None, body.get("before_sensitive"), address) if isinstance(before, dict) else None
    )
    return Instance(
        address=address,
        modules=steps(change.get("module_address")),
        mode=str(change.get("mode")),
        type=kind,
        name=str(change.get("name")),
        key=_key(address),
        actions=actions,
        values=values,
        before=earlier,
        unset={name: True for name, value in _object(unknown).items() if value is True},
    )


def _states(values: dict[str, Any]) -> Iterator[Instance]:
    waiting = [_object(values.get("root_module"))]
    while waiting:
        module = waiting.pop()
        waiting += [child for child in _list(module.get("child_modules")) if isinstance(child, dict)]
        for resource in _list(module.get("resources")):
            if isinstance(resource, dict) and isinstance(resource.get("address"), str):
                yield _stated(resource, module.get("address"))


def _stated(resource: dict[str, Any], module: Any) -> Instance:
    address = resource["address"]
    known = _whole(resource.get("values"), None, resource.get("sensitive_values"), address)
    return Instance(
        address=address,
        modules=steps(module),
        mode=str(resource.get("mode")),
        type=str(resource.get("type")),
        name=str(resource.get("name")),
        key=_key(address),
        actions=("no-op",),
        values=known,
        before=known,
    )


def _whole(values: Any, unknown: Any, sensitive: Any, address: str) -> dict[str, Any]:
    """The values of one instance; where all of it is secret, each of them."""
    value = merged(values, unknown, sensitive, address)
    return value if isinstance(value, dict) else dict.fromkeys(_object(values), value)


def _key(address: str) -> str:
    match = _KEY.search(address)
    return match[1] if match else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
