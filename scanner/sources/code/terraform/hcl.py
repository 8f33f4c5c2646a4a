"""Where things stand in Terraform's configuration: blocks, attributes and objects, with their lines.

No value is evaluated here: the plan has the values.  Anything that is not understood is passed over, so
that the worst that happens is a place that is too wide.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model import Place

MAX_DEPTH = 60

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<heredoc><<-?(?P<mark>[A-Za-z_][\w-]*)\r?\n)"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<number>\d[\w.]*)"
    r'|(?P<quote>")'
    r"|(?P<newline>\n)"
    r"|(?P<sign>==|!=|<=|>=|=>|&&|\|\||\.\.\.|[^\s\w])",
    re.DOTALL,
)
_IN_STRING = re.compile(r'\\.|\$\$\{|%%\{|[$%]\{|"|\n')
_CLOSERS = {"{": "}", "[": "]", "(": ")"}


@dataclass(slots=True)
class Attribute:
    """``name = value``: its place, the objects that stand in its value in order, and what it refers to."""

    place: Place
    objects: list[Node] = field(default_factory=list)
    references: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """The inside of a block or an object."""

    place: Place
    kind: str = ""
    labels: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Node] = field(default_factory=list)

    def blocks_of(self, kind: str) -> list[Node]:
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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str, path: str) -> Node:
    """The body of a file."""
    return _Parser(text, path).file()


class _Parser:
    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tokens = list(_tokens(text))
        self._next = 0

    def file(self) -> Node:
        root = Node(self._place(0))
        while self._peek() is not None:
            self._body(root, "", 0)
            self._next += 1
        return root

    def _peek(self, ahead: int = 0) -> _Token | None:
        index = self._next + ahead
        return self._tokens[index] if index < len(self._tokens) else None

    def _body(self, node: Node, closer: str, depth: int) -> None:
        """Statements up to the closing brace, which is left for the caller."""
        while (token := self._peek()) is not None and token.text != (closer or None):
            if token.kind in ("name", "string", "template") or token.text == "(":
                self._statement(node, token, depth)
            elif token.text in _CLOSERS:
                self._skip(depth)
            elif token.text in ("}", "]", ")"):
                return
            else:
                self._next += 1

    def _statement(self, node: Node, token: _Token, depth: int) -> None:
        place = self._place(token.at)
        if token.text == "(" and token.kind == "sign":
            self._skip(depth)
        else:
            self._next += 1
        following = self._peek()
        if following is None:
            return
        if following.text in ("=", ":") and following.kind == "sign":
            self._next += 1
            attribute = Attribute(place)
            self._value(attribute, depth)
            node.attributes.setdefault(token.text, attribute)
            return
        labels = []
        while (label := self._peek()) is not None and label.kind in ("name", "string"):
            labels.append(label.text)
            self._next += 1
        opening = self._peek()
        if opening is not None and opening.text == "{" and opening.kind == "sign":
            node.blocks.append(self._object(place, token.text, tuple(labels), depth))

    def _object(self, place: Place, kind: str, labels: tuple[str, ...], depth: int) -> Node:
        node = Node(place, kind, labels)
        if depth >= MAX_DEPTH:
            self._skip(depth)
            return node
        self._next += 1
        self._body(node, "}", depth + 1)
        self._next += 1
        return node

    def _value(self, attribute: Attribute, depth: int) -> None:
        """The value of an attribute, up to the end of its line or the comma behind it."""
        level = 0
        while (token := self._peek()) is not None:
            if level == 0 and (token.kind == "newline" or token.text in (",", "}", "]", ")")):
                return
            if token.kind == "template":
                attribute.references += _references(list(_tokens(token.text)))
            if token.text == "{" and token.kind == "sign":
                inner = self._object(self._place(token.at), "", (), depth)
                attribute.objects.append(inner)
                attribute.references += _all_references(inner)
                continue
            if token.kind == "sign" and token.text in ("[", "("):
                level += 1
            elif token.kind == "sign" and token.text in ("]", ")"):
                level -= 1
            elif token.kind == "name" and not self._is_continued():
                attribute.references += _references(self._tokens[self._next : self._next + 24])[:1]
            self._next += 1

    def _is_continued(self) -> bool:
        before = self._tokens[self._next - 1] if self._next else None
        return before is not None and before.text == "."

    def _skip(self, depth: int) -> None:
        """Pass a bracket and everything up to the one that closes it."""
        del depth
        stack: list[str] = []
        while (token := self._peek()) is not None:
            self._next += 1
            if token.kind != "sign":
                continue
            if token.text in _CLOSERS:
                stack.append(_CLOSERS[token.text])
            elif stack and token.text == stack[-1]:
                stack.pop()
                if not stack:
                    return

    def _place(self, at: int) -> Place:
        line = bisect_right(self._starts, at)
        return Place(path=self._path, line=line, column=at - self._starts[line - 1] + 1, end_line=line)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        kind, at = str(match.lastgroup), match.end()
        if match["heredoc"]:
            end = re.compile(rf"^[ \t]*{re.escape(match['mark'])}[ \t]*\r?$", re.MULTILINE).search(text, at)
            at = end.end() if end else len(text)
        elif kind == "quote":
            end_of = _string_end(text, at)
            inner = text[at : end_of - 1]
            yield _Token("template" if "${" in inner else "string", inner, match.start())
            at = end_of
        elif kind in ("name", "number", "newline", "sign"):
            yield _Token(kind, match[0], match.start())


def _string_end(text: str, at: int) -> int:
    """The index behind the quote that ends a string; strings may hold expressions, and these strings."""
    stack = ['"']
    while stack:
        if stack[-1] == '"':
            match = _IN_STRING.search(text, at)
            if match is None:
                return len(text) + 1
            at = match.end()
            if match[0] == '"':
                stack.pop()
            elif match[0] in ("${", "%{"):
                stack.append("}")
            elif match[0] == "\n" and len(stack) == 1:
                return at
        else:
            match = re.compile(r'["{}]').search(text, at)
            if match is None:
                return len(text) + 1
            at = match.end()
            if match[0] == "}":
                stack.pop()
            else:
                stack.append('"' if match[0] == '"' else "}")
    return at


def _references(tokens: list[_Token]) -> list[str]:
    """The names with dots that some tokens begin with or hold: ``azurerm_x.y[0].id``."""
    found: list[str] = []
    index = 0
    while index < len(tokens):
        if tokens[index].kind != "name":
            index += 1
            continue
        parts = [tokens[index].text]
        index += 1
        while index + 1 < len(tokens):
            sign, inner = tokens[index].text, tokens[index + 1]
            if sign == "." and inner.kind in ("name", "number", "sign"):
                parts.append(f".{inner.text}")
                index += 2
            elif sign == "[" and index + 2 < len(tokens) and tokens[index + 2].text == "]":
                shown = f'"{inner.text}"' if inner.kind == "string" else inner.text
                parts.append(f"[{shown}]")
                index += 3
            else:
                break
        if len(parts) > 1:
            found.append("".join(parts))
    return found


def _all_references(node: Node) -> list[str]:
    found = [one for attribute in node.attributes.values() for one in attribute.references]
    for block in node.blocks:
        found += _all_references(block)
    return found
