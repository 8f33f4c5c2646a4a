"""What can go wrong while a template is evaluated."""

from __future__ import annotations


class Failure(Exception):  # noqa: N818 - what evaluation ends in, not a defect of this program
    """The expression would fail when the template is deployed.  ``str()`` is a clause for people."""


class BadExpression(ValueError):  # noqa: N818 - reads as what it says
    """A text in brackets is no expression.  ``offset`` counts characters of the text from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Spent(Exception):  # noqa: N818 - a bound that was reached
    """Evaluating the template takes more work than any template that deploys."""
