"""One offline page: what is wrong, where, what to do first, and what code on each hub can reach.

The page asks nothing of any network: its style and script are in it, allowed by their hashes and by nothing
else, and all data lies in it compressed (`scanner.reporters.html.payload`).  What matters most is
plain HTML; the script draws hubs and lets one search the findings, of which only those in sight are rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Report, Style
from scanner.reporters.html import page, payload
from scanner.reporters.html.environment import environment
from scanner.reporters.html.gathering import gather

EGRESS = True


def render(report: Report, style: Style) -> Iterator[str]:
    """Yield the page; the findings are gone through twice, and never held in memory as a whole."""
    gathered = gather(report)
    templates = environment(style.templates)
    yield from templates.get_template("page.html").generate(
        **page.context(report, style, gathered),
        view=gathered.view.text(),
        blocks=payload.blocks(report),
    )
