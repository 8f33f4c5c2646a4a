"""Reads policies: YAML files in, compiled policies out, or every reason why not.

A policy is data (contract section 3).  All files are read before any is used, all problems of all of
them are gathered, and one bad policy never hides the errors of another.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanner import schema
from scanner.bundled import is_installed, policy_ids
from scanner.errors import ConfigError, PolicyError
from scanner.model import PolicyCard
from scanner.policies.cache import Cache
from scanner.policies.files import bundled_files, is_named, named_files
from scanner.policy import Policy

if TYPE_CHECKING:
    from scanner.positions import KeyPath

__all__ = ["load", "selected"]


def load(
    folders: Sequence[str] = (),
    *,
    include_bundled: bool = True,
    examples: bool = True,
) -> tuple[Policy, ...]:
    """Every policy of the bundled set and of the files and folders named, sorted by id.

    Without ``examples`` they come without theirs, which are most of what a policy's file holds, and
    one that was checked by an earlier run is not checked again.  Raises `PolicyError` with all problems
    of all files where there is one.
    """
    files = list(bundled_files()) if include_bundled else []
    shipped = frozenset(name for name, _ in files) if is_installed() else frozenset[str]()
    for folder in folders:
        files.extend(named_files(folder))
    cache = None if examples else Cache()
    problems: list[str] = []
    found: dict[str, Policy] = {}
    for name, read in files:
        try:
            policy, wrong = _read(name, read(), cache, shipped=name in shipped)
        except OSError as error:
            policy, wrong = None, [f"{name}: {error.strerror}"]
        problems.extend(wrong)
        if policy is not None and policy.card.id in found:
            told = f"'{policy.card.id}' is also {found[policy.card.id].path}"
            problems.append(_problem(policy, {name: read}, ("id",), told))
        elif policy is not None:
            found[policy.card.id] = policy
    if cache is not None:
        cache.tidy()
    problems.extend(_bad_yields(found, dict(files)))
    if problems:
        raise PolicyError(problems)
    return tuple(found[name] for name in sorted(found))


def _read(name: str, text: bytes, cache: Cache | None, *, shipped: bool) -> tuple[Policy | None, list[str]]:
    """The policy of a file, and what is wrong with it; with a cache, perhaps one without its examples.

    One that was ``shipped`` is not checked: the tests did, when the wheel was built.
    """
    if cache is not None:
        # The id is the file's name, and another file may hold the same text.
        policy = cache.get(text, name)
        if policy is not None and is_named(policy.card.id, name):
            return policy, []
    from scanner.policies import reading  # noqa: PLC0415 - a policy that is kept is not read again

    if cache is not None:
        kept = reading.without_examples(name, text, checked=shipped)
        if kept is not None:
            policy, data = kept
            cache.put(text, data, policy)
            return policy, []
    return reading.whole(name, text)


def selected(
    policies: Iterable[Policy],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    stands: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Policy, ...]:
    """The policies that match a glob of ``select`` (all, where there is none) and none of ``ignore``.

    A glob matches the policy's id, or its category when written ``category:NAME``.  Raises
    `ConfigError` for a pattern without wildcards that names no policy, with the place where it ``stands``
    if it stands in a file.
    """
    every = tuple(policies)
    for pattern in (*select, *ignore):
        if not any(_matches(policy.card, pattern) for policy in every) and not set(pattern) & set("*?["):
            words = (
                {f"category:{policy.card.category}" for policy in every}
                if pattern.startswith("category:")
                else {policy.card.id for policy in every}
            )
            hint = schema.suggestion(pattern, words)
            where = f"{stands[pattern]}: " if pattern in stands else ""
            raise ConfigError(f"{where}no policy is called '{pattern}'{f' ({hint})' if hint else ''}")
    return tuple(
        policy
        for policy in every
        if (not select or any(_matches(policy.card, pattern) for pattern in select))
        and not any(_matches(policy.card, pattern) for pattern in ignore)
    )


def _bad_yields(found: Mapping[str, Policy], files: Mapping[str, Callable[[], bytes]]) -> Iterator[str]:
    for name in sorted(found):
        policy = found[name]
        for index, other in enumerate(policy.card.yields_to):
            if other not in found and other not in policy_ids():
                told = f"'yields_to' names '{other}', which is no policy"
                hint = schema.suggestion(other, {*found, *policy_ids()})
                yield _problem(policy, files, ("yields_to", index), told, hint)
        loop = _loop(found, name)
        if loop and min(loop) == name:
            told = f"'yields_to' goes round in a circle: {' -> '.join((*loop, loop[0]))}"
            yield _problem(policy, files, ("yields_to",), told)


def _problem(
    policy: Policy,
    files: Mapping[str, Callable[[], bytes]],
    path: KeyPath,
    message: str,
    hint: str | None = None,
) -> str:
    """A problem of a policy that is in order by itself: its file is read again for the place."""
    from scanner import positions  # noqa: PLC0415 - where something is wrong

    document = positions.load(files[policy.path](), policy.path)
    return str(document.problem(path, message, hint))


def _loop(found: Mapping[str, Policy], start: str) -> tuple[str, ...]:
    """The shortest way from a policy through ``yields_to`` back to itself; empty where there is none."""
    if not found[start].card.yields_to:
        return ()
    ways: list[tuple[str, ...]] = [(start,)]
    seen = set()
    for way in ways:
        for other in found[way[-1]].card.yields_to:
            if other == start:
                return way
            if other in found and other not in seen:
                seen.add(other)
                ways.append((*way, other))
    return ()


def _matches(card: PolicyCard, pattern: str) -> bool:
    if pattern.startswith("category:"):
        return fnmatch.fnmatchcase(card.category, pattern.removeprefix("category:"))
    return fnmatch.fnmatchcase(card.id, pattern)
