"""The front door: commands, what they print, and the exit codes of contract section 1."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO, cast

import click

from scanner import __version__
from scanner.errors import ScannerError
from scanner.roomy import roomy

FINDINGS = 1
CANNOT = 2
INCOMPLETE = 3
INTERRUPTED = 130

_COMMANDS = {
    "scan": "Judge hubs: of Azure, of infrastructure code, of a snapshot.",
    "collect": "Snapshot the hubs of a live Azure; judges nothing.",
    "doctor": "Who am I, what can I read, which action is missing.",
    "diff": "Say what changed between two states, and judge it.",
    "policy": "List, show, test, validate and write policies.",
    "show": "Print hubs as policies see them: resolved values, unresolved ones marked.",
    "reach": "Say what code on a hub may reach, and by which rule.",
    "report": "Render a saved JSON result again, in any format.",
    "exempt": "Write an exemption for a finding into hubscan.yaml, or list those there.",
    "fix": "Write the remediations of a saved JSON result as a file to review.",
    "merge": "Put the results of the shards of one scan together.",
    "history": "Say what is remembered of earlier scans: new, fixed, open, and for how long.",
    "demo": "Scan the bundled estate and write every report to ./hubscan-demo.",
}
"""Each command is the module of its name; its help stands here so that --help imports none of them."""


class _Commands(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            if ctx.resilient_parsing:
                return None
            import difflib  # noqa: PLC0415 - only where somebody mistyped

            near = difflib.get_close_matches(cmd_name.lower(), _COMMANDS, n=1)
            raise click.UsageError(
                f"there is no command '{cmd_name[:80]}'" + (f" (did you mean '{near[0]}'?)" if near else ""),
                ctx,
            )
        command: click.Command = importlib.import_module(f"scanner.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click calls it
    if wanted and not ctx.resilient_parsing:
        click.echo(f"hubscan {__version__}")
        ctx.exit()


_HELP = """Check the managed virtual networks of Azure AI Foundry hubs against policies.

\b
hubscan demo                      what it finds and writes, without Azure
hubscan scan infra                judge code: a folder, a file, a plan
hubscan doctor                    what this identity may read of Azure
hubscan scan --all-subscriptions  judge all that it may read

Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 the command could not do what was asked; 3 no
finding, yet something could not be read; 130 interrupted.
"""


@click.group(
    cls=_Commands,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version."
)
def hubscan() -> None:
    """Everything begins here."""


def main(arguments: Sequence[str]) -> int:
    """Run one command line (without the program's name) and return its exit code."""
    try:
        result: Any = hubscan.main(args=list(arguments), prog_name="hubscan", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return CANNOT
    except click.UsageError as error:
        where = f" (see '{error.ctx.command_path} --help')" if error.ctx else ""
        return _fail(f"{_variable(error)}{error.format_message().rstrip('.')}{where}")
    except click.ClickException as error:
        return _fail(error.format_message())
    except ScannerError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except SystemExit:
        # So click ends where whoever read our output has seen enough: nothing more can be said to them.
        sys.stdout = _nowhere()
        return CANNOT
    except OSError as error:
        # What a file of ours meets is told where it is opened: this is a full disk behind standard output.
        sys.stdout = _nowhere()
        return _fail(f"{error.filename or 'standard output'}: {error.strerror or 'it is closed'}")
    return result if isinstance(result, int) else 0


def _variable(error: click.UsageError) -> str:
    """The variable of the environment that a wrong value came from: nobody typed that option."""
    parameter = error.param if isinstance(error, click.BadParameter) else None
    if parameter is None or error.ctx is None or parameter.name is None:
        return ""
    source = error.ctx.get_parameter_source(parameter.name)
    return f"{parameter.envvar}: " if source is click.core.ParameterSource.ENVIRONMENT else ""


def _fail(message: str) -> int:
    from scanner.cli.output import say  # noqa: PLC0415 - most commands do not fail

    try:
        for line in message.splitlines() or [""]:
            say(f"error: {line}")
    except OSError:
        sys.stderr = _nowhere()
    return CANNOT


def _nowhere(mode: str = "w") -> TextIO:
    """A stream for the interpreter's own last flush, after one that failed."""
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123 - it stays open


def _open_what_is_closed() -> None:
    """Put something in the place of standard streams that whoever started us had closed.

    What is written to standard output then fails, as it should, and no file that is opened later gets its
    number, into which anything at all may write.
    """
    if sys.stdin is None:
        sys.stdin = _nowhere("r")
    if sys.stdout is None:
        sys.stdout = _nowhere("r")
    if sys.stderr is None:
        sys.stderr = _nowhere()


def run() -> None:
    """One command line in a process of its own, which ends with its exit code."""
    _open_what_is_closed()
    code = roomy(lambda: main(sys.argv[1:]))
    # What is left ends with the process: nobody need look for those in it that nobody holds.
    gc.freeze()
    sys.exit(code)
