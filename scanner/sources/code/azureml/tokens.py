"""Stretches of text that somebody else fills in: pipeline variables, templates, placeholders of a manual."""

from __future__ import annotations

import re

from scanner.model import Place
from scanner.sources.documents.spelling import clipped
from scanner.values import Partial, Unknown

_TOKEN = re.compile(
    r"\$\{\{[^{}]*\}\}"  # GitHub Actions, Azure ML jobs
    r"|\{\{[^{}]*\}\}"  # Jinja, Helm
    r"|\$\{[^{}]*\}"  # shells, envsubst
    r"|\$\([^()]*\)"  # Azure Pipelines
    r"|#\{[^{}#]*\}#?"  # token replacement tasks
    r"|<[A-Za-z][A-Za-z0-9_ .-]*>"  # manuals
)


def filled(text: str, place: Place | None) -> str | Unknown:
    """A text, or what is known of it where parts of it are still to be filled in."""
    parts: list[str | None] = []
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            parts.append(text[at : token.start()])
        if not parts or parts[-1] is not None:
            parts.append(None)
        at = token.end()
    if not parts:
        return text
    if at < len(text):
        parts.append(text[at:])
    reason = f"{clipped(text)} is not filled in"
    if parts == [None]:
        return Unknown(reason, text=text, place=place)
    return Partial(tuple(parts), reason, text=text, place=place)
