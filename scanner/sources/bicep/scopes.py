"""Lowers what the property ``scope`` of resources and modules says: where they are deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.sources.arm.syntax import Call, Literal, Member, Node
from scanner.sources.bicep import syntax
from scanner.sources.bicep.linker import Linker
from scanner.sources.bicep.names import Names, Target

_GROUP = "microsoft.resources/resourcegroups"
_MANAGEMENT = "/providers/Microsoft.Management/managementGroups/{0}"


def place(
    linker: Linker, raw: dict[str, Any], value: syntax.Expression, names: Names, *, of_module: bool
) -> None:
    """Say in a resource of a template where it is deployed."""
    lowering = linker.lowering
    text = lowering.text(value, names)
    if isinstance(value, syntax.Call) and _is_plain(value):
        arguments = [lowering.node(each, names) for each in value.arguments]
        if _by_function(raw, value, arguments, names, linker, of_module=of_module):
            return
    target = lowering.target(value, names)
    if target is not None:
        _by_symbol(linker, raw, target, value, names)
        return
    unknown = lowering.unknown(f"scope({text})", "the scope is not known", text)
    raw["resourceGroup"] = lowering.leaf(value, unknown, names)


def _is_plain(call: syntax.Call) -> bool:
    return call.base is None or (isinstance(call.base, syntax.Name) and call.base.name in ("az", "sys"))


def _by_function(
    raw: dict[str, Any],
    call: syntax.Call,
    arguments: list[Node],
    names: Names,
    linker: Linker,
    *,
    of_module: bool,
) -> bool:
    """Whether the scope is one of the functions for scopes; then it is said."""
    if call.name not in ("resourceGroup", "subscription", "managementGroup", "tenant"):
        return False

    def leaf(node: Node) -> Any:
        return linker.lowering.leaf(call, node, names)

    if call.name == "resourceGroup":
        if len(arguments) == 2:
            raw["subscriptionId"] = leaf(arguments[0])
        if arguments:
            raw["resourceGroup"] = leaf(arguments[-1])
    elif not of_module:
        raw["scope"] = _scope_id(call, arguments, leaf, linker.lowering.text(call, names))
    elif call.name == "subscription" and arguments:
        raw["subscriptionId"] = leaf(arguments[0])
    return True


def _scope_id(call: syntax.Call, arguments: list[Node], leaf: Callable[[Node], Any], text: str) -> Any:
    """The id of a scope that a resource extends; that of a tenant is a slash."""
    pattern = {"subscription": "/subscriptions/{0}", "managementGroup": _MANAGEMENT}.get(call.name)
    if pattern is not None and arguments:
        return leaf(Call("format", (Literal(pattern, pattern), arguments[0]), text))
    if call.name == "tenant":
        return "/"
    return leaf(Member(Call(call.name.lower(), (), text), Literal("id", "id"), text))


def _by_symbol(
    linker: Linker, raw: dict[str, Any], target: Target, value: syntax.Expression, names: Names
) -> None:
    """The scope is a resource: a resource group to deploy to, or any other to extend."""
    lowering = linker.lowering
    text = lowering.text(value, names)
    info = Call("resourceinfo", (target.symbol,), text)
    declared = target.declaration
    kind = declared.type if isinstance(declared, syntax.Resource) else None
    written = str(kind.value) if isinstance(kind, syntax.Literal) else ""
    if written.partition("@")[0].lower() != _GROUP:
        raw["scope"] = lowering.leaf(value, Member(info, Literal("id", "id"), text), names)
        return
    raw["resourceGroup"] = lowering.leaf(value, Member(info, Literal("name", "name"), text), names)
    for each in target.block.members if target.block is not None else ():
        if isinstance(each, syntax.Property) and each.key == "scope" and isinstance(each.value, syntax.Call):
            inner = each.value
            if inner.name == "subscription" and inner.arguments and target.names.local == {}:
                node = lowering.node(inner.arguments[0], target.names)
                raw["subscriptionId"] = lowering.leaf(inner, node, target.names)
