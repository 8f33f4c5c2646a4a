"""YAML as Terraform's ``yamldecode`` reads it, which is neither that of YAML 1.1 nor that of 1.2.

``012`` is twelve, ``0o14`` too, ``1:30`` and ``1_000`` are texts, ``yes`` is true, and so is ``y``, even as
a key; a day becomes a moment; a key that stands twice has its last value, and what is merged counts where
it stands.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import yaml

from scanner.regexes import regex
from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.registry import Unread
from scanner.sources.hcl.values import NUMBER, number_of, text_of

MAX_DEPTH = 100
MAX_VALUES = 200_000

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INFINITE = regex(r"[-+]?\.(?:inf|Inf|INF)")
_NOT_NUMBERS = (".nan", ".NaN", ".NAN")
_BASES = {"0x": 16, "0o": 8}
_DIGITS = {"0x": regex(r"[0-9a-fA-F]+"), "0o": regex(r"[0-7]+")}
_LARGEST = 1 << 64
_TIME = regex(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?P<between>[Tt]| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"(?:[.,][0-9]+)?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_STANDARD = "tag:yaml.org,2002:"
_SCALARS = ("null", "bool", "int", "float", "timestamp")
"""Tags of which Terraform does not ask that a value is of that type, but that it is no plain text."""


def decoded(text: str) -> Any:
    """The value of a document.  Raises `Failure` where Terraform does, `Unread` for one that is too large."""
    try:
        parser = yaml.CSafeLoader(text.encode("utf-8", "replace"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Failure("yamldecode() of a text that is not YAML") from None
    try:
        return _Reader(parser).document()
    except yaml.MarkedYAMLError as error:
        raise Failure(f"yamldecode() of a text that is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Failure("yamldecode() of a text that is not YAML") from None
    finally:
        parser.dispose()


class _Reader:
    """Turns events into a value.  The recursion is Python's own, and bounded."""

    def __init__(self, parser: yaml.CSafeLoader) -> None:
        self._parser = parser
        self._count = 0
        self._anchors: dict[str, tuple[Any, int]] = {}

    def document(self) -> Any:
        parser = self._parser
        parser.get_event()
        start = parser.get_event()
        if not isinstance(start, yaml.DocumentStartEvent):
            raise Failure("yamldecode() of a text without a document")
        if start.version not in (None, (1, 1)):
            raise Failure("yamldecode() of a text in another version of YAML than 1.1")
        value = self._value(parser.get_event(), 0)
        parser.get_event()
        if not isinstance(parser.get_event(), yaml.StreamEndEvent):
            raise Failure("yamldecode() of more than one document")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        self._more(1)
        if depth > MAX_DEPTH:
            raise Unread(f"a text that is nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise Failure("yamldecode() of an alias that stands for nothing")
            value, size = self._anchors[event.anchor]
            self._more(size)
            return value
        before = self._count
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(event, depth)
        else:
            value = self._mapping(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before + 1)
        return value

    def _more(self, count: int) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise Unread(f"a text of more than {MAX_VALUES} values, aliases written out")

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        _check(start, "seq")
        sequence = []
        while not isinstance(event := self._parser.get_event(), yaml.SequenceEndEvent):
            sequence.append(self._value(event, depth + 1))
        return sequence

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        _check(start, "map")
        mapping: dict[str, Any] = {}
        while not isinstance(event := self._parser.get_event(), yaml.MappingEndEvent):
            merges = isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.tag
            key = "<<" if merges else self._value(event, depth + 1)
            value = self._value(self._parser.get_event(), depth + 1)
            if merges:
                if not isinstance(value, dict):
                    raise Failure("yamldecode() of a merge of what is no mapping")
                self._more(len(value))
                mapping.update(value)
            elif key is None or isinstance(key, (list, dict)):
                raise Failure("yamldecode() of a key that is no text")
            else:
                mapping[text_of(key)] = value
        return mapping


def _check(event: Any, kind: str) -> None:
    if event.tag not in (None, f"{_STANDARD}{kind}"):
        raise Failure(f"yamldecode() of the tag {event.tag[:60]} on a {kind}")


def _scalar(event: Any) -> Any:
    text: str = event.value
    tag: str | None = event.tag
    kind = tag.removeprefix(_STANDARD) if tag else ""
    if tag and kind not in (*_SCALARS, "str", "binary"):
        raise Failure(f"yamldecode() of the tag {tag[:60]}")
    if kind == "binary":
        return _binary(text)
    if kind == "str" or (not tag and not event.implicit[0]):
        return text
    if event.style in ("'", '"'):
        return text
    value = _plain(text, is_moment=kind in ("", "timestamp"))
    if isinstance(value, str) and kind == "null":
        return None
    if isinstance(value, str) and kind and (kind != "timestamp" or value == text):
        raise Failure(f"yamldecode() of the tag !!{kind} on the text '{text[:40]}'")
    return value


def _plain(text: str, *, is_moment: bool) -> Any:
    """The value of a text without quotes, which may be a moment or not."""
    if text in _WORDS:
        return _WORDS[text]
    if _INFINITE.fullmatch(text):
        raise Unread("a number without end")
    if text in _NOT_NUMBERS:
        raise Failure(f"yamldecode() of {text}, which no value can be")
    time = _TIME.fullmatch(text) if is_moment else None
    if time is not None and (moment := _moment(time)) is not None:
        return moment
    if NUMBER.fullmatch(text):
        try:
            return number_of(text)
        except Failure:
            raise Unread("a number that is too large") from None
    digits = _DIGITS.get(text[:2])
    if digits is not None and digits.fullmatch(text, 2):
        number = int(text[2:], _BASES[text[:2]])
        if number >= _LARGEST:
            raise Failure(f"yamldecode() of the number {text[:40]}, which is too large")
        return number
    return text


def _moment(time: re.Match[str]) -> str | None:
    """A day or a time as a moment in the form of RFC 3339, None for one that there is not."""
    year, month, day = int(time["year"]), int(time["month"]), int(time["day"])
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    # A zone stands behind a T, and only there.
    is_whole = time["between"] is None or (time["between"] in "Tt") == (time["zone"] is not None)
    if not is_whole or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return None
    days = 29 if month == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0) else _DAYS[month - 1]
    if not 1 <= day <= days:
        return None
    zone = time["zone"] or "Z"
    if zone[1:] == "00:00":
        zone = "Z"
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"


def _binary(text: str) -> str:
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Failure("yamldecode() of the tag !!binary on a text that is no base64") from None
    return text
