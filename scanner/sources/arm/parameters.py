"""What parameter files hold."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.openness import Key
from scanner.sources.arm.parameter_files import written
from scanner.sources.arm.run import Run
from scanner.sources.arm.source import Whole
from scanner.sources.arm.template import Given
from scanner.sources.code.symbols import Symbol
from scanner.values import Unknown


def given(source: Whole, run: Run) -> dict[str, Given]:
    """The values of a parameter file, by name.  What it takes from a vault or elsewhere is not known.

    Of what stands under a key twice nobody knows which one counts: that is said.
    """
    blocks = written(source)
    twins = _Twins(source, run)
    result: dict[str, Given] = {}
    for name, block in blocks.items():
        if twins.differ(blocks, name):
            result[name] = Given(_constant(Unknown(f"'{name}' is written twice")), blocks, name)
        elif isinstance(block, dict) and (key := spelled(block, "value")) is not None:
            result[name] = Given(_constant(twins.seen(block, key)), block, key)
        else:
            what = "comes from a vault" if isinstance(block, dict) and "reference" in block else "is no value"
            secret = Symbol(f"parameters('{name}')", f"the parameter '{name}' {what}")
            result[name] = Given(_constant(secret), blocks, name)
    return result


class _Twins:
    """What a parameter file holds where it has a key twice: all of it."""

    def __init__(self, source: Whole, run: Run) -> None:
        self._source = source
        self._run = run

    def differ(self, holder: dict[str, Any], name: str) -> bool:
        """Whether a key stands twice with different values."""
        values = self._of(holder, name)
        if len(values) > 1:
            place = self._source.place(holder, name)
            self._run.report("duplicate-key", f"duplicate key '{name}'", place, reason="unresolved")
        return any(value != values[0] for value in values)

    def seen(self, holder: dict[str, Any], key: str) -> Any:
        """A value with both of what it holds twice: rules side by side, anything else not known."""
        if self.differ(holder, key):
            return Unknown(f"'{key}' is written twice")
        return self._all(holder[key]) if self._source.duplicates else holder[key]

    def _of(self, holder: dict[str, Any], name: str) -> list[Any]:
        return [value for key, value in self._source.duplicates.get(id(holder), ()) if key == name]

    def _all(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._all(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        members: dict[str, Any] = {}
        for name in value:
            values = self._of(value, name)
            members[name] = self.seen(value, name)
            if len(values) > 1 and all(map(_is_rule, values)):
                members |= {_turn(name, index): self._all(one) for index, one in enumerate(values)}
        return members


def _is_rule(value: Any) -> bool:
    return isinstance(value, dict) and "type" in value and "destination" in value


def _turn(name: str, index: int) -> str:
    """The key of one of several members that have the same name: it is still called by that."""
    if index == 0:
        return name
    key = Key(f"{name}~{index + 1}")
    key.value = name
    return key


def _constant(value: Any) -> Any:
    return lambda: value
