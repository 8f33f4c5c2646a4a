"""What every test starts from: an environment without the settings of whoever runs it."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from scanner import reference
from scanner.functions import dates

# How long an example takes says more of the machine than of the program: benchmarks measure.
settings.register_profile("hubscan", deadline=None)
settings.load_profile("hubscan")

_SCRUBBED_PREFIXES = ("HUBSCAN_", "AZURE_", "GITHUB_", "ARM_", "IDENTITY_", "MSI_", "TF_", "CLICOLOR")
_SCRUBBED = {"CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LC_ALL", "LANGUAGE", "PYTHONIOENCODING"}
_FIXED = {"LANG": "C.UTF-8", "TZ": "UTC", "TERM": "dumb"}

_OURS = reference.Reference()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take away what colours, widens, configures or signs in, and fix language, zone, terminal and cache."""
    for name in list(os.environ):
        if name in _SCRUBBED or name.startswith(_SCRUBBED_PREFIXES):
            monkeypatch.delenv(name)
    for name, value in _FIXED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(autouse=True)
def _new_process():
    """A command puts the tables of its configuration and the day of ``--today`` in force: another begins anew."""
    reference.use(_OURS)
    dates.use(None)
