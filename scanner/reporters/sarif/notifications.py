"""What a run could not settle, for its invocation: unknown verdicts, gaps, and what the scan itself notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from sarif_om import Message, Notification, ReportingDescriptorReference

from scanner.model import Gap
from scanner.reporters import _words
from scanner.reporters.sarif.result import literal
from scanner.reporters.sarif.rule import one_line, rule_id
from scanner.reporters.sarif.shares import Share

_MOST = 1_000
_LONGEST = 1_000


def notifications(share: Share, rules: Mapping[str, int]) -> list[Notification]:
    """At most 1,000 notifications, the last of which says how many there are beyond it.

    ``rules`` gives the place of each policy's rule.
    """
    every = [
        *_of_results(share),
        *_of_gaps(share.gaps),
        *_of_unknown(share, rules),
        *_of_notices(_words.exemption(entry, covered) for entry, covered in share.exempt.items()),
        *_of_notices(share.notices),
    ]
    if len(every) <= _MOST:
        return every
    more = len(every) - _MOST + 1
    return [
        *every[: _MOST - 1],
        _warning(f"{more} further notifications are not listed. The JSON result has them all."),
    ]


def _of_results(share: Share) -> Iterator[Notification]:
    if share.listed < share.failing:
        yield _warning(
            f"{share.listed} of {share.failing} failing findings are listed, the most severe ones: "
            "GitHub takes no more in one run. The JSON result has them all."
        )


def _of_gaps(gaps: list[Gap]) -> Iterator[Notification]:
    """One for each kind of gap, and its first detail."""
    for _, alike in groupby(sorted(gaps, key=_kind), key=_kind):
        same = list(alike)
        hub = f" of {same[0].hub}" if same[0].hub and len(same) == 1 else ""
        what = f"{_words.unread(same[0])}{hub}: {_words.why_unread(same[0])}"
        yield _warning(f"{len(same)} of {_words.number_of(len(gaps), 'gap')}: {what}")


def _kind(gap: Gap) -> tuple[str, str, int, str]:
    return _words.unread(gap), gap.reason, gap.status or 0, gap.code or ""


def _of_unknown(share: Share, rules: Mapping[str, int]) -> Iterator[Notification]:
    """One for each policy and reason, the most frequent first."""
    total = _words.number_of(share.unknown.total(), "unknown verdict")
    for (policy, reason), count in sorted(share.unknown.items(), key=lambda kind: (-kind[1], kind[0])):
        what = f"{count} of {total}: {policy}: {reason or 'various reasons'}"
        yield _warning(what, ReportingDescriptorReference(id=rule_id(policy), index=rules.get(policy, -1)))


def _warning(text: str, rule: ReportingDescriptorReference | None = None) -> Notification:
    return Notification(
        message=Message(text=literal(one_line(text, _LONGEST))), level="warning", associated_rule=rule
    )


def _of_notices(notices: Iterable[str]) -> Iterator[Notification]:
    for notice in filter(str.strip, notices):
        yield Notification(message=Message(text=literal(one_line(notice, _LONGEST))), level="note")
