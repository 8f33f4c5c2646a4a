"""A finding as a row: what JSON Lines has, its objects flattened, for the formats that are tables.

``hub`` and ``exemption`` stand by their fields, ``location`` by path, line, column and end line,
``remediation`` by its forms; ``evidence`` is JSON text.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from scanner.model import Finding
from scanner.results import text

_FORMS = ("text", "azure_cli", "azureml_yaml", "bicep", "terraform")
_PLACE = ("path", "line", "column", "end_line")
_DECISION = ("hub", "item", "category", "justification", "approved_by", "ticket", "expires")

NUMBERS = frozenset({"location_line", "location_column", "location_end_line"})
"""The columns that hold a number, or None; every other one holds text, or None."""


def _remediation(form: str) -> Callable[[Finding], Any]:
    return lambda finding: finding.remediation.get(form)


def _inside(key: str, name: str) -> Callable[[Finding], Any]:
    return lambda finding: getattr(getattr(finding, key), name, None)


COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "policy": attrgetter("policy"),
    "title": attrgetter("title"),
    "severity": attrgetter("severity"),
    "verdict": attrgetter("verdict"),
    "message": attrgetter("message"),
    "hub_id": attrgetter("hub.id"),
    "hub_name": attrgetter("hub.name"),
    "hub_kind": attrgetter("hub.kind"),
    "subscription_id": attrgetter("hub.subscription_id"),
    "resource_group": attrgetter("hub.resource_group"),
    "item": attrgetter("item"),
    "evidence": lambda finding: text(finding.evidence),
    "reason": attrgetter("reason"),
    **{f"remediation_{form}": _remediation(form) for form in _FORMS},
    **{f"location_{name}": _inside("location", name) for name in _PLACE},
    "fingerprint": attrgetter("fingerprint"),
    "baseline": attrgetter("baseline"),
    **{f"exemption_{name}": _inside("exemption", name) for name in _DECISION},
}
"""What each column of a row says of a finding, in the order of the columns."""
