"""What the expression engine needs to know of a function that policies may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from types import ModuleType
from typing import Any, TypeVar

from scanner.records import dataclass

Callee = TypeVar("Callee", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Function:
    """One function that policies may call, under the name it has in Python.

    ``arguments`` holds, for each positional argument, the JMESPath types it accepts out of any,
    string, number, boolean, array, object, null and expref; ``optional`` is how many of the last
    ones may be left out.  Where an argument is null the caller answers null without a call, unless
    ``nulls`` says that the function wants to see it; and where an argument is not known the answer
    is not known, unless ``partials`` says that the function decides that itself.  ``call`` takes the
    arguments by position; it raises `scanner.values.Touched` where an unknown value matters, and
    nothing else.  What it returns may be shared: nobody writes into it.  ``schema`` is the JSON Schema of
    an object or list that it returns, whose ``$ref`` may point into ``$defs`` of the hub's schema: what
    policies ask of it is checked against that when they load.  ``words`` are all that the argument at
    some position may say, whatever the case.  ``method`` is the method of a text that does the same.

    A function of a hub alone may say that its list is made item by item: ``spread`` gives the items
    that it makes of one member of the list that the function ``base[0]`` gives for the hub and the
    texts of ``base[1:]``.  Such an item rests on what the member has at the path ``core`` alone, but for its
    fields in ``shown``, each of which is what the member has at a path; an empty path stands for the member.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[tuple[str, ...], ...]
    optional: int = 0
    returns: str = "any"
    nulls: bool = False
    partials: bool = False
    base: tuple[str, ...] = ()
    spread: Callable[[Any], list[Any]] | None = None
    core: tuple[str, ...] = ()
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    words: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    method: str = ""

    @property
    def doc(self) -> str:
        """What the documentation says of it."""
        return inspect.getdoc(self.call) or ""


def function(*arguments: str, returns: str, **traits: Any) -> Callable[[Callee], Callee]:
    """Offer the decorated function to policies; it stays the plain function that it is.

    Each of ``arguments`` and ``returns`` is a JMESPath type, or several joined by ``|``; ``traits`` are
    the other fields of `Function`.
    """

    def attach(callee: Callee) -> Callee:
        vars(callee)["entry"] = Function(
            name=callee.__name__,
            call=callee,
            arguments=tuple(tuple(types.split("|")) for types in arguments),
            returns=returns,
            **traits,
        )
        return callee

    return attach


def record(**types: str | Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with just these fields: each is JSON types joined by ``|``, or a schema."""
    properties = {
        name: {"type": kind.split("|")} if isinstance(kind, str) else kind for name, kind in types.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def listed(member: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list whose members have a schema."""
    return {"type": "array", "items": member}


def entries(module: ModuleType) -> Iterable[Function]:
    """The functions that a module offers, in the order in which it defines them."""
    for value in vars(module).values():
        entry = getattr(value, "entry", None)
        if isinstance(entry, Function) and entry.call.__module__ == module.__name__:
            yield entry
