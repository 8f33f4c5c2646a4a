"""Whose the rules, connections, computes and endpoints are that stand in files of their own.

Where their stream or, failing that, their folder declares exactly one workspace that can have them, they
are taken to be its.  Where it declares several, they may be anyone's.  Where it declares none, rules are a
hub's that is not in sight, and the others nobody's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.sources.code.ids import WORKSPACE
from scanner.sources.code.resource import Resource
from scanner.sources.code.symbols import hole, written
from scanner.values import Unknown

_ENDPOINTS = "/onlineEndpoints"
_DEPLOYMENTS = "/onlineEndpoints/deployments"


def at_home(child: Resource, homes: Mapping[str, Sequence[Resource]]) -> Iterator[Resource]:
    """What belongs to a workspace, with the id of the one that it must belong to.

    Where it may belong to several, it is declared beside each of them, and may be anyone's there.
    ``homes`` are the workspaces of a file, and of a folder with a slash behind its name.
    """
    path = child.deployment
    near = homes.get(path) or homes.get(posixpath.dirname(path) + "/") or ()
    if len(near) == 1:
        yield replace(child, id=f"{near[0].id}{_below(child)}", deployment=near[0].deployment)
        return
    for deployment in dict.fromkeys(home.deployment for home in near) or (path,):
        yield replace(child, deployment=deployment)


def endpoints_of(found: Iterable[Resource]) -> list[Resource]:
    """The endpoints that deployments name and no file declares: nothing else is known of them."""
    found = list(found)
    declared = {_key(one, one.name) for one in found if one.type.endswith(_ENDPOINTS)}
    missing: dict[tuple[str, str], Resource] = {}
    for deployment in found:
        if deployment.type.endswith(_DEPLOYMENTS) and isinstance(deployment.name, str):
            endpoint, slash, _ = deployment.name.partition("/")
            key = _key(deployment, endpoint)
            if slash and key not in declared and key not in missing:
                properties = Unknown("the endpoint itself is not in the code that was read")
                missing[key] = replace(
                    deployment,
                    type=deployment.type.rpartition("/")[0],
                    name=endpoint,
                    document={"name": endpoint, "properties": properties},
                )
    return list(missing.values())


def _key(resource: Resource, name: object) -> tuple[str, str]:
    return posixpath.dirname(resource.deployment), str(written(name)).lower()


def _below(child: Resource) -> str:
    """What the id of a child says below its workspace."""
    kinds = child.type[len(WORKSPACE) + 1 :].split("/")
    name = written(child.name) or "?"
    names = name.split("/", len(kinds) - 1) if len(kinds) > 1 else [name]
    names += ["?"] * (len(kinds) - len(names))
    return "".join(f"/{kind}/{hole(one)[1:-1]}" for kind, one in zip(kinds, names, strict=True))
