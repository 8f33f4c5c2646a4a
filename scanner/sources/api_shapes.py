"""The wrappings in which answers of the Azure API are saved, and the resources inside them.

A page of a list (``{"value": [...]}``), an export of Resource Graph (``{"data": ...}``, as objects or as
a table), an example of the API specification (``{"parameters": ..., "responses": ...}``), a plain list,
an error, or one resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Document
from scanner.sources.api_kinds import is_resource
from scanner.sources.files.json_text import noun

_LAYERS = 4
"""How many wrappings may be around a resource: an export of an export is not one more kind."""

ONCE = frozenset(
    (
        *("id", "name", "type", "kind", "value", "nextLink", "@odata.nextLink"),
        *("$skipToken", "skip_token", "skipToken", "resultTruncated", "result_truncated"),
    )
)
"""Keys that tell what a resource is, or where a list goes on: they cannot be in doubt."""

_PAGE = frozenset({"value", "nextLink", "count", "@odata.nextLink", "@odata.count", "@odata.context"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list: where the list goes on, and the entries of this page."""

    next_link: str | None
    items: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One answer of Resource Graph: how many rows it has and, where it says so, how many there are."""

    rows: int
    total: int | None
    goes_on: bool


@dataclass(slots=True, kw_only=True)
class Answer:
    """What one file, or one line of it, holds.

    ``owners`` are, in the order of ``items``, the ids of the workspaces that were asked for, where the
    file tells.  ``strangers`` says what stands in a list where a resource belongs.  ``error`` is the
    error that Azure answered instead.  ``alone`` says that it is one resource, and no list of them.
    """

    items: list[Document] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    error: Document | None = None
    empty: bool = False
    alone: bool = False

    def __bool__(self) -> bool:
        return bool(self.items) or self.empty or self.error is not None


def read(value: Any) -> Answer:
    """The resources in a JSON value.  The answer is false where it is none of the known wrappings."""
    answer = Answer()
    _unwrap(value, None, _LAYERS, answer)
    is_list = isinstance(value, list) or answer.pages or answer.exports
    answer.alone = len(answer.items) == 1 and not is_list
    return answer


def _unwrap(value: Any, owner: str | None, layers: int, answer: Answer) -> None:
    if isinstance(value, list):
        _list(value, owner, layers, answer)
    elif isinstance(value, dict):
        if is_resource(value):
            answer.items.append(value)
            answer.owners.append(owner)
        elif layers:
            _wrapping(value, owner, layers - 1, answer)


def _wrapping(value: Document, owner: str | None, layers: int, answer: Answer) -> None:
    if isinstance(value.get("responses"), dict) and isinstance(value.get("parameters"), dict):
        owner = _asked_for(value["parameters"])
        for status in ("200", "201"):
            response = value["responses"].get(status)
            if isinstance(response, dict) and "body" in response:
                _unwrap(response["body"], owner, layers, answer)
                return
    elif isinstance(value.get("value"), list):
        _page(value, owner, layers, answer)
    elif isinstance(value.get("data"), (list, dict)):
        _export(value, owner, layers, answer)
    elif isinstance(value.get("error"), dict) and isinstance(value["error"].get("code"), str):
        answer.error = value["error"]


def _list(values: list[Any], owner: str | None, layers: int, answer: Answer) -> None:
    answer.empty = answer.empty or not values
    for index, value in enumerate(values):
        if isinstance(value, dict):
            _unwrap(value, owner, layers, answer)
        else:
            answer.strangers.append(f"entry {index} is {noun(value)}, not a resource")


def _page(value: Document, owner: str | None, layers: int, answer: Answer) -> None:
    before = len(answer.items)
    entries = value["value"]
    if entries or value.keys() <= _PAGE:
        _list(entries, owner, layers, answer)
    link = value.get("nextLink") or value.get("@odata.nextLink")
    items = tuple(answer.items[before:])
    answer.pages.append(Page(next_link=link if isinstance(link, str) else None, items=items))


def _export(value: Document, owner: str | None, layers: int, answer: Answer) -> None:
    data = value["data"]
    rows = data if isinstance(data, list) else list(_table(data))
    marks = ("count", "totalRecords", "total_records", "resultTruncated", "skip_token", "$skipToken")
    if rows or any(mark in value for mark in marks):
        _list(rows, owner, layers, answer)
    total = value.get("totalRecords", value.get("total_records"))
    truncated = value.get("resultTruncated", value.get("result_truncated"))
    token = value.get("$skipToken") or value.get("skip_token") or value.get("skipToken")
    answer.exports.append(
        Export(
            rows=len(rows),
            total=total if isinstance(total, int) and not isinstance(total, bool) else None,
            goes_on=bool(token) or truncated is True or str(truncated).lower() == "true",
        )
    )


def _table(data: Document) -> Iterator[Document]:
    columns, rows = data.get("columns"), data.get("rows")
    if not (isinstance(columns, list) and isinstance(rows, list)):
        return
    names = [str(column.get("name") if isinstance(column, dict) else column) for column in columns]
    for row in rows:
        if isinstance(row, list):
            yield dict(zip(names, row, strict=False))


def _asked_for(parameters: Document) -> str | None:
    """The id of the workspace that an example of the specification asks for."""
    names = [parameters.get(name) for name in ("subscriptionId", "resourceGroupName", "workspaceName")]
    if not all(isinstance(name, str) and re.fullmatch(r"[^/]+", name) for name in names):
        return None
    subscription, group, workspace = names
    return (
        f"/subscriptions/{subscription}/resourceGroups/{group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"
    )
