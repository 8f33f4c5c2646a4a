"""The tables that functions judge by: facts of Azure as data, which a user may override.

Each is a file ``policies/data/NAME.yaml`` that names its source and date.  A process judges by one
`Reference` at a time; what functions derive from a table they keep by the `Reference` it came from,
so that nothing has to be forgotten when the command line sets another.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import orjson

import scanner
from scanner.bundled import bundled
from scanner.errors import ConfigError
from scanner.kept import Folder
from scanner.regexes import regex


class Reference:
    """The tables by name, read when first asked for.

    ``overrides`` maps table names to what a user wants different.  Maps merge key by key; any other
    value takes the place of ours; a list may also be changed by ``{add: [...], remove: [...]}``,
    where an entry that is a map can be removed by its ``id``.  What is added must have the shape of what
    is there: the same kinds of value, the keys that all entries share, and none that no entry has;
    without ``versions`` it holds in all of them.  An override that does not fit raises `MisfitError`
    here, not while a hub is judged.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self._tables = {
            name: _merge(_bundled_table(name), override, (name,))
            for name, override in (overrides or {}).items()
        }

    def table(self, name: str) -> Any:
        """The table of that name; nobody writes into it.  Raises KeyError where there is none."""
        if name not in self._tables:
            self._tables[name] = _bundled(name)
        return self._tables[name]


_FOLDER = "data"
_MOST = 200
"""Entries of tables that are kept; beyond, the older half goes."""

_NAME = regex(r"[a-z][a-z0-9-]{0,63}")


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
    return _parsed(file.read_bytes())


def _parsed(text: bytes) -> Any:
    """What YAML says, kept as JSON for the next run: a table is read at nearly every start."""
    kept = Folder("tables")
    name = f"{hashlib.sha256(scanner.__version__.encode() + text).hexdigest()}.json"
    body = kept.get(name)
    with suppress(ValueError):
        if body is not None:
            return orjson.loads(body)
    import yaml  # noqa: PLC0415 - see above

    value = yaml.load(text, Loader=yaml.CSafeLoader)
    with suppress(TypeError, ValueError):
        body = orjson.dumps(value)
        if orjson.loads(body) == value:
            kept.put(name, body)
            kept.tidy(_MOST)
    return value


def _bundled_table(name: str) -> Any:
    try:
        return _bundled(name)
    except KeyError:
        told = f"there is no reference table {name!r}; there are {', '.join(names())}"
        raise MisfitError((name,), told, key=True) from None


class MisfitError(ConfigError):
    """An override that does not fit.

    ``path`` leads to it: the table, then keys and list indices.  ``key`` is True where the last key
    itself is wrong, and not the value under it.
    """

    def __init__(self, path: Path, message: str, *, key: bool = False) -> None:
        super().__init__(message)
        self.path = path
        self.key = key


Path = tuple[str | int, ...]


def _merge(ours: Any, theirs: Any, path: Path) -> Any:
    """Our value with the user's changes; ``path`` is where these stand."""
    if isinstance(ours, Mapping):
        if not isinstance(theirs, Mapping):
            raise MisfitError(path, f"{_dotted(path)} is a map; it cannot become {_kind(theirs)}")
        merged = dict(ours)
        for key, value in theirs.items():
            inner = (*path, key)
            if key not in ours:
                _fit_new(ours, value, inner)
            merged[key] = _merge(ours[key], value, inner) if key in ours else value
        return merged
    if isinstance(ours, list):
        return _list(ours, theirs, path)
    if ours is not None and _kind(theirs) != _kind(ours):
        raise MisfitError(path, f"{_dotted(path)} is {_kind(ours)}; it cannot become {_kind(theirs)}")
    return theirs


def _list(ours: list[Any], theirs: Any, path: Path) -> list[Any]:
    where = _dotted(path)
    if isinstance(theirs, Mapping) and theirs.keys() <= {"add", "remove"}:
        added, removed = theirs.get("add", []), theirs.get("remove", [])
        if not isinstance(added, list) or not isinstance(removed, list):
            raise MisfitError(path, f"{where}.add and {where}.remove are lists")
        _fit_all(ours, added, (*path, "add"), where)
        merged = [entry for entry in ours if not any(_is(entry, wanted) for wanted in removed)]
        return merged + [_of_all_versions(entry, ours) for entry in added if entry not in merged]
    if isinstance(theirs, list):
        _fit_all(ours, theirs, path, where)
        return [_of_all_versions(entry, ours) for entry in theirs]
    raise MisfitError(path, f"{where} is a list; give a list, or a map of add and remove")


