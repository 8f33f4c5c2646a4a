"""Files to read, and what comes out of them."""

from __future__ import annotations

import gzip
import json

import pytest

from scanner.model import Gap, Hub, SourceNote
from scanner.sources import Taken, collect
from scanner.values import Unknown


class Harvest:
    """Everything that a scan of some paths read, by what it is."""

    def __init__(self, arrivals):
        self.all = list(arrivals)
        self.hubs = [one for one in self.all if isinstance(one, Hub)]
        self.gaps = [one for one in self.all if isinstance(one, Gap)]
        self.notes = [one for one in self.all if isinstance(one, SourceNote)]
        self.taken = [one.at for one in self.all if isinstance(one, Taken)]

    @property
    def hub(self):
        assert len(self.hubs) == 1, [hub.ref.name for hub in self.hubs]
        return self.hubs[0]

    @property
    def document(self):
        return self.hub.document

    @property
    def names(self):
        return [hub.ref.name for hub in self.hubs]

    @property
    def codes(self):
        return [gap.code for gap in self.gaps]


def text_of(value):
    """JSON, a list of lines being JSON Lines when it is wrapped in a tuple."""
    if isinstance(value, tuple):
        return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in value)
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture
def write(tmp_path):
    """Writes a file below a fresh folder: bytes, text, a JSON value, or a tuple of lines."""

    def call(name, content, *, packed=False):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else text_of(content).encode()
        path.write_bytes(gzip.compress(data) if packed else data)
        return str(path)

    return call


@pytest.fixture
def read(write):
    """Reads one file with some content, as a user who names it would."""

    def call(content, name="estate.json", **options):
        return Harvest(collect([write(name, content, **options)]))

    return call


@pytest.fixture
def scan(tmp_path):
    """Reads paths below the fresh folder; the folder itself where none is given."""

    def call(*names, say=None):
        return Harvest(collect([str(tmp_path / name) for name in names] or [str(tmp_path)], say))

    return call


def reason(value):
    """The reason of a value that must not be known."""
    assert isinstance(value, Unknown), value
    return value.reason
