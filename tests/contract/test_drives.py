"""One body of promises for every place where files are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pretend.bucket import bucket_server

from filmgate.domain.errors import SetUp
from filmgate.storage.files.cloud import CloudDrive
from filmgate.storage.files.drive import Drive
from filmgate.storage.files.folder import FolderDrive
from filmgate.storage.files.opening import open_drive

DATA = bytes(range(256)) * 4


@contextmanager
def folder(path: Path) -> Iterator[Drive]:
    yield FolderDrive(path / "store")


@contextmanager
def memory(path: Path) -> Iterator[Drive]:
    yield CloudDrive.open("memory:///")


@contextmanager
def s3(path: Path) -> Iterator[Drive]:
    with pytest.MonkeyPatch.context() as patch, bucket_server() as (_, url):
        patch.setenv("AWS_ACCESS_KEY_ID", "name")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield CloudDrive.open(url)


Open = Callable[[Path], AbstractContextManager[Drive]]
DRIVES: dict[str, Open] = {"folder": folder, "memory": memory, "s3": s3}
every_drive = pytest.mark.parametrize("open_it", DRIVES.values(), ids=DRIVES)


def put(drive: Drive, key: str, data: bytes, folder: Path) -> None:
    source = folder / "source.bin"
    source.write_bytes(data)
    drive.put(key, source)


def read(drive: Drive, key: str, start: int = 0, end: int = 10**9) -> bytes:
    return b"".join(drive.read(key, start, end))


@every_drive
def test_what_is_put_is_read_back(open_it: Open, tmp_path: Path) -> None:
    with open_it(tmp_path) as drive:
        assert drive.find("results/a.mp4") is None
        put(drive, "results/a.mp4", DATA, tmp_path)
        entry = drive.find("results/a.mp4")
        assert entry is not None
        assert (entry.key, entry.size_bytes) == ("results/a.mp4", len(DATA))
        assert read(drive, "results/a.mp4", 0, len(DATA)) == DATA
        put(drive, "results/a.mp4", b"other", tmp_path)
        again = drive.find("results/a.mp4")
        assert again is not None
        assert read(drive, "results/a.mp4", 0, 5) == b"other"
        assert again.tag != entry.tag


@every_drive
def test_ranges(open_it: Open, tmp_path: Path) -> None:
    with open_it(tmp_path) as drive:
        put(drive, "assets/ab/x", DATA, tmp_path)
        for start, end in [(0, 1), (0, 1024), (1000, 1024), (5, 5), (256, 700), (1023, 1024)]:
            assert read(drive, "assets/ab/x", start, end) == DATA[start:end], (start, end)


@every_drive
def test_what_is_not_there(open_it: Open, tmp_path: Path) -> None:
    with open_it(tmp_path) as drive:
        drive.remove("results/none.mp4")
        assert list(drive.entries("results/")) == []
        with pytest.raises(FileNotFoundError):
            read(drive, "results/none.mp4", 0, 10)
        with pytest.raises(FileNotFoundError):
            drive.touch("results/none.mp4")


@every_drive
def test_lists_and_removes(open_it: Open, tmp_path: Path) -> None:
    with open_it(tmp_path) as drive:
        keys = {"results/a.mp4", "results/b.mp4", "assets/ab/abc", "assets/ab/abc.json"}
        for key in keys:
            put(drive, key, key.encode(), tmp_path)
        assert {each.key for each in drive.entries("results/")} == {
            "results/a.mp4",
            "results/b.mp4",
        }
        assert {each.key for each in drive.entries("assets/ab/")} == keys - {
            "results/a.mp4",
            "results/b.mp4",
        }
        assert all(each.size_bytes == len(each.key) for each in drive.entries("results"))
        drive.remove("results/a.mp4")
        assert [each.key for each in drive.entries("results/")] == ["results/b.mp4"]


@every_drive
def test_a_touch_changes_the_time_and_nothing_else(open_it: Open, tmp_path: Path) -> None:
    with open_it(tmp_path) as drive:
        put(drive, "assets/ab/x.json", DATA, tmp_path)
        before = drive.find("assets/ab/x.json")
        drive.touch("assets/ab/x.json")
        after = drive.find("assets/ab/x.json")
        assert before is not None
        assert after is not None
        assert after.changed_at >= before.changed_at
        assert read(drive, "assets/ab/x.json", 0, len(DATA)) == DATA


@every_drive
@settings(max_examples=15, deadline=None)
@given(data=st.binary(min_size=1, max_size=3000), cut=st.data())
def test_any_piece_of_any_file(open_it: Open, data: bytes, cut: st.DataObject) -> None:
    start = cut.draw(st.integers(0, len(data)))
    end = cut.draw(st.integers(start, len(data)))
    with TemporaryDirectory() as name, open_it(Path(name)) as drive:
        put(drive, "results/x.mp4", data, Path(name))
        assert read(drive, "results/x.mp4", start, end) == data[start:end]


def test_a_folder_has_no_half_file_and_no_rest(tmp_path: Path) -> None:
    drive = FolderDrive(tmp_path / "store")
    put(drive, "results/a.mp4", DATA, tmp_path)
    assert not (tmp_path / "source.bin").exists()
    (tmp_path / "store/results/.hidden").write_bytes(b"")
    assert [each.key for each in drive.entries("results/")] == ["results/a.mp4"]
    assert drive.local("results/a.mp4") == tmp_path / "store/results/a.mp4"


def test_from_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == "source.bin":
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    drive = FolderDrive(tmp_path / "store")
    put(drive, "results/a.mp4", DATA, tmp_path)
    assert read(drive, "results/a.mp4", 0, 2000) == DATA
    assert list((tmp_path / "store/incoming").iterdir()) == []
    assert not (tmp_path / "source.bin").exists()


def test_a_bucket_that_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "name")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with bucket_server() as (bucket, url):
        drive = CloudDrive.open(url)
        put(drive, "results/a.mp4", DATA, tmp_path)
        assert set(bucket.objects) == {"here/results/a.mp4"}
        bucket.refuses = True
        with pytest.raises(PermissionError):
            put(drive, "results/b.mp4", DATA, tmp_path)
        assert drive.place == "s3://films/here"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://host/films", "unknown scheme ftp"),
        ("file://elsewhere/films", "no folder of this computer"),
        ("s3://films?colour=red", "unknown option colour"),
        ("gs://films?region=eu", "unknown option region"),
        ("s3://", "can't be opened"),
    ],
)
def test_bad_urls_are_told(url: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SetUp, match=told) as caught:
        open_drive(url, tmp_path)
    assert caught.value.field == "FILMGATE_STORAGE_URL"


def test_urls(tmp_path: Path) -> None:
    home, staging = open_drive(None, tmp_path)
    assert (home.place, staging.folder) == (str(tmp_path), tmp_path / "incoming")
    other, staging = open_drive(f"file://{tmp_path}/my%20films", tmp_path)
    assert other.place == str(tmp_path / "my films")
    assert staging.folder == tmp_path / "my films/incoming"
