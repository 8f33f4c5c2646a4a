"""Isolation modes of managed networks."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import described, field, known, peek
from scanner.functions.memory import per_hub
from scanner.functions.registry import function
from scanner.values import Touched, Unknown

_MODES = ("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound")
_RANKS = {mode.lower(): rank for rank, mode in enumerate(_MODES)}
_NOISE = str.maketrans("", "", "_- ")


@function("object", returns="string", partials=True)
def isolation_mode(hub: Any) -> str:
    """The isolation mode of a hub in ARM's spelling, or whatever other text stands there.

    Case, underscores, hyphens and spaces do not count. Where managedNetwork or its isolationMode is
    missing, null or empty, the mode is Disabled; where the hub's properties were not reported at all,
    it is not known.

    isolation_mode({"properties": {"managedNetwork": {"isolationMode": "allow_internet_outbound"}}})
      -> "AllowInternetOutbound"
    isolation_mode({"properties": {}}) -> "Disabled"
    isolation_mode({"properties": {"managedNetwork": {"isolationMode": "Open"}}}) -> "Open"
    """
    return _mode(known(hub))


@per_hub
def _mode(hub: dict[str, Any]) -> str:
    mode = peek(hub, "properties", "managedNetwork", "isolationMode")
    if type(mode) is str and mode in _MODES:
        return mode
    if field(hub, "properties") is None:
        raise Touched(Unknown("properties was not reported"))
    mode = field(hub, "properties", "managedNetwork", "isolationMode")
    if mode is None:
        return _MODES[0]
    if not isinstance(mode, str):
        raise Touched(Unknown(f"properties.managedNetwork.isolationMode is {described(mode)}"))
    if not mode.strip():
        return _MODES[0]
    rank = mode_rank(mode)
    return mode if rank is None else _MODES[rank]


@function("string", returns="number|null")
def mode_rank(mode: str) -> int | None:
    """How strict an isolation mode is: 0 for Disabled, 1, 2 for the strictest, null for any other text.

    mode_rank("AllowOnlyApprovedOutbound") -> 2
    mode_rank("allow-internet-outbound") -> 1
    mode_rank("Open") -> null
    """
    return _RANKS.get(mode.strip().lower().translate(_NOISE))
