"""Names of properties in another case than ARM's: Azure takes them, and so do policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.sources.api_workspace import PROPERTIES
from scanner.sources.code.ledger import Ledger
from scanner.sources.documents.members import RULES
from scanner.values import Unknown


def _by_case(*names: str) -> Mapping[str, str]:
    return {name.lower(): name for name in names}


WORKSPACE = _by_case("kind", "location", "tags", "identity", "sku", "properties")
OF_A_WORKSPACE = _by_case("managedNetwork", *PROPERTIES)
NETWORK = _by_case(
    "isolationMode", RULES, "firewallSku", "managedNetworkKind", "enableNetworkMonitor", "status"
)
"""Names as ARM writes them, by the same in lower case."""


def cased(holder: Any, names: Mapping[str, str], ledger: Ledger) -> Any:
    """An object with some of its names in the case of ARM: the same one where all of them are.

    Of one that is there in two cases nobody knows which counts.
    """
    if not isinstance(holder, dict):
        return holder
    others = [name for name in holder if names.get(str(name).lower(), name) != name]
    if not others:
        return holder
    made = {name: value for name, value in holder.items() if name not in others}
    ledger.copied(made, holder)
    for name in others:
        proper = names[name.lower()]
        twice = Unknown(f"'{proper}' is written twice, in two cases")
        made[proper] = twice if proper in made else holder[name]
        place = ledger.of(holder, name)
        if place is not None:
            ledger.mark(made, proper, place, ledger.origin(holder, name))
    return made
