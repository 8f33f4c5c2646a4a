"""Functions that give a mark of a text."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.hcl.functions.arguments import text
from scanner.sources.hcl.registry import function

_SPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}

OF_BYTES: dict[str, Callable[[bytes], str]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    "sha256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha512": lambda data: hashlib.sha512(data).hexdigest(),
    "base64sha256": lambda data: base64.b64encode(hashlib.sha256(data).digest()).decode(),
    "base64sha512": lambda data: base64.b64encode(hashlib.sha512(data).digest()).decode(),
    "base64encode": lambda data: base64.b64encode(data).decode(),
}
"""By the name of the function; those of files are called the same, behind ``file``."""


def _registered(name: str) -> None:
    function(name, 1)(lambda value: OF_BYTES[name](text(value).encode("utf-8", "replace")))


for _name in OF_BYTES:
    _registered(_name)


@function("uuidv5", 2)
def uuidv5(space: Any, name: Any) -> str:
    """The identifier that a name has within a namespace."""
    known = text(space)
    try:
        return str(uuid.uuid5(_SPACES.get(known) or uuid.UUID(known), text(name)))
    except ValueError:
        raise Failure("uuidv5() takes a namespace") from None
