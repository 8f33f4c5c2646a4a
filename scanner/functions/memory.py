"""What functions remember: the same rule text occurs in thousands of hubs, and many policies ask one hub."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from scanner.reference import InForce, Reference, current

Answer = TypeVar("Answer")

ENTRIES = 4_096
"""How many texts a cache holds."""

LONGEST = 512
"""Texts longer than this are judged each time: a cache of megabytes would be an attack's gift."""


_TAKES_MORE = 0x04
"""CO_VARARGS of the module inspect, which costs too much to import."""


class _Known(dict[str, Answer]):
    """Answers by text, begun anew when there are too many.  Looked up by Python's own dictionary."""

    __slots__ = ("_judge",)

    def __init__(self, judge: Callable[[str], Answer]) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, text: str) -> Answer:
        answer = self._judge(text)
        if len(text) <= LONGEST:
            if len(self) >= ENTRIES:
                self.clear()
            self[text] = answer
        return answer


def by_text(judge: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Remember the answers for short texts; every caller gets the same object."""
    return _Known(judge).__getitem__


@by_text
def lowered(word: str) -> str:
    """A word as people write it, in lower case and without blanks around it."""
    return word.strip().lower()


def by_table(judge: Callable[[Reference, str], Answer]) -> Callable[[str], Answer]:
    """The same for a judgement that depends on the reference tables in force."""
    known = _Known(lambda text: judge(current(), text))
    reference: Reference | None = None

    @functools.wraps(judge)
    def recall(text: str) -> Answer:
        nonlocal reference
        if reference is not InForce.reference or reference is None:
            known.clear()
            reference = current()
        return known[text]

    return recall


def per_hub(make: Callable[..., Answer]) -> Callable[..., Answer]:
    """Remember what was made of the last hub, by its identity, so that a second policy pays nothing.

    The hub must not change between two calls; nobody writes into a document.
    """
    code = make.__code__
    is_alone = code.co_argcount == 1 and not code.co_flags & _TAKES_MORE
    return _of_hub(make) if is_alone else _of_hub_and_key(make)


def _of_hub(make: Callable[..., Answer]) -> Callable[..., Answer]:
    last: Any = None
    reference: Reference | None = None
    answer: Any = None

    @functools.wraps(make)
    def recall(hub: dict[str, Any]) -> Answer:
        nonlocal last, reference, answer
        if last is hub and reference is InForce.reference:
            return answer  # type: ignore[no-any-return]
        # What is made may ask again of the same hub, or of another.
        made = make(hub)
        last, reference, answer = hub, current(), made
        return made

    return recall


def _of_hub_and_key(make: Callable[..., Answer]) -> Callable[..., Answer]:
    last: Any = None
    reference: Reference | None = None
    made: dict[Hashable, Answer] = {}

    @functools.wraps(make)
    def recall(hub: dict[str, Any], *key: Hashable) -> Answer:
        nonlocal last, reference, made
        if last is not hub or reference is not InForce.reference:
            last, reference, made = hub, current(), {}
        else:
            try:
                return made[key]
            except KeyError:
                pass
        # What is made may ask again of the same hub, or of another.
        mine = made
        answer = mine[key] = make(hub, *key)
        return answer

    return recall
