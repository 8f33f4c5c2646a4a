"""A stand-in for ARM that is started as a test needs it, and the front door to it."""

from __future__ import annotations

import contextlib

import pytest
from standin.examples import bundled
from standin.server import StandIn

from scanner.cli import main
from scanner.sources.azure import pipeline


@pytest.fixture
def arm(tmp_path, monkeypatch):
    """Starts a stand-in in a fresh working directory; nobody waits long before trying again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "_FIRST_WAIT", 0.005)
    monkeypatch.setenv("AZURE_IDENTITY_DISABLE_CP1", "1")
    with contextlib.ExitStack() as stack:

        def start(estate=None, **options) -> StandIn:
            server = stack.enter_context(StandIn(estate or bundled(), **options).running())
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            return server

        yield start


@pytest.fixture
def run(capfdbinary):
    """Runs a command line against a stand-in: exit code, standard output, lines of standard error."""

    def call(server, *arguments):
        endpoint = [] if server is None else ["--arm-endpoint", server.url]
        code = main([*map(str, arguments), *endpoint])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode().splitlines()

    return call
