"""The ways in which the templates of a scan are deployed: by themselves, or by others that link to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.sources.arm.expand import Expansion

Ways = Mapping[str, Sequence[tuple[str | None, Expansion]]]
"""By the path of a template: how it is deployed, each with the path of its parameters."""


def roots(ways: Ways) -> list[str]:
    """The templates that are deployed by themselves: those that no other links to, or with parameters.

    Of templates that link to one another in a circle it is the first.
    """
    if not any(expansion.linked for deployed in ways.values() for _, expansion in deployed):
        return list(ways)
    linked = {
        path: {source.path for _, expansion in deployed for source in expansion.linked}
        for path, deployed in ways.items()
    }
    inner = {path for paths in linked.values() for path in paths}
    own = {path for path, deployed in ways.items() if path not in inner or deployed[0][0] is not None}
    reached: set[str] = set()
    for path in (*(path for path in ways if path in own), *ways):
        if path in own or path not in reached:
            own.add(path)
            reached |= linked[path]
    return [path for path in ways if path in own]
