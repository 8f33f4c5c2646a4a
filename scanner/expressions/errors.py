"""What can be wrong with an expression: in its text, or with a value that it meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scanner.errors import ScannerError


class Problem(NamedTuple):
    """One thing that is wrong with the text of an expression.

    ``offset`` counts characters of the text from 0; ``hint`` says what may have been meant.
    """

    offset: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ExpressionError(ScannerError):
    """An expression or template that does not load.

    ``problems`` holds all that is wrong with it, never nothing; ``message`` and ``offset`` are those
    of the first.
    """

    def __init__(self, message: str, offset: int = 0, *, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems) or (Problem(offset, message),)
        self.message = message
        self.offset = offset
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ExpressionError:
        """The error that tells of one or more problems, in the order of the text."""
        ordered = sorted(problems, key=lambda problem: problem.offset)
        return cls(ordered[0].message, ordered[0].offset, problems=ordered)


class EvaluationError(ScannerError):
    """An expression has no value for the document it met.  ``reason`` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StepsSpentError(EvaluationError):
    """An evaluation took more steps than it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"it needs more than {limit:,} steps on this document")
