"""Where a value was written that an expression only hands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.model import Place
from scanner.sources.arm.errors import Failure
from scanner.sources.code.terraform.module import Module
from scanner.sources.hcl.children import children
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.scope import Env, Spot
from scanner.sources.hcl.syntax import Conditional, Index, ListOf, Member, Name, Node, ObjectOf
from scanner.sources.hcl.values import Handle
from scanner.values import Touched

_DEEPEST = 20


def origin(node: Node, env: Env) -> Place | None:
    """The place where the value of an expression was written: that of its first variable or local.

    Where a conditional chooses between values that stand in it, that of what it chooses by.
    """
    for reference in _references(node, env):
        spot = _behind(reference, env, 0)
        if spot is not None:
            return spot.place
    return origin(node.condition, env) if isinstance(node, Conditional) else None


def nearest(node: Node, env: Env) -> Spot | None:
    """Where the value of an expression was written last: what it is handed on from directly."""
    for reference in _references(node, env):
        try:
            spot = _spot(reference, env)
        except (Failure, Touched, RecursionError):
            continue
        if spot is not None:
            return spot
    return None


def _references(node: Node, env: Env) -> Iterator[Node]:
    """The names in an expression that a value may come from, in their order."""
    if isinstance(node, (Member, Index, Name)):
        yield node
    elif isinstance(node, Conditional):
        for branch in _branches(node, env):
            yield from _references(branch, env)
    elif not isinstance(node, (ListOf, ObjectOf)):
        for inner in children(node):
            yield from _references(inner, env)


def _branches(node: Conditional, env: Env) -> tuple[Node, ...]:
    """The branch of a conditional that counts; both where that is open."""
    try:
        condition = evaluate(node.condition, env)
    except (Failure, Touched):
        return ()
    if isinstance(condition, bool):
        return (node.yes if condition else node.no,)
    return (node.yes, node.no)


def _behind(node: Node, env: Env, depth: int) -> Spot | None:
    """Where the value of a name was written, along whatever hands it on."""
    if depth > _DEEPEST:
        return None
    try:
        spot = _spot(node, env)
    except (Failure, Touched, RecursionError):
        return None
    if spot is None or not isinstance(spot.node, (Member, Index, Name)):
        return spot
    return _behind(spot.node, spot.env, depth + 1) or spot


def _spot(node: Node, env: Env) -> Spot | None:
    if isinstance(node, Name):
        held = env.holders.get(node.name)
        return env.run.spots.of(*held) if held else None
    if not isinstance(node, (Member, Index)):
        return None
    key = node.name if isinstance(node, Member) else evaluate(node.key, env)
    base = node.base
    if isinstance(base, Name) and key == "value" and base.name in env.holders:
        return env.run.spots.of(*env.holders[base.name])
    if isinstance(base, Name) and base.name not in env.variables and isinstance(env.names, Module):
        return env.names.spot(f"{base.name}.{key}") if base.name in ("var", "local") else None
    holder = evaluate(base, env)
    if not isinstance(key, (str, int)):
        return None
    if isinstance(holder, Handle):
        return _output(str(key), holder)
    return env.run.spots.of(holder, key) or env.run.spots.of(holder, None) if _holds(holder) else None


def _holds(value: Any) -> bool:
    return isinstance(value, (dict, list)) or hasattr(value, "members")


def _output(name: str, holder: Handle) -> Spot | None:
    """Where the output of a module was written."""
    owner = getattr(holder.ask, "__self__", None)
    return owner.spot(f"output.{name}") if isinstance(owner, Module) else None
