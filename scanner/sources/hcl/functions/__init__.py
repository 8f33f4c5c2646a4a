"""The functions of the language, by family.  Importing this package fills the table."""

from __future__ import annotations

from scanner.sources.hcl.functions import (
    azapi,
    choices,
    collections,
    dates,
    encodings,
    formats,
    hashes,
    networks,
    numbers,
    objects,
    paths,
    patterns,
    sets,
    strings,
    types,
)
from scanner.sources.hcl.registry import TABLE

__all__ = [
    "TABLE",
    "azapi",
    "choices",
    "collections",
    "dates",
    "encodings",
    "formats",
    "hashes",
    "networks",
    "numbers",
    "objects",
    "paths",
    "patterns",
    "sets",
    "strings",
    "types",
]
