"""Azure Policy assignments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.functions.documents import described, field, known, peek
from scanner.functions.ids import normal
from scanner.functions.registry import function
from scanner.functions.resources import resource
from scanner.reference import current
from scanner.regexes import regex
from scanner.values import Touched, Unknown

_TABLE = "azure-policies"
_BUILT_IN = "/providers/microsoft.authorization/"
_SET = "/policysetdefinitions/"
_PARAMETER = regex(r"\[?\s*parameters\('([^']{1,128})'\)\s*\]?")
_MOST_TEXTS = 10_000
"""How many texts of a rule are looked at: Azure takes no rule of so many conditions."""


@function("object", "object", returns="array", partials=True)
def assigned_policies(hub: Any, assignment: Any) -> Any:
    """The policy definitions that an Azure Policy assignment brings, those of its initiative included.

    ``definition`` is the last part of a definition's id in lower case, ``reference`` its name within the
    initiative or null, ``effect`` the effect that the assignment gives it in lower case, ``parameters``
    what the assignment sets by name, and ``mentions`` every text in the condition of its rule, in lower
    case, null for built-in ones. Definitions and initiatives are looked up among hub.resources; of the
    built-in ones those are known that the table azure-policies names, and the rest are left out. The
    members of an initiative that is neither are not known, nor is what a definition mentions.

    assigned_policies({}, {"properties": {"parameters": {"effect": {"value": "Deny"}}, "policyDefinitionId":
      "/providers/Microsoft.Authorization/policyDefinitions/e413671a-dd10-4cc1-a943-45b598596cb7"}})
      -> [{"definition": "e413671a-dd10-4cc1-a943-45b598596cb7", "reference": null, "effect": "deny",
      "parameters": {"effect": "Deny"}, "mentions": null}]
    """
    known(hub)
    outer = known(assignment)
    inner = field(outer, "properties") or outer
    name = _text(field(inner, "policyDefinitionId") or field(outer, "definition"), "the definition")
    given = _values(field(inner, "parameters"))
    if "effect" not in given and field(outer, "effect") is not None:
        given = {**given, "effect": field(outer, "effect")}
    members = _members(hub, name, given)
    return [_overridden(member, peek(inner, "overrides")) for member in members]


def _members(hub: dict[str, Any], name: str, given: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """What a definition or an initiative of that id brings under some parameters."""
    last = normal(name).rpartition("/")[2]
    listed = next((entry for entry in _listed("initiatives") if entry.get("id") == last), None)
    if _SET not in normal(name) and listed is None:
        member = _definition(hub, name, None, given)
        return [] if member is None else [member]
    document = _document(hub, name)
    if isinstance(document, dict):
        return list(_of_document(hub, document, given))
    if listed is not None:
        return list(_of_table(listed, given))
    if normal(name).startswith(_BUILT_IN):
        return []
    raise Touched(document if document is not None else Unknown(f"initiative '{last}' was not collected"))


def _of_table(initiative: dict[str, Any], given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for member in initiative["members"]:
        effect = given.get(member.get("effectParameter"), member.get("defaultEffect"))
        values = {} if effect is None else {"effect": effect}
        yield _entry(str(member.get("definition")), member.get("reference"), values, None)


def _of_document(
    hub: dict[str, Any], document: dict[str, Any], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The members of an initiative that was collected, with the values that reach each of them."""
    declared = peek(document, "properties", "parameters")
    defaults = declared if isinstance(declared, dict) else {}
    outer = {name: peek(entry, "defaultValue") for name, entry in defaults.items()} | given
    for member in known(peek(document, "properties", "policyDefinitions")) or ():
        name = _text(peek(member, "policyDefinitionId"), "a definition of the initiative")
        values = {key: _resolved(value, outer) for key, value in _values(peek(member, "parameters")).items()}
        found = _definition(hub, name, peek(member, "policyDefinitionReferenceId"), values)
        if found is not None:
            yield found


def _definition(
    hub: dict[str, Any], name: str, reference: Any, values: dict[str, Any]
) -> dict[str, Any] | None:
    """One definition; None for a built-in one of which nothing is to be said."""
    last = normal(name).rpartition("/")[2]
    if any(entry.get("id") == last for entry in _listed("definitions")):
        return _entry(last, reference, values, None)
    if normal(name).startswith(_BUILT_IN):
        return None
    document = _document(hub, name)
    if not isinstance(document, dict):
        lack = document if document is not None else Unknown(f"definition '{last}' was not collected")
        return _entry(last, reference, {"effect": lack} | values, lack)
    declared = peek(document, "properties", "parameters", "effect", "defaultValue")
    condition = peek(document, "properties", "policyRule", "if")
    effect = peek(document, "properties", "policyRule", "then", "effect")
    fixed = _resolved(effect, {"effect": declared} | values)
    if not isinstance(condition, dict) or fixed is None:
        lack = Unknown(f"definition '{last}' shows no rule")
        return _entry(last, reference, {"effect": lack} | values, lack)
    return _entry(last, reference, {"effect": fixed} | values, _texts(condition))


