"""An expression that stands in a template more than once is evaluated once, where that makes no difference."""

from __future__ import annotations

from sources.arm.builders import expanded

NAMED = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"where": {"type": "string", "defaultValue": "westeurope"}},
    "resources": [],
}
