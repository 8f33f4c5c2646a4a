"""Names of properties in another case than ARM's: Azure takes them, and so do policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scanner.sources.api_workspace import PROPERTIES
from scanner.sources.code.ledger import Ledger
from scanner.sources.documents.members import RULES
from scanner.values import Unknown

_OTHERS = ("apiVersion", "id", "name", "type")
"""What nearly every resource has beside them."""


class Names(NamedTuple):
    """Names as ARM writes them, by the same in lower case.

    ``plain`` are names of which it is known at once that none of them is one of these in another case.
    """

    by_case: Mapping[str, str]
    plain: frozenset[str]


def _names(*names: str) -> Names:
    return Names({name.lower(): name for name in names}, frozenset((*names, *_OTHERS)))


WORKSPACE = _names("kind", "location", "tags", "identity", "sku", "properties")
OF_A_WORKSPACE = _names("managedNetwork", *PROPERTIES)
NETWORK = _names(
    "isolationMode", RULES, "firewallSku", "managedNetworkKind", "enableNetworkMonitor", "status"
)


def cased(holder: Any, names: Names, ledger: Ledger) -> Any:
    """An object with some of its names in the case of ARM: the same one where all of them are.

    Of one that is there in two cases nobody knows which counts.
    """
    if not isinstance(holder, dict) or names.plain.issuperset(holder):
        return holder
    by_case = names.by_case
    others = [name for name in holder if by_case.get(str(name).lower(), name) != name]
    if not others:
        return holder
    made = {name: value for name, value in holder.items() if name not in others}
    ledger.copied(made, holder)
    for name in others:
        proper = by_case[name.lower()]
        twice = Unknown(f"'{proper}' is written twice, in two cases")
        made[proper] = twice if proper in made else holder[name]
        place = ledger.of(holder, name)
        if place is not None:
            ledger.mark(made, proper, place, ledger.origin(holder, name))
    return made
