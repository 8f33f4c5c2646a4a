"""Where reports go: ``-o FORMAT[=FILE]``, standard output, and files that are there whole or not at all."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import click

from scanner import catalog, reporters, schema
from scanner.errors import UsageError
from scanner.model import Report, Style
from scanner.records import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write: its format, and its file (None for standard output)."""

    format: str
    file: Path | None


def parse(specifications: Sequence[str]) -> tuple[Output, ...]:
    """The outputs asked for; the table on a terminal, text elsewhere, where none was.

    Raises `UsageError` for an unknown format, one that cannot be written here, two reports for one
    place, and a folder that is not there.
    """
    outputs = []
    for specification in specifications or [default_format()]:
        name, _, file = specification.partition("=")
        output = Output(name, place(file))
        _check_format(output)
        outputs.append(output)
    places = [output.file and _real(output.file) for output in outputs]
    for output, its in zip(outputs, places, strict=True):
        if places.count(its) > 1:
            where = "standard output" if output.file is None else str(output.file)
            raise UsageError(f"two reports for {where}: give each a file of its own, FORMAT=FILE")
    return tuple(outputs)


def spare(outputs: Iterable[Output], file: str | Path | None, option: str) -> None:
    """Raises `UsageError` where a report would take the place of another file that the command writes."""
    its = None if file is None else _real(file)
    if any(output.file is not None and _real(output.file) == its for output in outputs):
        raise UsageError(f"{option} {file}: a report goes to the same file; give each a file of its own")


def spare_read(outputs: Iterable[Output], paths: Iterable[str | None]) -> None:
    """Raises `UsageError` where a report would take the place of a file that the command reads."""
    read = {_real(path) for path in paths if path is not None and path != "-"}
    for output in outputs:
        if output.file is not None and _real(output.file) in read:
            raise UsageError(f"-o {output.format}={output.file}: is what is read; name another file")


def _real(path: str | Path) -> str:
    """Where a path leads to; unlike `Path.resolve`, never an error where links lead in a circle."""
    return os.path.realpath(path)


def place(file: str) -> Path | None:
    """The file that was named, None for standard output.  Raises `UsageError` where it cannot be."""
    if file in ("", "-"):
        return None
    path = Path(file)
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file")
    return path


def _check_format(output: Output) -> None:
    module = _renderer(output.format)
    library = getattr(module, "LIBRARY", None)
    if library and importlib.util.find_spec(library) is None:
        raise UsageError(
            f"{output.format} needs {library}, which is not installed: {how_to_install(output.format)}"
        )
    if output.file is None and getattr(module, "BINARY", False):
        raise UsageError(f"{output.format} is not text: write it to a file, -o {output.format}=FILE")


def _renderer(name: str) -> ModuleType:
    known = catalog.names(reporters.__name__)
    if name not in known:
        hint = schema.suggestion(name, known) or f"it is one of {', '.join(known)}"
        raise UsageError(f"-o {name[:80]}: there is no such format ({hint})")
    return catalog.load(reporters.__name__, name)


def how_to_install(name: str) -> str:
    """How to install what an optional part of the program needs."""
    return f"pip install 'hubscan[{name}]' (or pipx install --force, where pipx installed it)"


def default_format() -> str:
    """The table where a person watches, text where not."""
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "text"


def tells_egress(specifications: Sequence[str]) -> bool:
    """Whether one of the formats tells what code on each hub can reach: its module says so by ``EGRESS``."""
    return _says(specifications, "EGRESS")


def tells_digests(specifications: Sequence[str]) -> bool:
    """Whether one of the formats tells what a result rests on: its module says so by ``DIGESTS``."""
    return _says(specifications, "DIGESTS")


def _says(specifications: Sequence[str], what: str) -> bool:
    names = {specification.partition("=")[0] for specification in specifications}
    return any(getattr(catalog.load(reporters.__name__, name), what, False) for name in sorted(names))


_PLAIN = Style()

_BLOCK = 1 << 16
"""Bytes that are written to standard output at once."""


def write(report: Report, outputs: Iterable[Output], *, color: bool, style: Style = _PLAIN) -> None:
    """Write every report in a style, to which a terminal adds what it can show.

    Raises `UsageError` for a file that cannot be written.
    """
    for output in outputs:
        renderer = catalog.load(reporters.__name__, output.format)
        if output.file is None:
            _to_stdout(renderer.render(report, _on_terminal(style, color=color)))
        else:
            _to_file(renderer.render(report, style), output.file)


def write_text(chunks: Iterable[str | bytes], file: Path | None) -> None:
    """Write what is no report, to a file that is there whole or not at all; bytes are UTF-8 or for a file."""
    if file is None:
        _to_stdout(chunks)
    else:
        _to_file(chunks, file)


def _on_terminal(style: Style, *, color: bool) -> Style:
    terminal = sys.stdout.isatty()
    plain = not color or bool(os.environ.get("NO_COLOR"))
    if not terminal and "COLUMNS" not in os.environ:
        return style
    import shutil  # noqa: PLC0415 - where somebody watches

    width = shutil.get_terminal_size((100, 24)).columns
    return replace(style, color=terminal and not plain, width=width, terminal=terminal)


def _to_stdout(chunks: Iterable[str | bytes]) -> None:
    stream = sys.stdout
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.writelines(chunk if isinstance(chunk, str) else chunk.decode() for chunk in chunks)
    else:
        for block in _blocks(map(_encoded, chunks)):
            binary.write(block)
    stream.flush()


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same in fewer pieces: where Python does not buffer, each one is a system call."""
    held, size = [], 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _to_file(chunks: Iterable[str | bytes], file: Path) -> None:
    from scanner.replacing import replacing  # noqa: PLC0415 - many a report goes to standard output

    try:
        if file.exists() and not file.is_file():
            with file.open("wb") as stream:
                stream.writelines(map(_encoded, chunks))
            return
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask()
        with replacing(file, mode) as stream:
            stream.writelines(map(_encoded, chunks))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None


def tell(report: Report, outputs: Iterable[Output]) -> None:
    """Say on standard error what was found, where all of it went into files."""
    files = [output.file for output in outputs]
    if None not in files:
        from scanner.reporters import _words  # noqa: PLC0415 - where nothing is on standard output

        parts = (_words.counts(report), _words.coverage(report), f"wrote {', '.join(map(str, files))}")
        say("; ".join(part for part in parts if part))


def _encoded(chunk: str | bytes) -> bytes:
    # Reports are UTF-8 whatever the locale says.
    return chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "replace")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def say(line: str) -> None:
    """A line on standard error, which a build server reads for commands as it does reports."""
    if not (line.isascii() and line.isprintable()) or "##" in line:
        from scanner.reporters._plain import plain  # noqa: PLC0415 - for names that want it

        line = plain(line)
    click.echo(f"hubscan: {line}", err=True)
