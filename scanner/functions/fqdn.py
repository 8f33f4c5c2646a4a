"""The hosts that a hub's FQDN rules allow."""

from __future__ import annotations

from typing import Any

from scanner.functions.registry import function


@function("object", returns="array", partials=True)
def fqdn_hosts(hub: dict[str, Any]) -> Any:
    """Each host of each FQDN rule of the user, one flat object a host."""
    raise NotImplementedError
