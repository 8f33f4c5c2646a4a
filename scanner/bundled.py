"""Where the files that ship with the program are: policies, reference data, schemas, examples."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def is_installed() -> bool:
    """Whether the files came with a wheel, which is built of what the tests passed."""
    return (files("scanner") / "_bundled").is_dir()


def bundled(name: str) -> Traversable:
    """The folder ``policies`` or ``reports``.

    A wheel carries both inside the package; a checkout has them beside it, where their authors edit
    them.
    """
    inside = files("scanner") / "_bundled" / name
    if inside.is_dir():
        return inside
    # NOTE: joinpath("..") is not offered by every Traversable; a checkout is always a real folder.
    from pathlib import Path  # noqa: PLC0415 - not needed by an installed program

    return Path(__file__).resolve().parent.parent / name
