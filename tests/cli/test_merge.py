"""Scans in shards, and ``hubscan merge``: together they say what one scan says."""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hubs import hub, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import catalog, shards
from scanner.cli import main
from scanner.errors import UsageError
from scanner.sources import redaction

TEXTUAL = [name for name in catalog.names("scanner.reporters") if name != "parquet"]
"""Every format of which two reports can be compared byte by byte as they stand."""

STORAGE = ("--select", "fqdn-no-azure-storage")
BAD = ("blobs", "FQDN", "contoso.blob.core.windows.net")


def owned(number: int, name: str = "hub", **more):
    """A hub of the subscription with that number."""
    document = hub(name, **more)
    identifier = f"00000000-0000-0000-0000-{number:012d}"
    return {**document, "id": document["id"].replace("00000000-0000-0000-0000-000000000001", identifier)}


ESTATE = [
    *(owned(number, f"hub-{number}", rules=[BAD] if number % 3 == 0 else []) for number in range(12)),
    owned(3, "hub-3", mode="Disabled"),
    owned(4, "HUB-4"),
    {
        **owned(5, "gone"),
        "outboundRules": None,
        "gaps": [{"subject": "outboundRules", "reason": "forbidden"}],
    },
    {"name": "nameless", "kind": "Hub", "properties": {"managedNetwork": {"isolationMode": "Disabled"}}},
    {**hub("odd"), "id": "odd", "outboundRules": 5},
    owned(6, "project", kind="Project"),
    "no hub at all",
]
GAPS = [
    {"subject": "subscription 9", "reason": "forbidden", "status": 403},
    {"subject": "locks", "reason": "failed", "hub": owned(7, "hub-7")["id"]},
]
CONFIG = """\
exemptions:
  - {policy: fqdn-no-azure-storage, hub: "hub-3", justification: for one shard}
  - {policy: fqdn-no-azure-storage, hub: "hub-[69]", justification: for two perhaps}
  - {policy: fqdn-no-azure-storage, hub: "hub-1", justification: for none}
  - {policy: fqdn-no-azure-storage, hub: "*", all_hubs: true, justification: long ago, expires: 2020-01-01}
"""


def outputs(folder: str) -> list[str]:
    Path(folder).mkdir()
    return [word for name in TEXTUAL for word in ("-o", f"{name}={folder}/{name}")]


def reports(folder: str) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def shard(count: int, *arguments: str) -> list[str]:
    """The files of all shards of a scan, written in an order of their own."""
    names = [f"{index}-of-{count}.json" for index in range(1, count + 1)]
    for index in range(count, 0, -1):
        code = main(
            ["scan", *arguments, "-q", "--shard", f"{index}/{count}", "-o", f"json={names[index - 1]}"]
        )
        assert code in (0, 1, 3)
    return names


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_shards_of_a_scan_merge_to_the_same_bytes_in_every_format(run, estate, tmp_path, count):
    (tmp_path / "hubscan.yaml").write_text(CONFIG)
    paths = [estate(*ESTATE, gaps=GAPS), estate(owned(1, "more"), owned(2, "hub-2"), name="more.json")]
    whole = run("scan", *paths, *outputs("whole"))
    names = shard(count, *paths)
    merged = run("merge", *names[::-1], *outputs("merged"))
    assert reports("merged") == reports("whole")
    assert (*merged[:2], [line.replace("merged/", "whole/") for line in merged[2]]) == whole
    assert b"for 'hub-1' matches no finding" in reports("whole")["json"]


