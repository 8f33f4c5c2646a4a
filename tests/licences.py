"""The licence of everything that an installation brings: ``make licences`` writes it, ``make lint`` checks it.

What a package says of itself is read from the metadata of the pinned version, which is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "requirements" / "LICENSES.md"

ALLOWED = frozenset({"Apache-2.0", "BSD-3-Clause", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"})
"""What may be installed beside a program under Apache-2.0: permissive, or copyleft for its own files alone."""

# Older metadata has words where SPDX has identifiers.  "BSD License" is the name of several: what these
# packages mean was read in their texts.
_WORDS = {"MIT License": "MIT", **{name: name for name in ALLOWED}}
_READ = {"isodate": "BSD-3-Clause", "jinja2": "BSD-3-Clause"}


def pinned(name: str) -> dict[str, str]:
    """Name and version of what a file of requirements/ pins."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", text, re.MULTILINE))


def licence(name: str, told: Mapping[str, str | None]) -> str | None:
    """The SPDX expression of a package by its metadata; None where that does not say."""
    return told.get("License-Expression") or _READ.get(name) or _WORDS.get(told.get("License") or "")


def refused(expression: str | None) -> list[str]:
    """The licences of an expression that are not allowed, whether it joins them by AND or by OR."""
    if expression is None:
        return ["a licence that its metadata does not tell"]
    return [
        part for part in re.findall(r"[A-Za-z0-9.+-]+", expression) if part not in ALLOWED | {"AND", "OR"}
    ]


def problems() -> Iterator[str]:
    """What keeps the page from being written: a sentence each."""
    for name, version in pinned("azure").items():
        try:
            told = metadata(name)
        except PackageNotFoundError:
            yield f"{name} is not installed"
            continue
        if told["Version"] != version:
            yield f"{name} {told['Version']} is installed, {version} is pinned"
        for part in refused(licence(name, _fields(name))):
            yield f"{name} {version} is under {part}"


def page() -> str:
    """The list as Markdown."""
    core = pinned("run")
    rows = [
        f"| {name} | {version} | {licence(name, _fields(name))} | {'always' if name in core else 'hubscan[azure]'} |"
        for name, version in pinned("azure").items()
    ]
    return "\n".join(
        [
            "# Licences of what is installed with hubscan",
            "",
            "hubscan is under Apache-2.0. Made from the metadata of the pinned packages by `make licences`.",
            "",
            "| package | version | licence (SPDX) | installed |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Write the page, or with ``--check`` tell whether it is up to date."""
    found = list(problems())
    if not found and sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(), encoding="utf-8")
    elif not found and PAGE.read_text(encoding="utf-8") != page():
        found = [f"{PAGE.relative_to(ROOT)} is not up to date: make licences"]
    sys.stderr.writelines(f"licences: {problem}\n" for problem in found)
    return 1 if found else 0


def _fields(name: str) -> dict[str, str | None]:
    told = metadata(name)
    return {field: told[field] for field in ("License-Expression", "License") if field in told}


if __name__ == "__main__":
    sys.exit(main())
