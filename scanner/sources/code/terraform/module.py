"""One instance of a module: what its names stand for, each evaluated when somebody asks for it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.sources.arm.errors import Failure
from scanner.sources.code.symbols import Symbol
from scanner.sources.code.terraform.constraints import converted
from scanner.sources.code.terraform.expansion import Expansion, Member, expanded
from scanner.sources.code.terraform.folder import Address, Folder, shown
from scanner.sources.code.terraform.instance import Instanced
from scanner.sources.code.terraform.plan import Step
from scanner.sources.code.terraform.shelf import Call, Shelf
from scanner.sources.hcl.evaluator import evaluate
from scanner.sources.hcl.scope import Env, Run, Spot
from scanner.sources.hcl.syntax import Attribute, Block, Literal
from scanner.sources.hcl.values import Handle, open_value
from scanner.values import Touched

LARGEST_FILE = 1 << 20
"""Bytes of a file that an expression reads."""

MOST_FILES = 5_000
"""Files of a folder in which an expression looks for some."""

_BUSY = object()


@dataclass(slots=True)
class Module:
    """One instance of a module.

    ``steps`` are the calls that lead to it; ``given`` maps the names of its variables to what they are
    given, each an attribute and where it stands, and ``outside`` those that something gives of which
    nothing is known to the reason why.  ``is_certain`` is False where its call may make none,
    and ``guards`` are the conditions that hold where it makes one.
    """

    folder: Folder
    run: Run
    shelf: Shelf
    steps: tuple[Step, ...] = ()
    given: Mapping[str, tuple[Attribute, Env | None]] = field(default_factory=dict)
    is_certain: bool = True
    guards: frozenset[str] = frozenset()
    outside: Mapping[str, str] = field(default_factory=dict)
    ancestors: tuple[str, ...] = ()
    root: Folder | None = None
    _values: dict[str, Any] = field(default_factory=dict)
    _expansions: dict[int, Expansion] = field(default_factory=dict)
    _children: dict[tuple[str, str], Module | None] = field(default_factory=dict)
    _holder: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What addresses inside it begin with."""
        return "".join(f"module.{name}{f'[{key}]' if key else ''}." for name, key in self.steps)

    def named(self, name: str) -> Any:
        """What the first name of a traversal stands for."""
        asks: dict[str, Callable[[str], Any]] = {
            "var": self.variable,
            "local": self.local,
            "module": self.call,
            "data": lambda kind: Handle(
                f"{self.key}data.{kind}", "it is no value", lambda one: self.resource(("data", kind, one))
            ),
            "path": self._path,
            "terraform": lambda what: open_value(
                f"terraform.{what}", f"terraform.{what} is known only in a run"
            ),
        }
        if name in ("each", "count", "self"):
            raise Failure(f"'{name}' stands for nothing here")
        ask = asks.get(name) or (lambda one: self.resource(("managed", name, one)))
        return Handle(f"{self.key}{name}", f"'{name}' is no value", ask)

    def read_file(self, path: str) -> bytes | None:
        """The bytes of a file inside the root; None where it is not there."""
        base = (self.root or self.folder).location
        location = os.path.normpath(os.path.join(base, path))  # noqa: PTH118 - kept as it was written
        if not self.shelf.may_read(location):
            raise Failure(f"the file '{path[:100]}' lies outside of what may be read")
        try:
            with open(location, "rb") as opened:  # noqa: PTH123 - a location is a text
                data = opened.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise Failure(f"the file '{path[:100]}' cannot be read") from None
        if len(data) > LARGEST_FILE:
            raise Failure(f"the file '{path[:100]}' is larger than {LARGEST_FILE >> 20} MiB")
        return data

    def files_below(self, path: str) -> list[str]:
        """The paths of the files in a folder and below it; links are not followed."""
        base = (self.root or self.folder).location
        location = os.path.normpath(os.path.join(base, path))  # noqa: PTH118 - kept as it was written
        if not self.shelf.may_read(location):
            raise Failure(f"the folder '{path[:100]}' lies outside of what may be read")
        found: list[str] = []
        for folder, inner, names in os.walk(location):
            inner.sort()
            paths = (os.path.join(folder, name) for name in sorted(names))  # noqa: PTH118
            found += [os.path.relpath(one, location) for one in paths if not os.path.islink(one)]  # noqa: PTH114
            if len(found) > MOST_FILES:
                raise Failure(f"there are more than {MOST_FILES} files in '{path[:100]}'")
        return [one.replace(os.sep, posixpath.sep) for one in found]

    def variable(self, name: str) -> Any:
        """The value of a variable."""
        return self.once(f"var.{name}", lambda: self._variable(name))

    def local(self, name: str) -> Any:
        """The value of a local."""
        return self.once(f"local.{name}", lambda: self._local(name))

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self.once(f"output.{name}", lambda: self._output(name))

    def resource(self, address: Address) -> Any:
        """What a resource is when it is referred to: its instances, by number or key if it has many."""
        blocks = self.folder.resources.get(address)
        if not blocks:
            name = f"{self.key}{shown(address)}"
            return open_value(name, f"{name} is not declared")
        block = blocks[0]
        return self.expansion(block).value(lambda member: Instanced(self, address, block, member).handle())

    def call(self, name: str) -> Any:
        """What a module is when it is referred to: its outputs, by number or key if it has many instances."""
        block = self.folder.calls.get(name)
        key = f"{self.key}module.{name}"
        if block is None:
            return open_value(key, f"{key} is not declared")

        def outputs(member: Member) -> Handle:
            child = self.child(name, member)
            if child is not None:
                return Handle(f"{key}{member.suffix}", f"{key} is no value", child.output)
            reason = f"the module '{key}' is not at hand"
            at = f"{key}{member.suffix}"
            return Handle(at, reason, lambda out: open_value(f"{at}.{out}", reason))

        return self.expansion(block).value(outputs)

    def child(self, name: str, member: Member) -> Module | None:
        """The instance of a module that a call makes; None where the module is not at hand."""
        at = (name, member.suffix)
        if at not in self._children:
            block = self.folder.calls[name]
            key = ".".join((*(step for step, _ in self.steps), name))
            ancestors = (*self.ancestors, self.folder.location)
            root = self.root or self.folder
            folder = self.shelf.module(Call(self.folder, block, key, root.location, root.path, ancestors))
            env = self.env(block, member)
            given = {key: (one, env.within(one.source)) for key, one in block.body.attributes.items()}
            self._children[at] = (
                None
                if folder is None
                else Module(
                    folder,
                    self.run,
                    self.shelf,
                    (*self.steps, (name, member.suffix[1:-1])),
                    given,
                    self.is_certain and member.sure,
                    self.guards | member.guards,
                    ancestors=ancestors,
                    root=root,
                )
            )
        return self._children[at]

    def expansion(self, block: Block) -> Expansion:
        """The instances that a block makes."""
        if id(block) not in self._expansions:
            # Whoever asks again while it is being found out is told of one instance.
            self._expansions[id(block)] = Expansion((Member(),))
            name = ".".join((block.kind, *block.labels)).removeprefix("resource.")
            self._expansions[id(block)] = expanded(block, self.env(block, Member()), f"{self.key}{name}")
        return self._expansions[id(block)]

    def env(self, block: Block, member: Member) -> Env:
        """Where the attributes of a block stand, seen from one of its instances."""
        return Env(self.run, self, block.source, member.variables, member.holders)

    def spot(self, name: str) -> Spot | None:
        """Where the value of ``var.x``, ``local.x`` or ``output.x`` was written."""
        kind, _, rest = name.partition(".")
        {"var": self.variable, "local": self.local, "output": self.output}[kind](rest)
        return self.run.spots.of(self._holder, name)

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        """A value that is found out once.  Whoever asks again meanwhile goes round in a circle."""
        if name in self._values:
            value = self._values[name]
            return value if value is not _BUSY else self._circular(name)
        self._values[name] = _BUSY
        try:
            value = find()
        except (Failure, Touched) as failure:
            value = self._failed(name, str(failure))
        except RecursionError:
            value = self._failed(name, "it is nested too deep")
        self._values[name] = value
        return value

    def _failed(self, name: str, reason: str) -> Symbol:
        spot = self.run.spots.of(self._holder, name)
        return Symbol(
            f"{self.key}{name}",
            f"{name} has no value: {reason}",
            text=name,
            place=spot.place if spot else None,
        )

    def _circular(self, name: str) -> Symbol:
        spot = self.run.spots.of(self._holder, name)
        reason = f"{name} refers to itself"
        return Symbol(f"{self.key}{name}", reason, text=name, place=spot.place if spot else None)

    def _mark(self, name: str, env: Env, attribute: Attribute) -> None:
        self.run.spots.mark(self._holder, name, env, attribute.at, attribute.value)

    def _variable(self, name: str) -> Any:
        block = self.folder.variables.get(name)
        if block is None:
            return open_value(f"{self.key}var.{name}", f"the variable '{name}' is not declared")
        own = block.body.attributes
        env = Env(self.run, self, block.source)
        if (
            "sensitive" in own
            and isinstance(own["sensitive"].value, Literal)
            and own["sensitive"].value.value
        ):
            return self._unshown(name, block, f"the variable '{name}' is sensitive")
        if name in self.outside:
            return self._unshown(name, block, self.outside[name])
        attribute, where = self.given.get(name, (None, None))
        value: Any = None
        if attribute is not None:
            where = where or Env(self.run, self, attribute.source)
            self._mark(f"var.{name}", where, attribute)
            value = evaluate(attribute.value, where)
        nullable = own.get("nullable")
        refuses = (
            nullable is not None and isinstance(nullable.value, Literal) and nullable.value.value is False
        )
        if attribute is None or (value is None and refuses):
            if "default" not in own:
                return self._unshown(
                    name, block, f"the variable '{name}' has no default, and no value is given"
                )
            default = env.within(own["default"].source)
            self._mark(f"var.{name}", default, own["default"])
            value = evaluate(own["default"].value, default)
        return converted(value, own["type"].value, env.within(own["type"].source)) if "type" in own else value

    def _unshown(self, name: str, block: Block, reason: str) -> Symbol:
        key = f"{self.key}var.{name}"
        return Symbol(key, reason, text=f"var.{name}", place=block.source.place(block.at))

    def _local(self, name: str) -> Any:
        attribute = self.folder.locals.get(name)
        if attribute is None:
            return open_value(f"{self.key}local.{name}", f"the local '{name}' is not declared")
        env = Env(self.run, self, attribute.source)
        self._mark(f"local.{name}", env, attribute)
        return evaluate(attribute.value, env)

    def _output(self, name: str) -> Any:
        block = self.folder.outputs.get(name)
        value = block.body.attributes.get("value") if block else None
        if block is None or value is None:
            return open_value(f"{self.key}{name}", f"the module has no output '{name}'")
        env = Env(self.run, self, value.source)
        self._mark(f"output.{name}", env, value)
        return evaluate(value.value, env)

    def _path(self, what: str) -> Any:
        if what == "root":
            return "."
        if what == "module":
            base = (self.root or self.folder).location
            relative = os.path.relpath(self.folder.location or ".", base or ".")
            return relative.replace(os.sep, posixpath.sep)
        return open_value(f"path.{what}", f"path.{what} is known only in a run")
