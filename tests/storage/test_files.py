"""Inputs and films on disk."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from tests.pretend.rooms import measure_pretended

from filmgate.domain.errors import BadInput, NotFound, SetUp
from filmgate.domain.request import Asset
from filmgate.storage.files.assets import FolderAssets, Picture
from filmgate.storage.files.results import FolderResults

FILM = b"film of seed 7\n" * 20


def write(room: str, film: bytes) -> Path:
    path = Path(room)
    path.write_bytes(film)
    return path


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def check(path: Path) -> Picture:
    if not path.read_bytes().startswith(b"picture"):
        raise BadInput(f"{path.name} is no picture")
    return Picture(400, 300, "image/png")


def test_a_film_gets_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    async def body() -> None:
        results = FolderResults(tmp_path, measure_pretended)
        room = write(await results.make_room("task_1"), FILM)
        assert names(tmp_path / "results") == [room.name]
        assert room.name.startswith(".")
        result = await results.keep("task_1")
        assert names(tmp_path / "results") == ["task_1.mp4"]
        assert result.path == "results/task_1.mp4"
        assert (tmp_path / result.path).read_bytes() == FILM
        assert result.digest == hashlib.sha256(FILM).hexdigest()
        assert (result.size_bytes, result.width, result.duration_s) == (len(FILM), 64, 2.0)

    asyncio.run(body())


def test_keeping_twice_leaves_one_film(tmp_path: Path) -> None:
    async def body() -> None:
        results = FolderResults(tmp_path, measure_pretended)
        kept = []
        for _ in range(2):
            write(await results.make_room("task_1"), FILM)
            kept.append(await results.keep("task_1"))
        assert kept[0] == kept[1]
        assert [path.name for path in (tmp_path / "results").iterdir()] == ["task_1.mp4"]
        await results.discard("task_1")
        assert list((tmp_path / "results").iterdir()) == []

    asyncio.run(body())


def test_what_is_no_film_never_gets_the_name(tmp_path: Path) -> None:
    async def body() -> None:
        results = FolderResults(tmp_path, measure_pretended)
        write(await results.make_room("task_1"), b"half a f")
        with pytest.raises(BadInput):
            await results.keep("task_1")
        assert not (tmp_path / "results" / "task_1.mp4").exists()

    asyncio.run(body())


def test_disk_trouble_names_folder_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file where the folder should be")
    (tmp_path / "assets").write_text("and here")
    (tmp_path / "cat.png").write_bytes(b"picture")

    async def body() -> None:
        with pytest.raises(SetUp, match="the film can't be kept in") as caught:
            await FolderResults(tmp_path, measure_pretended).make_room("task_1")
        assert str(tmp_path / "results") in (caught.value.remedy or "")
        with pytest.raises(SetUp, match="the picture can't be kept in"):
            await FolderAssets(tmp_path, check).put(str(tmp_path / "cat.png"))

    asyncio.run(body())


def test_an_asset_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    one, two = tmp_path / "cat.png", tmp_path / "same cat.png"
    one.write_bytes(b"picture of a cat")
    two.write_bytes(b"picture of a cat")

    async def body() -> None:
        assets = FolderAssets(tmp_path, check)
        first, second = await assets.put(str(one)), await assets.put(str(two))
        assert first.digest == second.digest == hashlib.sha256(one.read_bytes()).hexdigest()
        assert (first.name, second.name) == ("cat.png", "same cat.png")
        assert (first.media_type, first.size_bytes) == ("image/png", 16)
        stored = [path for path in (tmp_path / "assets").rglob("*") if path.is_file()]
        assert [str(path) for path in stored] == [await assets.locate(first)]
        assert await assets.picture_size(first) == (400, 300)
        assert await FolderAssets(tmp_path, check).picture_size(first) == (400, 300)

    asyncio.run(body())


def test_what_is_refused_leaves_nothing(tmp_path: Path) -> None:
    fake = tmp_path / "fake.png"
    fake.write_bytes(b"text")

    async def body() -> None:
        assets = FolderAssets(tmp_path, check)
        with pytest.raises(BadInput, match=r"fake\.png is no picture"):
            await assets.put(str(fake))
        with pytest.raises(NotFound, match="cat is gone"):
            await assets.locate(Asset("ab" * 32, "image/png", 1, "cat"))

    asyncio.run(body())
    assert not (tmp_path / "assets").exists()
