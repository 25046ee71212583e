from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli.destination import Destination, check_destination, file_stem

pytestmark = pytest.mark.usefixtures("in_folder")


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("home") / "film.mp4"
    file.write_bytes(b"a film")
    return file


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("sunset over the ocean", "sunset-over-the-ocean"),
        ("Sunset over the ocean, 4k! with many more words", "sunset-over-the-ocean-4k-with"),
        ("don't look/back", "dont-look-back"),
        ("日落 海洋", "日落-海洋"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", "film"),
        ("", "film"),
        ("x" * 200, "x" * 48),
    ],
)
def test_a_file_is_named_after_the_first_words(prompt: str, stem: str) -> None:
    assert file_stem(prompt) == stem


def test_a_new_name_is_found_each_time_and_nothing_is_overwritten(film: Path) -> None:
    Path("a-fox.mp4").write_text("mine")
    assert Destination().deliver(film, "a fox") == str(Path.cwd() / "a-fox-2.mp4")
    assert Destination().deliver(film, "a fox") == str(Path.cwd() / "a-fox-3.mp4")
    assert Path("a-fox.mp4").read_text() == "mine"
    assert Path("a-fox-2.mp4").read_bytes() == b"a film"


def test_many_at_once_get_a_name_each(film: Path) -> None:
    copies = [film.with_name(f"film{n}.mp4") for n in range(16)]
    for number, copy in enumerate(copies):
        copy.write_text(str(number))
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda copy: Destination().deliver(copy, "fox"), copies))
    assert len(set(names)) == 16
    assert [Path(name).read_text() for name in names] == [str(n) for n in range(16)]
    assert len(list(Path.cwd().iterdir())) == 16


def test_an_asked_name_overwrites_and_follows_a_link(film: Path) -> None:
    Path("real.mp4").write_text("old")
    Path("link.mp4").symlink_to("real.mp4")
    file = check_destination("link.mp4").deliver(film, "x")
    assert file == str(Path.cwd() / "real.mp4")
    assert Path("link.mp4").is_symlink()
    assert Path("real.mp4").read_bytes() == b"a film"


def test_a_write_that_fails_leaves_nothing(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    destination = check_destination("films/a.mp4")
    folder.rmdir()
    with pytest.raises(FixRequest, match="can't be written"):
        destination.deliver(film, "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("nowhere/a.mp4", "is not there"),
        ("films", "is a folder"),
        ("new/", "is a folder"),
        ("a.gif", "films are MP4"),
        ("/dev/null", "no ordinary file"),
        ("photo.png", "a file to read from"),
        ("/proc/a.mp4", "nothing can be written"),
        ("--json", "no file name"),
        ("", "no file name"),
    ],
)
def test_what_can_not_work_is_refused_before_anything_is_made(out: str, says: str) -> None:
    Path("films").mkdir()
    Path("photo.png").touch()
    with pytest.raises(FixRequest, match=says) as caught:
        check_destination(out, inputs=[Path("photo.png"), Path("gone.png")])
    assert caught.value.field == "out"
    assert caught.value.remedy
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["films", "photo.png"]


def test_the_check_leaves_nothing_behind() -> None:
    assert check_destination("a.mp4").file == Path.cwd() / "a.mp4"
    assert check_destination(None) == Destination()
    assert list(Path.cwd().iterdir()) == []
