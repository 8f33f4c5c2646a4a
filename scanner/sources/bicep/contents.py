"""The functions of Bicep that the compiler answers itself: what they load, what they name."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from scanner.sources.arm.environment import unset
from scanner.sources.arm.source import Source
from scanner.sources.arm.syntax import Literal, Node
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.bicep import syntax
from scanner.sources.bicep.names import Names
from scanner.sources.bicep.project import Unreadable, shown
from scanner.sources.code.yaml_stream import BadYAML, documents
from scanner.values import Unknown

if TYPE_CHECKING:
    from scanner.sources.bicep.linker import Linker

_STEP = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")
_DEEPEST = 20
_ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-16be": "utf-16-be", "us-ascii": "ascii"}


def special(linker: Linker, call: syntax.Call, names: Names, text: str) -> Node | None:
    """What such a call means; None where it is a function of templates."""
    if call.name == "any" and len(call.arguments) == 1:
        return linker.lowering.node(call.arguments[0], names)
    if call.name == "nameof" and len(call.arguments) == 1:
        name = getattr(call.arguments[0], "name", "")
        return Literal(name, text)
    if call.name == "json" and (inner := _text_of(linker, call, names)) is not None:
        return _loaded(linker, *inner, text, _json)
    if call.name == "readEnvironmentVariable":
        return _environment(linker, call, names, text)
    load = _LOADERS.get(call.name)
    return None if load is None else _loaded(linker, call, names, text, load)


def constant(linker: Linker, value: syntax.Expression, names: Names, depth: int = 0) -> str | None:
    """The text that an expression is without any parameter; None where it is none."""
    if isinstance(value, syntax.Literal):
        return value.value if isinstance(value.value, str) else None
    if depth > _DEEPEST:
        return None
    if isinstance(value, syntax.Name):
        found = linker.find(value.name, names)
        if found is not None and isinstance(found[0], syntax.Variable):
            return constant(linker, found[0].value, found[1], depth + 1)
    if isinstance(value, syntax.Interpolation):
        inner = [constant(linker, each, names, depth + 1) for each in value.values]
        if None not in inner:
            rest = zip(inner, value.texts[1:], strict=True)
            return value.texts[0] + "".join(f"{one}{other}" for one, other in rest)
    return None


def templates(linker: Linker, value: syntax.Expression, names: Names, depth: int = 0) -> Iterator[str]:
    """The paths of the JSON files that a value is loaded from as a whole."""
    if depth > _DEEPEST:
        return
    if isinstance(value, syntax.Ternary):
        yield from templates(linker, value.yes, names, depth + 1)
        yield from templates(linker, value.no, names, depth + 1)
    elif isinstance(value, syntax.Name) and value.name not in names.local:
        found = linker.find(value.name, names)
        if found is not None and isinstance(found[0], syntax.Variable):
            yield from templates(linker, found[0].value, found[1], depth + 1)
    elif isinstance(value, syntax.Call) and value.base is None:
        if value.name == "any" and len(value.arguments) == 1:
            yield from templates(linker, value.arguments[0], names, depth + 1)
            return
        inner = _text_of(linker, value, names) if value.name == "json" else (value, names)
        if (
            inner is not None
            and inner[0].name in ("loadJsonContent", "loadTextContent")
            and len(inner[0].arguments) == 1
        ):
            path = constant(linker, inner[0].arguments[0], inner[1])
            if path is not None:
                yield shown(inner[1].file, path)


def _text_of(linker: Linker, call: syntax.Call, names: Names) -> tuple[syntax.Call, Names] | None:
    """The call that loads the text which a call of ``json()`` reads; None where it reads another text."""
    if call.base is not None or len(call.arguments) != 1:
        return None
    value = call.arguments[0]
    for _ in range(_DEEPEST):
        if not isinstance(value, syntax.Name) or value.name in names.local:
            break
        found = linker.find(value.name, names)
        if found is None or not isinstance(found[0], syntax.Variable):
            return None
        value, names = found[0].value, found[1]
    if not isinstance(value, syntax.Call) or value.name != "loadTextContent" or len(value.arguments) != 1:
        return None
    return value, names


def _environment(linker: Linker, call: syntax.Call, names: Names, text: str) -> Node:
    """A variable of the environment, which is read where the command line allows it."""
    wanted = constant(linker, call.arguments[0], names) if call.arguments else None
    environment = linker.project.environment
    if wanted is None or wanted not in environment:
        return Literal(unset(wanted or "NAME"), text)
    value = environment[wanted]
    if value is not None:
        return Literal(value, text)
    if len(call.arguments) > 1:
        return linker.lowering.node(call.arguments[1], names)
    return linker.lowering.unknown(f"env({wanted})", f"the environment variable {wanted} is not set", text)


def _loaded(linker: Linker, call: syntax.Call, names: Names, text: str, load: _Load) -> Node:
    path = constant(linker, call.arguments[0], names) if call.arguments else None
    options = [constant(linker, each, names) for each in call.arguments[1:]]
    if path is None or None in options:
        reason = f"the arguments of {call.name}() are known only when it is compiled"
        return linker.lowering.unknown(f"{call.name}({call.start})", reason, text)
    try:
        data = linker.project.content(names.file, path)
        return Literal(load(linker, data, shown(names.file, path), [str(each) for each in options]), text)
    except Unreadable as error:
        linker.problem("content", f"{call.name}(): {error}", names.file, call.start)
        reason = str(error)
    except (BadTemplate, BadYAML, ValueError, LookupError) as error:
        reason = f"'{path}' cannot be loaded: {error}"
        linker.problem("content", f"{call.name}(): {reason}", names.file, call.start)
    return linker.lowering.unknown(f"{call.name}({call.start})", reason, text)


def _text(linker: Linker, data: bytes, path: str, options: list[str]) -> str:
    _ = linker, path
    encoding = _ENCODINGS.get(options[0].lower() if options else "utf-8", "latin-1")
    return data.decode(encoding, "replace").removeprefix("\ufeff")


def _base64(linker: Linker, data: bytes, path: str, options: list[str]) -> str:
    _ = linker, path, options
    return base64.b64encode(data).decode("ascii")


def _json(linker: Linker, data: bytes, path: str, options: list[str]) -> Any:
    source = Source(data.removeprefix(b"\xef\xbb\xbf"), path)
    linker.marks.texts.append((source, None))
    return _picked(source.value, options[0] if options else "")


def _yaml(linker: Linker, data: bytes, path: str, options: list[str]) -> Any:
    _ = linker
    found = next(documents(data, path), None)
    return _picked(found.data if found is not None else None, options[0] if options else "")


def _picked(value: Any, path: str) -> Any:
    """The value at a JSONPath of names and numbers; an `Unknown` for any other path."""
    at = 1 if path.startswith("$") else 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return Unknown(f"the path '{path}' is not followed")
        at = step.end()
        value = value[int(step[2])] if step[2] else value[step[1] or step[3]]
    return value


_Load = Callable[["Linker", bytes, str, list[str]], Any]

_LOADERS: dict[str, _Load] = {
    "loadTextContent": _text,
    "loadFileAsBase64": _base64,
    "loadJsonContent": _json,
    "loadYamlContent": _yaml,
}
