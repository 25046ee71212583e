"""Stored inputs in a folder of the home, each under the digest of its bytes."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from filmgate.domain.errors import NotFound
from filmgate.domain.request import Asset
from filmgate.storage.files.disk import disk_trouble_told, settle_file, sha256_of

FOLDER = "assets"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was found good."""

    width: int
    height: int
    media_type: str


class FolderAssets:
    def __init__(self, home: Path, check: Callable[[Path], Picture]) -> None:
        self._folder = home / FOLDER
        self._check = check
        self._sizes: dict[str, tuple[int, int]] = {}

    async def put(self, path: str) -> Asset:
        return await asyncio.to_thread(self._put, Path(path))

    async def locate(self, asset: Asset) -> str:
        path = self._path(asset.digest)
        if not await asyncio.to_thread(path.is_file):
            raise NotFound(
                f"the stored input {asset.name or asset.digest[:12]} is gone",
                remedy="Send the request again with the file.",
            )
        return str(path)

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        known = self._sizes.get(asset.digest)
        if known is None:
            path = Path(await self.locate(asset))
            picture = await asyncio.to_thread(self._check, path)
            known = self._sizes[asset.digest] = (picture.width, picture.height)
        return known

    def _put(self, path: Path) -> Asset:
        picture = self._check(path)
        with disk_trouble_told("the picture", self._folder):
            digest, size_bytes = self._copy(path)
        self._sizes[digest] = (picture.width, picture.height)
        return Asset(
            digest=digest, media_type=picture.media_type, size_bytes=size_bytes, name=path.name
        )

    def _copy(self, path: Path) -> tuple[str, int]:
        """The digest is taken of the copy, so that a file that changes meanwhile can't lie."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as copy:
            partial = Path(copy.name)
            try:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, copy)
                copy.flush()
                digest = sha256_of(partial)
                final = self._path(digest)
                final.parent.mkdir(exist_ok=True)
                settle_file(partial, final)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        return digest, final.stat().st_size

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest
