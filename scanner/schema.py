"""A small reader of JSON Schema: enough of draft 2020-12 for the schemas that we publish.

What editors check a policy with is what the loader checks it with: both read ``reports/schema``.
Supported are type, enum, const, pattern, minLength, required, properties, additionalProperties,
propertyNames, items, minItems, uniqueItems, minimum, anyOf, and ``$ref`` into ``$defs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import orjson

from scanner.bundled import bundled
from scanner.records import dataclass

KeyPath = tuple[str | int, ...]
Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where data and schema differ.  ``key`` is True where the key itself is wrong."""

    path: KeyPath
    message: str
    hint: str | None = None
    key: bool = False


@cache
def published(name: str) -> Schema:
    """A schema of ``reports/schema`` by its file name without ending, such as ``policy-v1``."""
    schema: Schema = orjson.loads((bundled("reports") / "schema" / f"{name}.json").read_bytes())
    return schema


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """The hint "did you mean 'x'?" where one of the known words is near, otherwise None."""
    import difflib  # noqa: PLC0415 - only where somebody mistyped

    near = difflib.get_close_matches(word.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.6)
    if not near:
        return None
    original = next(name for name in known if name.lower() == near[0])
    return f"did you mean '{original}'?"


def type_name(value: Any) -> str:
    """The JSON type of a value, as a word for people."""
    if isinstance(value, bool):
        return "boolean"
    return next((name for name, types in _TYPES.items() if isinstance(value, types)), type(value).__name__)


def is_type(name: Any) -> bool:
    """Whether this is the name of a JSON type."""
    return isinstance(name, str) and name in _TYPES


def mismatches(
    schema: Schema, data: Any, root: Schema | None = None, path: KeyPath = ()
) -> Iterator[Mismatch]:
    """Every place where the data does not follow the schema."""
    root = root if root is not None else schema
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if "anyOf" in schema:
        yield from _any_of(schema["anyOf"], data, root, path)
        return
    wanted = schema.get("type", [])
    names = [wanted] if isinstance(wanted, str) else wanted
    if names and not any(_is(data, name) for name in names):
        told = f"must be {_article(' or '.join(names))}, not {_article(type_name(data))}"
        yield Mismatch(path, f"{_last(path)} {told}")
        return
    yield from _words(schema, data, path)
    if isinstance(data, str):
        yield from _text(schema, data, path)
    elif isinstance(data, dict):
        yield from _object(schema, data, root, path)
    elif isinstance(data, list):
        yield from _array(schema, data, root, path)
    elif "minimum" in schema and isinstance(data, int | float) and data < schema["minimum"]:
        yield Mismatch(path, f"{_last(path)} is {data}, less than {schema['minimum']}")


def _words(schema: Schema, data: Any, path: KeyPath) -> Iterator[Mismatch]:
    if "enum" in schema and data not in schema["enum"]:
        words = [str(word) for word in schema["enum"]]
        hint = suggestion(data, words) if isinstance(data, str) else None
        yield Mismatch(path, f"{_last(path)} is {data!r}, not one of {', '.join(words)}", hint)
    if "const" in schema and data != schema["const"]:
        yield Mismatch(path, f"{_last(path)} must be {schema['const']!r}")


def _any_of(choices: list[Schema], data: Any, root: Schema, path: KeyPath) -> Iterator[Mismatch]:
    attempts = [list(mismatches(choice, data, root, path)) for choice in choices]
    if all(attempts):
        # The choice that got furthest into the data is the one the author meant.
        yield from max(attempts, key=lambda found: max(len(mismatch.path) for mismatch in found))


def _text(schema: Schema, data: str, path: KeyPath) -> Iterator[Mismatch]:
    if len(data.strip()) < schema.get("minLength", 0):
        yield Mismatch(path, f"{_last(path)} is empty")
    elif "pattern" in schema and not re.search(schema["pattern"], data):
        yield Mismatch(path, f"{_last(path)} is {data[:80]!r}", schema.get("description"))


def _object(schema: Schema, data: dict[str, Any], root: Schema, path: KeyPath) -> Iterator[Mismatch]:
    properties: dict[str, Schema] = schema.get("properties", {})
    additional = schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if key not in data:
            yield Mismatch(path, f"{_whole(path)} has no '{key}'")
    for key, value in data.items():
        inner = (*path, key)
        if key in properties:
            yield from mismatches(properties[key], value, root, inner)
        elif additional is False:
            yield Mismatch(inner, f"unknown key '{key}'", suggestion(key, properties), key=True)
        elif isinstance(additional, dict):
            names = schema.get("propertyNames")
            if names and not re.search(names["pattern"], key):
                yield Mismatch(inner, f"'{key[:80]}' is no name", names.get("description"), key=True)
            yield from mismatches(additional, value, root, inner)


def _array(schema: Schema, data: list[Any], root: Schema, path: KeyPath) -> Iterator[Mismatch]:
    if len(data) < schema.get("minItems", 0):
        yield Mismatch(path, f"{_last(path)} is empty")
    if schema.get("uniqueItems") and len({str(entry) for entry in data}) < len(data):
        yield Mismatch(path, f"{_last(path)} names something twice")
    if "items" in schema:
        for index, entry in enumerate(data):
            yield from mismatches(schema["items"], entry, root, (*path, index))


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def _last(path: KeyPath) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    return f"'{names[-1]}'" if names else "the file"


def _whole(path: KeyPath) -> str:
    return f"'{'.'.join(str(part) for part in path)}'" if path else "the file"


def _article(words: str) -> str:
    return words if words == "null" else f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
