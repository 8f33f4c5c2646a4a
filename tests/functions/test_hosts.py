"""Hosts: nothing that is written around a name hides what a rule opens."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.functions import table
from scanner.functions.hosts import MOST
from scanner.functions.tokens import FLAGS
from scanner.values import Touched

hosts = table()["hosts"].call

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=2, max_size=5).map(".".join).filter(lambda name: not name[-1].isdigit())
PATTERNS = st.builds(lambda start, name: start + name, st.sampled_from(["", "*.", "*"]), NAMES) | st.just("*")
ANYTHING = st.text(max_size=60) | st.lists(st.sampled_from("a.b*:/@?#[];, \n\u3002é\u00ad1-_//")).map("".join)


def read(text):
    """The host object of a destination of one token."""
    (host,) = hosts(text)
    return host


@given(ANYTHING)
def test_any_text_is_read_and_what_was_read_reads_as_itself(text):
    for host in hosts(text):
        again = read(host["host"])
        assert (again["host"], again["kind"]) == (host["host"], host["kind"])
        assert again["base"] == host["base"]
        assert set(host["flags"]) <= set(FLAGS)


@given(ANYTHING)
def test_there_is_one_host_for_each_comma(text):
    assert len(hosts(text)) == text.count(",") + 1


@given(
    PATTERNS,
    st.sampled_from(
        ["{}", "{}.", " {}\t", "https://{}", "{}/path?q#f", "a@{}", "{}:443", "ftp://u:p@{}.:21/x"]
    ),
)
def test_neither_case_nor_what_stands_around_a_pattern_changes_it(pattern, around):
    written = around.format(pattern.upper())
    assert (read(written)["host"], read(written)["kind"]) == (pattern, read(pattern)["kind"])


@pytest.mark.parametrize(
    ("text", "kind", "base"),
    [
        ("contoso.com", "exact", None),
        ("*.contoso.com", "wildcard", "contoso.com"),
        ("*contoso.com", "suffix", "contoso.com"),
        ("*", "any", None),
        ("*.*", "any", None),
        ("*.", "any", None),
        ("**", "unsupported", None),
        ("a*.contoso.com", "unsupported", None),
        ("10.0.0.4", "ip", None),
        ("2001:DB8::1", "ip", None),
        ("[2001:db8::1]:443", "ip", None),
        ("10.0.0.256", "exact", None),
        ("::1", "ip", None),
        ("fe80::1", "ip", None),
        ("[1:2:3:4:5:6:7:8]", "ip", None),
        ("[10.0.0.4]", "exact", None),
        ("[::1x", "exact", None),
        ("x::1]", "exact", None),
        (f"fe80::1%{'z' * 56}", "ip", None),
        (f"fe80::1%{'z' * 57}", "exact", None),
        ("a.contoso.com b.contoso.com", "exact", None),
        ("10.0.0.4;10.0.0.5", "ip", None),
        ("*.contoso.com fabrikam.com", "unsupported", None),
        ("", "empty", None),
        (" . ", "empty", None),
        ("https:///path", "empty", None),
    ],
)
def test_each_sort_of_pattern_is_told_apart(text, kind, base):
    assert (read(text)["kind"], read(text)["base"]) == (kind, base)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("a.contoso.com b.contoso.com", ["whitespace"]),
        ("a.contoso.com\nb.contoso.com", ["separator"]),
        ("a.contoso.com\u2028b.contoso.com", ["separator"]),
        ("a" * 64 + ".com", ["label-length"]),
        ("a..com", ["label-length"]),
        (".contoso.com", ["label-length"]),
        ("a." * 130 + "com", ["host-length"]),
        ("a." * 125 + "net", []),
        ("a." * 125 + "info", ["host-length"]),
        ("my_host.contoso.com", ["characters"]),
        ("-a.contoso.com", ["characters"]),
        ("a-.contoso.com", ["characters"]),
        ("<script>.contoso.com", ["characters"]),
        ("contoso\u202e.com", ["characters"]),
        ("contoso.123", ["numeric-tld"]),
        ("contoso.0x7f", ["numeric-tld"]),
        ("123", ["single-label", "numeric-tld"]),
        ("*.*", ["wildcard-position"]),
        ("bücher.example", []),
        ("xn--bcher-kva.example", []),
        ("contoso.com:ssh", ["port"]),
        ("//contoso.com", ["scheme"]),
        ("contoso.com?sv=1", ["path"]),
        ("contoso.com#x", ["path"]),
        ("contoso.com\\x", ["path"]),
        ("*-data.contoso.com", []),
        ("\uff43ontoso.com", ["characters"]),
        ("contoso\u3002com", ["characters"]),
        ("contoso.com/24", ["path"]),
        ("contoso.com/2400", ["path"]),
        ("10.0.0.0/2400", ["path", "ip"]),
    ],
)
def test_each_flaw_has_its_flag(text, flags):
    assert read(text)["flags"] == flags


@pytest.mark.parametrize(
    ("text", "scheme", "port"),
    [
        ("sftp://files.contoso.com", "sftp", None),
        ("https://sftp://files.contoso.com", "https", None),
        ("//sftp://files.contoso.com", "sftp", None),
        ("db.contoso.com:5432", None, 5432),
        ("HTTPS://contoso.com:99999/x", "https", 99999),
        ("contoso.com:" + "9" * 5000, None, None),
        ("[2001:db8::1]:8443", None, 8443),
        ("a.contoso.com; b.contoso.com:22", None, 22),
    ],
)
def test_scheme_and_port_are_kept(text, scheme, port):
    assert (read(text)["scheme"], read(text)["port"]) == (scheme, port)


def test_a_label_of_more_characters_than_a_host_has_stays_as_it_is():
    hidden = "\u00ad"
    assert read(f"contoso{hidden * 56}.com")["host"] == "contoso.com"
    assert read(f"contoso{hidden * 57}.com")["host"] == f"contoso{hidden * 57}.com"


@pytest.mark.parametrize(("length", "kept"), [(3_000, 3_000), (4_096, 4_096), (5_000, 4_096)])
def test_a_host_longer_than_any_keeps_both_its_ends(length, kept):
    found = read("a" + "b" * (length - 6) + "e.com")["host"]
    assert found == "a" + "b" * (kept - 6) + "e.com"


@pytest.mark.parametrize(
    "text",
    [
        "data1.bl\u00adob.core.windows.net",
        "data1\u3002blob.core\uff0ewindows.net",
        "data1.\uff42lob.core.windows.net",
        "contoso.com; data1.blob.core.windows.net",
        "data1.blob.core.windows.net other.example",
        "https://" + "a" * 9000 + "@data1.blob.core.windows.net/" + "b" * 9000,
        "https://https://data1.blob.core.windows.net",
        "data*.blob.core.windows.net",
        "*ob.core.windows.net",
    ],
)
def test_a_disguised_storage_host_is_still_a_storage_host(text):
    assert table()["storage_match"].call(read(text)["host"]) in ("direct", "covering")


@pytest.mark.parametrize(
    ("pattern", "breadth"),
    [
        ("*dows.net", "multi-tenant"),
        ("*.cosmos.azure.com", "multi-tenant"),
        ("*.core.usgovcloudapi.net", "multi-tenant"),
        ("*.blogspot.com", "public-suffix"),
        ("*contoso", "public-suffix"),
        ("*.unheard-of", "public-suffix"),
        ("*..com", "public-suffix"),
        ("*.foo.azurewebsites.net", "brand-wildcard"),
        ("contoso.com; *.com", "public-suffix"),
        ("*.contoso.com a.contoso.com", "brand-wildcard"),
        ("*.10.0.0.4", "brand-wildcard"),
    ],
)
def test_a_pattern_is_as_broad_as_the_names_below_it(pattern, breadth):
    assert table()["host_breadth"].call(pattern) == breadth


def test_a_destination_of_five_hundred_hosts_is_read_whole():
    destination = ", ".join(f"h{number}.contoso.com" for number in range(500))
    assert [host["host"] for host in hosts(destination)] == destination.split(", ")


def test_a_destination_of_countless_hosts_is_not_known():
    with pytest.raises(Touched, match="more than"):
        hosts("," * MOST)


@pytest.mark.parametrize("piece", ["a", "a.", "*.", "a ", "é", "a://", "/", "@:[", "1."])
def test_ten_megabytes_take_no_longer_than_reading_them(piece):
    text = piece * (10_000_000 // len(piece))
    start = time.process_time()
    for name in ("hosts", "storage_match", "service_match", "host_breadth", "public_suffix"):
        table()[name].call(text)
    assert time.process_time() - start < 3


def test_the_same_text_gives_the_same_object():
    assert hosts("contoso.com, *.contoso.com") is hosts("contoso.com, *.contoso.com")
