"""Makes what an expression gave fit for a document: open values in the forms that policies know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scanner.model import Place
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.sources.arm.constraints import listed
from scanner.sources.arm.openness import Allowed, Choice, OpenObject, OrNull, Overlaid
from scanner.sources.arm.scope import Lambda
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.documents.members import RULES
from scanner.sources.documents.secrets import unsigned, without_secrets
from scanner.values import OpenList, Unknown

_RULES = RULES.lower()
UNSET = "it may not be set"
"""How the reason of a value begins that null may stand in place of."""

_NETWORK = "managednetwork"
_PROPERTIES = "properties"
_OF_A_NETWORK = (
    "isolationMode",
    RULES,
    "firewallSku",
    "managedNetworkKind",
    "enableNetworkMonitor",
    "enableFirewallLog",
    "firewallPublicIpAddress",
)
"""What people may set of a managed network."""

_PARTS = regex(r"[,/:@\s]")
"""What text has that is more than one name: nobody expects it of a stretch that is not known."""

Register = Callable[[Any, Any], None]
"""Is told of each new container, and of the one it was made of."""


@dataclass(frozen=True, slots=True)
class Used:
    """The text of an expression as people may see it, and where it stands."""

    text: str
    place: Place


def settled(value: Any, key: Any, used: Used, register: Register, spend: Callable[[int], None]) -> Any:
    """A copy of a value for the document, where it stands under a key; ``used`` is what gave it."""
    name = key if isinstance(key, str) else None
    return _Settler(used, register, spend).settle(value, name, sure=True)


def unsure(value: Any, reason: str, used: Used, register: Register, spend: Callable[[int], None]) -> Any:
    """A copy of a value that may not be there at all: ``reason`` is why nobody knows."""
    return _Settler(used, register, spend).settle(value, None, sure=False, reason=reason)


class _Settler:
    def __init__(self, used: Used, register: Register, spend: Callable[[int], None]) -> None:
        self._text = used.text
        self._place = used.place
        self._register = register
        self._spend = spend

    def settle(self, value: Any, key: str | None, *, sure: bool, reason: str = "") -> Any:
        """A value as it stands under a key.  One that may be missing is not known, down to its leaves."""
        self._spend(1)
        if isinstance(value, Unknown):
            return self._open(value, key, sure=sure, reason=reason)
        if isinstance(value, dict):
            if not sure and key is not None and key.lower() == _RULES:
                return self._rules({name: (inner, False) for name, inner in value.items()}, reason)
            rules = key is not None and key.lower() == _RULES
            made: Any = {
                name if rules else str(name): self.settle(inner, name, sure=sure, reason=reason)
                for name, inner in value.items()
            }
        elif isinstance(value, list):
            if not sure and value:
                return self._list(tuple((inner, False) for inner in value), reason)
            made = [self.settle(inner, None, sure=sure, reason=reason) for inner in value]
        elif isinstance(value, Lambda):
            return Unknown("a lambda is no value", text=self._text, place=self._place)
        else:
            unset = f"{UNSET}: {reason}"
            return value if sure else OrNull(value, unset, text=self._text, place=self._place)
        self._register(made, value)
        return made

    def _open(self, value: Unknown, key: str | None, *, sure: bool, reason: str) -> Any:
        if isinstance(value, OpenObject):
            return self._object(value, key, sure=sure, reason=reason)
        if isinstance(value, OpenList):
            members = tuple((inner, certain and sure) for inner, certain in value.members)
            return self._list(members, value.reason)
        if isinstance(value, Overlaid) and key is not None and key.lower() == _RULES:
            laid = {name: (inner, certain and sure) for name, (inner, certain) in value.members.items()}
            return self._rules(laid, value.reason, value)
        if not sure:
            return self._unset(reason)
        if isinstance(value, Overlaid) and key is not None and key.lower() == _NETWORK:
            return self._network(value)
        if isinstance(value, Overlaid) and key is not None and key.lower() == _PROPERTIES:
            return self._kept(value)
        return self._leaf(value)

    def _leaf(self, value: Unknown) -> Any:
        text, place = shown(self._text), self._place
        if isinstance(value, Allowed):
            return _one_of(value.options, Symbol(value.key, value.reason, text=text, place=place))
        if isinstance(value, (Text, Symbol)):
            return named(value, text, place)
        if isinstance(value, Choice):
            key = f"choice({value.condition})"
            return _one_of(value.options, Symbol(key, value.reason, text=text, place=place))
        return Unknown(value.reason, text=text, place=place)

    def _kept(self, value: Overlaid) -> Overlaid:
        """Properties that are not known but for what was laid over them."""
        members = {
            str(name): (self.settle(value.member(name) if sure else inner, name, sure=sure), sure)
            for name, (inner, sure) in value.members.items()
        }
        kept = Overlaid(members, value.key, value.reason)
        kept.text, kept.place = shown(self._text), self._place
        return kept

    def _network(self, value: Overlaid) -> dict[str, Any]:
        """A managed network of which some properties were laid over others that nobody knows."""
        unknown = Unknown(value.reason, text=shown(self._text), place=self._place)
        made: dict[str, Any] = {}
        for name, (inner, certain) in value.members.items():
            if value.deep and isinstance(inner, dict) and name.lower() == _RULES:
                laid = {rule: (properties, certain) for rule, properties in inner.items()}
                made[name] = self._rules(laid, value.reason, value)
            else:
                made[name] = self.settle(inner, name, sure=True) if certain else unknown
        met = {name.lower() for name in made}
        made |= {name: unknown for name in _OF_A_NETWORK if name.lower() not in met}
        self._register(made, value)
        return made

    def _unset(self, reason: str) -> Unknown:
        return Unknown(f"{UNSET}: {reason}", text=self._text, place=self._place)

    def _object(self, value: OpenObject, key: str | None, *, sure: bool, reason: str) -> Any:
        if key is not None and key.lower() == _RULES:
            members = {name: (inner, certain and sure) for name, (inner, certain) in value.members.items()}
            return self._rules(members, value.reason)
        made = {
            str(name): self.settle(
                inner, name, sure=certain and sure and not value.optional, reason=reason or value.reason
            )
            for name, (inner, certain) in value.members.items()
        }
        self._register(made, value)
        return made

    def _rules(self, members: dict[str, tuple[Any, bool]], reason: str, below: Overlaid | None = None) -> Any:
        """A map of rules of which some may not be there, as the list that policies see.

        Others may be there too where they were laid over a map that is not known.
        """
        rules: list[tuple[Any, bool]] = []
        if below is not None:
            rules.append((Unknown(reason, text=shown(self._text), place=self._place), False))
        for name, (inner, certain) in members.items():
            rule = {"name": getattr(name, "value", name), "properties": self.settle(inner, None, sure=True)}
            self._register(rule, inner)
            rules.append((rule, certain))
        return OpenList(tuple(rules), reason)

    def _list(self, members: tuple[tuple[Any, bool], ...], reason: str) -> Any:
        settled_members = tuple((self.settle(inner, None, sure=True), certain) for inner, certain in members)
        if all(certain for _, certain in settled_members):
            made = [inner for inner, _ in settled_members]
            self._register(made, members)
            return made
        return OpenList(settled_members, reason)


def named(value: Any, text: str, place: Place | None) -> Any:
    """A value that is open, with the source text that it stands for; any other as it is."""
    if isinstance(value, Text):
        parts = tuple(part and unsigned(part) for part in value.parts)
        return Text(parts, value.keys, value.reason, text=text, place=place, options=value.options)
    if isinstance(value, Symbol):
        symbol = Symbol(value.key, value.reason, text=text, place=place, options=value.options)
        symbol.truth = value.truth
        return symbol
    return value


def _one_of(options: tuple[Any, ...], symbol: Symbol) -> Any:
    """A value that is one of a few: what texts have in common at their ends is known of it."""
    options = type(options)(unsigned(option) if isinstance(option, str) else option for option in options)
    if len(options) == 1:
        return options[0]
    reason = f"it is one of {listed(options)}: {symbol.reason}"
    if all(isinstance(option, str) for option in options):
        prefix = _beginning(options)
        suffix = _beginning([option[len(prefix) :][::-1] for option in options])[::-1]
        parts = (*((prefix,) if prefix else ()), None, *((suffix,) if suffix else ()))
        between = [option[len(prefix) : len(option) - len(suffix)] for option in options]
        if len(parts) > 1 and not any(_PARTS.search(one) for one in between if prefix[:1] != "/"):
            return Text(parts, (symbol.key,), reason, text=symbol.text, place=symbol.place, options=options)
    return Symbol(symbol.key, reason, text=symbol.text, place=symbol.place, options=options)


def _beginning(texts: Sequence[str]) -> str:
    """What some texts all begin with."""
    first, last = min(texts), max(texts)
    return next((first[:index] for index, sign in enumerate(first) if last[index] != sign), first)


def shown(text: str) -> str:
    """The source of an expression as people may see it."""
    return without_secrets(text) if "=" in text or "@" in text else text
