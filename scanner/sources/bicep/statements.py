"""Parses the statements of Bicep files and files of parameters.

Each method begins behind the word that tells the statement, at which ``start`` is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanner.sources.bicep.syntax import (
    Assignment,
    Call,
    Expression,
    For,
    Function,
    If,
    Import,
    Interpolation,
    Literal,
    Module,
    Object,
    Other,
    Output,
    Parameter,
    Resource,
    Statement,
    TypeAlias,
    Using,
    Variable,
)
from scanner.sources.bicep.types import Types


class Statements(Types):
    """Reads statements where the cursor stands."""

    def parameter(self, start: int, decorators: dict[str, Call]) -> Parameter:
        """``param``, behind the word."""
        name = self.name("the name of a parameter")
        kind = self.type()
        default = self._assigned() if self.kind == "=" else None
        return Parameter(start, 0, name, decorators, kind, default)

    def _assigned(self) -> Expression:
        self.expect("=")
        return self.expression()

    def variable(self, start: int, decorators: dict[str, Call]) -> Variable:
        """``var``, behind the word."""
        name = self.name("the name of a variable")
        if self.kind not in ("=", "newline", "end"):
            self.type()
        return Variable(start, 0, name, decorators, self._assigned())

    def output(self, start: int, decorators: dict[str, Call]) -> Output:
        """``output``, behind the word."""
        name = self.name("the name of an output")
        return Output(start, 0, name, decorators, self.type(), self._assigned())

    def resource(self, start: int, decorators: dict[str, Call]) -> Resource:
        """``resource``, behind the word."""
        name = self.name("the name of a resource")
        kind = self.text()
        existing = self.is_word("existing")
        if existing:
            self.next()
        self.expect("=")
        return Resource(start, 0, name, decorators, kind, existing, self._body(of_resource=True))

    def nested_resource(self) -> Resource:
        """A resource in the block of another, from its decorators on.  Raises `BadBicep`."""
        decorators = self.decorators()
        start = self.start
        self.keyword("resource")
        self.deeper()
        resource = self.resource(start, decorators)
        self.depth -= 1
        resource.end = self.last
        return resource

    def module(self, start: int, decorators: dict[str, Call]) -> Module:
        """``module``, behind the word."""
        name = self.name("the name of a module")
        path = self.text()
        self.expect("=")
        return Module(start, 0, name, decorators, path, self._body(of_resource=False))

    def _body(self, *, of_resource: bool) -> Object | If | For:
        if self.kind == "newline" and self.ahead() in ("name", "{", "["):
            self.newlines()
        if self.kind == "[":
            return self.for_(of_resource=of_resource)
        return self.if_(of_resource=of_resource)

    def type_alias(self, start: int, decorators: dict[str, Call]) -> TypeAlias:
        """``type``, behind the word."""
        name = self.name("the name of a type")
        self.expect("=")
        return TypeAlias(start, 0, name, decorators, self.type())

    def function(self, start: int, decorators: dict[str, Call]) -> Function:
        """``func``, behind the word."""
        name = self.name("the name of a function")
        parameters = []
        self.expect("(")
        self.newlines()
        while self.kind != ")":
            parameter = self.name("the name of a parameter")
            parameters.append((parameter, self.type()))
            self.newlines()
            if not self.skip(","):
                break
            self.newlines()
        self.expect(")")
        result = self.type()
        self.expect("=>")
        self.newlines()
        return Function(start, 0, name, decorators, parameters, result, self.expression())

    def import_(self, start: int, decorators: dict[str, Call]) -> Import | Other:
        """``import``, behind the word."""
        if self.kind in ("text", "left"):
            return self.extension(start, decorators)
        symbols: dict[str, str] = {}
        name = ""
        if self.skip("*"):
            self.keyword("as")
            name = self.name("the name of the import")
        else:
            self.expect("{", "'{' or '*'")
            self.newlines()
            while self.kind != "}":
                self._imported(symbols)
                self.separator("}")
            self.next()
        self.keyword("from")
        return Import(start, 0, name, decorators, symbols, self.text())

    def _imported(self, symbols: dict[str, str]) -> None:
        original = str(self.text().value) if self.kind == "text" else self.any_name("a name")  # type: ignore[union-attr]
        own = original
        if self.is_word("as"):
            self.next()
            own = self.name("a name")
        symbols[own] = original

    def extension(self, start: int, decorators: dict[str, Call]) -> Other:
        """``extension`` and what came before it, behind the word."""
        name = ""
        if self.kind == "name":
            name = self.name()
        else:
            self.text()
        if self.is_word("with"):
            self.next()
            self.object()
        if self.is_word("as"):
            self.next()
            name = self.name("the name of the extension")
        return Other(start, 0, name, decorators, "extension")

    def target_scope(self, start: int, decorators: dict[str, Call]) -> Other:
        """``targetScope``, behind the word."""
        return Other(start, 0, "", decorators, "targetScope", self._assigned())

    def metadata(self, start: int, decorators: dict[str, Call]) -> Other:
        """``metadata``, behind the word."""
        name = self.name("the name of the metadata")
        return Other(start, 0, name, decorators, "metadata", self._assigned())

    def assert_(self, start: int, decorators: dict[str, Call]) -> Other:
        """``assert``, behind the word."""
        name = self.name("the name of the assertion")
        return Other(start, 0, name, decorators, "assert", self._assigned())

    def test(self, start: int, decorators: dict[str, Call]) -> Other:
        """``test``, behind the word."""
        name = self.name("the name of the test")
        self.text()
        self.expect("=")
        self.object()
        return Other(start, 0, name, decorators, "test")

    def using(self, start: int, decorators: dict[str, Call]) -> Using:
        """``using``, behind the word."""
        path: Literal | Interpolation | None = None
        if self.is_word("none"):
            self.next()
        else:
            path = self.text()
        if self.is_word("with"):
            self.next()
            self.object()
        return Using(start, 0, "using", decorators, path)

    def extends(self, start: int, decorators: dict[str, Call]) -> Using:
        """``extends``, behind the word."""
        return Using(start, 0, "extends", decorators, self.text())

    def assignment(self, start: int, decorators: dict[str, Call]) -> Assignment:
        """``param`` in a file of parameters, behind the word."""
        name = self.name("the name of a parameter")
        return Assignment(start, 0, name, decorators, self._assigned())


Read = Callable[[Statements, int, dict[str, Call]], Statement]

OF_TEMPLATES: Mapping[str, Read] = {
    "targetScope": Statements.target_scope,
    "metadata": Statements.metadata,
    "param": Statements.parameter,
    "var": Statements.variable,
    "resource": Statements.resource,
    "module": Statements.module,
    "output": Statements.output,
    "type": Statements.type_alias,
    "func": Statements.function,
    "import": Statements.import_,
    "extension": Statements.extension,
    "provider": Statements.extension,
    "assert": Statements.assert_,
    "test": Statements.test,
}
OF_PARAMETERS: Mapping[str, Read] = {
    "using": Statements.using,
    "extends": Statements.extends,
    "param": Statements.assignment,
    "var": Statements.variable,
    "import": Statements.import_,
    "extension": Statements.extension,
    "extensionConfig": Statements.extension,
    "type": Statements.type_alias,
    "func": Statements.function,
}
