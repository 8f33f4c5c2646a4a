"""Our workflows, and those that we offer, as GitHub's own language service reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    ROOT / "action.yml",
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *sorted((ROOT / ".github" / "examples").glob("hubscan-*.yml")),
]


def test_it_complains_of_nothing(complaints):
    assert len(FILES) > 5
    assert complaints(*FILES) == []


@pytest.mark.parametrize(
    ("file", "there", "planted", "complaint"),
    [
        (
            "audit.yml",
            "steps.python.outputs",
            "steps.pyhton.outputs",
            "Context access might be invalid: pyhton",
        ),
        ("audit.yml", "needs.plan.", "needs.plans.", "Context access might be invalid: plans"),
        ("ci.yml", "matrix.python }", "matrix.pyton }", "Context access might be invalid: pyton"),
        ("ci.yml", '"23 4 * * 1"', '"23 25 * * 1"', "Invalid cron expression"),
        ("release.yml", "github.ref_name", "github.ref_nam", "Context access might be invalid: ref_nam"),
        ("release.yml", "needs: attest", "needs: attested", "depends on unknown job 'attested'"),
        ("action.yml", "!cancelled()", "!canceled()", "Unrecognized function: 'canceled'"),
        ("action.yml", "using: composite", "using: composit", "Unexpected value 'composit'"),
    ],
)
def test_it_finds_what_is_planted(tmp_path, complaints, file, there, planted, complaint):
    (original,) = [path for path in FILES if path.name == file]
    text = original.read_text(encoding="utf-8")
    assert there in text
    copy = tmp_path / original.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text.replace(there, planted, 1), encoding="utf-8")
    line = text[: text.index(there)].count("\n") + 1

    found = complaints(copy)

    assert [each for each in found if complaint in each]
    assert all(each.startswith(f"{file}:{line}: ") for each in found[:1])
