"""Reads files of Azure ML YAML into resources.

Rules, connections, computes and endpoints in files of their own do not say whose they are
(`scanner.sources.code.azureml.homes`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.model import Gap, SourceNote
from scanner.sources.code.azureml import shapes
from scanner.sources.code.azureml.homes import at_home, endpoints_of
from scanner.sources.code.azureml.shapes import Shape, may_be_ours, shape
from scanner.sources.code.azureml.tables import CLUSTER, COMPUTES, ENDPOINT, INSTANCE
from scanner.sources.code.azureml.workspace import Translator
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import RESOURCE_GROUP, SUBSCRIPTION, Symbol, hole, written
from scanner.sources.code.yaml_stream import BadYAML, Document, documents
from scanner.sources.documents.spelling import folded
from scanner.sources.files.content import Content
from scanner.sources.parts import SYNTAX, TRUNCATED, Part
from scanner.values import Unknown

LARGEST = 8 << 20
"""Bytes of the largest file that is read: people write these by hand."""

_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
_ENDINGS = (".yml", ".yaml")
_LOOKS_OURS = (b"managed_network", b"managedNetwork", b"azuremlschemas", b"outbound_rules")


@dataclass(slots=True)
class AzureML:
    """Gathers the resources of all files; what belongs to whom is known when every file was read."""

    declare: Callable[[Resource], None]
    kind: str = "azureml"
    _found: list[Resource] = field(default_factory=list)
    _paths: list[str] = field(default_factory=list)
    _hubs_of: dict[str, int] = field(default_factory=dict)

    def recognises(self, content: Content) -> bool:
        """Whether a file holds a document of ours, or was meant to."""
        if not content.path.lower().endswith(_ENDINGS):
            return False
        data = content.read(LARGEST)
        if data is None:
            return may_be_ours(content.head)
        if not may_be_ours(data):
            return False
        try:
            return any(shape(document.data) for document in documents(data, content.path))
        except BadYAML:
            return any(word in data for word in _LOOKS_OURS)

    def read(self, content: Content) -> Iterator[Part]:
        """Keep what is in a file; what cannot be understood comes at once, as a gap."""
        self._paths.append(content.path)
        data = content.read(LARGEST)
        if data is None:
            yield _gap(content.path, "too-large", f"larger than {LARGEST >> 20} MiB")
            return
        if content.damage:
            yield _gap(content.path, TRUNCATED, content.damage)
        try:
            for document in documents(data, content.path):
                self._keep(document, content.path)
        except BadYAML as error:
            where = f"{content.path}:{error.place.line}:{error.place.column}"
            yield _gap(where, SYNTAX, str(error))

    def finish(self) -> Iterator[Part]:
        """Hand over the resources, and say what each file held."""
        homes: dict[str, list[Resource]] = {}
        for resource in self._found:
            if resource.type == _WORKSPACE and written(resource.document.get("kind")) != "Project":
                path = resource.deployment
                for place in (path, posixpath.dirname(path) + "/"):
                    homes.setdefault(place, []).append(resource)
        for resource in (*self._found, *endpoints_of(self._found)):
            for one in (resource,) if resource.type == _WORKSPACE else at_home(resource, homes):
                self.declare(one)
        for path in self._paths:
            yield SourceNote(kind=self.kind, path=path, hubs=self._hubs_of.get(path, 0))

    def _keep(self, document: Document, path: str) -> None:
        what = shape(document.data)
        translator = Translator(document)
        if what is Shape.WORKSPACE:
            self._found.append(_workspace(translator, path))
            self._hubs_of[path] = self._hubs_of.get(path, 0) + 1
        elif what is Shape.RULE:
            self._found.append(_child(translator, translator.rule(), "outboundRules", path))
        elif what is Shape.RULES:
            self._keep_rules(translator, path)
        elif what is Shape.CONNECTION:
            self._found.append(_child(translator, translator.connection(), "connections", path))
        elif what is not None:
            self._found.append(_member(translator, what, path))

    def _keep_rules(self, translator: Translator, path: str) -> None:
        data = translator.source.data
        key = None
        if isinstance(data, dict):
            key = next(key for key in data if key.lower().replace("_", "") == "outboundrules")
        rules = translator.rules(data, key)
        for rule in rules if isinstance(rules, list) else ():
            self._found.append(_child(translator, rule, "outboundRules", path))


def _member(translator: Translator, what: Shape, path: str) -> Resource:
    """A compute, an online endpoint, or a deployment: that one is called by its endpoint, too."""
    data: dict[str, Any] = translator.source.data
    stated = shapes.schema(data) or ""
    if what is Shape.COMPUTE:
        own = folded(str(data.get("type") or stated.removesuffix("compute") or stated))
        fixed = {"computeType": COMPUTES.get(own) or COMPUTES.get(stated, "VirtualMachine")}
        table = INSTANCE if fixed["computeType"] == "ComputeInstance" else CLUSTER
        return _child(translator, translator.member(table, fixed), "computes", path)
    managed = "Kubernetes" if "kubernetes" in stated else "Managed"
    if what is Shape.ENDPOINT:
        return _child(translator, translator.member(ENDPOINT, {}), "onlineEndpoints", path)
    document = translator.member(ENDPOINT, {"endpointComputeType": managed})
    endpoint = document["properties"].get("endpointName")
    child = _child(translator, document, "onlineEndpoints/deployments", path)
    if not (isinstance(endpoint, str) and isinstance(child.name, str)):
        return child
    return replace(child, name=f"{endpoint}/{child.name}")


def _workspace(translator: Translator, path: str) -> Resource:
    document = translator.workspace()
    source = translator.source
    name: Any = document.get("name")
    if not isinstance(name, str) or not name.strip():
        file = posixpath.basename(path)
        key = f"{file} {source.index + 1}" if source.index else file
        reason = name.reason if isinstance(name, Unknown) else "the file does not name its workspace"
        text = name.text if isinstance(name, Unknown) else None
        name = Symbol(key, reason, text=text, place=source.place)
    identifier = document.get("id")
    if not (isinstance(identifier, str) and identifier.startswith("/")):
        segment = written(name) or ""
        if "/" in segment:
            segment = hole(segment)
        group = document.get("resourceGroup")
        group = group if isinstance(group, str) else hole(RESOURCE_GROUP)
        identifier = (
            f"/subscriptions/{hole(SUBSCRIPTION)}/resourceGroups/{group}/providers/{_WORKSPACE}/{segment}"
        )
    return Resource(
        type=_WORKSPACE,
        name=name,
        id=identifier,
        document=document,
        places=translator.places,
        place=source.place,
        deployment=path,
    )


def _child(translator: Translator, document: dict[str, Any], collection: str, path: str) -> Resource:
    return Resource(
        type=f"{_WORKSPACE}/{collection}",
        name=document.get("name"),
        id=None,
        document=document,
        places=translator.places,
        place=translator.places.of(document) or translator.source.place,
        deployment=path,
    )


def _gap(subject: str, code: str, detail: str) -> Gap:
    return Gap(subject=subject, reason="failed", code=code, detail=detail)
