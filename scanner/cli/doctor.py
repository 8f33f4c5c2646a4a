"""``hubscan doctor``: who am I, what can I read, which action is missing."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import reference, settings
from scanner.cli import INCOMPLETE, helping, options, output, scope
from scanner.errors import SourceError

if TYPE_CHECKING:
    from scanner.sources.azure.checkup import Checkup
    from scanner.sources.azure.client import Arm
    from scanner.sources.azure.collection import Request
    from scanner.sources.azure.scope import Plan

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@click.command(
    "doctor",
    cls=helping.Command,
    epilog=helping.examples(
        ("Before the first audit", "hubscan doctor --all-subscriptions"),
        ("As the job will sign in", "hubscan doctor --credential managed-identity -m GROUP"),
    ),
)
@scope.options
@options.verbose
def command(*, verbose: bool, **given: Any) -> int:
    """Say who the identity is, what it can read, and which action it lacks.

    Looks at every visible subscription where no scope is named.  Ends with a custom role that is just
    enough.  Exit codes: 0 everything can be read; 3 something cannot.
    """
    asked = scope.taken(given)
    if not asked.named:
        asked = dataclasses.replace(asked, all_subscriptions=True)
    reference.use(reference.Reference(settings.load(settings.find(Path.cwd())).data))
    return perform(asked, verbose=verbose)


def perform(asked: scope.Asked, *, verbose: bool = False) -> int:
    """Examine a scope, print what was found, and return the exit code."""
    request = scope.request(asked, wanted=(), say=output.say if verbose else None)
    from scanner.sources.azure import checkup, client, credential, pipeline, role  # noqa: PLC0415 - 0.4 s
    from scanner.sources.azure.scope import plan  # noqa: PLC0415 - as above

    _print(_where(request))
    identity = credential.Identity(request.signing)
    try:
        _print(_who(checkup.whoami(identity.token())))
    except SourceError as error:
        click.echo(f"identity      none: {_plain(str(error))}")
        return INCOMPLETE
    over = threading.Event()

    def wait(seconds: float) -> None:
        over.wait(seconds)

    pace = pipeline.Pace(wait, request.say)
    arm = client.Arm(request.cloud, identity, pace, connections=request.concurrency)
    try:
        made = plan(arm, request.scope)
        found = _examine(arm, made, request.concurrency, over)
    finally:
        arm.close()
    _print(_plan_lines(made))
    for one in found:
        _print(_subscription(one))
    _print(_missing(found))
    groups = request.scope.groups
    scopes = [f"/subscriptions/{one.subscription}" for one in found]
    if len(groups) == 1:
        scopes = [f"/providers/Microsoft.Management/managementGroups/{groups[0]}"]
    definition = role.definition(scopes, groups=bool(groups))
    click.echo(
        "\nA custom role that is just enough, for 'az role definition create --role-definition FILE':\n"
    )
    click.echo(json.dumps(definition, indent=2))
    return 0 if found and not made.gaps and all(one.well for one in found) else INCOMPLETE


def _examine(arm: Arm, made: Plan, concurrency: int, over: threading.Event) -> list[Checkup]:
    """Look at every subscription; ``over`` is set where nobody waits for the rest any more."""
    from scanner.sources.azure import checkup  # noqa: PLC0415 - imports the Azure libraries

    with ThreadPoolExecutor(concurrency) as pool:
        futures = [pool.submit(checkup.check, arm, target) for target in made.targets]
        try:
            return [future.result() for future in futures]
        except BaseException:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _where(request: Request) -> Iterator[str]:
    cloud = request.cloud
    yield f"cloud         {cloud.name}"
    yield f"endpoint      {cloud.endpoint}"
    yield f"token scope   {cloud.scope}"
    yield f"sign-in       {cloud.authority or 'as the environment says'}"
    yield f"storage       {cloud.storage_suffix or 'as the endpoints of the accounts say'}"
    yield f"credential    {request.signing.name}"


def _who(claims: dict[str, str]) -> Iterator[str]:
    if not claims:
        yield "identity      signed in; the token does not say as whom"
        return
    person = claims.get("upn") or claims.get("unique_name") or claims.get("name")
    called = (
        person or claims.get("app_displayname") or ("an application" if "appid" in claims else "somebody")
    )
    yield f"identity      {_plain(called)}"
    for label, name in (("application", "appid"), ("object id", "oid"), ("tenant", "tid")):
        if name in claims:
            yield f"{label:<14}{_plain(claims[name])}"


def _plan_lines(made: Plan) -> Iterator[str]:
    for note in made.notes:
        yield f"\n{note}"
    for gap in made.gaps:
        yield f"\nnot readable  {gap.subject}: {_plain(gap.detail or gap.reason)}"


def _subscription(found: Checkup) -> Iterator[str]:
    yield f"\nsubscription  {found.subscription}" + (f"  {_plain(found.name)}" if found.name else "")
    if found.workspaces is not None:
        yield f"  workspaces  {found.workspaces}"
    if found.readable:
        yield f"  readable    {', '.join(found.readable)}"
    for action, gap in sorted(found.missing.items()):
        yield f"  missing     {action} ({gap.status} {gap.code or ''})".replace(" )", ")")
    if found.absent:
        yield f"  not there   {', '.join(found.absent)}"
    for gap in found.failed:
        cause = " ".join(str(part) for part in (gap.status, gap.code) if part is not None)
        yield f"  failed      {gap.subject}{f' ({cause})' if cause else ''}: {_plain(gap.detail or '')}"


def _missing(found: Sequence[Checkup]) -> Iterator[str]:
    lacking = Counter(action for one in found for action in one.missing)
    if not lacking:
        if not found:
            yield "\nno subscription to look at"
        elif any(one.failed for one in found):
            yield "\nno action is known to be missing, but not all could be looked at: see what failed above"
            yield "  next: check ids and network; --credential and --tenant say who asks, --cloud and"
            yield "  --arm-endpoint whom"
        else:
            yield "\nno action is missing"
            yield "  next: hubscan scan, with the same scope"
        return
    yield "\nmissing actions"
    for action, count in sorted(lacking.items()):
        yield f"  {action}  in {count} {'subscription' if count == 1 else 'subscriptions'}"
    yield "  next: have somebody assign Reader, or the role below, to this identity where they are missing;"
    yield "  az role assignment create --assignee OBJECT_ID --role 'hubscan reader' --scope SUBSCRIPTION"


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)[:500]


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)
