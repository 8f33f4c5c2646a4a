"""Fills a policy's remediation with the names of a finding, quoted for the form it is written in.

Templates hold ``<hub>``, ``<resource-group>``, ``<subscription>``, ``<rule>`` and other placeholders;
one whose name is not known stays as it stands, for the reader to fill in.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.model import HubRef

_PLACEHOLDER = r"<([a-z][a-z-]*)>"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
"""Characters that end lines, hide or turn text round, or that a file of text cannot hold."""


_WORD = "-"
_BEGINS = re.compile(r"(?:^|[\s\[{(,])$")
_ENDS = re.compile(r"[\s\]}),]|$")

_ALSO_KNOWN_AS = {
    "serviceResourceId": "resource-id",
    "id": "resource-id",
    "subresourceTarget": "subresource",
}
"""What fields of ARM are called in remediation, beside their own names in kebab-case."""


def names(item: str | None, key: str | None, evidence: Mapping[str, Any]) -> dict[str, str | None]:
    """What placeholders stand for in one finding, beside its hub.

    ``rule`` is the member judged and ``host`` what tells it from others of its name.  A field of the
    member that the evidence shows is known by its own name in kebab-case (``item.missingHosts`` is
    ``missing-hosts``), a list of texts joined by commas; text that was cut short is not known.
    """
    found: dict[str, str | None] = {"rule": item, "host": key}
    for path, called in _fields(tuple(evidence)):
        text = _joined(evidence[path])
        if text is not None:
            for name in called:
                found.setdefault(name, text)
    return found


@functools.lru_cache(1_024)
def _fields(paths: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a member among what evidence shows, the outer ones first, with their placeholders."""
    fields = []
    for path in sorted(paths, key=lambda path: (path.count("."), path)):
        root, _, rest = path.partition(".")
        if root == "item" and rest:
            field = rest.rpartition(".")[2]
            also = _ALSO_KNOWN_AS.get(field)
            fields.append((path, (_kebab(field),) if also is None else (_kebab(field), also)))
    return tuple(fields)


def _joined(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value and not value.endswith("…") and value != "(not known)" else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(member, str) for member in value):
        return ", ".join(value)
    return None


