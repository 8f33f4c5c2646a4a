"""The public suffix list: names under which anyone may register one.

The list is that of the ``publicsuffixlist`` package.  It is read here because policies tell its two
sections apart, which the package does with a second copy at many times the cost.
"""

from __future__ import annotations

import functools
from collections.abc import Container
from pathlib import Path

from publicsuffixlist import PSLFILE

_SECTION = "// ===BEGIN "


def public_suffix(host: str) -> str:
    """The public suffix of a host by both sections of the list; its last label where no rule names one."""
    registries, companies = _sections()
    return _suffix(host, registries | companies)


def is_registry(name: str) -> bool:
    """Whether a registry gives out names right below this one, as below ``com`` and ``co.uk``."""
    return _suffix(name, _sections()[0]) == name


def is_company(name: str) -> bool:
    """Whether a company gives out names right below this one, as below ``github.io``."""
    return "." in name and _suffix(name, _sections()[1]) == name


def is_end_of_rule(end: str) -> bool:
    """Whether some rule of the list, written with a dot before it, ends so."""
    return any(f".{rule}".endswith(end) for section in _sections() for rule in section)


@functools.cache
def _sections() -> tuple[frozenset[str], frozenset[str]]:
    """The rules of the registries (ICANN) and of the companies (private), with A-labels."""
    sections: list[set[str]] = []
    for line in Path(PSLFILE).read_text(encoding="utf-8").splitlines():
        if line.startswith(_SECTION):
            sections.append(set())
        elif line and not line.startswith("//"):
            rule = line.split()[0]
            sections[-1].add(rule if rule.isascii() else _a_labels(rule))
    registries, companies = sections
    return frozenset(registries), frozenset(companies)


def _a_labels(rule: str) -> str:
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
