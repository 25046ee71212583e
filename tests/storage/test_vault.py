"""Secrets at rest: what a thief of the database has, and what a crash may leave behind."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from filmgate.domain.customer_ports import Secrets
from filmgate.domain.errors import SetUp
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.store import open_store
from filmgate.storage.vault import FILE, CantOpen, Keyring, MasterKey, new_key

SECRET = "sk_a-secret-that-must-not-be-seen"
GIVEN, OTHER = "a" * 16 + "0123456789abcdef", "b" * 16 + "0123456789abcdef"


@contextmanager
def secrets_of(home: Path, given: str | None = None) -> Iterator[Secrets]:
    """As a process of its own has them."""
    _, database = open_store(home / "filmgate.db")
    try:
        yield register_on(database, Keyring(home, given)).secrets
    finally:
        database.close()


def keep(home: Path, *names: str, given: str | None = None) -> None:
    with secrets_of(home, given) as secrets:
        for name in names:
            asyncio.run(secrets.keep(name, "cus_1", f"{SECRET} {name}"))


def reveal(home: Path, name: str, given: str | None = None) -> str:
    with secrets_of(home, given) as secrets:
        return asyncio.run(secrets.reveal(name, "cus_1"))


def rotate(home: Path, given: str | None = None) -> int:
    with secrets_of(home, given) as secrets:
        return asyncio.run(secrets.rotate()).secrets


def sql(home: Path, statement: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(home / "filmgate.db")
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_the_master_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    first = (tmp_path / FILE).read_bytes()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert len(base64.urlsafe_b64decode(first.strip() + b"=")) == 32
    keep(tmp_path, "b")
    assert (tmp_path / FILE).read_bytes() == first
    assert reveal(tmp_path, "a") == f"{SECRET} a"


def test_processes_that_begin_together_agree_on_one_key(tmp_path: Path) -> None:
    rings = [Keyring(tmp_path) for _ in range(8)]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda ring=ring: found.append(ring.first().id)) for ring in rings
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_database_tells_nothing(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    with secrets_of(tmp_path) as secrets:  # also while the log of the database is not yet merged
        asyncio.run(secrets.keep("b", "cus_1", SECRET))
        files = [each for each in tmp_path.iterdir() if each.name.startswith("filmgate.db")]
        assert len(files) > 1
        for file in files:
            data = file.read_bytes()
            assert SECRET.encode() not in data
            assert base64.b64encode(SECRET.encode())[:24] not in data


@pytest.mark.parametrize("given", [None, GIVEN])
def test_with_another_key_nothing_opens_and_the_remedy_is_told(
    tmp_path: Path, given: str | None
) -> None:
    keep(tmp_path, "a", given=given)
    if given is None:
        (tmp_path / FILE).write_text(new_key().text)
    wrong = None if given is None else OTHER
    with pytest.raises(SetUp, match="stored secrets are encrypted with master key") as caught:
        reveal(tmp_path, "a", wrong)
    assert "FILMGATE_SECRET_KEY" in str(caught.value.remedy)
    with pytest.raises(SetUp):  # and nothing new is put beside it under a key of its own
        keep(tmp_path, "b", given=wrong)
    assert sql(tmp_path, "select name from secret") == [("a",)]


def test_an_open_key_file_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(SetUp, match="may be read by others") as caught:
        reveal(tmp_path, "a")
    assert caught.value.remedy == f"chmod 600 {tmp_path / FILE}"


def test_swapped_rows_dont_open(tmp_path: Path) -> None:
    keep(tmp_path, "a", "b")
    for old, new in (("a", "x"), ("b", "a"), ("x", "b")):
        sql(tmp_path, f"update secret set name = '{new}' where name = '{old}'")
    for name in ("a", "b"):
        with pytest.raises(SetUp, match=f"the stored secret of {name} can't be decrypted"):
            reveal(tmp_path, name)


def test_a_row_given_to_somebody_else_doesnt_open(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    sql(tmp_path, "update secret set owner = 'cus_2'")
    with secrets_of(tmp_path) as secrets, pytest.raises(SetUp, match="can't be decrypted"):
        asyncio.run(secrets.reveal("a", "cus_2"))


def test_every_changed_bit_is_seen() -> None:
    key = new_key()
    raw = base64.b64decode(key.seal("secret", name="n", owner="o"))
    assert key.open(base64.b64encode(raw).decode(), name="n", owner="o") == "secret"
    for index in range(len(raw)):
        changed = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]
        with pytest.raises(CantOpen):
            key.open(base64.b64encode(changed).decode(), name="n", owner="o")
    for length in range(len(raw)):
        with pytest.raises(CantOpen):
            key.open(base64.b64encode(raw[:length]).decode(), name="n", owner="o")
    with pytest.raises(CantOpen):
        key.open("no base64 at all \N{SNOWMAN}", name="n", owner="o")


def test_the_same_secret_never_looks_the_same() -> None:
    key = new_key()
    assert len({key.seal("s", name="n", owner="o") for _ in range(50)}) == 50


def test_name_and_owner_cant_run_together() -> None:
    key = new_key()
    box = key.seal("s", name="ab", owner="c")
    for name, owner in (("a", "bc"), ("abc", ""), ("c", "ab")):
        with pytest.raises(CantOpen):
            key.open(box, name=name, owner=owner)


def test_a_key_doesnt_show_itself() -> None:
    key = MasterKey(GIVEN)
    assert GIVEN not in repr(key) + str(key) + key.id
    assert key.id == MasterKey(GIVEN).id != MasterKey(OTHER).id


# --- rotation ---------------------------------------------------------------------------------


def test_rotation_encrypts_everything_anew_and_drops_the_old_key(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(20)]
    keep(tmp_path, *names)
    old_key = (tmp_path / FILE).read_text()
    before = dict(sql(tmp_path, "select name, box from secret"))
    assert rotate(tmp_path) == 20
    after = dict(sql(tmp_path, "select name, box from secret"))
    assert all(before[name] != after[name] for name in names)
    assert len((tmp_path / FILE).read_text().split()) == 1
    assert (tmp_path / FILE).read_text() != old_key
    assert all(reveal(tmp_path, name) == f"{SECRET} {name}" for name in names[:3])
    (master,) = sql(tmp_path, "select distinct master from secret")
    assert master != (MasterKey(old_key.strip()).id,)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from filmgate.storage.database.boxes import Boxes
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.store import open_store
from filmgate.storage.vault import Keyring, MasterKey
home, where = Path(sys.argv[1]), sys.argv[2]
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if where == "before the new key is written":
    Keyring._write = die
elif where == "before anything is encrypted":
    Boxes.seal_all = die
elif where == "in the middle":
    seal, left = MasterKey.seal, [3]
    def sealing(self, *words, **names):
        left[0] -= 1
        return die() if left[0] == 0 else seal(self, *words, **names)
    MasterKey.seal = sealing
elif where == "before the commit":
    seal_all = Boxes.seal_all
    def then_die(self, *words):
        seal_all(self, *words)
        die()
    Boxes.seal_all = then_die
elif where == "before the old key goes":
    Keyring.keep_only = die
_, database = open_store(home / "filmgate.db")
asyncio.run(register_on(database, Keyring(home)).secrets.rotate())
"""


