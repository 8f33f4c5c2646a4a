"""Command lines of hubscan as pages and help texts show them, held against what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from scanner.cli import hubscan


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that call it, those below others too."""
    context = click.Context(hubscan)
    for name in hubscan.list_commands(context):
        command = hubscan.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {word}", command.commands[word]) for word in command.list_commands(context))


COMMANDS = dict(commands())


def options(command: click.Command) -> set[str]:
    """How the options of a command are written."""
    written = (name for parameter in command.get_params(click.Context(command)) for name in parameter.opts)
    return {name for name in written if name.startswith("-")}


def faults(line: str) -> list[str]:
    """What is wrong with a command line: an unknown command, an option that its command does not have."""
    words = shlex.split(line, comments=True)
    words = words[words.index("hubscan") + 1 :]
    if not words:
        return []
    name = words[0]
    if name not in COMMANDS:
        return [] if name in {"--help", "--version"} else [f"no command {name}"]
    known = options(COMMANDS[name])
    below = next((word for word in words[1:] if f"{name} {word}" in COMMANDS), None)
    if below is not None:
        known |= options(COMMANDS[f"{name} {below}"])
    elif isinstance(COMMANDS[name], click.Group):
        return [f"no command below {name}"] if len(words) > 1 and words[1] != "--help" else []
    given = (word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word))
    return [f"{name} has no {option}" for option in given if option not in known]


def shown(text: str) -> Iterator[str]:
    """The command lines in the blocks and the spans of a Markdown page, each as one line."""
    blocks = re.findall(r"^```(?:bash|sh)?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for block in blocks:
        lines = block.replace("\\\n", " ").splitlines()
        yield from (line for line in lines if line.startswith("hubscan "))
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from (span.replace("\n", " ") for span in re.findall(r"`(hubscan [^`]*)`", prose))
