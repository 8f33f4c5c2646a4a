"""The kinds of source, each imported when a file is met that may be of it.

Most scans read one kind of file, and a reader of code is much to import.
"""

from __future__ import annotations

import functools
import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from scanner.sources.files.content import Content
from scanner.sources.files.inputs import Inputs
from scanner.sources.files.walk import File, shown
from scanner.sources.parts import Code, Part, Say
from scanner.sources.snapshot import Snapshots

if TYPE_CHECKING:
    from scanner.sources.arm.reader import Templates as _Templates
    from scanner.sources.code.resource import Resource
    from scanner.sources.code.terraform.folder import Folder
    from scanner.sources.code.terraform.reader import Plans as _Plans


class Kind(Protocol):
    """A kind of source, made anew for each scan."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this kind."""
        ...

    def read(self, content: Content) -> Iterator[Part]:
        """What a file holds, as far as it can be said before the other files are read."""
        ...

    def finish(self) -> Iterator[Part]:
        """What can only be said when all files were read."""
        ...


def every(
    declare: Callable[[Resource], None],
    paths: Sequence[str],
    *,
    code: Code,
    say: Say,
    inputs: Inputs | None = None,
) -> tuple[Kind, ...]:
    """Every kind, in the order in which they are asked.

    ``declare`` is given the resources of code, ``code`` says how that is read, ``say`` is told what people
    may want to know of it, and ``inputs`` of the files that only other files name.
    """
    environment = {name: os.environ.get(name) for name in code.environment}
    given = [Content(File(path, shown(path), named=True), inputs) for path in code.parameters]
    values, ours, others = _told_apart(given)
    met: list[_Plans] = []

    @functools.cache
    def templates() -> _Templates:
        from scanner.sources.arm.reader import Templates  # noqa: PLC0415

        return Templates(declare, others, environment=environment)

    def bicep() -> Kind:
        from scanner.sources.bicep.reader import Bicep  # noqa: PLC0415

        late_templates.make()
        return Bicep(declare, templates(), paths, ours, environment, code.build, say, inputs)

    def azureml() -> Kind:
        from scanner.sources.code.azureml.reader import AzureML  # noqa: PLC0415

        return AzureML(declare)

    def plans() -> Kind:
        from scanner.sources.code.terraform.reader import Plans  # noqa: PLC0415

        met.append(Plans(declare, before=code.before))
        return met[0]

    def configurations() -> Kind:
        from scanner.sources.code.terraform.configurations import Configurations  # noqa: PLC0415

        def planned(folder: Folder) -> bool:
            return any(one.cover(folder) for one in met)

        def deploys(path: str) -> None:
            templates().elsewhere.add(path)

        return Configurations(declare, planned, values, environment, deploys)

    def answers() -> Kind:
        from scanner.sources.api import Answers  # noqa: PLC0415

        return Answers()

    late_templates = Late(_may_be_template, templates)
    return (
        # Parameters and values that nothing takes are told of, whether or not there is anything to take them.
        bicep() if ours else Late(_may_be_bicep, bicep),
        templates() if others else late_templates,
        Snapshots(),
        Late(_may_be_azureml, azureml),
        Late(_may_be_plan, plans),
        configurations() if values else Late(_may_be_configuration, configurations),
        Late(_may_be_answer, answers),
    )


def _told_apart(parameters: Sequence[Content]) -> tuple[list[Content], list[Content], list[Content]]:
    """The files with values for variables of Terraform, those of Bicep, and those for templates."""
    if not parameters:
        return [], [], []
    from scanner.sources.bicep.file import PARAMETERS  # noqa: PLC0415
    from scanner.sources.code.terraform.given import is_values  # noqa: PLC0415

    values = [content for content in parameters if is_values(content)]
    ours = [content for content in parameters if content.path.lower().endswith(PARAMETERS)]
    return values, ours, [one for one in parameters if one not in values and one not in ours]


class Late:
    """A kind whose reader is made when a file is met that may be of it.

    ``may_be`` is quick, and true of every file that the reader recognises.
    """

    def __init__(self, may_be: Callable[[Content], bool], make: Callable[[], Kind]) -> None:
        self._may_be = may_be
        self._make = make
        self._made: Kind | None = None

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this kind."""
        return self._may_be(content) and self.make().recognises(content)

    def read(self, content: Content) -> Iterator[Part]:
        """What the reader says of a file that it recognised."""
        return self.make().read(content)

    def finish(self) -> Iterator[Part]:
        """What the reader says at the end; nothing where no file may have been of its kind."""
        return iter(()) if self._made is None else self._made.finish()

    def make(self) -> Kind:
        """The reader, made now where it was not yet: so it is asked at the end, too."""
        if self._made is None:
            self._made = self._make()
        return self._made


_USUAL = b"deploymentTemplate.json#"
_TEMPLATES_SAY = (b"deploymenttemplate", b"deploymentparameters", b'"contentversion"')


def _may_be_template(content: Content) -> bool:
    head = content.head
    if head[:1] not in (b"{", b"/"):
        return False
    if _USUAL in head:
        return True
    said = head.lower()
    return (
        any(word in said for word in _TEMPLATES_SAY)
        or "parameters" in posixpath.basename(content.path).lower()
    )


def _may_be_bicep(content: Content) -> bool:
    return content.path.lower().endswith((".bicep", ".bicepparam"))


def _may_be_azureml(content: Content) -> bool:
    return content.path.lower().endswith((".yml", ".yaml"))


def _may_be_plan(content: Content) -> bool:
    # A plan whose keys somebody sorted says so at its end.
    return content.head[:1] == b"{" and content.holds(b'"terraform_version"')


_CONFIGURATION = (
    *(".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json"),
    *("terragrunt.hcl", "terragrunt.hcl.json"),
)


def _may_be_configuration(content: Content) -> bool:
    return content.path.endswith(_CONFIGURATION)


def _may_be_answer(content: Content) -> bool:
    return content.bracketed
