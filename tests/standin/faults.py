"""What goes wrong on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Fault:
    """Something wrong with the answers to paths that a pattern matches.

    ``kind`` is one of status drop truncate malformed html slow drip drip-head redirect loop foreign; it goes
    wrong ``times`` times, None for always.  What drips comes a byte every ``seconds``, the head of the answer or
    its body.
    """

    pattern: str
    kind: str = "status"
    status: int = 500
    code: str = "InternalServerError"
    message: str = "It went wrong."
    times: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    target: str = "https://attacker.contoso.com/"

    def strikes(self, url: str) -> bool:
        """Whether it goes wrong for this request; counts down."""
        if self.times == 0 or not re.search(self.pattern, url, re.IGNORECASE):
            return False
        if self.times is not None:
            self.times -= 1
        return True


def error(status: int, code: str, message: str) -> tuple[int, dict[str, object]]:
    """ARM's envelope of an error."""
    return status, {"error": {"code": code, "message": message}}
