"""Encodings of values and texts."""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
import io
import json
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import yaml

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.files.json_text import BadJSON, parse, too_deep
from scanner.sources.hcl import yaml_text
from scanner.sources.hcl.functions.arguments import bounded, bounded_text, text
from scanner.sources.hcl.registry import ALWAYS, function
from scanner.sources.hcl.values import Encoded, Handle, Json, first_open, open_value, sorted_items
from scanner.values import Unknown

_ESCAPED = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


@function("jsonencode", 1, takes_open=True)
def jsonencode(value: Any) -> Any:
    """A value as JSON.  Of one that is not all known, what it was made of is kept."""
    bounded(value, "jsonencode")
    unknown = first_open(value)
    if unknown is not None:
        return Encoded(f"jsonencode({key_of(value)})", unknown.reason, value)
    shown = json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False).translate(_ESCAPED)
    made = Json(bounded_text(shown, "jsonencode"))
    made.value = value
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in sorted_items(value)}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(value) if isinstance(value, str) else value


@function("jsondecode", 1, takes_open=True)
def jsondecode(value: Any) -> Any:
    """The value that JSON stands for."""
    if isinstance(value, (Json, Encoded)):
        return value.value
    if isinstance(value, Handle):
        return value
    if isinstance(value, Unknown):
        return open_value(f"jsondecode({key_of(value)})", value.reason)
    try:
        decoded = parse(text(value).encode("utf-8", "replace"))
    except BadJSON as error:
        raise Failure(f"jsondecode() of a text that is {error}") from None
    if too_deep(decoded):
        raise Failure("jsondecode() of a text that is nested too deep")
    return decoded


@function("yamlencode", 1)
def yamlencode(value: Any) -> str:
    """A value as YAML."""
    plain = _plain(bounded(value, "yamlencode"))
    shown = yaml.dump(plain, Dumper=_Quoting, default_flow_style=False, allow_unicode=True, width=1 << 20)
    return bounded_text(shown, "yamlencode")


class _Quoting(yaml.SafeDumper):
    """Writes texts in quotes, and those of several lines in blocks, as the language does."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """A text."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else '"')


_Quoting.add_representer(str, _Quoting.represent_str)


@function("yamldecode", 1)
def yamldecode(value: Any) -> Any:
    """The value that YAML stands for."""
    return yaml_text.decoded(text(value))


@function("base64decode", 1)
def base64decode(value: Any) -> str:
    """The text that base64 stands for."""
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except (binascii.Error, ValueError):
        raise Failure("base64decode() of a text that is no base64") from None


@function("textencodebase64", 2)
def textencodebase64(value: Any, encoding: Any) -> str:
    """A text in base64, in an encoding."""
    try:
        return base64.b64encode(text(value).encode(text(encoding))).decode()
    except (LookupError, UnicodeError):
        raise Failure("textencodebase64() in an encoding that is not known") from None


@function("textdecodebase64", 2)
def textdecodebase64(value: Any, encoding: Any) -> str:
    """The text that base64 stands for, in an encoding."""
    try:
        codecs.lookup(text(encoding))
        return base64.b64decode(text(value), validate=True).decode(text(encoding))
    except (LookupError, ValueError):
        raise Failure("textdecodebase64() of a text that is none") from None


@function("urlencode", 1)
def urlencode(value: Any) -> str:
    """A text as it stands in a query."""
    return bounded_text(quote_plus(text(value), safe="-_.~"), "urlencode")


@function("urldecode", 1)
def urldecode(value: Any) -> str:
    """A text with the escapes of URIs undone."""
    return unquote_plus(text(value))


@function("csvdecode", 1, typed=ALWAYS)
def csvdecode(value: Any) -> list[dict[str, str]]:
    """The rows of a table, by the names in its first."""
    try:
        rows = list(csv.reader(io.StringIO(text(value)), strict=True))
    except csv.Error as error:
        raise Failure(f"csvdecode() of a text that is no table: {error}") from None
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise Failure("csvdecode() of a table whose rows differ in length")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
