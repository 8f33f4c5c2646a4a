"""Where a history lies that nobody gave a place."""

from __future__ import annotations

from pathlib import Path

DEFAULT = Path(".hubscan") / "history.db"


def default_place(start: Path) -> Path:
    """``.hubscan/history.db`` at the root of the repository that a folder is in, else in the folder.

    One history a repository: hubs of code are known by paths, and those of two repositories may be alike.
    """
    root = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)
    return root / DEFAULT
