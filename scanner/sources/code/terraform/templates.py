"""Templates of ARM that Terraform deploys: what an attribute holds, or the body of an azapi resource."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model import Gap, Place
from scanner.regexes import regex
from scanner.sources.arm import modules, parameters
from scanner.sources.arm.blocks import NESTED, NO_GUARDS, Target
from scanner.sources.arm.deployment import Deployment
from scanner.sources.arm.placement import target_of
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.run import Run
from scanner.sources.arm.template import Given, Template
from scanner.sources.arm.tokens import BadTemplate, Duplicates, Scanner
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import Symbol, Text
from scanner.sources.code.terraform import declared, opentext, remote
from scanner.sources.code.terraform.plan import Instance
from scanner.sources.code.terraform.state import State
from scanner.sources.files.json_text import too_deep
from scanner.sources.hcl.parser import parse
from scanner.sources.hcl.source import Source
from scanner.sources.hcl.syntax import Body
from scanner.values import Unknown

KINDS = {
    "azurerm_resource_group_template_deployment": ("template_content", "parameters_content"),
    "azurerm_subscription_template_deployment": ("template_content", "parameters_content"),
    "azurerm_management_group_template_deployment": ("template_content", "parameters_content"),
    "azurerm_tenant_template_deployment": ("template_content", "parameters_content"),
    "azurerm_template_deployment": ("template_body", "parameters_body"),
}
"""The attributes with the template and its parameters, by the type of the resource."""

DEPLOYMENTS = (b"template_deployment", b"microsoft.resources/deployment")
"""Words of a file that may deploy a template, in lower case."""

_WORDS = (b"template_content", b"template_body")
_FILE = regex(
    r'\btemplate_(?:content|body)\s*=\s*(?:file|templatefile)\(\s*"(?:\$\{path\.(?:module|root)\}/|\./)?([^"$]+)"'
)
"""A template that stands in a file of its own."""

Path = tuple[str | int, ...]


def is_deployed(instance: Instance, values: dict[str, Any]) -> bool:
    """Whether an instance deploys a template."""
    if instance.mode != "managed":
        return False
    if instance.type == "azapi_resource":
        return (declared.arm_type(values.get("type")) or "").lower() in NESTED
    return instance.type in KINDS


def files(data: bytes, path: str) -> Iterator[str]:
    """The paths of the templates that the text of a file of configuration deploys."""
    if not any(word in data for word in _WORDS):
        return
    source = Source(data.decode("utf-8-sig", "replace"), path)
    matches = list(_FILE.finditer(source.text))
    if not matches:
        return
    body, errors = parse(source)
    # In a comment nothing is deployed; what is not understood may hide anything.
    places = set(_places(body))
    for match in matches:
        if errors or match.start() in places:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1]))


def _places(body: Body) -> Iterator[int]:
    """Where the attributes of some blocks begin."""
    yield from (attribute.at for attribute in body.attributes.values())
    for block in body.blocks:
        yield from _places(block.body)


@dataclass(slots=True)
class Deployed:
    """What one instance deploys.  ``gaps`` are of what cannot be told of it, once it was read."""

    state: State
    instance: Instance
    deployment: str
    gaps: list[Gap]

    def resources(self) -> Iterator[Resource]:
        """The resources of its template, with the values of its parameters."""
        values = self.state.known(self.instance)
        (template, at), (given, given_at) = self._parts(values)
        if isinstance(template, Unknown):
            self._unknown(template, values, at)
        if not isinstance(template, dict):
            return
        held = _Held(self._where, at, template)
        handed = _Held(self._where, given_at, given if isinstance(given, dict) else {})
        run = Run(
            key=self.deployment, template=held, sources=[held, handed], places=TemplatePlaces([held, handed])
        )
        run.duplicates.update(handed.duplicates)
        key = f"{self.instance.address}:"
        target = self._target(template, values)
        frame = Template(run, template, target, self._given(run, template, given, handed), key, _name(values))
        guards = NO_GUARDS if self.instance.certain else self.instance.guards
        yield from Deployment(run, template, frame, target, frame.scope).resources(guards)
        for problem in run.problems:
            place = problem.place
            subject = f"{place.path}:{place.line}:{place.column}"
            self.gaps.append(
                Gap(subject=subject, reason=problem.reason, code=problem.code, detail=problem.message)
            )

    def _parts(self, values: dict[str, Any]) -> tuple[tuple[Any, Path], tuple[Any, Path]]:
        """The template and what its parameters are given, each with the way to it."""
        if self.instance.type in KINDS:
            content, parameters_content = KINDS[self.instance.type]
            template = _decoded(values.get(content))
            spec = values.get("template_spec_version_id")
            if template is None and spec is not None:
                template = Unknown(
                    "its template spec is not at hand", text=str(spec) if isinstance(spec, str) else None
                )
            given = _decoded(values.get(parameters_content))
            return (template, (content,)), (given, (parameters_content,))
        body = _decoded(values.get("body"))
        properties = body.get("properties") if isinstance(body, dict) else body
        if not isinstance(properties, dict):
            return (properties, ("body",)), (None, ("body",))
        at: Path = ("body", "properties")
        return (
            (properties.get("template"), (*at, "template")),
            (properties.get("parameters"), (*at, "parameters")),
        )

    def _given(self, run: Run, template: dict[str, Any], given: Any, held: _Held) -> dict[str, Given]:
        if isinstance(given, Unknown):
            names = template.get("parameters")
            return modules.unknown(names, self.instance.address) if isinstance(names, dict) else {}
        return parameters.given(held, run)

    def _target(self, template: dict[str, Any], values: dict[str, Any]) -> Target:
        target = target_of(template)
        group = values.get("resource_group_name")
        if not isinstance(group, (str, Symbol, Text)):
            return target
        return Target(level=target.level, subscription=target.subscription, resource_group=group)

    def _unknown(self, template: Unknown, values: dict[str, Any], at: Path) -> None:
        """Say of a template that is not known that it may make a hub, where its names say so."""
        words = [self.instance.address, values.get("name"), template.text, template.reason]
        if any(remote.may_hold_hubs(word) for word in words if isinstance(word, str)):
            place = self._where(at)
            detail = f"the template of {self.instance.address} may make a hub: {template.reason}"
            subject = f"{place.path}:{place.line}:{place.column}"
            self.gaps.append(Gap(subject=subject, reason="unresolved", code="open-template", detail=detail))

    def _where(self, path: Sequence[str | int]) -> Place:
        return self.state.where(self.instance, path)[0]


class _Held:
    """A value of an instance as a file: each value in it stands where Terraform's own code has it."""

    def __init__(
        self, where: Callable[[Sequence[str | int]], Place], at: Path, value: dict[str, Any]
    ) -> None:
        self.path = where(at).path
        self.value = value
        self.duplicates: Duplicates = {}
        self._where = where
        self._at = at
        self._ways: dict[int, Path] | None = None

    def place(self, container: Any, key: str | int | None = None) -> Place | None:
        """Where a key of one of its objects stands, or an entry of a list, or (None) either itself."""
        if self._ways is None:
            self._ways = dict(_ways(self.value, self._at))
        way = self._ways.get(id(container))
        if way is None:
            return None
        return self._where(way if key is None else (*way, key))

    def place_within(self, container: Any, key: str | int | None, offset: int) -> Place | None:  # noqa: ARG002
        """The place of a text, which stands in for that of a character of it."""
        return self.place(container, key)


def _ways(value: Any, at: Path) -> Iterator[tuple[int, Path]]:
    """The way to each object and list in a value, by its identity."""
    waiting: list[tuple[Any, Path]] = [(value, at)]
    while waiting:
        node, way = waiting.pop()
        yield id(node), way
        entries = node.items() if isinstance(node, dict) else enumerate(node)
        waiting += [(inner, (*way, key)) for key, inner in entries if isinstance(inner, (dict, list))]


def _decoded(value: Any) -> Any:
    """An object that an attribute holds as it is, or as JSON."""
    if isinstance(value, Text):
        return opentext.parsed(value)
    if not isinstance(value, str):
        return value
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        try:
            decoded = Scanner(value).read()
        except BadTemplate as error:
            return Unknown(f"it is not JSON: {error}", text=value[:100])
    return Unknown("it is nested too deep", text=value[:100]) if too_deep(decoded) else decoded


def _name(values: dict[str, Any]) -> Any:
    name = values.get("name")
    if isinstance(name, (str, Symbol, Text)):
        return name
    return Symbol("deployment().name", "the name of the deployment is known only when it is deployed")
