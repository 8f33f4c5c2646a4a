"""The functions that expressions may call beside those of JMESPath, imported when one of them is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.expressions.runtime import STANDARD
from scanner.functions import table
from scanner.functions.registry import Function


class _Ours(Mapping[str, Function]):
    """The table of them all.  JMESPath's own names are not in it, and to ask for one imports nothing."""

    def __getitem__(self, name: str) -> Function:
        if name in STANDARD.FUNCTION_TABLE:
            raise KeyError(name)
        return table()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(table())

    def __len__(self) -> int:
        return len(table())


OURS: Mapping[str, Function] = _Ours()
