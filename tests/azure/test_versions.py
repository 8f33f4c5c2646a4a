"""Which api-version is asked for, and what happens where a cloud does not have it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hubs import hub
from hypothesis import given
from hypothesis import strategies as st
from standin.examples import PRODUCTION, estate_of, snapshot_of

from scanner import reference
from scanner.errors import ConfigError
from scanner.sources.azure.versions import Versions, newest

WORKSPACES = "Microsoft.MachineLearningServices/workspaces"


def asked(server, part):
    """The versions in which paths that end so were asked for, in order, each once."""
    found = [
        parse_qs(urlsplit(one.url).query)["api-version"][0]
        for one in server.seen
        if urlsplit(one.url).path.endswith(part)
    ]
    return list(dict.fromkeys(found))


def test_the_pinned_version_is_asked_for(arm, run):
    server = arm(estate_of(hub()))
    assert run(server, "collect", "-s", PRODUCTION, "--light", "-q", "-o", "x.jsonl")[0] == 0
    assert asked(server, "/outboundRules") == ["2025-12-01"]
    assert snapshot_of("x.jsonl")["header"][0]["source"]["apiVersions"] == {}


def test_where_it_is_refused_the_newest_stable_one_on_offer_is_used_and_noted(arm, run):
    server = arm(estate_of(hub(), hub("hub2")))
    offered = ["2023-10-01", "2024-10-01", "2026-01-15-preview"]
    server.estate.providers["microsoft.machinelearningservices"] = {
        "workspaces": offered,
        "workspaces/outboundRules": offered,
    }
    server.versions = {"/workspaces": offered, "/hub1": offered, "/hub2": offered, "/outboundRules": offered}
    code, _, err = run(server, "collect", "-s", PRODUCTION, "--light", "-o", "x.jsonl", "--no-progress")
    assert code == 0
    assert asked(server, "/workspaces")[-1] == "2024-10-01"
    assert asked(server, "/hub2")[-1] == "2024-10-01"
    noted = {WORKSPACES.lower(): "2024-10-01", f"{WORKSPACES}/outboundRules".lower(): "2024-10-01"}
    assert snapshot_of("x.jsonl")["header"][0]["source"]["apiVersions"] == noted
    assert sum("2024-10-01" in line for line in err) == 2


def test_where_nothing_else_is_on_offer_it_is_a_gap(arm, run):
    server = arm(estate_of(hub()))
    server.versions = {"/computes": []}
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 3
    (gap,) = snapshot_of("x.jsonl")["hub"][0]["gaps"]
    assert (gap["subject"], gap["status"], gap["code"]) == ("computes", 400, "InvalidApiVersionParameter")


def test_a_version_of_ones_own_is_asked_for(arm, run):
    server = arm(estate_of(hub()))
    server.estate.providers = {}
    Path("hubscan.yaml").write_text(
        f'data: {{api-versions: {{types: {{{WORKSPACES}/outboundRules: "2026-09-01"}}}}}}\n'
    )
    assert run(server, "collect", "-s", PRODUCTION, "--light", "-q", "-o", "x.jsonl")[0] == 0
    assert asked(server, "/outboundRules") == ["2026-09-01"]


@pytest.mark.parametrize("value", ["20251201", "null", "[2025-12-01]"])
def test_what_is_no_text_is_an_error_with_its_place(arm, run, value):
    Path("hubscan.yaml").write_text(f"data:\n  api-versions: {{types: {{{WORKSPACES}: {value}}}}}\n")
    code, _, err = run(arm(), "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")
    assert code == 2
    assert "hubscan.yaml:2:" in str(err)


@pytest.mark.parametrize("value", ["latest", "2025-12-01&x=1"])
def test_what_is_no_version_is_an_error_of_the_configuration(value):
    reference.use(reference.Reference({"api-versions": {"types": {WORKSPACES: value}}}))
    with pytest.raises(ConfigError, match="api-version"):
        Versions(lagging=False)


def test_a_lagging_cloud_is_believed_before_it_refuses():
    versions = Versions(lagging=True)
    assert versions.pick(WORKSPACES) == "2025-12-01"
    versions.learn(
        {
            "namespace": "Microsoft.MachineLearningServices",
            "resourceTypes": [
                {"resourceType": "workspaces", "apiVersions": ["2024-04-01", "2024-10-01-preview"]}
            ],
        }
    )
    assert versions.pick(WORKSPACES) == "2024-04-01"
    assert versions.substitutes() == {WORKSPACES.lower(): "2024-04-01"}


def test_the_public_cloud_is_not():
    versions = Versions(lagging=False)
    versions.learn(
        {
            "namespace": "Microsoft.MachineLearningServices",
            "resourceTypes": [{"resourceType": "workspaces", "apiVersions": ["2024-04-01"]}],
        }
    )
    assert versions.pick(WORKSPACES) == "2025-12-01"


@pytest.mark.parametrize(
    "provider",
    [
        {},
        {"namespace": 7},
        {"namespace": "x", "resourceTypes": 3},
        {"namespace": "x", "resourceTypes": [None, {}, {"resourceType": "y", "apiVersions": [7, "soon"]}]},
    ],
)
def test_a_provider_of_odd_shape_teaches_nothing(provider):
    versions = Versions(lagging=True)
    versions.learn(provider)
    assert versions.pick("x/y") is None


dates = st.dates().map(str)
previews = dates.map(lambda date: f"{date}-preview")


@given(st.lists(dates, min_size=1), st.lists(previews))
def test_a_stable_version_is_newer_than_any_preview(stable, preview):
    assert newest([*preview, *stable]) == max(stable)


@given(st.lists(previews, min_size=1))
def test_of_previews_the_latest_is_the_newest(preview):
    assert newest(preview) == max(preview)
