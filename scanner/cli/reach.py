"""``hubscan reach``: what code on a hub may reach, and by which rule."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from scanner import reach, reference, schema, settings, sources
from scanner.cli import INCOMPLETE, helping, options, output, request
from scanner.errors import SourceError, UsageError
from scanner.functions.ids import arm_id
from scanner.functions.modes import isolation_mode
from scanner.functions.tags import tag_fault
from scanner.functions.tokens import parse
from scanner.model import Gap, Hub
from scanner.reporters._plain import plain
from scanner.values import Touched


@click.command(
    "reach",
    cls=helping.Command,
    epilog=helping.examples(
        (
            "Why can a notebook not install packages",
            "hubscan reach hub1 estate.jsonl.gz --host huggingface.co",
        ),
        ("Everything that code on it may reach", "hubscan reach hub1 infra"),
    ),
)
@click.argument("hub")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--host", metavar="NAME", help="A host name, a pattern such as *.contoso.com, or an address.")
@click.option("--port", type=click.IntRange(0, 65_535), help="A TCP port (default 443).")
@click.option("--tag", metavar="TAG", help="A service tag.")
@click.option("--resource", metavar="ID", help="The ARM id of a resource.")
@options.code
@options.verbose
def command(*, hub: str, paths: tuple[str, ...], **given: Any) -> int:
    """Say whether code on HUB reaches something, and by which rule; without a question, list its egress.

    HUB is a name or an ARM id, PATH a snapshot or infrastructure code. Only the managed network is asked: a
    resource may have a firewall of its own. Exit codes: 0 yes, no, or a list; 3 nobody can tell.
    """
    question = _question(given)
    reference.use(reference.Reference(settings.load(settings.find(Path.cwd())).data))
    say = output.say if given["verbose"] else None
    arrivals = sources.collect(paths, say, code=request.code(given))
    found, others, gaps = _find(hub, arrivals)
    if not found:
        raise SourceError(_no_such(hub, paths, others, gaps))
    verdicts: set[str] = set()
    for one in found:
        for line in _lines(one, question, verdicts, many=len(found) > 1):
            click.echo(plain(line))
    return INCOMPLETE if "unknown" in verdicts else 0


def _question(given: dict[str, Any]) -> dict[str, Any]:
    """The one thing that is asked for; raises `UsageError` for two, and for what is none."""
    asked = [name for name in ("host", "tag", "resource") if given[name] is not None]
    if len(asked) > 1:
        raise UsageError(f"--{asked[0]} and --{asked[1]}: ask for one thing at a time")
    if given["port"] is not None and asked not in (["host"], ["tag"], ["resource"]):
        raise UsageError("--port goes with --host, --tag or --resource")
    if asked == ["host"] and (
        len(given["host"].split()) != 1 or parse(given["host"]).kind in ("empty", "unsupported")
    ):
        raise UsageError(
            f"--host {given['host']!r}: no host name, no address and no pattern such as *.contoso.com"
        )
    if asked == ["resource"] and arm_id(given["resource"]) is None:
        raise UsageError(f"--resource {given['resource']!r}: not the ARM id of a resource")
    if asked == ["tag"] and not given["tag"].strip():
        raise UsageError("--tag: name a service tag, such as Storage or AzureCloud.westeurope")
    if asked == ["tag"]:
        _doubt(given["tag"])
    return {name: given[name] for name in ("host", "tag", "resource", "port") if given[name] is not None}


def _doubt(tag: str) -> None:
    """Say where no tag of that name is known: the answer holds for a new one and for a typing error."""
    fault = tag_fault(tag)
    if fault is not None and fault["fault"] == "unknown":
        meant = f" (did you mean '{fault['meant']}'?)" if fault["meant"] else ""
        output.say(plain(f"--tag {tag[:80]}: no service tag of that name is known{meant}"))


def _find(wanted: str, arrivals: Iterable[sources.Arrival]) -> tuple[list[Hub], set[str], list[Gap]]:
    """The hubs of that name or id, the names of all others, and what could not be read."""
    found: list[Hub] = []
    others: set[str] = set()
    gaps: list[Gap] = []
    for arrival in arrivals:
        if isinstance(arrival, Gap):
            gaps.append(arrival)
        elif isinstance(arrival, Hub):
            if wanted.rstrip("/").lower() in (arrival.ref.id.lower(), arrival.ref.name.lower()):
                found.append(arrival)
            else:
                others.add(arrival.ref.name)
    return found, others, gaps


def _no_such(hub: str, paths: tuple[str, ...], others: set[str], gaps: list[Gap]) -> str:
    hint = schema.suggestion(hub, others)
    listed = ", ".join(sorted(others)[:10]) + (f" and {len(others) - 10} more" if len(others) > 10 else "")
    told = f" ({hint})" if hint else f": there is {listed}" if listed else ""
    lines = [f"no hub '{hub}' in {', '.join(paths[:3])}{told}"]
    lines += [f"{gap.subject}: {gap.detail or gap.reason}" for gap in gaps[:10] if gap.reason != "unresolved"]
    return "\n".join(lines)


def _lines(hub: Hub, question: dict[str, Any], verdicts: set[str], *, many: bool) -> Iterator[str]:
    where = f"{hub.ref.id}: " if many else ""
    document = hub.document if hub.live else {**hub.document, "live": False}
    if not question:
        yield from _listing(hub.ref.id if many else hub.ref.name, document)
        return
    answer = _asked(document, **question)
    verdicts.add(answer.verdict)
    yield f"{where}{answer.verdict}: {answer.reason}"
    if answer.needs:
        yield f"needed: {answer.needs}"
    if answer.command:
        yield f"  {_filled(answer.command, hub)}"


def _asked(
    hub: dict[str, Any],
    *,
    host: str | None = None,
    tag: str | None = None,
    resource: str | None = None,
    port: int | None = None,
) -> reach.Answer:
    if host is not None:
        return reach.host(hub, host, 443 if port is None else port)
    if tag is not None:
        return reach.tag(hub, tag, port)
    return reach.resource(hub, str(resource), 443 if port is None else port)


def _filled(command: str, hub: Hub) -> str:
    names = {
        "<hub>": hub.ref.name,
        "<resource-group>": hub.ref.resource_group,
        "<subscription>": hub.ref.subscription_id,
    }
    for name, value in names.items():
        command = command.replace(name, shlex.quote(value) if value else name)
    return command


_EVERYTHING = {
    "Disabled": "everything: no managed network is in the way",
    "AllowInternetOutbound": "everything on the internet, and what the rules below open beside it",
    "AllowOnlyApprovedOutbound": "what the rules below open, nothing else",
}


def _listing(name: str, document: dict[str, Any]) -> Iterator[str]:
    """The egress of a hub of that name or id: the mode, then a line for each thing that a rule opens."""
    try:
        mode = isolation_mode(document)
        meaning = _EVERYTHING.get(mode, "what that means is not known")
        yield f"{name}: isolation mode {mode}: {meaning}"
    except Touched as touched:
        yield f"{name}: the isolation mode is not known: {touched.unknown.reason}"
    found = reach.ways(document)
    cells = [(way.kind, way.target, way.ports) for way in found.members]
    widths = [
        min(max(map(len, column)), widest)
        for column, widest in zip(zip(*cells, strict=True), (20, 90, 30), strict=False)
    ]
    for way, row in zip(found.members, cells, strict=True):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        doubt = f"  perhaps: {way.doubt.reason}" if way.doubt is not None else ""
        yield f"  {line}  {way.rule} ({way.origin}){doubt}"
    if found.doubt is not None:
        yield f"  perhaps more: {found.doubt.reason}"
    if not cells and found.doubt is None:
        yield "  no rule in force opens anything"
