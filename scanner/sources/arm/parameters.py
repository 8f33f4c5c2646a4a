"""Parameter files: what they hold, and which template each of them is for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Any

from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.source import Source
from scanner.sources.arm.template import Given
from scanner.sources.code.symbols import Symbol

_ENDING = re.compile(r"\.jsonc?$")
_ORDINARY = "azuredeploy.parameters.json"
_PORTAL = ("template.json", "parameters.json")
"""The names that the portal gives an exported template and its parameters."""


def given(source: Source) -> dict[str, Given]:
    """The values of a parameter file, by name.  What it takes from a vault or elsewhere is not known."""
    blocks = _blocks(source)
    result: dict[str, Given] = {}
    for name, block in blocks.items():
        if isinstance(block, dict) and (key := spelled(block, "value")) is not None:
            result[name] = Given(_constant(block[key]), block, key)
        else:
            what = "comes from a vault" if isinstance(block, dict) and "reference" in block else "is no value"
            secret = Symbol(f"parameters('{name}')", f"the parameter '{name}' {what}")
            result[name] = Given(_constant(secret), blocks, name)
    return result


def names(source: Source) -> set[str]:
    """The parameters that a file gives values for, in lower case."""
    return {name.lower() for name in _blocks(source)}


def beside(template: str, files: Sequence[str]) -> list[str]:
    """Those of some files in the folder of a template that are its parameters by their names."""
    name = posixpath.basename(template).lower()
    stem = _ENDING.sub("", name)
    found = []
    for file in files:
        own = posixpath.basename(file).lower()
        parts = _ENDING.sub("", own).removeprefix(stem).split(".")
        is_its = own.startswith(f"{stem}.") and parts[:2] == ["", "parameters"] and _ENDING.search(own)
        if is_its or (name, own) == _PORTAL:
            found.append(file)
    return found


def is_named_so(file: str) -> bool:
    """Whether a file has a name that parameter files have, whichever template it is for."""
    name = posixpath.basename(file).lower()
    return ".parameters." in name or name == _PORTAL[1]


def is_ordinary(file: str) -> bool:
    """Whether a file has the name of the parameters of whatever template is in its folder."""
    return posixpath.basename(file).lower() == _ORDINARY


def _blocks(source: Source) -> dict[str, Any]:
    value = source.value
    blocks = value.get("parameters") if isinstance(value, dict) else None
    return blocks if isinstance(blocks, dict) else {}


def _constant(value: Any) -> Any:
    return lambda: value
