"""The kind of a workspace that code leaves open."""

from __future__ import annotations

import re
from typing import Any

from scanner.sources.documents.spelling import KINDS, canonical, folded
from scanner.values import Partial, Unknown

HUB = "Hub"
_NONE = "Default"
"""What a workspace without a kind is."""


def taken(kind: Unknown) -> str:
    """What a workspace is taken for whose kind is not known.

    That is a hub wherever it may be one.  What surely is none is what it may be, in words that no policy
    judges by where that is more than one kind.
    """
    options = [_NONE if option is None else option for option in getattr(kind, "options", ())]
    if options and all(isinstance(option, str) for option in options):
        kinds = {canonical(option, KINDS) for option in options}
    elif isinstance(kind, Partial):
        kinds = {word for key, word in KINDS.items() if _may_be(kind.parts, key)}
    else:
        return HUB
    return HUB if HUB in kinds or not kinds else " or ".join(sorted(kinds))


def told(kind: str) -> str:
    """The end of a sentence on a workspace whose kind is not known: what it is taken for."""
    if kind == HUB:
        return "it is judged as a hub"
    return f"it is no hub, and taken for {kind}"


def _may_be(parts: tuple[Any, ...], word: str) -> bool:
    """Whether a text of which some stretches are known may be a word, however that is spelled."""
    pattern = "".join(".*" if part is None else re.escape(folded(part)) for part in parts)
    return re.fullmatch(pattern, word) is not None