def _entry(definition: str, reference: Any, values: dict[str, Any], mentions: Any) -> dict[str, Any]:
    effect = values.get("effect")
    if effect is None:
        entries = (entry for entry in _listed("definitions") if entry.get("id") == definition)
        effect = next((entry.get("defaultEffect") for entry in entries), None)
    return {
        "definition": definition,
        "reference": reference,
        "effect": _effect(effect),
        "parameters": values,
        "mentions": mentions,
    }


def _effect(value: Any) -> Any:
    """An effect in lower case, an Unknown where it is no text."""
    if isinstance(value, str):
        return value.lower()
    return value if isinstance(value, Unknown) else Unknown(f"the effect is {described(value)}")


def _overridden(member: dict[str, Any], overrides: Any) -> dict[str, Any]:
    """A definition with the effect that the assignment's overrides give it."""
    try:
        for override in known(overrides) if isinstance(overrides, (list, Unknown)) else ():
            if known(peek(override, "kind")) == "policyEffect" and _selects(override, member):
                return {**member, "effect": _effect(peek(override, "value"))}
    except Touched as touched:
        return {**member, "effect": Unknown(touched.unknown.reason)}
    return member


def _selects(override: Any, member: dict[str, Any]) -> bool:
    """Whether an override is for a definition.  Touched where only the resource that it judges could tell."""
    selectors = known(peek(override, "selectors"))
    for selector in selectors if isinstance(selectors, list) else ():
        kind = known(peek(selector, "kind"))
        if kind != "policyDefinitionReferenceId":
            raise Touched(
                Unknown(f"an override selects by {kind if isinstance(kind, str) else described(kind)}")
            )
        chosen, left_out = known(peek(selector, "in")), known(peek(selector, "notIn"))
        if isinstance(chosen, list) and not _has(chosen, member["reference"]):
            return False
        if isinstance(left_out, list) and _has(left_out, member["reference"]):
            return False
    return True


def _has(names: list[Any], reference: Any) -> bool:
    if isinstance(known(reference), str) and any(type(name) is str and name == reference for name in names):
        return True
    for name in names:
        known(name)
    return False


def _listed(key: str) -> list[dict[str, Any]]:
    """The entries of the table that are whole."""
    entries = current().table(_TABLE).get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _document(hub: dict[str, Any], name: str) -> Any:
    """The document of a definition or initiative: null where there is none, an Unknown if it is not known."""
    try:
        return resource(hub, name)
    except Touched as touched:
        return touched.unknown


def _values(parameters: Any) -> dict[str, Any]:
    """The values of parameters by name, whether each stands in an object of its own or not."""
    if known(parameters) is None:
        return {}
    if not isinstance(parameters, dict):
        raise Touched(Unknown(f"the parameters of an assignment are {described(parameters)}, not an object"))
    return {
        name: entry.get("value") if isinstance(entry, dict) and "value" in entry else entry
        for name, entry in parameters.items()
    }


def _resolved(value: Any, outer: dict[str, Any]) -> Any:
    """A value of an initiative's member, in which a parameter of the initiative stands for its value."""
    text = value.text if isinstance(value, Unknown) else value
    match = _PARAMETER.fullmatch(text.strip()) if isinstance(text, str) else None
    return outer.get(match[1]) if match else value


def _text(value: Any, what: str) -> str:
    if not isinstance(known(value), str):
        raise Touched(Unknown(f"{what} is {'missing' if value is None else described(value)}"))
    return str(value)


def _texts(condition: Any) -> Any:
    """Every text in the condition of a rule, in lower case; an Unknown where a part of it is not known."""
    found: list[str] = []
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, Unknown) and node.text is None:
            return node
        else:
            text = node.text if isinstance(node, Unknown) else node
            found.extend([text.lower()] if isinstance(text, str) else [])
        if len(found) > _MOST_TEXTS:
            return Unknown(f"the condition of a rule has more than {_MOST_TEXTS} texts")
    return sorted(found)
