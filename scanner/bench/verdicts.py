"""Verdicts as a bench gives them."""

from __future__ import annotations

from collections.abc import Sequence

from scanner import engine
from scanner.engine import Judgement
from scanner.model import Verdict

Judged = Sequence[Judgement]


class Lasting(tuple[Judgement, ...]):
    """Judgements that are given again, the same object, for hubs that are alike."""

    __slots__ = ()


PASSED: Judged = (Judgement(verdict=Verdict.PASS),)
SKIPPED: Judged = (Judgement(verdict=Verdict.SKIP, reason=engine.DOES_NOT_APPLY),)
