"""Turns templates into text: what they print is escaped, and shown as `scanner.reporters._plain` has it.

Templates may be a user's own: they see the report and nothing else of the program.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from scanner.bundled import bundled
from scanner.reporters import _words
from scanner.reporters._plain import clipped, plain

FOLDER = "html"
"""Where the templates of this format lie in reports/templates, and in a user's folder of templates."""

SCRIPTS = ("text.js", "data.js", "rows.js", "findings.js", "detail.js", "picture.js", "hubs.js", "page.js")
"""The parts of the page's script, in their order."""

STYLES = ("style.css", "parts.css", "print.css")

_LONGEST = 10_000


def environment(templates: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """The bundled templates, and those given in place of them, ready to be rendered."""
    return _environment(tuple(sorted(templates.items())))


@functools.lru_cache(maxsize=1)
def _environment(templates: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in (bundled("reports") / "templates" / FOLDER).iterdir()
        if entry.is_file()
    }
    mine = f"{FOLDER}/"
    texts |= {name.removeprefix(mine): text for name, text in templates if name.startswith(mine)}
    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: (texts[name], f"{mine}{name}", None) if name in texts else None),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["lines"] = _lines
    made.filters["count"] = _count
    made.filters["number_of"] = _words.number_of
    made.filters["link"] = _is_link
    # A browser hashes lines as they end in HTML, whatever ended them in the file.
    texts = {name: re.sub(r"\r\n?", "\n", text) for name, text in texts.items()}
    script = "(() => {\n'use strict';\n" + "".join(texts[name] for name in SCRIPTS) + "})();\n"
    style = "".join(texts[name] for name in STYLES)
    made.globals["assets"] = {
        "script": Markup(script),  # noqa: S704 - a template, not data
        "style": Markup(style),  # noqa: S704
        "policy": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)};"
        " img-src data:; base-uri 'none'; form-action 'none'",
    }
    return made


def _hash(text: str) -> str:
    """How a Content-Security-Policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _shown(value: Any) -> Any:
    """Any text that a template prints, of bounded length and without what cannot be seen."""
    return clipped(value, _LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lines(text: str) -> Markup:
    """Text of several lines, each of them plain."""
    shown = (plain(line) for line in re.split(r"\r\n|\r|\n", text[:_LONGEST].strip("\r\n")))
    return Markup("\n").join(shown)


def _count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def _is_link(url: str) -> bool:
    """Whether a reference may be a link: nothing but the web."""
    return url.startswith(("https://", "http://"))
