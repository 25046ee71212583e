"""What a kill, a full disk and a folder without write access leave behind: nothing by halves."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.pretend import mortal_keeper
from tests.pretend.mortal_keeper import BYTES

from filmgate.domain.errors import SetUp
from filmgate.domain.files import input_key
from filmgate.storage.files.folder import FolderDrive

KEEPER = Path(mortal_keeper.__file__)
DIGEST = hashlib.sha256(BYTES).hexdigest()
STEPS_MAX = 40


def keep(home: Path, what: str, step: int) -> bool:
    """Whether it lived to the end."""
    ran = subprocess.run(
        [sys.executable, str(KEEPER), str(home), what, str(step)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, -9}, ran.stderr
    return ran.stdout == "done\n"


def assert_nothing_by_halves(home: Path) -> None:
    drive = FolderDrive(home)
    for entry in [*drive.entries("results/"), *drive.entries("assets/")]:
        data = (home / entry.key).read_bytes()
        assert data == BYTES or (entry.key.endswith(".json") and data.endswith(b"}")), entry
    if (home / "results/task_1.mp4").exists():
        assert (home / "results/task_1.jpg").exists(), "a film without its pictures"
    if (home / (input_key(DIGEST) + ".json")).exists():
        assert (home / input_key(DIGEST)).exists(), "facts about nothing"


@pytest.mark.parametrize("what", ["film", "input"])
def test_killed_at_every_step(what: str, tmp_path: Path) -> None:
    final = "results/task_1.mp4" if what == "film" else input_key(DIGEST) + ".json"
    seen = set()
    for step in range(1, STEPS_MAX):
        home = tmp_path / str(step)
        home.mkdir()
        lived = keep(home, what, step)
        assert_nothing_by_halves(home)
        seen.add((home / final).exists())
        if lived:
            break
        # Whoever comes next begins again and gets it done.
        if step % 3 == 0:
            assert keep(home, what, STEPS_MAX)
            assert (home / final).exists()
            assert_nothing_by_halves(home)
    assert lived, "more steps than were counted on"
    assert step > 6
    assert seen == {True, False}


@contextmanager
def full_disk(bytes_left: int) -> Iterator[None]:
    """No file may become longer; what is written beyond fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(BYTES)
    with full_disk(1000), pytest.raises(SetUp, match="the input can't be kept in"):
        asyncio.run(mortal_keeper.store_input(tmp_path, source))
    assert not list(FolderDrive(tmp_path).entries("assets/"))
    assert [path.name for path in (tmp_path / "incoming").iterdir()] == []
    asyncio.run(mortal_keeper.store_input(tmp_path, source))
    assert (tmp_path / input_key(DIGEST)).read_bytes() == BYTES


def test_a_full_disk_at_the_last_step_keeps_the_film_that_was_there(tmp_path: Path) -> None:
    """The copy from another file system is what a full disk can break halfway."""
    drive = FolderDrive(tmp_path / "store")
    old = tmp_path / "old.mp4"
    old.write_bytes(BYTES)
    drive.put("results/task_1.mp4", old)
    new = tmp_path / "new.mp4"
    new.write_bytes(BYTES * 2)
    with full_disk(5000), pytest.raises(OSError, match="File too large"):
        drive._copy_over(new, tmp_path / "store/results/task_1.mp4")
    assert (tmp_path / "store/results/task_1.mp4").read_bytes() == BYTES
    assert list((tmp_path / "store/incoming").iterdir()) == []
    assert new.exists()


NOBODY = 65534
WITHOUT_RIGHTS = """
import asyncio, os, sys
from pathlib import Path
from tests.pretend.mortal_keeper import store_input
from filmgate.domain.errors import SetUp
home = Path(sys.argv[1])
if os.getuid() == 0:
    os.setuid(int(sys.argv[2]))
try:
    asyncio.run(store_input(home, home / "source.png"))
except SetUp as error:
    print(error.message, "|", error.remedy)
"""


def test_a_folder_without_write_access_is_told() -> None:
    with TemporaryDirectory(prefix="filmgate-") as name:
        home = Path(name)
        (home / "source.png").write_bytes(BYTES)
        home.chmod(0o555)
        ran = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS, name, str(NOBODY)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        home.chmod(0o755)
        assert ran.stderr == ""
        assert f"the input can't be kept in {home}: Permission denied |" in ran.stdout
        assert f"give write access in {home}" in ran.stdout
        assert [path.name for path in home.iterdir()] == ["source.png"]
