"""Keeps policies that were checked, so that the next run need not read YAML or check them again.

An entry is JSON, named after a digest of the policy's text and of the code that checked it.  It is
trusted no further than the user's own files are: only in a folder that is the user's and that nobody
else may write to, only where its own digest fits, and only where it is a policy.  Anything else is as
if it were not there.  ``HUBSCAN_NO_CACHE=1`` reads and writes none.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

import scanner
from scanner.expressions.saved import dump, load, load_template
from scanner.policies.building import Expressions, build, declared, default_message, roots_of
from scanner.policy import Policy

_MOST = 2_000
"""Entries that may lie in the folder; beyond, the older half goes."""

_CODE = ("expressions", "functions", "policies")


class Cache:
    """The entries of one user.  Made anew for each run: it looks at its folder once."""

    def __init__(self) -> None:
        self._folder = _folder()
        self._code = _code() if self._folder else b""
        self._grown = False

    def get(self, text: bytes, path: str) -> Policy | None:
        """The policy of a file's text, without its examples; None where it is not kept."""
        if self._folder is None:
            return None
        try:
            digest, _, body = (self._folder / self._key(text)).read_bytes().partition(b"\n")
            if digest.decode() != _digest(body):
                return None
            return _policy(orjson.loads(body), path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, text: bytes, data: Any, policy: Policy) -> None:
        """Keep a policy that was found to be in order; ``data`` is what its file says."""
        if self._folder is None:
            return
        body = _body(data, policy)
        if body is None:
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(_digest(body).encode() + b"\n" + body)
                Path(name).replace(self._folder / self._key(text))
                self._grown = True
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def tidy(self) -> None:
        """Forget the older half of the entries where there are too many; for when all policies were read."""
        if self._folder is None or not self._grown:
            return
        with suppress(OSError):
            entries = sorted((entry.stat().st_mtime, entry.path) for entry in os.scandir(self._folder))
            for _, path in entries[: len(entries) // 2] if len(entries) > _MOST else ():
                Path(path).unlink()

    def _key(self, text: bytes) -> str:
        return f"{hashlib.sha256(self._code + text).hexdigest()}.json"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _body(data: Any, policy: Policy) -> bytes | None:
    """What is kept of a policy; None where it does not come back as it is, such as a huge number."""
    saved = {
        "data": {key: value for key, value in data.items() if key != "examples"},
        "when": None if policy.when is None else dump(policy.when),
        "each": None if policy.each is None else dump(policy.each),
        "require": dump(policy.require),
        "message": [dump(part) for part in policy.message.parts],
    }
    try:
        body = orjson.dumps(saved)
        again = _policy(orjson.loads(body), policy.path)
    except (ValueError, TypeError):
        return None
    same = again.card == policy.card and again.parameters == policy.parameters
    pairs = zip(_trees(again), _trees(policy), strict=True)
    return body if same and all(one == other for one, other in pairs) else None


def _trees(policy: Policy) -> Iterator[Any]:
    for expression in (policy.when, policy.each, policy.require, *policy.message.expressions):
        yield None if expression is None else expression.tree


def _policy(saved: Any, path: str) -> Policy:
    data = saved["data"]
    roots = roots_of(data)
    outside = tuple(name for name in roots if name != "item")
    expressions = Expressions(
        when=None if saved["when"] is None else load(saved["when"], outside),
        each=None if saved["each"] is None else load(saved["each"], outside),
        require=load(saved["require"], roots),
        message=load_template(data.get("message", default_message(data)), saved["message"], roots),
    )
    return build(data, path, expressions, declared(data.get("parameters")))


def _folder() -> Path | None:
    """The user's folder for entries, made where it is not there; None where there can be no safe one."""
    if os.environ.get("HUBSCAN_NO_CACHE"):
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    try:
        root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
        folder = root / "hubscan" / "policies"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except (OSError, RuntimeError):
        return None
    if not stat.S_ISDIR(found.st_mode):
        return None
    if hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        return None
    return folder


def _code() -> bytes:
    """What tells one state of the checking code from another: version, and sizes and times of its files."""
    root = Path(scanner.__file__).parent
    described = [scanner.__version__]
    for name in _CODE:
        for entry in sorted(os.scandir(root / name), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                found = entry.stat()
                described.append(f"{entry.name} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(described).encode()).digest()
