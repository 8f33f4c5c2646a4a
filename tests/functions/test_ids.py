"""ARM ids: their parts and their equality."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.values import Partial, Touched, Unknown

arm_id = table()["arm_id"].call
arm_type = table()["arm_type"].call
same_id = table()["same_id"].call

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hubs"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1"
WORD = st.text("abcABC019.-_()", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "group", "kind", "names"),
    [
        (STORAGE, "rg-hubs", "microsoft.storage/storageaccounts", ["st1"]),
        (f"{STORAGE}//", "rg-hubs", "microsoft.storage/storageaccounts", ["st1"]),
        (
            f"{STORAGE}/blobServices/default",
            "rg-hubs",
            "microsoft.storage/storageaccounts/blobservices",
            ["st1", "default"],
        ),
        (
            f"{STORAGE}/providers/Microsoft.Authorization/locks/l",
            "rg-hubs",
            "microsoft.authorization/locks",
            ["l"],
        ),
        (GROUP, "rg-hubs", "microsoft.resources/resourcegroups", ["rg-hubs"]),
        ("/subscriptions/1", None, "microsoft.resources/subscriptions", ["1"]),
        ("/subscriptions/1/providers/Microsoft.Authorization/x/y", None, "microsoft.authorization/x", ["y"]),
        ("/providers/Microsoft.Authorization/x/y", None, "microsoft.authorization/x", ["y"]),
        ("/providers/Microsoft.Management/x/y/providers/A.B/c/d", None, "a.b/c", ["d"]),
    ],
)
def test_an_id_falls_into_its_parts(text, group, kind, names):
    parts = arm_id(text)
    assert (parts["resourceGroup"], parts["type"], parts["names"], parts["name"]) == (
        group,
        kind,
        names,
        names[-1],
    )
    assert parts["id"] == text.lower().rstrip("/")
    assert parts["subscriptionId"] == (text.split("/")[2] if text.startswith("/subscriptions/") else None)
    assert arm_type(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "st1",
        STORAGE[1:],
        f"x{STORAGE}",
        "x/subscriptions/1",
        "/subscriptions",
        "/<subscriptions>/1",
        "/subscriptions/1?",
        "/providers/Microsoft.Authorization/x",
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts",
        f"{GROUP}/providers/Microsoft.Storage",
        f"{STORAGE}/blobServices",
        STORAGE.replace("st1", "<account>"),
        f"{STORAGE}?api-version=2025-09-01",
        STORAGE.replace("/providers", "//providers"),
        STORAGE.replace("st1", "st\n1"),
        "/subscriptions/1/resourceGroups",
        "/subscriptions//resourceGroups/rg",
        "/a/" * 4_000_000,
    ],
    ids=lambda text: text[-30:],
)
def test_a_malformed_id_has_no_parts(text):
    assert arm_id(text) is None
    assert arm_type(text) is None


def test_half_a_character_in_an_id_does_no_harm():
    assert arm_id("/subscriptions/\ud800/resourceGroups/rg")["name"] == "rg"


def test_an_id_has_4096_characters_at_most():
    longest = STORAGE + "x" * (4_096 - len(STORAGE))
    assert arm_id(longest)["name"] == longest.rpartition("/")[2]
    assert arm_id(f"{longest}x") is None


@given(WORD, WORD, WORD, WORD)
def test_neither_case_nor_a_slash_at_the_end_makes_another_id(subscription, group, provider, name):
    text = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/things/{name}"
    assert same_id(text, f"{text.upper()}/")
    assert arm_id(text)["id"] == arm_id(f"{text.upper()}/")["id"]
    assert arm_type(text) == f"{provider}/things".lower()


def test_nothing_is_the_same_as_no_id():
    assert not same_id("", "")


def test_only_slashes_at_the_end_do_not_count():
    assert same_id(f"{STORAGE}//", STORAGE)
    assert not same_id(f"{STORAGE}?", STORAGE)


VAULT = "/providers/Microsoft.KeyVault/vaults/"


@pytest.mark.parametrize(
    "parts",
    [
        (f"{GROUP}{VAULT}", None),
        (f"{GROUP}{VAULT}kv-", None, "-1"),
        ("/subscriptions/", None, "/resourceGroups/", None, f"{VAULT}kv1"),
        (None, f"{VAULT}kv1"),
        (None, VAULT, None),
    ],
)
def test_the_type_of_an_id_whose_names_are_open(parts):
    assert arm_type(Partial(parts, "var.x")) == "microsoft.keyvault/vaults"


@pytest.mark.parametrize(
    ("parts", "group", "name"),
    [
        ((f"{GROUP}{VAULT}", None), "rg-hubs", None),
        ((f"/subscriptions/1/resourceGroups/rg{VAULT}", None, "-1"), "rg", None),
        (("/subscriptions/", None, "/resourceGroups/", None, f"{VAULT}kv1"), None, "kv1"),
        (("/subscriptions/", None, f"{VAULT}kv1"), "", "kv1"),
    ],
)
def test_the_parts_of_an_id_whose_names_are_open(parts, group, name):
    found = arm_id(Partial(parts, "var.x"))
    assert found["type"] == "microsoft.keyvault/vaults"
    for part, known in ((found["resourceGroup"], group), (found["name"], name)):
        if known is None:
            assert (part.reason, part.truth) == ("var.x", True)
        else:
            assert part == (known or None)


def test_of_an_id_that_begins_open_it_is_not_known_whether_there_is_a_group():
    found = arm_id(Partial((None, f"{VAULT}kv1"), "var.x"))
    assert (found["name"], found["type"]) == ("kv1", "microsoft.keyvault/vaults")
    assert (found["resourceGroup"].truth, found["subscriptionId"].truth) == (None, None)


@pytest.mark.parametrize(
    "parts",
    [
        (f"{GROUP}/providers/", None),
        (f"{GROUP}/providers/Microsoft.KeyVault/", None, "/kv1"),
        ("/subscriptions/", None),
        (f"{GROUP}-", None),
        (f"{GROUP}/", None),
        ("kv", None),
        (None, "kv1"),
    ],
)
def test_the_type_of_an_id_whose_type_is_open_is_unknown(parts):
    for function in (arm_type, arm_id):
        with pytest.raises(Touched, match=r"var\.x"):
            function(Partial(parts, "var.x"))


def test_the_type_of_what_is_not_known_is_unknown():
    with pytest.raises(Touched):
        arm_type(Unknown("var.id"))
