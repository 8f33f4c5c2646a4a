"""Encodings of texts, and URIs."""

from __future__ import annotations

import base64 as codec
import binascii
import json
from typing import Any
from urllib.parse import quote, unquote, urljoin

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.arguments import bounded, bounded_text, text
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.registry import Takes, function
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import BadJSON, parse
from scanner.values import Touched, Unknown

_RELATIVE = regex(r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*")
"""A path that leads downwards, and is nothing else."""

_DATA = "data:text/plain;charset=utf8;base64,"


@function("base64", 1)
def base64(value: Any) -> str:
    """A text in base64."""
    return codec.b64encode(text(value, "base64").encode("utf-8", "replace")).decode()


@function("base64ToString", 1)
def base64_to_string(value: Any) -> str:
    """The text that base64 stands for."""
    try:
        return codec.b64decode(text(value, "base64ToString"), validate=True).decode()
    except (binascii.Error, ValueError):
        raise Failure("base64ToString() of a text that is no base64") from None


@function("base64ToJson", 1)
def base64_to_json(value: Any) -> Any:
    """The JSON value that base64 stands for."""
    return json_(base64_to_string(value))


@function("json", 1)
def json_(value: Any) -> Any:
    """The value of a JSON text; a value that is none already stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value.encode("utf-8", "replace"))
    except BadJSON as error:
        raise Failure(f"json() of a text that is {error}") from None


@function("dataUri", 1)
def data_uri(value: Any) -> str:
    """A value as a data URI."""
    shown = (
        value
        if isinstance(value, str)
        else json.dumps(bounded(value, "dataUri"), separators=(",", ":"), default=str)
    )
    return bounded_text(_DATA + base64(shown), "dataUri")


@function("dataUriToString", 1)
def data_uri_to_string(value: Any) -> str:
    """The text in a data URI."""
    head, comma, data = text(value, "dataUriToString").partition(",")
    if not comma or not head.lower().startswith("data:"):
        raise Failure("dataUriToString() of a text that is no data URI")
    return base64_to_string(data) if head.lower().endswith(";base64") else unquote(data)


@function("uriComponent", 1)
def uri_component(value: Any) -> str:
    """A text with what has a meaning in URIs escaped."""
    return bounded_text(quote(text(value, "uriComponent"), safe="-_.~"), "uriComponent")


@function("uriComponentToString", 1)
def uri_component_to_string(value: Any) -> str:
    """A text with the escapes of URIs undone."""
    return unquote(text(value, "uriComponentToString"))


@function("uri", 2, takes=Takes.OPEN)
def uri(base: Any, relative: Any) -> Any:
    """A relative URI, resolved against a base.  How it ends does not depend on the base."""
    begins = relative if isinstance(relative, str) else getattr(relative, "prefix", "")
    if isinstance(base, Unknown) and begins and _RELATIVE.fullmatch(begins):
        folder = Symbol(f"uri({key_of(base)})", base.reason)
        return joined([folder, "/", relative], "")
    for value in (base, relative):
        if isinstance(value, Unknown):
            raise Touched(value)
    try:
        return urljoin(text(base, "uri"), text(relative, "uri"))
    except ValueError:
        raise Failure("uri() of a text that is no URI") from None
