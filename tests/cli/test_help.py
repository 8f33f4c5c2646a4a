"""``--help``: what a stranger needs first stands first, with command lines to copy."""

from __future__ import annotations

import re

import pytest
from command_lines import COMMANDS, faults, options

WITH_EXAMPLES = sorted({name.split()[0] for name in COMMANDS} - {"demo"})


def _help(run, *words):
    code, out, err = run(*words, "--help")
    assert (code, err) == (0, [])
    return out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_option_stands_there_once_and_says_what_it_does(run, name):
    out = _help(run, *name.split())
    described = re.split(r"\n\n(?=\w[\w, ]*:\n)", out.partition("Examples:")[0], maxsplit=1)[1]
    for option in options(COMMANDS[name]):
        rows = re.findall(rf"^  (?:-\w, |--[\w-]+, )?{re.escape(option)}(?:,| |$)", described, re.MULTILINE)
        assert len(rows) == 1, option
    assert re.search(r"\n  \[", described) is None, "an argument is no option"


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_command_lines_of_help_are_ones(run, name):
    lines = re.findall(r"^ +(hubscan .*)$", _help(run, name).partition("Examples:")[2], re.MULTILINE)
    assert lines
    assert [fault for line in lines for part in line.split("&&") for fault in faults(part)] == []


def test_the_options_of_a_scan_stand_under_headings(run):
    assert re.findall(r"^(\w.*):$", _help(run, "scan"), re.MULTILINE) == [
        "What to read",
        "What to compare with",
        "What to read of Azure",
        "How to sign in, and where",
        "What to judge by",
        "What the exit code counts",
        "What to write",
        "Other options",
    ]


def test_help_begins_with_first_steps(run):
    out = _help(run)
    lines = re.findall(r"^  (hubscan .*?)  ", out, re.MULTILINE)
    assert [line.split()[1] for line in lines] == ["demo", "scan", "doctor", "scan"]
    assert [fault for line in lines for fault in faults(line)] == []


@pytest.mark.parametrize("name", ["history", "policy"])
def test_no_summary_of_a_command_is_cut_off(run, name):
    assert "..." not in _help(run, name).partition("Commands:")[2]
