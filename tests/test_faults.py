"""Killed, out of space, without a place to write to, without a home or a language: the program as a process.

What is killed is in `test_kills`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys

import pytest
from hubs import hub, snapshot

BLOBS = ("blobs", "FQDN", "contoso.blob.core.windows.net")
SCAN = ("scan", "-q", "--select", "fqdn-*", "--today=2026-11-02")
LIBC = ctypes.CDLL(None)
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
MANY = [hub(f"hub-{number}", rules=[BLOBS]) for number in range(60)]


@pytest.fixture
def command(tmp_path):
    """Runs the program in a process of its own: exit code, standard output, lines of standard error."""

    def call(*arguments, env=None, **more):
        more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **more}
        done = subprocess.run(line(*arguments), env=environment(env), check=False, timeout=300, **more)
        return done.returncode, done.stdout, (done.stderr or b"").decode().splitlines()

    (tmp_path / "old.json").write_text(json.dumps(snapshot(*MANY[:1])))
    (tmp_path / "new.json").write_text(json.dumps(snapshot(*MANY, collected_at="2026-11-03T05:17:00Z")))
    call.folder = tmp_path
    return call


def line(*arguments):
    return [sys.executable, "-m", "scanner", *map(str, arguments)]


def environment(changes=None):
    """Our own environment with some variables changed; None takes one away."""
    given = {**os.environ, **(changes or {})}
    return {name: value for name, value in given.items() if value is not None}


def limited(size):
    """What a process runs first that may not write files beyond a size: its full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def mortal():
    """What a process runs first that is to be held to modes of files, whoever it belongs to.

    The superuser's capabilities to do without them end with the next program that is begun.
    """
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def closed(descriptor):
    return lambda: os.close(descriptor)


class TestFullDisk:
    def test_a_report_that_does_not_fit_leaves_the_old_one(self, command, tmp_path):
        command(*SCAN, "old.json", "-o", "json=report.json")
        before = (tmp_path / "report.json").read_bytes()
        files = set(os.listdir(tmp_path))
        code, _, err = command(*SCAN, "new.json", "-o", "json=report.json", preexec_fn=limited(40_000))
        assert (code, err) == (2, ["hubscan: error: report.json: File too large"])
        assert (tmp_path / "report.json").read_bytes() == before
        assert set(os.listdir(tmp_path)) == files

    def test_a_history_that_does_not_fit_goes_on_later(self, command):
        code, _, err = command(*SCAN, "new.json", "--history", "history.db", preexec_fn=limited(8_192))
        assert (code, len(err)) == (2, 1)
        assert err[0].startswith("hubscan: error: history.db: ")
        assert command(*SCAN, "new.json", "--history", "history.db")[0] == 1

    def test_standard_output_on_a_full_disk_is_one_line(self, command, tmp_path):
        with (tmp_path / "out").open("wb") as out:
            code, _, err = command(*SCAN, "new.json", "-o", "json", stdout=out, preexec_fn=limited(40_000))
        assert (code, err) == (2, ["hubscan: error: standard output: File too large"])

    @pytest.mark.parametrize(
        "arguments", [("--help",), ("policy", "list"), (*SCAN, "new.json"), ("show", "new.json")]
    )
    def test_no_command_ends_in_a_traceback(self, command, arguments):
        with open("/dev/full", "wb") as full:
            code, _, err = command(*arguments, stdout=full)
        assert (code, err) == (2, ["hubscan: error: standard output: No space left on device"])

    def test_errors_that_nobody_can_read_have_their_exit_code(self, command):
        with open("/dev/full", "wb") as full:
            assert command("scan", "nowhere.json", stderr=full)[0] == 2

    def test_a_cache_that_does_not_fit_is_done_without(self, command, tmp_path):
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        code, _, err = command(*SCAN, "new.json", "-o", "text=/dev/null", env=env, preexec_fn=limited(4_096))
        assert (code, err) == (1, [])


class TestClosed:
    def test_standard_output_is_an_error_where_a_report_goes_to_it(self, command):
        for arguments in ((*SCAN, "new.json"), ("policy", "list"), ("--help",)):
            code, _, err = command(*arguments, preexec_fn=closed(1))
            assert (code, err) == (2, ["hubscan: error: standard output: it is closed"])

    def test_standard_output_is_not_missed_by_a_report_in_a_file(self, command, tmp_path):
        code, _, err = command(*SCAN, "new.json", "-o", "json=report.json", preexec_fn=closed(1))
        assert (code, err) == (1, [])
        assert len(json.loads((tmp_path / "report.json").read_text())["hubs"]) == 60

    def test_standard_error_is_not_missed(self, command):
        assert command(*SCAN, "new.json", preexec_fn=closed(2))[0] == 1
        assert command("scan", "nowhere.json", preexec_fn=closed(2))[0] == 2

    def test_standard_input_is_empty(self, command):
        code, _, err = command("scan", "-", "--stdin-name", "a.json", preexec_fn=closed(0))
        assert code == 2
        assert all(entry.startswith("hubscan: error: ") for entry in err)


