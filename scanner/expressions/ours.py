"""The functions that expressions may call beside those of JMESPath, imported when one of them is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.expressions.runtime import STANDARD
from scanner.functions import table
from scanner.functions.registry import Function


class _Ours(Mapping[str, Function]):
    """The table of them all.  JMESPath's own names are not in it, and to ask for one imports nothing."""

    def __getitem__(self, name: str) -> Function:
        if name in STANDARD.FUNCTION_TABLE:
            raise KeyError(name)
        return table()[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The same, without an error for a name that is not there: asked of each call that is compiled."""
        return default if name in STANDARD.FUNCTION_TABLE else table().get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(table())

    def __len__(self) -> int:
        return len(table())


OURS: Mapping[str, Function] = _Ours()
