"""Where files are kept: what a folder and a cloud's bucket have in common, and no more.

The calls block; the stores above call them in threads. Trouble is an OSError everywhere, and what
is not there a FileNotFoundError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    key: str
    size_bytes: int
    changed_at: float
    tag: str
    """Another one for other bytes."""


class Drive(Protocol):
    """Files by key. A key has folders with slashes, is made by this program alone, and its name
    never begins with a dot."""

    @property
    def place(self) -> str:
        """Where that is, in words for the operator; without secrets."""

    def put(self, key: str, source: Path) -> None:
        """Take a local file over. Once this returns it survives a power cut; until then the key
        holds what it held before. The source may be gone afterwards."""

    def find(self, key: str) -> Entry | None: ...

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to, and without, ``end`` or the file's end."""

    def local(self, key: str) -> Path | None:
        """The file itself, where it lies on this computer; whether or not it is there."""

    def touch(self, key: str) -> None:
        """Changed now, with the same bytes."""

    def remove(self, key: str) -> None:
        """What is not there is fine."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Everything under this folder (``results/``), in no order; what comes and goes meanwhile
        may be in it or not."""
