"""The public suffix list: names under which anyone may register one.

The list is that of the ``publicsuffixlist`` package.  It is read here because policies tell its two
sections apart, which the package does with a second copy at many times the cost.
"""

from __future__ import annotations

import functools
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from publicsuffixlist import PSLFILE

_SECTION = "// ===BEGIN "
_A_LABEL = "xn--"


def public_suffix(host: str) -> str:
    """The public suffix of a host by both sections of the list; its last label where no rule names one."""
    return _suffix(host, _rules(host).every)


def is_registry(name: str) -> bool:
    """Whether a registry gives out names right below this one, as below ``com`` and ``co.uk``."""
    return _suffix(name, _rules(name).registries) == name


def is_company(name: str) -> bool:
    """Whether a company gives out names right below this one, as below ``github.io``."""
    return "." in name and _suffix(name, _rules(name).companies) == name


def is_end_of_rule(end: str) -> bool:
    """Whether some rule of the list, written with a dot before it, ends so."""
    return any(f".{rule}".endswith(end) for rule in _all_rules().every)


class _Rules(NamedTuple):
    """The rules of the registries (ICANN), those of the companies (private), and both."""

    registries: frozenset[str]
    companies: frozenset[str]
    every: frozenset[str]


def _rules(name: str) -> _Rules:
    """All rules that may have to do with a name: few names make it worth to spell out the others."""
    return _all_rules() if _A_LABEL in name else _plain_rules()


@functools.cache
def _plain_rules() -> _Rules:
    """The rules that are ASCII in the list."""
    registries, companies = (frozenset(filter(str.isascii, section)) for section in _sections())
    return _Rules(registries, companies, registries | companies)


@functools.cache
def _all_rules() -> _Rules:
    """All rules, with A-labels."""
    registries, companies = (frozenset(map(_a_labels, section)) for section in _sections())
    return _Rules(registries, companies, registries | companies)


def _sections() -> list[list[str]]:
    """The rules of each section as the list writes them."""
    _, *sections = Path(PSLFILE).read_text(encoding="utf-8").split(_SECTION)
    return [[line for line in section.split("\n")[1:] if line and line[:2] != "//"] for section in sections]


def _a_labels(rule: str) -> str:
    if rule.isascii():
        return rule
    return ".".join(label.encode("idna").decode("ascii") for label in rule.split("."))


def _suffix(host: str, rules: Container[str]) -> str:
    """The longest suffix that a rule names: ``*.x`` names x and what is right below it, except ``!y``."""
    labels = host.split(".")
    for start in range(max(0, len(labels) - _DEEPEST), len(labels)):
        name = ".".join(labels[start:])
        parent = ".".join(labels[start + 1 :])
        if f"!{name}" in rules:
            return parent
        if name in rules or f"*.{name}" in rules or f"*.{parent}" in rules:
            return name
    return labels[-1]


_DEEPEST = 10
"""More labels than any rule has."""
