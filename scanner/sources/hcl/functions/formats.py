"""``format`` and ``formatlist``: the verbs of the language."""

from __future__ import annotations

import re
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.arm.keys import key_of
from scanner.sources.hcl.functions.arguments import bounded_text, number, text, whole
from scanner.sources.hcl.functions.encodings import jsonencode
from scanner.sources.hcl.registry import ALWAYS, function
from scanner.sources.hcl.texts import together
from scanner.sources.hcl.values import open_value, text_of
from scanner.values import Unknown

_VERB = re.compile(r"%(?:%|([-+ #0]*)(\d+|\*)?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))")
_WIDEST = 1000


@function("format", 1, None, takes_open=True)
def format_(form: Any, *values: Any) -> Any:
    """A form with values in the place of its verbs."""
    if isinstance(form, Unknown):
        return open_value(f"format({','.join(map(key_of, (form, *values)))})", form.reason)
    return together(_stretches(text(form), values), f"format({form!r}, …)")


def _stretches(form: str, values: tuple[Any, ...]) -> list[Any]:
    stretches: list[Any] = []
    at = following = used = 0
    for verb in _VERB.finditer(form):
        stretches.append(form[at : verb.start()])
        at = verb.end()
        if verb[0] == "%%":
            stretches.append("%")
            continue
        index = int(verb[4]) - 1 if verb[4] else following
        if not 0 <= index < len(values):
            raise Failure("format() has fewer values than verbs")
        following = index + 1
        used = max(used, following)
        stretches.append(_verb(verb, values[index]))
    if used < len(values):
        raise Failure("format() has more values than verbs")
    stretches.append(form[at:])
    return stretches


def _verb(verb: re.Match[str], value: Any) -> Any:
    flags, width, digits, letter = verb[1], verb[2], verb[3], verb[5]
    if isinstance(value, Unknown):
        plain = letter in "sv" and not width and not digits
        return value if plain else open_value(f"format({verb[0]},{key_of(value)})", value.reason)
    if width == "*" or int(width or 0) > _WIDEST or int(digits or 0) > _WIDEST:
        raise Failure("format() with a width that is not read")
    shown = _shown(letter, digits, value, flags)
    if isinstance(shown, Unknown):
        return shown
    wide = int(width or 0)
    if letter == "t":
        return shown
    if "-" in flags:
        return shown.ljust(wide)
    if "0" not in flags:
        return shown.rjust(wide)
    return shown.rjust(wide, "0") if letter in "sqv" else shown.zfill(wide)


def _shown(letter: str, digits: str | None, value: Any, flags: str) -> Any:
    if letter == "v":
        plain = isinstance(value, (str, int, float)) and "#" not in flags
        return text_of(value) if plain else jsonencode(value)
    if letter == "s":
        shown = text(value)
        return shown[: int(digits)] if digits else shown
    if letter == "q":
        return str(jsonencode(text(value)[: int(digits) if digits else None]))
    if letter == "t":
        return text(value)
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if letter in "dboxX":
        shown = format(whole(value), f"{sign}{'#' if '#' in flags else ''}{letter}")
        return shown.replace("0o", "0") if letter == "o" else shown
    if letter in "gG" and not digits:
        return _shortest(float(number(value)), sign, letter)
    if letter in "eEfgG":
        return format(float(number(value)), f"{sign}.{digits or 6}{letter}")
    raise Failure(f"format() has no verb '%{letter}'")


def _shortest(value: float, sign: str, letter: str) -> str:
    """A number in as few digits as tell it from all others."""
    for digits in range(1, 18):
        shown = format(value, f"{sign}.{digits}{letter}")
        if float(shown) == value:
            break
    return shown


@function("formatlist", 1, None, takes_open=True, typed=ALWAYS)
def formatlist(form: Any, *values: Any) -> Any:
    """A form for each member of some lists of one length; any other value stands in all of them."""
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is not None:
        return open_value(f"formatlist({','.join(map(key_of, (form, *values)))})", unknown.reason)
    lengths = {len(value) for value in values if isinstance(value, list)}
    if len(lengths) > 1:
        raise Failure("formatlist() takes lists of one length")
    count = lengths.pop() if lengths else 1
    rows = [[value[at] if isinstance(value, list) else value for value in values] for at in range(count)]
    made = [format_(form, *row) for row in rows]
    bounded_text("".join(one for one in made if isinstance(one, str)), "formatlist")
    return made
