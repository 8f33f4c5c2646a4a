"""One token of an FQDN destination: the host or pattern that a firewall would read from it.

Whatever a person may write around a host is taken off and noted as a flag, so that neither an upper
case letter nor a scheme, a path or a trailing dot hides what a rule opens.
"""

from __future__ import annotations

import re

from scanner.functions.memory import by_text
from scanner.functions.patterns import a_labels, is_ip, kind_of, problems
from scanner.records import dataclass
from scanner.regexes import regex

FLAGS = (
    "separator",
    "whitespace",
    "case",
    "scheme",
    "cidr",
    "path",
    "userinfo",
    "port",
    "dot",
    "ip",
    "empty",
    "wildcard-position",
    "single-label",
    "label-length",
    "host-length",
    "characters",
    "numeric-tld",
)
"""Everything that can be noted about a token, in the order in which it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and what was read from it; see `scanner.functions.hosts.hosts` for the fields.

    ``kind`` is `OPEN` where a hole at the beginning keeps it so.
    """

    text: str
    host: str
    kind: str
    base: str | None
    scheme: str | None
    port: int | None
    flags: tuple[str, ...]


# NOTE: a host has at most 253 characters, so the middle of a longer text is none's.  Cutting it bounds
# the work; both ends stay, for what a pattern opens is decided there.
_END = 2_048
_MOST_PIECES = 1_000
_MOST_SCHEMES = 10
_SEPARATORS = regex(r"([;\s]+)")
_LIST_MARKS = regex(r"[;\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SCHEME = regex(r"(?:([a-z][a-z0-9+.-]*):)?//")
_PATH = regex(r"[/\\?#]")


@by_text
def parse(text: str) -> Token:
    """Read one token: never fails, takes time in proportion to its length."""
    text = text.strip()
    parts = _SEPARATORS.split(text, maxsplit=_MOST_PIECES)
    return _one(text) if len(parts) == 1 else _several(text, parts)


def pieces(token: Token) -> tuple[Token, ...]:
    """The hosts that white space or semicolons separate in a token: usually the token alone."""
    if not _SEPARATORS.search(token.host):
        return (token,)
    return tuple(parse(piece) for piece in _SEPARATORS.split(token.host, maxsplit=_MOST_PIECES)[::2] if piece)


def _several(text: str, parts: list[str]) -> Token:
    """A token that only commas should have separated: its hosts, joined as they were written."""
    tokens = [_one(part) for part in parts[::2]]
    joined = "".join(
        f"{token.host}{mark}" for token, mark in zip(tokens, [*parts[1::2], ""], strict=True)
    ).strip()
    noted = {flag for part, token in zip(parts[::2], tokens, strict=True) if part for flag in token.flags}
    noted.add("separator" if _LIST_MARKS.search(text) else "whitespace")
    alone = next((token for token in tokens if token.host == joined), None)
    kinds = {token.kind for token in tokens if token.host}
    return Token(
        text=text,
        host=joined,
        kind=alone.kind if alone else kinds.pop() if kinds in ({"exact"}, {"ip"}) else "unsupported",
        base=alone.base if alone else None,
        scheme=next((token.scheme for token in tokens if token.scheme), None),
        port=next((token.port for token in tokens if token.port is not None), None),
        flags=tuple(flag for flag in FLAGS if flag in noted),
    )


def _one(text: str) -> Token:
    """A token without white space inside."""
    flags: list[str] = []
    rest, scheme = _without_scheme(text, flags)
    rest, port = _authority(rest, flags)
    bare = rest.rstrip(".")
    if bare != rest:
        flags.append("dot")
    if len(bare) > 2 * _END:
        bare = bare[:_END] + bare[-_END:]
    host, is_changed = a_labels(bare)
    kind, base = kind_of(host)
    if kind == "ip" and not host.startswith("[") and ":" in host:
        host = f"[{host}]"
    noted = {*flags, *problems(host, kind, base), *(("characters",) if is_changed else ())}
    return Token(text, host, kind, base, scheme, port, tuple(flag for flag in FLAGS if flag in noted))


def _without_scheme(text: str, flags: list[str]) -> tuple[str, str | None]:
    lower = text.lower()
    if lower != text:
        flags.append("case")
    scheme = None
    place = 0
    for _ in range(_MOST_SCHEMES):
        if not (found := _SCHEME.match(lower, place)):
            break
        scheme = scheme or found[1]
        place = found.end()
    if place:
        flags.append("scheme")
    return lower[place:], scheme


def _authority(text: str, flags: list[str]) -> tuple[str, int | None]:
    """The host, and the port it may carry."""
    left, _, right = text.partition("/")
    if re.fullmatch(r"[0-9]{1,3}", right) and is_ip(left):
        flags.append("cidr")
        text = left
    elif found := _PATH.search(text):
        flags.append("path")
        text = text[: found.start()]
    _, at, rest = text.rpartition("@")
    if at:
        flags.append("userinfo")
    if is_ip(rest):
        return rest, None
    host, colon, port = rest.partition(":") if not rest.startswith("[") else _bracketed(rest)
    if colon:
        flags.append("port")
    return host, int(port) if re.fullmatch(r"[0-9]{1,9}", port) else None


def _bracketed(text: str) -> tuple[str, str, str]:
    literal, bracket, rest = text.partition("]")
    junk, colon, port = rest.partition(":")
    return literal + bracket + junk, colon, port
