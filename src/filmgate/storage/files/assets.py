"""Stored inputs, each under the digest of its bytes and checked once.

Beside the bytes lies what was found in them (``<digest>.json``). It is written last and removed
first, so where it is, the bytes are whole and good; and its time tells when they were last used.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from filmgate.domain.errors import BadInput, NotFound
from filmgate.domain.files import input_key
from filmgate.domain.media import Facts
from filmgate.domain.request import Asset
from filmgate.storage.files.disk import disk_trouble_told
from filmgate.storage.files.drive import CHUNK_BYTES, Drive
from filmgate.storage.files.fetching import local_file
from filmgate.storage.files.staging import Staging

AT_ONCE = 2
BYTES_MAX = 256 * 1024 * 1024
"""Of any input; how much of which kind is for the check to say."""
FACTS = ".json"
Check = Callable[[Path, str], Facts]
"""Given the file and what the customer called it. Raises BadInput."""


class StoredAssets:
    def __init__(self, drive: Drive, staging: Staging, check: Check) -> None:
        self._drive = drive
        self._staging = staging
        self._check = check
        self._known: dict[str, Facts] = {}
        # Threads of its own: inputs that take long must not keep others from the disk.
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="filmgate-inputs")

    async def put(self, path: str) -> Asset:
        source = Path(path)
        staged, digest, size_bytes = await asyncio.to_thread(self._take_in, source)
        name = source.name
        try:
            return await self.admit(staged, digest, size_bytes, name=name, called=name)
        finally:
            await asyncio.to_thread(staged.unlink, missing_ok=True)

    async def admit(
        self, staged: Path, digest: str, size_bytes: int, *, name: str, called: str
    ) -> Asset:
        """Check and keep a file that lies in our staging folder, where it may be moved from.

        ``called``: what messages call it. Raises BadInput and SetUp.
        """
        facts = await asyncio.to_thread(self._use, digest)
        if facts is None:
            facts = await self._in_hands(self._check, staged, called)
            await asyncio.to_thread(self._keep, digest, staged, facts)
        else:
            self._known[digest] = facts
        return _asset(digest, facts, size_bytes, name)

    async def recall(self, digest: str, *, name: str = "") -> Asset:
        """An input that was put before, by its digest; counts as a use. Raises NotFound, SetUp."""

        def work() -> tuple[Facts, int]:
            facts = self._use(digest)
            entry = self._drive.find(input_key(digest))
            if facts is None or entry is None:
                raise _gone(name or digest[:12])
            return facts, entry.size_bytes

        facts, size_bytes = await asyncio.to_thread(work)
        return _asset(digest, facts, size_bytes, name)

    async def locate(self, asset: Asset) -> str:
        def work() -> str:
            with disk_trouble_told("a copy of the input", str(self._staging.folder)):
                path = local_file(self._drive, self._staging, input_key(asset.digest))
            if path is None:
                raise _gone(asset.name or asset.digest[:12])
            return str(path)

        return await asyncio.to_thread(work)

    async def facts(self, asset: Asset) -> Facts:
        """What was found when it was checked. Raises NotFound, BadInput and SetUp."""
        if (known := self._known.get(asset.digest)) is not None:
            return known
        facts = await asyncio.to_thread(self._read_facts, asset.digest)
        if facts is None:
            # Kept by a version that wrote none.
            path = Path(await self.locate(asset))
            facts = await self._in_hands(self._check, path, asset.name or asset.digest[:12])
            await asyncio.to_thread(self._write_facts, asset.digest, facts)
        self._known[asset.digest] = facts
        return facts

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        facts = await self.facts(asset)
        return facts.width, facts.height

    def close(self) -> None:
        self._hands.shutdown(wait=False, cancel_futures=True)

    async def _in_hands(self, check: Check, path: Path, name: str) -> Facts:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._hands, check, path, name)

    def _take_in(self, source: Path) -> tuple[Path, str, int]:
        """A copy of our own, and what it holds: a file that changes meanwhile can't lie."""
        if not source.is_file():
            raise BadInput(f"there is no file {source}", remedy="Check the path.")
        digest = hashlib.sha256()
        size_bytes = 0
        with disk_trouble_told("the input", self._drive.place):
            number, staged = self._staging.open_upload()
            try:
                with os.fdopen(number, "wb") as copy, source.open("rb") as file:
                    while chunk := file.read(CHUNK_BYTES):
                        size_bytes += len(chunk)
                        _refuse_bytes(size_bytes, source.name)
                        digest.update(chunk)
                        copy.write(chunk)
            except BaseException:
                staged.unlink(missing_ok=True)
                raise
        return staged, digest.hexdigest(), size_bytes

    def _use(self, digest: str) -> Facts | None:
        """What is known of the input, which counts as used now; None where it is not here."""
        with disk_trouble_told("the input", self._drive.place), self._staging.alone():
            facts = self._read_facts(digest)
            if facts is not None:
                self._drive.touch(input_key(digest) + FACTS)
            return facts

    def _keep(self, digest: str, staged: Path, facts: Facts) -> None:
        with disk_trouble_told("the input", self._drive.place), self._staging.alone():
            self._drive.put(input_key(digest), staged)
            self._write_facts(digest, facts)
        self._known[digest] = facts

    def _read_facts(self, digest: str) -> Facts | None:
        key = input_key(digest) + FACTS
        with disk_trouble_told("the input", self._drive.place):
            entry = self._drive.find(key)
            if entry is None:
                return None
            text = b"".join(self._drive.read(key, 0, entry.size_bytes))
        return msgspec.json.decode(text, type=Facts)

    def _write_facts(self, digest: str, facts: Facts) -> None:
        with disk_trouble_told("the input", self._drive.place):
            number, draft = self._staging.open_upload()
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(msgspec.json.encode(facts))
                self._drive.put(input_key(digest) + FACTS, draft)
            finally:
                draft.unlink(missing_ok=True)


def _asset(digest: str, facts: Facts, size_bytes: int, name: str) -> Asset:
    return Asset(digest=digest, media_type=facts.media_type, size_bytes=size_bytes, name=name)


def _refuse_bytes(size_bytes: int, name: str) -> None:
    if size_bytes > BYTES_MAX:
        raise BadInput(
            f"{name} has more than {BYTES_MAX // 1024**2} MB", remedy="Give a smaller file."
        )


def _gone(name: str) -> NotFound:
    return NotFound(
        f"the stored input {name} is gone", remedy="Send the request again with the file."
    )
