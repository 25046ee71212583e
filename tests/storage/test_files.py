"""Inputs and films in the storage, on a folder and in a bucket."""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.rooms import measure_pretended

from filmgate.domain.errors import BadInput, NotFound, SetUp
from filmgate.domain.files import file_of
from filmgate.domain.media import Facts
from filmgate.domain.ports import Measured
from filmgate.domain.request import Asset
from filmgate.storage.files import assets as assets_module
from filmgate.storage.files.assets import StoredAssets
from filmgate.storage.files.cloud import CloudDrive
from filmgate.storage.files.drive import Drive
from filmgate.storage.files.folder import FolderDrive
from filmgate.storage.files.results import StoredResults
from filmgate.storage.files.served import ServedFiles
from filmgate.storage.files.staging import Staging

FILM = b"film of seed 7\n" * 20
PLACES = ("folder", "bucket")
everywhere = pytest.mark.parametrize("place", PLACES)


def drive_at(place: str, home: Path) -> Drive:
    return FolderDrive(home) if place == "folder" else CloudDrive.open("memory:///")


def staging_of(home: Path) -> Staging:
    return Staging(home / "incoming")


def results_on(drive: Drive, home: Path) -> StoredResults:
    return StoredResults(drive, staging_of(home), measure_with_pictures)


def measure_with_pictures(film: Path) -> Measured:
    for ending in ("jpg", "webp", "gif"):
        film.with_suffix(f".{ending}").write_bytes(ending.encode())
    stem = film.stem
    return replace(
        measure_pretended(film),
        poster=f"{stem}.jpg",
        thumbnail=f"{stem}.webp",
        preview=f"{stem}.gif",
    )


