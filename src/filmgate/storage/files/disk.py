"""Making files durable, and saying in plain words why it can't be done."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filmgate.domain.errors import SetUp


def settle_file(partial: Path, final: Path) -> None:
    """Give a whole file its final name, in an order that a power cut can't undo halfway."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def disk_trouble_told(what: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SetUp(
            f"{what} can't be kept in {folder}: {error.strerror or error}",
            remedy=f"Make room or give write access in {folder}; then resume the task.",
        ) from error
