"""Snapshots in both forms: what is in them, and what is said of those that are broken."""

from __future__ import annotations

import gzip
import json
import pickle
import zlib

import pytest
from hubs import SUBSCRIPTION, hub, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources.conftest import Harvest, reason, text_of

from scanner.sources import Piece, collect, pieces, realise
from scanner.values import Unknown

HEADER = {"snapshot": "hubscan/v1", "collected_at": "2026-11-02T05:17:00Z"}
CONTOSO = {"subscriptionId": SUBSCRIPTION, "displayName": "Contoso", "providers": {}}

ON_FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def end(hubs, gaps=0):
    return {"end": {"hubs": hubs, "gaps": gaps}}


def lines(*hubs, header=HEADER):
    return (header, *({"hub": one} for one in hubs), end(len(hubs)))


class TestBothForms:
    FORMS = (
        pytest.param(snapshot, id="document"),
        pytest.param(lambda *hubs, **more: lines(*hubs, header={**HEADER, **more}), id="lines"),
        pytest.param(lambda *hubs, **more: json.dumps(snapshot(*hubs, **more), indent=2), id="indented"),
        pytest.param(
            lambda *hubs, **more: json.dumps(snapshot(*hubs, **more), sort_keys=True),
            id="hubs before the header",
        ),
    )

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("packed", [False, True])
    def test_hubs_come_in_their_order_with_the_time_and_the_source(self, read, form, packed):
        harvest = read(form(hub("b"), hub("a")), packed=packed)
        assert harvest.names == ["b", "a"]
        assert harvest.taken == ["2026-11-02T05:17:00Z"]
        assert harvest.gaps == []
        assert [(note.kind, note.hubs) for note in harvest.notes] == [("snapshot", 2)]
        assert all(one.live and one.document["live"] is True for one in harvest.hubs)

    @pytest.mark.parametrize("form", FORMS)
    def test_an_estate_without_hubs_is_whole(self, read, form):
        harvest = read(form())
        assert (harvest.hubs, harvest.gaps) == ([], [])

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("source", [{"live": False}, {"kind": "code"}, {"kind": "IaC"}])
    def test_a_snapshot_made_from_code_is_not_live(self, read, form, source):
        one = read(form(hub(), source=source)).hub
        assert (one.live, one.document["live"]) == (False, False)

    @pytest.mark.parametrize("form", FORMS)
    def test_gaps_of_the_whole_are_gaps(self, read, form):
        harvest = read(
            form(hub(), gaps=[{"subject": "/subscriptions/x", "reason": "forbidden", "status": 403}])
        )
        gap = harvest.gaps[0]
        assert (gap.subject, gap.reason, gap.status, gap.hub) == ("/subscriptions/x", "forbidden", 403, None)

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize(
        "said",
        [
            {"subject": f"{hub()['id']}/computes"},
            {"subject": f"{hub()['id'].upper()}/Computes/"},
            {"subject": f"https://management.azure.com{hub()['id']}/computes?api-version=2025-06-01"},
            {"subject": "computes", "hub": hub()["id"]},
            {"subject": "computes", "hub": "HUB1"},
        ],
    )
    def test_a_hub_knows_of_a_gap_of_the_whole_that_is_its_own(self, read, form, said):
        gaps = [{"reason": "forbidden", "status": 403, **said}]
        harvest = read(form(hub("other", computes=[]), hub(computes=[], outboundRules=[]), gaps=gaps))
        other, own = harvest.hubs
        assert reason(own.document["computes"]) == "computes could not be read: forbidden (403)"
        assert other.document["computes"] == []
        assert (own.gaps, other.gaps) == (tuple(harvest.gaps), ())

    @pytest.mark.parametrize("form", FORMS)
    def test_what_the_whole_could_not_read_no_hub_has(self, read, form):
        gaps = [{"subject": "computes", "reason": "failed"}]
        for one in read(form(hub("a", computes=[]), hub("b"), gaps=gaps)).hubs:
            assert reason(one.document["computes"]) == "computes could not be read: failed"

    @pytest.mark.parametrize("form", FORMS)
    def test_every_hub_knows_which_resources_could_not_be_read(self, read, form):
        account = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
        )
        harvest = read(form(hub(resources=[]), gaps=[{"subject": account, "reason": "forbidden"}]))
        assert [gap["subject"] for gap in harvest.document["gaps"]] == [account]
        assert [gap.hub for gap in harvest.gaps] == [None]
        assert harvest.hub.gaps == ()

    def test_a_gap_that_stands_before_the_hubs_is_theirs_too(self, read):
        gap = {"gap": {"subject": f"{hub()['id']}/computes", "reason": "forbidden"}}
        harvest = read((HEADER, gap, {"hub": hub(computes=[])}, end(1, 1)))
        assert reason(harvest.document["computes"]) == "computes could not be read: forbidden"

    def test_a_gap_that_stands_after_the_hubs_is_theirs_too(self, read):
        gap = {"gap": {"subject": f"{hub()['id']}/computes", "reason": "forbidden"}}
        harvest = read((HEADER, {"hub": hub(computes=[])}, gap, end(1, 1)))
        assert reason(harvest.document["computes"]) == "computes could not be read: forbidden"

    @pytest.mark.parametrize("form", FORMS)
    def test_a_hub_gets_the_subscription_that_its_id_names(self, read, form):
        other = {**hub("other"), "id": hub("other")["id"].replace(SUBSCRIPTION, "b")}
        harvest = read(
            form(hub(), other, subscriptions=[{**CONTOSO, "subscriptionId": SUBSCRIPTION.upper()}])
        )
        assert harvest.hubs[0].document["subscription"]["displayName"] == "Contoso"
        assert reason(harvest.hubs[1].document["subscription"]) == "subscription was not collected"

    @pytest.mark.parametrize("form", FORMS)
    def test_a_hub_sees_every_subscription_that_was_read_by_its_id(self, read, form):
        other = {"id": f"/subscriptions/{SUBSCRIPTION[:-1]}2", "tenantId": "t"}
        document = read(form(hub(), subscriptions=[CONTOSO, other])).document
        assert document["subscriptions"] == {SUBSCRIPTION: CONTOSO, f"{SUBSCRIPTION[:-1]}2": other}

    def test_a_hub_that_lists_subscriptions_itself_sees_those(self, read):
        own = hub(subscriptions=[CONTOSO])
        assert read(snapshot(own, subscriptions=[{**CONTOSO, "tenantId": "t"}])).document[
            "subscriptions"
        ] == [CONTOSO]

    @pytest.mark.parametrize("form", FORMS)
    def test_the_subscription_of_the_hub_itself_counts_first(self, read, form):
        own = hub(subscription={"displayName": "own"})
        assert read(form(own, subscriptions=[CONTOSO])).document["subscription"] == {"displayName": "own"}

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("version", ["hubscan/v2", "hubscan/", "hubscan/v1.1"])
    def test_another_version_is_refused_in_one_line(self, read, form, version):
        harvest = read(form(hub(), snapshot=version))
        assert (harvest.hubs, harvest.codes) == ([], ["version"])
        assert harvest.gaps[0].detail == f"a snapshot that says '{version}'; only 'hubscan/v1' is understood"

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-11-02T05:17:00+02:00", ["2026-11-02T03:17:00Z"]),
            ("2026-11-02T05:17:00.123456", ["2026-11-02T05:17:00Z"]),
            ("0001-01-01T00:00:00+14:00", []),
            ("last week", []),
            (5, []),
            (None, []),
        ],
    )
    def test_times_are_in_utc_so_that_they_sort(self, read, form, at, expected):
        harvest = read(form(hub(), collected_at=at))
        assert (harvest.taken, len(harvest.hubs)) == (expected, 1)

    @pytest.mark.parametrize("form", FORMS)
    def test_unknown_keys_are_no_harm(self, read, form):
        harvest = read(form(hub(future={"deep": [1]}), later="x"))
        assert (harvest.document["future"], harvest.gaps) == ({"deep": [1]}, [])


