"""Files of parameters: which file they are for, and what they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.sources.arm.blocks import Target
from scanner.sources.arm.run import Run
from scanner.sources.arm.template import Given, Template
from scanner.sources.bicep import linker as linking
from scanner.sources.bicep import syntax
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.linker import Linker, Trouble
from scanner.sources.bicep.marks import Marks
from scanner.sources.bicep.project import Project, Unreadable
from scanner.sources.code.symbols import Symbol

_MOST_EXTENDED = 20


@dataclass(slots=True)
class Parameters:
    """What a file of parameters gives: ``variables`` names the variable that each of them is.

    ``uses`` is the file that it is for, None where it says none or one that is not read here.
    """

    file: BicepFile
    uses: BicepFile | None
    template: linking.Template
    marks: Marks
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def troubles(self) -> list[Trouble]:
        """What is odd in it."""
        return self.template.troubles

    def given(self, run: Run, target: Target) -> dict[str, Given]:
        """The values for one deployment."""
        name = Symbol("deployment().name", "the name of the deployment is known only when it is deployed")
        frame = Template(run, self.template.raw, target, {}, f"{self.file.path}:", name)
        variables = self.template.raw["variables"]
        return {
            parameter: Given(_variable(frame, key), variables, key, frame)
            for parameter, key in self.variables.items()
        }


def read(project: Project, file: BicepFile) -> Parameters:
    """What a file of parameters says, with what it extends."""
    linker = Linker(project, file)
    made = Parameters(file, _used(linker, file), linker.template, project.marks)
    chain = [linker.names]
    while len(chain) < _MOST_EXTENDED:
        names = linker.extended(chain[-1])
        if names is None:
            break
        if any(names.file is each.file for each in chain):
            linker.problem("cycle", "files of parameters extend each other", chain[-1].file, 0)
            break
        chain.append(names)
        if made.uses is None:
            made.uses = _used(linker, names.file)
    for names in reversed(chain):
        for statement in names.file.declared(syntax.Assignment):
            linker.value(statement, names, statement.name)
            made.variables[statement.name] = f"{names.prefix}{statement.name}"
    return made


def names(file: BicepFile, template: str) -> bool:
    """Whether a file of parameters says that it is for a file of that name in its own folder."""
    return any(
        isinstance(statement, syntax.Using)
        and isinstance(statement.path, syntax.Literal)
        and str(statement.path.value).removeprefix("./") == template
        for statement in file.declared(syntax.Using)
    )


def _used(linker: Linker, file: BicepFile) -> BicepFile | None:
    for statement in file.declared(syntax.Using):
        if not isinstance(statement, syntax.Using) or statement.name != "using":
            continue
        if not isinstance(statement.path, syntax.Literal):
            return None
        path = str(statement.path.value)
        if ":" in path or not path.lower().endswith(".bicep"):
            message = f"the template '{path}' is not read"
            linker.problem("registry-module", message, file, statement.start, "unresolved")
            return None
        try:
            return linker.project.bicep(file, path)
        except Unreadable as error:
            linker.problem(error.code, f"the template of the parameters: {error}", file, statement.start)
    return None


def _variable(frame: Template, key: str) -> Any:
    return lambda: frame.variable(key)
