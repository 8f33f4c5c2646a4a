"""What the expression engine needs to know of a function that policies may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

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
    nothing else.  What it returns may be shared: nobody writes into it.

    A function of a hub alone may say that its list is made item by item: ``spread`` gives the items
    that it makes of one member of the list that the function ``base[0]`` gives for the hub and the
    texts of ``base[1:]``.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[tuple[str, ...], ...]
    optional: int = 0
    returns: str = "any"
    nulls: bool = False
    partials: bool = False
    doc: str = ""
    base: tuple[str, ...] = ()
    spread: Callable[[Any], list[Any]] | None = None


def function(
    *arguments: str,
    returns: str,
    optional: int = 0,
    nulls: bool = False,
    partials: bool = False,
    base: tuple[str, ...] = (),
    spread: Callable[[Any], list[Any]] | None = None,
) -> Callable[[Callee], Callee]:
    """Offer the decorated function to policies; it stays the plain function that it is.

    Each of ``arguments`` and ``returns`` is a JMESPath type, or several joined by ``|``; the rest is as
    in `Function`.
    """

    def attach(callee: Callee) -> Callee:
        vars(callee)["entry"] = Function(
            name=callee.__name__,
            call=callee,
            arguments=tuple(tuple(types.split("|")) for types in arguments),
            optional=optional,
            returns=returns,
            nulls=nulls,
            partials=partials,
            doc=inspect.getdoc(callee) or "",
            base=base,
            spread=spread,
        )
        return callee

    return attach


def entries(module: ModuleType) -> Iterable[Function]:
    """The functions that a module offers, in the order in which it defines them."""
    for value in vars(module).values():
        entry = getattr(value, "entry", None)
        if isinstance(entry, Function) and entry.call.__module__ == module.__name__:
            yield entry
