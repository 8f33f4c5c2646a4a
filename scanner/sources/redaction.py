"""Replaces who and where by pseudonyms: subscription ids, tenant ids, principal ids, names of people.

The same id has the same pseudonym in every run, so that two redacted reports can be compared.  What is
public stays: the ids of built-in roles and policies are what findings rest on.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import Any

from scanner.model import Gap, Hub, HubRef
from scanner.sources.parts import Arrival

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.IGNORECASE)
_PERSON = re.compile(r"(?<=\bclient ')[^']+(?=')|(?<=\bobject id ')[^']+(?=')", re.IGNORECASE)
_KEYS = frozenset(
    {
        *(
            "subscriptionid",
            "tenantid",
            "principalid",
            "clientid",
            "objectid",
            "userobjectid",
            "usertenantid",
        ),
        *("createdby", "lastmodifiedby", "updatedby", "username", "subscription_id", "managedbytenants"),
    }
)
_NOBODY = "00000000-0000-0000-0000-000000000000"


class Redaction:
    """Pseudonyms for everything that was seen so far."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def know(self, *texts: str) -> None:
        """Ids that are sensitive wherever they stand."""
        self._known.update(text.lower() for text in texts if _GUID.fullmatch(text))

    def value(self, value: Any) -> Any:
        """A copy of a JSON value with pseudonyms in place of what is sensitive in it."""
        self._learn(value)
        return self._replaced(value, "")

    def text(self, text: str) -> str:
        """A text with pseudonyms."""
        self._learn(text)
        return self._text(text)

    def gap(self, gap: Gap) -> Gap:
        """A gap with pseudonyms."""
        texts: dict[str, Any] = {
            name: self.text(value)
            for name in ("subject", "detail", "hub")
            if (value := getattr(gap, name)) is not None
        }
        return dataclasses.replace(gap, **texts)

    def arrival(self, arrival: Arrival) -> Arrival:
        """Anything that a source gives, with pseudonyms."""
        if isinstance(arrival, Gap):
            return self.gap(arrival)
        if not isinstance(arrival, Hub):
            return arrival
        document = self.value(arrival.document)
        ref = self.value(dataclasses.asdict(arrival.ref))
        gaps = tuple(map(self.gap, arrival.gaps))
        return dataclasses.replace(arrival, document=document, ref=HubRef(**ref), gaps=gaps)

    def _learn(self, value: Any) -> None:
        waiting = [("", value)]
        while waiting:
            key, node = waiting.pop()
            if isinstance(node, dict):
                waiting.extend(node.items())
                waiting.extend(("", name) for name in node if name.startswith("/"))
            elif isinstance(node, list):
                waiting.extend((key, one) for one in node)
            elif isinstance(node, str):
                self.know(*_SUBSCRIPTION.findall(node))
                for person in _PERSON.findall(node):
                    self.know(person)
                if key.lower() in _KEYS:
                    self.know(node)

    def _replaced(self, value: Any, key: str) -> Any:
        # Documents are at most as deep as a reader lets through (`json_text.DEPTH`).
        if isinstance(value, dict):
            return {self._text(name): self._replaced(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self._replaced(one, key) for one in value]
        if isinstance(value, str):
            if key.lower() in _KEYS and value and not _GUID.fullmatch(value):
                return _pseudonym(value)
            return self._text(value)
        return value

    def _text(self, text: str) -> str:
        if len(text) < len(_NOBODY):
            return text
        text = _PERSON.sub(lambda match: _pseudonym(match[0]), text)
        return _GUID.sub(
            lambda match: _pseudonym(match[0]) if match[0].lower() in self._known else match[0], text
        )


def _pseudonym(text: str) -> str:
    """The same for the same text: a GUID for a GUID, so that ids stay ids."""
    if text == _NOBODY or text.startswith("redacted-"):
        return text
    digest = hashlib.sha256(b"hubscan\0" + text.lower().encode("utf-8", "replace")).hexdigest()
    if not _GUID.fullmatch(text):
        return f"redacted-{digest[:12]}"
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
