"""A local file with a stored file's bytes: the file itself, or a copy that is kept for a while."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

from filmgate.storage.files.drive import Drive
from filmgate.storage.files.staging import Staging


def local_file(drive: Drive, staging: Staging, key: str) -> Path | None:
    """None where there is no such file."""
    if (path := drive.local(key)) is not None:
        return path if path.is_file() else None
    copy = staging.copy_of(key)
    entry = drive.find(key)
    if entry is None:
        return None
    if copy.is_file() and copy.stat().st_size == entry.size_bytes:
        os.utime(copy)  # in use: the sweep leaves it
        return copy
    copy.parent.mkdir(parents=True, exist_ok=True)
    number, name = mkstemp(dir=copy.parent, prefix=".")
    partial = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            for chunk in drive.read(key, 0, entry.size_bytes):
                file.write(chunk)
        partial.replace(copy)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return copy
