"""Configuration that is written as JSON: the same blocks and attributes.

Which members are blocks only their schema tells, so inside a resource every member is an attribute; an
object is taken for a block where one is asked for.  Texts are templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.sources.arm.source import Source as Json
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.hcl.children import children
from scanner.sources.hcl.parser import template
from scanner.sources.hcl.source import BadSyntax, Source
from scanner.sources.hcl.syntax import Attribute, Block, Body, Item, ListOf, Literal, Node, ObjectOf

_LABELS = {
    "resource": 2,
    "data": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
}
_WRITTEN = re.compile(r'(?:[^"\\]|\\.)*')
"""A text as it stands between its quotes."""

_LITERAL = {"variable": ("type", "description", "default"), "module": ("source", "version")}
"""By the kind of a block, the attributes whose texts have nothing to fill in."""


def parse_json(source: Source) -> tuple[Body, list[BadSyntax]]:
    """What a file holds, and what in it cannot be understood."""
    try:
        document = Json(source.text.encode("utf-8", "surrogatepass"), source.path)
    except BadTemplate as error:
        return Body(), [BadSyntax(f"not JSON: {error}", error.offset)]
    reader = _Reader(document, source)
    body = Body()
    for name, value in _members(document.value):
        if name in _LABELS:
            body.blocks += reader.blocks(name, value, _LABELS[name], ())
        elif name != "//":
            body.attributes[name] = reader.attribute(document.value, name, value)
    return body, reader.errors


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object, or of the objects of a list."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from one.items()


def _move(node: Node, at: int, end: int) -> None:
    """Say of an expression and all in it that they stand in one stretch of a file."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        one.at, one.end = at, end
        for item in one.items if isinstance(one, ObjectOf) else ():
            item.at = at
        waiting += children(one)


class _Reader:
    def __init__(self, document: Json, source: Source) -> None:
        self._document = document
        self._source = source
        self.errors: list[BadSyntax] = []

    def blocks(self, kind: str, value: Any, labels: int, so_far: tuple[str, ...]) -> Iterator[Block]:
        """The blocks of a kind, whose labels are the keys of objects inside one another."""
        if labels:
            for name, inner in _members(value):
                yield from self.blocks(kind, inner, labels - 1, (*so_far, name))
            return
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield self._block(kind, so_far, one)

    def _block(self, kind: str, labels: tuple[str, ...], value: Mapping[str, Any]) -> Block:
        body = Body()
        source, at = self._spot(value, None)
        for name, inner in value.items():
            if name == "dynamic":
                for label, one in _members(inner):
                    body.blocks += [
                        self._dynamic(label, each) for each in (one if isinstance(one, list) else [one])
                    ]
            elif name != "//":
                body.attributes[name] = self.attribute(
                    value, name, inner, filled=name not in _LITERAL.get(kind, ())
                )
        return Block(kind, labels, body, at, len(self._source.text), source)

    def _dynamic(self, label: str, value: Any) -> Block:
        block = self._block("dynamic", (label,), value if isinstance(value, dict) else {})
        content = value.get("content") if isinstance(value, dict) else None
        block.body.attributes.pop("content", None)
        block.body.blocks += list(self.blocks("content", content, 0, ()))
        return block

    def attribute(self, holder: Any, name: str, value: Any, *, filled: bool = True) -> Attribute:
        """A member as an attribute; texts in it are templates where they are to be filled in."""
        source, at = self._spot(holder, name)
        return Attribute(name, self._value(holder, name, value, filled=filled), at, source)

    def _value(self, holder: Any, key: Any, value: Any, *, filled: bool) -> Node:
        _, at = self._spot(holder, key)
        if isinstance(value, dict):
            items = [
                Item(
                    self._filled_in(value, name, name, self._spot(value, name)[1], filled=filled),
                    self._value(value, name, inner, filled=filled),
                    self._spot(value, name)[1],
                )
                for name, inner in value.items()
            ]
            return ObjectOf(items, at, at)
        if isinstance(value, list):
            return ListOf(
                [self._value(value, index, inner, filled=filled) for index, inner in enumerate(value)], at, at
            )
        return self._filled_in(holder, key, value, at, filled=filled)

    def _filled_in(self, holder: Any, key: Any, value: Any, at: int, *, filled: bool) -> Node:
        """A plain value, or the name of a member: a text may have something to fill in."""
        if isinstance(value, str) and filled and ("${" in value or "%{" in value):
            try:
                return self._template(holder, key, value, at)
            except BadSyntax as error:
                self.errors.append(BadSyntax(str(error), at))
        return Literal(value, at, at)

    def _template(self, holder: Any, key: Any, value: str, at: int) -> Node:
        """A text as a template that stands where it does in the file, as a whole where it is escaped."""
        place = self._document.place_within(holder, key, 0)
        start = at if place is None else self._source.offset(place)
        end = start + len(value)
        if self._source.text.startswith(f'{value}"', start):
            return template(self._source, start, end)
        node = template(Source(value, self._source.path))
        written = _WRITTEN.match(self._source.text, start)
        _move(node, start, end if written is None else written.end())
        return node

    def _spot(self, holder: Any, key: Any) -> tuple[Source, int]:
        """The file, and the offset in it at which a member stands."""
        place = self._document.place(holder, key)
        if place is None:
            return self._source, 0
        return self._source, self._source.offset(place)
