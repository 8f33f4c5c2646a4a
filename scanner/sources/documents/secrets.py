"""Drops secrets before anyone sees them (contract section 4).

Three forms are known: values under keys that say what they are, the signature in the query of a URL,
and the parts of a connection string.  A key is dropped together with its value; of a text only the
secret part goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from scanner.model import Document
from scanner.regexes import regex
from scanner.values import OpenList

HOLDERS = ("connections", "computes", "onlineEndpoints", "projects", "resources")
"""The collections in which Azure, or whoever saved them, may have left a secret."""

_NAMES = frozenset(
    (
        *("key", "key1", "key2", "primarykey", "secondarykey", "accountkeys", "querykey"),
        *("storagekey", "instrumentationkey", "credential", "credentials", "pwd"),
        *("sas", "pat", "token", "accesstoken", "refreshtoken", "bearertoken"),
    )
)
_ENDINGS = (
    "accountkey",
    "accesskey",
    "adminkey",
    "apikey",
    "connectionstring",
    "masterkey",
    "passphrase",
    "password",
    "privatekey",
    "privatekeydata",
    "sastoken",
    "secret",
    "secretkey",
    "sharedaccesssignature",
    "sharedkey",
)

_HARMLESS: set[str] = set()
"""Names that were found to be of no secret: objects of one type have the same keys in every hub."""

_MOST = 4_096
_USUAL = 64
"""How many such names are remembered, and how long one may be: a document may hold any."""

# Up to the comma: what follows it may be another host of a list.
_SIGNED_QUERY = regex(r"\?[^\s?#\"'<>,]*\bsig=[^\s#\"'<>,]*", re.IGNORECASE)
_SIGNATURE = regex(r"\bsig=[^&;\s\"'<>,]+", re.IGNORECASE)
_WORDS = (
    r"\b(?:AccountKey|AccessKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|ApiKey|Api-Key"
    r"|ClientSecret|Password|Pwd)\s*="
)
_ASSIGNED = regex(_WORDS + r"[^;&\s\"']+;?", re.IGNORECASE)
_LISTED = regex(_WORDS + r"[^;&\s\"',]+;?", re.IGNORECASE)
_WORD_ENDS = (b"key", b"secret", b"signature", b"password", b"pwd", b"sig")
_NEAR = 32
"""How far before an equals sign its word is looked for, blanks between them included."""

_BEARER = regex(r"\b(Bearer|SharedKey)\s+(?=\S*\d)[\w.~+/=:-]{16,}", re.IGNORECASE)
_TOKENS = (("eyJ", "earer "), ("EARER ", "haredKey "))
"""A text with a token in it has one of these in it."""

_SIGNS = tuple(sign.encode() for signs in _TOKENS for sign in signs)
_RAW_TOKENS = tuple(
    (last, bytes({word[-2] for word in words}), words)
    for last in sorted({sign[-1:] for sign in _SIGNS})
    if (words := tuple(word for word in _SIGNS if word.endswith(last)))
)
"""The same in bytes, by their last character, with what stands before that."""

_APART = 2_048
"""How many bytes there are to one character at least, so that it pays to go to each of them."""

_TOKEN = regex(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")
_USERINFO = regex(r"(?<=://)[^/@\s:]*:[^/@\s]*@")
_WITH_PASSWORD = regex(rb"://[^/@\s:,\"]*:[^/@\s,\"]*@")
_PASSWORD = regex(r"(?<=://)([^/@\s:,]*):[^/@\s,]*(?=@)")


def drop(document: Document, raw: bytes | None = None) -> None:
    """Take the secrets out of the collections of a hub, in place.

    ``raw`` are the bytes it was read from: they may show at once that no text in it needs a look.
    """
    held = [members for members in map(document.get, HOLDERS) if isinstance(members, list) and members]
    if not held:
        return
    texts = raw is None or b"=" in raw or b"@" in raw or b"\\" in raw
    tokens = raw is None or _may_hold_token(raw) or b"\\" in raw
    for members in held:
        _drop_keys(members)
        if texts:
            _rewrite(members, ("=", "@"), without_secrets)
        if tokens:
            for signs in _TOKENS:
                _rewrite(members, signs, without_tokens)


def may_hold_any(raw: bytes) -> bool:
    """Whether there may be a secret in some text of the bytes of a document."""
    return (
        _assigns_any(raw) or (b"@" in raw and _WITH_PASSWORD.search(raw) is not None) or _may_hold_token(raw)
    )


def _assigns_any(raw: bytes) -> bool:
    # Few texts of a hub have an equals sign: a pattern would look at every character.
    at = raw.find(b"=")
    while at >= 0:
        if raw[at - 1 : at] != b"=" and raw[max(0, at - _NEAR) : at].rstrip().lower().endswith(_WORD_ENDS):
            return True
        at = raw.find(b"=", at + 1)
    return False


def may_hold(text: bytes) -> bool:
    """Whether a text has one of the signs of a secret in it; without spaces, it is quickly told."""
    return b"=" in text or b"@" in text or _may_hold_token(text)


def _may_hold_token(raw: bytes) -> bool:
    return any(_holds(raw, *signs) for signs in _RAW_TOKENS)


def _holds(raw: bytes, last: bytes, before: bytes, words: tuple[bytes, ...]) -> bool:
    """Whether one of some words stands in bytes, of which the last characters are those told.

    The last one is looked for many times as fast as a word, and what a program wrote has little of it.
    """
    at = raw.find(last)
    for _ in range(len(raw) // _APART + 1):
        if at < 0:
            return False
        if raw[at - 1] in before and raw.endswith(words, 0, at + 1):
            return True
        at = raw.find(last, at + 1)
    return any(map(raw.__contains__, words))


def unsigned(text: str) -> str:
    """A text, which may list hosts, without what `without_tokens` takes out: other hosts stay."""
    if "=" in text:
        text = _LISTED.sub("", without_signatures(text))
    if "://" in text and "@" in text:
        text = _PASSWORD.sub(r"\1", text)
    return _without_tokens(text) if any(sign in text for signs in _TOKENS for sign in signs) else text


def without_secrets(text: str) -> str:
    """A text without signatures, the secret parts of connection strings, and passwords in URLs."""
    return _USERINFO.sub("", _ASSIGNED.sub("", without_signatures(text)))


def without_tokens(text: str) -> str:
    """A text without what signs a request in, and without all that `without_secrets` takes out."""
    return _without_tokens(without_secrets(text))


def _without_tokens(text: str) -> str:
    return _TOKEN.sub("...", _BEARER.sub(r"\1 ...", text))


def without_signatures(text: str) -> str:
    """A text without the signed queries of the URLs in it."""
    if "sig=" not in text.lower():
        return text
    return _SIGNATURE.sub("", _SIGNED_QUERY.sub("", text))


def unsign(document: Document) -> None:
    """Take secrets out of whatever text of a hub is known, in place."""
    try:
        # Told of all texts at once.
        if not may_hold_any(orjson.dumps(document, default=_members)):
            return
    except TypeError:
        pass
    _rewrite(document, ("=", "://"), unsigned)
    for signs in _TOKENS:
        _rewrite(document, signs, unsigned)


def _members(value: Any) -> Any:
    return [member for member, _ in value.members] if isinstance(value, OpenList) else None


def _drop_keys(members: list[Any]) -> None:
    """Drop what stands under the name of a secret.  Runs for each hub, so types are asked the fast way."""
    nodes: list[Any] = [members]
    names: set[str] = set()
    for node in nodes:
        values = node
        if type(node) is dict:
            names.update(node)
            values = node.values()
        for value in values:
            if type(value) is dict or type(value) is list:
                nodes.append(value)  # noqa: PERF401 - a list of its own for each object costs more
    if not _HARMLESS.issuperset(names):
        for node in nodes:
            if type(node) is dict and not _HARMLESS.issuperset(node):
                _drop_from(node)


def _drop_from(node: dict[str, Any]) -> None:
    """Drop what stands under the name of a secret in one object, and remember which names are of none."""
    for key in list(node):
        if not is_secret(key):
            if len(key) <= _USUAL and len(_HARMLESS) < _MOST:
                _HARMLESS.add(key)
        elif not isinstance(node[key], (bool, type(None))):
            del node[key]


def _rewrite(root: Any, signs: tuple[str, str], clean: Callable[[str], str]) -> None:
    """Clean the texts below a list or an object that have one of two signs in them, in place."""
    one, other = signs
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        entries: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in entries:
            if isinstance(inner, str):
                if one in inner or other in inner:
                    # A new value under an old key: the object may be written to while it is read.
                    node[key] = clean(inner)
            elif isinstance(inner, (dict, list)):
                waiting.append(inner)
            elif isinstance(inner, OpenList):
                waiting.append([member for member, _ in inner.members])


def is_secret(key: str) -> bool:
    """Whether what stands under a name is a secret by that name."""
    folded = key.lower().replace("_", "").replace("-", "")
    return folded in _NAMES or folded.endswith(_ENDINGS)
