"""What a template deploys: its resources, those of nested deployments, and what they are known by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.sources.arm import parameters
from scanner.sources.arm.blocks import CONTROL, NESTED, NO_GUARDS, STACK, Guards, Target, level_of
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.instance import Gatherer, Instance
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.modules import given, unknown
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.placement import identifier
from scanner.sources.arm.places import Pending
from scanner.sources.arm.run import Run
from scanner.sources.arm.scope import Declared, Scope
from scanner.sources.arm.source import Source
from scanner.sources.arm.syntax import Absent
from scanner.sources.arm.template import Given, Template, reference_to
from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Deferred, Resource
from scanner.sources.code.symbols import Symbol, Text, written
from scanner.sources.files.json_text import noun
from scanner.values import Unknown

_MOST_LINKS = 20
"""Templates that link to one another in a row; Azure takes far fewer."""

_COPYING = 3
"""Levels of a resource in which whole values are looked at: properties, network, rules."""


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
        self._gatherer = Gatherer(run, scope)
        self._instances: list[Instance] | None = None
        self._symbols: dict[str, Instance] | None = None
        self._states: dict[tuple[int, tuple[str, ...]], Any] = {}
        self._named: dict[str, Instance] | None = None
        self._nested_ones: dict[int, Deployment | None] = {}
        template.deployments.append(self)

    def resources(self, guards: Guards = NO_GUARDS) -> Iterator[Resource]:
        """Everything that it deploys or refers to; ``guards`` are the conditions of its own deployment."""
        gone: set[int] = set()
        doubtful: dict[int, Guards] = {}
        for instance in self.instances():
            condition = self._condition(instance)
            parent = id(instance.parent)
            if condition is False or parent in gone:
                gone.add(id(instance))
                continue
            own = _guarded(doubtful.get(parent, guards), instance, condition)
            if own != NO_GUARDS:
                doubtful[id(instance)] = own
            if instance.type.lower() in NESTED and not self._exists(instance):
                nested = self._nested(instance)
                if nested is not None:
                    yield from nested.resources(own)
            else:
                yield self._resource(instance, own)

    def instances(self) -> list[Instance]:
        """Its resources, one for each turn of a copy loop, children behind their parents."""
        if self._instances is None:
            self._instances = self._gatherer.all(self._raw)
        return self._instances

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

    def _resource(self, instance: Instance, guards: Guards) -> Resource:
        run = self._run
        name = instance.name(run)
        file = None if run.scattered else self._template.ways[-1]
        told: dict[str, Any] = {
            "type": instance.type,
            "name": name,
            "id": self._identifier(instance),
            "places": run.places,
            "place": Pending(file, run.places, instance.raw),
            "deployment": run.key,
            "certain": guards == NO_GUARDS,
            "guards": guards,
            "exists": self._exists(instance),
            "references": self._references(instance, name),
            "plain": run.lender is not None and run.lender.plain,
        }
        if run.scattered and not instance.type.lower().startswith(WORKSPACE):
            return Deferred(lambda: self._document(instance, name), **told)
        return Resource(document=self._document(instance, name), **told)

    def _document(self, instance: Instance, name: Any) -> dict[str, Any]:
        run, raw = self._run, instance.raw
        body = run.members(raw, instance.scope, final=True, without=CONTROL, copying=_COPYING)
        document = {"type": instance.type, "name": name, **body}
        run.places.rendered(document, raw, instance.scope.frame)
        return document

    def _identifier(self, instance: Instance) -> Any:
        return identifier(instance, self._run, self._target)

    def _references(self, instance: Instance, name: Any) -> tuple[str, ...]:
        """The ids that a child depends on, where its own does not tell its parent."""
        levels = instance.type.count("/")
        if levels < 2 or "/workspaces/" not in f"{instance.type.lower()}/":
            return ()
        text = written(name)
        if text is not None and text.count("/") == levels - 1:
            return ()
        depends = instance.raw.get("dependsOn")
        found: list[str] = []
        for index, _ in enumerate(depends if isinstance(depends, list) else ()):
            value = written(self._run.value(depends, index, instance.scope))
            known = self._find(value) if value else None
            wanted = written(self._identifier(known)) if known is not None else value
            if wanted:
                found.append(wanted.lower())
        return tuple(found)

    def _nested(self, instance: Instance) -> Deployment | None:
        if id(instance) not in self._nested_ones:
            self._nested_ones[id(instance)] = self._deploy(instance)
        return self._nested_ones[id(instance)]

    def _deploy(self, instance: Instance) -> Deployment | None:
        block = instance.raw.get("properties")
        written_out = isinstance(block, dict)
        if not written_out and block is not None:
            block = self._run.value(instance.raw, "properties", instance.scope)
            if isinstance(block, Unknown):
                self._open(instance, block)
                return None
        properties: dict[str, Any] = block if isinstance(block, dict) else {}
        raw: Any = properties.get("template")
        if isinstance(raw, Absent):
            self._absent(instance, raw)
            return None
        ways = self._template.ways
        own = written_out and isinstance(raw, dict) and instance.type.lower() != STACK
        if isinstance(raw, dict) and not written_out:
            self._run.stand(raw, instance.raw, "properties")
        if not isinstance(raw, dict) and "template" in properties:
            raw = self._run.value(properties, "template", instance.scope)
            if isinstance(raw, Unknown):
                self._open(instance, raw)
                return None
            self._run.stand(raw, properties, "template")
        if not isinstance(raw, dict):
            source = self._linked(instance, properties, "templateLink")
            if source is None or not isinstance(source.value, dict):
                return None
            raw, ways = source.value, (*ways, source.path)
        target = self._inner_target(instance, raw)
        options = properties.get("expressionEvaluationOptions")
        scope = options.get("scope") if isinstance(options, dict) else None
        if own and not (isinstance(scope, str) and scope.lower() == "inner"):
            return Deployment(self._run, raw, self._template, target, instance.scope)
        name = instance.name(self._run)
        key = f"{self._template.key}{written(name) or key_of(name)}:"
        values = self._given(instance, properties, raw)
        template = Template(self._run, raw, target, values, key, name)
        template.ways = ways
        return Deployment(self._run, raw, template, target, template.scope)

    def _absent(self, instance: Instance, absent: Absent) -> None:
        """Say of a template that cannot be read why, where there is something to say."""
        if absent.message:
            place = self._run.places.written(instance.holder, instance.key)
            self._run.report(absent.code, absent.message, place, reason=absent.reason)

    def _open(self, instance: Instance, template: Unknown) -> None:
        """Say of a template that nobody knows that it is not read."""
        place = self._run.places.written(instance.holder, instance.key)
        message = f"the template of a nested deployment is not known: {template.reason}"
        self._run.report("open-template", message, place, reason="unresolved")

    def _given(self, instance: Instance, properties: dict[str, Any], raw: dict[str, Any]) -> dict[str, Given]:
        """What a nested deployment gives the parameters of its template, itself or by a file."""
        if "parametersLink" not in properties:
            return given(self._run, self._template, properties, raw, instance.scope)
        source = self._linked(instance, properties, "parametersLink")
        if source is not None:
            return parameters.given(source, self._run)
        declared = raw.get("parameters")
        return unknown(declared, f"{self._template.key}link") if isinstance(declared, dict) else {}

    def _linked(self, instance: Instance, properties: dict[str, Any], what: str) -> Source | None:
        """The file that a deployment links to; where it is not here, that is said."""
        run, ways = self._run, self._template.ways
        link = run.value(properties, what, instance.scope)
        source = run.links.follow(link, ways[-1]) if run.links is not None else None
        if source is None:
            kind = "template" if what == "templateLink" else "parameters"
            verb = "is" if kind == "template" else "are"
            message = f"the {kind} of a nested deployment {verb} not in the files that were read"
            place = run.places.written(instance.holder, instance.key)
            run.report("linked-template", message, place, reason="unresolved")
        elif source.path in ways or len(ways) > _MOST_LINKS:
            circle = source.path in ways
            message = "a template that links to itself" if circle else f"more than {_MOST_LINKS} links"
            place = run.places.written(instance.holder, instance.key)
            run.report("recursive", message, place, reason="failed")
            return None
        else:
            run.include(source)
        return source

    def _inner_target(self, instance: Instance, raw: dict[str, Any]) -> Target:
        run, own, level = self._run, self._target, level_of(raw)
        subscription, group = own.subscription, own.resource_group
        if "subscriptionId" in instance.raw:
            subscription = run.value(instance.raw, "subscriptionId", instance.scope)
        if "resourceGroup" in instance.raw:
            group = run.value(instance.raw, "resourceGroup", instance.scope)
            level = "resourceGroup"
        return Target(level=level, subscription=subscription, resource_group=group)

    def referenced(self, wanted: Any) -> Any:
        """The outputs of a nested deployment; what another resource is named by; None for neither."""
        text = written(wanted)
        instance = self._find(text) if text else None
        if instance is None:
            return None
        if instance.type.lower() in NESTED:
            nested = self._nested(instance)
            if nested is not None:
                name = written(instance.name(self._run)) or ""
                return reference_to(nested.outputs(), f"{self._template.key}{name}")
        key = key_of(self._identifier(instance))
        return Declared(f"reference({key})", lambda path: self._set(instance, path))

    def _set(self, instance: Instance, path: tuple[str, ...]) -> Any:
        """What the block of a resource sets at a path, where that is a plain value; else None."""
        asked = (id(instance), path)
        if asked not in self._states:
            # What depends on itself is not decided.
            self._states[asked] = None
            self._states[asked] = self._plain(instance, path)
        return self._states[asked]

    def _plain(self, instance: Instance, path: tuple[str, ...]) -> Any:
        holder: Any = instance.raw
        for depth, name in enumerate(path):
            key = spelled(holder, name) if isinstance(holder, dict) else None
            if key is None or (depth == 0 and key in CONTROL):
                return None
            if depth == len(path) - 1:
                value = self._run.value(holder, key, instance.scope)
                return value if isinstance(value, (str, int, Text)) else None
            holder = holder[key]
        return None

    def outputs(self) -> Template:
        """The template whose outputs are its own."""
        if self._raw is self._template.raw:
            return self._template
        return _Outer(self._run, self._raw, self._template, self._scope)

    def info(self, name: str, turn: Symbol | None = None) -> Any:
        """Id, name, type and version of a resource, by its symbolic name; None for one it does not know."""
        instance = self._find(name) if turn is None else self._gatherer.turn(self._raw, name, turn)
        if instance is None:
            return None
        return {
            "id": self._identifier(instance),
            "name": instance.name(self._run),
            "type": instance.type,
            "apiVersion": instance.raw.get("apiVersion"),
        }

    def _find(self, wanted: str) -> Instance | None:
        """A resource by its id, its symbolic name, or (a deployment) its name."""
        if self._instances is None and (early := self._gatherer.one(self._raw, wanted)) is not None:
            return early
        if self._symbols is None:
            self._symbols = {}
            for instance in self.instances():
                if instance.symbol is not None:
                    self._symbols.setdefault(instance.symbol.lower(), instance)
        found = self._symbols.get(wanted.lower()) or self._gatherer.chosen(self._raw, wanted)
        # The names of deployments may depend on what a symbol says: they are not asked before they must be.
        return found if found is not None else self._by_name().get(wanted.lower())

    def _by_name(self) -> dict[str, Instance]:
        """The deployments by their ids and names."""
        if self._named is None:
            self._named = {}
            for instance in self.instances():
                if instance.type.lower() in NESTED:
                    for value in (self._identifier(instance), instance.name(self._run)):
                        if (text := written(value)) is not None:
                            self._named.setdefault(text.lower(), instance)
        return self._named


def _guarded(guards: Guards, instance: Instance, condition: Any) -> Guards:
    """The conditions of a resource: those of what it stands in, and its own where it is open."""
    own: list[str] = []
    if not instance.sure:
        own.append(f"turns({id(instance.raw)})")
    if condition is not True:
        if not isinstance(condition, (Symbol, Choice)):
            return None
        own.append(key_of(condition))
    return None if guards is None else guards.union(own)


class _Outer(Template):
    """The outputs of a template without a scope of its own."""

    def __init__(self, run: Run, raw: dict[str, Any], around: Template, scope: Scope) -> None:
        target = Target(
            level=around.level, subscription=around.subscription, resource_group=around.resource_group
        )
        super().__init__(run, raw, target, {}, around.key, around.name)
        self.ways = around.ways
        self.scope = scope
