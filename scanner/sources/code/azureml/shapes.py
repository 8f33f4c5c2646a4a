"""Tells what a YAML document is: by its schema, else by the keys that only such a file has."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Any

from scanner.sources.code.azureml.tables import COMPUTES
from scanner.sources.code.azureml.tokens import filled
from scanner.sources.code.azureml.words import CATEGORIES
from scanner.sources.documents.spelling import KINDS, RULE_TYPES, folded
from scanner.values import Unknown

_SCHEMA = re.compile(r"azureml(?:schemas|sdk)?[^\s]*/(\w+)\.schema\.json", re.IGNORECASE)
_HINT = re.compile(
    rb"azuremlschemas|managed[_-]?network|isolation[_-]?mode|outbound[_-]?rules|private[_-]?endpoint"
    rb"|service[_-]?tag|(?:^|\s)['\"]?(?:kind|type)['\"]?:\s*['\"]?(?:hub|project|fqdn)\b|hub_?id|hub_?resource_?id"
    rb"|(?:azure_)?endpoint:|azure_(?:open_ai|ai_\w+|blob)|auth_?mode:|endpoint_?name:"
    rb"|type['\"]?:\s*['\"]?(?:aml_?compute|compute_?instance|kubernetes|synapse_?spark|virtual_?machine)\b",
    re.IGNORECASE,
)

_WORKSPACES = {"workspace": None, "hub": "Hub", "project": "Project", "featurestore": "FeatureStore"}
_CONNECTION = "connection"
"""How the names of the schemas of connections end."""
_RULES = frozenset({"outboundrule", "workspaceoutboundrule"})
_MEMBERS = re.compile(
    r"(?P<compute>amlcompute|computeinstance|kubernetescompute|synapsesparkcompute|vmcompute)"
    r"|(?:managed|kubernetes)?online(?:(?P<endpoint>endpoint)|(?P<deployment>deployment))"
)
_MANAGED = frozenset({"amlcompute", "computeinstance"})
_SIGNS_IN = frozenset({"key", "amltoken", "aadtoken"})
_OF_A_DEPLOYMENT = frozenset(
    ("instancetype", "instancecount", "egresspublicnetworkaccess", "livenessprobe", "scalesettings")
)
_OF_A_CONNECTION = frozenset({"credentials", "apikey", "isshared", "resourceid", "aiservicesresourceid"})


class Shape(Enum):
    """What a document declares."""

    WORKSPACE = auto()
    RULE = auto()
    RULES = auto()
    CONNECTION = auto()
    COMPUTE = auto()
    ENDPOINT = auto()
    DEPLOYMENT = auto()


def may_be_ours(text: bytes) -> bool:
    """Whether a text says anything that a file of Azure ML for networks says: cheap, and never too strict."""
    return _HINT.search(text) is not None


def schema(data: Any) -> str | None:
    """The name of the Azure ML schema that a document states, folded; None for none of those."""
    stated = data.get("$schema") if isinstance(data, dict) else None
    match = _SCHEMA.search(stated) if isinstance(stated, str) else None
    return folded(match[1]) if match else None


def stated_kind(data: dict[str, Any]) -> str | None:
    """The kind that a document's schema tells."""
    return _WORKSPACES.get(schema(data) or "")


def shape(data: Any) -> Shape | None:
    """What a document is, None where it is none of ours."""
    stated = schema(data)
    if stated is not None:
        if stated in _WORKSPACES:
            return Shape.WORKSPACE
        if stated.endswith(_CONNECTION):
            return Shape.CONNECTION
        return Shape.RULE if stated in _RULES else _member(stated) or _of_unknown_schema(data)
    if isinstance(data, list):
        return Shape.RULES if data and all(_is_rule(entry) for entry in data) else None
    return _by_keys(data) if isinstance(data, dict) else None


def _of_unknown_schema(data: dict[str, Any]) -> Shape | None:
    """What a document of a schema that is not known here is: a workspace, where it has its network."""
    return Shape.WORKSPACE if any(folded(key) == "managednetwork" for key in data) else None


def _by_keys(data: dict[str, Any]) -> Shape | None:
    keys = {folded(key) for key in data}
    if "managednetwork" in keys or "isolationmode" in keys:
        return Shape.WORKSPACE if not _is_foreign(keys) else None
    kind = _text(data.get("kind"))
    if "name" in keys and not _is_foreign(keys):
        if folded(kind) in ("hub", "project") or keys & {"hubid", "hubresourceid"}:
            return Shape.WORKSPACE
        if _is_rule(data):
            return Shape.RULE
        if _is_connection(data, keys):
            return Shape.CONNECTION
        if found := _member_by_keys(data, keys):
            return found
    if "outboundrules" in keys and not _is_foreign(keys):
        rules = next(value for key, value in data.items() if folded(key) == "outboundrules")
        members = rules.values() if isinstance(rules, dict) else rules if isinstance(rules, list) else ()
        return Shape.RULES if any(_is_rule(entry, named=False) for entry in members) else None
    return None


def _member(stated: str) -> Shape | None:
    """What belongs to a workspace, by the name of its schema."""
    match = _MEMBERS.fullmatch(stated)
    if match is None:
        return None
    if match["compute"]:
        return Shape.COMPUTE
    return Shape.ENDPOINT if match["endpoint"] else Shape.DEPLOYMENT


def _member_by_keys(data: dict[str, Any], keys: set[str]) -> Shape | None:
    """The same where no schema is stated."""
    own = {folded(key): value for key, value in data.items()}
    kind = folded(_text(own.get("type")))
    if kind in _MANAGED or (kind in COMPUTES and "resourceid" in keys):
        return Shape.COMPUTE
    if "endpointname" in keys:
        return Shape.DEPLOYMENT if keys & _OF_A_DEPLOYMENT else None
    return Shape.ENDPOINT if folded(_text(own.get("authmode"))) in _SIGNS_IN else None


def _is_foreign(keys: set[str]) -> bool:
    """Whether a document is one of Kubernetes, of a pipeline or of Ansible, whatever words it uses."""
    return bool(keys & {"apiversion", "jobs", "steps", "stages", "services", "on"})


def _is_rule(entry: Any, *, named: bool = True) -> bool:
    if not isinstance(entry, dict):
        return False
    keys = {folded(key) for key in entry}
    has_type = folded(_text(entry.get("type"))) in RULE_TYPES
    return has_type and "destination" in keys and ("name" in keys or not named)


def _is_connection(data: dict[str, Any], keys: set[str]) -> bool:
    """Whether a document is a connection; of one whose category is to be filled in more is asked."""
    category = _text(data.get("type", data.get("category")))
    is_one = folded(category) in CATEGORIES or (
        bool(keys & _OF_A_CONNECTION) and isinstance(filled(category, None), Unknown)
    )
    return is_one and bool(keys & {"target", "endpoint", "azureendpoint", "url"})


def kind_of(data: dict[str, Any]) -> str | None:
    """The kind of a workspace as its document tells: its own word, its schema, or the hub that it names."""
    own = _text(data.get("kind"))
    if own:
        return KINDS.get(folded(own), own)
    told = stated_kind(data)
    if told is None and any(folded(key) in ("hubid", "hubresourceid") and data[key] for key in data):
        return "Project"
    return told


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
