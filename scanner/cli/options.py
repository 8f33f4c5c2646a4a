"""Options that more than one command has, each written once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from scanner import catalog
from scanner.model import Severity

Command = TypeVar("Command", bound=Callable[..., Any])

THRESHOLDS = (*(str(severity) for severity in Severity), "never")

DEFAULT_FAIL_ON = "medium"

BUILDS = ("auto", "never", "always")
"""When the compiler of Bicep is asked."""

policies = click.option(
    "-p",
    "--policies",
    "folders",
    metavar="PATH",
    multiple=True,
    envvar="HUBSCAN_POLICIES",
    help="File or folder of further policies (repeatable).",
)

config = click.option(
    "--config",
    metavar="FILE",
    envvar="HUBSCAN_CONFIG",
    help="Configuration (default: the nearest hubscan.yaml, up to the root of the repository).",
)

output = click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FORMAT[=FILE]",
    multiple=True,
    envvar="HUBSCAN_OUTPUT",
    help=f"A report to write (repeatable): {', '.join(catalog.names('scanner.reporters'))}.",
)

fail_on = click.option(
    "--fail-on",
    type=click.Choice(THRESHOLDS),
    envvar="HUBSCAN_FAIL_ON",
    help=f"Least severity of a finding that gives exit code 1 (default {DEFAULT_FAIL_ON}).",
)

fail_on_unknown = click.option(
    "--fail-on-unknown",
    is_flag=True,
    envvar="HUBSCAN_FAIL_ON_UNKNOWN",
    help="Unknown verdicts count as findings.",
)

history = click.option(
    "--history",
    metavar="[FILE]",
    is_flag=False,
    flag_value="",
    envvar="HUBSCAN_HISTORY",
    help="File that remembers findings from scan to scan (without FILE: .hubscan/history.db, at the root of"
    " the repository).",
)

stdin_name = click.option(
    "--stdin-name", metavar="NAME", help="What the file is called that PATH - reads from standard input."
)

quiet = click.option("-q", "--quiet", is_flag=True, help="Nothing on standard error but errors.")

verbose = click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is read.")

no_color = click.option("--no-color", is_flag=True, help="No colour, also on a terminal (so does NO_COLOR).")


class _Assignments(click.types.StringParamType):
    """Values of which the environment may hold several, each of which may have spaces in it."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The assignments in a text: each begins with ``ID.NAME=``."""
        return re.split(r"\s+(?=[\w-]+\.\w+=)", rv.strip())


_judging: tuple[Any, ...] = (
    policies,
    click.option(
        "--no-bundled-policies",
        is_flag=True,
        envvar="HUBSCAN_NO_BUNDLED_POLICIES",
        help="Judge by the policies of -p alone.",
    ),
    click.option(
        "--select",
        metavar="GLOB",
        multiple=True,
        envvar="HUBSCAN_SELECT",
        help="Only these: policy ids, or category:NAME (repeatable).",
    ),
    click.option(
        "--ignore", metavar="GLOB", multiple=True, envvar="HUBSCAN_IGNORE", help="Not these (repeatable)."
    ),
    click.option(
        "--param",
        "parameters",
        type=_Assignments(),
        metavar="ID.NAME=VALUE",
        multiple=True,
        envvar="HUBSCAN_PARAM",
        help="A policy parameter; VALUE is YAML (repeatable).",
    ),
    config,
    click.option(
        "--policy-ref",
        metavar="REF",
        envvar="HUBSCAN_POLICY_REF",
        help="Git ref to take policies, exemptions and configuration from, in place of the work tree.",
    ),
    click.option(
        "--today",
        metavar="DATE",
        envvar="HUBSCAN_TODAY",
        help="The day that exemptions are judged against (default: the clock's).",
    ),
)


def judging(function: Command) -> Command:
    """Give a command the options that say what hubs are judged by."""
    return _given(function, _judging)


_code: tuple[Any, ...] = (
    click.option(
        "--parameters",
        "--var-file",
        "parameter_files",
        metavar="FILE",
        multiple=True,
        envvar="HUBSCAN_PARAMETERS",
        help="Parameter file to deploy templates with, in place of those beside them, or file with values "
        "of Terraform's variables (repeatable).",
    ),
    click.option(
        "--env",
        "environment",
        metavar="NAME",
        multiple=True,
        envvar="HUBSCAN_ENV",
        help="Environment variable that parameter files may read; any other is not known (repeatable).",
    ),
    click.option(
        "--bicep-build",
        type=click.Choice(BUILDS),
        envvar="HUBSCAN_BICEP_BUILD",
        help="Whether the values of Bicep files are those of 'bicep' or 'az bicep' on the PATH, the lines"
        " those of the source: where it is there (auto, the default), not at all (never, the default with"
        " --policy-ref), or in any case (always: an error where it is missing, a gap where it fails)."
        " It gets no network, no token, and no file that leads out of what is scanned.",
    ),
)


def code(function: Command) -> Command:
    """Give a command the options that say how infrastructure code is read."""
    return _given(function, _code)


template = click.option(
    "--template",
    metavar="DIR",
    envvar="HUBSCAN_TEMPLATE",
    help="Folder of templates in place of those of the same name in reports/templates.",
)

_counting: tuple[Any, ...] = (output, template, fail_on, fail_on_unknown)


def counting(function: Command) -> Command:
    """Give a command the options that say what is written, and what the exit code counts."""
    return _given(function, _counting)


def _given(function: Command, every: tuple[Any, ...]) -> Command:
    for option in reversed(every):
        function = option(function)
    return function
