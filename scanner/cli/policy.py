"""``hubscan policy``: list, show, test, validate and write policies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from scanner import controls, policies, schema
from scanner.bundled import bundled
from scanner.cli import FINDINGS, examples, helping, options, output
from scanner.errors import ConfigError, UsageError
from scanner.model import PolicyCard
from scanner.policy import Policy
from scanner.reporters._plain import plain_line


@click.group(
    "policy",
    epilog=helping.examples(
        ("Why a finding is one, and how to mend it", "hubscan policy show fqdn-no-azure-storage"),
        (
            "A policy of your own, tested by its examples",
            "hubscan policy new fqdn-only-contoso && hubscan policy test fqdn-only-contoso.yaml",
        ),
    ),
)
def command() -> None:
    """List, show, test, validate and write policies."""


@command.command("list", short_help="Every policy: id, severity, category, title.")
@click.option(
    "--framework",
    metavar="NAME",
    help="Only policies that give evidence for controls of this framework, by control: NIST, MCSB, CIS ...",
)
@options.policies
def list_policies(*, folders: tuple[str, ...], framework: str | None) -> None:
    """List every policy: id, severity, category, title."""
    cards = [policy.card for policy in policies.load(folders)]
    if framework is not None:
        _print(_by_control(cards, framework))
        return
    widths = [max(len(card.id) for card in cards), max(len(card.category) for card in cards)]
    _print(
        f"{card.id:<{widths[0]}}  {card.severity:<8}  {card.category:<{widths[1]}}  {card.title}"
        for card in cards
    )


def _print(lines: Iterable[str]) -> None:
    """Print what policies say, which may be those of a pull request: no line of it commands anything."""
    click.echo("\n".join(plain_line(line) for text in lines for line in text.splitlines() or [""]))


def _by_control(cards: Sequence[PolicyCard], name: str) -> Iterable[str]:
    """The frameworks of that name, their controls, and the policies of each."""
    known = {card.id: card for card in cards}
    found = controls.of_framework(cards, name)
    width = max(len(policy) for group in found for policy in group.policies)
    framework = None
    for group in found:
        if framework != (framework := controls.framework(group.control)):
            yield framework
        yield f"  {group.control.control}  {group.title or ''}".rstrip()
        for policy in group.policies:
            yield f"    {policy:<{width}}  {known[policy].severity:<8}  {known[policy].title}"


@command.command("show", short_help="What one judges, why, and how to fix what it finds.")
@click.argument("name", metavar="ID")
@options.policies
def show(*, name: str, folders: tuple[str, ...]) -> None:
    """Show one policy: what it judges, why, and how to fix what it finds."""
    found = {policy.card.id: policy for policy in policies.load(folders)}
    if name not in found:
        hint = schema.suggestion(name, found)
        raise ConfigError(f"no policy is called '{name}'" + (f" ({hint})" if hint else ""))
    _print(_page(found[name]))


def _page(policy: Policy) -> Iterable[str]:
    card = policy.card
    yield f"{card.id}: {card.title}"
    yield f"severity {card.severity}, category {card.category}, applies to {', '.join(card.applies_to)}"
    yield ""
    yield card.description.strip()
    for name, expression in (("when", policy.when), ("each", policy.each), ("require", policy.require)):
        if expression is not None:
            yield f"\n{name}:"
            yield from (f"  {line}" for line in expression.text.strip().splitlines())
    if policy.parameters:
        yield "\nparameters:"
    for name, parameter in policy.parameters.items():
        yield f"  {name} ({parameter.type}) = {json.dumps(parameter.default)}  {parameter.description}"
    yield from _lists(card)


def _lists(card: PolicyCard) -> Iterable[str]:
    for form, text in card.remediation.items():
        yield f"\nremediation, {form.replace('_', ' ')}:"
        yield from (f"  {line}" for line in text.strip().splitlines())
    if card.controls:
        yield "\ncontrols:"
        for entry in card.controls:
            named = f"  {entry.framework} {entry.version} {entry.control}  {controls.title(entry) or ''}"
            yield named.rstrip()
    if card.references:
        yield "\nreferences:"
        yield from (f"  {entry.title}: {entry.url}" for entry in card.references)


@command.command("validate", short_help="Load policies and say all that is wrong with them.")
@click.argument("path", metavar="[PATH]", required=False)
def validate(*, path: str | None) -> None:
    """Load policies and say everything that is wrong with them; without PATH, the bundled ones."""
    count = len(_of(path))
    click.echo(f"{count} {'policy is' if count == 1 else 'policies are'} valid")


@command.command("test", short_help="Judge policies by their own examples.")
@click.argument("path", metavar="[PATH]", required=False)
def test(*, path: str | None) -> int:
    """Judge every policy by its own examples; without PATH, the bundled ones.

    The table shows how many examples stand under each verdict, and of how many that verdict came out
    where it was not all of them.  Exit codes: 0 all is as the examples say; 1 a policy does otherwise, or
    has not shown that it can both pass and fail; 2 a policy does not load.
    """
    outcomes = [examples.run(policy) for policy in _of(path)]
    _print(examples.table(outcomes))
    failed = sum(1 for outcome in outcomes if outcome.problems)
    click.echo(f"{len(outcomes) - failed} of {len(outcomes)} policies do what their examples say")
    return FINDINGS if failed else 0


@command.command("new", short_help="Write ID.yaml, a policy to start from.")
@click.argument("name", metavar="ID")
def new(*, name: str) -> None:
    """Write ID.yaml, a policy to start from, into the working directory."""
    problems = list(schema.mismatches(schema.published("policy-v1")["$defs"]["slug"], name))
    if problems:
        raise UsageError(f"'{name}' cannot be an id: lower case words joined by hyphens")
    file = Path(f"{name}.yaml")
    template = (bundled("reports") / "templates" / "policy.yaml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(template.replace("my-policy", name))
    except FileExistsError:
        raise UsageError(f"{file}: is there already; choose another id, or remove it") from None
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    output.say(f"wrote {file}: try 'hubscan policy test {file}'")


@command.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of a policy file."""
    click.echo((bundled("reports") / "schema" / "policy-v1.json").read_text(encoding="utf-8"), nl=False)


def _of(path: str | None) -> tuple[Any, ...]:
    return (
        policies.load((), include_bundled=True)
        if path is None
        else policies.load((path,), include_bundled=False)
    )
