"""Reads an html report as a browser would, and unpacks the data in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

_VOID = frozenset({"meta", "link", "img", "br", "input", "col", "hr"})
_HIDDEN = frozenset({"script", "style", "noscript"})


class Page(HTMLParser):
    """The elements of a page in order, its visible text, and what each script and style holds."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.unclosed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.unclosed.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        inside = self.unclosed[-1] if self.unclosed else ""
        if inside in self.raw:
            self.raw[inside][-1] += data
        if not _HIDDEN & set(self.unclosed):
            self.words.append(data)

    @property
    def text(self) -> str:
        """What a person reads without the script, its white space made single."""
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a name."""
        return [attributes for name, attributes in self.attributes if name == tag]

    @property
    def security_policy(self) -> str:
        (found,) = [meta["content"] for meta in self.of("meta") if "http-equiv" in meta]
        return str(found)


def inflated(packed: str) -> str:
    return zlib.decompress(base64.b64decode(packed)).decode()


def view(page: Page) -> Any:
    """The data that the script reads."""
    scripts = zip(page.of("script"), page.raw["script"], strict=True)
    (packed,) = [text for attributes, text in scripts if attributes.get("id") == "view"]
    return json.loads(inflated(packed))


def blocks(page: Page) -> list[tuple[str, str]]:
    """The kind and the text of each block of the result."""
    scripts = zip(page.of("script"), page.raw["script"], strict=True)
    return [
        (str(attributes["data-kind"]), inflated(text))
        for attributes, text in scripts
        if attributes.get("class") == "result"
    ]


def result(page: Page) -> str:
    """The JSON result that one downloads from the page."""
    return "".join(text for _, text in blocks(page))


def unpacked(text: str) -> str:
    """A page with its data unpacked: zlib is free to pack the same data in more than one way."""
    data = re.compile(r'(<script type="application/octet-stream"[^>]*>)\n([^<]*)</script>')
    return data.sub(lambda found: f"{found[1]}{inflated(found[2])}</script>", text)


def source_of(text: str) -> str:
    """How a Content-Security-Policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
