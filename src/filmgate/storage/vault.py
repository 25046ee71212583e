"""Encryption of what must be read again, and the master keys that it hangs on.

Secrets are encrypted with AES-256-GCM under a key that is derived from a master key. The name and
the owner of a secret are authenticated with it, so that a box moved to another row doesn't open.

Master keys come from ``FILMGATE_SECRET_KEY`` (several are separated by commas; the first is the
one to go to) or else from a file of the home that is made when the first secret is kept. Which of
them is in force is not said here but in the database, in the same transaction as every box: that
is what lets several processes go on while one of them changes the key.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from filmgate.domain.errors import SetUp

FILE = "master.keys"
SETTING = "FILMGATE_SECRET_KEY"
KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
"""The first byte of every box, for the day when there is another way to make one."""


class CantOpen(Exception):
    """The box was changed, or belongs to another row."""


class MasterKey:
    """Never shown: not by repr, not by an error."""

    __slots__ = ("_key", "id", "link_secret", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._key = _derived(text, b"filmgate secrets v1", KEY_BYTES)
        self.link_secret = _derived(text, b"filmgate links v1", KEY_BYTES)
        self.id = _derived(text, b"filmgate master key id v1", 8).hex()
        """Tells keys apart, and tells nothing of the key."""

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"

    def seal(self, secret: str, *, name: str, owner: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow

        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, secret.encode(), _bound(name, owner))
        return base64.b64encode(FORMAT + nonce + sealed).decode()

    def open(self, box: str, *, name: str, owner: str) -> str:
        """Raises CantOpen."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow, see above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - the same

        try:
            raw = base64.b64decode(box, validate=True)
            if raw[:1] != FORMAT:
                raise CantOpen("it is in no format that this version knows")
            nonce, sealed = raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :]
            return AESGCM(self._key).decrypt(nonce, sealed, _bound(name, owner)).decode()
        except (ValueError, InvalidTag):
            # Without the cause: a traceback must not carry what was in the box.
            raise CantOpen("it was changed, or belongs to another row") from None


class Keyring:
    """The master keys of a home; the first is the one to go to."""

    def __init__(self, home: Path, given: str | None = None) -> None:
        """``given``: the setting's value, which is checked where settings are."""
        self._file = home / FILE
        self._texts = [text for text in (given or "").split(",") if text]
        self._kept: list[MasterKey] = []

    @property
    def is_given(self) -> bool:
        return bool(self._texts)

    @cached_property
    def _given(self) -> list[MasterKey]:
        """Made on first use: most commands need no key, and the library is slow to load."""
        return [MasterKey(text) for text in self._texts]

    def find(self, key_id: str) -> MasterKey:
        """Raises SetUp where the key is gone: nothing encrypted with it can be read."""
        for attempt in range(2):
            for key in self._given + self._kept:
                if key.id == key_id:
                    return key
            if attempt == 0:
                self._kept = self._read()  # another process may have changed the key
        where = SETTING if self._given else str(self._file)
        raise SetUp(
            f"stored secrets are encrypted with master key {key_id}, which is not in {where}",
            field=SETTING,
            remedy=f"give the right one, or both as {SETTING}=new,old",
        )

    def first(self) -> MasterKey:
        """The one to go to; makes the file where there is none. Raises SetUp."""
        if self._given:
            return self._given[0]
        self._kept = self._kept or self._read()
        if not self._kept:
            with self.locked():
                self._kept = self._read()
                if not self._kept:
                    self._write([new_key()])
        return self._kept[0]

    def link_secrets(self) -> list[bytes]:
        """What links to files are signed with; the first for new ones. Raises SetUp."""
        if not self._given:
            self._kept = self._read()
        return [key.link_secret for key in (self.first(), *self._given, *self._kept)]

    def next_after(self, in_force: str | None) -> MasterKey:
        """The key to change to: one that an interrupted change has left, or else a new one, which
        is on the disk beside the old ones before this returns. Under the lock. Raises SetUp."""
        self._kept = self._read()
        if not self._kept or self._kept[0].id == in_force:
            self._write([new_key(), *self._kept])
        return self._kept[0]

    def keep_only(self, key: MasterKey) -> None:
        self._write([each for each in self._read() if each.id == key.id])

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time changes the file; the lock ends with its holder."""
        try:
            descriptor = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._trouble(error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> list[MasterKey]:
        try:
            with self._file.open(encoding="ascii") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                lines = stream.read().split()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise self._trouble(error) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SetUp(
                f"{self._file} may be read by others, and everything hangs on it",
                remedy=f"chmod 600 {self._file}",
            )
        return [MasterKey(line) for line in lines]

    def _write(self, keys: list[MasterKey]) -> None:
        """Whole or not at all, and on the disk: without it every secret is lost."""
        part = self._file.with_suffix(f".{os.getpid()}.part")
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write("".join(f"{key.text}\n" for key in keys))
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(self._file)
            folder = os.open(self._file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise self._trouble(error) from error
        self._kept = keys

    def _trouble(self, error: Exception) -> SetUp:
        cause = error.strerror if isinstance(error, OSError) else "it is not text"
        return SetUp(
            f"{self._file} can't be used ({cause})",
            remedy=f"make the home readable and writable for you, or set {SETTING}",
        )


def new_key() -> MasterKey:
    return MasterKey(secrets.token_urlsafe(KEY_BYTES))


def _derived(text: str, purpose: bytes, length: int) -> bytes:
    """HKDF (RFC 5869): a key of its own for each purpose, from text of any length."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - slow, see above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - the same

    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(text.encode())


def _bound(name: str, owner: str) -> bytes:
    """With their lengths, so that no two pairs come to the same bytes."""
    return b"".join(b"%d:%s" % (len(part), part) for part in (name.encode(), owner.encode()))
