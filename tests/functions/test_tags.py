"""Service tags: their parts, their patterns, their classes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import reference
from scanner.functions import table
from scanner.reference import Reference
from scanner.values import Partial, Touched, Unknown

service_tag = table()["service_tag"].call
tag_matches = table()["tag_matches"].call
tag_classes = table()["tag_classes"].call
tag_fault = table()["tag_fault"].call


@pytest.mark.parametrize(
    ("text", "base", "region"),
    [
        ("Storage", "storage", None),
        ("Storage.WestEurope", "storage", "westeurope"),
        ("azurefrontdoor.firstparty", "azurefrontdoor.firstparty", None),
        ("AzureFrontDoor.Frontend.WestEurope", "azurefrontdoor.frontend", "westeurope"),
        ("BatchNodeManagement.westeurope", "batchnodemanagement", "westeurope"),
        ("MicrosoftContainerRegistry.westus3", "microsoftcontainerregistry", "westus3"),
        ("AzureCloud.germanywc", "azurecloud", "germanywc"),
        (" AzureMachineLearning ", "azuremachinelearning", None),
        ("Azure Machine Learning", "azure machine learning", None),
        ("Storage.West Europe", "storage", "westeurope"),
        ("Storage.", "storage", None),
        ("", "", None),
    ],
)
def test_a_tag_falls_into_base_and_region(text, base, region):
    assert service_tag(text) == {
        "name": f"{base}.{region}" if region else base,
        "base": base,
        "region": region,
    }


def test_a_tag_whose_name_begins_like_another_one_is_told_apart_from_it():
    ours = reference.current()
    try:
        classes = {"internetEquivalent": {"add": ["AzureFrontDoor"]}}
        reference.use(Reference({"service-tags": {"classes": classes}}))
        assert service_tag("AzureFrontDoor.Frontend.WestEurope")["base"] == "azurefrontdoor.frontend"
        assert service_tag("AzureFrontDoor.WestEurope")["base"] == "azurefrontdoor"
        assert tag_classes("AzureFrontDoor.Frontend") == ["exfilNoPe", "regional"]
        assert tag_classes(open_tag("AzureFrontDoor.Frontend.", None)) == ["exfilNoPe", "regional"]
        assert tag_classes("AzureFrontDoor") == ["internetEquivalent"]
    finally:
        reference.use(ours)


@given(st.text())
def test_the_name_of_a_tag_reads_as_the_tag(text):
    assert service_tag(service_tag(text)["name"]) == service_tag(text)


@given(st.text("aBc.", max_size=8))
def test_case_does_not_matter_in_a_tag(text):
    assert service_tag(text.upper()) == service_tag(text.lower())


@pytest.mark.parametrize(
    ("tag", "patterns", "answer"),
    [
        ("INTERNET", ["Internet"], True),
        ("AzureCloud.westeurope", ["AzureCloud"], False),
        ("AzureCloud.westeurope", ["Internet", " azurecloud.* "], True),
        ("AzureCloud", ["AzureCloud.*"], False),
        ("AzureCloudX.westeurope", ["AzureCloud.*"], False),
        ("Storage.WestEurope", ["storage.west europe"], True),
        ("AzureFrontDoor.Frontend", ["AzureFrontDoor.*"], True),
        ("Azure Machine Learning", ["azure machine learning"], True),
        ("Storage", [None, 5, {}], False),
        ("Storage", [], False),
    ],
)
def test_a_tag_is_one_of_the_patterns_by_its_whole_name_or_as_a_regional_form(tag, patterns, answer):
    assert tag_matches(tag, patterns) is answer


def test_an_unknown_pattern_matters_only_where_no_known_one_matches():
    patterns = [Unknown("params.tag"), "Storage"]
    assert tag_matches("Storage", patterns)
    with pytest.raises(Touched):
        tag_matches("Sql", patterns)


@pytest.mark.parametrize(
    ("tag", "classes"),
    [
        ("Internet", ["internetEquivalent"]),
        ("azurecloud.westeurope", ["internetEquivalent", "regional"]),
        ("Sql.northeurope", ["exfilPeCapable", "regional"]),
        ("AzureFrontDoor.Frontend", ["exfilNoPe", "regional"]),
        ("AzureFrontDoor.FirstParty", ["requiredCore", "regional"]),
        ("ApiManagement", ["exfilPeCapable", "inboundOnly", "regional"]),
        ("AzureFrontDoor", []),
        ("sometag", []),
    ],
)
def test_a_tag_has_the_classes_of_its_base(tag, classes):
    assert tag_classes(tag) == classes


@pytest.mark.parametrize(
    ("tag", "fault", "meant"),
    [
        ("Storage", None, None),
        (" storage.west europe ", None, None),
        ("AzureFrontDoor.FirstParty", None, None),
        ("AzureFrontDoor.Frontend.NorwayE", None, None),
        ("AzureCloud.usgovvirginia", None, None),
        ("internet", None, None),
        ("Internet", None, None),
        ("INTERNET", "classic", "Internet"),
        ("VIRTUAL_NETWORK", "classic", "VirtualNetwork"),
        ("azure machine learning", "display-name", "AzureMachineLearning"),
        ("FrontDoor.FirstParty", "display-name", "AzureFrontDoor.FirstParty"),
        ("KeyVault", "display-name", "AzureKeyVault"),
        ("BatchNodeManagement.region", "placeholder", "BatchNodeManagement"),
        ("BatchNodeManagement.REGION", "placeholder", "BatchNodeManagement"),
        ("Storage.<region>", "placeholder", "Storage"),
        ("Storage.[region]", "placeholder", "Storage"),
        ("Storage.{location}", "placeholder", "Storage"),
        ("Storage.your-region", "placeholder", "Storage"),
        ("WindowsUpdate", "firewall", None),
        ("Storag", "unknown", "Storage"),
        ("Azure Monitor", "unknown", "AzureMonitor"),
        ("S t o r a g e", "unknown", "Storage"),
        ("AzureKubernetesService", "firewall", None),
        ("sometag", "unknown", None),
        ("AzureFrontDoor", "unknown", "AzureFrontDoor.Backend"),
        ("", "unknown", None),
        (".westeurope", "unknown", None),
        ("AzureMonitor.westeurope", "regional", "AzureMonitor"),
        ("Storage.westerneurope", "region", "Storage"),
        ("AzureMonitor.", "region", "AzureMonitor"),
        ("AzureFrontDoor.FirstParty. ", "region", "AzureFrontDoor.FirstParty"),
        ("GatewayManager", "inbound", None),
        ("HDInsight.WestEurope", "inbound", None),
    ],
)
def test_a_tag_that_no_outbound_rule_can_use_has_a_fault(tag, fault, meant):
    found = table()["tag_fault"].call(tag)
    assert found == (None if fault is None else {"fault": fault, "meant": meant})


@given(st.text(max_size=20))
def test_a_tag_without_a_fault_is_one_that_is_known(tag):
    if table()["tag_fault"].call(tag) is None:
        assert tag_classes(tag)


def open_tag(*parts):
    return Partial(parts, "the region is not known")


@pytest.mark.parametrize(
    ("tag", "patterns", "matches"),
    [
        (open_tag("AzureCloud.", None), ["Internet", "AzureCloud", "AzureCloud.*"], True),
        (open_tag(" azurecloud.north", None), ["AzureCloud.*"], True),
        (open_tag("AzureCloud.", None), ["AzureCloud"], False),
        (open_tag("Storage.", None), [None, 5, {}], False),
        (open_tag("Storage.", None), ["Internet", "AzureCloud.*"], False),
        (open_tag("Storage", None), ["Internet", "AzureCloud.*"], False),
    ],
)
def test_a_tag_whose_region_alone_is_open_is_a_regional_form(tag, patterns, matches):
    assert tag_matches(tag, patterns) is matches


@pytest.mark.parametrize(
    ("tag", "patterns"),
    [
        (open_tag("Azure", None), ["AzureCloud"]),
        (open_tag("AzureCloud", None), ["AzureCloud.*"]),
        (open_tag(None, ".westeurope"), ["AzureCloud.*"]),
        (open_tag("Storage.", None), ["Storage.WestEurope"]),
        (open_tag("Storage.", None), [Unknown("not known")]),
    ],
)
def test_a_tag_that_may_be_one_of_the_patterns_is_not_known_to_be(tag, patterns):
    with pytest.raises(Touched):
        tag_matches(tag, patterns)


def test_the_classes_of_a_tag_need_its_base_alone():
    assert tag_classes(open_tag("Storage.", None)) == tag_classes("Storage")
    assert tag_classes(open_tag("azurefrontdoor.frontend.", None)) == tag_classes("AzureFrontDoor.Frontend")
    assert tag_classes(open_tag("NoSuchTag.", None)) == []


@pytest.mark.parametrize("begin", ["Storage", "AzureFrontDoor.", "AzureFrontDoor.Front", None])
def test_a_base_that_may_go_on_has_no_classes_yet(begin):
    with pytest.raises(Touched):
        tag_classes(open_tag(begin, None) if begin else open_tag(None))


def test_a_base_that_no_tag_has_is_a_fault_in_any_region():
    assert tag_fault(open_tag("Storag.", None)) == {"fault": "unknown", "meant": "Storage"}
    assert tag_fault(open_tag("Storag.<", None)) == {"fault": "unknown", "meant": "Storage"}
    assert tag_fault(open_tag("WindowsUpdate.", None))["fault"] == "firewall"
    for begin in ("Storage.", "AzureMonitor.", "AzureFrontDoor.", "Stor"):
        with pytest.raises(Touched):
            tag_fault(open_tag(begin, None))
