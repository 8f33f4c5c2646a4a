"""A failing finding as a result: one message, one place, one identity."""

from __future__ import annotations

import hashlib
import re

from sarif_om import ArtifactLocation, Location, LogicalLocation, Message, PhysicalLocation, Region, Result

from scanner.model import Finding
from scanner.reporters.sarif import uri
from scanner.reporters.sarif.rule import LEVELS, one_line, rule_id
from scanner.results import text

_LONGEST_NAME = 200
_LONGEST_MESSAGE = 1000
_LONGEST_EVIDENCE = 1000
_DIGEST = re.compile(r"[0-9a-f]{16,}")
_STATES = {"new": "new", "known": "unchanged"}
_LINE_HASH = re.compile(r"[0-9a-f]{1,16}:[1-9]\d*")


def result(finding: Finding, rule_index: int) -> Result:
    """The result that stands for a finding; ``rule_index`` is where its rule stands, -1 for nowhere."""
    name = one_line(finding.hub.name, _LONGEST_NAME) or "(no name)"
    message = one_line(finding.message or finding.title, _LONGEST_MESSAGE)
    return Result(
        rule_id=rule_id(finding.policy),
        rule_index=rule_index,
        level=LEVELS[finding.severity],
        message=Message(text=literal(f"{name}: {message}")),
        locations=[_location(finding, name)],
        partial_fingerprints={
            "primaryLocationLineHash": _line_hash(finding),
            "hubscanFinding/v1": finding.fingerprint,
        },
        baseline_state=_STATES.get(finding.baseline or ""),
        properties=_properties(finding),
    )


def literal(message: str) -> str:
    r"""The message with every bracket escaped, for ``[text](target)`` in a message is a link (SARIF 3.11.6).

    Backslashes are doubled in front of a bracket alone: elsewhere they stand for themselves.
    """
    return re.sub(r"(\\*)([\[\]])", r"\1\1\\\2", message)


def _location(finding: Finding, name: str) -> Location:
    place = finding.location
    if place is None:
        address = uri.of_hub(finding.hub, finding.item)
        region = Region(start_line=1, start_column=1, end_line=1, end_column=2)
    else:
        address = uri.of_file(finding.artifact.path if finding.artifact else place.path)
        line = max(1, place.line)
        region = Region(start_line=line, start_column=max(1, place.column), end_line=line)
    return Location(
        physical_location=PhysicalLocation(artifact_location=ArtifactLocation(uri=address), region=region),
        logical_locations=[
            LogicalLocation(fully_qualified_name=finding.hub.id or name, name=name, kind="resource")
        ],
    )


def _line_hash(finding: Finding) -> str:
    """What GitHub finds itself for a file of the repository; what stands for the finding elsewhere."""
    artifact = finding.artifact
    known = artifact.line_hash if artifact else None
    return known if known and _LINE_HASH.fullmatch(known) else f"{_short(finding.fingerprint)}:1"


def _short(fingerprint: str) -> str:
    """16 hexadecimal digits, as long as GitHub's own."""
    if _DIGEST.fullmatch(fingerprint):
        return fingerprint[:16]
    return hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]


def _properties(finding: Finding) -> dict[str, object]:
    properties: dict[str, object] = {
        "resourceId": finding.hub.id,
        "subscriptionId": finding.hub.subscription_id,
        "item": finding.item,
    }
    if finding.evidence and len(text(finding.evidence)) <= _LONGEST_EVIDENCE:
        properties["evidence"] = finding.evidence
    return {name: value for name, value in properties.items() if value is not None}
