"""What an ``azapi_resource_action`` does to the resource that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.sources.code.terraform.plan import Instance
from scanner.values import Unknown

KIND = "azapi_resource_action"

_PROVISIONING = "provisionmanagednetwork"
_OPEN = "?"


def provisions(instance: Instance, values: Mapping[str, Any]) -> bool:
    """Whether an action provisions the managed network of a workspace, as the flag on it would."""
    method, action, when = _told(values)
    is_made = instance.type == KIND and instance.mode != "data" and when != "destroy"
    return is_made and str(action).lower() == _PROVISIONING and str(method or "POST").upper() == "POST"


def writes(instance: Instance, values: Mapping[str, Any]) -> bool | None:
    """Whether an action puts or patches the resource itself; None where nobody can tell."""
    method, action, when = _told(values)
    if instance.mode == "data" or when == "destroy" or action not in (None, "", _OPEN):
        return False
    if method != _OPEN and str(method).upper() not in ("PUT", "PATCH"):
        return False
    return None if _OPEN in (method, action, when) else True


def _told(values: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    method, action, when = (values.get(name) for name in ("method", "action", "when"))
    return (
        _OPEN if isinstance(method, Unknown) else method,
        _OPEN if isinstance(action, Unknown) else action,
        _OPEN if isinstance(when, Unknown) else when,
    )
