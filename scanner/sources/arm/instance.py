"""The resources of a template, one by one: each turn of a copy loop is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.places import Key
from scanner.records import dataclass
from scanner.regexes import regex
from scanner.sources.arm.blocks import MOST_INSTANCES
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.functions.ids import segments
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.run import Run
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.settle import named, shown
from scanner.sources.arm.texts import joined
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import noun
from scanner.values import Unknown

_TURN = regex(r"(?P<name>[^\[\]]+)\[(?P<turn>[0-9]{1,4})\]")


@dataclass(slots=True)
class Instance:
    """A resource of a template, in one turn of its copy loop.

    ``holder`` and ``key`` are where its block stands; ``symbol`` is its symbolic name with its turn.
    ``sure`` is False where nobody knows how many turns there are.
    """

    raw: dict[str, Any]
    holder: Any
    key: Key
    scope: Scope
    symbol: str | None
    parent: Instance | None
    sure: bool = True
    _type: str | None = None
    _name: Any = None

    @property
    def type(self) -> str:
        """The full type, with those of its parents."""
        if self._type is None:
            own = self.raw.get("type")
            text = own if isinstance(own, str) else ""
            self._type = f"{self.parent.type}/{text}" if self.parent and "." not in text else text
        return self._type

    def name(self, run: Run) -> Any:
        """The full name, with those of its parents."""
        if self._name is None:
            try:
                self._name = self._full_name(run)
            except Failure as error:
                self._name = Unknown(f"the name of the resource is not known: {error}")
        return self._name

    def _full_name(self, run: Run) -> Any:
        own = run.value(self.raw, "name", self.scope)
        own = str(own) if isinstance(own, (int, float)) else own
        if own is None or isinstance(own, (dict, list)):
            own = Unknown(f"the name of the resource is {noun(own)}, not a text")
        if isinstance(own, Choice):
            first, *others = segments(own)
            own = joined([first, *(part for other in others for part in ("/", other))], "")
        if self.parent and self.type.startswith(f"{self.parent.type}/") and "." not in self.raw["type"]:
            own = joined([self.parent.name(run), "/", own], "")
        if not isinstance(own, Unknown):
            return own
        written = self.raw.get("name")
        text = written[1:-1] if isinstance(written, str) else getattr(written, "text", "")
        return named(own, shown(text), run.place(self.raw, "name"))


class Gatherer:
    """Finds the resources that stand in the template of one deployment."""

    def __init__(self, run: Run, scope: Scope) -> None:
        self._found: list[Instance] = []
        self._run = run
        self._scope = scope
        self._made: dict[int, list[Instance]] = {}
        self._keys: dict[str, str] | None = None
        self._chosen: dict[str, Instance | None] = {}

    def all(self, raw: dict[str, Any]) -> list[Instance]:
        """All of them, children behind their parents."""
        self._gather(raw.get("resources"), raw, None)
        return self._found

    def one(self, raw: dict[str, Any], symbol: str) -> Instance | None:
        """The resource of a symbolic name, without looking at any other.

        How many turns one loop has may hang on the id of what another statement deploys.
        """
        resources, key = self._key(raw, symbol.partition("[")[0])
        if key is None:
            return None
        made = self._turns(resources[key], resources, key, key, None)
        found = next((each for each in made if str(each.symbol).lower() == symbol.lower()), None)
        return found or self.chosen(raw, symbol)

    def chosen(self, raw: dict[str, Any], symbol: str) -> Instance | None:
        """One turn of a loop of which nobody knows how many it has: ``name[3]``."""
        chosen = _TURN.fullmatch(symbol)
        resources, key = self._key(raw, chosen["name"]) if chosen is not None else ({}, None)
        if chosen is None or key is None:
            return None
        if symbol.lower() not in self._chosen:
            made = list(self._turns(resources[key], resources, key, key, None))
            unsure = bool(made) and not made[0].sure
            self._chosen[symbol.lower()] = self.turn(raw, key, int(chosen["turn"])) if unsure else None
        return self._chosen[symbol.lower()]

    def turn(self, raw: dict[str, Any], name: str, turn: Any) -> Instance | None:
        """A resource of a loop in some turn, which need not be known."""
        resources, key = self._key(raw, name)
        loop = resources[key].get("copy") if key is not None else None
        if key is None or not isinstance(loop, dict):
            return None
        scope = self._scope.looping(str(loop.get("name") or key), turn)
        return Instance(resources[key], resources, key, scope, f"{key}[…]", None, sure=False)

    def _key(self, raw: dict[str, Any], name: str) -> tuple[dict[str, Any], str | None]:
        """The resources of a template that have symbolic names, and which of the names is meant."""
        resources = raw.get("resources")
        if not isinstance(resources, dict):
            return {}, None
        if self._keys is None:
            self._keys = {key.lower(): key for key in resources}
        key = self._keys.get(name.lower())
        block = resources[key] if key is not None else None
        known = isinstance(block, dict) and isinstance(block.get("type"), str)
        return resources, key if known else None

    def _gather(self, resources: Any, holder: Any, parent: Instance | None) -> None:
        if isinstance(resources, dict):
            entries: Any = self._run.duplicates.get(id(resources)) or resources.items()
        elif isinstance(resources, list):
            entries = enumerate(resources)
        else:
            if resources is not None:
                self._odd(f"the resources are {noun(resources)}, not a list", holder, "resources")
            return
        for key, raw in entries:
            if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
                what = noun(raw) if not isinstance(raw, dict) else "without a type"
                self._odd(f"a resource that is {what}", resources, key)
                continue
            symbol = key if isinstance(key, str) else None
            for instance in self._turns(raw, resources, key, symbol, parent):
                self._add(instance)

    def _add(self, instance: Instance) -> None:
        self._run.instances += 1
        if self._run.instances > MOST_INSTANCES:
            message = f"more than {MOST_INSTANCES} resources: the rest is not read"
            self._run.report("too-much", message, None, "instances", reason="failed")
            return
        self._run.budget.left -= 10
        self._found.append(instance)
        self._gather(instance.raw.get("resources"), instance.raw, instance)

    def _turns(
        self, raw: dict[str, Any], holder: Any, key: Key, symbol: str | None, parent: Instance | None
    ) -> Iterable[Instance]:
        if parent is not None or symbol is None:
            return self._new(raw, holder, key, symbol, parent)
        if id(raw) not in self._made:
            self._made[id(raw)] = list(self._new(raw, holder, key, symbol, None))
        return self._made[id(raw)]

    def _new(
        self, raw: dict[str, Any], holder: Any, key: Key, symbol: str | None, parent: Instance | None
    ) -> Iterator[Instance]:
        scope = parent.scope if parent else self._scope
        loop = raw.get("copy")
        if not isinstance(loop, dict):
            yield Instance(raw, holder, key, scope, symbol, parent)
            return
        name = str(loop.get("name") or symbol or "")
        turns = self._run.turns(loop, scope)
        if isinstance(turns, Unknown):
            some = Symbol(f"{scope.frame.key}copyIndex('{name}')", turns.reason)
            yield Instance(raw, holder, key, scope.looping(name, some), symbol, parent, sure=False)
            return
        for turn in range(turns):
            if self._run.instances > MOST_INSTANCES:
                return
            label = f"{symbol}[{turn}]" if symbol is not None else None
            yield Instance(raw, holder, key, scope.looping(name, turn), label, parent)

    def _odd(self, message: str, holder: Any, key: Key) -> None:
        place = self._run.places.written(holder, key)
        self._run.report("malformed-resource", message, place, reason="failed")
