"""The functions of templates, by family.  Importing this package fills the table."""

from __future__ import annotations

from scanner.sources.arm.functions import (
    arrays,
    dates,
    encodings,
    lambdas,
    logic,
    networks,
    numbers,
    objects,
    resources,
    strings,
)
from scanner.sources.arm.registry import TABLE

__all__ = [
    "TABLE",
    "arrays",
    "dates",
    "encodings",
    "lambdas",
    "logic",
    "networks",
    "numbers",
    "objects",
    "resources",
    "strings",
]