@pytest.mark.parametrize(
    "options",
    [
        ["--redact"],
        ["--baseline", "before.json"],
        ["--baseline", "redacted.json"],
        ["--redact", "--baseline", "redacted.json"],
        ["--against", "earlier.json"],
        ["--redact", "--baseline", "before.json", "--against", "earlier.json", "--show-passes"],
        ["--against", "estate.json"],
    ],
    ids=" ".join,
)
def test_shards_merge_to_the_same_bytes_whatever_they_are_compared_with_and_however_named(
    run, estate, options
):
    estate(
        *ESTATE[2:9], owned(3, "hub-3", rules=[BAD]), owned(20, "deleted", rules=[BAD]), name="earlier.json"
    )
    run("scan", "earlier.json", "-o", "json=before.json")
    run("scan", "earlier.json", "--redact", "-o", "json=redacted.json")
    path = estate(*ESTATE, gaps=GAPS)
    whole = run("scan", path, *options, *outputs("whole"))
    merged = run("merge", *shard(3, path, *options), *outputs("merged"))
    assert reports("merged") == reports("whole")
    assert (merged[0], merged[2][-1].replace("merged/", "whole/")) == (whole[0], whole[2][-1])


@pytest.mark.parametrize(
    ("before", "now"),
    [((), ("--redact",)), (("--redact",), ()), (("--redact",), ("--redact",))],
    ids=["real, then redacted", "redacted, then real", "redacted"],
)
def test_what_is_fixed_is_so_in_its_shard_by_whatever_id_it_goes(run, estate, before, now):
    """Of a hub with a pseudonym the same shard tells as of the hub itself."""
    estate(*(owned(number, "hub", rules=[BAD]) for number in range(9)), name="earlier.json")
    run("scan", "earlier.json", *STORAGE, *before, "-o", "json=before.json")
    path = estate(*(owned(number, "hub") for number in range(9)))
    for name in shard(4, path, *STORAGE, *now, "--baseline", "before.json"):
        one = json.loads(Path(name).read_text())
        assert one["baseline"]["unjudged"] == 0
        assert one["baseline"]["before"] == one["baseline"]["fixed"] == len(one["hubs"])


def test_so_it_is_where_the_hubs_of_now_have_pseudonyms(run, estate):
    estate(*(owned(number, "hub", rules=[BAD]) for number in range(9)), name="earlier.json")
    run("scan", "earlier.json", *STORAGE, "-o", "json=before.json")
    hubs = [redaction.document(owned(number, "hub")) for number in range(9)]
    for name in shard(4, estate(*hubs), *STORAGE, "--baseline", "before.json"):
        one = json.loads(Path(name).read_text())
        assert one["baseline"]["before"] == one["baseline"]["fixed"] == len(one["hubs"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    homes=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["a", "B", "b", "c d"])), max_size=9),
    count=st.integers(1, 4),
    passes=st.booleans(),
)
def test_whatever_is_in_an_estate_its_shards_merge_to_the_whole(tmp_path_factory, homes, count, passes):
    folder = tmp_path_factory.mktemp("estate")
    file = folder / "estate.json"
    documents = [owned(home, name, rules=[BAD] if home % 2 else []) for home, name in homes]
    file.write_text(json.dumps(snapshot(*documents)))
    options = [str(file), "-q", "--allow-empty", *(["--show-passes"] if passes else [])]
    whole, merged = folder / "whole.json", folder / "merged.json"
    code = main(["scan", *options, "-o", f"json={whole}"])
    names = []
    for index in range(1, count + 1):
        names.append(str(folder / f"{index}.json"))
        main(["scan", *options, "--shard", f"{index}/{count}", "-o", f"json={names[-1]}"])
    assert main(["merge", *names, "-q", "-o", f"json={merged}"]) == code
    assert merged.read_bytes() == whole.read_bytes()


def test_a_subscription_is_in_one_shard_whatever_its_case():
    identifier = "ABCDEF00-0000-0000-0000-000000000001"
    holding = [index for index in range(1, 8) if shards.holds((index, 7), identifier)]
    assert len(holding) == 1
    assert shards.holds((holding[0], 7), identifier.lower())


@pytest.mark.parametrize(("number", "homes"), [(1, {2: 2, 7: 3}), (2, {2: 1, 7: 4}), (3, {3: 3, 7: 3})])
def test_the_shard_of_a_subscription_never_changes(number, homes):
    """What sha256sum says of the id: two machines, and two releases, must agree."""
    identifier = f"00000000-0000-0000-0000-{number:012d}"
    for count, home in homes.items():
        assert [index for index in range(1, count + 1) if shards.holds((index, count), identifier)] == [home]


