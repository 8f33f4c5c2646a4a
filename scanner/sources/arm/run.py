"""One deployment in the making: what all of its templates share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import field
from functools import partial
from typing import Any

import orjson

from scanner.model import Place
from scanner.places import Key
from scanner.records import dataclass
from scanner.sources.arm import twins
from scanner.sources.arm.blocks import TAKEN_OUT
from scanner.sources.arm.combine import turns
from scanner.sources.arm.errors import BadExpression, Failure, Spent
from scanner.sources.arm.evaluator import evaluate
from scanner.sources.arm.keys import key_of, member_name
from scanner.sources.arm.links import Links
from scanner.sources.arm.parser import is_expression, parse, unescaped
from scanner.sources.arm.places import Pending, TemplatePlaces
from scanner.sources.arm.scope import Budget, Frame, Scope
from scanner.sources.arm.settle import Used, named, settled, shown
from scanner.sources.arm.source import Located, Source, is_closed
from scanner.sources.arm.standing import Standing
from scanner.sources.arm.syntax import Leaf, Loop, Node, OpenKey
from scanner.sources.arm.tokens import Duplicates
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.files.json_text import noun
from scanner.values import OpenList, Unknown

__all__ = ["MOST_TURNS", "Problem", "Run"]

MOST_TURNS = 800
"""Turns of one copy loop; Azure takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something odd in a file.  ``reason`` is ``failed`` where it would not deploy, else ``unresolved``."""

    place: Place
    code: str
    message: str
    reason: str


_NOWHERE: tuple[Any, Key] = (None, None)
"""Where nothing is evaluated."""

_PLAIN = frozenset({str, bool, int, float, type(None), Text, Symbol})
"""What may be given more than once: nobody writes into it."""


@dataclass(slots=True)
class Run:
    """What the templates of one deployment share: files, places, problems, and a bound for all work.

    ``plain`` tells that its files hold nothing but what can be copied as JSON, each key once; ``lender`` is
    the one whose values become those of documents, None where they are copied.  ``links`` finds the files
    that templates link to, None where none can be.  ``scattered`` tells that its templates are made of many
    files, most of which have to do with no hub: then documents are made when they are asked for.  ``asides``
    counts what evaluating gave beside values: problems, and keys that no other value has.
    """

    key: str
    template: Located
    sources: list[Located]
    places: TemplatePlaces
    budget: Budget = field(default_factory=Budget)
    problems: list[Problem] = field(default_factory=list)
    plain: bool = False
    lender: Source | None = None
    links: Links | None = None
    scattered: bool = False
    instances: int = 0
    asides: int = 0
    _values: dict[tuple[Frame, str], Any] = field(default_factory=dict)
    _noted: set[tuple[str, str]] = field(default_factory=set)
    _at: tuple[Any, Key] = _NOWHERE
    duplicates: Duplicates = field(init=False)

    def __post_init__(self) -> None:
        self.duplicates = dict(self.template.duplicates)

    def include(self, source: Source) -> None:
        """Take in a file that a template links to."""
        if source not in self.sources:
            # The places know the same list.
            self.sources.append(source)
            self.duplicates.update(source.duplicates)
            self.plain = self.plain and source.strict
            self.lender = None

    def stand(self, value: Any, holder: Any, key: Key) -> None:
        """Say that what an expression gave stands where that does, unless it is known to stand elsewhere."""
        place = self.places.written(holder, key)
        if isinstance(value, dict) and place is not None and self.places.written(value, None) is None:
            self.sources.append(Standing(value, place))

    def note(self, code: str, message: str, once: str | None = None, *, reason: str = "unresolved") -> None:
        """Tell people of something odd at the value that is evaluated now."""
        holder, key = self._at
        self.report(code, message, self.places.written(holder, key), once, reason=reason)

    def report(
        self, code: str, message: str, place: Place | None, once: str | None = None, *, reason: str
    ) -> None:
        """Tell people of something odd at a place; once for all things of a name."""
        self.asides += 1
        if (code, once or f"{place}{message}") not in self._noted:
            self._noted.add((code, once or f"{place}{message}"))
            place = place or Place(path=self.template.path, line=1, column=1, end_line=1)
            self.problems.append(Problem(place=place, code=code, message=message, reason=reason))

    def value(self, holder: Any, key: Key, scope: Scope, *, final: bool = False) -> Any:
        """The value of a member of an object or list of a file.

        ``final`` is for what goes into a document: then what an expression gives is copied and made fit.
        """
        raw = holder.get(key) if isinstance(holder, dict) else holder[key]
        return self.render(raw, holder, key, scope, final=final)

    def render(self, raw: Any, holder: Any, key: Key, scope: Scope, *, final: bool = False) -> Any:
        """The value of something that stands at a key of an object or list of a file."""
        kind = type(raw)
        if kind is str:
            if raw[:1] != "[":
                return raw
            return self.expression(raw, holder, key, scope, final=final)
        if kind is dict:
            return self.members(raw, scope, final=final)
        if kind is list:
            scope.budget.left -= len(raw)
            made = [
                self.render(inner, raw, index, scope, final=final) if type(inner) in _DEEP else inner
                for index, inner in enumerate(raw)
            ]
            self.places.rendered(made, raw, scope.frame)
            return made
        if kind is Leaf:
            return self._evaluated(partial(evaluate, raw.node, scope), raw.text, holder, key, final=final)
        return self._each(raw, holder, key, scope, final=final) if kind is Loop else raw

    def expression(self, text: str, holder: Any, key: Key, scope: Scope, *, final: bool = False) -> Any:
        """The value of a text that may be an expression; an `Unknown` where it has none."""
        if not is_expression(text):
            return unescaped(text)
        try:
            node = parse(text)
        except BadExpression as error:
            place = self._within(holder, key, error.offset)
            self.report("malformed-expression", str(error), place, reason="failed")
            reason = f"the expression cannot be read: {error}"
            return Unknown(reason, text=shown(text), place=self.place(holder, key))
        if self._at is _NOWHERE and not scope.is_inner:
            find = partial(self._remembered, (scope.frame, text), node, scope)
        else:
            # In the middle of another evaluation a value may be less decided than it is in the end.
            find = partial(evaluate, node, scope)
        return self._evaluated(find, text[1:-1], holder, key, final=final)

    def _evaluated(self, find: Callable[[], Any], text: str, holder: Any, key: Key, *, final: bool) -> Any:
        """The value of an expression, which ``find`` evaluates; ``text`` is its source for people."""
        before, self._at = self._at, (holder, key)
        try:
            value = find()
            return self._settled(value, text, holder, key) if final else value
        except Failure as error:
            return Unknown(str(error), text=shown(text), place=self.place(holder, key))
        except Spent:
            return self._spent(shown(text))
        except RecursionError:
            self.note("too-deep", "values that depend on one another too deeply", reason="failed")
            return Unknown("it depends on other values too deeply", text=shown(text))
        finally:
            self._at = before

    def _remembered(self, name: tuple[Frame, str], node: Node, scope: Scope) -> Any:
        """The value of an expression that may have been met before: resources say the same many times."""
        if name in self._values:
            scope.spend(1)
            return self._values[name]
        before = self.asides
        value = evaluate(node, scope)
        if type(value) in _PLAIN and self.asides == before:
            self._values[name] = value
        return value

    def _each(self, loop: Loop, holder: Any, key: Key, scope: Scope, *, final: bool) -> Any:
        """The list that a loop over the members of another list makes."""
        items = self.render(loop.items, holder, key, scope)
        if isinstance(items, Unknown) and not isinstance(items, OpenList):
            some = Symbol(f"{key_of(items)}[…]", items.reason)
            items = OpenList(((some, False),), items.reason)
        opened = items.members if isinstance(items, OpenList) else None
        if opened is None and not isinstance(items, list):
            return Unknown(f"a loop over {noun(items)}, not a list", text=shown(loop.text))
        members = opened if opened is not None else [(item, True) for item in items]
        if len(members) > MOST_TURNS:
            self._at = (holder, key)
            message = f"a loop of {len(members)} turns: Azure takes {MOST_TURNS}"
            self.note("copy", message, reason="failed")
            return Unknown(f"a loop of more than {MOST_TURNS} turns", text=shown(loop.text))
        scope.budget.left -= len(members)
        made: list[tuple[Any, bool]] = []
        for turn, (item, sure) in enumerate(members):
            index = turn if opened is None else Symbol(f"{key_of(items)}#{turn}", items.reason)
            inner = scope.within({loop.item: item, loop.index: index})
            made.append((self.render(loop.body, holder, key, inner, final=final), sure))
        if opened is None:
            return [value for value, _ in made]
        return OpenList(tuple(made), items.reason)

    def _spent(self, text: str | None) -> Unknown:
        message = "it takes more work to evaluate this template than any that deploys"
        self.note("too-much", message, "spent", reason="failed")
        return Unknown("evaluating the template takes too much work", text=text)

    def _settled(self, value: Any, text: str, holder: Any, key: Key) -> Any:
        if not isinstance(value, (Unknown, dict, list)):
            return value
        plain = shown(text)
        place = self.place(holder, key)
        if type(value) is Text or type(value) is Symbol:
            return named(value, plain, place)

        def register(made: Any, original: Any) -> None:
            self.places.used(made, holder, key, original)

        return settled(value, key, Used(plain, place), register, self.budget.spend)

    def place(self, holder: Any, key: Key) -> Place:
        """Where something stands in the files: looked for only when somebody asks."""
        return Pending(None, self.places, holder, key)

    def _within(self, holder: Any, key: Key, offset: int) -> Place | None:
        for source in self.sources:
            place = source.place_within(holder, key, offset)
            if place is not None:
                return place
        return None

    def members(
        self,
        raw: dict[str, Any],
        scope: Scope,
        *,
        final: bool = False,
        without: Collection[str] = frozenset(),
        copying: int = 0,
    ) -> dict[str, Any]:
        """The members of an object of a file, those of some names left out.

        So many levels below it, what needs no evaluation is copied at once.
        """
        scope.budget.left -= len(raw)
        copying = copying if self.plain else 0
        made: dict[str, Any] = {}
        keys: dict[Key, Key] = {}
        for name, inner in raw.items():
            if name in without:
                continue
            if type(inner) is str and inner[:1] != "[" and name[:1] != "[" and not self.duplicates:
                made[name] = inner
                continue
            if name == "copy" and _is_property_copy(inner):
                self._copies(made, keys, raw, scope, final=final)
                continue
            shown_name: str = name
            if name[:1] == "[":
                shown_name = self._name(name, raw, scope)
                keys[shown_name] = name
            if self.duplicates and (twice := twins.differ(self, raw, name)) is not None:
                made[shown_name] = twice
            elif type(inner) is dict and (copying or self.duplicates):
                made[shown_name] = self._inner(name, inner, scope, final=final, copying=copying)
            elif type(inner) in _DEEP:
                made[shown_name] = self.render(inner, raw, name, scope, final=final)
            else:
                made[shown_name] = inner
        self.places.rendered(made, raw, scope.frame, keys or None)
        return made

    def _inner(self, name: str, inner: dict[str, Any], scope: Scope, *, final: bool, copying: int) -> Any:
        """The value of an object in an object, where there is more to it than its members."""
        if copying:
            copy = self._copy(inner, scope)
            return self.members(inner, scope, final=final, copying=copying - 1) if copy is None else copy
        if twins.are_rules(self, name, inner):
            return twins.rules(self, inner, scope)
        return self.members(inner, scope, final=final)

    def _copy(self, raw: dict[str, Any], scope: Scope) -> Any:
        """A value of a file for a document, where nothing in it is evaluated; None for any other.

        It is the value itself the first time, then a copy: the parser makes it faster than anything that
        looks at each value.
        """
        lender = self.lender
        if lender is not None and lender.closed and not scope.loops and lender.lend(raw, TAKEN_OUT):
            return raw
        text = orjson.dumps(raw)
        if not is_closed(text):
            return None
        if scope.loops:
            # Only a loop makes more of a file than stands in it.
            self.budget.left -= len(text) >> 8
            if self.budget.left < 0:
                return self._spent(None)
        elif lender is not None and lender.lend(raw, TAKEN_OUT):
            return raw
        made: Any = orjson.loads(text)
        whole = made
        self.places.copied(made, raw, scope.frame)
        for name in TAKEN_OUT:
            if type(made) is dict and type(made.get(name)) in _HOLDERS:
                made, raw = made[name], raw[name]
                self.places.copied(made, raw, scope.frame)
        return whole

    def _name(self, name: str, raw: dict[str, Any], scope: Scope) -> str:
        """A key that is an expression."""
        if isinstance(name, OpenKey):
            find = partial(evaluate, name.leaf.node, scope)
            value = self._evaluated(find, name.leaf.text, raw, name, final=False)
        else:
            value = self.expression(name, raw, name, scope)
        try:
            return member_name(value if not isinstance(value, (int, float)) else str(value))
        except Failure:
            return name

    def _copies(
        self, made: dict[str, Any], keys: dict[Key, Key], raw: dict[str, Any], scope: Scope, *, final: bool
    ) -> None:
        """The lists that the property ``copy`` of an object makes beside it."""
        for loop in raw["copy"]:
            name = loop["name"]
            made[name] = self.looped(loop, name, scope, final=final)
            keys[name] = "copy"

    def looped(self, loop: dict[str, Any], name: str, scope: Scope, *, final: bool = False) -> Any:
        """The list that a loop over values makes."""
        turns = self.turns(loop, scope)
        if isinstance(turns, Unknown):
            value = self.render(loop.get("input"), loop, "input", scope.looping(name, turns), final=final)
            return OpenList(((value, False),), turns.reason)
        return [
            self.render(loop.get("input"), loop, "input", scope.looping(name, turn), final=final)
            for turn in range(turns)
        ]

    def turns(self, loop: dict[str, Any], scope: Scope) -> Any:
        """How many turns a copy loop has: a number, or an `Unknown` where nobody knows."""
        count = turns(self.render(loop.get("count"), loop, "count", scope))
        if isinstance(count, Unknown):
            return count
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            self._at = (loop, "count")
            self.note("copy", f"the count of a copy loop is {noun(count)}, not a number", reason="failed")
            return Unknown("the count of the copy loop is no number")
        if count > MOST_TURNS:
            self._at = (loop, "count")
            self.note("copy", f"a copy loop of {count} turns: Azure takes {MOST_TURNS}", reason="failed")
            return Unknown(f"a copy loop of more than {MOST_TURNS} turns")
        return count


def _is_property_copy(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(loop, dict) and isinstance(loop.get("name"), str) and "count" in loop for loop in value
    )


_DEEP = (str, dict, list, Leaf, Loop)
_HOLDERS = (dict, list)
