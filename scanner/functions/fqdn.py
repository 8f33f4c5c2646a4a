"""The hosts that a hub's FQDN rules allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.functions.documents import described, known, peek
from scanner.functions.holes import HOLE, OPEN, encoded, fits, is_readable, read
from scanner.functions.hosts import FIELDS, MOST, as_object, hosts
from scanner.functions.memory import by_text, per_hub
from scanner.functions.registry import function, listed, record
from scanner.functions.rules import label, user_rules
from scanner.functions.tokens import FLAGS, Token, parse
from scanner.regexes import regex
from scanner.values import OpenList, Partial, Touched, Unknown

_HOST = record(**FIELDS, name="string", key="string|null", rule={"$ref": "#/$defs/outboundRule"})
_FIELDS = ("text", "host", "kind", "base", "scheme", "port", "flags")


def _members(rule: Any) -> list[dict[str, Any]]:
    name = peek(rule, "name")
    destination = peek(rule, "properties", "destination")
    if type(destination) is str:
        found = _known_hosts(destination)
    elif isinstance(destination, Partial):
        found = list(_open_hosts(destination))
    else:
        if not isinstance(destination, Unknown) or isinstance(destination, OpenList):
            kind = "missing" if destination is None else described(destination)
            destination = Unknown(f"the destination of {label(rule)} is {kind}")
        found = [_nothing(destination)]
    return [{**fields, "name": name, "rule": rule} for fields in found]


def _nothing(unknown: Any) -> dict[str, Any]:
    return {"name": None, "key": None, "rule": None, **dict.fromkeys(_FIELDS, unknown)}


@function(
    "object",
    returns="array",
    partials=True,
    schema=listed(_HOST),
    base=("user_rules", "FQDN"),
    spread=_members,
    core=("properties", "destination"),
    shown={"rule": (), "name": ("name",)},
)
def fqdn_hosts(hub: Any) -> Any:
    """Each host of each FQDN rule of the user (see `user_rules`), one object a host.

    It has the fields of `hosts`, the rule's ``name``, the rule itself as ``rule``, and as ``key`` the
    token's text, with ``?`` for each part that is not known. A rule whose destination is missing or no
    text gives one object whose host fields are not known and whose key is null.

    A part of a destination that is not known stands for text of a host name, without a comma, a slash,
    a colon, an at-sign or a space, and for ``*`` only where a token begins; ``kind`` is then decided
    where the token begins with ``*.`` or a known letter, and of the flags only those are sure that the
    known parts show.

    fqdn_hosts({"outboundRules": [{"name": "a",
      "properties": {"type": "FQDN", "destination": "contoso.com"}}]}) -> [{"name": "a", "key": "contoso.com",
      "rule": {"name": "a", "properties": {"type": "FQDN", "destination": "contoso.com"}},
      "text": "contoso.com", "host": "contoso.com", "kind": "exact", "base": null, "scheme": null,
      "port": null, "flags": []}]
    """
    return _fqdn_hosts(known(hub))


@function("object", "array", returns="array", partials=True, schema=listed(_HOST))
def named_hosts(hub: Any, hosts: Any) -> Any:
    """Those of `fqdn_hosts` that are one of some hosts or patterns, written as a firewall reads them.

    One that is not known may be one of them, unless what is known of it rules that out.

    named_hosts({"outboundRules": [{"name": "a", "properties": {"type": "FQDN",
      "destination": "contoso.com"}}]}, ["fabrikam.com"]) -> []
    """
    found = fqdn_hosts(hub)
    wanted = frozenset(host for host in known(hosts) if isinstance(host, str))
    members = found.members if isinstance(found, OpenList) else ((member, True) for member in found)
    chosen: list[tuple[Any, bool]] = []
    doubt = None
    for member, sure in members:
        host = member["host"]
        if isinstance(host, Unknown):
            if _may_be(host, wanted):
                chosen.append((member, False))
                doubt = host
        elif host in wanted:
            chosen.append((member, sure))
            doubt = doubt if sure else found
    return [member for member, _ in chosen] if doubt is None else OpenList(tuple(chosen), doubt.reason)


def _may_be(host: Unknown, wanted: frozenset[str]) -> bool:
    if not isinstance(host, Partial):
        return bool(wanted)
    text = encoded(host)
    return any(fits(text, name) for name in wanted)


@per_hub
def _fqdn_hosts(hub: dict[str, Any]) -> Any:
    found = user_rules(hub, "FQDN")
    if isinstance(found, OpenList):
        pairs = ((member, sure) for rule, sure in found.members for member in _members(rule))
        return OpenList(tuple(pairs), found.reason)
    return [member for rule in found for member in _members(rule)]


@by_text
def _known_hosts(destination: str) -> list[dict[str, Any]]:
    """The members of any rule with that destination, which lack but the rule and its name."""
    try:
        found = hosts(destination)
    except Touched as touched:
        return [_nothing(touched.unknown)]
    return [{"name": None, "key": host["text"], "rule": None, **host} for host in found]


def _open_hosts(destination: Partial) -> Iterator[dict[str, Any]]:
    text = encoded(destination)
    nothing = _nothing(read(HOLE, destination))
    if text.count(",") >= MOST:
        yield nothing
        return
    for token in map(str.strip, text.split(",")):
        if HOLE not in token:
            fields = as_object(parse(token))
        elif is_readable(token):
            fields = _open_fields(parse(token), destination)
        else:
            fields = nothing
        yield {**nothing, **fields, "key": token.replace(HOLE, "?")}


def _open_fields(token: Token, origin: Partial) -> dict[str, Any]:
    """The fields of a token with holes."""
    unknown = read(HOLE, origin)
    is_sure = _is_sure(token)
    is_open_port = "port" in token.flags and HOLE in token.text.rpartition(":")[2]
    return {
        "text": read(token.text, origin),
        "host": read(token.host, origin),
        "kind": token.kind if is_sure else unknown,
        "base": (token.base and read(token.base, origin)) if is_sure else unknown,
        "scheme": token.scheme,
        "port": unknown if is_open_port and token.port is None else token.port,
        "flags": _open_flags(token, origin),
    }


def _is_sure(token: Token) -> bool:
    """Whether the kind is decided: text without a letter may be an address."""
    if HOLE not in token.host:
        return True
    if token.kind == "exact":
        return bool(_LETTER.search(token.host))
    return token.kind != OPEN


_LETTER = regex(r"[a-z]")
_BY_WHOLE = {"single-label", "label-length", "host-length", "numeric-tld", "ip", "empty", "wildcard-position"}


def _open_flags(token: Token, origin: Partial) -> OpenList:
    """The flags that the known parts show for sure, and those that the holes may bring or take away."""
    sure = set(token.flags)
    maybe = {"case"}
    if HOLE in token.host:
        maybe |= _BY_WHOLE | {"dot", "characters"}
        sure -= _BY_WHOLE - ({"wildcard-position"} if _is_sure(token) else set())
    if not _LETTER.search(token.host):
        maybe |= {"cidr", "path"} if "path" in sure else set()
        sure -= {"path"}
    members = ((flag, flag in sure) for flag in FLAGS if flag in sure | maybe)
    return OpenList(tuple(members), origin.reason)
