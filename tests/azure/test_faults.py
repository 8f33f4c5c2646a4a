"""Faults around a live collection: drops of an answer, a proxy that talks nonsense, a clock that is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hubs import hub
from standin.examples import PRODUCTION, ROOT, SANDBOX, estate_of, snapshot_of
from standin.faults import Fault

from scanner.sources.azure import pipeline, wire

RULES = r"/workspaces/hub1/outboundRules"
DAY = 86_400


def gaps_of(name="x.jsonl"):
    """Every gap of the hubs of a snapshot: subject, reason and detail."""
    return [
        (gap["subject"], gap["reason"], gap["detail"])
        for one in snapshot_of(name)["hub"]
        for gap in one["gaps"]
    ]


def collect(run, server, *more):
    return run(server, "collect", "-s", PRODUCTION, *more, "-o", "x.jsonl", "--no-progress", "-q")


@pytest.mark.parametrize("kind", ["drip", "drip-head"])
class TestAnswerInDrops:
    """Each byte comes before anybody loses patience: only the time of the whole answer tells."""

    @pytest.fixture(autouse=True)
    def _patience(self, monkeypatch):
        monkeypatch.setattr(wire, "WHOLE_SECONDS", 1.5)

    def test_it_is_a_gap_and_the_rest_goes_on(self, arm, run, kind):
        server = arm(estate_of(hub(), hub("hub2")))
        server.faults = [Fault(RULES, kind, seconds=0.25)]
        assert collect(run, server)[0] == 3
        ((subject, reason, detail),) = gaps_of()
        assert (subject, reason) == ("outboundRules", "failed")
        assert "not complete after 1.5 seconds" in detail
        assert [one["name"] for one in snapshot_of("x.jsonl")["hub"]] == ["hub1", "hub2"]
        asked = [one for one in server.seen if RULES.rpartition("/")[2] in one.url and "hub1" in one.url]
        assert len(asked) <= pipeline._ATTEMPTS

    def test_where_all_answers_come_so_there_is_one_line(self, arm, run, kind):
        server = arm(estate_of(hub()))
        server.faults = [Fault(".", kind, seconds=0.25)]
        code, _, err = collect(run, server)
        assert code == 2
        assert all(line.startswith("hubscan: error: ") for line in err)
        assert "not complete after" in " ".join(err)

    def test_a_rerun_completes_it(self, arm, run, kind):
        server = arm(estate_of(hub()))
        server.faults = [Fault(RULES, kind, seconds=0.25)]
        assert collect(run, server)[0] == 3
        server.faults = []
        assert collect(run, server)[0] == 0
        assert gaps_of() == []


class Proxy:
    """Something at the place of a proxy: what it says to whoever comes."""

    def __init__(self, said):
        self._said = said
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heard = []

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listening.close()

    def _serve(self):
        while True:
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            with connected, contextlib.suppress(OSError):
                self.heard.append(connected.recv(65536))
                connected.sendall(self._said)


NONSENSE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
    "another protocol": b"SSH-2.0-OpenSSH_9.9\r\n",
    "a page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<html/>\r\n",
    "a tunnel to nowhere": b"HTTP/1.1 200 Connection established\r\n\r\n" + b"\0" * 500,
    "a refusal": b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
    "an error": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
    "a long head": b"HTTP/1.1 200 OK\r\n" + b"X-Pad: " + b"a" * 100_000 + b"\r\n\r\n",
    "many heads": b"HTTP/1.1 200 OK\r\n" + b"X-Pad: a\r\n" * 500 + b"\r\n",
    "an escape": b"HTTP/1.1 200 \x1b[31mred\x1b[0m\r\n::error::run\r\n\r\n",
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_a_proxy_that_talks_nonsense_is_said_in_plain_lines(arm, run, monkeypatch, said):
    server = arm(estate_of(hub()))
    with Proxy(said) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        code, _, err = collect(run, server)
    assert code == 2
    assert all(line.startswith("hubscan: error: ") and line.isprintable() for line in err), err
    assert "no hub found" in err[0]
    assert proxy.heard
    assert not any(b"Bearer" in one for one in proxy.heard)
    assert not any(token in " ".join(err) for token in server.tokens)
    assert server.seen == []
    monkeypatch.delenv("HTTPS_PROXY")
    assert collect(run, server)[0] == 0


def test_a_proxy_that_answers_in_drops_is_given_up(arm, run, monkeypatch):
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.2)
    server = arm(estate_of(hub()))

    class Dripping(Proxy):
        def _serve(self):
            connected, _ = self._listening.accept()
            with connected, contextlib.suppress(OSError):
                while not stopped.wait(0.05):
                    connected.sendall(b"H")

    stopped = threading.Event()
    with Dripping(b"") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setattr(pipeline, "_ATTEMPTS", 1)
        monkeypatch.setattr(pipeline, "_SILENT_ATTEMPTS", 1)
        monkeypatch.setattr(wire, "CONNECT_SECONDS", 1)
        code, _, err = collect(run, server)
        stopped.set()
    assert code == 2
    assert "no answer" in " ".join(err)


class TestClock:
    """A clock that is wrong and one that jumps are the same to a token: it ends at another time than it should."""

    @pytest.mark.parametrize("lifetime", [-DAY, -3600, 0, 10, 400 * DAY])
    def test_of_a_machine_that_is_ahead_or_behind_does_no_harm(self, arm, run, lifetime):
        server = arm()
        server.token_lifetime = 3600
        assert run(server, "collect", "-s", SANDBOX, "-q", "-o", "whole.jsonl")[0] in (0, 3)
        server.token_lifetime = lifetime
        assert run(server, "collect", "-s", SANDBOX, "-q", "-o", "x.jsonl")[0] in (0, 3)
        assert snapshot_of("x.jsonl")["hub"] == snapshot_of("whole.jsonl")["hub"]

    def test_that_believes_in_a_token_too_long_fetches_another(self, arm, run):
        server = arm()
        run(server, "collect", "-s", SANDBOX, "-q", "-o", "whole.jsonl")
        server.token_lifetime, server.revoke_after = 400 * DAY, len(server.seen) + 20
        assert run(server, "collect", "-s", SANDBOX, "-q", "-o", "x.jsonl")[0] in (0, 3)
        assert snapshot_of("x.jsonl")["hub"] == snapshot_of("whole.jsonl")["hub"]
        assert any(one.status == 401 for one in server.seen)

    def test_that_jumps_while_pages_are_read(self, arm, run, monkeypatch):
        """The time of day of this process goes a year on and back again between answers."""
        server = arm(page=2)
        run(server, "collect", "-s", SANDBOX, "-q", "-o", "whole.jsonl")
        told = pipeline.Patience._judged
        days = iter(range(10_000))

        def jumping(self, *arguments):
            now = real() + (365 * DAY if next(days) % 7 > 3 else 0)
            monkeypatch.setattr("scanner.sources.azure.credential.time.time", lambda: now)
            return told(self, *arguments)

        real = __import__("time").time
        monkeypatch.setattr(pipeline.Patience, "_judged", jumping)
        assert run(server, "collect", "-s", SANDBOX, "-q", "-o", "x.jsonl")[0] in (0, 3)
        assert snapshot_of("x.jsonl")["hub"] == snapshot_of("whole.jsonl")["hub"]


class TestPlace:
    def process(self, server, *arguments, **changes):
        """A collection in a process of its own, whose environment is changed; None takes a variable away."""
        given = {**os.environ, "PYTHONPATH": str(ROOT), **changes}
        command = [sys.executable, "-m", "scanner", *arguments, "--arm-endpoint", server.url]
        done = subprocess.run(
            command,
            capture_output=True,
            env={name: value for name, value in given.items() if value is not None},
            check=False,
        )
        return done.returncode, done.stderr.decode().splitlines()

    def test_without_a_home_or_a_language(self, arm):
        server = arm(estate_of(hub(tags={"größe": "🚀"})))
        bare = {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        bare |= {"HOME": None, "XDG_CACHE_HOME": None}
        code, err = self.process(
            server, "collect", "-s", PRODUCTION, "-o", "größe.jsonl", "--no-progress", **bare
        )
        assert code == 0, err
        assert err == ["hubscan: 1 hub, 1 subscription, 0 gaps, " + err[0].rpartition(", ")[2]]
        assert snapshot_of("größe.jsonl")["hub"][0]["tags"] == {"größe": "🚀"}
        result = ("-o", "json=größe.json", "--select", "fqdn-*")
        code, err = self.process(server, "scan", "-s", PRODUCTION, "-q", *result, **bare)
        assert (code, err) == (0, [])
        assert json.loads(Path("größe.json").read_text())["hubs"]
