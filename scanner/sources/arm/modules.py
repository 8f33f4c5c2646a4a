"""What a nested deployment gives the parameters of its template."""

from __future__ import annotations

from typing import Any

from scanner.places import Key
from scanner.sources.arm.combine import open_object
from scanner.sources.arm.evaluator import spelled
from scanner.sources.arm.run import Run
from scanner.sources.arm.scope import Scope
from scanner.sources.arm.syntax import Leaf
from scanner.sources.arm.template import Given, Template
from scanner.sources.code.symbols import Symbol
from scanner.sources.files.json_text import noun
from scanner.values import Unknown


def given(
    run: Run, frame: Template, properties: dict[str, Any], template: dict[str, Any], scope: Scope
) -> dict[str, Given]:
    """The values that a nested deployment gives the parameters of its template."""
    blocks = properties.get("parameters")
    values: dict[str, Given] = {}
    if isinstance(blocks, (Leaf, str)):
        return _as_a_whole(run, frame, properties, template, scope)
    if not isinstance(blocks, dict):
        return values
    for name, block in blocks.items():
        if isinstance(block, dict) and "value" in block:
            values[name] = Given(_value(run, block, "value", scope), block, "value", frame)
        elif isinstance(block, dict) and "copy" in block:
            values[name] = Given(_copied(run, block, scope), blocks, name, frame)
        elif isinstance(block, dict):
            secret = Symbol(f"{frame.key}secret('{name}')", f"the parameter '{name}' comes from a vault")
            values[name] = Given(_constant(secret), blocks, name)
        else:
            values[name] = Given(_wrapped(run, blocks, name, scope), blocks, name, frame)
    return values


def _as_a_whole(
    run: Run, frame: Template, properties: dict[str, Any], template: dict[str, Any], scope: Scope
) -> dict[str, Given]:
    """The values where one expression gives all of them: those of a module, or the blocks that hold them."""
    value = run.value(properties, "parameters", scope)
    members = open_object(value) or {}
    found: dict[str, Any] = {name: inner for name, (inner, sure) in members.items() if sure}
    if properties.get("template") is not template or isinstance(properties["parameters"], str):
        found = {name: _of_block(name, block) for name, block in found.items()}
    if isinstance(value, Unknown):
        declared = template.get("parameters")
        for name in declared if isinstance(declared, dict) else ():
            key = f"{frame.key}given('{name}')"
            found.setdefault(name, Symbol(key, f"the parameters of the module are not known: {value.reason}"))
    return {name: Given(_constant(inner), properties, "parameters", frame) for name, inner in found.items()}


def _of_block(name: str, block: Any) -> Any:
    """The value in the block of a parameter."""
    if isinstance(block, dict) and (key := spelled(block, "value")) is not None:
        return block[key]
    reason = block.reason if isinstance(block, Unknown) else f"it is {noun(block)}"
    return Unknown(f"the value of the parameter '{name}' is not known: {reason}")


def unknown(declared: dict[str, Any], key: str) -> dict[str, Given]:
    """The values of parameters that come from a file which is not here."""
    return {
        name: Given(
            _constant(Symbol(f"{key}('{name}')", f"the parameter '{name}' comes from another file")),
            declared,
            name,
        )
        for name in declared
    }


def _value(run: Run, holder: Any, key: Key, scope: Scope) -> Any:
    return lambda: run.value(holder, key, scope)


def _copied(run: Run, block: dict[str, Any], scope: Scope) -> Any:
    """A parameter whose value is the list that a copy loop makes."""
    return lambda: run.members(block, scope).get("value")


def _constant(value: Any) -> Any:
    return lambda: value


def _wrapped(run: Run, blocks: dict[str, Any], name: str, scope: Scope) -> Any:
    """A parameter whose whole block is an expression."""

    def find() -> Any:
        return _of_block(name, run.value(blocks, name, scope))

    return find