@pytest.mark.parametrize(
    ("where", "keys_left"),
    [
        ("before the new key is written", 1),
        ("before anything is encrypted", 2),
        ("in the middle", 2),
        ("before the commit", 2),
        ("before the old key goes", 2),
    ],
)
def test_killed_in_a_rotation_nothing_is_lost(tmp_path: Path, where: str, keys_left: int) -> None:
    names = [f"n{number}" for number in range(6)]
    keep(tmp_path, *names)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), where],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert len((tmp_path / FILE).read_text().split()) == keys_left
    assert all(reveal(tmp_path, name) == f"{SECRET} {name}" for name in names)
    keep(tmp_path, "new")  # work goes on, whatever was left behind
    rotate(tmp_path)
    assert len((tmp_path / FILE).read_text().split()) == 1
    assert all(reveal(tmp_path, name) == f"{SECRET} {name}" for name in [*names, "new"])


def test_a_box_that_doesnt_open_stops_the_rotation_before_it_changes_anything(
    tmp_path: Path,
) -> None:
    keep(tmp_path, "a", "b", "c")
    sql(tmp_path, "update secret set owner = 'cus_2' where name = 'b'")
    before = sql(tmp_path, "select name, box from secret order by name")
    with pytest.raises(SetUp, match="the stored secret of b"):
        rotate(tmp_path)
    assert sql(tmp_path, "select name, box from secret order by name") == before
    assert reveal(tmp_path, "a") == f"{SECRET} a"
    sql(tmp_path, "delete from secret where name = 'b'")
    assert rotate(tmp_path) == 2


