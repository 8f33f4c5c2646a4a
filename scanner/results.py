"""The JSON result of contract section 4: its objects, their text, and the way back.

Keys stand in the contract's order and are those of the types in `scanner.model`.  A reader of a
result ignores keys it does not know, so that later versions may add some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, runtime_checkable

import orjson

from scanner import decoding
from scanner.errors import SourceError
from scanner.model import Document, Finding, HubEntry, Report, Severity, Summary, Verdict
from scanner.regexes import regex

VERSION = "hubscan/v1"
"""What the key ``result`` says."""

Told = tuple[Sequence[tuple[str, Verdict]], str]
"""Some findings: the policy and the verdict of each, and their text."""


@runtime_checkable
class Telling(Protocol):
    """Findings that know their own text."""

    def texts(self, between: str | None) -> Iterator[Told]:
        """The same as `texts` for them."""
        ...


_SNAPSHOT = regex(rb'\s*{\s*"snapshot"')
_OF_A_SNAPSHOT = "it is a snapshot; 'hubscan scan {} -o json=RESULT.json' makes a result of it"

_DEEPEST = 64
_LARGEST = 2**63
_UNSAFE = (
    r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|<(?=[/!])|#(?=#(?:\[|[vV][sS][oO]\[))"
)
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
        "remediation": dict(finding.remediation),
        "location": finding.location,
        "fingerprint": finding.fingerprint,
        "baseline": finding.baseline,
        "exemption": finding.exemption,
    }
    if finding.artifact is not None:
        written["artifact"] = finding.artifact
    return written


def texts(findings: Iterable[Finding], between: str | None) -> Iterator[Told]:
    """The text of findings, a line each; where several are told at once, ``between`` stands between them.

    Without it each is told alone.  What has many that are alike may write them in a way of its own.
    """
    if isinstance(findings, Telling):
        return findings.texts(between)
    return ((((one.policy, one.verdict),), text(finding_object(one))) for one in findings)


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

    Control characters, line separators, bidi marks and the start of a closing HTML tag, of a comment or of
    a command to a build server (``##[``, ``##vso[``) are written as ``\uXXXX``.  What JSON cannot hold is
    replaced: a lone surrogate by U+FFFD, an integer over 64 bits by its digits as a string, a list or
    object more than 64 levels deep by ``…``.
    """
    try:
        data = orjson.dumps(value)
    except TypeError:
        data = orjson.dumps(_holdable(value, _DEEPEST))
    line = data.decode()
    # What was cut short ends so in nearly every finding, and is in no danger of being anything else.
    plain = line if line.isascii() else line.replace("…", "")
    is_bare = plain.isascii() and "\x7f" not in line
    if is_bare and "</" not in line and "<!" not in line and "##" not in line:
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
        value = decoding.decode(kind, orjson.loads(data), key)
    except (orjson.JSONDecodeError, decoding.UnfitError) as problem:
        raise SourceError(f"{name}: not a hubscan result: {problem}") from None
    return value


def decoded(kind: Any, value: Any) -> Any:
    """The object of the model that some JSON stands for, which `part` has found to be in order."""
    return decoding.decode(kind, value, "")


def check_version(found: Any, name: str) -> None:
    """Raises SourceError for anything but this version at the key ``result``."""
    if isinstance(found, str) and found.startswith("hubscan/") and found != VERSION:
        raise SourceError(
            f"{name}: a result of another version: {found[:40]!r}, and this hubscan reads {VERSION!r}"
        )
    if found != VERSION:
        raise SourceError(f'{name}: not a hubscan result: it does not say "result": "{VERSION}"')


def unreadable(name: str, error: OSError) -> SourceError:
    """What to raise for a result that cannot be opened."""
    hint = " ('hubscan scan -o json=FILE' writes a result)" if isinstance(error, FileNotFoundError) else ""
    return SourceError(f"{name}: {error.strerror}{hint}")


def read(data: bytes, name: str) -> Report:
    """The report that a JSON result was rendered from; ``name`` is how to call the file.

    Raises SourceError for anything that is no complete result of this version.
    """
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        if _SNAPSHOT.match(data):
            raise SourceError(f"{name}: not a hubscan result: {_OF_A_SNAPSHOT.format(name)}") from None
        place = f"{name}:{problem.lineno}:{problem.colno}"
        raise SourceError(f"{place}: not a hubscan result: {problem.msg}") from None
    if isinstance(document, dict) and "snapshot" in document and "result" not in document:
        raise SourceError(f"{name}: not a hubscan result: {_OF_A_SNAPSHOT.format(name)}")
    check_version(document.get("result") if isinstance(document, dict) else None, name)
    try:
        tool: Mapping[str, Any] = decoding.decode(Mapping[str, Any], document.get("tool"), "tool")
        version = decoding.decode(str, tool.get("version"), "tool.version")
        report: Report = decoding.decode(Report, {**document, "tool_version": version}, "")
    except decoding.UnfitError as problem:
        raise SourceError(f"{name}: not a hubscan result: {problem}") from None
    return report
