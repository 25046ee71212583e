"""Where a house stands, and the keys that lie there."""

from __future__ import annotations

from pathlib import Path

from filmgate.domain.errors import SetUp
from filmgate.settings import Settings
from filmgate.storage.vault import Keyring


def make_home(home: Path) -> Path:
    """Raises SetUp."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetUp(
            f"the home {home} can't be made: {error.strerror or error}",
            field="FILMGATE_HOME",
            remedy="Give write access there, or set FILMGATE_HOME to another folder.",
        ) from error
    return home.resolve()


def keyring_of(settings: Settings) -> Keyring:
    given = settings.secret_key
    return Keyring(settings.home, given.reveal() if given else None)
