"""Makes one template of a Bicep file: its own names, and what it imports from other files.

Variables and functions are taken in when the first expression names them: those of another file under a
prefix, as the compiler does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.sources.arm.syntax import Call, Literal, Node
from scanner.sources.bicep import contents, registry, syntax
from scanner.sources.bicep.exports import Exported, Exports
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.lowering import Lowering
from scanner.sources.bicep.names import Names, Target, apart, block
from scanner.sources.bicep.project import Project, Unreadable

_SPACE = "__bicep"
_DEEPEST_IMPORTS = 20

_Found = tuple[syntax.Statement | Exported, Names]
"""A statement, and what names mean in its file."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something odd in a file; ``reason`` is that of its gap."""

    code: str
    message: str
    file: BicepFile
    offset: int
    reason: str


@dataclass(slots=True)
class Template:
    """The template of a file.

    ``calls`` are the templates of its modules, ``texts`` the paths of those that are JSON.
    """

    file: BicepFile
    raw: dict[str, Any]
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[Template] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class Linker:
    """Finds what names mean in one file, and fills the template that is made of it."""

    def __init__(self, project: Project, file: BicepFile) -> None:
        self.project = project
        self.marks = project.marks
        self.names = Names(file)
        self.lowering = Lowering(self)
        self.variables: dict[str, Any] = {}
        self.functions: dict[str, Any] = {}
        functions = [{"namespace": _SPACE, "members": self.functions}]
        self.template = Template(
            file, {"languageVersion": "2.0", "variables": self.variables, "functions": functions}
        )
        self.aliases: dict[int, dict[str, Any]] = {}
        self._prefixes: dict[str, str] = {file.location: ""}
        self._exports: dict[str, Exports | None] = {}
        self._alike: dict[str, list[str]] = {}
        for name in file.names:
            self._alike.setdefault(name.lower(), []).append(name)
        self._noted: set[tuple[str, int]] = set()

    def problem(self, code: str, message: str, file: BicepFile, offset: int, reason: str = "failed") -> None:
        """Tell people of something odd in a file; once for a place."""
        if (code, offset) not in self._noted:
            self._noted.add((code, offset))
            self.template.troubles.append(Trouble(code, message, file, offset, reason))

    def named(self, name: str, names: Names, text: str) -> Node:
        """The value of a name that is no resource and nothing local."""
        found = self.find(name, names)
        if found is not None:
            node = self.value(*found, text)
            if node is not None:
                return node
        why = "cannot be read" if name in names.file.tree.broken else "is not declared"
        return self.lowering.unknown(f"{names.prefix}{name}", f"'{name}' {why}", text)

    def value(self, statement: syntax.Statement | Exported, names: Names, text: str) -> Node | None:
        """The value of a parameter or variable; None for any other statement."""
        if isinstance(statement, syntax.Parameter):
            name = statement.name
            return Call("parameters", (Literal(name, name),), text) if not names.prefix else None
        if isinstance(statement, Exported):
            own = statement.exports.variable(statement.name)
            return Call("variables", (Literal(own, own),), text) if own is not None else None
        if not isinstance(statement, (syntax.Variable, syntax.Assignment)):
            return None
        key = f"{names.prefix}{statement.name}"
        if key not in self.variables:
            self.variables[key] = None
            self.variables[key] = made = self.lowering.raw(statement.value, names)
            self.marks.mark_one(self.variables, key, names.file, statement.start)
            if isinstance(made, (dict, list)):
                self.marks.begin(made, statement.start)
        return Call("variables", (Literal(key, key),), text)

    def find(self, name: str, names: Names, depth: int = 0, *, quiet: bool = False) -> _Found | None:
        """The statement that a name means: one of the file, or of a file that it imports it from.

        ``quiet`` is for types: where those are not known, values are not held to them.
        """
        statement = names.file.names.get(name)
        if statement is None:
            statement = next(
                (
                    each
                    for each in names.file.declared(syntax.Import)
                    if isinstance(each, syntax.Import) and name in each.symbols
                ),
                None,
            )
            if statement is None:
                return None
        if not isinstance(statement, syntax.Import):
            return statement, names.outside
        original = statement.symbols.get(name)
        if original is None or depth >= _DEEPEST_IMPORTS:
            return None
        return self._in(statement, original, names, depth + 1, quiet=quiet)

    def _in(
        self, statement: syntax.Import, name: str, names: Names, depth: int, *, quiet: bool
    ) -> _Found | None:
        """The statement of a name in the file of an import, or in the restored module that it names."""
        exports = self._restored(statement, names)
        if exports is not None:
            found = exports.find(name)
            return (found, names.outside) if found is not None else None
        other = self._file(statement, names, quiet=quiet)
        return self.find(name, other, depth, quiet=quiet) if other is not None else None

    def member(self, space: str, name: str, names: Names, *, quiet: bool = False) -> _Found | None:
        """A statement of a file that is imported as a whole; None where the name is no such import."""
        if space in names.local:
            return None
        statement = names.file.names.get(space)
        if not isinstance(statement, syntax.Import) or statement.symbols:
            return None
        return self._in(statement, name, names, 0, quiet=quiet)

    def imported(self, space: str, name: str, names: Names, text: str) -> Node | None:
        """The value of a member of an import; None where it is no import."""
        statement = names.file.names.get(space)
        if space == "base" and statement is None and space not in names.local:
            return self._of_base(name, names, text)
        if space in names.local or not isinstance(statement, syntax.Import) or statement.symbols:
            return None
        found = self.member(space, name, names)
        node = self.value(*found, text) if found is not None else None
        return node or self.lowering.unknown(f"{space}.{name}", f"'{name}' is not in what is imported", text)

    def _of_base(self, name: str, names: Names, text: str) -> Node | None:
        """A parameter of the file that a file of parameters extends: ``base.name``."""
        base = self.extended(names)
        for _ in range(_DEEPEST_IMPORTS):
            if base is None:
                return None
            statement = base.file.names.get(name)
            if isinstance(statement, syntax.Assignment):
                return self.value(statement, base, text)
            base = self.extended(base)
        return None

    def function(self, name: str, names: Names) -> str | None:
        """The name in the template of a user's own function; None where there is none of that name."""
        found = self.find(name, names)
        return self._function(*found) if found is not None else None

    def imported_function(self, space: str, name: str, names: Names) -> str | None:
        """The same for a function of a file that is imported as a whole."""
        found = self.member(space, name, names)
        return self._function(*found) if found is not None else None

    def _function(self, statement: syntax.Statement | Exported, names: Names) -> str | None:
        if isinstance(statement, Exported):
            return statement.exports.function(statement.name)
        if not isinstance(statement, syntax.Function):
            return None
        name = f"{names.prefix}{apart(statement.name, names.file.names)}"
        if name not in self.functions:
            output: dict[str, Any] = {}
            parameters = [{"name": parameter} for parameter, _ in statement.parameters]
            self.functions[name] = {"parameters": parameters, "output": output}
            local: dict[str, Node | Target] = {
                parameter: Call("parameters", (Literal(parameter, parameter),), parameter)
                for parameter, _ in statement.parameters
            }
            output["value"] = self.lowering.raw(statement.body, names.within(local))
            self.marks.mark(output, names.file, {None: statement.start, "value": statement.body.start})
        return f"{_SPACE}.{name}".lower()

    def target(self, name: str, names: Names) -> Target | None:
        """The resource or module of a name; None where it means something else."""
        statement = names.file.names.get(name)
        if names.prefix or not isinstance(statement, (syntax.Resource, syntax.Module)):
            return None
        whole = isinstance(statement.body, syntax.For)
        key = apart(name, self._alike.get(name.lower(), ()))
        return Target(statement, key, Literal(key, name), names.outside, whole)

    def nested(self, parent: Target, name: str) -> Target | None:
        """A resource in the block of another."""
        inner = block(parent.declaration)
        for resource in inner.resources if inner is not None else ():
            if resource.name == name:
                return inside(parent, resource)
        return None

    def special(self, call: syntax.Call, names: Names, text: str) -> Node | None:
        """A function that is no function of templates; None for one that is."""
        return contents.special(self, call, names, text)

    def extended(self, names: Names) -> Names | None:
        """What names mean in the file of parameters that another one extends."""
        for statement in names.file.declared(syntax.Using):
            if statement.name == "extends" and isinstance(statement, syntax.Using):
                return self._file(statement, names)
        return None

    def _restored(self, statement: syntax.Import, names: Names) -> Exports | None:
        """What a module of a registry exports; None for a file, and for a module that is not at hand."""
        path = statement.path
        if not isinstance(path, syntax.Literal) or ":" not in str(path.value):
            return None
        written = str(path.value)
        if written not in self._exports:
            self._exports[written] = None
            reference = registry.parse(written, self.project.aliases(names.file))
            place = names.file.at(statement.start)
            found = self.project.restored(names.file, reference, place) if reference is not None else None
            if found is not None:
                prefix = self._prefixes.setdefault(written, f"_{len(self._prefixes)}.")
                self._exports[written] = Exports(self, found, prefix, names.file, statement.start)
        return self._exports[written]

    def _file(
        self, statement: syntax.Import | syntax.Using, names: Names, *, quiet: bool = False
    ) -> Names | None:
        """What names mean in the file of an import; None where it cannot be read."""
        path = statement.path
        if not isinstance(path, syntax.Literal) or ":" in str(path.value):
            message = f"what is imported from '{getattr(path, 'value', '…')}' is not read"
            if not quiet:
                self.problem("import", message, names.file, statement.start, "unresolved")
            return None
        try:
            file = self.project.bicep(names.file, str(path.value))
        except Unreadable as error:
            self.problem("import", f"an import: {error}", names.file, path.start)
            return None
        prefix = self._prefixes.setdefault(file.location, f"_{len(self._prefixes)}.")
        return Names(file, prefix)


def inside(parent: Target, resource: syntax.Resource) -> Target:
    """A resource in the block of another, as a target."""
    key = f"{parent.key}::{resource.name}"
    whole = isinstance(resource.body, syntax.For)
    return Target(resource, key, Literal(key, key), parent.names, whole)
