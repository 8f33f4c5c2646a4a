"""Lists of which some members are not known: projections, filters, flattening, index and slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.parser import Node
from scanner.expressions.runtime import spent
from scanner.expressions.state import Rule, State, Variables
from scanner.expressions.syntax import can_fail
from scanner.expressions.unknowns import CERTAIN, collected, derived, kinds, may_be_null, members, truth
from scanner.values import OpenList, Unknown

Build = Callable[[Node], Rule]
Pairs = list[tuple[Any, bool]]


def _no_list(state: State, value: Any, wanted: str, *, fails: bool) -> Any:
    """What a list operation makes of a value that is not surely a list: null, or not known."""
    if not isinstance(value, Unknown) or wanted not in kinds(value):
        return None
    if fails and value.truth is not False:
        return state.doubted(value)
    return derived(value, truth=False if value.truth is False else None)


def _projection(node: Node, make: Build) -> Rule:
    base, right = (make(child) for child in node["children"])

    def projection(state: State, value: Any, variables: Variables) -> Any:
        elements = base(state, value, variables)
        if type(elements) is not list and not isinstance(elements, OpenList):
            return _no_list(state, elements, "array", fails=can_fail(node["children"][1]))
        return _projected(state, elements, right, variables)

    return projection


def _value_projection(node: Node, make: Build) -> Rule:
    base, right = (make(child) for child in node["children"])

    def value_projection(state: State, value: Any, variables: Variables) -> Any:
        fields = base(state, value, variables)
        if type(fields) is not dict:
            return _no_list(state, fields, "object", fails=can_fail(node["children"][1]))
        return _projected(state, list(fields.values()), right, variables)

    return value_projection


def _projected(state: State, elements: Any, right: Rule, variables: Variables) -> Any:
    """What an expression yields for each element, nulls left out."""
    if type(elements) is list:
        return _projected_plainly(state, elements, right, variables)
    pairs: Pairs = []
    for element, certain in elements.members:
        state.spend(1)
        result = _computed(state, right, element, variables, None if certain else elements)
        if result is not None:
            pairs.append((result, certain and not may_be_null(result)))
    return collected(pairs, elements)


def _projected_plainly(state: State, elements: list[Any], right: Rule, variables: Variables) -> Any:
    """The same for a list whose members are surely there."""
    results = []
    steps = state.steps
    for element in elements:
        steps[0] -= 1
        if steps[0] < 0:
            spent(steps)
        result = right(state, element, variables)
        if result is not None:
            results.append(result)
    if CERTAIN.issuperset(map(type, results)):
        return results
    pairs = [(result, not may_be_null(result)) for result in results]
    return collected(pairs, next((result for result, sure in pairs if not sure), None))


def _filter_projection(node: Node, make: Build) -> Rule:
    base, right, condition = (make(child) for child in node["children"])
    whole = node["children"][1]["type"] == "identity"

    def filter_projection(state: State, value: Any, variables: Variables) -> Any:
        elements = base(state, value, variables)
        if type(elements) is not list and not isinstance(elements, OpenList):
            return _no_list(state, elements, "array", fails=any(map(can_fail, node["children"][1:])))
        pairs: Pairs = []
        causes: list[Unknown] = [elements] if isinstance(elements, OpenList) else []
        steps = state.steps
        for element, certain in members(elements):
            steps[0] -= 1
            if steps[0] < 0:
                spent(steps)
            if certain:
                chosen = condition(state, element, variables)
            else:
                chosen = state.attempt(condition, element, variables, causes[0])
            decided = chosen if type(chosen) is bool else truth(chosen)
            if decided is False:
                continue
            if decided is None:
                causes.append(chosen)
            sure = certain and bool(decided)
            result = (
                element
                if whole
                else _computed(state, right, element, variables, None if sure else causes[-1])
            )
            if result is not None:
                if may_be_null(result):
                    causes.append(result)
                    sure = False
                pairs.append((result, sure))
        return collected(pairs, causes[0]) if causes else [result for result, _ in pairs]

    return filter_projection


def _computed(state: State, rule: Rule, element: Any, variables: Variables, open_by: Unknown | None) -> Any:
    """The value of a rule that is computed surely, or only as something unknown has it."""
    if open_by is None:
        return rule(state, element, variables)
    return state.attempt(rule, element, variables, open_by)


def _flatten(node: Node, make: Build) -> Rule:
    base = make(node["children"][0])

    def flatten(state: State, value: Any, variables: Variables) -> Any:
        elements = base(state, value, variables)
        if type(elements) is not list and not isinstance(elements, OpenList):
            return _no_list(state, elements, "array", fails=False)
        if type(elements) is list and CERTAIN.issuperset(map(type, elements)):
            return _flattened_plainly(state, elements)
        pairs: Pairs = []
        spread: list[Unknown] = []
        for element, certain in members(elements):
            state.spend(1)
            if type(element) is list or isinstance(element, OpenList):
                inner = list(members(element))
                state.spend(len(inner))
                pairs.extend((member, certain and sure) for member, sure in inner)
            elif isinstance(element, Unknown) and "array" in kinds(element):
                if element.truth is False:
                    pairs.append((element, False))
                else:
                    spread.append(element)
            else:
                pairs.append((element, certain))
        if spread:
            return derived(spread[0], truth=True if any(certain for _, certain in pairs) else None)
        return collected(pairs, elements if isinstance(elements, OpenList) else None)

    return flatten


def _flattened_plainly(state: State, elements: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for element in elements:
        state.spend(1)
        if type(element) is list:
            state.spend(len(element))
            flat += element
        else:
            flat.append(element)
    return flat


def _index(node: Node, make: Build) -> Rule:
    del make
    position = node["value"]

    def index(state: State, value: Any, variables: Variables) -> Any:
        del variables
        if type(value) is list:
            return value[position] if -len(value) <= position < len(value) else None
        if not isinstance(value, OpenList):
            return _no_list(state, value, "array", fails=False) if truth(value) is not False else None
        inside = -len(value.members) <= position < len(value.members)
        before = value.members[: position + 1] if position >= 0 else value.members[position:]
        if not inside:
            return None
        return value.members[position][0] if all(sure for _, sure in before) else derived(value)

    return index


def _slice(node: Node, make: Build) -> Rule:
    del make
    part = slice(*node["children"])
    everything = part.start is None and part.stop is None and part.step in (None, 1, -1)

    def cut(state: State, value: Any, variables: Variables) -> Any:
        del variables
        if type(value) is list:
            return value[part]
        if "array" not in kinds(value):
            return None
        if part.step == 0:
            return state.doubted(value)
        if not isinstance(value, OpenList):
            return _no_list(state, value, "array", fails=False)
        kept = value.members[:: part.step if everything else (1 if (part.step or 1) > 0 else -1)]
        return collected([(member, sure and everything) for member, sure in kept], value)

    return cut


MAKERS: dict[str, Callable[[Node, Build], Rule]] = {
    "projection": _projection,
    "value_projection": _value_projection,
    "filter_projection": _filter_projection,
    "flatten": _flatten,
    "index": _index,
    "slice": _slice,
}
