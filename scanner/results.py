"""The JSON result of contract section 4: its objects, their text, and the way back.

Keys stand in the contract's order and are those of the types in `scanner.model`.  A reader of a
result ignores keys it does not know, so that later versions may add some.
"""

from __future__ import annotations

import enum
import functools
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from scanner.errors import SourceError
from scanner.model import Document, Finding, HubEntry, Report, Severity, Summary, Verdict

VERSION = "hubscan/v1"
"""What the key ``result`` says."""

_DEEPEST = 64
_LARGEST = 2**63
_UNSAFE = r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|<(?=[/!])"
_SURROGATE = r"[\ud800-\udfff]"


def hub_object(hub: HubEntry) -> Document:
    """The object that stands for a hub in the list of hubs."""
    entry: Document = {
        "id": hub.id,
        "name": hub.name,
        "kind": hub.kind,
        "subscription_id": hub.subscription_id,
        "resource_group": hub.resource_group,
    }
    if hub.egress is not None:
        entry["egress"] = hub.egress
    # Most results are of live hubs alone, and say nothing of it.
    return entry if hub.live else {**entry, "live": False}


def finding_object(finding: Finding) -> Document:
    """The object that stands for a finding in every format made of JSON."""
    written: Document = {
        "policy": finding.policy,
        "title": finding.title,
        "severity": finding.severity,
        "verdict": finding.verdict,
        "message": finding.message,
        "hub": finding.hub,
        "item": finding.item,
        "evidence": finding.evidence,
        "reason": finding.reason,
        "remediation": finding.remediation,
        "location": finding.location,
        "fingerprint": finding.fingerprint,
        "baseline": finding.baseline,
        "exemption": finding.exemption,
    }
    if finding.artifact is not None:
        written["artifact"] = finding.artifact
    return written


def summary_object(summary: Summary) -> Document:
    """The counts, every verdict and severity among them even where it is 0."""
    return {
        "hubs": summary.hubs,
        "policies": summary.policies,
        "gaps": summary.gaps,
        "verdicts": {verdict: summary.verdicts.get(verdict, 0) for verdict in Verdict},
        "severities": {severity: summary.failing.get(severity, 0) for severity in Severity},
        "unknown_severities": {severity: summary.unknown.get(severity, 0) for severity in Severity},
    }


def text(value: object) -> str:
    r"""One line of JSON that stays one line, and stays JSON, wherever it is put.

    Control characters, line separators, bidi marks and the start of a closing HTML tag or comment are
    written as ``\uXXXX``.  What JSON cannot hold is replaced: a lone surrogate by U+FFFD, an integer
    over 64 bits by its digits as a string, a list or object more than 64 levels deep by ``…``.
    """
    try:
        data = orjson.dumps(value)
    except TypeError:
        data = orjson.dumps(_holdable(value, _DEEPEST))
    line = data.decode()
    if line.isascii() and "\x7f" not in line and "</" not in line and "<!" not in line:
        return line
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", line)


def _holdable(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return re.sub(_SURROGATE, "\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else hex(value)
    if value is None or isinstance(value, float):
        return value
    if not levels:
        return "…"
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_holdable(key, 0): _holdable(member, levels - 1) for key, member in value.items()}
    return [_holdable(member, levels - 1) for member in value]


def part(kind: Any, data: bytes, key: str, name: str) -> Any:
    """One member of a result, or one entry of a list in it, as the type of the model that it stands for.

    ``key`` is what the member is called and ``name`` its file.  Raises SourceError.
    """
    try:
        value = _decode(kind, orjson.loads(data), key)
    except (orjson.JSONDecodeError, _UnfitError) as problem:
        raise SourceError(f"{name}: not a hubscan result: {problem}") from None
    return value


def decoded(kind: Any, value: Any) -> Any:
    """The object of the model that some JSON stands for, which `part` has found to be in order."""
    return _decode(kind, value, "")


def check_version(found: Any, name: str) -> None:
    """Raises SourceError for anything but this version at the key ``result``."""
    if isinstance(found, str) and found.startswith("hubscan/") and found != VERSION:
        raise SourceError(
            f"{name}: a result of another version: {found[:40]!r}, and this hubscan reads {VERSION!r}"
        )
    if found != VERSION:
        raise SourceError(f'{name}: not a hubscan result: it does not say "result": "{VERSION}"')


class _UnfitError(ValueError):
    """A value that no result has at some place.  ``str()`` says where and why."""

    def __init__(self, template: str, path: str = "") -> None:
        super().__init__(template, path)
        self._template = template
        self._path = path

    def within(self, step: str) -> _UnfitError:
        """The same, seen from outside: ``step`` is a key, or an index in brackets."""
        dot = "." if self._path and not self._path.startswith("[") else ""
        return _UnfitError(self._template, f"{step}{dot}{self._path}")

    def of_a_key(self) -> _UnfitError:
        """The same of a key of what stands there."""
        return _UnfitError(f"a key of {self._template}")

    def __str__(self) -> str:
        return self._template.format(path=self._path)


def read(data: bytes, name: str) -> Report:
    """The report that a JSON result was rendered from; ``name`` is how to call the file.

    Raises SourceError for anything that is no complete result of this version.
    """
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        raise SourceError(f"{name}: not a hubscan result: {problem}") from None
    check_version(document.get("result") if isinstance(document, dict) else None, name)
    try:
        tool: Mapping[str, Any] = _decode(Mapping[str, Any], document.get("tool"), "tool")
        version = _decode(str, tool.get("version"), "tool.version")
        report: Report = _decode(Report, {**document, "tool_version": version}, "")
    except _UnfitError as problem:
        raise SourceError(f"{name}: not a hubscan result: {problem}") from None
    return report


_KEYS = {"failing": "severities", "unknown": "unknown_severities"}
_KINDS = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    types.NoneType: "null",
}


