"""Turns what Azure ML YAML says into what ARM says, value by value, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Place
from scanner.places import Places
from scanner.sources.code.azureml import shapes, words
from scanner.sources.code.azureml.tables import DROPPED, Table, path_of
from scanner.sources.code.azureml.tokens import filled
from scanner.sources.code.yaml_stream import Document
from scanner.sources.documents.members import RULES
from scanner.sources.documents.spelling import canonical, folded
from scanner.sources.files.json_text import noun
from scanner.values import Unknown

_OPAQUE = frozenset({"tags", "metadata", "userAssignedIdentities"})
"""Objects whose keys are names that people gave."""


@dataclass(slots=True)
class Translator:
    """Translates one document of a stream; places go with the values."""

    source: Document

    def workspace(self) -> dict[str, Any]:
        """The workspace: its envelope, its ``properties``, and its network with the rules as a list."""
        data = self.source.data
        document: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        document["properties"] = properties
        self._mark(document, None, self.source.place)
        self._mark(document, "properties", self.source.place)
        self._mark(properties, None, self.source.place)
        for key, value in data.items():
            name = folded(key)
            if name in words.ENVELOPE:
                self._put(document, words.ENVELOPE[name], data, key)
            elif name == "managednetwork":
                self._carry(properties, "managedNetwork", data, key, self._network(data, key))
            elif name in words.WORKSPACE:
                self._put(properties, words.WORKSPACE[name], data, key)
            elif key not in ("$schema", "type") and not isinstance(value, Unknown):
                self._put(properties, words.camel(key), data, key)
        self._stray(properties, data)
        if not isinstance(document.get("kind"), Unknown) and (kind := shapes.kind_of(data)) is not None:
            document["kind"] = kind
        return document

    def rules(self, holder: Any, key: str | int | None = None) -> list[dict[str, Any]] | Unknown:
        """The rules in a list or a map, as a list; those of a name that stands twice are all there."""
        given = holder if key is None else holder[key]
        if given is None:
            return []
        rules: list[dict[str, Any]] = []
        if isinstance(given, list):
            self._place_of(rules, given)
            for index, entry in enumerate(given):
                rules.append(self._rule(entry, given, index))
        elif isinstance(given, dict):
            self._place_of(rules, given)
            for name, entry, place in self._entries(given):
                rules.append(self._named_rule(name, entry, place))
        else:
            return given if isinstance(given, Unknown) else Unknown(f"{RULES} is {noun(given)}, not a list")
        for index, rule in enumerate(rules):
            self._mark(rules, index, self.places.of(rule))
        return rules

    def connection(self) -> dict[str, Any]:
        """A connection; what it signs in with stays behind."""
        data = self.source.data
        properties: dict[str, Any] = {}
        document = {"name": data.get("name"), "properties": properties}
        self._mark(document, None, self.source.place)
        self._mark(properties, None, self.source.place)
        for key, value in data.items():
            name = folded(key)
            if name == "name":
                self._carry(document, "name", data, key, value)
            elif name in words.CONNECTION:
                target = words.CONNECTION[name]
                self._put(properties, target, data, key)
                if target == "category" and isinstance(properties[target], str):
                    properties[target] = canonical(properties[target], words.CATEGORIES)
            elif name in ("resourceid", "aiservicesresourceid") and isinstance(value, (str, Unknown)):
                metadata = properties.setdefault("metadata", {})
                if isinstance(metadata, dict):
                    self._carry(metadata, "ResourceId", data, key, self._plain(value, data, key))
        return document

    def rule(self) -> dict[str, Any]:
        """The one rule that the document is."""
        return self._rule(self.source.data, None, None)

    def member(self, table: Table, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """A compute, an online endpoint or a deployment; ``fixed`` are properties that its kind tells."""
        data = self.source.data
        document: dict[str, Any] = {"properties": dict(fixed)}
        self._mark(document, None, self.source.place)
        self._mark(document["properties"], None, self.source.place)
        for key, value in data.items():
            name = folded(key)
            if name in DROPPED:
                continue
            path, convert = path_of(table, key, name)
            target = document
            for step in path[:-1]:
                inner = target.setdefault(step, {})
                self._mark(inner, None, self.places.of(inner) or self.source.place)
                target = inner
            kept = self._copied(value, data, key, opaque=name == "tags")
            made = convert(kept)
            self._carry(target, path[-1], data, key, made)
            if isinstance(made, dict) and made is not kept:
                self._mark(made, None, self.places.of(kept))
                for inner in made:
                    self._mark(made, inner, self._place_inside(kept, made[inner]))
        return document

    def _place_inside(self, kept: dict[str, Any], value: Any) -> Place | None:
        """Where the part of an object stands that a value was made of."""
        own = (key for key, part in kept.items() if isinstance(part, str) and str(value).endswith(part))
        return self.places.of(kept, next(own, None))

    def _network(self, data: dict[str, Any], key: str) -> Any:
        given = data[key]
        if not isinstance(given, dict):
            return given if given is None or isinstance(given, Unknown) else self._odd(key, given, data)
        network: dict[str, Any] = {}
        self._place_of(network, given)
        for inner in given:
            name = words.NETWORK.get(folded(inner)) or words.camel(inner)
            if name == RULES:
                self._carry(network, name, given, inner, self.rules(given, inner))
            else:
                self._put(network, name, given, inner)
        return network

    def _stray(self, properties: dict[str, Any], data: dict[str, Any]) -> None:
        """Say that a mode which stands beside the network, not in it, is no mode of the network."""
        stray = next((key for key in data if folded(key) in ("isolationmode", "outboundrules")), None)
        if stray is not None and not isinstance(properties.get("managedNetwork"), dict):
            place = self.places.of(data, stray)
            properties["managedNetwork"] = Unknown(
                f"'{stray}' stands outside managed_network: the indentation is lost", place=place
            )
            self._mark(properties, "managedNetwork", place)

    def _entries(self, given: dict[str, Any]) -> Iterator[tuple[str, Any, Place | None]]:
        for name, entry in given.items():
            twice = self.source.duplicates.get((id(given), name))
            if twice:
                yield from ((name, one.value, one.place) for one in twice)
            else:
                yield name, entry, self.places.of(given, name)

    def _named_rule(self, name: str, entry: Any, place: Place | None) -> dict[str, Any]:
        rule = self._rule(entry, None, None)
        rule["name"] = name
        self._mark(rule, "name", place)
        self._mark(rule, None, place)
        return rule

    def _rule(self, entry: Any, holder: Any, index: int | None) -> dict[str, Any]:
        if not isinstance(entry, dict):
            what = (
                entry if isinstance(entry, Unknown) else Unknown(f"the rule is {noun(entry)}, not an object")
            )
            rule: dict[str, Any] = {"name": f"{RULES}[{index}]", "properties": what}
            self._mark(rule, None, self.places.of(holder, index))
            return rule
        properties: dict[str, Any] = {}
        rule = {"properties": properties}
        self._place_of(rule, entry)
        self._place_of(properties, entry)
        for key in entry:
            name = folded(key)
            if name in ("id", "name"):
                self._put(rule, name, entry, key)
            elif name == "destination":
                self._carry(properties, name, entry, key, self._destination(entry, key))
            else:
                self._put(properties, words.RULE.get(name) or words.camel(key), entry, key)
        return rule

    def _destination(self, entry: dict[str, Any], key: str) -> Any:
        given = entry[key]
        if not isinstance(given, dict):
            return self._plain(given, entry, key)
        destination: dict[str, Any] = {}
        self._place_of(destination, given)
        for inner, value in given.items():
            name = words.DESTINATION.get(folded(inner)) or words.camel(inner)
            self._put(destination, name, given, inner)
            if name == "portRanges" and isinstance(value, list):
                destination[name] = self._joined(value, given, inner)
            elif name == "sparkEnabled" and isinstance(value, str) and value.lower() in ("true", "false"):
                destination[name] = value.lower() == "true"
        return destination

    def _put(self, target: dict[str, Any], name: str, holder: dict[str, Any], key: str) -> None:
        self._carry(target, name, holder, key, self._translated(name, holder, key))

    def _translated(self, name: str, holder: dict[str, Any], key: str) -> Any:
        value = holder[key]
        if isinstance(value, str) and name in words.SPELLED:
            return self._spelled(name, holder, key)
        if name == "identity" and isinstance(value, dict):
            return self._identity(value)
        renamed = words.SERVERLESS if name == "serverlessComputeSettings" else {}
        return self._copied(value, holder, key, opaque=name in _OPAQUE, renamed=renamed)

    def _spelled(self, name: str, holder: dict[str, Any], key: str) -> Any:
        """A value that ARM spells in one way."""
        return words.spelled(self._plain(holder[key], holder, key), words.SPELLED[name])

    def _joined(self, ports: list[Any], holder: dict[str, Any], key: str) -> Any:
        """A list of ports as one text."""
        unknown = next((port for port in ports if isinstance(port, Unknown)), None)
        return unknown if unknown is not None else self._plain(",".join(map(str, ports)), holder, key)

    def _identity(self, value: dict[str, Any]) -> dict[str, Any]:
        identity: dict[str, Any] = self._copied(value, None, None)
        kind = identity.get("type")
        if isinstance(kind, str):
            identity["type"] = ",".join(_pascal(word) for word in kind.split(","))
        return identity

    def _copied(
        self,
        value: Any,
        holder: Any,
        key: str | int | None,
        *,
        opaque: bool = False,
        renamed: Mapping[str, str] | None = None,
    ) -> Any:
        if isinstance(value, list):
            copied: Any = []
            self._place_of(copied, value)
            for index, entry in enumerate(value):
                copied.append(self._copied(entry, value, index, opaque=opaque))
                self._same_place(copied, index, value, index)
            return copied
        if not isinstance(value, dict):
            return self._plain(value, holder, key)
        result: dict[str, Any] = {}
        self._place_of(result, value)
        for inner in value:
            name = inner if opaque else (renamed or {}).get(folded(inner)) or words.camel(inner)
            if name in words.SPELLED and isinstance(value[inner], str):
                result[name] = self._spelled(name, value, inner)
            else:
                result[name] = self._copied(value[inner], value, inner, opaque=name in _OPAQUE)
            self._same_place(result, name, value, inner)
        return result

    def _plain(self, value: Any, holder: Any, key: str | int | None) -> Any:
        return filled(value, self.places.of(holder, key)) if isinstance(value, str) else value

    def _odd(self, key: str, value: Any, holder: Any) -> Unknown:
        return Unknown(f"{key} is {noun(value)}, not an object", place=self.places.of(holder, key))

    def _carry(self, target: dict[str, Any], name: str, holder: Any, key: str | int, value: Any) -> None:
        target[name] = value
        self._same_place(target, name, holder, key)

    def _same_place(self, target: Any, name: str | int, holder: Any, key: str | int) -> None:
        self._mark(target, name, self.places.of(holder, key))

    def _place_of(self, target: Any, holder: Any) -> None:
        self._mark(target, None, self.places.of(holder))

    def _mark(self, target: Any, key: str | int | None, place: Place | None) -> None:
        if place is not None:
            self.places.mark(target, key, place)

    @property
    def places(self) -> Places:
        """Where the values of the translation stand: kept with those of the document itself."""
        return self.source.places


def _pascal(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in word.strip().split("_"))