def _of_all_versions(entry: Any, ours: list[Any]) -> Any:
    """The user's entry; where ours say for which versions of the documentation they hold, for all of them."""
    if not isinstance(entry, Mapping) or _VERSIONS in entry:
        return entry
    versions = {text for one in ours if isinstance(one, Mapping) for text in one.get(_VERSIONS, ())}
    return {**entry, _VERSIONS: sorted(versions)} if versions else entry


def _fit_all(samples: list[Any], values: list[Any], path: Path, where: str) -> None:
    """Each value must be of a kind that the samples have, and a map of the shape that theirs have."""
    kinds = {_kind(sample) for sample in samples}
    maps = [sample for sample in samples if isinstance(sample, Mapping)]
    for index, value in enumerate(values):
        if kinds and _kind(value) not in kinds:
            told = f"{where} holds {' or '.join(sorted(kinds))}; it cannot hold {_kind(value)}"
            raise MisfitError((*path, index), told)
        if maps and isinstance(value, Mapping):
            _fit_map(maps, value, (*path, index))


def _fit_map(samples: list[Mapping[str, Any]], value: Mapping[str, Any], path: Path) -> None:
    """A map must have the keys that all of several samples have, and none that no sample has.

    A boolean may be left out: then it is not true.  Samples that share no key are dictionaries, in which
    any key may stand.
    """
    known = {key for sample in samples for key in sample}
    shared = known.intersection(*samples) if len(samples) > 1 else set()
    if len(samples) > 1 and not shared:
        for key, inner in value.items():
            _fit([member for sample in samples for member in sample.values()], inner, (*path, key))
        return
    for key in value:
        if key not in known:
            told = f"'{key}' is no key of these entries{_near(key, known)}"
            raise MisfitError((*path, key), told, key=True)
    for key in sorted(shared - _NOTES):
        if key not in value and not isinstance(samples[0][key], bool):
            raise MisfitError(path, f"{_dotted(path)} has no '{key}'")
    for key, inner in value.items():
        _fit([sample[key] for sample in samples if key in sample], inner, (*path, key))


def _fit(samples: list[Any], value: Any, path: Path) -> None:
    kinds = {_kind(sample) for sample in samples}
    if _kind(value) not in kinds:
        raise MisfitError(path, f"'{path[-1]}' is {' or '.join(sorted(kinds))}, not {_kind(value)}")
    if isinstance(value, list):
        members = [member for sample in samples if isinstance(sample, list) for member in sample]
        _fit_all(members, value, path, f"'{path[-1]}'")
    elif isinstance(value, Mapping):
        _fit_map([sample for sample in samples if isinstance(sample, Mapping)], value, path)


def _fit_new(ours: Mapping[str, Any], value: Any, path: Path) -> None:
    """A key that we do not have is one more entry where our entries are all alike, else a mistake."""
    samples = list(ours.values())
    kinds = {_kind(sample) for sample in samples}
    is_dictionary = len(samples) > 1 and len(kinds) == 1 and isinstance(samples[0], Mapping | list | str)
    if not is_dictionary or not _SIGNED.isdisjoint(ours):
        told = f"'{path[-1]}' is no key of {_dotted(path[:-1])}{_near(str(path[-1]), ours)}"
        raise MisfitError(path, told, key=True)
    if _kind(value) not in kinds:
        raise MisfitError(path, f"{_dotted(path)} must be {kinds.pop()}, not {_kind(value)}")
    _fit(samples, value, path)


_SIGNED = frozenset({"source", "date"})
"""Keys of a map that describes itself, and is no dictionary."""

_VERSIONS = "versions"
_NOTES = frozenset({"id", "name", "source", "date", "systemName", _VERSIONS})
"""Keys that an entry may always do without: what we call it, where it comes from, and where it holds."""


def _near(key: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only where somebody mistyped

    near = difflib.get_close_matches(str(key), list(map(str, known)), n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _is(entry: Any, wanted: Any) -> bool:
    return bool(entry == wanted or (isinstance(entry, Mapping) and entry.get("id", entry) == wanted))


def _kind(value: Any) -> str:
    for types, kind in ((str, "text"), (Mapping, "a map"), (list, "a list"), (bool, "a boolean")):
        if isinstance(value, types):
            return kind
    return "null" if value is None else "a number"


class InForce:
    """Holds the tables that this process judges by."""

    reference: Reference | None = None


def current() -> Reference:
    """The tables that this process judges by: ours, until `use` sets others."""
    if InForce.reference is None:
        InForce.reference = Reference()
    return InForce.reference


def use(reference: Reference) -> None:
    """Judge by these tables from now on."""
    InForce.reference = reference
