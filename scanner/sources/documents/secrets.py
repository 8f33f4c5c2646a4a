"""Drops secrets before anyone sees them (contract section 4).

Three forms are known: values under keys that say what they are, the signature in the query of a URL,
and the parts of a connection string.  A key is dropped together with its value; of a text only the
secret part goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from scanner.model import Document

HOLDERS = ("connections", "computes", "onlineEndpoints", "projects", "resources")
"""The collections in which Azure, or whoever saved them, may have left a secret."""

_NAMES = frozenset(
    (
        *("key", "key1", "key2", "primarykey", "secondarykey", "accountkeys", "adminkey", "querykey"),
        *("masterkey", "storagekey", "instrumentationkey", "credential", "credentials", "pwd"),
        *("sas", "pat", "token", "accesstoken", "refreshtoken", "bearertoken"),
    )
)
_ENDINGS = (
    "accountkey",
    "accesskey",
    "apikey",
    "connectionstring",
    "password",
    "privatekey",
    "sastoken",
    "secret",
    "secretkey",
    "sharedaccesssignature",
)

_CONTAINERS = frozenset({dict, list})

_USUAL = 100
"""Keys that an object of the API may have; one with more is not worth remembering."""

_SIGNED_QUERY = re.compile(r"\?[^\s?#\"'<>]*\bsig=[^\s#\"'<>]*", re.IGNORECASE)
_SIGNATURE = re.compile(r"\bsig=[^&;\s\"'<>]+", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b(?:AccountKey|AccessKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|ApiKey|Api-Key"
    r"|ClientSecret|Password|Pwd)\s*=[^;&\s\"']+;?",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]*@")


def drop(document: Document, raw: bytes | None = None) -> None:
    """Take the secrets out of the collections of a hub, in place.

    ``raw`` are the bytes it was read from: they may show at once that no text in it needs a look.
    """
    texts = raw is None or b"=" in raw or b"@" in raw or b"\\" in raw
    for name in HOLDERS:
        members = document.get(name)
        if isinstance(members, list) and members:
            _drop_keys(members)
            if texts:
                _clean_texts(members)


def without_secrets(text: str) -> str:
    """A text without signatures, the secret parts of connection strings, and passwords in URLs."""
    return _USERINFO.sub("", _ASSIGNED.sub("", without_signatures(text)))


def without_signatures(text: str) -> str:
    """A text without the signed queries of the URLs in it."""
    if "sig=" not in text.lower():
        return text
    return _SIGNATURE.sub("", _SIGNED_QUERY.sub("", text))


def _drop_keys(members: list[Any]) -> None:
    """Drop what stands under the name of a secret.  Runs for each hub, so types are asked the fast way."""
    layer: list[Any] = members
    while layer:
        below: list[Any] = []
        for node in layer:
            if type(node) is dict:
                for key in (
                    _secret_keys(tuple(node)) if len(node) < _USUAL else filter(_is_secret, list(node))
                ):
                    if not isinstance(node[key], (bool, type(None))):
                        del node[key]
                below += [value for value in node.values() if type(value) in _CONTAINERS and value]
            elif type(node) is list:
                below += [value for value in node if type(value) in _CONTAINERS and value]
        layer = below


def _clean_texts(value: list[Any]) -> None:
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        entries: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in entries:
            if isinstance(inner, str):
                if "=" in inner or "@" in inner:
                    # A new value under an old key: the object may be written to while it is read.
                    node[key] = without_secrets(inner)
            elif isinstance(inner, (dict, list)):
                waiting.append(inner)


@lru_cache(maxsize=1024)
def _secret_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the keys of an object that name secrets.  Objects of one type have the same keys."""
    return tuple(key for key in keys if _is_secret(key))


def _is_secret(key: str) -> bool:
    folded = key.lower().replace("_", "").replace("-", "")
    return folded in _NAMES or folded.endswith(_ENDINGS)
