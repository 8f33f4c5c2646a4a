"""The spellings of ARM for words that people and tools write in other ways.

Azure itself takes ``AllowInternetOutBound``, its command line says ``allow_internet_outbound``, and
exported templates say ``hub``: each means one thing, and a policy should not need to know (catalogue,
C0 items 6 and 7).  A word that no table knows stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.values import Partial

_DROPPED = str.maketrans("", "", "_- \t")


def folded(word: str) -> str:
    """A word without case, underscores, hyphens and spaces: equal for every spelling of it."""
    return word.lower().translate(_DROPPED)


def _table(words: Iterable[str]) -> Mapping[str, str]:
    return {folded(word): word for word in words}


MODES = _table(("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"))
KINDS = _table(("Hub", "Project", "Default", "FeatureStore"))
RULE_TYPES = _table(("FQDN", "ServiceTag", "PrivateEndpoint"))
CATEGORIES = _table(("Required", "Recommended", "UserDefined", "Dependency"))


def canonical(word: str, table: Mapping[str, str]) -> str:
    """ARM's spelling of a word, or the word itself where the table does not know it."""
    return table.get(folded(word), word)


def is_open(word: Partial, table: Mapping[str, str]) -> bool:
    """Whether what is known of a word is that of one in a table in another spelling than ARM's alone."""
    prefix, suffix = folded(word.prefix), folded(word.suffix)
    return any(
        spelling.startswith(prefix)
        and spelling.endswith(suffix)
        and not (arm.startswith(word.prefix) and arm.endswith(word.suffix))
        for spelling, arm in table.items()
    )


def clipped(name: str) -> str:
    """A name short enough to stand in a sentence."""
    return name if len(name) <= 80 else f"{name[:79]}…"
