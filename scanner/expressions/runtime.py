"""What generated code calls where a value is not of the kind it hoped for.

Everything here answers as jmespath's own interpreter does for JSON values, errors included, and
raises `Touched` where the answer would rest on a value that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from jmespath.exceptions import ArityError, JMESPathTypeError, VariadictArityError
from jmespath.functions import Functions

from scanner.expressions.errors import EvaluationError, StepsSpentError
from scanner.expressions.unknowns import CERTAIN, KINDS, field_of_unknown
from scanner.expressions.unknowns import certainly as known
from scanner.functions.registry import Function
from scanner.values import Touched, Unknown

ORDERED = frozenset({int, float, str})
"""The types that `<` and the like compare."""
NUMBERS = frozenset({int, float})
SIZED = frozenset({str, list, dict})
FEW = 16
"""Members up to which looking through a list is no work to speak of."""
WORDS = {True: "true", False: "false", None: "null"}
"""What JSON writes for these."""
LONG_TEXT = 4096
"""Characters from which on reading a string counts as work."""

LONGEST_TEXT = 20_000_000
"""Characters of the longest text that a standard function may write."""

STANDARD = Functions()
"""JMESPath's standard functions, as jmespath has them."""


class _Expression:
    """An expression reference, ``&name``: what to compute for each element that a function visits.

    jmespath's functions know it by the name of its class, and call ``visit`` with ``expression``.
    """

    __slots__ = ("expression",)

    def __init__(self, expression: Callable[[Any], Any]) -> None:
        self.expression = expression

    def visit(self, expression: Callable[[Any], Any], element: Any) -> Any:
        """The value of the expression for one element."""
        return expression(element)


Reference = _Expression


def absent(value: Any) -> Any:
    """A field of what is no object: null, or not known."""
    if isinstance(value, Unknown):
        return field_of_unknown(value)
    return None


def nothing(value: Any) -> None:
    """What a list operation makes of what is no list: null."""
    if isinstance(value, Unknown):
        raise Touched(value)


def single(value: Any) -> tuple[Any]:
    """What flattening makes of an element that is no list: itself."""
    return (known(value),)


def flattened(value: Any, steps: list[int]) -> Any:
    """A list with the members of its lists in their place; what is no list stays what it is."""
    if type(value) is not list:
        return value
    if len(value) < FEW:
        return _flattened_few(value, steps)
    kinds = set(map(type, value))
    if list not in kinds:
        _known_kinds(kinds, value)
        return value
    spend(steps, len(value))
    return [member for element in value for member in (element if type(element) is list else single(element))]


def _flattened_few(value: list[Any], steps: list[int]) -> list[Any]:
    flat: list[Any] = []
    for element in value:
        if type(element) is list:
            spend(steps, len(element))
            flat += element
        elif type(element) in CERTAIN:
            flat.append(element)
        else:
            flat.append(known(element))
    return flat


def _known_kinds(kinds: Iterable[type], values: Iterable[Any]) -> None:
    if not CERTAIN.issuperset(kinds):
        for value in values:
            known(value)


def unordered(left: Any, right: Any) -> None:
    """What `<` and the like make of two values that are not both numbers or strings: null."""
    for value in (left, right):
        if not isinstance(value, Unknown) and type(value) not in ORDERED:
            return
    known(left)
    known(right)


def equal(left: Any, right: Any, steps: list[int]) -> bool:
    """Whether two values are equal, as jmespath sees it: 0 and 1 are not booleans, except inside lists."""
    if type(left) is bool or type(right) is bool:
        return known(left) is known(right)
    if (type(left) is list or type(left) is dict) and left is not right:
        weigh(left, steps)
        same = bool(left == right)
        if same:
            _all_known(left, steps)
        return same
    return bool(left == right)


def _all_known(value: Any, steps: list[int]) -> None:
    """Make sure that no unknown value was taken for equal to itself in another place.

    Python takes an object in a list for equal to itself without asking it; the same `Unknown` may
    stand for two values that turn out to differ.
    """
    waiting = [value]
    while waiting:
        inner = known(waiting.pop())
        if type(inner) is list or type(inner) is dict:
            spend(steps, len(inner))
            waiting.extend(inner.values() if type(inner) is dict else inner)


def weigh(value: Any, steps: list[int]) -> int:
    """Take a step for everything inside a value, and tell how many; the same list counts wherever it is.

    A value that holds itself a million times over is small in memory: who compares or writes it is not
    done so soon.
    """
    waiting, weight = [value], 0
    while waiting:
        inner = waiting.pop()
        if type(inner) is list or type(inner) is dict:
            spend(steps, len(inner) + 1)
            weight += len(inner) + 1
            waiting.extend(inner.values() if type(inner) is dict else inner)
    return weight


