"""What a scan is judged by: the configuration and policies at hand, or those of a git ref.

A change must not loosen what it is judged by.  With a ref, policies, exemptions and configuration are
read from there, a comment that exempts a finding counts only where the ref has it for the same line, and
what the work tree says otherwise is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner import exemptions, revisions, settings
from scanner.cli.judging import Basis, judged_by
from scanner.cli.request import Request
from scanner.errors import ConfigError, ScannerError
from scanner.ignores import Remarks
from scanner.model import Place
from scanner.policies.files import named_files
from scanner.revisions import Revision

_OPTION = "--policy-ref"
_POLICY_FILES = (".yaml", ".yml")
_MOST = 20
"""Differences that are told one by one."""


def basis(request: Request, name: str) -> Basis:
    """What a command line asks to be judged by, with all but its options as a git ref has it."""
    mine = settings.load(request.config)
    anchor = "." if revisions.root_of(".") is not None else (*request.paths, ".")[0]
    revision = revisions.find(name, anchor, _OPTION)
    own = _policies(request.folders or mine.policies, revision)
    folders = _folders(request, revision)
    config_name = _config_name(request, revision)
    with revision.entered([], suffixes=_POLICY_FILES):
        there = tuple(name for name, needed in folders if needed or os.path.exists(name))  # noqa: PTH110
        try:
            file = _config_file(config_name)
            config = settings.load(file)
            rules = judged_by(replace(request, folders=there, config=file), config)
            theirs = _policies(there or config.policies, None)
        except ScannerError as error:
            lines = str(error).splitlines()
            raise ConfigError("\n".join(f"{revision.name}: {line}" for line in lines)) from None
    differences = [*_entries(mine, config), *_keys(mine, config), *_files(own, theirs)]
    return Basis(config, replace(rules, vouched=Vouched(revision)), _told(differences, revision.name))


def _folders(request: Request, revision: Revision) -> list[tuple[str, bool]]:
    """Where the policies of the command line are at the ref, each with whether it must be there.

    What the work tree has alone judges nothing yet; what nobody has is a mistake.
    """
    return [
        (revision.relative(path), not os.path.exists(path))  # noqa: PTH110
        if revision.holds(path)
        else (os.path.abspath(path), True)  # noqa: PTH100
        for path in request.folders
    ]


def _config_name(request: Request, revision: Revision) -> str | None:
    """How the configuration is found at the ref: by the name that it was given, None for the nearest."""
    named = request.config_name
    if named is None:
        return None
    return revision.relative(named) if revision.holds(named) else os.path.abspath(named)  # noqa: PTH100


def _config_file(name: str | None) -> Path | None:
    if name is None:
        found = settings.find(Path.cwd())
        return None if found is None else Path(os.path.relpath(found))
    if not Path(name).is_file():
        raise ConfigError(f"{name}: no such file")
    return Path(name)


def _policies(folders: Sequence[str], revision: Revision | None) -> dict[str, bytes]:
    """The files of policies by their name, those outside of the repository left out.

    ``revision`` is None where its copy is the working directory.
    """
    found = {}
    for folder in folders:
        if os.path.isabs(folder) if revision is None else not revision.holds(folder):  # noqa: PTH117
            continue
        if os.path.exists(folder):  # noqa: PTH110
            for name, read in named_files(folder):
                key = name if revision is None else revision.relative(name)
                found[os.path.normpath(key).replace(os.sep, "/")] = read()
    return found


def _entries(mine: settings.Settings, theirs: settings.Settings) -> Iterator[str]:
    """Exemptions that only one of two configurations has."""
    for entry, place in zip(mine.exemptions, mine.places, strict=True):
        if entry not in theirs.exemptions:
            yield f"{place} adds {exemptions.scope(entry)} ({entry.decision}), which exempts nothing here"
    for entry in theirs.exemptions:
        if entry not in mine.exemptions:
            yield f"{exemptions.scope(entry)} ({entry.decision}) is taken away, and still exempts here"


def _keys(mine: settings.Settings, theirs: settings.Settings) -> Iterator[str]:
    name = mine.path or theirs.path
    for key in ("policies", "select", "ignore", "fail_on", "parameters", "data"):
        ours, there = getattr(mine, key), getattr(theirs, key)
        if key == "policies":
            ours, there = tuple(map(os.path.relpath, ours)), tuple(map(os.path.normpath, there))
        if ours != there:
            what = "data or scenarios" if key == "data" else f"'{key}'"
            yield f"{name} has another {what}, which does not count here"


def _files(own: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted({*own, *theirs}):
        if own.get(name) != theirs.get(name):
            word = "is new" if name not in theirs else "is gone" if name not in own else "is changed"
            judges = "it judges nothing here" if name not in theirs else "it judges as it was"
            yield f"policy {name} {word}: {judges}"


def _told(differences: Sequence[str], name: str) -> tuple[str, ...]:
    over = len(differences) - _MOST
    more = [f"beside {name}: and {over} more differences of policies and exemptions"] if over > 0 else []
    return (*(f"beside {name}: {one}" for one in differences[:_MOST]), *more)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whether a ref has a comment that exempts a finding: in the same file, for the same line of code."""

    revision: Revision
    _texts: dict[str, Remarks | None] = field(default_factory=dict)

    def __call__(self, place: Place, policy: str, reason: str) -> bool:
        """Whether a comment with this reason exempts a line of this text at the ref, too."""
        if not self.revision.holds(place.path):
            return True
        path = self.revision.inside(place.path)
        if path not in self._texts:
            data = self.revision.text(path)
            self._texts[path] = None if data is None else Remarks(data)
        there = self._texts[path]
        line = _line(place)
        return there is not None and any(
            text.strip() == line and there.reason(number, _column(text), policy) == reason
            for number, text in enumerate(there.lines, 1)
        )


def _column(text: str) -> int:
    return len(text) - len(text.lstrip()) + 1


def _line(place: Place) -> str | None:
    try:
        lines = Remarks(Path(place.path).read_bytes()).lines
    except OSError:
        return None
    return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else None
