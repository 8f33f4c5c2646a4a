"""Functions of texts.  Of a text that is known in part they say what can be said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from scanner.sources.arm.combine import Distinct, how_many
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.stretches import joined_again
from scanner.sources.arm.keys import key_of
from scanner.sources.code.symbols import Symbol, Text, segments
from scanner.sources.files.json_text import noun
from scanner.sources.hcl.functions.arguments import array, bounded_list, bounded_text, text, whole
from scanner.sources.hcl.functions.patterns import substituted
from scanner.sources.hcl.registry import ALWAYS, function
from scanner.sources.hcl.texts import together
from scanner.sources.hcl.values import first_open, open_value
from scanner.values import OpenList, Unknown

_BLANK = " \t\n\r\v\f\u0085\u00a0"


def _each(name: str, value: Any, how: Callable[[str], str]) -> Any:
    """A function that changes a text letter by letter, so that what is known stays known."""
    if isinstance(value, Text):
        parts = tuple(None if part is None else how(part) for part in value.parts)
        return joined_again(parts, tuple(f"{name}({key})" for key in value.keys), value)
    if isinstance(value, Unknown):
        return Symbol(f"{name}({key_of(value)})", value.reason)
    return how(text(value))


@function("lower", 1, takes_open=True)
def lower(value: Any) -> Any:
    """A text in small letters."""
    return _each("lower", value, str.lower)


@function("upper", 1, takes_open=True)
def upper(value: Any) -> Any:
    """A text in capital letters."""
    return _each("upper", value, str.upper)


@function("title", 1)
def title(value: Any) -> str:
    """A text with each word's first letter as a capital."""
    return re.sub(r"(^|[^\w'])(\w)", lambda match: match[1] + match[2].upper(), text(value))


@function("trimspace", 1)
def trimspace(value: Any) -> str:
    """A text without space at its ends."""
    return text(value).strip(_BLANK)


@function("chomp", 1)
def chomp(value: Any) -> str:
    """A text without the ends of lines at its end."""
    return text(value).rstrip("\r\n")


@function("trim", 2)
def trim(value: Any, signs: Any) -> str:
    """A text without some characters at its ends."""
    return text(value).strip(text(signs))


@function("trimprefix", 2, takes_open=True)
def trimprefix(value: Any, prefix: Any) -> Any:
    """A text without another at its beginning."""
    if isinstance(value, Text) and isinstance(prefix, str) and len(value.prefix) >= len(prefix):
        parts = (value.prefix.removeprefix(prefix), *value.parts[1:]) if value.prefix else value.parts
        return joined_again(tuple(part for part in parts if part != ""), value.keys, value)
    unknown = _known("trimprefix", value, prefix)
    return text(value).removeprefix(text(prefix)) if unknown is None else unknown


@function("trimsuffix", 2, takes_open=True)
def trimsuffix(value: Any, suffix: Any) -> Any:
    """A text without another at its end."""
    if isinstance(value, Text) and isinstance(suffix, str) and len(value.suffix) >= len(suffix):
        parts = (*value.parts[:-1], value.suffix.removesuffix(suffix)) if value.suffix else value.parts
        return joined_again(tuple(part for part in parts if part != ""), value.keys, value)
    unknown = _known("trimsuffix", value, suffix)
    return text(value).removesuffix(text(suffix)) if unknown is None else unknown


def _known(name: str, *arguments: Any) -> Any:
    """What is not known where one of some arguments is not; None where all are."""
    unknown = first_open(list(arguments))
    if unknown is None:
        return None
    return open_value(f"{name}({','.join(map(key_of, arguments))})", unknown.reason)


@function("startswith", 2, takes_open=True)
def startswith(value: Any, prefix: Any) -> Any:
    """Whether a text begins with another."""
    if isinstance(value, Text) and isinstance(prefix, str):
        if len(value.prefix) >= len(prefix):
            return value.prefix.startswith(prefix)
        if not prefix.startswith(value.prefix):
            return False
    return _boolean("startswith", value, prefix, str.startswith)


@function("endswith", 2, takes_open=True)
def endswith(value: Any, suffix: Any) -> Any:
    """Whether a text ends with another."""
    if isinstance(value, Text) and isinstance(suffix, str):
        if len(value.suffix) >= len(suffix):
            return value.suffix.endswith(suffix)
        if not suffix.endswith(value.suffix):
            return False
    return _boolean("endswith", value, suffix, str.endswith)


