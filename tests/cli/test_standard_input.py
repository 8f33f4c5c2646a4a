"""``hubscan scan -``: one file as an editor has it, saved or not."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hubs import hub, snapshot

BICEP = """\
param mode string = 'Disabled'
module network 'network.bicep' = { params: { mode: mode } }
"""
NETWORK = """\
param mode string
resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub1'
  kind: 'Hub'
  location: 'westeurope'
  properties: { managedNetwork: { isolationMode: mode } }
}
"""
ISOLATION = ("--select", "managed-network-isolation-enabled")


@pytest.fixture
def typed(monkeypatch, run):
    """Runs a command line with something on its standard input."""

    def call(text, *arguments):
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run(*arguments)

    return call


def test_a_snapshot_needs_no_name(typed):
    code, out, _ = typed(json.dumps(snapshot(hub(mode="Disabled"))), "scan", "-", *ISOLATION)
    assert code == 1
    assert "hub1" in out


def test_a_file_has_the_name_that_it_is_given_and_finds_what_it_refers_to(tmp_path, monkeypatch, typed):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "network.bicep").write_text(NETWORK)
    arguments = ("scan", "-", "--stdin-name", "infra/main.bicep", *ISOLATION, "-o", "json")
    code, out, _ = typed(BICEP, *arguments)
    (finding,) = json.loads(out)["findings"]
    assert code == 1
    assert finding["location"]["path"] == "infra/network.bicep"
    (tmp_path / "infra" / "main.bicep").write_text("what was saved, and is no Bicep")
    assert typed(BICEP.replace("Disabled", "AllowOnlyApprovedOutbound"), *arguments)[0] == 0


def test_a_finding_stands_in_the_file_that_was_named(typed):
    code, out, _ = typed(
        NETWORK.replace("mode string", "mode string = 'Disabled'"),
        "scan",
        "-",
        "--stdin-name",
        "x/hub.bicep",
        *ISOLATION,
    )
    assert code == 1
    assert out.startswith("x/hub.bicep:6:")


def test_show_prints_it(typed):
    code, out, _ = typed(NETWORK, "show", "-", "--stdin-name", "hub.bicep")
    assert code == 0
    assert "isolationMode: !unresolved" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan", "-", "-"), "- stands twice"),
        (("scan", ".", "--stdin-name", "x.bicep"), "--stdin-name names what PATH - reads"),
        (("scan", "-"), "nothing to scan: no hub in -"),
    ],
)
def test_what_cannot_be_read_is_one_line(typed, arguments, said):
    code, _, err = typed("", *arguments)
    assert code == 2
    assert said in err[0]


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"{", b"\x00" * 10, b"param x string = "])
def test_no_text_is_a_traceback(typed, text):
    code, _, err = typed(text, "scan", "-", "--stdin-name", "a.bicep")
    assert code in (2, 3)
    assert all(line.startswith("hubscan: ") for line in err)
