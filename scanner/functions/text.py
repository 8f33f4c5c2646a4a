"""Text and lists."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable
from typing import Any

from scanner.functions.registry import function
from scanner.values import Touched, Unknown

MOST = 50_000_000
"""How many characters a function writes, or steps a comparison takes, before the answer is not known."""


@function("string", returns="string", method="lower")
def lower(text: str) -> str:
    """The text in lower case.

    lower("AzureCloud") -> "azurecloud"
    """
    return text.lower()


@function("string", returns="string", method="upper")
def upper(text: str) -> str:
    """The text in upper case.

    upper("tcp") -> "TCP"
    """
    return text.upper()


@function("string", returns="string", method="strip")
def trim(text: str) -> str:
    """The text without white space around it.

    trim(" contoso.com ") -> "contoso.com"
    """
    return text.strip()


@function("string", "string", returns="array")
def split(text: str, separator: str) -> list[str]:
    """The pieces of a text between separators; the whole text where the separator is empty.

    split("vscode,huggingface", ",") -> ["vscode", "huggingface"]
    split("", ",") -> [""]
    """
    return text.split(separator) if separator else [text]


@function("string", "string", "string", returns="string")
def replace(text: str, old: str, new: str) -> str:
    """The text with each old piece replaced by the new one; nothing is replaced where old is empty.

    replace("a_b_c", "_", "-") -> "a-b-c"
    """
    if not old:
        return text
    if len(text) + text.count(old) * len(new) > MOST:
        raise Touched(Unknown("the text is too long to replace in"))
    return text.replace(old, new)


@function("string", "string", returns="boolean")
def glob(text: str, pattern: str) -> bool:
    """Whether a whole text matches a pattern, whatever the case.

    ``*`` stands for any characters, none too, and ``?`` for exactly one.

    glob("hub-prod-1", "HUB-*") -> true
    glob("hub1", "hub?") -> true
    glob("hub", "hub?") -> false
    """
    if len(text) * len(pattern) > MOST:
        raise Touched(Unknown("the text is too long to match"))
    return bool(_matcher(pattern.lower())(text.lower()))


@functools.lru_cache(maxsize=1_024)
def _matcher(pattern: str) -> Callable[[str], Any]:
    """Atomic groups keep the work to one pass for each stretch between stars."""
    first, *stretches = (re.escape(stretch).replace(r"\?", ".") for stretch in pattern.split("*"))
    if not stretches:
        return re.compile(first, re.DOTALL).fullmatch
    *inner, last = stretches
    groups = "".join(f"(?>.*?{stretch})" for stretch in inner if stretch)
    return re.compile(f"{first}{groups}.*{last}", re.DOTALL).fullmatch


@function("any", "any", returns="boolean|null", nulls=True, partials=True)
def same_region(a: Any, b: Any) -> bool | None:
    """Whether two regions are one: neither case nor blanks count; null where one of them is.

    Two that are not known are one where code has both from one value.

    same_region("West Europe", "westeurope") -> true
    same_region("westeurope", null) -> null
    """
    if a is None or b is None:
        return None
    return (a is b and isinstance(a, Unknown)) or _region(a) == _region(b)


def _region(value: Any) -> str:
    if not isinstance(value, str):
        raise Touched(value if isinstance(value, Unknown) else Unknown("a region is a text"))
    return value.replace(" ", "").lower()


@function("object", "string", returns="any")
def lookup(values: dict[str, Any], key: str) -> Any:
    """What an object holds under a key, or null; the case of the key does not count.

    It is for keys that an expression finds out, such as those of a parameter. Where several keys differ
    in case alone, the one that is exactly as asked for counts before the first of the others.

    lookup({"Microsoft.Network": "Registered"}, "microsoft.network") -> "Registered"
    lookup({"a": 1, "A": 2}, "A") -> 2
    lookup({}, "a") -> null
    """
    if key in values:
        return values[key]
    folded = key.lower()
    return next((value for name, value in values.items() if name.lower() == folded), None)


@function("array", returns="array")
def unique(values: list[Any]) -> list[Any]:
    """The list without repetitions, in its order; the first of equal values stays.

    unique(["b", "a", "b"]) -> ["b", "a"]
    unique([1, 1.0, true, "1", {"a": 1}, {"a": 1}]) -> [1, true, "1", {"a": 1}]
    """
    kept: dict[Hashable, Any] = {}
    for value in values:
        kept.setdefault(_key(value), value)
    return list(kept.values())


def _key(value: Any) -> Hashable:
    """A key that equal JSON values share; walked without recursion, for values nest as deep as they like."""
    tokens: list[Hashable] = []
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, Unknown):
            raise Touched(value)
        if isinstance(value, dict):
            names = sorted(value)
            tokens.append(("object", *names))
            rest += [value[name] for name in names]
        elif isinstance(value, list):
            tokens.append(("array", len(value)))
            rest += value
        else:
            tokens.append((type(value) is bool, value))
    return tuple(tokens)
