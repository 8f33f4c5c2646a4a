"""Reads a saved result as a baseline, a member at a time, however many findings it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner import results
from scanner.baseline import Known
from scanner.errors import SourceError
from scanner.model import Finding, Summary, Verdict
from scanner.sources.files.content import AT_ONCE
from scanner.sources.files.json_stream import Member, members
from scanner.sources.files.json_text import BadJSON
from scanner.sources.files.opening import Opened

_AGAIN = "write it anew with 'hubscan scan -o json=FILE'"
_FINGERPRINT = re.compile(r"[0-9a-f]{16,64}")
_COUNTED = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.EXEMPT)


def read(path: str, known: Known) -> None:
    """Take in the findings of a saved result.

    Raises `SourceError` for a file that cannot be read, and for one that is no whole result of this
    version, as a scan writes it.
    """
    for finding in findings(path):
        known.add(finding)
    known.sources.append(path)


def findings(path: str) -> Iterator[Finding]:
    """The findings of a saved result, one at a time; raises as `read`, the last of it at the end."""
    reader = _Reader(path)
    try:
        with Opened(path) as opened:
            for member in members(opened.stream, ("findings",), AT_ONCE):
                found = reader.take(member)
                if found is not None:
                    yield found
            damage = opened.damage
    except (OSError, ValueError) as error:
        if isinstance(error, BadJSON):
            raise SourceError(f"{path}: not a whole hubscan result: {error} ({_AGAIN})") from None
        if isinstance(error, OSError) and error.strerror:
            raise results.unreadable(path, error) from None
        raise SourceError(f"{path}: {error}") from None
    if damage:
        raise SourceError(f"{path}: not a whole hubscan result: {damage} ({_AGAIN})")
    reader.check()


@dataclass(slots=True)
class _Reader:
    path: str
    version: Any = None
    summary: Summary | None = None
    listed: Counter[Verdict] = field(default_factory=Counter)

    def take(self, member: Member) -> Finding | None:
        """The finding that a member of the result is; what else is needed is kept."""
        if member.key == "result":
            self.version = results.part(Any, member.raw, member.key, self.path)
            results.check_version(self.version, self.path)
        elif member.key == "summary":
            self.summary = results.part(Summary, member.raw, member.key, self.path)
        elif member.key == "findings":
            if member.index is None:
                results.part(tuple[Any, ...], member.raw, member.key, self.path)
            else:
                return self._finding(member)
        return None

    def _finding(self, member: Member) -> Finding:
        finding: Finding = results.part(Finding, member.raw, f"findings[{member.index}]", self.path)
        if not _FINGERPRINT.fullmatch(finding.fingerprint):
            place = f"findings[{member.index}].fingerprint"
            raise SourceError(f"{self.path}: not a hubscan result: {place} is no fingerprint ({_AGAIN})")
        self.listed[finding.verdict] += 1
        return finding

    def check(self) -> None:
        """Raises `SourceError` where something is missing, or does not fit together."""
        results.check_version(self.version, self.path)
        if self.summary is None:
            raise SourceError(f"{self.path}: not a hubscan result: summary is missing")
        for verdict in _COUNTED:
            counted = self.summary.verdicts.get(verdict, 0)
            if counted != self.listed[verdict]:
                told = f"counts {counted} findings of verdict {verdict} and lists {self.listed[verdict]}"
                raise SourceError(f"{self.path}: {told}: it was cut or edited ({_AGAIN})")
