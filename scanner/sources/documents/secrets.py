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

_SIGNED_QUERY = re.compile(r"\?[^\s?#\"'<>]*\bsig=[^\s#\"'<>]*", re.IGNORECASE)
_SIGNATURE = re.compile(r"\bsig=[^&;\s\"'<>]+", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b(?:AccountKey|AccessKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|ApiKey|Api-Key"
    r"|ClientSecret|Password|Pwd)\s*=[^;&\s\"']+;?",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]*@")


def drop(document: Document) -> None:
    """Take the secrets out of the collections of a hub, in place."""
    for name in HOLDERS:
        members = document.get(name)
        if isinstance(members, list) and members:
            clean(members)


def clean(value: Document | list[Any]) -> None:
    """Take the secrets out of a value and everything in it, in place."""
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(_cleaned(node, list(node.items())))
        else:
            waiting.extend(_cleaned(node, list(enumerate(node))))


def without_signatures(text: str) -> str:
    """A text without the signed queries of the URLs in it."""
    if "sig=" not in text.lower():
        return text
    return _SIGNATURE.sub("", _SIGNED_QUERY.sub("", text))


def _cleaned(node: Any, entries: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Clean the values that stand in a node directly; what is left to look into is returned."""
    inner = []
    for key, value in entries:
        if value is None or isinstance(value, bool):
            continue
        if isinstance(key, str) and _is_secret(key):
            del node[key]
        elif isinstance(value, str):
            if "=" in value or "@" in value:
                node[key] = _USERINFO.sub("", _ASSIGNED.sub("", without_signatures(value)))
        elif isinstance(value, (dict, list)):
            inner.append(value)
    return inner


@lru_cache(maxsize=4096)
def _is_secret(key: str) -> bool:
    folded = key.lower().replace("_", "").replace("-", "")
    return folded in _NAMES or folded.endswith(_ENDINGS)