class Check:
    """Takes what begins with `picture`, and counts how often it was asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, path: Path, name: str) -> Facts:
        self.names.append(name)
        if not path.read_bytes().startswith(b"picture"):
            raise BadInput(f"{name} is no picture")
        return Facts(media_type="image/png", width=400, height=300)


def write(room: str, film: bytes) -> Path:
    path = Path(room)
    path.write_bytes(film)
    return path


def names(folder: Path) -> set[str]:
    found = folder.iterdir() if folder.is_dir() else iter(())
    return {path.name for path in found if path.name != ".lock"}


def held_open() -> list[str]:
    """Every file that this process has open."""
    held = []
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            held.append(str(path.readlink()))
    return held


def content(path: str) -> bytes:
    return Path(path).read_bytes()


def is_there(path: str | Path) -> bool:
    return Path(path).exists()


async def read(drive: Drive, file: str) -> bytes:
    files = ServedFiles(drive)
    info = await files.about(file)
    assert info is not None
    return b"".join([chunk async for chunk in files.open_range(file, 0, info.size_bytes)])


@everywhere
def test_a_film_gets_its_name_only_when_it_is_whole(place: str, tmp_path: Path) -> None:
    async def body() -> None:
        drive = drive_at(place, tmp_path)
        results = results_on(drive, tmp_path)
        room = write(await results.make_room("task_1"), FILM)
        assert names(tmp_path / "results") == set()
        assert names(tmp_path / "incoming") == {room.name}
        result = await results.keep("task_1")
        assert {each.key for each in drive.entries("results/")} == {
            f"results/task_1.{ending}" for ending in ("mp4", "jpg", "webp", "gif")
        }
        assert names(tmp_path / "incoming") == set()
        assert result.path == "results/task_1.mp4"
        assert await read(drive, file_of(result.path)) == FILM
        assert await read(drive, file_of(result.preview or "")) == b"gif"
        assert content(await results.locate(result)) == FILM
        assert result.digest == hashlib.sha256(FILM).hexdigest()
        assert (result.size_bytes, result.width, result.duration_s) == (len(FILM), 64, 2.0)

    asyncio.run(body())


@everywhere
def test_keeping_twice_leaves_one_film(place: str, tmp_path: Path) -> None:
    async def body() -> None:
        drive = drive_at(place, tmp_path)
        results = results_on(drive, tmp_path)
        kept = []
        for _ in range(2):
            write(await results.make_room("task_1"), FILM)
            kept.append(await results.keep("task_1"))
        assert kept[0] == kept[1]
        assert len(list(drive.entries("results/"))) == 4
        await results.discard("task_1")
        assert list(drive.entries("results/")) == []
        with pytest.raises(NotFound):
            await results.locate(kept[0])

    asyncio.run(body())


def test_what_is_no_film_never_gets_the_name(tmp_path: Path) -> None:
    async def body() -> None:
        results = results_on(FolderDrive(tmp_path), tmp_path)
        write(await results.make_room("task_1"), b"half a f")
        with pytest.raises(BadInput):
            await results.keep("task_1")
        assert not (tmp_path / "results").exists()
        # The next attempt begins with an empty room.
        assert not is_there(await results.make_room("task_1"))

    asyncio.run(body())


def test_disk_trouble_names_folder_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "incoming").write_text("a file where the folder should be")
    (tmp_path / "cat.png").write_bytes(b"picture")

    async def body() -> None:
        drive = FolderDrive(tmp_path)
        with pytest.raises(SetUp, match="the film can't be kept in") as caught:
            await results_on(drive, tmp_path).make_room("task_1")
        assert str(tmp_path / "incoming") in (caught.value.remedy or "")
        with pytest.raises(SetUp, match="the input can't be kept in"):
            await StoredAssets(drive, staging_of(tmp_path), Check()).put(str(tmp_path / "cat.png"))

    asyncio.run(body())


@everywhere
def test_an_asset_is_kept_and_checked_once(place: str, tmp_path: Path) -> None:
    one, two = tmp_path / "cat.png", tmp_path / "same cat.png"
    one.write_bytes(b"picture of a cat")
    two.write_bytes(b"picture of a cat")

    async def body() -> None:
        drive, check = drive_at(place, tmp_path), Check()
        assets = StoredAssets(drive, staging_of(tmp_path), check)
        first, second = await assets.put(str(one)), await assets.put(str(two))
        assert first.digest == second.digest == hashlib.sha256(one.read_bytes()).hexdigest()
        assert (first.name, second.name) == ("cat.png", "same cat.png")
        assert (first.media_type, first.size_bytes) == ("image/png", 16)
        assert len(list(drive.entries("assets/"))) == 2  # the bytes, and what was found in them
        assert content(await assets.locate(first)) == one.read_bytes()
        fresh = StoredAssets(drive, staging_of(tmp_path), check)
        assert await fresh.picture_size(first) == (400, 300)
        assert await fresh.recall(first.digest, name="cat") == replace(first, name="cat")
        assert check.names == ["cat.png"]
        assert names(tmp_path / "incoming") <= {"copies"}
        about = await ServedFiles(drive).about(f"asset_{first.digest}")
        assert about is not None
        assert (about.media_type, about.size_bytes) == ("image/png", 16)

    asyncio.run(body())


def test_an_asset_of_an_older_home_is_checked_when_it_is_asked_for(tmp_path: Path) -> None:
    data = b"picture from before"
    digest = hashlib.sha256(data).hexdigest()
    old = tmp_path / "assets" / digest[:2] / digest
    old.parent.mkdir(parents=True)
    old.write_bytes(data)

    async def body() -> None:
        check = Check()
        assets = StoredAssets(FolderDrive(tmp_path), staging_of(tmp_path), check)
        asset = Asset(digest, "image/png", len(data), "old.png")
        assert await assets.picture_size(asset) == (400, 300)
        await StoredAssets(FolderDrive(tmp_path), staging_of(tmp_path), check).facts(asset)
        assert check.names == ["old.png"]

    asyncio.run(body())


@everywhere
def test_what_is_refused_leaves_nothing(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "fake.png"
    fake.write_bytes(b"text")
    monkeypatch.setattr(assets_module, "BYTES_MAX", 100)
    big = tmp_path / "big.png"
    big.write_bytes(b"picture" * 100)

    async def body() -> None:
        drive = drive_at(place, tmp_path)
        assets = StoredAssets(drive, staging_of(tmp_path), Check())
        with pytest.raises(BadInput, match=r"fake\.png is no picture"):
            await assets.put(str(fake))
        with pytest.raises(BadInput, match=r"big\.png has more than 0 MB"):
            await assets.put(str(big))
        with pytest.raises(BadInput, match="there is no file"):
            await assets.put(str(tmp_path))
        with pytest.raises(NotFound, match="cat is gone"):
            await assets.locate(Asset("ab" * 32, "image/png", 1, "cat"))
        with pytest.raises(NotFound, match="abababababab is gone"):
            await assets.recall("ab" * 32)
        assert list(drive.entries("assets/")) == []
        assert names(tmp_path / "incoming") == set()

    asyncio.run(body())


def test_many_at_once_keep_the_same_bytes_once(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"picture" * 1000)

    async def body() -> None:
        drive = FolderDrive(tmp_path)
        assets = StoredAssets(drive, staging_of(tmp_path), Check())
        put = await asyncio.gather(*(assets.put(str(tmp_path / "cat.png")) for _ in range(20)))
        assert len(set(put)) == 1
        assert len(list(drive.entries("assets/"))) == 2
        assert names(tmp_path / "incoming") == set()

    asyncio.run(body())


@everywhere
def test_pieces_are_served_and_nothing_else(place: str, tmp_path: Path) -> None:
    (tmp_path / "filmgate.db").write_bytes(b"secrets")

    async def body() -> None:
        drive = drive_at(place, tmp_path)
        results = results_on(drive, tmp_path)
        write(await results.make_room("task_1"), FILM)
        await results.keep("task_1")
        files = ServedFiles(drive)
        about = await files.about("task_1.mp4")
        assert about is not None
        assert (about.media_type, about.size_bytes) == ("video/mp4", len(FILM))
        piece = [chunk async for chunk in files.open_range("task_1.mp4", 5, 12)]
        assert b"".join(piece) == FILM[5:12]
        for wrong in ("filmgate.db", "../filmgate.db", "task_1.db", "task_2.mp4", ""):
            assert await files.about(wrong) is None
            with pytest.raises(NotFound):
                await anext(files.open_range(wrong, 0, 1))
        # Who turns away after the first piece leaves no open file.
        pieces = files.open_range("task_1.mp4", 0, len(FILM))
        await anext(pieces)
        await pieces.aclose()
        if place == "folder":
            held = held_open()
            assert not [name for name in held if "task_1" in name]

    asyncio.run(body())


def test_copies_of_a_bucket_are_kept_until_they_are_old(tmp_path: Path) -> None:
    async def body() -> None:
        drive = CloudDrive.open("memory:///")
        staging = staging_of(tmp_path)
        results = results_on(drive, tmp_path)
        write(await results.make_room("task_1"), FILM)
        result = await results.keep("task_1")
        copy = Path(await results.locate(result))
        assert copy == results.place_of(result)
        os.utime(copy, (1000, 1000))
        assert Path(await results.locate(result)) == copy
        assert staging.drop_copies(2000) == 0  # used again
        os.utime(copy, (1000, 1000))
        assert staging.drop_copies(2000) == 1
        assert not is_there(copy)

    asyncio.run(body())
