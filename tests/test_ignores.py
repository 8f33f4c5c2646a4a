"""Comments that exempt one finding."""

from __future__ import annotations

import json

import pytest

from scanner import ignores
from scanner.model import Place

ID = "fqdn-no-azure-storage"


@pytest.fixture
def at(tmp_path):
    """Why the finding on a line of a file is exempt."""

    def call(text, line, policy=ID):
        path = tmp_path / f"{abs(hash(text))}.yml"
        path.write_text(text)
        return ignores.reason(Place(path=str(path), line=line, column=1, end_line=line), policy)

    return call


@pytest.mark.parametrize(
    "text",
    [
        f"x: 1  # hubscan:ignore {ID} a legacy account",
        f"#hubscan:ignore {ID}: a legacy account\nx: 1",
        f"  ## hubscan:ignore {ID} - a legacy account\nx: 1",
        f"// hubscan:ignore {ID} a legacy account\r\n{{}}",
        f"/* hubscan:ignore {ID} a legacy account */\n{{}}",
        f"# hubscan:ignore {ID} a legacy account\n# hubscan:ignore another-one because\nx: 1",
    ],
)
def test_on_the_line_or_above_it(at, text):
    assert at(text, text.count("\n") + 1) == "a legacy account"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_in_whatever_encoding_a_file_is(tmp_path, encoding):
    path = tmp_path / "hub.yml"
    path.write_text(f"# hubscan:ignore {ID} a legacy account\nx: 1\n", encoding=encoding)
    place = Place(path=str(path), line=2, column=1, end_line=2)
    assert ignores.reason(place, ID) == "a legacy account"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(f"x: 1  # hubscan:ignore {ID}", 1, id="without a reason"),
        pytest.param(f"x: 1  # hubscan:ignore {ID}  ", 1, id="blanks are no reason"),
        pytest.param("x: 1  # hubscan:ignore fqdn-no why", 1, id="another policy"),
        pytest.param(
            f"x: 1  # hubscan:ignore {ID} why\ny: 2", 2, id="of the line above, which is no comment"
        ),
        pytest.param(f"# hubscan:ignore {ID} why\n\nx: 1", 3, id="a blank line between"),
        pytest.param(f"# hubscan:ignore {ID} why\nx: 1\ny: 2", 3, id="two lines above"),
        pytest.param(f"x: 1\n# hubscan:ignore {ID} why", 1, id="below"),
        pytest.param(f"x: hubscan:ignore {ID} why", 1, id="no comment"),
        pytest.param(f"x: 1  # please hubscan:ignore {ID} why", 1, id="inside a sentence"),
    ],
)
def test_what_exempts_nothing(at, text, line):
    assert at(text, line) is None


def test_a_file_that_is_gone_exempts_nothing():
    assert ignores.reason(Place(path="nowhere.yml", line=1, column=1, end_line=1), ID) is None


@pytest.fixture
def in_template(tmp_path):
    """Why the finding on the line that holds a word is exempt, in a template whose rule and hub have metadata."""

    def call(word, *, rule=None, hub=None, template=None, policy=ID):
        document = {
            **({"metadata": {"hubscan:ignore": template}} if template else {}),
            "resources": [
                {"type": "Microsoft.Storage/storageAccounts", "name": "other"},
                {
                    "type": "Microsoft.MachineLearningServices/workspaces",
                    **({"metadata": {"hubscan:ignore": hub}} if hub else {}),
                    "properties": {
                        "managedNetwork": {
                            "outboundRules": {
                                "one": {
                                    "destination": "first.contoso.com",
                                    **({"metadata": {"hubscan:ignore": rule}} if rule else {}),
                                },
                                "two": {"destination": "second.contoso.com"},
                            }
                        }
                    },
                    "tags": {"a": "last"},
                },
            ],
        }
        lines = json.dumps(document, indent=2).split("\n")
        path = tmp_path / f"{abs(hash(repr(document)))}.json"
        path.write_text("\n".join(lines))
        line = next(number for number, text in enumerate(lines, 1) if word in text)
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
        return ignores.reason(Place(path=str(path), line=line, column=column, end_line=line), policy)

    return call


@pytest.mark.parametrize("told", [{ID: " a partner "}, f"{ID} a partner"])
def test_metadata_of_a_rule_exempts_its_findings_alone(in_template, told):
    assert in_template("first.contoso.com", rule=told) == "a partner"
    assert in_template("second.contoso.com", rule=told) is None
    assert in_template("first.contoso.com", rule=told, policy="another") is None


def test_metadata_of_a_resource_exempts_those_of_the_resource(in_template):
    for word in ("first.contoso.com", "second.contoso.com", "last"):
        assert in_template(word, hub={ID: "a partner"}) == "a partner"
    assert in_template("other", hub={ID: "a partner"}) is None


def test_the_nearest_metadata_counts(in_template):
    assert in_template("first.contoso.com", rule={ID: "near"}, hub={ID: "far"}) == "near"
    assert in_template("first.contoso.com", rule={"another": "near"}, hub={ID: "far"}) == "far"


@pytest.mark.parametrize("told", [{ID: ""}, {ID: "  "}, {ID: None}, {ID: ["x"]}, ID, [ID], 1])
def test_metadata_without_a_reason_exempts_nothing(in_template, told):
    assert in_template("first.contoso.com", rule=told) is None


def test_metadata_of_a_whole_template_exempts_nothing(in_template):
    assert in_template("first.contoso.com", template={ID: "everything"}) is None


def test_a_text_that_is_no_json_is_no_harm(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"metadata": {"hubscan:ignore": {"x": "y"}, ')
    assert ignores.reason(Place(path=str(path), line=1, column=20, end_line=1), "x") is None
