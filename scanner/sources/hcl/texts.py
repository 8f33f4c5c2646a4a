"""Fills in templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.sources.arm.combine import MOST_OPTIONS, chosen, combinations, either
from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.arm.openness import Choice
from scanner.sources.arm.texts import joined
from scanner.sources.hcl.scope import Env, Evaluate
from scanner.sources.hcl.syntax import Part, Template, TemplateFor, TemplateIf
from scanner.sources.hcl.values import boolean_of, is_null, iterated, open_value, text_of
from scanner.values import Unknown


def filled(node: Template, env: Env, evaluate: Evaluate) -> Any:
    """The value of a template: of what alone stands in it, else a text."""
    if len(node.parts) == 1 and not isinstance(node.parts[0], (str, TemplateIf, TemplateFor)):
        return evaluate(node.parts[0], env)
    words = env.source.text[node.at : node.end]
    origin = words[1:-1] if words.startswith('"') else words
    return together(list(_stretches(node.parts, env, evaluate)), origin)


def together(stretches: list[Any], origin: str) -> Any:
    """The text that some values make.  Where some are one of a few, so is the text."""
    for stretch in stretches:
        if stretch is None:
            raise Failure("null has no text")
    made = [text_of(stretch) for stretch in stretches]
    open_ = [value for value in made if isinstance(value, Choice)]
    if open_ and len({value.condition for value in open_}) * 2 <= MOST_OPTIONS:
        texts = [value for value in made if isinstance(value, (str, Choice))]
        every = combinations(texts) if len(texts) == len(made) else None
        if every is not None:
            options = ["".join(text_of(part) for part in one) for one in every]
            depends = open_[0].condition if len(open_) == 1 else key_of(made)
            return chosen(options, depends, open_[0].reason)
    return joined(made, origin)


def _stretches(parts: Iterable[Part], env: Env, evaluate: Evaluate) -> Iterable[Any]:
    for part in parts:
        env.run.spend()
        if isinstance(part, str):
            yield part
        elif isinstance(part, TemplateIf):
            yield _either(part, env, evaluate)
        elif isinstance(part, TemplateFor):
            yield from _repeated(part, env, evaluate)
        else:
            value = evaluate(part, env)
            if isinstance(value, Unknown) and is_null(value) is None:
                # Null has no text.
                env.doubt(value)
            yield value


def _either(part: TemplateIf, env: Env, evaluate: Evaluate) -> Any:
    condition = boolean_of(evaluate(part.condition, env))
    if not isinstance(condition, Unknown):
        return together(list(_stretches(part.then if condition else part.otherwise, env, evaluate)), "")
    sides = (together(list(_stretches(side, env, evaluate)), "") for side in (part.then, part.otherwise))
    return either(condition, *sides)


def _repeated(part: TemplateFor, env: Env, evaluate: Evaluate) -> Iterable[Any]:
    collection = evaluate(part.collection, env)
    members = iterated(collection)
    if members is None or not all(sure for _, _, sure in members):
        if not isinstance(collection, Unknown):
            raise Failure("a loop goes over a list, a set or an object")
        yield open_value(f"for({key_of(collection)})", collection.reason)
        return
    for key, value, _ in members:
        inner = env.inside({part.value: value} | ({part.key: key} if part.key else {}))
        yield from _stretches(part.body, inner, evaluate)
