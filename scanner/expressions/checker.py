"""Finds what is wrong with an expression before any document is there.

JMESPath gives null for a misspelt field and for a filter on a map, and false for a comparison that can
never hold; none of them is an error when it is evaluated, so all of them must be found here.
"""

from __future__ import annotations

from scanner.expressions import check_calls, check_comparisons, check_paths
from scanner.expressions.errors import Problem
from scanner.expressions.inference import Check, Checker
from scanner.expressions.parser import Node
from scanner.expressions.shapes import Shape

_RULES = {**check_paths.RULES, **check_comparisons.RULES, **check_calls.RULES}


def check(tree: Node, against: Check) -> tuple[Shape, list[Problem]]:
    """The shape of what a tree yields, and all that is wrong with it, in the order of its text."""
    root = Shape(frozenset({"object"}), own_fields=against.roots)
    checker = Checker(_RULES, against.functions, root)
    result = checker.infer(tree, root, against.roots)
    return result, sorted(dict.fromkeys(checker.found), key=lambda problem: problem.offset)
