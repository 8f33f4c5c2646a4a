"""Makes bad input out of good: values spoilt with their structure in view, then texts and bytes."""

from __future__ import annotations

import copy
import json
import re

ODD = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    10**400,
    float("nan"),
    float("inf"),
    "",
    " ",
    "x",
    "/",
    "*",
    "*.*",
    "[]",
    "[[",
    "[concat('a', 1)]",
    "[parameters('none')]",
    "${x}",
    "${{x}}",
    "%{ if x }",
    "{0}",
    "443,80-",
    "0-70000",
    "::1/129",
    "10.0.0.0/33",
    "2026-02-30",
    "/subscriptions/x/y",
    "/subscriptions//resourceGroups//providers/",
    "a" * 5_000,
    "é\u202e🚀\u0000\x1b[31m",
    "\ud800",
    "ǅİıſ",
    "xn--a.com",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {"name": []},
    {"name": {"name": None}},
    {"id": 1, "type": 2, "properties": 3},
]
"""Values that stand where others are expected."""

INSERTS = [
    *"{}[]()\"'`,:;.=<>#&*!|%@$\\/-\t\0\r",
    *(
        "\n",
        "\r\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x1b[2J",
        "::error::",
        "${",
        "%{",
        "'''",
        "<<EOT",
        "//",
        "/*",
        "*/",
    ),
    *(
        "null",
        "true",
        "1e999",
        "-0",
        "NaN",
        "0x",
        "&a ",
        "*a ",
        "!!python/object ",
        "<<: ",
        "\n---\n",
        "\n...\n",
        "? ",
        "- ",
    ),
]

_WORD = re.compile(r"[A-Za-z_][\w.-]*|\d+|\"[^\"\n]*\"|'[^'\n]*'")


def spoilt(value, random, count):
    """A copy of a JSON value with some things wrong: deleted, doubled, swapped, replaced, wrapped, renamed."""
    value = {"": json.loads(json.dumps(value))}
    for _ in range(count):
        places = list(_places(value))
        holder, key = random.choice(places)
        random.choice(_CHANGES)(holder, key, random, places)
    return value.get("")


def _places(value):
    """Every (container, key) inside a value, without following a container that stands in itself."""
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for key in list(one) if isinstance(one, dict) else range(len(one)):
            yield one, key
            if isinstance(one[key], (dict, list)):
                waiting.append(one[key])


def _delete(holder, key, _random, _places):
    if key != "":
        del holder[key]


def _double(holder, key, random, _places):
    if isinstance(holder, list):
        holder.insert(random.randint(0, len(holder)), holder[key])
    else:
        holder[f"{key}{random.choice(['2', ' ', ''])}"] = holder[key]


def _replace(holder, key, random, _places):
    # A copy, too: what stands in two places might be put into itself, and stay so for whoever comes next.
    holder[key] = copy.deepcopy(random.choice(ODD))


def _swap(holder, key, random, places):
    """Another value of the document in its place: a copy, so that nothing stands in itself."""
    other, name = random.choice(places)
    if (isinstance(other, dict) and name in other) or (isinstance(other, list) and name < len(other)):
        holder[key] = json.loads(json.dumps(other[name]))


def _wrap(holder, key, random, _places):
    for _ in range(random.choice([1, 1, 2, 60, 300])):
        holder[key] = [holder[key]] if random.random() < 0.5 else {"value": holder[key]}


def _rename(holder, key, random, _places):
    if isinstance(holder, dict) and key != "":
        name = random.choice(
            [key.upper(), key.lower(), key + "é", "", "copy", "type", "name", "Fn::ForEach", "__proto__"]
        )
        holder[name] = holder.pop(key)


def _many(holder, key, random, _places):
    if isinstance(holder, list):
        holder.extend([holder[key]] * random.choice([2, 300]))


_CHANGES = [_delete, _double, _replace, _replace, _replace, _swap, _swap, _wrap, _rename, _many]


def text_of(value):
    """JSON as nobody should write it: lone surrogates, NaN and all.  What is no JSON stays as it is."""
    return json.dumps(value, indent=1, default=str)


def mangled(text, random, count):
    """A text cut, doubled, swapped and sown with what means something to some grammar."""
    for _ in range(count):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice([1, 1, 5, 40, 400]))
        text = random.choice(_EDITS)(text, start, end, random)
    return text


def _cut(text, start, end, _random):
    return text[:start] + text[end:]


def _insert(text, start, _end, random):
    times = random.choice([1, 1, 1, 2, 50, 5_000])
    return text[:start] + random.choice(INSERTS) * times + text[start:]


def _again(text, start, end, random):
    at = random.randint(0, len(text))
    return text[:at] + text[start:end] + text[at:]


def _word(text, start, _end, random):
    """One word for another that the text has."""
    words = _WORD.findall(text[:20_000])
    found = _WORD.search(text, start)
    return text[: found.start()] + random.choice(words) + text[found.end() :] if found and words else text


def _line(text, _start, _end, random):
    lines = text.split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


_EDITS = [_cut, _insert, _insert, _again, _word, _word, _line]


def bytes_of(text, random):
    """The bytes of a file: mostly as they should be, now and then of another encoding, cut or flipped."""
    text = random.choice([text] * 6 + [text.replace("\n", "\r\n"), "\ufeff" + text])
    data = text.encode(random.choice(["utf-8"] * 8 + ["utf-16", "utf-32-be"]), "surrogatepass")
    if data and random.random() < 0.15:
        at = random.randrange(len(data))
        data = random.choice([data[:at], data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]])
    return data
