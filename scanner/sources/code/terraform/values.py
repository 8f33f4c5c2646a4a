"""The values of a planned resource: what is not known yet, and what is secret, is an `Unknown`."""

from __future__ import annotations

from typing import Any

from scanner.values import Unknown

DEPTH = 100
"""Levels of objects and lists inside one another that are read; real values have about fifteen."""


def merged(after: Any, unknown: Any, sensitive: Any, what: str, depth: int = 0) -> Any:
    """The planned value with an `Unknown` wherever it is not known before apply, or must not be shown.

    ``unknown`` and ``sensitive`` have the shape of the value, true where it is so.  ``what`` names the
    value for people.
    """
    if sensitive is True:
        return Unknown(f"{what} is not shown: it is sensitive") if after is not None or unknown else None
    if unknown is True:
        return Unknown(f"{what} is known only after apply", text=what)
    if depth > DEPTH:
        return Unknown(f"{what[:200]} is nested deeper than {DEPTH} levels")
    if isinstance(after, dict) or isinstance(unknown, dict):
        values = after if isinstance(after, dict) else {}
        open_ = unknown if isinstance(unknown, dict) else {}
        secret = sensitive if isinstance(sensitive, dict) else {}
        names = dict.fromkeys((*values, *open_))
        return {
            name: merged(values.get(name), open_.get(name), secret.get(name), f"{what}.{name}", depth + 1)
            for name in names
        }
    if isinstance(after, list) or isinstance(unknown, list):
        entries = after if isinstance(after, list) else []
        open_entries = unknown if isinstance(unknown, list) else []
        secrets = sensitive if isinstance(sensitive, list) else []
        return [
            merged(
                _at(entries, index),
                _at(open_entries, index),
                _at(secrets, index),
                f"{what}[{index}]",
                depth + 1,
            )
            for index in range(max(len(entries), len(open_entries)))
        ]
    return after


def _at(entries: list[Any], index: int) -> Any:
    return entries[index] if index < len(entries) else None
