"""A folder on this computer. Our own, because obstore's makes nothing durable (see
``docs/decisions/files.md``)."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filmgate.storage.files.disk import fsync_folder, make_folder, settle_file
from filmgate.storage.files.drive import CHUNK_BYTES, Entry

INCOMING = "incoming"
"""In the same folder as everything else, because only there the last step is one atomic rename."""


class FolderDrive:
    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        return str(self._root)

    def put(self, key: str, source: Path) -> None:
        final = self._root / key
        make_folder(final.parent)
        try:
            settle_file(source, final)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy_over(source, final)

    def find(self, key: str) -> Entry | None:
        try:
            return _entry(key, (self._root / key).stat())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with (self._root / key).open("rb") as file:
            file.seek(start)
            while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
                start += len(chunk)
                yield chunk

    def local(self, key: str) -> Path | None:
        return self._root / key

    def touch(self, key: str) -> None:
        os.utime(self._root / key)

    def remove(self, key: str) -> None:
        final = self._root / key
        with suppress(FileNotFoundError, NotADirectoryError):
            final.unlink()
            fsync_folder(final.parent)

    def entries(self, prefix: str) -> Iterator[Entry]:
        folder = prefix.rstrip("/")
        try:
            with os.scandir(self._root / folder) as found:
                for each in found:
                    if each.name.startswith("."):
                        continue
                    key = f"{folder}/{each.name}"
                    if each.is_dir(follow_symlinks=False):
                        yield from self.entries(key)
                    else:
                        with suppress(FileNotFoundError):
                            yield _entry(key, each.stat(follow_symlinks=False))
        except FileNotFoundError:
            return

    def _copy_over(self, source: Path, final: Path) -> None:
        """From another file system. What a crash leaves of it lies where the sweep looks."""
        near = self._root / INCOMING / f"copy-{os.getpid()}-{final.name}"
        make_folder(near.parent)
        try:
            shutil.copyfile(source, near)
            settle_file(near, final)
        except BaseException:
            near.unlink(missing_ok=True)
            raise
        source.unlink(missing_ok=True)


def _entry(key: str, stat: os.stat_result) -> Entry:
    return Entry(
        key=key,
        size_bytes=stat.st_size,
        changed_at=stat.st_mtime,
        # A renamed file keeps its time; its number tells it from the one before.
        tag=f"{stat.st_ino:x}-{stat.st_size:x}-{stat.st_mtime_ns:x}",
    )
