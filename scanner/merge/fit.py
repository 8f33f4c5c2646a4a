"""Whether results are of one scan, and how what they say beside hubs and findings becomes one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner import digests as digesting
from scanner.baseline import KEPT
from scanner.merge.part import Part
from scanner.model import Baseline, Change, Digests, Gap, Input, Severity, SourceNote, Summary
from scanner.scan import one_sided_notices, repeated_notice, shard_notice

_LIVE = "azure"
"""The kind of a source of which each shard reads its own part.  Of files, every shard reads them all."""

_SHOWN = 10


def differences(parts: Sequence[Part]) -> Iterator[str]:
    """A line for each result that is not of the same scan as the first, or is there twice."""
    seen: dict[int, Part] = {}
    for part in parts:
        first = parts[0]
        twin = seen.setdefault(part.shard.index, part)
        if part.shard.count != first.shard.count:
            yield f"{part.name}: is shard {part.label}, and {first.name} is shard {first.label}"
        elif part.version != first.version:
            yield f"{part.name}: written by hubscan {part.version}, and {first.name} by {first.version}"
        elif part.policies != first.policies:
            yield f"{part.name}: judged by other policies than {first.name}{_named(part, first)}"
        elif part.shard.basis != first.shard.basis:
            what = "other expressions, parameters, exemptions or reference data"
            yield f"{part.name}: judged by {what} than {first.name}"
        elif _compared(part) != _compared(first):
            yield f"{part.name}: compared with something else than {first.name}"
        elif _files(part) != _files(first) or _read(part) != _read(first):
            yield f"{part.name}: read other files than {first.name}, or they changed in between"
        elif twin is not part:
            yield f"{part.name}: is shard {part.label} once more, as {twin.name}"


def _named(part: Part, first: Part) -> str:
    ours, theirs = ({card.id: card for card in one.policies} for one in (part, first))
    names = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f" ({shown})" if names else ""


def _compared(part: Part) -> tuple[str, ...] | None:
    return None if part.baseline is None else part.baseline.sources


def _files(part: Part) -> list[SourceNote]:
    return [note for note in part.sources if note.kind != _LIVE]


def _read(part: Part) -> list[Input] | None:
    """The files that were read, None where the result does not say."""
    told = part.digests
    return None if told is None else [one for one in told.read if not one.path.startswith(digesting.LIVE)]


def digests(parts: Sequence[Part]) -> Digests | None:
    """What all together rest on; None where one of them does not say."""
    every = [part.digests for part in parts if part.digests is not None]
    if len(every) < len(parts):
        return None
    return digesting.digests(every[0].policies, (one for each in every for one in each.read))


def missing(parts: Sequence[Part]) -> Gap | None:
    """The gap of the shards that were not given, None where none is missing."""
    count = parts[0].shard.count
    given = {part.shard.index for part in parts}
    if len(given) == count:
        return None
    absent = (index for index in range(1, count + 1) if index not in given)
    shown = ", ".join(f"{index}/{count}" for index, _ in zip(absent, range(_SHOWN), strict=False))
    more = ", ..." if count - len(given) > _SHOWN else ""
    detail = (
        f"{count - len(given)} of {count} shards are not here ({shown}{more}): nothing is known of their hubs"
    )
    return Gap(subject="shards", reason="missing", code="shards", detail=detail)


def sources(parts: Sequence[Part]) -> tuple[SourceNote, ...]:
    """The sources of all: files were read by every shard, what is live by each in part."""
    hubs: dict[tuple[str, str], int] = {}
    for part in parts:
        for note in part.sources:
            if note.kind == _LIVE:
                hubs[note.kind, note.path] = hubs.get((note.kind, note.path), 0) + note.hubs
    live = tuple(SourceNote(kind=kind, path=path, hubs=count) for (kind, path), count in hubs.items())
    return (*_files(parts[0]), *live)


def scope(parts: Sequence[Part]) -> Mapping[str, Any] | None:
    """What was asked to be read of Azure, None where the shards do not say the same."""
    first: Mapping[str, Any] | None = parts[0].singles.get("scope")
    return first if all(part.singles.get("scope") == first for part in parts) else None


def gaps(parts: Sequence[Part]) -> list[Gap]:
    """The gaps of all: one of a hub is in one shard, one of a file in each of them."""
    counts: Counter[Gap] = Counter()
    found = []
    for part in parts:
        own: Counter[Gap] = Counter()
        for gap in part.gaps:
            own[gap] += 1
            if gap.hub is not None or own[gap] > counts[gap]:
                found.append(gap)
        counts |= own
    return found


def summary(parts: Sequence[Part], gap_count: int) -> Summary:
    """The counts of all together."""

    def total(name: str) -> Mapping[Any, int]:
        counts: Counter[Any] = Counter()
        for part in parts:
            counts.update(getattr(part.summary, name))
        return counts

    return Summary(
        hubs=sum(part.summary.hubs for part in parts),
        policies=parts[0].summary.policies,
        verdicts=total("verdicts"),
        failing=total("failing"),
        unknown=total("unknown"),
        gaps=gap_count,
    )


def baseline(parts: Sequence[Part]) -> Baseline | None:
    """What is different from before, of all together."""
    every = [part.baseline for part in parts if part.baseline is not None]
    if not every:
        return None

    def total(name: str) -> Mapping[Severity, int]:
        return {severity: sum(getattr(one, name).get(severity, 0) for one in every) for severity in Severity}

    fixed = sorted(
        (finding for one in every for finding in one.findings),
        key=lambda one: (one.hub.id.lower(), one.policy, one.item or "", one.fingerprint),
    )
    return Baseline(
        sources=every[0].sources,
        before=sum(one.before for one in every),
        new=total("new"),
        new_unknown=total("new_unknown"),
        known=sum(one.known for one in every),
        fixed=sum(one.fixed for one in every),
        unjudged=sum(one.unjudged for one in every),
        findings=tuple(fixed[:KEPT]),
    )


def changes(parts: Sequence[Part]) -> tuple[Change, ...] | None:
    """What a comparison with another state found different, by hub; None where there was none."""
    if not any(part.against for part in parts):
        return None
    every = (change for part in parts for change in part.changes)
    return tuple(sorted(every, key=lambda change: change.hub.id.lower()))


def notices(parts: Sequence[Part], *, whole: bool) -> Iterator[str]:
    """The notices of all.

    What an exemption covers in one shard it need not cover in another: only where none of them has a
    use for it, and none is missing, is it said to match nothing.
    """
    repeated = [hub for part in parts for hub in part.shard.repeated]
    yield from map(repeated_notice, sorted(repeated, key=str.lower))
    idle = Counter(parts[0].shard.idle) if whole else Counter[str]()
    for part in parts:
        idle &= Counter(part.shard.idle)
    said: Counter[str] = Counter()
    one_sided: list[str] = []
    for part in parts:
        own: Counter[str] = Counter()
        alone = set(one_sided_notices(change for change in part.changes if change.item is None))
        one_sided += (notice for notice in part.notices if notice in alone)
        known = {shard_notice(part.shard), *map(repeated_notice, part.shard.repeated), *alone}
        for notice in part.notices:
            own[notice] += 1
            allowed = idle[notice] if notice in part.shard.idle else own[notice]
            if notice not in known and said[notice] < own[notice] <= allowed:
                said[notice] += 1
                yield notice
    yield from sorted(one_sided)
