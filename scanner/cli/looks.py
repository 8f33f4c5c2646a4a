"""How reports are to look: whose they are, as the configuration says, and templates of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.bundled import bundled
from scanner.errors import ConfigError, UsageError
from scanner.model import Branding, Prices, Style
from scanner.regexes import regex
from scanner.schema import suggestion
from scanner.settings import Settings, shown

LOGO_BYTES = 256 * 1024
"""The largest logo: it lies in every page."""

TEMPLATE_BYTES = 1024 * 1024

_BINARY = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_SVG = regex(r"\ufeff?\s*(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)


def looks(config: Settings, template: str | None) -> Style:
    """The style of all reports of a command.

    Raises `ConfigError` for a logo and `UsageError` for templates that cannot be used.
    """
    told = config.report
    prices = told.get("prices")
    branding = Branding(
        title=told.get("title"),
        organisation=told.get("organisation"),
        contact=told.get("contact"),
        logo=_logo(str(config.path), Path(told["logo"])) if "logo" in told else None,
        prices=None if prices is None else _prices(prices),
    )
    return Style(branding=branding, templates={} if template is None else _templates(Path(template)))


def _prices(told: Mapping[str, Any]) -> Prices:
    return Prices(
        currency=told["currency"],
        firewall=told.get("firewall", {}),
        private_endpoint=told.get("private_endpoint"),
    )


def _logo(config: str, path: Path) -> str:
    """An image file as a ``data:`` URI.  An SVG runs no script and loads nothing where it is an image."""
    try:
        data = _read(path, LOGO_BYTES)
    except OSError as error:
        raise ConfigError(f"{config}: report.logo: {shown(path)}: {error.strerror}") from None
    if data is None:
        raise ConfigError(f"{config}: report.logo: {shown(path)} has more than {LOGO_BYTES // 1024} KB")
    kind = next((kind for start, kind in _BINARY.items() if data.startswith(start)), None)
    if kind is None and _is_svg(data):
        kind = "image/svg+xml"
    if kind is None:
        raise ConfigError(f"{config}: report.logo: {shown(path)} is no PNG, JPEG or SVG image")
    import base64  # noqa: PLC0415 - most reports have no logo

    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _is_svg(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _SVG.match(text) is not None and "<!doctype" not in text.lower()


def _read(path: Path, most: int) -> bytes | None:
    """The bytes of a file, None where there are more than that."""
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    return data if len(data) <= most else None


def _templates(folder: Path) -> dict[str, str]:
    """The templates of a folder that is laid out as reports/templates is: ``html/page.html``."""
    if not folder.is_dir():
        raise UsageError(f"--template {folder}: there is no such folder")
    root = bundled("reports") / "templates"
    folders = [part for part in root.iterdir() if part.is_dir()]
    known = [f"{part.name}/{file.name}" for part in folders for file in part.iterdir()]
    texts = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or path.name.startswith("."):
            continue
        if name not in known:
            hint = suggestion(name, known) or f"there is {', '.join(sorted(known))}"
            raise UsageError(f"--template {folder}: {name} replaces no template ({hint})")
        texts[name] = _template(path)
    if not texts:
        raise UsageError(f"--template {folder}: there is no template in it, such as html/style.css")
    return texts


def _template(path: Path) -> str:
    try:
        data = _read(path, TEMPLATE_BYTES)
    except OSError as error:
        raise UsageError(f"--template: {path}: {error.strerror}") from None
    if data is None:
        raise UsageError(f"--template: {path} has more than {TEMPLATE_BYTES // 1024} KB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"--template: {path}: not UTF-8 at byte {error.start}") from None
