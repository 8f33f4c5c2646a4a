"""How much a host or pattern opens: one owner's hosts, or those of many."""

from __future__ import annotations

import pytest

from scanner.functions import table

host_breadth = table()["host_breadth"].call


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("contoso.com", None),
        ("10.0.0.1", None),
        ("", None),
        ("*", "any"),
        ("a.*.com", "unsupported"),
        ("*.com", "public-suffix"),
        ("*com", "public-suffix"),
        ("*.windows.net", "multi-tenant"),
        ("*windows.net", "multi-tenant"),
        ("*.blob.core.windows.net", "multi-tenant"),
        ("*.github.io", "multi-tenant"),
        ("*.core.windows.net", "multi-tenant"),
        ("*.cache.windows.net", "multi-tenant"),
        ("*.z1.blob.storage.azure.net", "multi-tenant"),
        ("*.blogspot.com", "public-suffix"),
        # Without a dot after the star it ends within a label, and so reaches what many share.
        ("*ows.net", "multi-tenant"),
        ("*b.io", "multi-tenant"),
        ("*.ows.net", "brand-wildcard"),
        ("*.contoso.com", "brand-wildcard"),
        ("*contoso.com", "lookalike"),
        ("raw.githubusercontent.com", "user-content"),
    ],
)
def test_the_class_of_a_pattern_is_that_of_whoever_it_reaches(pattern, expected):
    assert host_breadth(pattern) == expected
