"""Every function of templates, by family.  Importing this module fills the table of them."""

from __future__ import annotations

from scanner.sources.arm.functions import (
    arrays,
    dates,
    encodings,
    ids,
    lambdas,
    logic,
    names,
    networks,
    numbers,
    objects,
    scopes,
    stretches,
    strings,
)
from scanner.sources.arm.registry import TABLE

__all__ = [
    "TABLE",
    "arrays",
    "dates",
    "encodings",
    "ids",
    "lambdas",
    "logic",
    "names",
    "networks",
    "numbers",
    "objects",
    "scopes",
    "stretches",
    "strings",
]
