"""Findings that are alike but for their hubs: what is found out once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from scanner import remediation
from scanner.desk import ITS_ID
from scanner.fingerprints import fingerprints
from scanner.model import LISTED, Exemption, HubRef, PolicyCard, Verdict
from scanner.regexes import regex
from scanner.remediation import Blank, Outline
from scanner.results import text

HUB, OWN, MARK, STATE, SHOWN = (
    Blank(name, "json", "") for name in ("hub", "id", "fingerprint", "baseline", "evidence")
)
"""The blanks in the text of a finding beside those of its remediation."""


class Kind:
    """What is found alike of many hubs.

    ``data`` is what a desk writes down of the first; ``outline`` is its remediation but for the names of
    hubs; ``pieces`` are their text but for all that rests on the hub, None where nobody made it out, and
    ``form`` is it ready to be filled in.  Where each ``shows`` evidence of its own, that is left out, too.
    """

    __slots__ = ("card", "data", "form", "mark", "outline", "pieces", "shows", "verdict")

    def __init__(self, data: Mapping[str, Any], card: PolicyCard) -> None:
        self.data = data
        self.card = card
        self.verdict = Verdict(data["verdict"])
        self.pieces: list[str | Blank] | None = None
        self.form: Form | None = None
        self.shows = False
        self.mark = fingerprints(card.id, data["item"], data["key"])
        self.outline: Outline = {}
        if self.verdict in LISTED:
            names = remediation.names(data["item"], data["key"], data["evidence"])
            self.outline = remediation.outline(card.remediation, names)


def evidence(data: Mapping[str, Any], hub: HubRef) -> Mapping[str, Any]:
    """The evidence of what was written down of one hub."""
    shown: Mapping[str, Any] = data["evidence"]
    return {**shown, ITS_ID: hub.id} if data["is_own"] else shown


class Blanks(dict[Blank, str]):
    """What is written into the blanks of forms for one hub, as JSON, found when it is asked for.

    ``plain`` is False where one of its names may be written otherwise within a text than by itself.
    """

    def __init__(self, hub: HubRef) -> None:
        super().__init__({HUB: text(hub), OWN: text(hub.id), MARK: "", STATE: "null"})
        self.names = remediation.hub_names(hub)
        self.plain = not any(
            name is not None and ("<" in name or "#" in name) for name in self.names.values()
        )

    def __missing__(self, blank: Blank) -> str:
        value = self[blank] = text(blank.filled(self.names))[1:-1]
        return value


class Form:
    """The text that the JSON result has for findings of some kinds of one hub, with blanks in it."""

    __slots__ = ("_blanks", "_kinds", "_marks", "_parts", "said")

    def __init__(self, kinds: Sequence[Kind], pieces: Iterable[str | Blank]) -> None:
        parts = [""]
        blanks = []
        for piece in pieces:
            if isinstance(piece, str):
                parts[-1] += piece
            else:
                parts += ["", ""]
                blanks.append(piece)
        self.said = tuple((kind.card.id, kind.verdict) for kind in kinds)
        self._parts = parts
        self._blanks = itemgetter(*blanks)
        self._marks = [(2 * place + 1, kind) for place, kind in zip(_places(blanks), kinds, strict=True)]

    def filled(self, blanks: Blanks, own: bytes) -> str:
        """The text for one hub, of which ``own`` is what goes into fingerprints."""
        parts = self._parts.copy()
        parts[1::2] = self._blanks(blanks)
        for place, kind in self._marks:
            parts[place] = kind.mark(own)
        return "".join(parts)


def _places(blanks: Iterable[Blank]) -> Iterator[int]:
    return (place for place, blank in enumerate(blanks) if blank is MARK)


def written(kind: Kind, exemption: Exemption | None) -> list[str | Blank] | None:
    """The text of findings of a kind; None where more than blanks tells it from that of each of them."""
    data = kind.data
    if data["location"] or data["ignored"] or any(map(_runs_on, kind.outline.values())):
        return None
    try:
        return list(_pieces(kind, exemption))
    except TypeError:
        # Something that JSON cannot hold is replaced where the whole is written.
        return None


_BEGINS = regex(r"(?:<|##?(?:[vV][sS]?[oO]?)?)$")
"""What is written otherwise if the right thing follows: see `scanner.results.text`."""


def _runs_on(parts: Iterable[str | Blank]) -> bool:
    """Whether what is written into a blank may change how the text before it is written."""
    return any(isinstance(part, str) and _BEGINS.search(part) is not None for part in parts)


def _pieces(kind: Kind, exemption: Exemption | None) -> Iterator[str | Blank]:
    """The keys of `scanner.results.finding_object`, in its order."""
    data, card = kind.data, kind.card
    head = {"policy": card.id, "title": card.title, "severity": card.severity, "verdict": kind.verdict}
    yield _text({**head, "message": data["message"]})[:-1]
    yield ',"hub":'
    yield HUB
    yield f',"item":{_text(data["item"])},"evidence":'
    yield from (SHOWN,) if kind.shows else _shown(data)
    yield f',"reason":{_text(data["reason"])},"remediation":{{'
    for number, (name, parts) in enumerate(kind.outline.items()):
        yield f'{"," if number else ""}{_text(name)}:"'
        yield from (_text(part)[1:-1] if isinstance(part, str) else part for part in parts)
        yield '"'
    yield '},"location":null,"fingerprint":"'
    yield MARK
    yield '","baseline":'
    yield STATE
    yield f',"exemption":{_text(exemption)}}}'


def _shown(data: Mapping[str, Any]) -> Iterator[str | Blank]:
    yield "{"
    for number, (name, value) in enumerate(data["evidence"].items()):
        yield f"{',' if number else ''}{_text(name)}:"
        yield OWN if data["is_own"] and name == ITS_ID else _text(value)
    yield "}"


def likeness(data: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Equal for findings that are alike but for their hubs and evidence.

    None where somebody else must look at each: what evidence says of a member stands in remediation, too.
    """
    evidence = data["evidence"]
    if data["location"] or data["ignored"] or not evidence or any(name[:4] == "item" for name in evidence):
        return None
    return tuple([data[name] for name in _ALIKE])


_ALIKE = ("policy", "verdict", "message", "item", "key", "reason", "exemption")


def _text(value: object) -> str:
    """The text of what JSON can hold.  Raises TypeError for anything else."""
    orjson.dumps(value)
    return text(value)
