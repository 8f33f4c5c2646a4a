"""Whatever a name holds, the file stays valid, its paths relative and its messages literal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters.conftest import card, finding, hub_ref, place, report
from reporters.github_profile import plain_path
from reporters.sarif_log import log, problems

from scanner.model import Control, Finding, Gap, HubRef, Place, PolicyCard, Reference, Severity, Verdict
from scanner.reporters.sarif import uri
from scanner.reporters.sarif.result import literal

ANY = st.text(max_size=30) | st.text("[](){}\\/.:%#?&`|<>'\"\n\u2028\u202e ", max_size=12)
CHARACTERS = st.characters() | st.characters(categories=["Cs"])
WITH_SURROGATES = ANY | st.text(CHARACTERS, max_size=12)
HUBS = st.builds(
    HubRef,
    id=WITH_SURROGATES,
    name=WITH_SURROGATES,
    kind=ANY,
    subscription_id=st.none() | WITH_SURROGATES,
    resource_group=st.none() | WITH_SURROGATES,
)
PLACES = st.builds(
    Place, path=WITH_SURROGATES, line=st.integers(-1, 9), column=st.integers(-1, 9), end_line=st.just(1)
)
FINDINGS = st.builds(
    Finding,
    policy=WITH_SURROGATES,
    title=WITH_SURROGATES,
    severity=st.just(Severity.MEDIUM),
    verdict=st.sampled_from(Verdict),
    message=WITH_SURROGATES,
    hub=HUBS,
    item=st.none() | WITH_SURROGATES,
    fingerprint=WITH_SURROGATES,
    evidence=st.dictionaries(ANY, WITH_SURROGATES, max_size=2),
    reason=st.none() | WITH_SURROGATES,
    location=st.none() | PLACES,
)


@settings(max_examples=150)
@given(st.lists(FINDINGS, max_size=3), st.data())
def test_any_text_anywhere_gives_a_file_that_github_takes(findings: list[Finding], data: Any) -> None:
    cards = tuple(
        card(
            policy,
            severity=Severity.MEDIUM,
            title=data.draw(WITH_SURROGATES),
            category=data.draw(ANY),
            description=data.draw(WITH_SURROGATES),
            remediation={"text": data.draw(WITH_SURROGATES), "bicep": data.draw(WITH_SURROGATES)},
            references=(Reference(title=data.draw(WITH_SURROGATES), url=data.draw(WITH_SURROGATES)),),
            controls=(Control(framework=data.draw(ANY), version="v1", control=data.draw(ANY)),),
        )
        for policy in sorted({each.policy for each in findings})
    )
    gaps = (Gap(subject=data.draw(WITH_SURROGATES), reason="failed", detail=data.draw(WITH_SURROGATES)),)
    one = report(
        findings,
        policies=cards,
        hubs=tuple(each.hub for each in findings),
        gaps=gaps,
        notices=(data.draw(ANY),),
    )
    assert problems(log(one)) == []


@given(st.text(CHARACTERS), st.none() | st.text(CHARACTERS))
def test_a_path_of_azure_is_relative_whatever_the_names(name: str, item: str | None) -> None:
    address = uri.of_hub(hub_ref(name, subscription_id=name, resource_group=name), item)
    assert address.startswith("azure/")
    assert plain_path(address)


@given(st.text(CHARACTERS) | st.text("./\\:C%2e"))
def test_a_path_of_a_file_is_relative_whatever_it_says(path: str) -> None:
    assert plain_path(uri.of_file(path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("infra/hub.bicep", "infra/hub.bicep"),
        ("./infra//hub.bicep", "infra/hub.bicep"),
        ("infra/../hub.bicep", "hub.bicep"),
        ("infra\\hub.bicep", "infra/hub.bicep"),
        ("C:\\repo\\hub.bicep", "repo/hub.bicep"),
        ("c:/repo/hub.bicep", "repo/hub.bicep"),
        ("/srv/repo/hub.bicep", "srv/repo/hub.bicep"),
        ("//server/share/hub.bicep", "server/share/hub.bicep"),
        ("../../hub.bicep", ".._/.._/hub.bicep"),
        ("file:hub.bicep", "file%3Ahub.bicep"),
        ("a b/é#?%.json", "a%20b/%C3%A9%23%3F%25.json"),
        ("", "._"),
    ],
)
def test_a_path_keeps_its_names_and_loses_what_leaves_the_repository(path: str, expected: str) -> None:
    assert uri.of_file(path) == expected


WORKSPACE = "subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/h"


@pytest.mark.parametrize(
    ("changes", "item", "expected"),
    [
        (
            {},
            None,
            f"azure/{WORKSPACE}",
        ),
        (
            {},
            "..",
            f"azure/{WORKSPACE}/outboundRules/.._",
        ),
        (
            {"resource_group": None, "id": "infra/hub.bicep#h"},
            "r",
            "azure/infra/hub.bicep%23h/outboundRules/r",
        ),
        ({"subscription_id": None, "id": "///"}, None, "azure/h"),
    ],
)
def test_a_hub_is_found_by_its_path(changes: dict[str, Any], item: str | None, expected: str) -> None:
    hub = HubRef(
        **{"id": "x", "name": "h", "kind": "Hub", "subscription_id": "s", "resource_group": "g", **changes}
    )
    assert uri.of_hub(hub, item) == expected


def test_names_too_long_for_a_path_are_cut_and_stay_different() -> None:
    first, second = (uri.segment("é" * 10_000 + end) for end in "ab")
    assert first != second
    assert len(first) <= 255
    assert plain_path(first)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("[click](https://example.com)", "\\[click\\](https://example.com)"),
        ("\\[click\\](1)", "\\\\\\[click\\\\\\](1)"),
        ("ports [80, 443]", "ports \\[80, 443\\]"),
        ("C:\\hubs\\one {0} {name}", "C:\\hubs\\one {0} {name}"),
    ],
)
def test_brackets_are_escaped_and_the_rest_stands_as_it_is(message: str, expected: str) -> None:
    assert literal(message) == expected


def test_a_message_begins_with_the_hub_and_is_one_line() -> None:
    (result,) = log(
        report([finding(hub=hub_ref("hub\n1"), message="first\r\nsecond\x00", location=place())])
    )["runs"][0]["results"]
    assert result["message"]["text"] == "hub 1: first second\N{REPLACEMENT CHARACTER}"


def _rule_of(given: PolicyCard) -> dict[str, Any]:
    one = finding(policy=given.id)
    (run,) = log(replace(report([one]), policies=(given,)))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    return cast("dict[str, Any]", rule)


def test_a_policy_of_ours_links_to_its_page_and_names_it_last() -> None:
    known = Reference(title="Managed networks", url="https://learn.microsoft.com/azure/managed")
    rule = _rule_of(card("fqdn-no-azure-storage", references=(known,)))
    assert rule["helpUri"].endswith("/policies/docs/fqdn-no-azure-storage.md")
    assert rule["help"]["markdown"].endswith(f"- [This policy]({rule['helpUri']})")


def test_a_policy_of_somebody_else_links_to_what_it_names_first() -> None:
    references = (
        Reference(title="By mail", url="mailto:network@contoso.com"),
        Reference(title="House rules", url="https://contoso.com/rules?of=hubs"),
        Reference(title="More", url="https://contoso.com/more"),
    )
    rule = _rule_of(card("contoso-tag-required", references=references))
    assert rule["helpUri"] == "https://contoso.com/rules?of=hubs"
    assert "- By mail\n- [House rules](https://contoso.com/rules?of=hubs)" in rule["help"]["markdown"]
    assert "This policy" not in rule["help"]["markdown"]


@pytest.mark.parametrize("references", [(), (Reference(title="x", url="javascript:alert(1)"),)])
def test_one_that_names_nothing_on_the_web_has_no_link(references: tuple[Reference, ...]) -> None:
    rule = _rule_of(card("contoso-tag-required", references=references))
    assert "helpUri" not in rule
    assert "](" not in rule["help"]["markdown"]
