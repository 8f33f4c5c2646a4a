"""Keeps policies that were checked, so that the next run need not read YAML or check them again.

An entry is JSON, named after a digest of the policy's text and of the code that checked it.  What is no
policy is as if it were not there (`scanner.kept` says what else is).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

import orjson

import scanner
from scanner.expressions.saved import dump, load, load_template, plain
from scanner.kept import Folder
from scanner.policies.building import Expressions, build, declared, default_message, roots_of
from scanner.policy import Policy

_MOST = 2_000
"""Entries that may lie in the folder; beyond, the older half goes."""

_CODE = ("expressions", "functions", "policies")


class Cache:
    """The entries of one user.  Made anew for each run: it looks at its folder once."""

    def __init__(self) -> None:
        self._folder = Folder("policies")
        self._code = _code() if self._folder.is_there else b""

    def get(self, text: bytes, path: str) -> Policy | None:
        """The policy of a file's text, without its examples; None where it is not kept."""
        body = self._folder.get(self._key(text))
        if body is None:
            return None
        try:
            return _policy(orjson.loads(body), path)
        except (ValueError, LookupError, TypeError, AttributeError):
            return None

    def put(self, text: bytes, data: Any, policy: Policy) -> None:
        """Keep a policy that was found to be in order; ``data`` is what its file says."""
        body = _body(data, policy) if self._folder.is_there else None
        if body is not None:
            self._folder.put(self._key(text), body)

    def tidy(self) -> None:
        """Forget the older half of the entries where there are too many; for when all policies were read."""
        self._folder.tidy(_MOST)

    def _key(self, text: bytes) -> str:
        return f"{hashlib.sha256(self._code + text).hexdigest()}.json"


def _body(data: Any, policy: Policy) -> bytes | None:
    """What is kept of a policy; None where it does not come back as it is, such as a huge number."""
    try:
        body = orjson.dumps(
            {
                "data": {key: value for key, value in data.items() if key != "examples"},
                "when": None if policy.when is None else dump(policy.when),
                "each": None if policy.each is None else dump(policy.each),
                "require": dump(policy.require),
                "message": [
                    part if isinstance(part, str) else [part.text, dump(part)]
                    for part in policy.message.parts
                ],
            }
        )
        again = _policy(orjson.loads(body), policy.path)
    except (ValueError, TypeError):
        return None
    same = again.card == policy.card and again.parameters == policy.parameters
    return body if same and list(_trees(again)) == list(_trees(policy)) else None


def _trees(policy: Policy) -> Iterator[Any]:
    for expression in (policy.when, policy.each, policy.require, *policy.message.expressions):
        yield None if expression is None else plain(expression.tree)


def _policy(saved: Any, path: str) -> Policy:
    data = saved["data"]
    message = data["message"] if "message" in data else default_message(data)
    roots = roots_of(data)
    outside = tuple(name for name in roots if name != "item")
    expressions = Expressions(
        when=None if saved["when"] is None else load(data["when"], saved["when"], outside),
        each=None if saved["each"] is None else load(data["each"], saved["each"], outside),
        require=load(data["require"], saved["require"], roots),
        message=load_template(message, saved["message"], roots),
    )
    return build(data, path, expressions, declared(data.get("parameters")))


def _code() -> bytes:
    """What tells one state of the checking code from another: version, and sizes and times of its files."""
    root = os.path.dirname(scanner.__file__)  # noqa: PTH120 - at each start
    described = [scanner.__version__]
    for name in _CODE:
        with os.scandir(f"{root}/{name}") as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    found = entry.stat()
                    described.append(f"{entry.name} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(described).encode()).digest()
