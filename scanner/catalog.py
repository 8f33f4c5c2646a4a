"""What a package offers by name: its modules are the registry, a new file is a new entry."""

from __future__ import annotations

import functools
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from scanner.errors import UsageError


@functools.cache
def names(package_name: str) -> tuple[str, ...]:
    """List the public modules and packages of a package, sorted; none of them is imported.

    ``package_name`` is dotted ("scanner.reporters").  Names with a leading underscore are the
    package's own affair and left out.  Raises ModuleNotFoundError where there is no such package.
    The package is looked into once: a scan asks for the reporters half a dozen times.
    """
    spec = find_spec(package_name)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"no package named {package_name!r}", name=package_name)
    found = (module.name for module in iter_modules(spec.submodule_search_locations))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(package_name: str, name: str) -> ModuleType:
    """Import one module of a package by the name that `names` gives it.

    Raises UsageError for any other name, with the nearest one or the whole list: the name is what a
    person typed.
    """
    offered = names(package_name)
    if name not in offered:
        import difflib  # noqa: PLC0415 - only where somebody mistyped

        near = difflib.get_close_matches(name.lower(), offered, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(offered)}"
        noun = package_name.rpartition(".")[2].removesuffix("s")
        raise UsageError(f"there is no {noun} {name[:80]!r}: {hint}")
    return import_module(f"{package_name}.{name}")
