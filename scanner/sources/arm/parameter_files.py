"""Parameter files: which template each of them is for, and for what they have values."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any

from scanner.regexes import regex
from scanner.sources.arm.source import Whole

_GIVES = frozenset({"value", "reference"})
_ENDING = regex(r"\.jsonc?$")
_ORDINARY = "azuredeploy.parameters.json"
_PORTAL = ("template.json", "parameters.json")
"""The names that the portal gives an exported template and its parameters."""


def names(source: Whole) -> set[str]:
    """The parameters that a file gives values for, in lower case."""
    return {name.lower() for name in written(source)}


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


def is_plain(value: dict[str, Any]) -> bool:
    """Whether an object holds parameters without anything around them, as the command line takes them too."""
    return bool(value) and all(isinstance(one, dict) and _GIVES & one.keys() for one in value.values())


def written(source: Whole) -> dict[str, Any]:
    """What a file gives for each parameter, as it stands there."""
    value = source.value
    if not isinstance(value, dict):
        return {}
    blocks = value.get("parameters")
    if isinstance(blocks, dict) and isinstance(blocks.get("value"), (dict, type(None))):
        return blocks
    return value if is_plain(value) else {}
