"""Bicep for tests, and what comes out of it."""

from __future__ import annotations

from scanner.sources.bicep.expand import expand
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.parser import parse
from scanner.sources.bicep.project import Project
from scanner.sources.bicep.templates import Templates
from scanner.values import OpenList, Partial, Unknown

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
HUB = """
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub1'
  kind: 'Hub'
  properties: {
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
    }
  }
}
"""


def expanded(text, path="main.bicep"):
    """What a file that stands alone deploys."""
    file = BicepFile(path, f"/nowhere/{path}", text.encode())
    assert not file.tree.errors, [str(error) for error in file.tree.errors]
    project = Project([], {})
    return expand(project, Templates(project), file)


def properties_of(body, before=""):
    """The properties that a resource with such a block has, after some statements."""
    (resource,) = [
        one
        for one in expanded(
            f"{before}\nresource probe 'Contoso.Probe/probes@2024-01-01' = {{\n{body}\n}}"
        ).resources
        if one.type == "Contoso.Probe/probes" and not one.exists
    ]
    return resource.document


def value_of(expression, before=""):
    """The value of an expression, after some statements."""
    return properties_of(f"name: 'probe'\nvalue: {expression}", before)["value"]


def opened(value):
    """An open value as it is read: its known text with stars, its reason, or its members."""
    if isinstance(value, OpenList):
        return [(opened(member), sure) for member, sure in value.members]
    if isinstance(value, Partial):
        return "".join("*" if part is None else part for part in value.parts)
    return value.reason if isinstance(value, Unknown) else value


def errors_of(text, *, parameters=False):
    """The errors of a text, each with its line and column."""
    found = []
    for error in parse(text, parameters=parameters).errors:
        before = text[: error.offset]
        found.append((before.count("\n") + 1, len(before) - before.rfind("\n"), str(error)))
    return found
