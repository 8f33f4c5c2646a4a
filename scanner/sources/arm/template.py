"""One template as it is deployed: its parameters, variables, functions, resources and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from scanner.model import Place
from scanner.places import Key
from scanner.records import dataclass
from scanner.sources.arm import origins, twins
from scanner.sources.arm.blocks import Target
from scanner.sources.arm.combine import not_null
from scanner.sources.arm.constraints import narrowed, refused
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.openness import may_be_null
from scanner.sources.arm.run import Run
from scanner.sources.arm.scope import OwnFunction, Reference, Scope
from scanner.sources.arm.syntax import Node
from scanner.sources.arm.types import BASE, Filled, base_type, fits
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import noun
from scanner.values import Partial, Unknown


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a parameter is given: what it is, and where it is written.

    ``frame`` is the template whose expressions it is written in, None for a parameter file.
    """

    value: Callable[[], Any]
    holder: Any
    key: Key
    frame: Template | None = None


class Known(Protocol):
    """The resources that a template can refer to."""

    def referenced(self, wanted: Any) -> Any:
        """What ``reference()`` gives for an id or a name; None for what it does not know."""
        ...

    def info(self, name: str, turn: Symbol | None = None) -> Any:
        """``id``, ``name``, ``type`` and ``apiVersion`` by symbolic name; None for what it does not know."""
        ...


