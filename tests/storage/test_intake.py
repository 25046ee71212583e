"""Given media on their way in: with the call, as an upload, and from an address."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.pretend.hosts import host
from tests.pretend.rooms import measure_pretended, new_task

from filmgate.domain.errors import BadInput, Conflict, NotFound, Unreachable, Wait
from filmgate.domain.media import Facts, MediaLimits
from filmgate.domain.request import Fetch
from filmgate.storage.files import intake as intake_module
from filmgate.storage.files.assets import StoredAssets
from filmgate.storage.files.folder import FolderDrive
from filmgate.storage.files.intake import StoredIntake
from filmgate.storage.files.results import StoredResults
from filmgate.storage.files.staging import Staging
from filmgate.transport.downloads import Downloads
from filmgate.transport.policy import LOOPBACK_ONLY

LIMITS = MediaLimits(types=("image/png",), formats=".png", bytes_max=1024 * 1024, side_px_min=300)
CAT = b"a cat of 640x480"


def look(path: Path, name: str) -> Facts:
    data = path.read_bytes()
    if not data.startswith(b"a "):
        raise BadInput(f"{name} is no picture")
    width, height = data.split()[-1].split(b"x")
    return Facts(media_type="image/png", width=int(width), height=int(height))


@dataclass
class House:
    intake: StoredIntake
    assets: StoredAssets
    results: StoredResults
    incoming: Path

    def left(self) -> list[str]:
        return [path.name for path in self.incoming.iterdir() if path.name != ".lock"]


def told(home: Path, story: Callable[[House], Coroutine[None, None, None]]) -> None:
    async def body() -> None:
        drive, staging = FolderDrive(home), Staging(home / "incoming")
        assets = StoredAssets(drive, staging, look)
        results = StoredResults(drive, staging, measure_pretended)
        ways = Downloads(LOOPBACK_ONLY)
        intake = StoredIntake(assets, staging, results, check_url=ways.check, download=ways.fetch)
        try:
            await story(House(intake, assets, results, home / "incoming"))
        finally:
            await ways.close()
            assets.close()
            results.close()

    asyncio.run(body())


def test_bytes_of_a_call_are_checked_and_kept_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        one = await house.intake.keep(CAT, field="image", limits=LIMITS)
        two = await house.intake.keep(CAT, field="image_tail", limits=LIMITS)
        assert one == two
        assert (one.digest, one.size_bytes) == (hashlib.sha256(CAT).hexdigest(), len(CAT))
        assert (one.media_type, one.fetch) == ("image/png", None)
        stored = await house.assets.locate(one)
        assert await asyncio.to_thread(Path(stored).read_bytes) == CAT
        assert await house.intake.recall(one.digest) == one
        assert house.left() == []

    told(tmp_path, story)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "image is empty"),
        (b"<html>", "image is no picture"),
        (b"a dot of 20x400", "image is 20x400 px, each side must be at least 300 px"),
        (b"a " + b" " * LIMITS.bytes_max + b"640x480", "image size cannot exceed 1MB"),
    ],
)
def test_what_can_t_be_used_is_told_with_its_field(
    tmp_path: Path, data: bytes, message: str
) -> None:
    async def story(house: House) -> None:
        with pytest.raises(BadInput) as caught:
            await house.intake.keep(data, field="image", limits=LIMITS)
        assert (caught.value.message, caught.value.field) == (message, "image")
        assert house.left() == []

    told(tmp_path, story)


def test_limits_count_for_what_is_known_already_too(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.intake.keep(CAT, field="image", limits=LIMITS)
        with pytest.raises(BadInput, match="image is 640x480 px, each side must be at least"):
            await house.intake.keep(CAT, field="image", limits=replace(LIMITS, side_px_min=500))

    told(tmp_path, story)


def test_no_more_of_an_upload_is_read_than_may_come(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1024

    async def story(house: House) -> None:
        with pytest.raises(BadInput, match="cannot exceed 1MB"):
            await house.intake.keep_stream(endless(), field="file", limits=LIMITS)
        assert read == 1025
        assert house.left() == []

    told(tmp_path, story)


def test_too_many_at_once_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "WAITING_MAX", 3)

    async def story(house: House) -> None:
        asked = (house.intake.keep(CAT, field="image", limits=LIMITS) for _ in range(8))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(each, Wait) for each in answers) == 5
        assert await house.intake.keep(CAT, field="image", limits=LIMITS)

    told(tmp_path, story)


def test_a_film_becomes_an_input_and_what_is_not_there_does_not(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        task = new_task()
        with pytest.raises(Conflict, match="has no film"):
            await house.intake.keep_film(task)
        with pytest.raises(NotFound):
            await house.intake.recall("ab" * 32)

    told(tmp_path, story)


def test_what_was_promised_is_fetched(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        with host({"/cat.png": (200, "image/png", CAT)}) as url:
            given = house.intake.promise(f"{url}/cat.png", field="image", limits=LIMITS)
            assert (given.digest, given.media_type, given.size_bytes) == ("", "", 0)
            assert given.fetch is not None
            asset = await house.intake.fetch(given.fetch)
        assert (asset.digest, asset.fetch) == (hashlib.sha256(CAT).hexdigest(), None)
        assert house.left() == []

    told(tmp_path, story)


@pytest.mark.parametrize("url", ["ftp://host.example/a", "cat.png", "http://[::1"])
def test_an_address_that_never_works_is_told_at_once(tmp_path: Path, url: str) -> None:
    async def story(house: House) -> None:
        with pytest.raises(BadInput, match=r"^image can't be used: ") as caught:
            house.intake.promise(url, field="image", limits=LIMITS)
        assert caught.value.field == "image"

    told(tmp_path, story)


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("/none", BadInput, "image can't be fetched: .* answered with status 404"),
        ("/page", BadInput, "image can't be fetched: .* is of the wrong kind"),
        ("/large", BadInput, "image can't be fetched: .* is larger than"),
        ("/small", BadInput, "image is 30x30 px, each side"),
        ("/lies", BadInput, "image is no picture"),
        ("/busy", Unreachable, "image can't be fetched: .* answered with status 503"),
    ],
)
def test_a_host_s_trouble_is_told_as_ours_to_repeat_or_not(
    tmp_path: Path, path: str, kind: type[Exception], message: str
) -> None:
    pages = {
        "/page": (200, "text/html", CAT),
        "/large": (200, "image/png", b"a" * (LIMITS.bytes_max + 1)),
        "/small": (200, "image/png", b"a dot of 30x30"),
        "/lies": (200, "image/png", b"<html>"),
        "/busy": (503, "image/png", CAT),
    }

    async def story(house: House) -> None:
        with host(pages) as url:
            wanted = Fetch(url=url + path, field="image", limits=LIMITS)
            with pytest.raises(kind, match=message):
                await house.intake.fetch(wanted)
        assert house.left() == []

    told(tmp_path, story)
