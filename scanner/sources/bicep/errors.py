"""What is wrong with a Bicep file."""

from __future__ import annotations


class BadBicep(ValueError):  # noqa: N818 - reads as what it says
    """A text is no Bicep.  ``offset`` says where, ``str()`` what was expected there.

    ``endless`` is for what begins and never ends, so that nothing behind it can be told.
    """

    def __init__(self, message: str, offset: int, *, endless: bool = False) -> None:
        super().__init__(message)
        self.offset = offset
        self.endless = endless