class Template:
    """A template and the values of its parameters.  Everything is evaluated when it is asked for, once.

    ``ways`` are the files that lead to it, each linking to the next: it stands in the last one.
    """

    def __init__(
        self, run: Run, raw: dict[str, Any], target: Target, given: Mapping[str, Given], key: str, name: Any
    ) -> None:
        self.run = run
        self.raw = raw
        self.key = key
        self.name = name
        self.ways: tuple[str, ...] = (run.template.path,)
        self.level = target.level
        self.subscription = target.subscription
        self.resource_group = target.resource_group
        self.group: dict[str, Any] | None = None
        self.scope = Scope(self, run.budget)
        self.given = {parameter.lower(): value for parameter, value in given.items()}
        self._parameters: dict[str, Any] = {}
        self._variables: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._open: dict[tuple[str, str], None] = {}
        self._fresh: dict[str, int] = {}
        self._functions: dict[str, OwnFunction] | None = None
        self._called: set[int] = set()
        self.deployments: list[Known] = []

    def parameter(self, name: str) -> Any:
        """The value of a parameter.  Raises `Failure` where there is none of that name."""
        declared, own = self.declared("parameters", name)
        if own is None:
            raise Failure(f"the template has no parameter '{name}'")
        return self._once(self._parameters, "parameter", own, lambda: self._parameter(declared, own))

    def variable(self, name: str) -> Any:
        """The value of a variable.  Raises `Failure` where there is none of that name."""
        declared, own = self.declared("variables", name)
        if own is not None and own.lower() != "copy":
            return self._once(self._variables, "variable", own, lambda: self._variable(declared, own))
        loops = declared.get("copy") if isinstance(declared, dict) else None
        for loop in loops if isinstance(loops, list) else ():
            if isinstance(loop, dict) and str(loop.get("name")).lower() == name.lower():
                return self._looped(loop, str(loop["name"]))
        raise Failure(f"the template has no variable '{name}'")

    def _variable(self, declared: dict[str, Any], name: str) -> Any:
        twice = twins.differ(self.run, declared, name)
        return self.run.value(declared, name, self.scope) if twice is None else twice

    def _looped(self, loop: dict[str, Any], name: str) -> Any:
        return self._once(self._variables, "variable", name, lambda: self.run.looped(loop, name, self.scope))

    def function(self, name: str) -> OwnFunction | None:
        """A user's own function, by its namespace and name in lower case."""
        if self._functions is None:
            self._functions = dict(self._own_functions())
        return self._functions.get(name)

    def output(self, name: str) -> Any:
        """The value of an output."""
        declared, own = self.declared("outputs", name)
        if own is None or not isinstance(declared[own], dict):
            return Unknown(f"the template has no output '{name}'")
        return self._once(self._outputs, "output", own, lambda: self._output(declared[own], own))

    def referenced(self, target: Any) -> Any:
        """What ``reference()`` gives for an id, a name or a symbolic name; None where nobody knows."""
        found = (deployment.referenced(target) for deployment in reversed(self.deployments))
        return next((value for value in found if value is not None), None)

    def resource_info(self, name: str, turn: Symbol | None = None) -> Any:
        """``id``, ``name``, ``type`` and ``apiVersion`` of a resource, by its symbolic name."""
        found = (deployment.info(name, turn) for deployment in reversed(self.deployments))
        return next((value for value in found if value is not None), None)

    def note(self, code: str, message: str, once: str | None) -> None:
        """Tell people of something odd."""
        self.run.note(code, message, once)

    def inline(self, raw: Any, scope: Scope) -> Any:
        """The value of an object or list that is written out in an expression."""
        return self.run.render(raw, None, None, scope)

    def merged(self, made: Any, parts: Any) -> None:
        """Keep of which objects another one was made, the later ones counting more."""
        if isinstance(parts, list):
            self.run.places.merged(made, parts)

    def fresh(self, what: str) -> str:
        """A key that no other value has: by the parameter or variable that is evaluated now."""
        inside = next((f"{kind} '{name}'" for kind, name in reversed(self._open)), "")
        key = f"{self.key}{what}({inside})"
        self.run.asides += 1
        self._fresh[key] = count = self._fresh.get(key, 0) + 1
        return key if count == 1 else f"{key} {count}"

    def origin(self, expression: str | Node, *, near: bool = False) -> Place | None:
        """The place where the value of an expression was written: its first parameter or variable.

        ``near`` asks for the first place on the way there that people edit.
        """
        try:
            return origins.origin(self, expression, near=near)
        except RecursionError:
            return None

    def _once(self, values: dict[str, Any], what: str, name: str, find: Callable[[], Any]) -> Any:
        if name in values:
            return values[name]
        if (what, name) in self._open:
            self.run.note(
                "recursive", f"the {what} '{name}' depends on itself", f"{self.key}{name}", reason="failed"
            )
            return Symbol(f"{self.key}{what}s('{name}')", f"the {what} '{name}' depends on itself")
        self._open[what, name] = None
        try:
            values[name] = find()
        finally:
            self._open.pop((what, name), None)
        return values[name]

    def declared(self, section: str, name: str) -> tuple[Any, str | None]:
        """A section of the template, and its key that a name means; None where it has none."""
        declared = self.raw.get(section)
        return (declared, spelled(declared, name)) if isinstance(declared, dict) else ({}, None)

    def _parameter(self, declared: dict[str, Any], name: str) -> Any:
        declaration = declared[name] if isinstance(declared[name], dict) else {}
        kind, nullable = base_type(declaration, self.raw.get("definitions"))
        key = f"{self.key}parameters('{name}')"
        twice = twins.differ(self.run, declared, name)
        if twice is not None:
            return Symbol(key, twice.reason, text=f"parameters('{name}')")
        if kind in ("securestring", "secureobject"):
            return Symbol(key, f"the parameter '{name}' is secure", text=f"parameters('{name}')")
        given = self.given.get(name.lower())
        value = given.value() if given is not None else None
        if type(value) is Filled:
            value = value.as_a(kind)
            given = None if value is None else given
        if "defaultValue" in declaration and may_be_null(value):
            # A null that is handed on, as modules do, means: as if nothing were given.
            value = not_null(value, self.run.value(declaration, "defaultValue", self.scope))
        elif given is None and not nullable:
            value = Symbol(key, f"the parameter '{name}' has no value", text=f"parameters('{name}')")
        if value is None and (nullable or "defaultValue" in declaration):
            return None
        wrong = self._wrong(value, kind, declaration)
        if wrong is not None:
            code, what = wrong
            message = f"the parameter '{name}' is {what}"
            place = origins.written(self, "parameters", name)
            self.run.report(code, message, place, reason="failed")
            return Symbol(key, message)
        return value if nullable else narrowed(value, declaration, self.raw.get("definitions"))

    def _wrong(self, value: Any, kind: str | None, declaration: dict[str, Any]) -> tuple[str, str] | None:
        """Why Azure refuses the value of a parameter: the code of a problem, and the end of a sentence."""
        if kind is not None and not fits(value, kind):
            return (
                "wrong-type",
                f"{'a text' if isinstance(value, Partial) else noun(value)}, not {BASE[kind]}",
            )
        what = refused(value, declaration, self.raw.get("definitions"))
        return None if what is None else ("not-allowed", what)

    def _output(self, declaration: dict[str, Any], name: str) -> Any:
        kind, _ = base_type(declaration, self.raw.get("definitions"))
        if kind in ("securestring", "secureobject"):
            return Symbol(f"{self.key}outputs('{name}')", f"the output '{name}' is secure")
        loop = declaration.get("copy")
        if isinstance(loop, dict):
            return self.run.looped(loop, name, self.scope)
        if "value" not in declaration:
            return Unknown(f"the output '{name}' has no value")
        return self.run.value(declaration, "value", self.scope)

    def _own_functions(self) -> Iterator[tuple[str, OwnFunction]]:
        spaces = self.raw.get("functions")
        for space in spaces if isinstance(spaces, list) else ():
            members = space.get("members") if isinstance(space, dict) else None
            for name, member in members.items() if isinstance(members, dict) else ():
                if isinstance(member, dict) and isinstance(member.get("output"), dict):
                    yield f"{space.get('namespace')}.{name}".lower(), self._own_function(member)

    def _own_function(self, member: dict[str, Any]) -> OwnFunction:
        parameters = member.get("parameters")
        names = tuple(
            str(parameter.get("name"))
            for parameter in (parameters if isinstance(parameters, list) else ())
            if isinstance(parameter, dict)
        )

        def call(arguments: dict[str, Any]) -> Any:
            if id(member) in self._called:
                self.run.note(
                    "recursive", "a function that calls itself", f"{self.key}{id(member)}", reason="failed"
                )
                raise Failure("a function that calls itself")
            self._called.add(id(member))
            try:
                return self.run.value(member["output"], "value", self.scope.of_function(arguments))
            finally:
                self._called.discard(id(member))

        return names, call


def reference_to(template: Template, key: str) -> Reference:
    """The state of the deployment of a template."""
    return Reference(f"reference({key})", template.output)
