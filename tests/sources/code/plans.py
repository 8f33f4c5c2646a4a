"""Plans as ``terraform show -json`` writes them, as small as they can be."""

from __future__ import annotations

HUB = "azurerm_ai_foundry"
WORKSPACE = "azurerm_machine_learning_workspace"
RULE = "azurerm_machine_learning_workspace_network_outbound_rule"
STORAGE = "azurerm_storage_account"


def change(
    kind, name, after=None, *, unknown=None, actions=("create",), before=None, module="", key="", **more
):
    """One entry of ``resource_changes``; ``key`` is written as in an address: ``[0]`` or ``["a"]``."""
    prefix = f"{module}." if module else ""
    mode = more.pop("mode", "managed")
    data = "data." if mode == "data" else ""
    entry = {
        "address": f"{prefix}{data}{kind}.{name}{key}",
        "mode": mode,
        "type": kind,
        "name": name,
        "change": {
            "actions": list(actions),
            "before": before,
            "after": after,
            "after_unknown": {"id": True} if unknown is None else unknown,
            "before_sensitive": more.pop("before_sensitive", False),
            "after_sensitive": more.pop("sensitive", {}),
        },
    }
    if module:
        entry["module_address"] = module
    return {**entry, **more}


def to(*references):
    """The expression that refers to something, with the shorter forms that Terraform lists, too."""
    listed = []
    for reference in references:
        listed.append(reference)
        if reference.count(".") > 1 and not reference.startswith("module."):
            listed.append(reference.rpartition(".")[0])
    return {"references": listed}


def block(kind, name, expressions=None, *, mode="managed", **more):
    """One resource of the configuration."""
    data = "data." if mode == "data" else ""
    return {
        "address": f"{data}{kind}.{name}",
        "mode": mode,
        "type": kind,
        "name": name,
        "expressions": expressions or {},
        **more,
    }


def plan(changes, blocks=(), *, calls=None, **more):
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {"resources": list(blocks), "module_calls": calls or {}}},
        **more,
    }


def hub(name="hub", after=None, **more):
    """A hub that is to be made, in approved mode."""
    values = {
        "name": "hub1",
        "resource_group_name": "rg",
        "location": "westeurope",
        "public_network_access": "Disabled",
        "managed_network": [{"isolation_mode": "AllowOnlyApprovedOutbound"}],
        **(after or {}),
    }
    return change(HUB, name, values, **more)


def hub_block(name="hub", **expressions):
    return block(HUB, name, {"managed_network": [{"isolation_mode": {"constant_value": "x"}}], **expressions})


def rule(kind, name, after, **more):
    unknown = {"id": True, "workspace_id": True, **more.pop("unknown", {})}
    return change(f"{RULE}_{kind}", name, {"name": name, **after}, unknown=unknown, **more)


def rule_block(kind, name, target=f"{HUB}.hub.id", **expressions):
    return block(f"{RULE}_{kind}", name, {"workspace_id": to(target), **expressions})
