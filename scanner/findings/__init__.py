"""Everything that a scan has found, hub by hub, and the findings of its report.

A scan may find more than memory holds, and much of it over and over: hubs of which the same is missing
differ in nothing but their names.  So what is found of a hub is one record, what is found of many is
kept once, and its text is made once, but for what rests on the hub.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from scanner import remediation
from scanner.desk import hub_data
from scanner.exemptions import Register
from scanner.findings.kinds import SHOWN, STATE, Blanks, Form, Kind, evidence, likeness, written
from scanner.fingerprints import fingerprinted
from scanner.model import Artifact, Exemption, Finding, HubRef, Place, PolicyCard, Verdict
from scanner.remediation import Blank
from scanner.results import Told, finding_object, text
from scanner.spool import Spool

if TYPE_CHECKING:
    from scanner.baseline import Known

_OFTEN = 4_096
"""How many things that were found of more than one hub are kept once; those of more bytes never are."""

_MET = 16_384
"""Of how many things it is remembered that they were found once."""

_READY = 512
"""How many of what is kept once are ready to be written."""

_FORMS = 128
"""Of how many hubs what was found is remembered, and how it is written once the same is found again."""

_Data = Mapping[str, Any]
"""What a desk writes down of one thing that was found."""

_Row = int | dict[str, Any]
"""What was found: the number of a thing that is kept once, or all that is known of it."""


class Findings:
    """What was found, sorted.  It can be gone through any number of times, as findings or as their text.

    ``order`` gives what a hub is sorted by, of its id.
    """

    def __init__(
        self,
        cards: Mapping[str, PolicyCard],
        register: Register,
        known: Known | None,
        order: Callable[[str], str] = str.lower,
    ) -> None:
        self._spool = Spool()
        self._order = order
        self._cards = cards
        self._register = register
        self._known = known
        self._often: list[bytes] = []
        self._numbers: dict[bytes, bytes] = {}
        self._met: set[int] = set()
        self._ready: dict[int, Kind] = {}
        self._frames: dict[tuple[Any, ...], Kind] = {}
        self._forms: dict[tuple[object, ...], Form | None] = {}

    def close(self) -> None:
        """Let the temporary files go."""
        self._spool.__exit__(None, None, None)

    def add(self, hub: HubRef, records: Sequence[tuple[str, bytes]]) -> None:
        """Keep what was found of a hub (`scanner.desk.Sheet`)."""
        if not records:
            return
        numbers = self._numbers
        rows = [numbers.get(data) or self._row(data) for _, data in sorted(records, key=itemgetter(0))]
        fields = orjson.dumps(hub_data(hub))
        # No two hubs share a part of their order unless they share this much of their ids.
        shelf = self._order(hub.id).partition("\0")[0]
        self._spool.add(shelf, b'{"hub":%b,"found":[%b]}' % (fields, b",".join(rows)))

    def _row(self, data: bytes) -> bytes:
        """What stands for a thing in a record: itself, unless it was found before."""
        mark = hash(data)
        if mark in self._met:
            if len(self._often) < _OFTEN and len(data) <= _OFTEN:
                number = self._numbers[data] = b"%d" % len(self._often)
                self._often.append(data)
                return number
        else:
            if len(self._met) >= _MET:
                self._met.clear()
            self._met.add(mark)
        return data

    def __iter__(self) -> Iterator[Finding]:
        """The findings as objects."""
        last = [""]
        for hub, rows in self._hubs():
            names = remediation.hub_names(hub)
            for kind, data, mark in self._marked(rows, fingerprinted(hub), last):
                yield self._finding(hub, names, kind, data, mark)

    def texts(self, between: str | None) -> Iterator[Told]:
        """The text that the JSON result has for the findings, of a hub at once where others have the same."""
        last = [""]
        for hub, rows in self._hubs():
            blanks = Blanks(hub)
            own = fingerprinted(hub)
            may_join = between is not None and blanks.plain and self._known is None
            whole = self._whole(rows, between or "") if may_join else None
            if whole is not None:
                yield whole.said, whole.filled(blanks, own)
                continue
            for kind, data, mark in self._marked(rows, own, last):
                yield ((kind.card.id, kind.verdict),), self._line(hub, blanks, kind, data, mark)

    def counts(self) -> Counter[tuple[str, Verdict]]:
        """How many findings each policy has of each verdict."""
        counts: Counter[tuple[str, Verdict]] = Counter()
        last = [""]
        for hub, rows in self._hubs():
            whole = self._whole(rows, "\n")
            if whole is not None:
                counts.update(whole.said)
                continue
            for kind, _, _ in self._marked(rows, fingerprinted(hub), last):
                counts[kind.card.id, kind.verdict] += 1
        return counts

    def _marked(self, rows: Iterable[_Row], own: bytes, last: list[str]) -> Iterator[tuple[Kind, _Data, str]]:
        """What was found of a hub with its fingerprints, but for what repeats the ``last`` one."""
        for row in rows:
            kind = self._kind(row)
            mark = kind.mark(own)
            if mark != last[0]:
                last[0] = mark
                yield kind, kind.data if isinstance(row, int) else row, mark

    def _line(self, hub: HubRef, blanks: Blanks, kind: Kind, data: _Data, mark: str) -> str:
        if kind.pieces is None or not blanks.plain:
            return text(finding_object(self._finding(hub, blanks.names, kind, data, mark)))
        if kind.form is None:
            kind.form = Form((kind,), kind.pieces)
        if kind.shows:
            blanks[SHOWN] = text(evidence(data, hub))
        if self._known is not None:
            blanks[STATE] = text(self._known.state(mark, kind.verdict, data["message"]))
        return kind.form.filled(blanks, fingerprinted(hub))

    def _whole(self, rows: Sequence[_Row], between: str) -> Form | None:
        """The text of all that was found of a hub, where the same was found of one before."""
        # One that stands alone may be the same as the last.
        if not 1 < len(rows) <= _READY or not all(isinstance(row, int) for row in rows):
            return None
        key = (between, *rows)
        found = self._forms.get(key)
        if found is None:
            if len(self._forms) >= _FORMS:
                self._forms.clear()
            # The first of them may be the only one.
            made = self._written(rows, between) if key in self._forms else None
            self._forms[key] = found = made
        return found

    def _written(self, rows: Sequence[_Row], between: str) -> Form | None:
        kinds = [next(same) for _, same in groupby(map(self._kind, rows), key=lambda kind: kind.mark(b""))]
        pieces: list[str | Blank] = []
        for kind in kinds:
            if kind.pieces is None:
                return None
            pieces += ([between] if pieces else []) + kind.pieces
        return Form(kinds, pieces)

    def _hubs(self) -> Iterator[tuple[HubRef, list[_Row]]]:
        """What was found of each hub."""
        for _, group in groupby(self._spool, key=itemgetter(0)):
            records = map(itemgetter(1), group)
            first, second = next(records), next(records, None)
            if second is None:
                yield HubRef(**first["hub"]), first["found"]
            else:
                yield from self._mixed(chain([first, second], records))

    def _mixed(self, records: Iterator[dict[str, Any]]) -> Iterator[tuple[HubRef, list[_Row]]]:
        """What was found of hubs whose findings may stand among one another's: of one id, or nearly so."""
        met: set[tuple[str, int]] = set()
        with Spool() as spool:
            for record in records:
                hub = HubRef(**record["hub"])
                own = fingerprinted(hub)
                for row in record["found"]:
                    # The same of the same hub is found once, in whatever way it is spelled.
                    if isinstance(row, int) and len(met) < _MET:
                        if (hub.id.lower(), row) in met:
                            continue
                        met.add((hub.id.lower(), row))
                    kind = self._kind(row)
                    names = (hub.id.lower(), kind.card.id, kind.data["item"] or "", kind.data["key"] or "")
                    key = "\0".join((*names, kind.mark(own), str(kind.verdict.rank)))
                    spool.add(key, orjson.dumps((record["hub"], row)))
            for _, (fields, row) in spool:
                yield HubRef(**fields), [row]

    def _kind(self, row: _Row) -> Kind:
        if isinstance(row, dict):
            return self._alike(row)
        kind = self._ready.get(row)
        if kind is None:
            if len(self._ready) >= _READY:
                self._ready.clear()
            data = orjson.loads(self._often[row])
            kind = self._ready[row] = Kind(data, self._cards[data["policy"]])
            kind.pieces = written(kind, self._exemption(data))
        return kind

    def _alike(self, data: dict[str, Any]) -> Kind:
        key = likeness(data)
        known = None if key is None else self._frames.get(key)
        if known is None:
            kind = Kind(data, self._cards[data["policy"]])
            if key is not None:
                if len(self._frames) >= _READY:
                    self._frames.clear()
                self._frames[key] = kind
            return kind
        if not known.shows:
            # The first of them may be the only one.
            known.shows = True
            known.pieces = written(known, self._exemption(data))
        return known

    def _finding(
        self, hub: HubRef, names: Mapping[str, str | None], kind: Kind, data: _Data, mark: str
    ) -> Finding:
        card = kind.card
        exemption = data["exemption"]
        return Finding(
            policy=card.id,
            title=card.title,
            severity=card.severity,
            verdict=kind.verdict,
            message=data["message"],
            hub=hub,
            item=data["item"],
            fingerprint=mark,
            evidence=evidence(data, hub),
            reason=data["reason"],
            remediation=remediation.Filled(kind.outline, names),
            baseline=None if self._known is None else self._known.state(mark, kind.verdict, data["message"]),
            exemption=_ignored(data, hub) if exemption is None else self._register.entries[exemption],
            location=Place(**data["location"]) if data["location"] else None,
            artifact=Artifact(**data["artifact"]) if data["artifact"] else None,
        )

    def _exemption(self, data: Mapping[str, Any]) -> Exemption | None:
        return None if data["exemption"] is None else self._register.entries[data["exemption"]]


def _ignored(data: Mapping[str, Any], hub: HubRef) -> Exemption | None:
    """The exemption that a comment beside the finding states."""
    if not data["ignored"]:
        return None
    return Exemption(
        policy=data["policy"],
        hub=hub.id,
        item=data["item"],
        category="waiver",
        justification=data["ignored"],
    )
