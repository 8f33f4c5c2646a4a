"""Azure ML YAML: a document for each finding, to be merged into the definition of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from scanner import positions
from scanner.fixes.context import Context, UnfitError

COMMENT = "#"

_RULES = "outbound_rules"


def head() -> Iterator[str]:
    """The first lines of the file."""
    yield "# Each document belongs into the YAML of the hub above it: az ml workspace update --file\n"


def body(text: str, context: Context) -> str:  # noqa: ARG001 - every form has the same door
    """One document.  Raises `UnfitError` for anything but one map of plain values."""
    try:
        data = positions.load(text, "").data
    except positions.YamlError as error:
        raise UnfitError(f"it is not plain YAML: {error.problem.message}") from None
    if data is None:
        raise UnfitError("there is nothing in it to write")
    if not isinstance(data, dict):
        raise UnfitError("it is no map")
    if text.lstrip().startswith(("---", "%", "{")) or "\n..." in f"\n{text}" or "\n---" in f"\n{text}":
        raise UnfitError("it is more than one document")
    if set(data) == {_RULES}:
        text = f"managed_network:\n{indent(text, '  ')}"
    return f"---\n{text}"
