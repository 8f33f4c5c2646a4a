"""Small estates and a way through the front door."""

from __future__ import annotations

import json

import pytest
from hubs import snapshot

from scanner.cli import main


@pytest.fixture
def estate(tmp_path, monkeypatch):
    """Writes a snapshot into a fresh working directory and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(*hubs, name="estate.json", **more):
        (tmp_path / name).write_text(json.dumps(snapshot(*hubs, **more)))
        return name

    return write


@pytest.fixture
def run(capfdbinary):
    """Runs a command line: exit code, standard output, lines of standard error."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode().splitlines()

    return call


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of code below the folder ``infra``; what is returned is its path from here."""
    monkeypatch.chdir(tmp_path)

    def call(name, text):
        path = tmp_path / "infra" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return f"infra/{name}"

    return call