Decoder = Callable[[Any], Any]
"""Makes the object of the model that some JSON stands for.  Raises _UnfitError where it stands for none."""


def _decode(kind: Any, value: Any, path: str) -> Any:
    """The value as the type that a field of the model declares.  Raises _UnfitError where it is none."""
    try:
        return _decoder(kind)(value)
    except _UnfitError as problem:
        raise (problem.within(path) if path else problem) from None


@functools.cache
def _decoder(kind: Any) -> Decoder:
    """How values of a type are decoded: found out once, since a result may have a million of them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return _as_it_is
    if origin is types.UnionType:
        return _optional(_decoder(arguments[0]))
    if origin in (tuple, Iterable):
        return _tuple(_decoder(arguments[0]))
    if origin is Mapping:
        return _mapping(_decoder(arguments[0]), _decoder(arguments[1]))
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, enum.Enum):
        return _word(kind)
    return _plain(kind)


def _as_it_is(value: Any) -> Any:
    return value


def _plain(kind: type) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            raise _unfit(kind, value)
        return value

    return decode


def _optional(member: Decoder) -> Decoder:
    return lambda value: None if value is None else member(value)


def _tuple(member: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not list:
            raise _unfit(list, value)
        try:
            return tuple(map(member, value))
        except _UnfitError:
            # Where it stands is found out only when somebody must be told.
            for index, one in enumerate(value):
                _at(f"[{index}]", member, one)
            raise

    return decode


def _mapping(name: Decoder, member: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not dict:
            raise _unfit(dict, value)
        try:
            names = [name(key) for key in value]
        except _UnfitError as problem:
            raise problem.of_a_key() from None
        members = (_at(f"[{key[:40]!r}]", member, one) for key, one in value.items())
        return dict(zip(names, members, strict=True))

    return decode


def _at(step: str, member: Decoder, value: Any) -> Any:
    try:
        return member(value)
    except _UnfitError as problem:
        raise problem.within(step) from None


def _object(kind: Any) -> Decoder:
    declared: list[tuple[str, str, Decoder, bool]] = []

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            raise _unfit(dict, value)
        if not declared:
            declared.extend(_declared(kind))
        found = {}
        for name, key, member, needed in declared:
            if key in value:
                try:
                    found[name] = member(value[key])
                except _UnfitError as problem:
                    raise problem.within(key) from None
            elif needed:
                raise _UnfitError("{path} is missing", key)
        return kind(**found)

    return decode


def _declared(kind: Any) -> Iterator[tuple[str, str, Decoder, bool]]:
    """Name, key, decoder, and whether it must be given, of each field."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        needed = field.default is MISSING and field.default_factory is MISSING
        yield field.name, _KEYS.get(field.name, field.name), _decoder(hints[field.name]), needed


def _word(kind: type[enum.Enum]) -> Decoder:
    words = {word.value: word for word in kind}

    def decode(value: Any) -> Any:
        if type(value) is not str:
            raise _unfit(str, value)
        if value not in words:
            given = repr(value[:40]).replace("{", "{{").replace("}", "}}")
            raise _UnfitError(f"{{path}}: one of {', '.join(words)} was expected, not {given}")
        return words[value]

    return decode


def _unfit(kind: type, value: object) -> _UnfitError:
    return _UnfitError(f"{{path}}: {_KINDS[kind]} was expected, not {_KINDS[type(value)]}")
