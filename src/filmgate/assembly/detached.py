"""A process that is left behind to finish what a command began."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from filmgate.settings import BY_NAME, OFF, ON, Secret, Settings


def detach(home: Path, settings: Settings) -> None:
    """Start it; it ends by itself once there is nothing left to do."""
    log = home / "log" / "runner.txt"
    log.parent.mkdir(exist_ok=True)
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    # Not subprocess, which would insist on waiting for a child that is meant to outlive us.
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", "filmgate.assembly", str(home)],
        os.environ | _handed_on(home, settings),
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )


def _handed_on(home: Path, settings: Settings) -> dict[str, str]:
    """Settings from whatever place, as the environment of another process of this house."""
    found = {name: text for name in BY_NAME if (text := _text(settings, name)) is not None}
    return found | {"FILMGATE_HOME": str(home)}


def _text(settings: Settings, name: str) -> str | None:
    value: object = getattr(settings, BY_NAME[name].key)
    if isinstance(value, bool):
        return ON if value else OFF
    if isinstance(value, Secret):
        return value.reveal()
    return None if value is None else str(value)