def test_others_go_on_while_one_changes_the_key(tmp_path: Path) -> None:
    """Another process writes and reads all the time, with a keyring that it read long ago."""
    keep(tmp_path, "first")
    done = threading.Event()
    written: list[str] = []
    errors: list[BaseException] = []

    async def write() -> None:
        with secrets_of(tmp_path) as secrets:
            while not done.is_set() or not written:
                name = f"w{len(written)}"
                await secrets.keep(name, "cus_1", name)
                written.append(name)
                assert await secrets.reveal(name, "cus_1") == name
                assert await secrets.reveal("first", "cus_1") == f"{SECRET} first"

    def run() -> None:
        try:
            asyncio.run(write())
        except BaseException as error:  # noqa: BLE001 - it belongs to the test
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(6):
        rotate(tmp_path)
    done.set()
    thread.join()
    assert errors == []
    with secrets_of(tmp_path) as secrets:
        for name in written:
            assert asyncio.run(secrets.reveal(name, "cus_1")) == name
    assert len((tmp_path / FILE).read_text().split()) == 1


def test_a_rotation_between_a_rows_reading_and_its_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row was read under the old key, and the old key is gone when the box is opened."""
    keep(tmp_path, "a")
    find, rotated = Keyring.find, []

    def too_late(self: Keyring, key_id: str) -> MasterKey:
        if not rotated:
            rotated.append(True)
            rotate(tmp_path)
        return find(self, key_id)

    monkeypatch.setattr(Keyring, "find", too_late)
    assert reveal(tmp_path, "a") == f"{SECRET} a"


def test_rotations_at_the_same_time_come_one_after_the_other(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    threads = [threading.Thread(target=rotate, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reveal(tmp_path, "a") == f"{SECRET} a"
    assert len((tmp_path / FILE).read_text().split()) == 1


def test_a_given_key_is_changed_by_putting_the_new_one_in_front(tmp_path: Path) -> None:
    keep(tmp_path, "a", given=GIVEN)
    assert not (tmp_path / FILE).exists()
    with pytest.raises(SetUp) as caught:
        rotate(tmp_path, GIVEN)
    assert "FILMGATE_SECRET_KEY=new,old" in str(caught.value.remedy)
    both = f"{OTHER},{GIVEN}"
    assert reveal(tmp_path, "a", both) == f"{SECRET} a"
    keep(tmp_path, "b", given=both)  # still under the old key: others may not have the new one yet
    assert reveal(tmp_path, "b", GIVEN) == f"{SECRET} b"
    assert rotate(tmp_path, both) == 2
    assert reveal(tmp_path, "a", OTHER) == f"{SECRET} a"
    with pytest.raises(SetUp):
        reveal(tmp_path, "a", GIVEN)


def test_from_a_key_of_the_home_to_a_given_one(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    assert reveal(tmp_path, "a", GIVEN) == f"{SECRET} a"
    rotate(tmp_path, GIVEN)
    (tmp_path / FILE).unlink()
    assert reveal(tmp_path, "a", GIVEN) == f"{SECRET} a"


def test_where_nothing_is_encrypted_a_lost_key_is_no_loss(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    (tmp_path / FILE).unlink()
    with pytest.raises(SetUp):
        keep(tmp_path, "b")
    with secrets_of(tmp_path) as secrets:
        asyncio.run(secrets.forget("a"))
    keep(tmp_path, "b")
    assert reveal(tmp_path, "b") == f"{SECRET} b"


def test_what_cant_be_decrypted_is_told_without_what_is_in_it(tmp_path: Path) -> None:
    keep(tmp_path, "a")
    sql(tmp_path, "update secret set name = 'b'")
    with pytest.raises(SetUp) as caught:
        reveal(tmp_path, "b")
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in repr(error)
        error = error.__cause__ or error.__context__
