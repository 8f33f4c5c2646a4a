"""Regular expressions that are compiled when they are first used.

To compile one takes as long as to import a small module, and a scan uses few of those that it may need.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


class _Late:
    """Stands for a compiled pattern, of which it has the methods."""

    __slots__ = ("_said", *_METHODS)

    def __init__(self, *said: Any) -> None:
        self._said = said

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._said)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


if TYPE_CHECKING:

    def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
        """A pattern that is compiled when the first of its methods is asked for."""
        ...

else:
    regex = _Late
