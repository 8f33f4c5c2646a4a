"""What may be given to the compiler: it follows paths wherever they lead, which the reader here does not.

A file may be compiled where everything that it names lies below the folders that may be read.  What a text
loads goes into the template, and from there into reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from scanner.sources.bicep import syntax
from scanner.sources.bicep.contents import constant
from scanner.sources.bicep.file import PARAMETERS, BicepFile
from scanner.sources.bicep.linker import Linker
from scanner.sources.bicep.project import Project, Unreadable
from scanner.sources.bicep.tokens import tokens

_LOADS = re.compile(r"load[A-Z]\w*")

_MOST = 5_000
"""Files that one file leads to."""


def doubt(project: Project, file: BicepFile) -> str | None:
    """Why a file is not given to the compiler, as a clause; None where it may be."""
    seen: set[int] = set()
    waiting = [file]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if len(seen) > _MOST:
            return f"it leads to more than {_MOST} files"
        if each.held:
            return f"'{each.path}' comes from standard input"
        if each.tree.errors:
            place = each.at(each.tree.errors[0].offset)
            return f"what it reads cannot be told: {place.path}:{place.line}: {each.tree.errors[0]}"
        try:
            waiting += _named(project, each)
        except Unreadable as error:
            return str(error)
    return None


def _named(project: Project, file: BicepFile) -> Iterator[BicepFile]:
    """The Bicep files that a file names.  Raises `Unreadable` for what lies outside, or cannot be told."""
    linker = Linker(project, file)
    loads = 0
    for node in _nodes(file.tree.statements):
        if isinstance(node, syntax.Call) and _LOADS.fullmatch(node.name):
            loads += 1
            path = constant(linker, node.arguments[0], linker.names) if node.arguments else None
            project.check(file, _told(path, f"{node.name}()"))
        elif isinstance(node, (syntax.Module, syntax.Import, syntax.Using)) and node.path is not None:
            path = _told(constant(linker, node.path, linker.names), f"'{node.name}'")
            if ":" in path:
                continue
            project.check(file, path)
            if path.lower().endswith((".bicep", PARAMETERS)):
                yield from _present(project, file, path)
    if loads != _loads(file.text):
        # Statements that deploy nothing are not kept whole.
        raise Unreadable("outside", f"which files '{file.path}' loads cannot be told")


def _loads(text: str) -> int:
    """How many calls of functions that load files a text has, wherever they stand."""
    found = tokens(text)
    following = zip(found.kinds, found.texts, found.kinds[1:], strict=False)
    return sum(
        kind == "name" and after == "(" and _LOADS.fullmatch(word) is not None
        for kind, word, after in following
    )


def _present(project: Project, file: BicepFile, path: str) -> Iterator[BicepFile]:
    """A file that is there; of one that is not the compiler will say so."""
    try:
        yield project.bicep(file, path)
    except Unreadable as error:
        if error.code != "missing-module":
            raise


def _told(path: str | None, what: str) -> str:
    if path is None:
        raise Unreadable("outside", f"which file {what} reads cannot be told")
    return path


def _nodes(value: Any) -> Iterator[Any]:
    """Everything in a tree, the tree itself included."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, (list, tuple)):
            waiting += node
        elif is_dataclass(node):
            yield node
            waiting += (getattr(node, one.name) for one in fields(node))