def _kebab(field: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", field).lower()


class Blank:
    """A stretch of a template in which a name of the finding's hub stands.

    ``name`` is the placeholder, ``form`` what it is written for, and ``quote`` the quote that is open there.
    """

    __slots__ = ("form", "name", "quote")

    def __init__(self, name: str, form: str, quote: str) -> None:
        self.name = name
        self.form = form
        self.quote = quote

    def filled(self, names: Mapping[str, str | None]) -> str:
        """What stands there for some names of a hub (`hub_names`): the placeholder where there is none."""
        name = names[self.name]
        return f"<{self.name}>" if name is None else _written(name, self.form, self.quote)


@functools.cache
def _blank(name: str, form: str, quote: str) -> Blank:
    """The blank of that kind: one and the same, so that what is written there is found once a hub."""
    return Blank(name, form, quote)


Outline = Mapping[str, tuple[str | Blank, ...]]
"""The remediation of findings that are alike but for their hubs, by form: text, and blanks in it."""


def hub_names(hub: HubRef) -> dict[str, str | None]:
    """What placeholders stand for by themselves."""
    return {
        # A hub without name and id is called by where it stands, which is no name to give to Azure.
        "hub": hub.name if hub.name != hub.id else None,
        "hub-id": hub.id if hub.id.startswith("/") else None,
        "resource-group": hub.resource_group,
        "subscription": hub.subscription_id,
    }


_OF_HUBS = frozenset({"hub", "hub-id", "resource-group", "subscription"})


def outline(remediation: Mapping[str, str], given: Mapping[str, str | None]) -> Outline:
    """The remediation of findings, but for the names of their hubs.

    ``given`` has further placeholders, such as ``rule`` (see `names`).  Inside quotes a name is escaped
    for them; outside it is quoted where its form needs that, so that no name becomes syntax.
    """
    return {
        form: _outlined(text, form, tuple([given.get(name) for name in _asked(text)]))
        for form, text in remediation.items()
    }


class Filled(Mapping[str, str]):
    """An outline with some names of a hub (`hub_names`), each form filled in when somebody asks for it."""

    __slots__ = ("_names", "_outline")

    def __init__(self, forms: Outline, names: Mapping[str, str | None]) -> None:
        self._outline = forms
        self._names = names

    def __getitem__(self, form: str) -> str:
        names = self._names
        parts = self._outline[form]
        return "".join([part if isinstance(part, str) else part.filled(names) for part in parts])

    def __iter__(self) -> Iterator[str]:
        return iter(self._outline)

    def __len__(self) -> int:
        return len(self._outline)

    def __repr__(self) -> str:
        return repr(dict(self))


def fill(remediation: Mapping[str, str], hub: HubRef, given: Mapping[str, str | None]) -> dict[str, str]:
    """The remediation of one finding: its `outline` with the names of a hub."""
    return dict(Filled(outline(remediation, given), hub_names(hub)))


@functools.lru_cache(2_048)
def _outlined(text: str, form: str, names: tuple[str | None, ...]) -> tuple[str | Blank, ...]:
    """A template with what its placeholders stand for: many findings give them the same names."""
    outlined: list[str | Blank] = []
    known = ""
    for (before, placeholder, quote), name in zip(_pieces(text), (*names, None), strict=True):
        known += before
        if name is not None:
            known += _written(name, form, quote)
        elif placeholder in _OF_HUBS:
            outlined += (known, _blank(placeholder, form, quote))
            known = ""
        elif placeholder:
            known += f"<{placeholder}>"
    return (*outlined, known)


def _written(name: str, form: str, quote: str) -> str:
    # What can be printed has none of them.
    clean = name if name.isprintable() else re.sub(_CONTROL, "\N{REPLACEMENT CHARACTER}", name)
    return _QUOTES.get(form, _as_text)(clean, quote)


@functools.lru_cache(4_096)
def _pieces(text: str) -> tuple[tuple[str, str, str], ...]:
    """A template as what stands before each placeholder, its name, and the quote that is open there.

    Where none is and it is a part of a word, that is `_WORD`.
    """
    pieces = []
    end = 0
    for match in re.finditer(_PLACEHOLDER, text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        is_part = not _BEGINS.search(line) or not _ENDS.match(text, match.end())
        pieces.append((text[end : match.start()], match[1], _open_quote(line) or _WORD * is_part))
        end = match.end()
    return (*pieces, (text[end:], "", ""))


@functools.lru_cache(4_096)
def _asked(text: str) -> tuple[str, ...]:
    """The placeholders in a template, in their order."""
    return tuple(placeholder for _, placeholder, _ in _pieces(text)[:-1])


def _open_quote(line: str) -> str:
    """The quote that is open at the end of a piece of a line; empty where none is."""
    quote = ""
    for char in line:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return quote


def _as_text(name: str, _quote: str) -> str:
    return name


def _for_shell(name: str, quote: str) -> str:
    if quote == "'":
        return name.replace("'", "'\\''")
    if quote == '"':
        # A backslash before an exclamation mark would stay where nobody types.
        return re.sub(r'([\\"$`])', r"\\\1", name).replace("!", "\"'!'\"")
    import shlex  # noqa: PLC0415 - where something is to be mended by a command

    return shlex.quote(name)


def _for_yaml(name: str, quote: str) -> str:
    if quote == "'":
        return name.replace("'", "''")
    if quote == '"':
        return name.replace("\\", "\\\\").replace('"', '\\"')
    if quote == _WORD:  # quotes inside of a word are its own characters
        return re.sub(r"[^\w./+-]", "\N{REPLACEMENT CHARACTER}", name)
    return "'" + name.replace("'", "''") + "'"


def _for_bicep(name: str, _quote: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")


def _for_terraform(name: str, _quote: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")


_QUOTES: Mapping[str, Callable[[str, str], str]] = {
    "azure_cli": _for_shell,
    "azureml_yaml": _for_yaml,
    "bicep": _for_bicep,
    "terraform": _for_terraform,
}
