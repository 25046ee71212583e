"""Reads the tables of measures beside the figures."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


def measures(name: str, shape: type[T]) -> T:
    """All figures of ``NAME.toml``, read into ``shape``."""
    text = files("filmgate.engines.animatic.puppets").joinpath(f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), shape)
