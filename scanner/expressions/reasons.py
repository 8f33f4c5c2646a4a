"""Why an evaluation failed, in words for people who have never seen Python."""

from __future__ import annotations

from jmespath.exceptions import ArityError, JMESPathTypeError, UnknownFunctionError

_ARTICLES = {
    "array": "an array",
    "object": "an object",
    "null": "null",
    "any": "any value",
    "expref": "an expression reference",
}


def failure_reason(error: BaseException) -> str:
    """A sentence without capital and full stop."""
    match error:
        case RecursionError():
            return "the document is nested too deeply"
        case JMESPathTypeError():
            wanted = " or ".join(dict.fromkeys(_named(name) for name in error.expected_types))
            found = " or ".join(map(_named, error.actual_type.split(", ")))
            return f"{error.function_name}() wants {wanted}, not {found}"
        case ArityError():
            return f"{error.function_name}() takes {error.expected_arity} arguments, not {error.actual_arity}"
        case UnknownFunctionError():
            return str(error).removesuffix("()").replace("Unknown", "there is no", 1)
        case TypeError():
            return "values of different types cannot be compared"
        case OverflowError():
            return "a number is too large"
        case _:
            return f"a value cannot be used: {error}"


def _named(name: str) -> str:
    outer, _, inner = name.partition("-")
    if inner:
        return f"an array of {inner}s"
    return _ARTICLES.get(outer, f"a {outer}")
