"""Which hosts cover which: looked up, as `scanner.functions.hosts.covers` would decide one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.functions.doubts import BUDGET, first
from scanner.functions.holes import HOLE, OPEN, encoded, is_readable
from scanner.functions.hosts import covers
from scanner.functions.openings import Cover, Opening
from scanner.functions.tokens import Token, parse
from scanner.reference import Reference, current
from scanner.values import Partial, Unknown

_NOTHING_KNOWN = Token(HOLE, HOLE, OPEN, None, None, None, ())
_PATTERNS = frozenset({"any", "wildcard", "suffix", OPEN})


class HostCovers:
    """An index of hosts and patterns: a lookup takes as long as the host is, however many rules there are."""

    def __init__(self, members: Sequence[Opening]) -> None:
        self._budget = BUDGET
        self._exact: dict[str, list[Opening]] = {}
        self._below: dict[str, list[Opening]] = {}
        self._ending: dict[str, list[Opening]] = {}
        self._any: list[Opening] = []
        self._patterns: list[tuple[Token, Opening]] = []
        self._open: list[tuple[Token, Opening]] = []
        self._places: dict[int, int] = {}
        for place, one in enumerate(members):
            self._places.setdefault(id(one.rule), place)
            self._add(one, host_token(one.key[1]))
        self._lengths = sorted({len(base) for base in self._ending if base})

    def _add(self, one: Opening, token: Token) -> None:
        if token.kind in _PATTERNS:
            self._patterns.append((token, one))
        if HOLE in token.host:
            if token.kind in _PATTERNS:
                self._open.append((token, one))
            return
        self._exact.setdefault(token.host, []).append(one)
        if token.kind == "any":
            self._any.append(one)
        elif token.kind in ("wildcard", "suffix"):
            index = self._below if token.kind == "wildcard" else self._ending
            index.setdefault(str(token.base), []).append(one)

    def cover(self, part: Opening) -> Cover:
        """What covers a host."""
        token = host_token(part.key[1])
        if HOLE in token.host:
            return self._compared(part, token, self._patterns)
        for others in self._broader(token):
            if (by := _other(others, part, token.host)) is not None:
                return Cover(by=by, is_broader=True)
        same = self._any if token.kind == "any" else self._exact.get(token.host, [])
        if (by := _other(same, part, None)) is not None:
            is_later = not by.is_system and self._places[id(by.rule)] > self._places[id(part.rule)]
            return Cover(by=by, is_later=is_later)
        return self._compared(part, token, self._open)

    def _broader(self, token: Token) -> Iterator[list[Opening]]:
        """The openings of each pattern that covers a host which is not itself."""
        if token.kind == "any":
            return
        yield self._any
        if token.kind in ("ip", "unsupported"):
            return
        end = token.base or token.host
        place = end.find(".")
        while place >= 0:
            yield self._below.get(end[place + 1 :], [])
            place = end.find(".", place + 1)
        longest = len(end) - (token.kind == "suffix")
        for length in self._lengths:
            if length > longest:
                break
            yield self._ending.get(end[-length:], [])

    def _compared(self, part: Opening, token: Token, others: Sequence[tuple[Token, Opening]]) -> Cover:
        """The same where one of the two is not known, by comparison."""
        self._budget -= len(others)
        doubt = None
        for other, by in others if self._budget >= 0 else ():
            if by.same_rule(part):
                continue
            answer = covers(other, token)
            if answer:
                return Cover(by=by, is_broader=True)
            if answer is None:
                doubt = first(doubt, _unknown(part), _unknown(by))
        if self._budget < 0 and others:
            doubt = Unknown("there are more hosts that are not known than can be compared")
        return Cover(doubt=doubt)


def _other(openings: Sequence[Opening], part: Opening, host: str | None) -> Opening | None:
    """The first of some openings of one host that is of another rule; platform rules before others."""
    found = next((one for one in openings if one.is_system), None) or next(
        (one for one in openings if not one.same_rule(part)), None
    )
    if found is None or (host is not None and _is_listed_together(host, str(found.key[1]))):
        return None
    return found


def _unknown(one: Opening) -> Unknown | None:
    return one.key[1] if isinstance(one.key[1], Unknown) else None


def host_token(host: Any) -> Token:
    """A host, which may not be known or known in part, as the token that stands for it."""
    if isinstance(host, str):
        return parse(host)
    text = encoded(host) if isinstance(host, Partial) else HOLE
    return parse(text) if is_readable(text) else _NOTHING_KNOWN


def _is_listed_together(one: str, other: str) -> bool:
    """Whether a documented scenario lists both hosts, and so asks for both."""
    scenarios = _scenarios(current())
    return not scenarios.get(one, frozenset()).isdisjoint(scenarios.get(other, ()))


@functools.lru_cache(maxsize=8)
def _scenarios(reference: Reference) -> Mapping[str, frozenset[str]]:
    """The scenarios that ask for a host, by the host as rules have it."""
    found: dict[str, set[str]] = {}
    for entry in reference.table("scenario-hosts")["hosts"]:
        found.setdefault(parse(entry["host"]).host, set()).add(entry["scenario"])
    return {host: frozenset(names) for host, names in found.items()}
