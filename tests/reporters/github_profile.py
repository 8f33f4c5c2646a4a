"""What GitHub code scanning demands of a SARIF file, a rule a function, each yielding what is wrong.

The OASIS schema is not enough: a file that is valid against it may still be refused whole.  The
rules are those of GitHub's documentation on SARIF support, and what its issues tell beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import category
from urllib.parse import unquote, urlsplit

from scanner.bundled import policy_ids

Log = dict[str, Any]

UNSHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of what controls a reader instead of being read."""

LEVELS = {"error", "warning", "note"}
BANDS = {"error": (7.0, 10.0), "warning": (4.0, 6.9), "note": (0.1, 3.9)}


def results(log: Log) -> Iterator[dict[str, Any]]:
    return (result for run in log["runs"] for result in run["results"])


def rules(log: Log) -> Iterator[dict[str, Any]]:
    return (rule for run in log["runs"] for rule in run["tool"]["driver"]["rules"])


def notifications(log: Log) -> Iterator[dict[str, Any]]:
    return (
        notification
        for run in log["runs"]
        for invocation in run["invocations"]
        for notification in invocation["toolExecutionNotifications"]
    )


def the_log_names_its_schema_and_version(log: Log) -> Iterator[str]:
    if not log["$schema"].endswith("/sarif-schema-2.1.0.json") or log["version"] != "2.1.0":
        yield "schema or version"


def there_are_1_to_20_runs(log: Log) -> Iterator[str]:
    if not 1 <= len(log["runs"]) <= 20:
        yield f"{len(log['runs'])} runs"


def a_run_has_at_most_25000_results(log: Log) -> Iterator[str]:
    yield from (f"{len(run['results'])} results" for run in log["runs"] if len(run["results"]) > 25_000)


def the_driver_is_fully_named(log: Log) -> Iterator[str]:
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        if (
            driver["name"] != "hubscan"
            or not driver["fullName"]
            or not driver["informationUri"].startswith("https://")
        ):
            yield str(driver)
        if not driver.get("semanticVersion", "1"):
            yield "an empty version"


def no_two_runs_have_one_category(log: Log) -> Iterator[str]:
    categories = [run["automationDetails"]["id"] for run in log["runs"]]
    if len(set(categories)) < len(categories):
        yield "a category twice"
    yield from (each for each in categories if not re.fullmatch(r"hubscan/([\w.~%/-]+/)?", each))


def an_execution_succeeds_and_tells_at_most_1000_things(log: Log) -> Iterator[str]:
    for run in log["runs"]:
        (invocation,) = run["invocations"]
        if invocation["executionSuccessful"] is not True:
            yield "an execution failed"
        if len(invocation["toolExecutionNotifications"]) > 1_000:
            yield "too many notifications"
    yield from (str(each) for each in notifications(log) if each["level"] not in {"warning", "note"})