def contains(subject: Any, search: Any, steps: list[int]) -> bool:
    """The standard function ``contains``."""
    known(search)
    if type(search) is list or type(search) is dict:
        _all_known(search, steps)
    if type(subject) is list:
        weight = weigh(search, steps) if type(search) is list or type(search) is dict else 1
        spend(steps, len(subject) * weight)
        return search in subject
    if type(subject) is str:
        spend(steps, len(subject) // LONG_TEXT)
    return bool(standard("contains", subject, search))


def joined(glue: Any, texts: Any, steps: list[int]) -> Any:
    """The standard function ``join``."""
    if type(glue) is str and type(texts) is list:
        spend(steps, len(texts) // FEW)
        try:
            limit_text(len(glue) * len(texts) + sum(map(len, texts)))
            return glue.join(texts)
        except TypeError:  # some are no texts, or not known: the standard function says which
            pass
    return standard("join", glue, texts)


def spend(steps: list[int], count: int) -> None:
    """Take steps from an evaluation: ``steps`` is how many are left, and how many there were."""
    steps[0] -= count
    if steps[0] < 0:
        raise StepsSpentError(steps[1])


def spent(steps: list[int]) -> NoReturn:
    """Generated code has counted below zero."""
    raise StepsSpentError(steps[1])


_READING_ELEMENTS = frozenset({"avg", "join", "max", "min", "sort", "sum"})
_ORDERING: Mapping[str, Callable[[list[Any]], Any]] = {"max": max, "min": min, "sort": sorted}
_NUMBERS = {int, float}
_READING_KEYS = frozenset({"max_by", "min_by", "sort_by"})


def standard(name: str, *arguments: Any) -> Any:
    """Call a standard function.  Raises what jmespath raises."""
    given = [known(argument) for argument in arguments]
    if name in _READING_ELEMENTS:
        for argument in given:
            kinds = set(map(type, argument)) if type(argument) is list else set()
            _known_kinds(kinds, argument)
            if name in _ORDERING and len(given) == 1 and kinds == {str}:
                return _ORDERING[name](argument)
            if name == "sum" and len(given) == 1 and kinds and kinds <= _NUMBERS:
                return sum(argument)
    elif name in _READING_KEYS:
        given = [_known_keys(argument) if type(argument) is Reference else argument for argument in given]
    if name in _WRITING:
        _WRITING[name](given)
    return STANDARD.call_function(name, given)


def limit_text(length: int) -> None:
    """Refuse to write a text of more characters than anybody needs.  Raises `EvaluationError`."""
    if length > LONGEST_TEXT:
        raise EvaluationError(f"it writes a text of more than {LONGEST_TEXT:,} characters")


def _check_join(given: list[Any]) -> None:
    if len(given) == 2 and type(given[0]) is str and type(given[1]) is list:
        pieces = given[1]
        length = len(given[0]) * len(pieces) + sum(len(piece) for piece in pieces if type(piece) is str)
        limit_text(length)


def _check_to_string(given: list[Any]) -> None:
    if len(given) == 1:
        weigh(given[0], [LONGEST_TEXT // 10, LONGEST_TEXT // 10])


_WRITING: Mapping[str, Callable[[list[Any]], None]] = {"join": _check_join, "to_string": _check_to_string}


def _known_keys(reference: _Expression) -> _Expression:
    return Reference(lambda element: known(reference.visit(reference.expression, element)))


def sort_key(key: Any, keys: list[Any], elements: list[Any]) -> Any:
    """The key of the next element for ``sort_by``: a number or string, like those before it."""
    kind = KINDS.get(type(known(key)), "unknown")
    if not keys and kind not in ("number", "string"):
        raise JMESPathTypeError("sort_by", elements[0], kind, ["string", "number"])
    if keys and kind != KINDS[type(keys[0])]:
        raise JMESPathTypeError("sort_by", key, kind, [KINDS[type(keys[0])]])
    return key


def bad_key(name: str, key: Any) -> NoReturn:
    """A key that ``min_by`` and ``max_by`` cannot compare."""
    raise JMESPathTypeError(name, key, KINDS.get(type(known(key)), "unknown"), ["number", "string"])


def raise_arity(name: str, expected: int, actual: int, *, variadic: bool = False) -> NoReturn:
    """A function was given too many or too few arguments."""
    raise (VariadictArityError if variadic else ArityError)(expected, actual, name)


def irregular(function: Function, arguments: Sequence[Any]) -> Any:
    """Call one of our functions with arguments of which some are null, unknown or of a wrong type."""
    for argument in arguments:
        known(argument)
    for argument, accepted in zip(arguments, function.arguments, strict=False):
        if argument is not None and not fits(argument, accepted):
            name = KINDS.get(type(argument), "expref")
            raise JMESPathTypeError(function.name, argument, name, list(accepted))
    if not function.nulls and any(argument is None for argument in arguments):
        return None
    return function.call(*arguments)


def fits(value: Any, accepted: Sequence[str]) -> bool:
    """Whether a known value is of one of the JMESPath types."""
    name = KINDS.get(type(value), "expref")
    return name in accepted or ("any" in accepted and name != "expref")


def arity_fits(function: Function, count: int) -> bool:
    """Whether a function of ours takes that many arguments."""
    most = len(function.arguments)
    return most - function.optional <= count <= most


HELPERS: Mapping[str, Any] = {
    "absent": absent,
    "nothing": nothing,
    "single": single,
    "flattened": flattened,
    "unordered": unordered,
    "equal": equal,
    "contains": contains,
    "spent": spent,
    "standard": standard,
    "irregular": irregular,
    "raise_arity": raise_arity,
    "sort_key": sort_key,
    "bad_key": bad_key,
    "Reference": Reference,
    "NULL": None,
    "ORDERED": ORDERED,
    "NUMBERS": NUMBERS,
    "SIZED": SIZED,
    "LONG_TEXT": LONG_TEXT,
    "FEW": FEW,
    "WORDS": WORDS,
    "joined": joined,
    "KINDS": KINDS,
}
