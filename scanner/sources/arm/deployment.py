"""What a template deploys: its resources, those of nested deployments, and what they are known by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.places import Key
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.functions.resources import resource_path, segments
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.places import Pending
from scanner.sources.arm.run import MOST_INSTANCES, Run
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.template import Given, Target, Template, level_of, reference_to
from scanner.sources.arm.texts import joined
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Symbol, written
from scanner.sources.files.json_text import noun
from scanner.values import Unknown

NESTED = "microsoft.resources/deployments"

_CONTROL = frozenset(
    (
        *("condition", "copy", "dependsOn", "resources", "existing", "scope", "comments", "name", "type"),
        *("resourceGroup", "subscriptionId"),
    )
)
"""Keys of a resource that tell how it is deployed, or that are put in by whoever reads it."""


@dataclass(slots=True)
class Instance:
    """A resource of a template, in one turn of its copy loop.

    ``holder`` and ``key`` are where its block stands; ``symbol`` is its symbolic name with its turn.
    ``sure`` is False where nobody knows how many turns there are.
    """

    raw: dict[str, Any]
    holder: Any
    key: Key
    scope: Scope
    symbol: str | None
    parent: Instance | None
    sure: bool = True
    nested: Deployment | None = None
    _type: str | None = None
    _name: Any = None

    @property
    def type(self) -> str:
        """The full type, with those of its parents."""
        if self._type is None:
            own = self.raw.get("type")
            text = own if isinstance(own, str) else ""
            self._type = f"{self.parent.type}/{text}" if self.parent and "." not in text else text
        return self._type

    def name(self, run: Run) -> Any:
        """The full name, with those of its parents."""
        if self._name is None:
            try:
                self._name = self._full_name(run)
            except Failure as error:
                self._name = Unknown(f"the name of the resource is not known: {error}")
        return self._name

    def _full_name(self, run: Run) -> Any:
        own = run.value(self.raw, "name", self.scope)
        own = str(own) if isinstance(own, (int, float)) else own
        if own is None or isinstance(own, (dict, list)):
            own = Unknown(f"the name of the resource is {noun(own)}, not a text")
        if isinstance(own, Choice):
            first, *others = segments(own)
            own = joined([first, *(part for other in others for part in ("/", other))], "")
        if self.parent and self.type.startswith(f"{self.parent.type}/") and "." not in self.raw["type"]:
            own = joined([self.parent.name(run), "/", own], "")
        return own


class Deployment:
    """One deployment of a template.

    ``template`` is what its expressions mean, ``scope`` where they stand: those of the template itself, or
    those of the template around where the inner one has no scope of its own.
    """

    def __init__(
        self, run: Run, raw: dict[str, Any], template: Template, target: Target, scope: Scope
    ) -> None:
        self._run = run
        self._raw = raw
        self._template = template
        self._target = target
        self._scope = scope
        self._instances: list[Instance] | None = None
        self._named: dict[str, Instance] | None = None
        template.deployments.append(self)

    def resources(self, *, sure: bool = True) -> Iterator[Resource]:
        """Everything that it deploys or refers to; ``sure`` is whether it is deployed itself."""
        gone: set[int] = set()
        doubtful: set[int] = set()
        for instance in self.instances():
            condition = self._condition(instance)
            parent = id(instance.parent)
            if condition is False or parent in gone:
                gone.add(id(instance))
                continue
            certain = sure and instance.sure and condition is True and parent not in doubtful
            if not certain:
                doubtful.add(id(instance))
            if instance.type.lower() == NESTED and not self._exists(instance):
                nested = self._nested(instance)
                if nested is not None:
                    yield from nested.resources(sure=certain)
            else:
                yield self._resource(instance, certain=certain)

    def instances(self) -> list[Instance]:
        """Its resources, one for each turn of a copy loop, children behind their parents."""
        if self._instances is None:
            self._instances = []
            self._gather(self._raw.get("resources"), self._raw, None)
        return self._instances

    def _gather(self, resources: Any, holder: Any, parent: Instance | None) -> None:
        if isinstance(resources, dict):
            entries: Any = resources.items()
        elif isinstance(resources, list):
            entries = enumerate(resources)
        else:
            if resources is not None:
                self._odd(f"the resources are {noun(resources)}, not a list", holder, "resources")
            return
        for key, raw in entries:
            if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
                what = noun(raw) if not isinstance(raw, dict) else "without a type"
                self._odd(f"a resource that is {what}", resources, key)
                continue
            symbol = key if isinstance(key, str) else None
            for instance in self._turns(raw, resources, key, symbol, parent):
                self._add(instance)

    def _add(self, instance: Instance) -> None:
        self._run.instances += 1
        if self._run.instances > MOST_INSTANCES:
            message = f"more than {MOST_INSTANCES} resources: the rest is not read"
            self._run.report("too-much", message, None, "instances", reason="failed")
            return
        self._run.budget.left -= 10
        if self._instances is not None:
            self._instances.append(instance)
        self._gather(instance.raw.get("resources"), instance.raw, instance)

    def _turns(
        self, raw: dict[str, Any], holder: Any, key: Key, symbol: str | None, parent: Instance | None
    ) -> Iterator[Instance]:
        scope = parent.scope if parent else self._scope
        loop = raw.get("copy")
        if not isinstance(loop, dict):
            yield Instance(raw, holder, key, scope, symbol, parent)
            return
        name = str(loop.get("name") or symbol or "")
        turns = self._run.turns(loop, scope)
        if isinstance(turns, Unknown):
            some = Symbol(f"{self._template.key}copyIndex('{name}')", turns.reason)
            yield Instance(raw, holder, key, scope.looping(name, some), symbol, parent, sure=False)
            return
        for turn in range(turns):
            if self._run.instances > MOST_INSTANCES:
                return
            label = f"{symbol}[{turn}]" if symbol is not None else None
            yield Instance(raw, holder, key, scope.looping(name, turn), label, parent)

    def _condition(self, instance: Instance) -> bool | Unknown:
        if "condition" not in instance.raw:
            return True
        value = self._run.value(instance.raw, "condition", instance.scope)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if isinstance(value, (bool, Unknown)):
            return value
        return Unknown(f"the condition is {noun(value)}, not a boolean")

    @staticmethod
    def _exists(instance: Instance) -> bool:
        return instance.raw.get("existing") is True

    def _resource(self, instance: Instance, *, certain: bool) -> Resource:
        run, raw = self._run, instance.raw
        name = instance.name(run)
        body = run.members(raw, instance.scope, final=True, without=_CONTROL)
        document = {"type": instance.type, "name": name, **body}
        run.places.rendered(document, raw, instance.scope.frame)
        identifier = self._id(instance)
        return Resource(
            type=instance.type,
            name=name,
            id=identifier,
            document=document,
            places=run.places,
            place=Pending(run.template.path, run.places, raw),
            deployment=run.key,
            certain=certain,
            exists=self._exists(instance),
            references=self._references(instance, name),
        )

    def _id(self, instance: Instance) -> Any:
        """The id of a resource, by where it is deployed."""
        try:
            return self._full_id(instance)
        except Failure as error:
            name = key_of(instance.name(self._run))
            return Symbol(f"id of {instance.type} {name}", f"the id of the resource is not known: {error}")

    def _full_id(self, instance: Instance) -> Any:
        raw, run = instance.raw, self._run
        path = resource_path(instance.type, [instance.name(run)])
        scope = run.value(raw, "scope", instance.scope) if "scope" in raw else None
        if not isinstance(scope, (str, Unknown)):
            return joined([*self._base(instance), *path], "")
        stem = scope if isinstance(scope, str) else getattr(scope, "prefix", "/")
        if stem and not stem.startswith("/"):
            return joined([*self._base(instance), "/providers/", scope, *path], "")
        return joined([scope.rstrip("/") if isinstance(scope, str) else scope, *path], "")

    def _base(self, instance: Instance) -> list[Any]:
        """What an id begins with: the scope that the template is deployed to, or that the resource names."""
        raw, run, target = instance.raw, self._run, self._target
        owner = instance
        while owner.parent is not None:
            owner = owner.parent
        subscription, group = target.subscription, target.resource_group
        level = target.level
        if "subscriptionId" in owner.raw:
            subscription = run.value(owner.raw, "subscriptionId", owner.scope)
        if "resourceGroup" in owner.raw:
            group = run.value(owner.raw, "resourceGroup", owner.scope)
            level = "resourceGroup"
        if level in ("tenant", "managementGroup"):
            return [""]
        if level == "subscription" or raw.get("type", "").lower() == "microsoft.resources/resourcegroups":
            return ["/subscriptions/", subscription]
        return ["/subscriptions/", subscription, "/resourceGroups/", group]

    def _references(self, instance: Instance, name: Any) -> tuple[str, ...]:
        """The ids that a child depends on, where its own does not tell its parent."""
        text = written(name)
        if "/workspaces/" not in f"{instance.type.lower()}/" or instance.type.count("/") < 2:
            return ()
        if text is not None and text.count("/") == instance.type.count("/") - 1:
            return ()
        depends = instance.raw.get("dependsOn")
        found: list[str] = []
        for index, _ in enumerate(depends if isinstance(depends, list) else ()):
            value = written(self._run.value(depends, index, instance.scope))
            known = self._find(value) if value else None
            identifier = written(self._id(known)) if known is not None else value
            if identifier:
                found.append(identifier.lower())
        return tuple(found)

    def _nested(self, instance: Instance) -> Deployment | None:
        if instance.nested is None:
            instance.nested = self._deploy(instance)
        return instance.nested

    def _deploy(self, instance: Instance) -> Deployment | None:
        block = instance.raw.get("properties")
        properties: dict[str, Any] = block if isinstance(block, dict) else {}
        raw = properties.get("template")
        if not isinstance(raw, dict):
            message = "the template of a nested deployment is not in this file: it is not read"
            place = self._run.places.written(instance.holder, instance.key)
            self._run.report("linked-template", message, place, reason="unresolved")
            return None
        target = self._inner_target(instance, raw)
        options = properties.get("expressionEvaluationOptions")
        scope = options.get("scope") if isinstance(options, dict) else None
        if not (isinstance(scope, str) and scope.lower() == "inner"):
            return Deployment(self._run, raw, self._template, target, instance.scope)
        name = instance.name(self._run)
        key = f"{self._template.key}{written(name) or key_of(name)}:"
        given = self._given(properties, instance.scope)
        template = Template(self._run, raw, target, given, key, name)
        return Deployment(self._run, raw, template, target, template.scope)

    def _inner_target(self, instance: Instance, raw: dict[str, Any]) -> Target:
        run, own, level = self._run, self._target, level_of(raw)
        subscription, group = own.subscription, own.resource_group
        if "subscriptionId" in instance.raw:
            subscription = run.value(instance.raw, "subscriptionId", instance.scope)
        if "resourceGroup" in instance.raw:
            group = run.value(instance.raw, "resourceGroup", instance.scope)
            level = "resourceGroup"
        return Target(level=level, subscription=subscription, resource_group=group)

    def _given(self, properties: dict[str, Any], scope: Scope) -> dict[str, Given]:
        """The values that a nested deployment gives its parameters."""
        blocks = properties.get("parameters")
        frame = self._template
        given: dict[str, Given] = {}
        if not isinstance(blocks, dict):
            return given
        for name, block in blocks.items():
            if isinstance(block, dict) and "value" in block:
                given[name] = Given(_value(self._run, block, "value", scope), block, "value", frame)
            elif isinstance(block, dict):
                secret = Symbol(f"{frame.key}secret('{name}')", f"the parameter '{name}' comes from a vault")
                given[name] = Given(_constant(secret), blocks, name)
            else:
                given[name] = Given(_wrapped(self._run, blocks, name, scope), blocks, name, frame)
        return given

    def referenced(self, wanted: Any) -> Any:
        """The outputs of a nested deployment; what another resource is named by; None for neither."""
        text = written(wanted)
        instance = self._find(text) if text else None
        if instance is None:
            return None
        if instance.type.lower() == NESTED:
            nested = self._nested(instance)
            if nested is not None:
                name = written(instance.name(self._run)) or ""
                return reference_to(nested.outputs(), f"{self._template.key}{name}")
        identifier = key_of(self._id(instance))
        return Symbol(f"reference({identifier})", "reference() is known only when it is deployed")

    def outputs(self) -> Template:
        """The template whose outputs are its own."""
        if self._raw is self._template.raw:
            return self._template
        return _Outer(self._run, self._raw, self._template, self._scope)

    def info(self, name: str) -> Any:
        """Id, name, type and version of a resource, by its symbolic name; None for one it does not know."""
        instance = self._find(name)
        if instance is None:
            return None
        return {
            "id": self._id(instance),
            "name": instance.name(self._run),
            "type": instance.type,
            "apiVersion": instance.raw.get("apiVersion"),
        }

    def _find(self, wanted: str) -> Instance | None:
        """A resource by its id, its symbolic name, or (a deployment) its name."""
        if self._named is None:
            self._named = {}
            for instance in self.instances():
                if instance.symbol is not None:
                    self._named.setdefault(instance.symbol.lower(), instance)
                if instance.type.lower() == NESTED:
                    for value in (self._id(instance), instance.name(self._run)):
                        if (text := written(value)) is not None:
                            self._named.setdefault(text.lower(), instance)
        return self._named.get(wanted.lower())

    def _odd(self, message: str, holder: Any, key: Key) -> None:
        place = self._run.places.written(holder, key)
        self._run.report("malformed-resource", message, place, reason="failed")


class _Outer(Template):
    """The outputs of a template without a scope of its own."""

    def __init__(self, run: Run, raw: dict[str, Any], around: Template, scope: Scope) -> None:
        target = Target(
            level=around.level, subscription=around.subscription, resource_group=around.resource_group
        )
        super().__init__(run, raw, target, {}, around.key, around.name)
        self.scope = scope


def _value(run: Run, holder: Any, key: Key, scope: Scope) -> Any:
    return lambda: run.value(holder, key, scope)


def _constant(value: Any) -> Any:
    return lambda: value


def _wrapped(run: Run, blocks: dict[str, Any], name: str, scope: Scope) -> Any:
    """A parameter whose whole block is an expression."""

    def find() -> Any:
        block = run.value(blocks, name, scope)
        if isinstance(block, dict) and (key := spelled(block, "value")) is not None:
            return block[key]
        reason = block.reason if isinstance(block, Unknown) else f"it is {noun(block)}"
        return Unknown(f"the value of the parameter '{name}' is not known: {reason}")

    return find
