"""Text and lists."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("string", returns="string")
def lower(text: str) -> str:
    """The text in lower case."""
    raise NotImplementedError


@function("string", returns="string")
def upper(text: str) -> str:
    """The text in upper case."""
    raise NotImplementedError


@function("string", returns="string")
def trim(text: str) -> str:
    """The text without white space around it."""
    raise NotImplementedError


@function("string", "string", returns="array")
def split(text: str, separator: str) -> list[str]:
    """The pieces of a text between separators."""
    raise NotImplementedError


@function("string", "string", "string", returns="string")
def replace(text: str, old: str, new: str) -> str:
    """The text with every old piece replaced by a new one."""
    raise NotImplementedError


@function("string", "string", returns="boolean")
def glob(text: str, pattern: str) -> bool:
    """Whether a text matches a pattern of * and ?, whatever the case."""
    raise NotImplementedError


@function("array", returns="array")
def unique(values: list[Any]) -> list[Any]:
    """The list without repetitions, in its order."""
    raise NotImplementedError
