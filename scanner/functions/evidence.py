"""What was collected of a hub."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import known
from scanner.functions.registry import function
from scanner.values import OpenList


@function("object", "string", returns="boolean", partials=True)
def collected(hub: Any, name: Any) -> bool:
    """Whether a collection or object of a hub is there, be it empty or not read to its end.

    Meant for ``when``: to skip what only Azure could have shown. A policy that judges a collection names
    it under ``needs`` or simply uses it, and is then unknown where it is missing.

    collected({"computes": []}, "computes") -> true
    collected({"computes": null}, "computes") -> false
    """
    value = known(hub).get(known(name))
    return isinstance(value, (list, dict, OpenList))
