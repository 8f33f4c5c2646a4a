"""How the names of files of configuration end, and which of two with one name counts."""

from __future__ import annotations

from collections.abc import Iterable

_TERRAFORM = (".tf", ".tf.json")
_TOFU = (".tofu", ".tofu.json")

CONFIGURATION = (*_TERRAFORM, *_TOFU)
"""Terraform reads the first two, OpenTofu all of them."""


def counted(names: Iterable[str]) -> list[str]:
    """The files of configuration among some names.

    ``main.tofu`` stands in for a ``main.tf`` beside it, which OpenTofu passes over.
    """
    every = [name for name in names if name.endswith(CONFIGURATION)]
    hidden = {name.replace(".tofu", ".tf") for name in every if name.endswith(_TOFU)}
    return [name for name in every if name not in hidden]


def stem(name: str) -> str:
    """The name of a file without how it ends."""
    return name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
