"""Expressions: JMESPath that is checked once, compiled to Python, and knows what is not known.

The door is small: `compile_expression` and `compile_template` take text and raise `ExpressionError`
with all that is wrong with it; `Expression.evaluate` gives a value, which may be an `Unknown`, or raises
`EvaluationError`; `Template.render` and `display` make text for people.
"""

from __future__ import annotations

from scanner.expressions.display import display, display_json
from scanner.expressions.errors import EvaluationError, ExpressionError, Problem
from scanner.expressions.expression import STEPS, Expression, compile_expression
from scanner.expressions.templates import Template, compile_template

__all__ = [
    "STEPS",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Problem",
    "Template",
    "compile_expression",
    "compile_template",
    "display",
    "display_json",
]
