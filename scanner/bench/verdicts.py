"""Verdicts as a bench gives them."""

from __future__ import annotations

from collections.abc import Sequence

from scanner import engine
from scanner.engine import Judgement
from scanner.model import Verdict
from scanner.policy import Policy

Judged = Sequence[Judgement]

Verdicts = Sequence[tuple[Policy, Judged]]
"""Policies with what they say of a hub."""

PASSED: Judged = (Judgement(verdict=Verdict.PASS),)
SKIPPED: Judged = (Judgement(verdict=Verdict.SKIP, reason=engine.DOES_NOT_APPLY),)
