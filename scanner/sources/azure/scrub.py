"""Takes secrets out of documents and texts before they go anywhere: disk, report, standard error."""

from __future__ import annotations

import re

from scanner.model import Document
from scanner.sources.documents.secrets import drop, without_tokens

_BEARER = re.compile(r"\b(Bearer|SharedKey|Basic)\s+[\w.~+/=:-]{8,}", re.IGNORECASE)
_LONG_KEY = re.compile(r"(?<![\w/+-])[A-Za-z0-9+/]{42,}={1,2}(?![\w=])")


def scrubbed(text: str) -> str:
    """A text without tokens, signatures and keys."""
    return _LONG_KEY.sub("...", without_tokens(_BEARER.sub(r"\1 ...", text)))


def cleaned(document: Document) -> Document:
    """The same document, in which nothing is left that looks like a secret.

    Connections lose their credentials whatever those are called: no policy has a use for them.
    """
    for connection in document.get("connections") or ():
        properties = connection.get("properties") if isinstance(connection, dict) else None
        if isinstance(properties, dict):
            for name in [name for name in properties if name.lower() == "credentials"]:
                del properties[name]
    drop({"resources": [document]})
    _without_tokens(document)
    return document


def _without_tokens(document: Document) -> None:
    waiting: list[Document | list[object]] = [document]
    while waiting:
        node = waiting.pop()
        for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
            if isinstance(value, (dict, list)):
                waiting.append(value)
            elif (
                isinstance(value, str)
                and len(value) > 20
                and ("eyJ" in value or "=" in value or " " in value)
            ):
                text = _LONG_KEY.sub("...", without_tokens(value))
                if text != value:
                    node[key] = text  # type: ignore[call-overload, index]