@pytest.mark.parametrize(
    "text", ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "a/b", "1.0/2", "\u0661/\u0663", "1/9999999999"]
)
def test_a_shard_that_is_none_is_refused(text):
    with pytest.raises(UsageError) as caught:
        shards.parse(text)
    assert str(caught.value) == f"--shard {text}: write I/N, where I is from 1 to N"


def test_a_wrong_shard_is_one_line(run, estate):
    code, _, err = run("scan", estate(hub()), "--shard", "3/2")
    assert (code, err) == (2, ["hubscan: error: --shard 3/2: write I/N, where I is from 1 to N"])


def test_a_shard_says_in_every_report_that_it_is_one(run, estate):
    _, out, err = run("scan", estate(owned(1), owned(2), owned(3)), "--shard", "1/2", "-o", "markdown")
    assert "this is shard 1/2" in out
    assert err == ["hubscan: this is shard 1/2: hubs of the other shards are not in it"]


def test_a_shard_without_hubs_is_no_error_and_merges(run, estate):
    path = estate(owned(1, "only", rules=[BAD]))
    codes = {
        run("scan", path, "--shard", f"{index}/5", "-o", f"json={index}.json")[0] for index in range(1, 6)
    }
    assert codes == {0, 1}
    assert run("merge", *(f"{index}.json" for index in range(1, 6)), "-o", "text")[0] == 1


def test_where_there_is_no_hub_at_all_a_shard_is_an_error_as_the_whole_is(run, estate):
    path = estate()
    assert run("scan", path, "--shard", "1/2")[0] == run("scan", path)[0] == 2


def test_a_missing_shard_is_said_and_leaves_the_picture_incomplete(run, estate, tmp_path):
    (tmp_path / "hubscan.yaml").write_text(CONFIG)
    names = shard(4, estate(*(owned(number) for number in range(12))))
    code, out, err = run("merge", names[0], names[3], "--fail-on", "never", "-o", "json")
    result = json.loads(out)
    assert (code, result["complete"]) == (3, False)
    told = "2 of 4 shards are not here (2/4, 3/4): nothing is known of their hubs"
    assert [gap["detail"] for gap in result["gaps"]] == [told]
    assert f"hubscan: incomplete: {told}" in err
    assert not any("matches no finding" in line for line in (*err, *result["notices"]))


@pytest.fixture
def halves(estate):
    return shard(2, estate(*(owned(number) for number in range(6))))


def refused(run, *names: str) -> list[str]:
    code, out, err = run("merge", *names, "-o", "text")
    assert (code, out) == (2, "")
    return [line.removeprefix("hubscan: error: ") for line in err]


def test_one_shard_twice_is_refused(run, halves):
    first, second = halves
    assert refused(run, first, second, first) == [f"{first}: is shard 1/2 once more, as {first}"]


def test_shards_of_scans_cut_otherwise_are_refused(run, halves):
    assert refused(run, halves[0], *shard(3, "estate.json")) == [
        f"{name}: is shard {name[0]}/3, and 1-of-2.json is shard 1/2"
        for name in ("1-of-3.json", "2-of-3.json", "3-of-3.json")
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ignore", "fqdn-*"], "judged by other policies than 1-of-2.json (fqdn-"),
        (
            ["--param", "fqdn-no-azure-storage.storageFqdnExceptions=[]"],
            "judged by other expressions, parameters",
        ),
        (["--show-passes"], "judged by other expressions, parameters"),
    ],
)
def test_shards_judged_by_other_policies_are_refused(run, halves, options, told):
    run("scan", "estate.json", "--shard", "2/2", *options, "-o", "json=other.json")
    (line,) = refused(run, halves[0], "other.json")
    assert line.startswith(f"other.json: {told}")


def test_shards_of_other_files_are_refused(run, halves, estate):
    estate(*(owned(number) for number in range(7)))
    run("scan", "estate.json", "--shard", "2/2", "-o", "json=other.json")
    assert refused(run, halves[0], "other.json") == [
        "other.json: read other files than 1-of-2.json, or they changed in between"
    ]


