"""A package is a registry: what it offers is what lies in its folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scanner import catalog
from scanner.errors import UsageError


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two public modules, a package, and one private module."""
    package = tmp_path / "hubscan_test_shop"
    (package / "carts").mkdir(parents=True)
    for name in ("__init__", "apples", "pears", "_ledger", "carts/__init__"):
        (package / f"{name}.py").write_text("OPEN = True\n", encoding="utf-8")
    (package / "notes.txt").write_text("no module", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "hubscan_test_shop"
    for name in [name for name in sys.modules if name.startswith("hubscan_test_shop")]:
        del sys.modules[name]


def test_names_are_sorted_and_leave_out_what_begins_with_an_underscore(shop: str) -> None:
    assert catalog.names(shop) == ("apples", "carts", "pears")


def test_listing_names_imports_none_of_them(shop: str) -> None:
    catalog.names(shop)
    assert [name for name in sys.modules if name.startswith(f"{shop}.")] == []


def test_loading_imports_the_one_that_was_asked_for(shop: str) -> None:
    assert catalog.load(shop, "pears").OPEN is True
    assert f"{shop}.apples" not in sys.modules


def test_a_misspelt_name_is_answered_with_the_nearest_one(shop: str) -> None:
    with pytest.raises(UsageError, match=r"there is no hubscan_test_shop 'aples': did you mean apples\?"):
        catalog.load(shop, "aples")


def test_a_name_like_no_other_is_answered_with_the_whole_list(shop: str) -> None:
    with pytest.raises(UsageError, match="'quince': it is one of apples, carts, pears"):
        catalog.load(shop, "quince")


@pytest.mark.parametrize("name", ["", "_ledger", "__init__", "carts.x", "../apples", "apples\n", "\x1b[31m"])
def test_what_names_does_not_list_cannot_be_loaded(shop: str, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        catalog.load(shop, name)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_package_that_does_not_exist_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ModuleNotFoundError):
        catalog.names("hubscan_no_such_package")
    with pytest.raises(ModuleNotFoundError):
        catalog.names("scanner.errors")
