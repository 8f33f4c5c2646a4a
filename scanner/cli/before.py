"""What a scan compares with: findings of a saved result, and the state before, as a path or a git ref."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from scanner import __version__, revisions, sources
from scanner import scan as scanning
from scanner.baseline import Known, saved
from scanner.cli.request import Request
from scanner.desk import Desk, Rules
from scanner.errors import UsageError
from scanner.model import Gap, Hub, SourceNote
from scanner.sources import Inputs, Part
from scanner.sources.files import walk
from scanner.sources.files.inputs import digest_of_file
from scanner.sources.parts import Say
from scanner.transitions import Comparison


@dataclass(slots=True)
class Before:
    """What was there before.  ``known`` is None where nothing is compared with."""

    comparison: Comparison
    known: Known | None = None
    notices: list[str] = field(default_factory=list)


@contextmanager
def entered(request: Request, rules: Rules, say: Say | None, inputs: Inputs) -> Iterator[Before]:
    """Everything that a command line compares with, as long as it is needed."""
    with Known() as known:
        yield read(request, rules, known, say, inputs)


def read(request: Request, rules: Rules, known: Known, say: Say | None, inputs: Inputs) -> Before:
    """Read everything that a command line compares with, and judge the state before like the one after."""
    comparison = Comparison(rules.others, Desk(replace(rules, policies=())).exempting)
    for path in request.baseline:
        saved.read(path, known)
        inputs.add(path, digest_of_file(path))
    found = Before(comparison, known if rules.compare else None)
    if request.against is None:
        return found
    if os.path.exists(request.against):  # noqa: PTH110 - a path is kept as it was written
        if revisions.names_ref(request.against, (*request.paths, ".")[0]):
            told = f"--against {request.against} is a path and a git ref: the path was read"
            found.notices.append(f"{told} (refs/heads/{request.against} is the branch)")
        # A Terraform plan holds both states: against itself, it is what is there that comes before.
        is_plan = request.against in request.paths
        parts = sources.pieces((request.against,), say, code=request.code(before=is_plan), inputs=inputs)
        if not is_plan and len(request.paths) == 1:
            parts = _moved(parts, request.against, request.paths[0])
        _judge(parts, rules, comparison, known)
    else:
        _judge_ref(request, rules, comparison, known, say, inputs)
    known.sources.append(request.against)
    return found


def _judge_ref(
    request: Request, rules: Rules, comparison: Comparison, known: Known, say: Say | None, inputs: Inputs
) -> None:
    name = str(request.against)
    if not request.paths:
        raise UsageError(
            f"--against {name}: no such file or folder (a git ref is for a PATH, not for hubs of Azure)"
        )
    revision = revisions.find(name, request.paths[0], "--against", or_path=True)
    paths = [revision.relative(path) for path in request.paths]
    given = [revision.relative(path) for path in request.parameter_files]
    with revision.entered(request.paths):
        there = [path for path in paths if os.path.exists(path)]  # noqa: PTH110
        given = [path for path in given if os.path.exists(path)]  # noqa: PTH110
        code = replace(request.code(), parameters=given)
        parts = sources.pieces(there, say, code=code, inputs=inputs.under(f"{name}:"))
        _judge(_named(name, parts), rules, comparison, known)


def _judge(parts: Iterable[Part], rules: Rules, comparison: Comparison, known: Known) -> None:
    """Take in the state before, and what is found in it."""
    rules = replace(rules, others=(), show_passes=False, compare=False, vouched=None)
    desk = Desk(rules)
    with scanning.run(comparison.taking(parts), rules, __version__, lambda: desk, 1) as scan:
        for finding in scan.findings():
            known.add(finding, of_state=True)


def _moved(parts: Iterable[Part], old: str, new: str) -> Iterator[Part]:
    """The same, with hubs of code that lies in one place called as if it lay in another.

    What is found of a hub is known by what the hub is called, and the two states lie in two places.
    """
    old, new = _place(old), _place(new)
    is_alike = os.path.isdir(old) == os.path.isdir(new)  # noqa: PTH112 - a path is kept as it was written
    for part in parts:
        if is_alike and isinstance(part, Hub) and part.path is not None and part.ref.subscription_id is None:
            yield replace(part, ref=replace(part.ref, id=_called(part.ref.id, old, new)))
        else:
            yield part


def _called(identifier: str, old: str, new: str) -> str:
    if identifier.startswith(tuple(f"{old}{sign}" for sign in "/#+")):
        rest = identifier[len(old) :]
    elif old == ".":
        rest = f"/{identifier}"
    else:
        return identifier
    return rest[1:] if new == "." and rest.startswith("/") else f"{new}{rest}"


def _place(path: str) -> str:
    """A path as hubs are called by it."""
    return walk.plain(path).rstrip("/") or "."


def _named(name: str, parts: Iterable[Part]) -> Iterator[Part]:
    """The same, with the ref in front of what is said of its files: ``origin/main:infra/hub.bicep``."""
    for part in parts:
        if isinstance(part, Gap) and part.hub is None:
            yield replace(part, subject=f"{name}:{part.subject}")
        elif isinstance(part, SourceNote):
            yield replace(part, path=f"{name}:{part.path}")
        else:
            yield part