def a_rule_has_every_text_and_none_is_empty_or_too_long(log: Log) -> Iterator[str]:
    for rule in rules(log):
        texts = {key: rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")}
        texts |= {"markdown": rule["help"]["markdown"], "id": rule["id"], "name": rule["name"]}
        limits = {"shortDescription": 1024, "fullDescription": 1024, "name": 255, "id": 255}
        for key, text in texts.items():
            if not text.strip() or len(text) > limits.get(key, 10**6):
                yield f"{key} of {rule['id']}: {len(text)} characters"


def a_rule_is_named_in_pascal_case(log: Log) -> Iterator[str]:
    yield from (
        rule["name"] for rule in rules(log) if not re.fullmatch(r"[A-Z0-9][A-Za-z0-9]*", rule["name"])
    )


def a_rule_links_to_its_page(log: Log) -> Iterator[str]:
    start = "https://github.com/hubscan/hubscan/blob/main/policies/docs/"
    for rule in rules(log):
        page = rule.get("helpUri")
        if rule["id"] in policy_ids() and page != f"{start}{rule['id']}.md":
            yield f"{page} is not the page of {rule['id']}"
        if page is None:
            continue
        if page.startswith(start) is not (rule["id"] in policy_ids()) or not page.startswith("http"):
            yield page
        if f"]({page})" not in rule["help"]["markdown"]:
            yield f"the help of {rule['id']} has no link"


def a_rule_has_at_most_10_tags_security_first(log: Log) -> Iterator[str]:
    for rule in rules(log):
        tags = rule["properties"]["tags"]
        if tags[0] != "security" or len(tags) > 10 or len(set(tags)) < len(tags) or not all(tags):
            yield str(tags)


def a_rule_has_a_known_precision(log: Log) -> Iterator[str]:
    known = {"very-high", "high", "medium", "low"}
    yield from (rule["id"] for rule in rules(log) if rule["properties"]["precision"] not in known)


def a_security_severity_is_text_of_a_number_that_fits_the_level(log: Log) -> Iterator[str]:
    for rule in rules(log):
        level = rule["defaultConfiguration"]["level"]
        severity = rule["properties"].get("security-severity")
        if level not in LEVELS:
            yield level
        if severity is None and level == "note":
            continue
        low, high = BANDS[level]
        if not isinstance(severity, str) or not low <= float(severity) <= high:
            yield f"{rule['id']}: {severity!r}"


def a_result_points_to_its_rule(log: Log) -> Iterator[str]:
    for run in log["runs"]:
        ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        yield from (each["ruleId"] for each in run["results"] if ids[each["ruleIndex"]] != each["ruleId"])


def a_result_has_an_explicit_level(log: Log) -> Iterator[str]:
    yield from (str(result.get("level")) for result in results(log) if result.get("level") not in LEVELS)


def a_message_is_literal_text_on_one_line(log: Log) -> Iterator[str]:
    for each in (*results(log), *notifications(log)):
        text = each["message"]["text"]
        if set(each["message"]) != {"text"} or not text.strip() or UNSHOWN & set(map(category, text)):
            yield repr(text)


def a_message_has_no_link(log: Log) -> Iterator[str]:
    for each in (*results(log), *notifications(log)):
        text = each["message"]["text"]
        if re.search(r"[\[\]]", re.sub(r"\\[\\\[\]]", "", text)):
            yield repr(text)


def a_result_has_one_place_and_its_uri_is_relative(log: Log) -> Iterator[str]:
    for result in results(log):
        (location,) = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        if set(artifact) != {"uri"} or not plain_path(artifact["uri"]):
            yield str(artifact)


def plain_path(uri: str) -> bool:
    """Whether a URI is a relative path in every reader's eyes."""
    if not re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", uri) or any(urlsplit(uri)[:2]):
        return False
    return all(
        segment and unquote(segment) not in {".", ".."} and len(segment) <= 255 for segment in uri.split("/")
    )


def a_region_is_one_line_and_counts_from_1(log: Log) -> Iterator[str]:
    for result in results(log):
        region = result["locations"][0]["physicalLocation"]["region"]
        if region["startLine"] < 1 or region["startColumn"] < 1 or region["endLine"] != region["startLine"]:
            yield str(region)


def a_result_names_the_resource(log: Log) -> Iterator[str]:
    for result in results(log):
        (place,) = result["locations"][0]["logicalLocations"]
        if place["kind"] != "resource" or not place["fullyQualifiedName"] or not place["name"]:
            yield str(place)


def a_result_has_both_fingerprints(log: Log) -> Iterator[str]:
    for result in results(log):
        marks = result["partialFingerprints"]
        if (
            not re.fullmatch("[0-9a-f]{1,16}:[0-9]+", marks["primaryLocationLineHash"])
            or "hubscanFinding/v1" not in marks
        ):
            yield str(marks)


def nothing_is_suppressed_or_anything_but_a_failure(log: Log) -> Iterator[str]:
    unwanted = {"suppressions", "kind"}
    yield from (str(result) for result in results(log) if unwanted & set(result))


def all_results_have_a_baseline_state_or_none_and_none_is_absent(log: Log) -> Iterator[str]:
    for run in log["runs"]:
        states = {result.get("baselineState") for result in run["results"]}
        if not (states <= {None} or states <= {"new", "unchanged"}):
            yield str(states)


def nothing_is_null_and_nothing_tells_the_time(log: Log) -> Iterator[str]:
    for key, value in members(log):
        if value is None or key.endswith(("TimeUtc", "timeUtc")):
            yield f"{key}: {value}"


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of every object but of property bags, which hold the tool's own data."""
    if isinstance(value, list):
        for member in value:
            yield from members(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key, member
            if key != "properties":
                yield from members(member)


RULES: tuple[Callable[[Log], Iterator[str]], ...] = (
    the_log_names_its_schema_and_version,
    there_are_1_to_20_runs,
    a_run_has_at_most_25000_results,
    the_driver_is_fully_named,
    no_two_runs_have_one_category,
    an_execution_succeeds_and_tells_at_most_1000_things,
    a_rule_has_every_text_and_none_is_empty_or_too_long,
    a_rule_is_named_in_pascal_case,
    a_rule_links_to_its_page,
    a_rule_has_at_most_10_tags_security_first,
    a_rule_has_a_known_precision,
    a_security_severity_is_text_of_a_number_that_fits_the_level,
    a_result_points_to_its_rule,
    a_result_has_an_explicit_level,
    a_message_is_literal_text_on_one_line,
    a_message_has_no_link,
    a_result_has_one_place_and_its_uri_is_relative,
    a_region_is_one_line_and_counts_from_1,
    a_result_names_the_resource,
    a_result_has_both_fingerprints,
    nothing_is_suppressed_or_anything_but_a_failure,
    all_results_have_a_baseline_state_or_none_and_none_is_absent,
    nothing_is_null_and_nothing_tells_the_time,
)
