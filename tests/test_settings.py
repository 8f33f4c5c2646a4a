"""hubscan.yaml: where it is found, and what is said of a bad one."""

from __future__ import annotations

import pytest

from scanner import settings
from scanner.errors import ConfigError


def test_the_nearest_file_up_to_the_root_of_the_repository_is_used(tmp_path):
    repository = tmp_path / "repository"
    inner = repository / "a" / "b"
    inner.mkdir(parents=True)
    (repository / ".git").mkdir()
    (tmp_path / "hubscan.yaml").write_text("ignore: [above]")
    assert settings.find(inner) is None
    (repository / "hubscan.yaml").write_text("ignore: [root]")
    assert settings.find(inner) == repository / "hubscan.yaml"
    (repository / "a" / "hubscan.yaml").write_text("ignore: [nearer]")
    assert settings.find(inner) == repository / "a" / "hubscan.yaml"


def test_outside_a_repository_only_the_folder_itself_counts(tmp_path):
    inner = tmp_path / "a"
    inner.mkdir()
    (tmp_path / "hubscan.yaml").write_text("{}")
    assert settings.find(inner) is None
    assert settings.find(tmp_path) == tmp_path / "hubscan.yaml"


def test_paths_of_policies_are_seen_from_the_file(tmp_path):
    file = tmp_path / "hubscan.yaml"
    file.write_text("policies: [mine, ../theirs]\nfail_on: high\n")
    loaded = settings.load(file)
    assert loaded.policies == (str(tmp_path / "mine"), str(tmp_path / "../theirs"))
    assert loaded.fail_on == "high"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_says_nothing(tmp_path, text):
    file = tmp_path / "hubscan.yaml"
    file.write_text(text)
    assert settings.load(file).exemptions == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "fail_on: hihg",
            "1:10: 'fail_on' is 'hihg', not one of critical, high, medium, low, info, never (did you mean 'high'?)",
        ),
        ("exemption: []", "1:1: unknown key 'exemption' (did you mean 'exemptions'?)"),
        ("exemptions:\n  - {policy: p, hub: h}", "2:5: 'exemptions.0' has no 'justification'"),
        ("exemptions:\n  - {policy: p, hub: h, justification: '  '}", "2:40: 'justification' is empty"),
        (
            "exemptions:\n  - {policy: p, hub: h, justification: x, expires: 31.12.2027}",
            "2:52: 'expires' is '31.12.2027' (a date YYYY-MM-DD)",
        ),
        (
            "exemptions:\n  - {policy: p, hub: h, justification: x, expires: 2027-02-30}",
            "2:52: '2027-02-30' is no date (write YYYY-MM-DD)",
        ),
        ("- a", "1:1: the file must be an object or null, not an array"),
        ("a: [", "2:1: not YAML: did not find expected node content"),
    ],
)
def test_a_bad_file_is_one_line_with_its_place(tmp_path, monkeypatch, text, problem):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubscan.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        settings.load(tmp_path / "hubscan.yaml")
    assert str(caught.value) == f"hubscan.yaml:{problem}"


def test_all_mistakes_are_told_at_once(tmp_path):
    file = tmp_path / "hubscan.yaml"
    file.write_text("fail_on: no\nselekt: [a]\nfail_on: low\n")
    with pytest.raises(ConfigError) as caught:
        settings.load(file)
    assert len(str(caught.value).splitlines()) == 2
