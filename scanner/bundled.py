"""Where the files that ship with the program are: policies, reference data, schemas, examples."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_HERE = Path(__file__).parent


def is_installed() -> bool:
    """Whether the files came with a wheel, which is built of what the tests passed."""
    return _inside().is_dir()


def bundled(name: str) -> Traversable:
    """The folder ``policies`` or ``reports``.

    A wheel carries both inside the package; a checkout has them beside it, where their authors edit
    them.
    """
    inside = _inside() / name
    # NOTE: joinpath("..") is not offered by every Traversable; a checkout is always a real folder.
    return inside if inside.is_dir() else _HERE.resolve().parent / name


@cache
def policy_ids() -> frozenset[str]:
    """The ids of the policies that ship with the program: each of them has a page."""
    return frozenset(
        entry.name.removesuffix(".yaml")
        for entry in bundled("policies").iterdir()
        if entry.name.endswith(".yaml")
    )


def _inside() -> Traversable:
    if _HERE.is_dir():
        return _HERE / "_bundled"
    from importlib.resources import files  # noqa: PLC0415 - where the program is packed in one file

    return files("scanner") / "_bundled"
