"""What a restored module exports to files that import it: variables and functions of its template.

They are taken into the template of the importing file under a prefix, with all that they name themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scanner.sources.arm.errors import BadExpression
from scanner.sources.arm.parser import is_expression, parse, unescaped
from scanner.sources.arm.syntax import Call, Leaf, Literal, Member, Node
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.syntax import Declaration

if TYPE_CHECKING:
    from scanner.sources.bicep.linker import Linker

_NAMESPACE = "__bicep"
_EXPORTED_VARIABLES = "__bicep_exported_variables!"
_EXPORTED = "__bicep_export!"


@dataclass(slots=True)
class Exported(Declaration):
    """A statement of a restored module, of which only its template is known."""

    exports: Exports


class Exports:
    """The exports of one restored module, imported by a file; all of it stands where the import does."""

    def __init__(
        self, linker: Linker, template: dict[str, Any], prefix: str, file: BicepFile, start: int
    ) -> None:
        self._linker = linker
        self._variables = _section(template, "variables")
        spaces = template.get("functions")
        self._functions: dict[str, Any] = {}
        for space in spaces if isinstance(spaces, list) else ():
            if isinstance(space, dict) and space.get("namespace") == _NAMESPACE:
                self._functions |= _section(space, "members")
        listed = _section(template, "metadata").get(_EXPORTED_VARIABLES)
        named = listed if isinstance(listed, list) else []
        self._exported = {one.get("name") for one in named if isinstance(one, dict)}
        self._exported |= {name for name, one in self._functions.items() if _is_exported(one)}
        self._prefix = prefix
        self._file = file
        self._start = start

    def find(self, name: str) -> Exported | None:
        """What is exported under a name; None where there is none of it, or nothing that has a value."""
        if name not in self._exported:
            return None
        return Exported(self._start, self._start, name, {}, self)

    def variable(self, name: str) -> str | None:
        """The name in the importing template of a variable; None where there is none."""
        key = f"{self._prefix}{name}"
        variables = self._linker.variables
        if key not in variables:
            if name not in self._variables:
                return None
            variables[key] = None
            variables[key] = self._raw(self._variables[name])
            self._linker.marks.mark_one(variables, key, self._file, self._start)
        return key

    def function(self, name: str) -> str | None:
        """The same for a function, with its namespace."""
        member = self._functions.get(name)
        if not isinstance(member, dict) or not isinstance(member.get("output"), dict):
            return None
        key = f"{self._prefix}{name}"
        functions = self._linker.functions
        if key not in functions:
            output = member["output"]
            functions[key] = made = {**member, "output": {**output, "value": None}}
            made["output"]["value"] = self._raw(output.get("value"))
        return f"{_NAMESPACE}.{key}".lower()

    def _raw(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._raw(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._raw(inner) for inner in value]
        if not isinstance(value, str) or not value.startswith("["):
            return value
        text = value[1:-1]
        if not is_expression(value):
            node: Node = Literal(unescaped(value), value)
        else:
            try:
                node = self._node(parse(value))
            except BadExpression as error:
                node = self._linker.lowering.unknown(self._prefix, f"it cannot be read: {error}", text)
        return Leaf(node, text, self._file, self._start, self._start)

    def _node(self, node: Node) -> Node:
        """An expression with the names of the importing template in place of the module's own."""
        if isinstance(node, Member):
            return Member(self._node(node.base), self._node(node.key), node.text)
        if not isinstance(node, Call):
            return node
        name = _named(node) if node.name == "variables" else None
        if name is not None and (own := self.variable(name)) is not None:
            return replace(node, arguments=(Literal(own, own),))
        called = self._own_function(node.name)
        arguments = tuple(self._node(argument) for argument in node.arguments)
        return Call(called or node.name, arguments, node.text)

    def _own_function(self, called: str) -> str | None:
        space, dot, lower = called.partition(".")
        if not dot or space != _NAMESPACE:
            return None
        return next((self.function(name) for name in self._functions if name.lower() == lower), None)


def _named(call: Call) -> str | None:
    argument = call.arguments[0] if call.arguments else None
    name = argument.value if isinstance(argument, Literal) else None
    return name if isinstance(name, str) else None


def _section(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _is_exported(member: Any) -> bool:
    metadata = member.get("metadata") if isinstance(member, dict) else None
    return isinstance(metadata, dict) and metadata.get(_EXPORTED) is True
