"""Parses what stands between brackets: arguments, lists, objects and loops."""

from __future__ import annotations

from scanner.sources.hcl.syntax import Call, For, Item, ListOf, Literal, Name, Node, ObjectOf
from scanner.sources.hcl.templates import Reader, loop_names


def parenthesis(reader: Reader) -> Node:
    """An expression in parentheses, of which the opening one is the current word."""
    lexer = reader.lexer
    lines, lexer.over_lines = lexer.over_lines, True
    lexer.expect("(")
    node = reader.expression()
    lexer.over_lines = lines
    lexer.expect(")")
    return node


def call(reader: Reader, name: str, at: int) -> Node:
    """A call of a function, of which the opening parenthesis is the current word."""
    lexer = reader.lexer
    lines, lexer.over_lines = lexer.over_lines, True
    lexer.advance()
    arguments: list[Node] = []
    spread = False
    while not lexer.is_sign(")"):
        arguments.append(reader.expression())
        if lexer.is_sign("..."):
            spread = True
            lexer.advance()
            if lexer.is_sign(","):
                lexer.advance()
            break
        if not lexer.is_sign(","):
            break
        lexer.advance()
    end = close(reader, ")", lines, "',' or ')' behind the argument")
    return Call(name, arguments, spread, at, end)


def list_of(reader: Reader) -> Node:
    """A list, or a loop that makes one."""
    lexer = reader.lexer
    at = lexer.at
    lines, lexer.over_lines = lexer.over_lines, True
    lexer.advance()
    if lexer.kind == "name" and lexer.word == "for":
        return _loop(reader, "]", at, lines)
    items: list[Node] = []
    while not lexer.is_sign("]"):
        items.append(reader.expression())
        if not lexer.is_sign(","):
            break
        lexer.advance()
    end = close(reader, "]", lines, "',' or ']' behind the member")
    return ListOf(items, at, end)


def object_of(reader: Reader) -> Node:
    """An object, or a loop that makes one."""
    lexer = reader.lexer
    at = lexer.at
    lexer.enter()
    lines, lexer.over_lines = lexer.over_lines, False
    lexer.advance()
    lexer.skip_lines()
    if lexer.kind == "name" and lexer.word == "for" and _is_loop(reader):
        lexer.over_lines = True
        lexer.depth -= 1
        return _loop(reader, "}", at, lines)
    items: list[Item] = []
    while not lexer.is_sign("}"):
        items.append(_item(reader))
        if lexer.is_sign(","):
            lexer.advance()
        elif not (lexer.is_sign("\n") or lexer.is_sign("}")):
            raise lexer.expected("',', the end of the line or '}' behind the member")
        lexer.skip_lines()
    lexer.depth -= 1
    end = close(reader, "}", lines, "'}'")
    return ObjectOf(items, at, end)


def _is_loop(reader: Reader) -> bool:
    """Whether ``for`` begins a loop: as the name of a member it has a sign behind it."""
    text, at = reader.lexer.text, reader.lexer.end
    following = text[at : at + 40].lstrip()[:1]
    return following not in ("=", ":")


def _item(reader: Reader) -> Item:
    lexer = reader.lexer
    at = lexer.at
    key: Node
    if lexer.kind == "name":
        key = reader.expression()
        if isinstance(key, Name):
            key = Literal(key.name, key.at, key.end)
        elif isinstance(key, Literal) and not isinstance(key.value, str):
            key = Literal(lexer.text[key.at : key.end], key.at, key.end)
    else:
        key = reader.expression()
    if not (lexer.is_sign("=") or lexer.is_sign(":")):
        raise lexer.expected("'=' or ':' behind the key")
    lexer.advance()
    value = reader.expression()
    return Item(key, value, at)


def _loop(reader: Reader, closing: str, at: int, lines: bool) -> Node:  # noqa: FBT001 - the lexer's own state
    lexer = reader.lexer
    lexer.enter()
    lexer.advance()
    key, value = loop_names(lexer)
    collection = reader.expression()
    lexer.expect(":", " behind what the loop goes over")
    result = reader.expression()
    result_key = None
    grouped = False
    if closing == "}":
        lexer.expect("=>", " behind the key")
        result_key, result = result, reader.expression()
        if lexer.is_sign("..."):
            grouped = True
            lexer.advance()
    condition = None
    if lexer.kind == "name" and lexer.word == "if":
        lexer.advance()
        condition = reader.expression()
    lexer.depth -= 1
    end = close(reader, closing, lines, f"'if' or '{closing}' at the end of the loop")
    return For(key, value, collection, result_key, result, condition, grouped, at, end)


def close(reader: Reader, sign: str, lines: bool, what: str) -> int:  # noqa: FBT001 - the lexer's own state
    """Leave a closing sign behind; what follows it is read as before the opening one."""
    lexer = reader.lexer
    if not lexer.is_sign(sign):
        raise lexer.expected(what)
    end = lexer.end
    lexer.over_lines = lines
    lexer.advance()
    return end
