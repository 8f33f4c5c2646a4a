"""One offline page: what is wrong, where, what to do first, and what code on each hub can reach.

The page asks nothing of any network: its style and script are in it, allowed by their hashes and by nothing
else, and all data lies in it compressed (`scanner.reporters.html.payload`).  What matters most is
plain HTML; the script draws hubs and lets one search the findings, of which only those in sight are rows.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from jinja2 import TemplateError, TemplateSyntaxError

from scanner.errors import UsageError
from scanner.model import Report, Style
from scanner.reporters.html import page, payload
from scanner.reporters.html.environment import FOLDER, environment
from scanner.reporters.html.gathering import gather

EGRESS = True
DIGESTS = True


def render(report: Report, style: Style) -> Iterator[str]:
    """Yield the page; the findings are gone through twice, and never held in memory as a whole.

    Raises `UsageError` for a template of a user's own that cannot be rendered.
    """
    gathered = gather(report)
    try:
        templates = environment(style.templates)
        yield from templates.get_template("page.html").generate(
            **page.context(report, style, gathered), view=gathered.view.text(), blocks=payload.blocks(report)
        )
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as problem:
        if not style.templates:
            raise
        raise UsageError(f"--template: {_where(problem)}: {problem}") from None


def _where(problem: Exception) -> str:
    """The template and line at which rendering stopped."""
    if isinstance(problem, TemplateSyntaxError):
        return f"{FOLDER}/{problem.name}:{problem.lineno}"
    frames = traceback.extract_tb(problem.__traceback__)
    mine = (frame for frame in reversed(frames) if frame.filename.startswith(f"{FOLDER}/"))
    frame = next(mine, None)
    return f"{frame.filename}:{frame.lineno}" if frame else FOLDER
