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
    fsync_folder(final.parent)


def fsync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def make_folder(folder: Path) -> None:
    """With all above it; a new one is itself an entry of its folder, which must not be lost."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def disk_trouble_told(what: str, place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SetUp(
            f"{what} can't be kept in {place}: {error.strerror or error}",
            remedy=f"Make room or give write access in {place}; then resume the task.",
        ) from error
