"""Snapshots: an estate as hubscan saves it, in one JSON document or in JSON Lines (contract section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.sources import snapshot_document, snapshot_lines
from scanner.sources.files.content import Content
from scanner.sources.parts import Part


class Snapshots:
    """Reads each snapshot for itself: nothing in one is joined with anything outside it."""

    kind = "snapshot"

    def recognises(self, content: Content) -> bool:
        """Whether a file is a snapshot, or was one before it was cut off."""
        return content.bracketed and (_is_lines(content) or _is_document(content))

    def read(self, content: Content) -> Iterator[Part]:
        """Everything in a snapshot."""
        return snapshot_lines.parts(content) if _is_lines(content) else snapshot_document.parts(content)

    def finish(self) -> Iterator[Part]:
        """Nothing is held back."""
        return iter(())


def _is_lines(content: Content) -> bool:
    first = content.first
    if not isinstance(first, dict):
        return False
    if _says_snapshot(first):
        return "hubs" not in first
    return len(first) == 1 and all(
        key in snapshot_lines.KEYS and isinstance(value, dict) for key, value in first.items()
    )


def _is_document(content: Content) -> bool:
    if content.head[:1] != b"{":
        return False
    if isinstance(content.value, dict):
        return _says_snapshot(content.value)
    return content.mentions_snapshot() or (content.data is None and b'"hubs"' in content.head)


def _says_snapshot(document: dict[str, object]) -> bool:
    version = document.get("snapshot")
    return isinstance(version, str) and version.startswith("hubscan/")
