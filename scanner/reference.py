"""The tables that functions judge by: facts of Azure as data, which a user may override.

Each is a file ``policies/data/NAME.yaml`` that names its source and date.  A process judges by one
`Reference` at a time; what functions derive from a table they keep by the `Reference` it came from,
so that nothing has to be forgotten when the command line sets another.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import yaml

from scanner.bundled import bundled
from scanner.errors import ConfigError


class Reference:
    """The tables by name, read when first asked for.

    ``overrides`` maps table names to what a user wants different.  Maps merge key by key; any other
    value takes the place of ours; a list may also be changed by ``{add: [...], remove: [...]}``,
    where an entry that is a map can be removed by its ``id``.  An override that does not fit raises
    `ConfigError` here, not while a hub is judged.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self._tables = {
            name: _merge(_bundled_table(name), override, name) for name, override in (overrides or {}).items()
        }

    def table(self, name: str) -> Any:
        """The table of that name; nobody writes into it.  Raises KeyError where there is none."""
        if name not in self._tables:
            self._tables[name] = _bundled(name)
        return self._tables[name]


_FOLDER = "data"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")


def names() -> tuple[str, ...]:
    """The names of all tables, sorted."""
    folder = bundled("policies") / _FOLDER
    return tuple(sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.is_file()))


@functools.cache
def _bundled(name: str) -> Any:
    if not _NAME.fullmatch(name):
        raise KeyError(name)
    file = bundled("policies") / _FOLDER / f"{name}.yaml"
    if not file.is_file():
        raise KeyError(name)
    return yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)


def _bundled_table(name: str) -> Any:
    try:
        return _bundled(name)
    except KeyError:
        raise ConfigError(f"there is no reference table {name!r}; there are {', '.join(names())}") from None


def _merge(ours: Any, theirs: Any, path: str) -> Any:
    """Our value with the user's changes; ``path`` names it in an error."""
    if isinstance(ours, Mapping):
        if not isinstance(theirs, Mapping):
            raise ConfigError(f"{path} is a map; it cannot become {_kind(theirs)}")
        merged = dict(ours)
        for key, value in theirs.items():
            merged[key] = _merge(ours[key], value, f"{path}.{key}") if key in ours else value
        return merged
    if isinstance(ours, list):
        return _list(ours, theirs, path)
    if isinstance(theirs, Mapping | list):
        raise ConfigError(f"{path} is {_kind(ours)}; it cannot become {_kind(theirs)}")
    return theirs


def _list(ours: list[Any], theirs: Any, path: str) -> list[Any]:
    if isinstance(theirs, Mapping) and theirs.keys() <= {"add", "remove"}:
        added, removed = theirs.get("add", []), theirs.get("remove", [])
        if not isinstance(added, list) or not isinstance(removed, list):
            raise ConfigError(f"{path}.add and {path}.remove are lists")
        merged = [entry for entry in ours if not any(_is(entry, wanted) for wanted in removed)]
        merged += [entry for entry in added if entry not in merged]
    elif isinstance(theirs, list):
        merged = theirs
    else:
        raise ConfigError(f"{path} is a list; give a list, or a map of add and remove")
    kinds = {_kind(entry) for entry in ours}
    for entry in merged:
        if kinds and _kind(entry) not in kinds:
            raise ConfigError(f"{path} holds {' or '.join(sorted(kinds))}; it cannot hold {_kind(entry)}")
    return merged


def _is(entry: Any, wanted: Any) -> bool:
    return bool(entry == wanted or (isinstance(entry, Mapping) and entry.get("id", entry) == wanted))


def _kind(value: Any) -> str:
    for types, kind in ((str, "text"), (Mapping, "a map"), (list, "a list"), (bool, "a boolean")):
        if isinstance(value, types):
            return kind
    return "null" if value is None else "a number"


class _Slot:
    """Holds the tables that this process judges by."""

    reference: Reference | None = None


def current() -> Reference:
    """The tables that this process judges by: ours, until `use` sets others."""
    if _Slot.reference is None:
        _Slot.reference = Reference()
    return _Slot.reference


def use(reference: Reference) -> None:
    """Judge by these tables from now on."""
    _Slot.reference = reference