def changed(name: str, change) -> str:
    document = json.loads(Path(name).read_text())
    change(document)
    Path("changed.json").write_text(json.dumps(document))
    return "changed.json"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda result: result["tool"].update(version="9.9"), "written by hubscan 9.9, and "),
        (lambda result: result.update(result="hubscan/v2"), "a result of another version: 'hubscan/v2'"),
        (lambda result: result.pop("shard"), "the result of a whole scan, not of one with --shard I/N"),
        (lambda result: result.pop("summary"), "not a hubscan result: summary is missing"),
        (lambda result: result["hubs"].pop(), "counts "),
        (lambda result: result["shard"].update(index=7), "not a hubscan result: there is no shard 7/2"),
        (
            lambda result: result["shard"].update(index=1),
            "says that it is shard 1/2, and holds hubs of another",
        ),
        (lambda result: result.update(hubs=5), "not a hubscan result: hubs: an array was expected"),
        (lambda result: result["hubs"][0].pop("id"), "not a hubscan result: hubs[0].id is missing"),
        (lambda result: result["shard"].update(count="2"), "not a hubscan result: shard.count: an integer"),
    ],
)
def test_a_result_that_does_not_hold_together_is_refused(run, halves, change, told):
    (line,) = refused(run, halves[0], changed(halves[1], change))
    assert line.startswith(f"changed.json: {told}")


def test_everything_that_is_wrong_is_told_at_once(run, halves, tmp_path):
    text = Path(halves[1]).read_text()
    (tmp_path / "cut.json").write_text(text[: len(text) // 2])
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "list.json").write_text("[]")
    assert refused(run, halves[0], "cut.json", "empty.json", "list.json", "absent.json") == [
        "cut.json: not a whole hubscan result: the text is cut off",
        "empty.json: not a whole hubscan result: the text is cut off",
        "list.json: not a whole hubscan result: not JSON: expected {",
        "absent.json: No such file or directory ('hubscan scan -o json=FILE' writes a result)",
    ]


def test_a_result_may_be_packed(run, halves):
    Path("packed.json.gz").write_bytes(gzip.compress(Path(halves[1]).read_bytes()))
    packed = run("merge", halves[0], "packed.json.gz", "-q", "-o", "json=a.json")
    assert run("merge", *halves, "-q", "-o", "json=b.json") == packed
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


def test_a_shard_can_be_rendered_again_and_still_be_merged(run, halves):
    assert run("report", halves[0], "-o", "json=again.json")[0] == 0
    assert Path("again.json").read_bytes() == Path(halves[0]).read_bytes()


def test_the_exit_code_is_the_one_of_the_whole_scan(run, estate):
    names = shard(2, estate(owned(1, rules=[BAD]), owned(2), owned(3)))
    assert run("merge", *names, "-o", "text")[0] == 1
    assert run("merge", *names, "-o", "text", "--fail-on", "critical")[0] == 0


def test_memory_does_not_grow_with_the_findings(tmp_path):
    """A child with room for little more than the program itself merges 25,000 findings."""
    rules = [(f"rule-{number}", "FQDN", f"a{number}.blob.core.windows.net") for number in range(250)]
    file = tmp_path / "estate.json"
    file.write_text(
        json.dumps(snapshot(*(owned(number, f"hub-{number}", rules=rules) for number in range(100))))
    )
    names = []
    for index in (1, 2):
        names.append(str(tmp_path / f"{index}.json"))
        options = [
            "-q",
            "--select",
            "fqdn-no-azure-storage",
            "--shard",
            f"{index}/2",
            "-o",
            f"json={names[-1]}",
        ]
        assert main(["scan", str(file), *options]) == 1
    limit = 400 << 20
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "merge", *names, "-q", "-o", f"json={tmp_path / 'merged.json'}"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads((tmp_path / "merged.json").read_text())["summary"]["verdicts"]["fail"] == 25_000
