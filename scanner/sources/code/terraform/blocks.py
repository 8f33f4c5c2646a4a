"""The values of one declared instance, in the shape in which a plan has them."""

from __future__ import annotations

from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.openness import needed
from scanner.sources.arm.settle import Used, settled, shown, unsure
from scanner.sources.code.symbols import Symbol
from scanner.sources.code.terraform import azurerm, heredocs, templates
from scanner.sources.code.terraform.declared import AZAPI
from scanner.sources.code.terraform.folder import made_kind
from scanner.sources.code.terraform.instance import Instanced
from scanner.sources.documents.members import RULES
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.scope import Env
from scanner.sources.hcl.syntax import Attribute, Block, Body, Literal, Node, Template
from scanner.sources.hcl.values import Encoded, Json, iterated
from scanner.values import Touched, Unknown

META = frozenset(
    {"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts"}
)
"""What Terraform itself reads of a block."""

_LONGEST = 200


def values_of(instance: Instanced) -> dict[str, Any]:
    """The values of an instance: its attributes, and its inner blocks as lists of objects."""
    return _Reader(instance).body(instance.block.body, instance.env)


class _Reader:
    def __init__(self, instance: Instanced) -> None:
        self._spots = instance.env.run.spots
        self._run = instance.env.run
        self._json = instance.address[1] in AZAPI or instance.address[1] in templates.KINDS
        self._kind = instance.address[1]
        self._blocks = _block_names(instance.address[1])

    def body(self, body: Body, env: Env) -> dict[str, Any]:
        """The values of a body, each with its spot."""
        values: dict[str, Any] = {}
        for name, attribute in body.attributes.items():
            if name not in META:
                within = env.within(attribute.source)
                value = self._attribute(attribute, within)
                values[name] = [value] if name in self._blocks and isinstance(value, dict) else value
                self._spots.mark(values, name, within, attribute.at, attribute.value)
        for kind in dict.fromkeys(map(made_kind, body.blocks)):
            if kind not in META:
                self._inner(kind, [block for block in body.blocks if made_kind(block) == kind], env, values)
        return values

    def _attribute(self, attribute: Attribute, env: Env) -> Any:
        text = self._text(attribute.value, env)
        try:
            value = evaluate(attribute.value, env)
        except (Failure, Touched) as failure:
            return Unknown(str(failure), text=text, place=env.source.place(attribute.value.at))
        except RecursionError:
            return Unknown("it is nested too deep", text=text)
        if azurerm.needs(self._kind, attribute.name):
            value = needed(value)
        if self._json and isinstance(value, (Json, Encoded)):
            value = value.value
        if self._json:
            value = heredocs.read(value, attribute.value, env, self._spots)
        return self._plain(value, attribute.name, Used(text, env.source.place(attribute.value.at)))

    def _inner(self, kind: str, blocks: list[Block], env: Env, values: dict[str, Any]) -> None:
        """The inner blocks of a kind, those among them that ``dynamic`` makes."""
        made: list[Any] = []
        for block in blocks:
            env = env.within(block.source)
            self._spots.mark(values, kind, env, block.at, Literal(None, block.at, block.at))
            if block.kind != "dynamic" or not block.labels:
                self._add(made, block, env)
                continue
            unknown = self._dynamic(made, block, env)
            if unknown is not None:
                values[kind] = unknown
                return
        values[kind] = made

    def _add(self, made: list[Any], block: Block, env: Env) -> None:
        self._spots.mark(made, len(made), env, block.at, Literal(None, block.at, block.at))
        made.append(self.body(block.body, env))

    def _dynamic(self, made: list[Any], block: Block, env: Env) -> Unknown | None:
        """The blocks that one ``dynamic`` makes; what is not known where it is open how many."""
        attributes = block.body.attributes
        contents = block.body.blocks_of("content")
        text = f"dynamic {block.labels[0]}"
        if "for_each" not in attributes or not contents:
            return Unknown(f"a dynamic block '{block.labels[0]}' without for_each or content", text=text)
        try:
            collection = evaluate(attributes["for_each"].value, env)
        except (Failure, Touched) as failure:
            return Unknown(str(failure), text=text, place=env.source.place(block.at))
        members = iterated(collection)
        reason = collection.reason if isinstance(collection, Unknown) else "for_each goes over no list"
        # One that may not be there is known to the leaves; of more, nobody knows how many there are.
        if members is None or not (len(members) == 1 or all(sure for _, _, sure in members)):
            return Symbol(f"{env.names.key}{text}", f"it is not known whether it is set: {reason}", text=text)
        iterator = attributes.get("iterator")
        name = getattr(iterator.value, "name", block.labels[0]) if iterator else block.labels[0]
        for key, value, sure in members:
            inner = env.inside({name: {"key": key, "value": value}}, {name: (collection, key)})
            self._add(made, contents[0], inner)
            if not sure:
                used = Used(text, env.source.place(block.at))
                made[-1] = unsure(made[-1], reason, used, self._spots.copied, self._run.spend)
        return None

    def _plain(self, value: Any, key: Any, used: Used) -> Any:
        """A value fit for a document: what is open in it carries the words that stand for it, and where."""
        if isinstance(value, Unknown):
            return settled(value, key, used, self._spots.copied, self._run.spend)
        if isinstance(value, dict):
            rules = isinstance(key, str) and key.lower() == RULES.lower()
            if rules and id(value) in self._run.twins:
                return self._twins(value, used)
            made: Any = {
                name if rules else str(name): self._plain(inner, name, self._used_at(value, name, used))
                for name, inner in value.items()
            }
        elif isinstance(value, list):
            made = [
                self._plain(inner, None, self._used_at(value, index, used))
                for index, inner in enumerate(value)
            ]
        else:
            return str(value) if isinstance(value, Json) else value
        self._run.spend()
        self._spots.copied(made, value)
        return made

    def _twins(self, value: dict[str, Any], used: Used) -> list[Any]:
        """A map of rules with two of one name: a list of them all, so that somebody sees both."""
        listed: list[Any] = []
        for name, inner, spot in self._run.twins[id(value)]:
            rule = {"name": name, "properties": self._plain(inner, name, used)}
            self._spots.mark(rule, "name", spot.env, spot.at, spot.node)
            self._spots.mark(listed, len(listed), spot.env, spot.at, spot.node)
            listed.append(rule)
        return listed

    def _used_at(self, holder: Any, key: Any, otherwise: Used) -> Used:
        spot = self._spots.of(holder, key)
        if spot is None:
            return otherwise
        return Used(self._text(spot.node, spot.env), spot.env.source.place(spot.node.at))

    def _text(self, node: Node, env: Env) -> str:
        """The words of an expression, on one line."""
        words = " ".join(env.source.text[node.at : node.end].split())
        if isinstance(node, Template) and words.startswith('"'):
            words = words[1:-1]
        return shown(words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…")


def _block_names(kind: str) -> frozenset[str]:
    """The inner blocks of a type of the provider that are read, which may be written as attributes."""
    known = azurerm.kind_of(kind)
    paths = [row[0].split(".") for row in known.rows] if known else []
    return frozenset(path[0] for path in paths if len(path) > 1 and path[1].isdigit())
