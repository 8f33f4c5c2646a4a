"""What stays the same for a finding from scan to scan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from scanner.model import HubRef


def fingerprint(policy: str, hub: HubRef, item: str | None, key: str | None) -> str:
    """What stays the same for a finding from scan to scan: 32 hexadecimal digits.

    It depends on policy, hub and item (contract section 4), ids and names compared without case.
    """
    return fingerprints(policy, item, key)(fingerprinted(hub))


def fingerprinted(hub: HubRef) -> bytes:
    """What of a hub goes into fingerprints."""
    return hub.id.lower().encode("utf-8", "surrogatepass")


def fingerprints(policy: str, item: str | None, key: str | None) -> Callable[[bytes], str]:
    """The fingerprint of the same finding for each hub, by what `fingerprinted` says of it."""
    before = f"{policy}\0".encode("utf-8", "surrogatepass")
    after = f"\0{(item or '').lower()}\0{(key or '').lower()}".encode("utf-8", "surrogatepass")
    return lambda hub: hashlib.sha256(before + hub + after).hexdigest()[:32]
