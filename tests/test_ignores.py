"""Comments that exempt one finding."""

from __future__ import annotations

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
