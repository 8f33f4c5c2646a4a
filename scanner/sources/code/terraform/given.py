"""What the variables of a root module are given from outside its folder."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from scanner.sources.arm.parameter_files import is_plain
from scanner.sources.code.terraform.folder import VALUES, Folder, body_of
from scanner.sources.files.content import Content
from scanner.sources.hcl.parser import expression
from scanner.sources.hcl.source import BadSyntax, Embedded, Source
from scanner.sources.hcl.syntax import Attribute, Literal, Name

_PREFIX = "TF_VAR_"


def is_values(content: Content) -> bool:
    """Whether a file that the command line names holds values of Terraform's variables."""
    if content.path.endswith(VALUES):
        return True
    if content.path.endswith((".bicepparam", ".bicep")):
        return False
    if not content.bracketed:
        return not content.head.startswith(b"//") and b"=" in content.head
    value = content.value
    return isinstance(value, dict) and not value.keys() & {"$schema", "parameters"} and not is_plain(value)


def values_in(path: str, data: bytes) -> Folder:
    """A file of values: what it gives, and what in it cannot be understood."""
    folder = Folder(posixpath.dirname(path), "")
    name = posixpath.basename(path)
    is_json = data.lstrip()[:1] == b"{"
    source = Source(data.decode("utf-8-sig", "replace"), path)
    body = body_of(folder, f"{name}.json" if is_json else name, source)
    folder.given = body.attributes
    return folder


def from_environment(folder: Folder, environment: Mapping[str, str | None]) -> dict[str, Attribute]:
    """The values of variables in those variables of the environment that may be read."""
    given: dict[str, Attribute] = {}
    for name, block in folder.variables.items():
        text = environment.get(f"{_PREFIX}{name}")
        if text is None:
            continue
        source = Embedded(text, block.source.place(block.at))
        type_ = block.body.attributes.get("type")
        literal = Literal(text, 0, len(text))
        if type_ is None or (isinstance(type_.value, Name) and type_.value.name == "string"):
            given[name] = Attribute(name, literal, 0, source)
            continue
        try:
            given[name] = Attribute(name, expression(source), 0, source)
        except BadSyntax:
            given[name] = Attribute(name, literal, 0, source)
    return given
