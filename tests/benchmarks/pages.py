"""The html report of a large estate: what it costs to write, how large it is, and how soon it can be used."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from estates import Document, hub
from measure import cost

HUBS = 2_000
_FINDINGS_A_HUB = 5
_RULES = 20

_BAD: tuple[tuple[str, Any], ...] = (
    ("FQDN", "files.blob.core.windows.net"),
    ("FQDN", "*.azurewebsites.net"),
    ("ServiceTag", {"serviceTag": "AzureCloud", "protocol": "TCP", "portRanges": "443"}),
    ("ServiceTag", {"serviceTag": "Storage", "protocol": "TCP", "portRanges": "443"}),
    ("FQDN", "files.contoso.com:8443"),
)


def violating(number: int) -> Document:
    """Hub ``number`` of an estate, with a few rules that each break a policy."""
    made = hub(number, rules=_RULES)
    made["outboundRules"] += [
        {
            "name": f"bad-{index}",
            "properties": {"type": kind, "category": "UserDefined", "status": "Active", "destination": reach},
        }
        for index, (kind, reach) in enumerate(_BAD[:_FINDINGS_A_HUB])
    ]
    return made


def pages(sizes: list[int]) -> None:
    """Scan, then write the page of the saved result in a process of its own, and open it."""
    for size in sizes or [HUBS]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            estate, result, page = folder / "estate.json", folder / "result.json", folder / "page.html"
            hubs = [violating(number) for number in range(size)]
            estate.write_text(json.dumps({"snapshot": "hubscan/v1", "hubs": hubs}), encoding="utf-8")
            scan = ("-m", "scanner", "scan", "-q", "--fail-on", "never", str(estate), "-o")
            cost(*scan, f"json={result}")
            findings = len(json.loads(result.read_bytes())["findings"])
            read = cost("-m", "scanner", "report", str(result), "-o", f"text={folder / 'text'}", times=3)
            write = cost("-m", "scanner", "report", str(result), "-o", f"html={page}", times=3)
            print(
                f"{size} hubs, {findings} findings: {write.seconds:.2f} s CPU to read and write"
                f" ({read.seconds:.2f} s for text), {page.stat().st_size / 1e6:.1f} MB, {write.megabytes:.0f} MB of memory"
            )
            print(_ready(page))


def _ready(page: Path) -> str:
    """How long a headless browser takes until the page can be used, the least of five times."""
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - 'make browser' installs it
    except ImportError:
        program = None
    if program is None:
        return "no browser: 'make browser' installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        times = []
        for _ in range(5):
            opened = browser.new_page(viewport={"width": 1280, "height": 900})
            begun = time.perf_counter()
            opened.goto(page.as_uri())
            opened.wait_for_selector("html[data-ready]", state="attached")
            times.append(time.perf_counter() - begun)
            opened.close()
        browser.close()
    return f"usable in the browser after {min(times):.2f} s on the clock"
