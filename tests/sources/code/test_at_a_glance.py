"""What is told of nearly every hub at a glance is what a look at each value tells."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Place
from scanner.sources.arm.openness import OrNull
from scanner.sources.code import casing
from scanner.sources.code.ledger import Ledger
from scanner.sources.code.rules import are_there
from scanner.sources.documents import rules as documents
from scanner.sources.documents.secrets import may_hold, without_tokens
from scanner.values import Unknown

HERE = Place(path="main.json", line=1, column=1, end_line=1)
UNKNOWN = st.builds(Unknown, st.just("not known"))
OPEN = st.builds(OrNull, st.just("FQDN"), st.just("nobody knows"), text=st.just(""), place=st.just(HERE))
TYPES = st.sampled_from(["FQDN", "ServiceTag", "", None, 7]) | UNKNOWN | OPEN
RULES = st.none() | st.text() | UNKNOWN | st.fixed_dictionaries({}, optional={"type": TYPES})
ODD = UNKNOWN | st.sampled_from(["fqdn", None, 7, []])
USUAL = {
    "type": st.sampled_from(["FQDN", "FQDN", "fqdn"]) | ODD,
    "category": st.sampled_from(["UserDefined", "userdefined"]) | ODD,
    "destination": st.sampled_from(["a.com", {"serviceTag": "A"}, {"service_tag": "A"}, {"Protocol": 1}])
    | ODD,
    "Status": ODD,
    "other": ODD,
}
PROPERTIES = st.fixed_dictionaries(
    {"type": st.just("FQDN")}, optional={key: USUAL[key] for key in ("category", "destination")}
)
PROPERTIES |= st.fixed_dictionaries({}, optional=USUAL) | ODD
LISTED = st.fixed_dictionaries({"name": st.just("a"), "properties": PROPERTIES})
LISTED |= st.fixed_dictionaries({}, optional={"name": ODD, "properties": PROPERTIES, "id": ODD}) | ODD
NAMES = st.sampled_from(
    ["id", "name", "type", "apiVersion", "properties", "Properties", "KIND", "kind", "tags", "Tags", "sku"]
)
PIECES = st.sampled_from(
    (
        *(
            "eyJ",
            "J",
            "abcdef",
            ".",
            "Bearer ",
            "bearer ",
            "earer",
            "token1234567890123",
            "sig=",
            "?",
            "https://",
        ),
        *("user:secret@", "Password=", "AccountKey =x", " ", "&", ";", "SharedAccessSignature=s"),
    )
)


@given(
    st.dictionaries(st.text(max_size=3), RULES, max_size=4) | st.none() | st.lists(st.integers(), max_size=2)
)
def test_rules_are_all_there_where_none_is_null_or_may_be(rules: Any) -> None:
    def may_be_null(rule: Any) -> bool:
        return rule is None or (isinstance(rule, dict) and isinstance(rule.get("type"), OrNull))

    assert are_there(rules) == (isinstance(rules, dict) and not any(map(may_be_null, rules.values())))


@given(st.dictionaries(st.text(max_size=2), PROPERTIES, max_size=2) | st.lists(LISTED, max_size=2))
def test_rules_are_spelled_as_arm_does_whether_or_not_a_glance_tells(rules: Any) -> None:
    def spelled(*, glance: bool) -> tuple[bool, str, dict[str, str]]:
        given, written = copy.deepcopy(rules), {}
        with pytest.MonkeyPatch.context() as patch:
            if not glance:
                patch.setattr(documents, "_are_plain", lambda *_: False)
            found = documents.listed_rules(given, written)
        return found is given, repr(found), written

    assert spelled(glance=True) == spelled(glance=False)


@given(st.lists(NAMES, unique=True, max_size=6))
def test_names_are_in_the_case_of_arm_whether_or_not_a_glance_tells(names: list[str]) -> None:
    holder = {name: number for number, name in enumerate(names)}
    looked_at = casing.WORKSPACE._replace(plain=frozenset())
    quick, slow = (casing.cased(holder, table, Ledger()) for table in (casing.WORKSPACE, looked_at))
    assert list(quick) == list(slow)
    assert (quick is holder) == (slow is holder)


@given(st.lists(PIECES | st.text(max_size=4), max_size=6).map("".join))
def test_a_text_without_signs_of_secrets_has_none(text: str) -> None:
    assert may_hold(orjson.dumps(text)) or without_tokens(text) == text
