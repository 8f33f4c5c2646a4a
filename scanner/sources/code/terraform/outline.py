"""Where things stand in configuration: blocks, attributes and objects, with their lines.

No value is evaluated here: beside a plan, the plan has the values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model import Place
from scanner.sources.hcl.children import children
from scanner.sources.hcl.parser import parse
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import Body, Index, Literal, Member, Name, Node, ObjectOf, Splat

OTHER = "_"
"""What stands in brackets for an expression that is more than a name."""


@dataclass(slots=True)
class Attribute:
    """``name = value``: its place, the objects that stand in its value in order, and what it refers to."""

    place: Place
    objects: list[Outline] = field(default_factory=list)
    references: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """The inside of a block or an object."""

    place: Place
    kind: str = ""
    labels: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Outline] = field(default_factory=list)

    def blocks_of(self, kind: str) -> list[Outline]:
        """The inner blocks of a kind, those that ``dynamic`` makes among them."""
        found = []
        for block in self.blocks:
            if block.kind == kind:
                found.append(block)
            elif block.kind == "dynamic" and block.labels == (kind,):
                found += block.blocks_of("content") or [block]
        return found

    def is_dynamic(self, kind: str) -> bool:
        """Whether a ``dynamic`` block makes blocks of a kind."""
        return any(block.kind == "dynamic" and block.labels == (kind,) for block in self.blocks)


def read(text: str, path: str) -> Outline:
    """The outline of a file; what is not understood in it is passed over."""
    source = Source(text, path)
    body, _ = parse(source)
    return _body(body, Outline(source.place(0)))


def _body(body: Body, outline: Outline) -> Outline:
    for name, attribute in body.attributes.items():
        outline.attributes[name] = _attribute(attribute.value, attribute.source, attribute.at)
    for block in body.blocks:
        place = block.source.place(block.at)
        outline.blocks.append(_body(block.body, Outline(place, block.kind, block.labels)))
    return outline


def _attribute(value: Node, source: Source, at: int) -> Attribute:
    objects = [_object(one, source) for one in _objects(value)]
    return Attribute(source.place(at), objects, list(references(value)))


def _object(value: ObjectOf, source: Source) -> Outline:
    outline = Outline(source.place(value.at))
    for item in value.items:
        words = source.text[item.key.at : item.key.end].strip('"')
        name = str(item.key.value) if isinstance(item.key, Literal) else words
        outline.attributes.setdefault(name, _attribute(item.value, source, item.at))
    return outline


def _objects(node: Node) -> Iterator[ObjectOf]:
    """The objects in an expression that stand in no other."""
    if isinstance(node, ObjectOf):
        yield node
    else:
        for inner in children(node):
            yield from _objects(inner)


def references(node: Node) -> Iterator[str]:
    """The names with dots in an expression: ``azurerm_x.y[0].id``."""
    if isinstance(node, (Member, Index, Splat)):
        shown, rest = _reference(node)
        if "." in shown:
            yield shown
        for inner in rest:
            yield from references(inner)
    else:
        for inner in children(node):
            yield from references(inner)


def _reference(node: Node) -> tuple[str, list[Node]]:
    """A chain of names as it is written, empty where it is none; and the expressions in it that are none."""
    if isinstance(node, Name):
        return node.name, []
    if isinstance(node, Member):
        base, rest = _reference(node.base)
        return (f"{base}.{node.name}" if base or not rest else ""), rest
    if isinstance(node, Splat):
        base, rest = _reference(node.base)
        each, more = _reference(node.each)
        return (f"{base}[*]{each}" if base else ""), rest + more
    if isinstance(node, Index):
        base, rest = _reference(node.base)
        key, more = _key(node.key)
        return (f"{base}[{key or OTHER}]" if base else ""), rest + more
    return "", [node]


def _key(node: Node) -> tuple[str, list[Node]]:
    if isinstance(node, Literal):
        return (f'"{node.value}"' if isinstance(node.value, str) else str(node.value)), []
    shown, rest = _reference(node)
    return shown, [node] if "." in shown else rest
