"""How many wrong versions of the bundled policies their own examples find out.

Each mutant is a policy with one thing changed in ``when``, ``each`` or ``require``: an operator or a comparison
turned, a clause, a negation or a filter left out, a literal replaced, or all of it denied.  One that no example
tells from the policy survives: either an example is missing, or the two say the same of every hub.

    python tests/benchmarks/mutants.py [POLICY-ID ...]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from scanner import policies
from scanner.cli import examples
from scanner.expressions import ExpressionError, compile_expression
from scanner.policy import Policy

KEYS = ("when", "each", "require")
TURNED = {"==": "!=", "!=": "==", "<=": "<", ">=": ">", "<": "<=", ">": ">=", "&&": "||", "||": "&&"}
TOKEN = re.compile(
    r"'(?:\\.|[^'\\])*'|`[^`]*`|\"[^\"]*\"|&&|\|\||[=!<>]=|[<>]|!|\[\?|[\[\](){},]|\bin\b|[\w$.@&*:-]+|\s+|."
)
OPENING, CLOSING = {"(", "[", "{", "[?"}, {")", "]", "}"}
CHAINED = {"&&", "||"}


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Every mutant of an expression, each with what was done to it."""
    tokens = TOKEN.findall(text)
    yield "denied", f"!({text})"
    for at, token in enumerate(tokens):
        before, after = tokens[:at], tokens[at + 1 :]
        if token in TURNED:
            yield f"{token} turned at {at}", "".join([*before, TURNED[token], *after])
        if token in CHAINED:
            right, left = _end(tokens, at, 1), _end(tokens, at, -1)
            yield f"right of {token} dropped at {at}", "".join([*before, *tokens[right:]])
            yield f"left of {token} dropped at {at}", "".join([*tokens[: left + 1], *after])
        if token == "!":
            yield f"! dropped at {at}", "".join([*before, *after])
        if token == "[?":
            yield f"filter dropped at {at}", "".join([*before, "[", *tokens[_end(tokens, at, 1, ()) :]])
        if token[0] == "'" and len(token) > 2:
            yield f"{token} replaced at {at}", "".join([*before, "'other'", *after])
        if token in ("`0`", "`1`", "`true`", "`false`"):
            other = {"`0`": "`1`", "`1`": "`0`", "`true`": "`false`", "`false`": "`true`"}[token]
            yield f"{token} replaced at {at}", "".join([*before, other, *after])


def _end(tokens: list[str], at: int, step: int, ends: tuple[str, ...] = ("&&", "||", ",", "in")) -> int:
    """Where the operand that begins beside a token ends: at the next of its own depth."""
    up, down = (OPENING, CLOSING) if step > 0 else (CLOSING, OPENING)
    depth, at = 0, at + step
    while 0 <= at < len(tokens):
        if depth == 0 and (tokens[at] in down or tokens[at] in ends):
            return at
        depth += (tokens[at] in up) - (tokens[at] in down)
        at += step
    return at


def versions(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every mutant of a policy that loads."""
    outside = ("hub", "params", "before") if policy.transition else ("hub", "params")
    for key in KEYS:
        expression = getattr(policy, key)
        if expression is None:
            continue
        roots = (*outside, "item") if key == "require" and policy.each is not None else outside
        seen = {expression.text}
        for done, text in mutants(expression.text):
            if text in seen:
                continue
            seen.add(text)
            try:
                compiled = compile_expression(text, roots=roots)
            except ExpressionError:
                continue
            yield f"{key}: {done}", replace(policy, **{key: compiled})


def main(names: list[str]) -> None:
    killed = total = 0
    for policy in policies.load((), include_bundled=True):
        if names and policy.card.id not in names:
            continue
        found = [(done, bool(examples.run(version).problems)) for done, version in versions(policy)]
        survivors = [done for done, dead in found if not dead]
        killed, total = killed + len(found) - len(survivors), total + len(found)
        print(f"{policy.card.id}: {len(found) - len(survivors)} of {len(found)}")
        for done in survivors:
            print(f"    {done}")
    print(f"{killed} of {total} killed, {100 * killed / max(total, 1):.1f} %")


if __name__ == "__main__":
    main(sys.argv[1:])
