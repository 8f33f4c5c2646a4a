"""Collections of a hub."""

from __future__ import annotations

from typing import Any

from scanner.functions.documents import known, peek
from scanner.functions.registry import function
from scanner.values import OpenList, Touched, Unknown


@function("object", "string", returns="array|null", partials=True)
def if_collected(hub: Any, name: Any) -> Any:
    """A collection of a hub, such as ``computes``, or null where nobody collected it.

    Where somebody tried and could not, as a gap of the hub says, the answer is not known.

    if_collected({"computes": []}, "computes") -> []
    if_collected({}, "computes") -> null
    """
    document, wanted = known(hub), known(name)
    value = document.get(wanted)
    if isinstance(value, list | OpenList):
        return value
    gaps = document.get("gaps")
    for gap in gaps if isinstance(gaps, list) else ():
        subject = peek(gap, "subject")
        if isinstance(subject, str) and subject.rstrip("/").rpartition("/")[2].lower() == wanted.lower():
            raise Touched(value if isinstance(value, Unknown) else Unknown(f"{wanted} could not be read"))
    return None
