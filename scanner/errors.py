"""What ends a command: one line for people, and the contract's exit code 2.

Only failures that make the command pointless are exceptions.  A part of the estate that cannot be
read is a `Gap` (`scanner.model`), and a question without an answer is the verdict ``unknown``.
"""

from __future__ import annotations


class ScannerError(Exception):
    """The command cannot do what was asked.  ``str()`` is the one line that people see."""


class UsageError(ScannerError):
    """The command line asks for something that does not exist or does not fit together."""


class ConfigError(ScannerError):
    """A configuration file, or one of its exemptions, cannot be used."""


class SourceError(ScannerError):
    """A path that was named cannot be read at all, or holds nothing to scan."""


class HistoryError(ScannerError):
    """A history cannot be read or written: not one of ours, damaged, locked, or from a newer version."""


class PolicyError(ScannerError):
    """One or more policies do not load.

    ``problems`` holds every problem found, each a whole line ``file:line:column: reason``, so that
    one bad policy never hides the errors of another.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
