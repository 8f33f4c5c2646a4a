"""Why a read did not succeed, as ARM says it, and the gap that it becomes."""

from __future__ import annotations

import re
from typing import Any

from scanner.model import Gap
from scanner.sources.azure.scrub import scrubbed
from scanner.sources.files.json_text import BadJSON, parse

_ACTION = re.compile(r"perform action '([^']{3,200})'")
_REASONS = {401: "forbidden", 403: "forbidden", 404: "missing", 410: "missing"}
_GONE = frozenset({404, 410})
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_LONGEST = 600

UNREGISTERED = frozenset({"missingsubscriptionregistration", "subscriptionnotregistered"})
"""The codes, in lower case, with which ARM says that a subscription has nothing of a provider."""


class Refused(Exception):  # noqa: N818 - reads as what it says
    """A read that did not succeed.

    ``status`` is the HTTP status, None where there was no answer; ``code`` ARM's word, or ours where
    the answer was not ARM's; ``action`` the missing action of a 403.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, code: str | None = None, action: str | None = None
    ) -> None:
        self.detail = scrubbed(_CONTROL.sub(" ", detail))[:_LONGEST]
        self.status = status
        self.code = code
        self.action = action
        super().__init__(self.detail)

    @property
    def reason(self) -> str:
        """One of the contract's words for a gap."""
        if self.code == "Malformed":
            return "failed"
        return _REASONS.get(self.status or 0, "failed")

    @property
    def unregistered(self) -> bool:
        """Whether the subscription cannot have what was asked for: its provider is not registered."""
        return (self.code or "").lower() in UNREGISTERED

    @property
    def not_offered(self) -> bool:
        """Whether this cloud does not know such a resource at all."""
        return self.code == NOT_OFFERED

    def gap(self, subject: str, hub: str | None = None) -> Gap:
        """The gap that it leaves."""
        return Gap(
            subject=subject,
            reason=self.reason,
            status=self.status,
            code=self.code,
            detail=self.detail or None,
            hub=hub,
        )


NOT_OFFERED = "TypeNotOffered"


def answered(status: int, body: bytes, path: str) -> Refused:
    """The refusal that an answer other than 200 is."""
    code, text = _words(_error(body))
    if status in _GONE and body.lstrip()[:1] == b"<":
        # A page is not ARM's word that nothing is there: whatever stands in between wrote it.
        return Refused(f"HTTP status {status} with HTML, not JSON", status=status, code="Malformed")
    if 300 <= status < 400:
        return Refused(
            "the answer redirects elsewhere, which is not followed", status=status, code="Redirect"
        )
    action = None
    if status == 403:
        named = _ACTION.search(text)
        action = named[1] if named else read_action(path)
        if not named:
            text = f"{text} (missing action: {action})".strip()
    return Refused(text or f"HTTP status {status}", status=status, code=code, action=action)


def told(error: dict[str, Any]) -> Refused:
    """The refusal that an error in an answer of status 200 is: what stands beside it may not be all."""
    code, text = _words(error)
    return Refused(text or "the answer tells of an error", status=200, code=code or "Malformed")


def read_action(path: str) -> str:
    """The action that a GET of a path needs, by ARM's rule: the type of what is read, then ``/read``."""
    path = path.partition("?")[0].strip("/")
    head, marker, rest = path.rpartition("providers/")
    if not marker:
        parts = path.split("/")[::2]
        return "/".join(("Microsoft.Resources", *parts, "read"))
    if not head and rest.lower().startswith("microsoft.management/"):
        namespace, *segments = rest.split("/")
        return "/".join((namespace, *segments[::2], "read"))
    namespace, *segments = rest.split("/")
    if not segments:
        return "Microsoft.Resources/subscriptions/providers/read"
    return "/".join((namespace, *segments[::2], "read"))


def _words(error: dict[str, Any]) -> tuple[str | None, str]:
    """The code and the message of an error, as far as it has them."""
    code, message = error.get("code"), error.get("message")
    return (
        code[:100] if isinstance(code, str) and code else None,
        message if isinstance(message, str) else "",
    )


def _error(body: bytes) -> dict[str, Any]:
    try:
        value = parse(body)
    except BadJSON:
        return {}
    if isinstance(value, dict):
        inner = value.get("error", value)
        return inner if isinstance(inner, dict) else {}
    return {}
