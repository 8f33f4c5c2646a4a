"""Two states of an estate: which hub is which, what policies of transitions say, and what changed."""

from __future__ import annotations

from scanner.transitions.comparison import Comparison

__all__ = ["Comparison"]