class TestReadOnly:
    """Folders and files that may be read and not be written, for a superuser as for anybody."""

    @pytest.fixture
    def shut(self, command, tmp_path):
        """A folder with a report and a history of before, to which nothing can be written any more."""
        folder = tmp_path / "shut"
        folder.mkdir()
        outputs = ("-o", f"json={folder}/report.json", "--history", folder / "history.db")
        assert command(*SCAN, "old.json", *outputs)[0] == 1
        for path in (*folder.iterdir(), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
        folder.chmod(0o755)

    def what_is_there(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_a_report_is_one_line_and_the_old_one_stays(self, command, shut):
        before = self.what_is_there(shut)
        code, _, err = command(*SCAN, "new.json", "-o", f"json={shut}/report.json", preexec_fn=mortal)
        assert (code, err) == (2, [f"hubscan: error: {shut}/report.json: Permission denied"])
        assert self.what_is_there(shut) == before

    def test_a_history_is_one_line_before_any_work(self, command, shut):
        before = self.what_is_there(shut)
        code, out, err = command(*SCAN, "new.json", "--history", shut / "history.db", preexec_fn=mortal)
        assert (code, out, len(err)) == (2, b"", 1)
        assert err[0].startswith(f"hubscan: error: {shut}/history.db: ")
        assert self.what_is_there(shut) == before

    @pytest.mark.parametrize(
        "question", [("list",), ("trend",), ("since", "2026-01-01"), ("export", "-o", "jsonl")]
    )
    def test_a_history_is_read_all_the_same(self, command, shut, question):
        code, out, err = command("history", *question, "--history", shut / "history.db", preexec_fn=mortal)
        assert (code, err) == (0, [])
        assert out

    def test_what_lies_in_one_is_judged(self, command, shut, tmp_path):
        (tmp_path / "new.json").rename(tmp_path / "elsewhere.json")
        shut.chmod(0o755)
        (shut / "new.json").write_bytes((tmp_path / "elsewhere.json").read_bytes())
        shut.chmod(0o555)
        code, out, err = command(*SCAN, "new.json", "-o", "jsonl", cwd=shut, preexec_fn=mortal)
        assert (code, err, len(out.splitlines())) == (1, [], 60)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("demo",),
            ("policy", "new", "mine"),
            ("fix", "report.json", "-o", "azure-cli=fix.sh"),
            ("report", "report.json", "-o", "html=report.html"),
            (
                "exempt",
                "MARK",
                "--justification",
                "agreed",
                "--expires",
                "2026-12-01",
                "--result",
                "report.json",
            ),
        ],
        ids=" ".join,
    )
    def test_every_command_that_writes_says_so_in_a_line(self, command, shut, arguments):
        before = self.what_is_there(shut)
        mark = json.loads(before["report.json"])["findings"][0]["fingerprint"]
        arguments = [mark if one == "MARK" else one for one in arguments]
        root = {"PYTHONPATH": os.getcwd()}
        code, _, err = command(*arguments, cwd=shut, env=root, preexec_fn=mortal)
        assert (code, len(err)) == (2, 1), err
        assert err[0].startswith("hubscan: error: ")
        assert self.what_is_there(shut) == before

    def test_a_rerun_completes_the_work_once_it_can_be_written_to(self, command, shut):
        outputs = ("-o", f"json={shut}/report.json", "--history", shut / "history.db")
        assert command(*SCAN, "new.json", *outputs, preexec_fn=mortal)[0] == 2
        for path in (shut, *shut.iterdir()):
            path.chmod(0o755)
        assert command(*SCAN, "new.json", *outputs, preexec_fn=mortal)[0] == 1
        assert len(json.loads((shut / "report.json").read_text())["hubs"]) == 60

    def test_a_cache_is_done_without(self, command, shut):
        env = {"XDG_CACHE_HOME": str(shut)}
        code, _, err = command(*SCAN, "new.json", "-o", "text=/dev/null", env=env, preexec_fn=mortal)
        assert (code, err) == (1, [])

    def test_a_folder_that_may_not_be_looked_into_is_a_gap(self, command, shut):
        shut.chmod(0o000)
        code, out, err = command(*SCAN, ".", "-o", "json", preexec_fn=mortal)
        gaps = [(gap["subject"], gap["reason"]) for gap in json.loads(out)["gaps"]]
        assert (code, err, gaps) == (1, [], [("shut", "forbidden")])


