"""JSON as strangers write it, made into values that are safe to hold, to copy and to write again.

What comes out is plain: numbers fit a float, text is valid Unicode, and nothing is nested deeper than
`DEPTH`, so that no later code needs to fear a recursion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

DEPTH = 254
"""Levels of lists and objects inside one another that a document may have; real ones have twelve.

It is as many as orjson writes, so that asking it is the quickest way to know."""

_LONG = 1 << 16
"""Bytes from which on to count the brackets of a text costs less than to write its value again."""

TOO_DEEP = f"nested deeper than {DEPTH} levels"

_LONE_SURROGATE = "[\ud800-\udfff]"
_TOKEN = rb'(?s)"[^"\\]*(?:\\.[^"\\]*)*"|[\[{\]}]'
_NOUNS = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a text"}


class BadJSON(ValueError):  # noqa: N818 - reads as what it says
    """The text is no JSON, or no JSON that can be judged.  ``str()`` is a clause for people."""


class CutOff(BadJSON):
    """The text ends before the value does."""


def parse(raw: bytes) -> Any:
    """The value of a JSON text.  Raises `BadJSON`.

    Bytes that are no UTF-8 and lone surrogates become U+FFFD; an integer beyond 64 bits becomes a float.
    """
    value = load(raw)
    # Nothing can be deeper than it has brackets, and to count them is cheap where the text is long.
    if (len(raw) < _LONG or raw.count(b"[") + raw.count(b"{") > DEPTH) and too_deep(value):
        raise BadJSON(TOO_DEEP)
    return value


def load(raw: bytes) -> Any:
    """The same for whoever looks himself whether it is nested too deep."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _patiently(raw, error)


def how_many(text: bytes, sign: bytes) -> int:
    """How often a byte stands in a text: to take them out is faster than to count them."""
    return len(text) - len(text.replace(sign, b""))


def depth_reached(head: bytes) -> int:
    """How deep the beginning of a JSON text goes: found without building anything."""
    level = deepest = 0
    for token in re.finditer(_TOKEN, head):
        sign = token[0]
        if sign in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif sign in b"]}":
            level -= 1
    return deepest


def documents(text: str) -> Iterator[bytes]:
    """The texts of the JSON documents that stand after one another in a text.

    Raises `BadJSON` at the first that is none.
    """
    decoder = json.JSONDecoder()
    at = _next(text, 0)
    while at < len(text):
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError as error:
            raise BadJSON(f"not JSON: {error}") from None
        except RecursionError:
            raise BadJSON(TOO_DEEP) from None
        yield text[at:end].encode("utf-8", "replace")
        at = _next(text, end)


def noun(value: object) -> str:
    """What a JSON value is, with its article: ``a number``, ``an object``."""
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else _NOUNS.get(type(value), "something else")


def _patiently(raw: bytes, first: orjson.JSONDecodeError) -> Any:
    """Read again with the standard module, which takes some texts that the fast one refuses."""
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=_refuse)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return orjson.loads(re.sub(_LONE_SURROGATE, "\ufffd", text))
    except RecursionError:
        raise BadJSON(TOO_DEEP) from None
    except BadJSON:
        raise
    except ValueError:
        raise BadJSON(f"not JSON: {first}") from None


def _refuse(constant: str) -> Any:
    raise BadJSON(f"not JSON: {constant} is no value")


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than `DEPTH`."""
    try:
        orjson.dumps(value)
    except TypeError:
        return _reaches_beyond(value)
    return False


def _reaches_beyond(value: Any) -> bool:
    layer = [value]
    for _ in range(DEPTH):
        layer = [
            child
            for node in layer
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return False
    return True


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
