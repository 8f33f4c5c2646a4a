"""What names mean where an expression stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Protocol

from scanner.model import Place
from scanner.records import dataclass
from scanner.sources.arm.errors import Failure, Spent
from scanner.sources.arm.syntax import Node
from scanner.sources.code.symbols import Symbol
from scanner.values import Unknown

MOST_WORK = 500_000
"""Calls, copies and characters that one deployment may take: a bound for templates that grow by squares."""


@dataclass(slots=True)
class Budget:
    """What work is left for one deployment."""

    left: int = MOST_WORK

    def spend(self, count: int) -> None:
        """Take some of it.  Raises `Spent`."""
        self.left -= count
        if self.left < 0:
            raise Spent


OwnFunction = tuple[tuple[str, ...], Callable[[dict[str, Any]], Any]]
"""A user's own function: the names of its parameters, and what it does."""


class Frame(Protocol):
    """One template as it is deployed: what its expressions may ask for by name.

    ``key`` tells it from other templates of the same deployment; ``level`` is ``resourceGroup``,
    ``subscription``, ``managementGroup`` or ``tenant``; ``group`` keeps what ``resourceGroup()`` gives.
    """

    key: str
    level: str
    subscription: Any
    resource_group: Any
    name: Any
    group: dict[str, Any] | None

    def parameter(self, name: str) -> Any:
        """The value of a parameter."""
        ...

    def variable(self, name: str) -> Any:
        """The value of a variable."""
        ...

    def function(self, name: str) -> OwnFunction | None:
        """A user's own function; None where there is none of that name."""
        ...

    def referenced(self, target: Any) -> Any:
        """What ``reference()`` gives for an id, a name or a symbolic name."""
        ...

    def resource_info(self, name: str, turn: Symbol | None = None) -> Any:
        """``id``, ``name``, ``type`` and ``apiVersion`` of a resource, by its symbolic name.

        ``turn`` is that of its loop where it is not known.
        """
        ...

    def fresh(self, what: str) -> str:
        """A key that no other value has: the same in every run, whatever else the template holds."""
        ...

    def note(self, code: str, message: str, once: str | None) -> None:
        """Tell people of something odd; once for all things of a name."""
        ...

    def inline(self, raw: Any, scope: Scope) -> Any:
        """The value of an object or list that is written out in an expression."""
        ...

    def merged(self, made: Any, parts: Any) -> None:
        """Keep of which objects another one was made, the later ones counting more."""
        ...

    def origin(self, expression: str | Node, *, near: bool = False) -> Place | None:
        """The place where the value of an expression was written: its first parameter or variable.

        ``near`` asks for the first place on the way there that people edit.
        """
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: in which template, in which turn of which loops, in which lambdas.

    ``loops`` maps the names of copy loops, in lower case, to the turn; ``loop`` is that of the innermost
    one, None outside of any.  A turn is a number, or an `Unknown` where nobody knows how many there are.
    """

    frame: Frame
    budget: Budget
    loops: Mapping[str, Any] = field(default_factory=dict)
    loop: Any = None
    lambdas: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] | None = None

    @property
    def is_inner(self) -> bool:
        """Whether names mean something else in it than in the whole template."""
        return bool(self.loops or self.lambdas) or self.parameters is not None

    def spend(self, count: int) -> None:
        """Take from the budget.  Raises `Spent`."""
        self.budget.spend(count)

    def note(self, code: str, message: str, *, once: str | None = None) -> None:
        """Tell people of something odd; once for all things of a name."""
        self.frame.note(code, message, once)

    def parameter(self, name: str) -> Any:
        """The value of a parameter: of the template, or of the user's own function around."""
        if self.parameters is None:
            return self.frame.parameter(name)
        lower = name.lower()
        for own, value in self.parameters.items():
            if own.lower() == lower:
                return value
        raise Failure(f"the function has no parameter '{name}'")

    def looping(self, name: str, turn: Any) -> Scope:
        """The scope of one turn of a copy loop."""
        loops = {**self.loops, name.lower(): turn}
        return Scope(self.frame, self.budget, loops, turn, self.lambdas, self.parameters)

    def within(self, variables: Mapping[str, Any]) -> Scope:
        """The scope of the body of a lambda."""
        lambdas = {**self.lambdas, **{name.lower(): value for name, value in variables.items()}}
        return Scope(self.frame, self.budget, self.loops, self.loop, lambdas, self.parameters)

    def of_function(self, parameters: Mapping[str, Any]) -> Scope:
        """The scope of the output of a user's own function."""
        return Scope(self.frame, self.budget, parameters=parameters)


@dataclass(frozen=True, slots=True)
class Lambda:
    """A lambda expression: the names of its variables, its body, and where it stands."""

    names: tuple[str, ...]
    body: Node
    scope: Scope


class State(Symbol):
    """What ``reference()`` gives: it is known only when it is deployed, but for what the code tells."""

    __slots__ = ()

    def follow(self, name: Any, text: str) -> Any:
        """A member of it."""
        raise NotImplementedError


class Declared(State):
    """The run-time state of a resource, of which its block tells what it sets itself.

    ``look`` gives the value at a path of names, None for what the block does not decide.
    """

    __slots__ = ("_look", "_path")

    def __init__(self, key: str, look: Callable[[tuple[str, ...]], Any], path: tuple[str, ...] = ()) -> None:
        super().__init__(key, "reference() is known only when it is deployed")
        self._look = look
        self._path = path

    def follow(self, name: Any, text: str) -> Any:
        """A member of it: what the block sets, or a state again where it sets members of that."""
        if isinstance(name, Unknown) or not isinstance(name, str):
            return Symbol(f"{self.key}[{name!r}]", self.reason, text=text)
        path = (*self._path, name)
        found = self._look(path)
        return found if found is not None else Declared(f"{self.key}.{name}", self._look, path)


class Reference(State):
    """The run-time state of a nested deployment, whose outputs its template tells."""

    __slots__ = ("_output", "_path")

    def __init__(self, key: str, output: Callable[[str], Any], path: tuple[str, ...] = ()) -> None:
        super().__init__(key, "the state of a deployment is known only when it is deployed")
        self._output = output
        self._path = path

    def follow(self, name: Any, text: str) -> Any:
        """A member of it: ``.outputs.NAME.value`` is what the nested template gives."""
        if isinstance(name, Unknown) or not isinstance(name, str):
            return Symbol(f"{self.key}[{name!r}]", self.reason, text=text)
        path = self._path if name.lower() == "properties" and not self._path else (*self._path, name.lower())
        key = f"{self.key}.{name}"
        if path and path[0] == "outputs":
            if len(path) < 3:
                return Reference(key, self._output, path)
            if path[2] == "value":
                return self._output(path[1])
        return Symbol(key, self.reason, text=text)