@function("strcontains", 2, takes_open=True)
def strcontains(value: Any, part: Any) -> Any:
    """Whether a text holds another."""
    if (
        isinstance(value, Text)
        and isinstance(part, str)
        and any(part in known for known in value.parts if known)
    ):
        return True
    return _boolean("strcontains", value, part, str.__contains__)


def _boolean(name: str, value: Any, other: Any, how: Callable[[str, str], bool]) -> Any:
    unknown = first_open([value, other])
    if unknown is not None:
        return open_value(f"{name}({key_of(value)},{key_of(other)})", unknown.reason, boolean=True)
    return how(text(value), text(other))


@function("replace", 3, takes_open=True)
def replace(value: Any, old: Any, new: Any) -> Any:
    """A text with every occurrence of another, or of a pattern between slashes, replaced."""
    if isinstance(value, Text) and isinstance(old, str) and len(old) == 1 and isinstance(new, str):
        parts = tuple(None if part is None else part.replace(old, new) for part in value.parts)
        keys = tuple(f"replace({key},{old!r},{new!r})" for key in value.keys)
        return joined_again(parts, keys, value)
    unknown = _known("replace", value, old, new)
    if unknown is not None:
        return unknown
    whole_text, before, after = text(value), text(old), text(new)
    if len(before) > 1 and before[0] == before[-1] == "/":
        return substituted(before[1:-1], after, whole_text)
    if len(whole_text) * (len(after) + 1) > 1 << 24:
        raise Failure("replace() gives a text that is too long")
    return bounded_text(whole_text.replace(before, after), "replace")


@function("substr", 3, takes_open=True)
def substr(value: Any, start: Any, length: Any) -> Any:
    """A stretch of a text; a negative start counts from the end, a length of -1 goes to it."""
    unknown = first_open([start, length])
    if isinstance(value, Text) and unknown is None:
        begin, count = whole(start), whole(length)
        if begin >= 0 and count >= 0 and begin + count <= len(value.prefix):
            return value.prefix[begin : begin + count]
        if begin == 0 and count >= 0 and value.prefix:
            key = f"substr({key_of(value)},0,{count})"
            return Text((value.prefix[:count], None), (key,), value.reason, text=value.text)
    if (open_ := _known("substr", value, start, length)) is not None:
        return open_
    known, begin, count = text(value), whole(start), whole(length)
    if begin < 0:
        # Nothing of what ends the text means all of it.
        begin, count = max(0, begin + len(known)), count or -1
    return known[begin:] if count < 0 else known[begin : begin + count]


@function("split", 2, takes_open=True, typed=ALWAYS)
def split(separator: Any, value: Any) -> Any:
    """The parts of a text.  What is open in an ARM id are names, which hold no slash."""
    if isinstance(value, Text) and separator == "/" and value.prefix.startswith("/subscriptions/"):
        return [together(segment, value.text or "") for segment in segments(value)]
    if (open_ := _known("split", separator, value)) is not None:
        return open_
    sign, known = text(separator), text(value)
    return bounded_list(known.split(sign) if sign else list(known), "split")


@function("join", 1, None, takes_open=True)
def join(separator: Any, *lists: Any) -> Any:
    """The members of lists as one text."""
    if not lists:
        raise Failure("join() takes a separator and a list")
    if isinstance(separator, Unknown) or any(isinstance(one, Unknown) for one in lists):
        return _known("join", separator, *lists)
    sign = text(separator)
    stretches: list[Any] = []
    for member in (member for one in lists for member in array(one)):
        stretches += [sign, member] if stretches else [member]
    return together(stretches, f"join({separator!r}, …)")


@function("strrev", 1)
def strrev(value: Any) -> str:
    """A text backwards."""
    return text(value)[::-1]


@function("indent", 2)
def indent(spaces: Any, value: Any) -> str:
    """A text with space before each line but the first."""
    width, known = whole(spaces), text(value)
    if width < 0:
        raise Failure("indent() takes a number that is not negative")
    if (known.count("\n") + 1) * width > 1 << 20:
        raise Failure("indent() gives a text that is too long")
    return known.replace("\n", "\n" + " " * width)


@function("length", 1, takes_open=True)
def length(value: Any) -> Any:
    """How many members a value has, or how many characters a text."""
    if isinstance(value, OpenList):
        return len(value.members) if all(sure for _, sure in value.members) else _known("length", value)
    if isinstance(value, Distinct):
        return how_many(value, f"length({key_of(value)})")
    if isinstance(value, (list, dict)):
        return len(value)
    if isinstance(value, Unknown):
        return _known("length", value)
    if not isinstance(value, str):
        raise Failure(f"length() takes a text, a list or an object, not {noun(value)}")
    return len(unicodedata.normalize("NFC", value))
