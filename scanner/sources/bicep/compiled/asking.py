"""Asks the compiler where that is wanted, and says what comes of it where it gives no answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.model import Gap
from scanner.sources.arm.expand import Expansion
from scanner.sources.arm.source import Source
from scanner.sources.bicep.compiled import ALWAYS, NEVER
from scanner.sources.bicep.expand import way
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.parameters import Parameters
from scanner.sources.bicep.project import Project
from scanner.sources.bicep.templates import MAY_HIDE, Templates
from scanner.sources.code.ids import WORKSPACE

if TYPE_CHECKING:
    from scanner.sources.bicep.compiled.overlay import Overlay


@dataclass(slots=True)
class Asking:
    """Asks for the files of one scan, as ``wish`` says; ``say`` is told of what comes of it."""

    project: Project
    templates: Templates
    wish: str
    say: Callable[[str], None]
    _overlay: Overlay | None = None

    def expansion(
        self, file: BicepFile, parameters: Parameters | Source | None, own: Expansion
    ) -> tuple[Expansion, Gap | None]:
        """What a file deploys by the compiler; else ``own``, with a gap where that must not be."""
        if self.wish == NEVER or not _may_have_hubs(own):
            return own, None
        from scanner.sources.bicep.compiled.compiler import Compiler, NotBuilt  # noqa: PLC0415 - if asked
        from scanner.sources.bicep.compiled.overlay import Overlay  # noqa: PLC0415

        if self._overlay is None:
            self._overlay = Overlay(Compiler(self.project, self.wish), self.templates, self.say)
        asked = parameters.file if isinstance(parameters, Parameters) else file
        try:
            made = self._overlay.expansion(file, parameters, own, way(file, parameters))
        except NotBuilt as error:
            place = error.place or asked.at(0)
            subject = f"{place.path}:{place.line}:{place.column}"
            detail = f"{asked.path} is read without the compiler: {error}"
            if self.wish == ALWAYS:
                return own, Gap(subject=subject, reason="failed", code="bicep-build", detail=detail)
            self.say(f"{subject}: {detail}")
            return own, None
        self.say(f"{asked.path}: compiled")
        return made, None


def _may_have_hubs(expansion: Expansion) -> bool:
    """Whether there may be anything in a file that is worth asking the compiler."""
    return any(one.type.lower().startswith(WORKSPACE) for one in expansion.resources) or any(
        problem.code in MAY_HIDE for problem in expansion.problems
    )
