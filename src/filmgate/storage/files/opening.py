"""Which drive a storage URL means."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from filmgate.domain.errors import SetUp
from filmgate.storage.files.cloud import SCHEMES, CloudDrive
from filmgate.storage.files.drive import Drive
from filmgate.storage.files.folder import INCOMING, FolderDrive
from filmgate.storage.files.staging import Staging


def open_drive(url: str | None, home: Path) -> tuple[Drive, Staging]:
    """The home itself unless a URL says otherwise, and where files wait on their way in.

    Raises SetUp.
    """
    if url is None:
        return FolderDrive(home), Staging(home / INCOMING)
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        if parts.netloc not in {"", "localhost"} or not folder.is_absolute():
            raise SetUp(
                "FILMGATE_STORAGE_URL names no folder of this computer",
                field="FILMGATE_STORAGE_URL",
                remedy="write it like file:///srv/filmgate",
            )
        return FolderDrive(folder), Staging(folder / INCOMING)
    if parts.scheme in SCHEMES:
        return CloudDrive.open(url), Staging(home / INCOMING)
    raise SetUp(
        f"FILMGATE_STORAGE_URL has the unknown scheme {parts.scheme}",
        field="FILMGATE_STORAGE_URL",
        remedy="write file:///folder, s3://bucket/folder, gs://bucket/folder or az://account/box",
    )
