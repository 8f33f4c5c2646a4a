"""A real browser: the system's Chromium, driven by Playwright.  ``make browser`` provides both.

Without them these tests are skipped, and say so; where HUBSCAN_BROWSER is set, as in ``make browser``, a missing
browser is a failure.
"""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# The environment is scrubbed before a test runs, so it is read here.
REQUIRED = bool(os.environ.get("HUBSCAN_BROWSER"))


def missing() -> str | None:
    """What keeps a browser from being driven, None where nothing does."""
    for library in ("playwright", "axe_playwright_python"):
        if importlib.util.find_spec(library) is None:
            return f"{library} is not installed"
    return None if any(map(shutil.which, NAMES)) else "there is no Chromium"


@pytest.fixture(scope="session")
def browser():
    lacking = missing()
    if lacking is not None:
        (pytest.fail if REQUIRED else pytest.skip)(f"{lacking}: 'make browser' provides it")
    from playwright.sync_api import sync_playwright

    program = next(path for path in map(shutil.which, NAMES) if path)
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox of its own; what it opens is written here.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """Writes a report to a file and gives its address; the same report is written once."""
    folder = tmp_path_factory.mktemp("reports")
    written: dict[str, str] = {}

    def write(name, make):
        if name not in written:
            path = folder / f"{name}.html"
            path.write_text("".join(make()), encoding="utf-8")
            written[name] = path.as_uri()
        return written[name]

    return write


class Visit:
    """An open page, and everything that it asked for or complained of."""

    def __init__(self, page):
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address):
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page


@pytest.fixture
def visit(browser):
    """Opens a page of its own for a test; whatever else it loads or logs is a failure."""
    contexts = []

    def begin(**options):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        context.set_default_timeout(10_000)
        contexts.append((context, Visit(context.new_page())))
        return contexts[-1][1]

    yield begin
    for context, visited in contexts:
        context.close()
        assert visited.complaints == []
        assert [url for url in visited.requests if not url.startswith(("file:", "blob:"))] == []
        assert len([url for url in visited.requests if url.startswith("file:")]) <= 1


@pytest.fixture
def violations(browser):  # noqa: ARG001 - without a browser there is nothing to look at
    """What axe says against a page: the rule, and the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page, rules, within=None):
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        found = Axe().run(page, context=within, options=options).response["violations"]
        return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]

    return look
