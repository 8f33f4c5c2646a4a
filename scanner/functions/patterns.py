"""What sort of pattern a host is, and what is wrong with it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from scanner.functions.holes import HOLE, OPEN
from scanner.regexes import regex

_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_LABEL_EDGE = regex(r"(?:^|\.)-|-(?:\.|$)")
_ILLEGAL = regex(rf"[^a-z0-9.{HOLE}-]")
_LONG_LABEL = regex(r"[^.]{64}|\.\.|^\.|\.$")
_NUMBER = regex(r"[0-9]+|0x[0-9a-f]*")
_LONGEST = 253


def is_ip(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address, the latter with or without brackets."""
    if not text or len(text) > 64 or not (text[0] in "0123456789:[" or ":" in text):
        return False
    try:
        ipaddress.ip_address(text[1:-1] if text[0] == "[" and text[-1] == "]" and ":" in text else text)
    except ValueError:
        return False
    return True


def a_labels(host: str) -> tuple[str, bool]:
    """The host with each international label as its A-label, and whether that changed what was written.

    A label that has no A-label stays as it is; one that turns out to be plain ASCII under another guise
    (full-width letters, characters that do not show) was changed.
    """
    if host.isascii():
        return host, False
    labels = host.translate(_DOTS).split(".")
    converted = [_a_label(label) for label in labels]
    is_changed = any(a != b and not b.startswith("xn--") for a, b in zip(labels, converted, strict=True))
    return ".".join(converted).rstrip("."), is_changed or ".".join(labels) != host


def _a_label(label: str) -> str:
    # A host label has at most 63 characters, and the codec takes quadratic time for longer ones.
    if label.isascii() or HOLE in label or len(label) > 63:
        return label
    try:
        converted = label.encode("idna").decode("ascii")
    except UnicodeError:
        return label
    return converted if re.fullmatch(r"[a-z0-9_-]*", converted) else label


def kind_of(host: str) -> tuple[str, str | None]:
    """What sort of pattern a normalised host is, and what follows its leading wildcard."""
    if not host:
        return "empty", None
    if host in ("*", "*.*"):
        return "any", None
    if host.startswith((HOLE, f"*{HOLE}")) or (HOLE in host and not host.strip(f"*.{HOLE}")):
        return OPEN, None
    stars = host.count("*")
    if stars == 1 and host.startswith("*."):
        return "wildcard", host[2:]
    if stars == 1 and host.startswith("*"):
        return "suffix", host[1:]
    if stars:
        return "unsupported", None
    return ("ip" if is_ip(host) else "exact"), None


def problems(host: str, kind: str, base: str | None) -> Iterator[str]:
    """The flags for what is wrong with a normalised host."""
    if kind in ("ip", "empty"):
        yield kind
        return
    if kind == "unsupported" or host == "*.*":
        yield "wildcard-position"
    if kind == "any":
        return
    name = {"wildcard": base, "suffix": f"x{base}"}.get(kind) or host.replace("*", "x")
    if kind == "exact" and "." not in name:
        yield "single-label"
    if _LONG_LABEL.search(name):
        yield "label-length"
    if len(host) > _LONGEST:
        yield "host-length"
    if _ILLEGAL.search(name) or _LABEL_EDGE.search(name):
        yield "characters"
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        yield "numeric-tld"
