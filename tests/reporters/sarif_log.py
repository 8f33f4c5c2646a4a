"""SARIF as its readers meet it: rendered, parsed, and checked against the schema."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import jsonschema_rs
from reporters.github_profile import RULES, Log

from scanner.model import Report, Style
from scanner.reporters import sarif

_SCHEMA = Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json"


def rendered(report: Report) -> str:
    return "".join(sarif.render(report, Style()))


def log(report: Report) -> Log:
    return json.loads(rendered(report))


@functools.cache
def schema() -> jsonschema_rs.Draft4Validator:
    """The schema, less a bracket that makes one of its patterns no regular expression."""
    text = _SCHEMA.read_text(encoding="utf-8").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")
    return jsonschema_rs.Draft4Validator(json.loads(text))


def problems(one: Log) -> list[str]:
    """What the schema and GitHub's own rules find wrong with a log."""
    found = [str(error) for error in schema().iter_errors(one)]
    return found or [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(one)]
