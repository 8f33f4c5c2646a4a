"""What --help shows: options under headings, and command lines to copy."""

from __future__ import annotations

import click

_SECTIONS = {
    "What to read": ("parameter_files", "environment", "bicep_build", "stdin_name", "resume"),
    "What to compare with": ("against", "baseline"),
    "What to read of Azure": (
        *("subscriptions", "management_groups", "all_subscriptions", "hubs", "exclude_subscriptions"),
        *("light", "save_snapshot", "shard"),
    ),
    "How to sign in, and where": ("credential", "tenant", "cloud", "arm_endpoint", "concurrency"),
    "What to judge by": (
        *("folders", "no_bundled_policies", "select", "ignore", "parameters"),
        *("config", "policy_ref", "today"),
    ),
    "What the exit code counts": ("fail_on", "fail_on_unknown", "allow_empty"),
    "What to write": ("outputs", "output", "show_passes", "history", "redact", "template"),
}
"""The parameters of commands that stand under each heading, in this order; others come last."""

_FEW = 8
"""Up to so many options need no headings."""


class Command(click.Command):
    """A command whose options stand in the order in which people need them."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, under headings where there are many."""
        records = {
            str(parameter.name): record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None
        }
        if len(records) <= _FEW:
            super().format_options(ctx, formatter)
            return
        for title, names in _SECTIONS.items():
            found = [records.pop(name) for name in names if name in records]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found, col_max=_COLUMN)
        with formatter.section("Other options"):
            formatter.write_dl(list(records.values()), col_max=_COLUMN)


_COLUMN = 30


def examples(*lines: tuple[str, str]) -> str:
    """What stands at the end of a command's help: command lines, each under what it is for."""
    shown = "\n\n".join(f"\b\n{purpose}:\n  {line}" for purpose, line in lines)
    return f"Examples:\n\n{shown}"
