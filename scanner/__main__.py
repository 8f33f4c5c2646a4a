"""``python -m scanner`` is the command ``hubscan``."""

from __future__ import annotations

import gc

_MANY = 200_000
"""How many objects are made before the interpreter looks for those that nobody holds."""


def run() -> None:
    """The console script."""
    # A scan makes many objects that soon go, and next to none that hold one another; so do its imports.
    gc.set_threshold(_MANY, 20, 50)
    from scanner.cli import run as begin  # noqa: PLC0415 - as above

    begin()


if __name__ == "__main__":
    run()
