"""Reads plans and states of Terraform, as ``terraform show -json`` writes them, into resources."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Gap, SourceNote
from scanner.sources.code.resource import Resource
from scanner.sources.code.terraform import azurerm
from scanner.sources.code.terraform.addresses import Addresses
from scanner.sources.code.terraform.folder import Folder, shown
from scanner.sources.code.terraform.identity import Identities
from scanner.sources.code.terraform.plan import BadPlan, Plan
from scanner.sources.code.terraform.resources import Maker
from scanner.sources.code.terraform.source import Sources
from scanner.sources.files.content import Content
from scanner.sources.files.json_text import BadJSON, parse
from scanner.sources.parts import SYNTAX, Part

LARGEST = 256 << 20
"""Bytes of the largest plan that is read."""

_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_RAW = "a raw state of Terraform with workspaces in it: 'terraform show -json' writes what is read"
_MARKS = (b'"format_version"', b'"terraform_version"')


@dataclass(slots=True)
class Plans:
    """Gathers the resources of the plans of one scan.

    ``before`` tells which of their two states: what was there before a plan, or what will be after it.
    """

    declare: Callable[[Resource], None]
    before: bool = False
    kind: str = "terraform-plan"
    _notes: list[SourceNote] = field(default_factory=list)
    _covered: dict[str, set[str]] = field(default_factory=dict)

    def recognises(self, content: Content) -> bool:
        """Whether a file is a plan or a state, or was one before it was cut off."""
        if content.head[:1] != b"{" or not content.holds(_MARKS[1]):
            return False
        if isinstance(content.value, dict):
            return _is_plan(content.value) or _is_raw_state(content.value)
        return all(mark in content.head for mark in _MARKS)

    def read(self, content: Content) -> Iterator[Part]:
        """Hand over the resources of a plan; what cannot be understood comes as a gap."""
        data = content.data if content.data is not None else content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        try:
            document = _document(content, data)
            if _is_raw_state(document):
                yield _gap(content.path, SYNTAX, _RAW)
                return
            plan = Plan(document)
        except (BadJSON, BadPlan) as error:
            yield _gap(content.path, SYNTAX, str(error))
            return
        if plan.document.get("errored") is True:
            yield _gap(content.path, "errored", "the plan ended with an error, and is not complete")
        elif plan.document.get("complete") is False:
            yield _gap(content.path, "incomplete", "the plan leaves something to a later one, as it says")
        # Paths for people are made of it, which say no more than what leads there.
        location = content.file.location.removeprefix(os.path.join(".", ""))  # noqa: PTH118
        folder = os.path.dirname(location)  # noqa: PTH120 - kept as it was written
        sources = Sources(plan, folder, _root(folder))
        state = Identities(plan, sources, Addresses(data, content.path), before=self.before)
        maker = Maker(state, deployment=content.path)
        if plan.planned:
            beside = os.path.abspath(folder)  # noqa: PTH100 - kept as it was written
            self._covered.setdefault(beside, set()).update(plan.modules[()].resources)
        hubs = 0
        for resource in maker.resources():
            hubs += resource.type.lower() == _WORKSPACE and not resource.exists
            self.declare(resource)
        yield from dict.fromkeys(maker.gaps)
        self._notes.append(SourceNote(kind=self.kind, path=content.path, hubs=hubs))

    def cover(self, folder: Folder) -> bool:
        """Whether a plan of a folder of configuration lies in it: one with a resource of it, or with none."""
        planned = self._covered.get(folder.location)
        if planned is None:
            return False
        return not planned or any(shown(address) in planned for address in folder.resources)

    def finish(self) -> Iterator[Part]:
        """What each plan held."""
        yield from self._notes


def _is_plan(document: dict[str, Any]) -> bool:
    return (
        "format_version" in document
        and "terraform_version" in document
        and any(key in document for key in ("resource_changes", "planned_values", "values", "configuration"))
    )


def _is_raw_state(document: dict[str, Any]) -> bool:
    """Whether a document is what Terraform keeps for itself, and holds workspaces."""
    resources = document.get("resources")
    if "lineage" not in document or not isinstance(resources, list):
        return False
    kinds = (azurerm.kind_of(str(one.get("type"))) for one in resources if isinstance(one, dict))
    return any(kind is not None and kind.type == azurerm.WORKSPACE for kind in kinds)


def _document(content: Content, data: bytes) -> dict[str, Any]:
    value = content.value if isinstance(content.value, dict) else parse(data)
    if not isinstance(value, dict):
        raise BadPlan("not an object")
    return value


def _root(folder: str) -> str:
    """The folder that no module may lie outside of: that of the repository, else the plan's own."""
    path = os.path.realpath(folder or ".")
    while not os.path.exists(os.path.join(path, ".git")):  # noqa: PTH110, PTH118
        above = posixpath.dirname(path)
        if above == path:
            return folder or "."
        path = above
    return path


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