class TestLines:
    def test_subscriptions_may_stand_after_the_hubs(self, read):
        harvest = read((HEADER, {"hub": hub()}, {"subscription": CONTOSO}, end(1)))
        assert harvest.document["subscription"]["displayName"] == "Contoso"

    def test_white_space_and_empty_lines_do_not_matter(self, read):
        harvest = read(
            (json.dumps(HEADER), "", f'  {{ "hub" : {json.dumps(hub())} }}', " ", json.dumps(end(1)))
        )
        assert (harvest.names, harvest.gaps) == (["hub1"], [])

    def test_a_broken_line_loses_nothing_but_itself(self, read):
        harvest = read(
            (HEADER, {"hub": hub("a")}, '{"hub": {"id" "x"}}', "prose", "[1]", {"hub": hub("b")}, end(3))
        )
        assert harvest.names == ["a", "b"]
        assert [gap.subject.rpartition(":")[2] for gap in harvest.gaps] == ["3", "4", "5"]
        assert {gap.code for gap in harvest.gaps} == {"malformed"}

    @pytest.mark.parametrize("wrong", [None, 5, "hub", [], True])
    def test_a_hub_that_is_no_object_is_a_gap(self, read, wrong):
        harvest = read(lines(hub("a"), wrong))
        assert harvest.names == ["a"]
        assert harvest.gaps[0].subject.endswith(":3")
        assert "the hub is" in harvest.gaps[0].detail

    @pytest.mark.parametrize(
        ("missing", "expected"),
        [
            (1, ["has no end line"]),
            (2, ["has no end line"]),
        ],
    )
    def test_a_file_without_its_last_lines_is_incomplete(self, read, missing, expected):
        harvest = read(lines(hub("a"), hub("b"))[:-missing])
        assert harvest.names == ["a", "b"][: 3 - missing]
        assert [(gap.reason, gap.code, gap.detail) for gap in harvest.gaps] == [
            ("missing", "truncated", ", ".join(expected))
        ]

    def test_a_file_that_ends_within_a_line_is_one_gap(self, read):
        text = text_of(lines(hub("a"), hub("b")))
        harvest = read(text[: text.index("b", text.index('"b"'))])
        assert harvest.names == ["a"]
        assert [(gap.code, gap.detail) for gap in harvest.gaps] == [
            ("truncated", "line 3 is cut off, has no end line")
        ]

    def test_the_last_line_needs_no_line_break(self, read):
        harvest = read(text_of(lines(hub())).rstrip("\n"))
        assert (harvest.names, harvest.gaps) == (["hub1"], [])

    def test_a_file_without_its_header_is_read_and_incomplete(self, read):
        harvest = read(lines(hub())[1:])
        assert (harvest.names, [gap.detail for gap in harvest.gaps]) == (["hub1"], ["has no header line"])

    @pytest.mark.parametrize(
        ("counts", "said"),
        [
            ({"hubs": 2, "gaps": 0}, "the last line counts 2 hubs, 1 are there"),
            ({"hubs": 1, "gaps": 4}, "the last line counts 4 gaps, 0 are there"),
            ({"hubs": "many"}, 'the last line counts "many" hubs, 1 are there'),
        ],
    )
    def test_counts_that_do_not_match_are_a_gap(self, read, counts, said):
        harvest = read((HEADER, {"hub": hub()}, {"end": counts}))
        assert [gap.detail for gap in harvest.gaps] == [said]

    def test_hubs_after_the_end_are_read_and_the_file_is_incomplete(self, read):
        harvest = read((*lines(hub("a")), {"hub": hub("b")}))
        assert (harvest.names, harvest.codes) == (["a", "b"], ["truncated"])

    def test_several_snapshots_after_one_another_are_each_read_with_their_own_header(self, read):
        harvest = read((*lines(hub("a")), *lines(hub("b"), header={**HEADER, "source": {"kind": "code"}})))
        assert [(one.ref.name, one.live) for one in harvest.hubs] == [("a", True), ("b", False)]
        assert harvest.gaps == []

    def test_a_gzip_stream_that_is_cut_off_gives_what_is_readable(self, write, scan):
        many = [hub(f"hub{number}") for number in range(300)]
        whole = gzip.compress(text_of(lines(*many)).encode())
        write("estate.jsonl.gz", whole[: len(whole) // 2])
        harvest = scan("estate.jsonl.gz")
        assert 0 < len(harvest.hubs) < 300
        assert harvest.codes == ["truncated"]
        assert harvest.gaps[0].detail.endswith("the gzip stream is cut off")

    def test_a_damaged_gzip_stream_is_said(self, write, scan):
        packed = bytearray(gzip.compress(text_of(lines(hub())).encode()))
        packed[-6] ^= 1
        write("estate.jsonl.gz", bytes(packed))
        harvest = scan("estate.jsonl.gz")
        assert (harvest.names, harvest.codes) == (["hub1"], ["truncated"])
        assert "CRC" in harvest.gaps[0].detail


class TestDocuments:
    @pytest.mark.parametrize("wrong", [None, 5, "hub", [], True])
    def test_a_hub_that_is_no_object_is_a_gap_that_names_it(self, read, wrong):
        harvest = read(snapshot(hub("a"), wrong, hub("b")))
        assert harvest.names == ["a", "b"]
        assert [gap.subject.partition("#")[2] for gap in harvest.gaps] == ["hubs[1]"]

    @pytest.mark.parametrize("hubs", [{}, None, 5, "hubs"])
    def test_hubs_that_are_no_list_are_a_gap(self, read, hubs):
        harvest = read({**HEADER, "hubs": hubs, "gaps": []})
        assert (harvest.hubs, harvest.codes) == ([], ["malformed"])
        assert harvest.gaps[0].subject.endswith("#hubs")

    def test_two_lists_of_hubs_are_both_read(self, read):
        text = json.dumps(snapshot(hub("a")))[:-1] + f', "hubs": [{json.dumps(hub("b"))}]}}'
        assert read(text).names == ["a", "b"]

    @pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
    def test_a_number_that_is_none_loses_only_its_hub(self, read, number):
        text = json.dumps(snapshot(hub("a"), hub("b", odd="HERE"), hub("c"))).replace('"HERE"', number)
        harvest = read(text)
        assert harvest.names == ["a", "c"]
        assert [gap.subject.partition("#")[2] for gap in harvest.gaps] == ["hubs[1]"]

    def test_an_integer_beyond_64_bits_is_a_number(self, read):
        assert read(snapshot(hub(odd=2**70))).document["odd"] == float(2**70)

    def test_text_that_is_no_text_is_made_one(self, read):
        text = json.dumps(snapshot(hub("a"), hub("b", odd="HERE")))
        harvest = read(text.replace("HERE", "\\ud800"))
        assert harvest.hubs[1].document["odd"] == "\ufffd"
        harvest = read(text.encode().replace(b"HERE", b"\xff"))
        assert harvest.hubs[1].document["odd"] == "\ufffd"

    def test_of_two_members_of_one_name_neither_counts(self, read):
        text = json.dumps(snapshot(hub())).replace(
            '"location": "westeurope"', '"location": "westeurope", "location": "northeurope"'
        )
        assert reason(read(text).document["location"]) == "'location' is written twice"

    @pytest.mark.parametrize("depth", [255, 900, 5000])
    def test_a_hub_that_is_nested_too_deep_is_a_gap(self, read, depth):
        text = json.dumps(snapshot(hub("a"), hub("b", odd="HERE")))
        harvest = read(text.replace('"HERE"', "[" * depth + "]" * depth))
        assert (harvest.names, len(harvest.gaps)) == (["a"], 1)

    def test_a_document_that_is_cut_off_gives_what_is_readable(self, read):
        text = json.dumps(snapshot(hub("a"), hub("b"), hub("c")))
        harvest = read(text[: text.rindex('"name"')])
        assert harvest.names == ["a", "b"]
        assert [(gap.reason, gap.code) for gap in harvest.gaps] == [("missing", "truncated")]

    def test_a_document_that_is_broken_gives_what_is_readable(self, read):
        text = json.dumps(snapshot(hub("a"), hub("b"), hub("c")))
        at = text.rindex('"name"')
        harvest = read(text[:at] + "name" + text[at + 6 :] + " " * 100)
        assert harvest.names == ["a", "b"]
        assert harvest.codes == ["malformed"]


def whole_lines(text):
    """The lines of a text that are whole."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


class TestPieces:
    """What a program with several processes sends to its workers."""

    def test_hubs_are_not_parsed_until_they_are_realised(self, write):
        parts = list(pieces([write("estate.jsonl", lines(hub("a"), hub("b")))]))
        raw = [part for part in parts if isinstance(part, Piece)]
        assert [json.loads(part.raw)["hub"]["name"] for part in raw] == ["a", "b"]
        assert [realise(part).ref.name for part in raw] == ["a", "b"]

    @pytest.mark.parametrize("form", [snapshot, lines])
    def test_a_piece_gives_the_same_hub_in_another_process_and_again(self, write, form):
        path = write(
            "estate",
            form(hub(rules=[("r", "fqdn", 5)]), subscriptions=[CONTOSO]) if form is snapshot else form(hub()),
        )
        part = next(part for part in pieces([path]) if isinstance(part, Piece))
        first, second = realise(part), realise(pickle.loads(pickle.dumps(part)))
        assert first.ref == second.ref
        assert plain(first.document) == plain(second.document) == plain(realise(part).document)

    def test_every_part_can_be_sent_to_another_process(self, write):
        path = write("rules.json", [{"name": "r", "type": "fqdn", "destination": "${a}.contoso.com"}])
        for part in pieces([path]):
            assert repr(pickle.loads(pickle.dumps(part))) == repr(part)


def plain(value):
    """A document in which unknown values can be compared."""
    if isinstance(value, Unknown):
        return ("unknown", value.reason, value.text)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


@ON_FILES
@given(st.binary(max_size=300))
def test_no_bytes_end_a_scan(read, data):
    assert read(data).all


@ON_FILES
@given(JSON)
def test_no_json_ends_a_scan(read, value):
    assert read(value).all


@ON_FILES
@given(
    st.dictionaries(st.sampled_from(["snapshot", "hubs", "gaps", "subscriptions", "source"]), JSON),
    st.booleans(),
)
def test_no_snapshot_ends_a_scan(read, members, as_line):
    read(({**HEADER, **members},) if as_line else {**HEADER, **members})


@ON_FILES
@given(
    st.lists(st.dictionaries(st.sampled_from(["hub", "gap", "subscription", "end", "x"]), JSON, min_size=1))
)
def test_no_line_ends_a_scan(read, members):
    harvest = read((HEADER, *members))
    assert len(harvest.notes) == 1


@ON_FILES
@given(st.data())
def test_wherever_lines_are_cut_off_whole_hubs_are_read_and_the_cut_is_said(read, data):
    whole = text_of((HEADER, {"hub": hub("a")}, {"subscription": CONTOSO}, {"hub": hub("b")}, end(2)))
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    harvest = read(cut)
    assert harvest.names == [line["hub"]["name"] for line in whole_lines(cut) if "hub" in line]
    assert [gap.code for gap in harvest.gaps] == ["truncated" if '"hubscan/' in cut else "unrecognised"]


@ON_FILES
@given(st.data(), st.booleans())
def test_wherever_a_document_is_cut_off_nothing_is_lost_silently(read, data, packed):
    whole = json.dumps(snapshot(hub("a"), hub("b"))).encode()
    whole = zlib.compress(whole, wbits=31) if packed else whole
    harvest = read(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert harvest.names == ["a", "b"][: len(harvest.hubs)]
    assert len(harvest.gaps) == 1


def test_the_order_never_changes(write, tmp_path):
    for number in range(5):
        write(f"{number}.jsonl", lines(*(hub(f"hub{number}{index}") for index in range(5))))
    first, second = (Harvest(collect([str(tmp_path)])) for _ in range(2))
    assert first.names == second.names == sorted(first.names)
