"""What code on a hub may reach, and by which rule: one question about one hub, answered.

The managed network alone is asked.  Whether a name resolves, a resource's own firewall lets anybody in, or
a peer is up, no configuration of a hub can tell.
"""

from __future__ import annotations

from scanner.reach.answers import Answer, host, resource, tag
from scanner.reach.ways import Way, ways

__all__ = ["Answer", "Way", "host", "resource", "tag", "ways"]
