"""Policies that nobody checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner import policies
from scanner.expressions import compile_expression, compile_template
from scanner.policy import Policy

ROOTS = ("hub", "item", "params", "before")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Policy]:
    """Makes a policy of some keys, whose expressions nobody checks before a hub is there."""

    def policy(name: str = "mine", **keys: Any) -> Policy:
        softer = keys.pop("yields_to", ())
        texts = {key: keys.pop(key) for key in ("when", "each", "require", "message") if key in keys}
        path = tmp_path / f"{name}.yaml"
        data = {"id": name, "title": "Mine", "severity": "low", "require": "hub.location == 'here'", **keys}
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        (made,) = policies.load((str(path),), include_bundled=False)
        message = compile_template(texts.pop("message", "Mine"), roots=ROOTS)
        compiled = {key: compile_expression(text, roots=ROOTS) for key, text in texts.items()}
        card = replace(made.card, yields_to=tuple(softer))
        return replace(made, card=card, message=message, **compiled)

    return policy
