"""Reads policies: YAML files in, compiled policies out, or every reason why not.

A policy is data (contract section 3).  All files are read before any is used, all problems of all of
them are gathered, and one bad policy never hides the errors of another.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources.abc import Traversable
from typing import Any

from scanner import positions, schema
from scanner.bundled import bundled
from scanner.errors import ConfigError, PolicyError
from scanner.expressions import Expression, ExpressionError, Template, compile_expression, compile_template
from scanner.model import Control, Document, PolicyCard, Reference, Severity
from scanner.policy import Example, Parameter, Policy
from scanner.positions import KeyPath, Positioned, Problem

_KINDS = {kind.lower(): kind for kind in ("Default", "Hub", "Project", "FeatureStore")}


def load(
    folders: Sequence[str] = (),
    *,
    include_bundled: bool = True,
) -> tuple[Policy, ...]:
    """Every policy of the bundled set and of the files and folders named, sorted by id.

    Raises `PolicyError` with all problems of all files where there is one.
    """
    files = list(_bundled_files()) if include_bundled else []
    for folder in folders:
        files.extend(_files(folder))
    problems: list[Problem | str] = []
    found: dict[str, Policy] = {}
    for name, read in files:
        try:
            document = positions.load(read(), name)
        except positions.YamlError as error:
            problems.append(error.problem)
            continue
        except OSError as error:
            problems.append(f"{name}: {error.strerror}")
            continue
        policy, wrong = parse(document)
        problems.extend(wrong)
        if policy is not None and policy.card.id in found:
            problems.append(
                document.problem(("id",), f"'{policy.card.id}' is also {found[policy.card.id].path}")
            )
        elif policy is not None:
            found[policy.card.id] = policy
    problems.extend(_bad_yields(found, {name for name, _ in _bundled_files()}))
    if problems:
        raise PolicyError([str(problem) for problem in problems])
    return tuple(found[name] for name in sorted(found))


def selected(
    policies: Iterable[Policy], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Policy, ...]:
    """The policies that match a glob of ``select`` (all, where there is none) and none of ``ignore``.

    A glob matches the policy's id, or its category when written ``category:NAME``.  Raises
    `ConfigError` for a pattern without wildcards that names no policy.
    """
    every = tuple(policies)
    for pattern in (*select, *ignore):
        if not any(_matches(policy.card, pattern) for policy in every) and not set(pattern) & set("*?["):
            words = (
                {f"category:{policy.card.category}" for policy in every}
                if pattern.startswith("category:")
                else {policy.card.id for policy in every}
            )
            hint = schema.suggestion(pattern, words)
            raise ConfigError(f"no policy is called '{pattern}'{f' ({hint})' if hint else ''}")
    return tuple(
        policy
        for policy in every
        if (not select or any(_matches(policy.card, pattern) for pattern in select))
        and not any(_matches(policy.card, pattern) for pattern in ignore)
    )


def parse(document: Positioned) -> tuple[Policy | None, list[Problem]]:
    """The policy of one file, and all that is wrong with it: one of the two is always there."""
    problems = [*document.problems, *_shape_problems(document)]
    data = document.data
    if not isinstance(data, dict) or any(problem.message.startswith("the file") for problem in problems):
        return None, problems
    problems.extend((*_name_problems(document), *_kind_problems(document)))
    parameters = _parameters(document, problems)
    compiled = _Compiler(document, parameters, problems)
    transition = data.get("transition") is True
    roots = ("hub", "params", "before") if transition else ("hub", "params")
    when = compiled.expression("when", roots)
    each = compiled.expression("each", roots)
    if isinstance(data.get("each"), str):
        roots = (*roots, "item")
        compiled.shapes["item"] = each.result.member() if each is not None else {}
    require = compiled.expression("require", roots)
    problems.extend(_useless(document, {"when": when, "each": each, "require": require}))
    message = compiled.template(
        "message", roots, default=str(data.get("title", "")).replace("{", "{{").replace("}", "}}")
    )
    if problems or require is None or message is None:
        return None, problems
    return (
        Policy(
            card=_card(data),
            path=document.name,
            require=require,
            message=message,
            when=when,
            each=each,
            needs=tuple(data.get("needs", ())),
            transition=transition,
            parameters=parameters,
            examples=tuple(_examples(data.get("examples", {}))),
        ),
        [],
    )


_WANTED = {
    "when": ("boolean", "never true: no hub would be judged"),
    "each": ("array", "never a list"),
    "require": ("boolean", "never true or false"),
}


def _useless(document: Positioned, expressions: Mapping[str, Expression | None]) -> Iterator[Problem]:
    """A problem for each expression that cannot give what its key is there for."""
    for key, expression in expressions.items():
        wanted, otherwise = _WANTED[key]
        if expression is not None and not expression.result.may_be(wanted):
            yield document.problem((key,), f"'{key}' gives {expression.result.described()}, {otherwise}")


class _Compiler:
    """Compiles the expressions of one file and places their errors in it."""

    def __init__(
        self, document: Positioned, parameters: Mapping[str, Parameter], problems: list[Problem]
    ) -> None:
        self.document = document
        self.parameters = {name: parameter.schema for name, parameter in parameters.items()}
        self.problems = problems
        hub = schema.published("hub-v1")
        self.shapes: dict[str, Any] = {"hub": hub, "before": hub}

    def expression(self, key: str, roots: tuple[str, ...]) -> Expression | None:
        text = self.document.data.get(key)
        if not isinstance(text, str):
            return None
        compiled: Expression | None = self._compile(key, text, compile_expression, roots)
        return compiled

    def template(self, key: str, roots: tuple[str, ...], default: str) -> Template | None:
        text = self.document.data.get(key, default)
        if not isinstance(text, str):
            return None
        compiled: Template | None = self._compile(key, text, compile_template, roots)
        return compiled

    def _compile(self, key: str, text: str, compiler: Callable[..., Any], roots: tuple[str, ...]) -> Any:
        try:
            return compiler(text, roots=roots, parameters=self.parameters, schema=self.shapes)
        except ExpressionError as error:
            for offset, message, hint in error.problems:
                mark = _place(self.document, (key,), text, offset)
                self.problems.append(Problem(self.document.name, mark, f"'{key}': {message}", hint))
            return None


def _place(document: Positioned, path: KeyPath, text: str, offset: int) -> positions.Mark:
    """Where a character of an expression stands in the file.

    Exact for plain and quoted text on one line and for literal blocks (`|`); for folded text, whose
    line ends YAML removes, it is the place where the text begins.
    """
    start = document.mark(path)
    source = document.lines[start.line - 1][start.column - 1 :] if start.line <= len(document.lines) else ""
    if source.startswith("|"):
        before = text[:offset]
        row = before.count("\n")
        line = start.line + 1 + row
        indent = len(document.lines[start.line]) - len(document.lines[start.line].lstrip(" "))
        return positions.Mark(line, indent + offset - (before.rfind("\n") + 1) + 1)
    if source.startswith(text):
        return positions.Mark(start.line, start.column + offset)
    if source[1 : len(text) + 1] == text:
        return positions.Mark(start.line, start.column + 1 + offset)
    return start


def _shape_problems(document: Positioned) -> Iterator[Problem]:
    for mismatch in schema.mismatches(schema.published("policy-v1"), document.data):
        yield document.problem(mismatch.path, mismatch.message, mismatch.hint, key=mismatch.key)


def _kind_problems(document: Positioned) -> Iterator[Problem]:
    """A kind that is nearly one that Azure has; any other may be one that it has tomorrow."""
    kinds = document.data.get("applies_to")
    for index, kind in enumerate(kinds if isinstance(kinds, list) else ()):
        if isinstance(kind, str) and kind.lower() not in _KINDS:
            hint = schema.suggestion(kind, _KINDS.values())
            if hint:
                yield document.problem(("applies_to", index), f"'{kind}' is no kind of workspace", hint)


def _name_problems(document: Positioned) -> Iterator[Problem]:
    stem = document.name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    name = document.data.get("id")
    if isinstance(name, str) and stem != name and document.name != "-":
        yield document.problem(
            ("id",), f"id is '{name}', yet the file is called '{stem}'", "they must be the same"
        )


def _parameters(document: Positioned, problems: list[Problem]) -> dict[str, Parameter]:
    parameters = {}
    declared = document.data.get("parameters")
    for name, entry in (declared if isinstance(declared, dict) else {}).items():
        if not isinstance(entry, dict) or not schema.is_type(entry.get("type")):
            continue
        allowed = entry.get("allowedValues")
        parameter = Parameter(
            type=entry["type"],
            value=entry.get("default"),
            default=entry.get("default"),
            description=str(entry.get("description", "")),
            allowed=tuple(allowed) if isinstance(allowed, list) else (),
        )
        wrong = parameter.mismatch(parameter.default) if "default" in entry else None
        if wrong:
            problems.append(
                document.problem(("parameters", name, "default"), f"the default of '{name}' {wrong}")
            )
        for index, value in enumerate(parameter.allowed):
            wrong = replace(parameter, allowed=()).mismatch(value)
            if wrong:
                problems.append(
                    document.problem(
                        ("parameters", name, "allowedValues", index), f"a value of '{name}' {wrong}"
                    )
                )
        parameters[name] = parameter
    return parameters


def _card(data: Document) -> PolicyCard:
    return PolicyCard(
        id=data["id"],
        title=data["title"],
        severity=Severity(data["severity"]),
        category=data.get("category", "custom"),
        description=str(data.get("description", data["title"])),
        applies_to=tuple(data.get("applies_to", ("Hub",))),
        remediation=dict(data.get("remediation", {})),
        references=tuple(Reference(**entry) for entry in data.get("references", ())),
        controls=tuple(
            Control(
                framework=entry["framework"], version=str(entry["version"]), control=str(entry["control"])
            )
            for entry in data.get("controls", ())
        ),
        yields_to=tuple(data.get("yields_to", ())),
    )


_BESIDE_HUB = ("expect", "params", "today")


def _examples(examples: Mapping[str, Any]) -> Iterator[Example]:
    for verdict, entries in examples.items():
        for index, entry in enumerate(entries):
            settings = {key: entry[key] for key in _BESIDE_HUB if key in entry}
            rest = {key: value for key, value in entry.items() if key not in settings}
            # A hub may stand alone, or under `hub` with its collections beside it.
            document = {**rest.pop("hub"), **rest} if isinstance(rest.get("hub"), dict) else rest
            expect = settings.pop("expect", None)
            yield Example(
                verdict=verdict,
                index=index,
                document=document,
                expect=tuple(map(str, expect)) if isinstance(expect, list) else None,
                settings=settings,
            )


def _bad_yields(found: Mapping[str, Policy], bundled_names: set[str]) -> Iterator[str]:
    known = set(found) | {name.rsplit("/", 1)[-1].removesuffix(".yaml") for name in bundled_names}
    for name in sorted(found):
        for other in found[name].card.yields_to:
            if other not in known:
                hint = schema.suggestion(other, known)
                told = f" ({hint})" if hint else ""
                yield f"{found[name].path}: 'yields_to' names '{other}', which is no policy{told}"
        loop = _loop(found, name)
        if loop and min(loop) == name:
            yield f"{found[name].path}: 'yields_to' goes round in a circle: {' -> '.join((*loop, loop[0]))}"


def _loop(found: Mapping[str, Policy], start: str) -> tuple[str, ...]:
    """The shortest way from a policy through ``yields_to`` back to itself; empty where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = set()
    for way in ways:
        for other in found[way[-1]].card.yields_to:
            if other == start:
                return way
            if other in found and other not in seen:
                seen.add(other)
                ways.append((*way, other))
    return ()


def _matches(card: PolicyCard, pattern: str) -> bool:
    if pattern.startswith("category:"):
        return fnmatch.fnmatchcase(card.category, pattern.removeprefix("category:"))
    return fnmatch.fnmatchcase(card.id, pattern)


def _bundled_files() -> Iterator[tuple[str, Callable[[], bytes]]]:
    folder: Traversable = bundled("policies")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            yield f"policies/{entry.name}", entry.read_bytes


def _files(named: str) -> list[tuple[str, Callable[[], bytes]]]:
    from pathlib import Path  # noqa: PLC0415 - only where the user brings policies of their own

    path = Path(named)
    if path.is_dir():
        inside = sorted(
            entry
            for entry in path.rglob("*")
            if entry.suffix in (".yaml", ".yml")
            and entry.name != "hubscan.yaml"
            and "data" not in entry.relative_to(path).parts[:-1]
            and entry.is_file()
        )
        if not inside:
            raise ConfigError(f"{named}: no policy in this folder (a policy is a .yaml file)")
        return [(str(entry), entry.read_bytes) for entry in inside]
    if not path.exists():
        raise ConfigError(f"{named}: no such file or folder")
    return [(named, path.read_bytes)]