class TestClock:
    """Snapshots that were taken on machines whose clocks are wrong, judged on days that nobody lives on."""

    def judged(self, command, taken, *more):
        document = snapshot(*MANY[:2], collected_at=taken)
        name = f"{taken.partition('T')[0]}.json"
        (command.folder / name).write_text(json.dumps(document))
        return command(*SCAN[:-1], name, "-o", "json=report.json", *more)

    def test_that_goes_back_takes_nothing_out_of_a_history(self, command):
        for taken in ("2026-11-02T05:17:00Z", "2031-01-01T00:00:00Z"):
            assert self.judged(command, taken, "--history", "history.db")[0] == 1
        export = ("history", "export", "--history", "history.db", "-o", "jsonl")
        before = command(*export)[1]
        self.judged(command, "2026-11-05T05:17:00Z")
        code, _, err = command(
            "scan", "2026-11-05.json", *SCAN[2:], "-o", "text=/dev/null", "--history", "history.db"
        )
        assert code == 1
        assert "nothing was recorded of 2 hubs that were judged at a later time already" in " ".join(err)
        assert command(*export)[1] == before != b""
        assert command("history", "trend", "--history", "history.db")[0] == 0

    @pytest.mark.parametrize(
        "taken", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"]
    )
    def test_at_the_end_of_time_is_a_time(self, command, taken):
        code, _, err = self.judged(command, taken, "--history", "history.db", "--today=2026-11-02")
        assert (code, err) == (1, [])
        assert json.loads((command.folder / "report.json").read_text())["finished_at"] == taken

    @pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "9999-12-31"])
    def test_any_day_may_be_today(self, command, day):
        (command.folder / "hubscan.yaml").write_text(
            "exemptions: [{policy: fqdn-no-azure-storage, hub: hub-0, justification: agreed, expires: 2026-12-31}]"
        )
        code, _, err = command(*SCAN[:-1], "old.json", "-o", "json=report.json", f"--today={day}")
        verdicts = {
            one["verdict"] for one in json.loads((command.folder / "report.json").read_text())["findings"]
        }
        holds = day < "2026-12-31"
        assert (code, err, verdicts) == (0 if holds else 1, [], {"exempt" if holds else "fail"})


class TestNowhereToWrite:
    """The folders of processes take no files, whoever asks."""

    @pytest.mark.parametrize(
        "more", [("-o", "json=/proc/report.json"), ("-o", "json=/dev/null", "--history", "/proc/history.db")]
    )
    def test_is_one_line(self, command, more):
        code, _, err = command(*SCAN, "new.json", *more)
        assert (code, len(err)) == (2, 1)
        assert err[0].startswith("hubscan: error: /proc/")

    def test_a_cache_is_done_without(self, command):
        code, _, err = command(*SCAN, "new.json", env={"XDG_CACHE_HOME": "/proc/cache"})
        assert (code, err) == (1, [])

    def test_a_working_directory_is_done_without(self, command, tmp_path):
        root = {"PYTHONPATH": os.getcwd()}
        code, _, err = command(*SCAN, tmp_path / "new.json", cwd="/proc", env=root)
        assert (code, err) == (1, [])
        assert command("demo", cwd="/proc", env=root)[0] == 2


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_a_home_is_not_needed(command, home):
    code, _, err = command(*SCAN, "new.json", env={"HOME": home, "XDG_CACHE_HOME": None})
    assert (code, err) == (1, [])


def test_a_language_is_not_needed(command, tmp_path):
    """Reports are UTF-8 wherever they are written, and messages are lines even where names cannot be."""
    env = {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    document = hub("hub1", rules=[("größe-🚀", "FQDN", "contoso.blob.core.windows.net")])
    (tmp_path / "größe.json").write_text(json.dumps(snapshot(document)))
    code, out, err = command(*SCAN, ".", env=env)
    assert (code, err) == (1, [])
    assert "größe-🚀" in out.decode()
    code, _, err = command("scan", "weg-ü.json", env=env)
    assert code == 2
    assert err[0].startswith("hubscan: error: ")
    for arguments in (("policy", "list"), ("show", "größe.json"), ("--help",)):
        code, _, err = command(*arguments, env=env)
        assert (code, err) == (0, [])
