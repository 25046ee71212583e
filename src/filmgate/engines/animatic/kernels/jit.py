"""The one door to numba: compiled, cached on disk, and free of the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def kernel(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """Compile for one thread. Whole frames run side by side in threads, so a kernel is never
    parallel inside, and the number of workers can't change a bit; no fast-math, so that the same
    CPU family gives the same pictures."""
    return cast(
        Callable[Arguments, Value],
        numba.njit(nogil=True, cache=True, error_model="numpy")(function),
    )
