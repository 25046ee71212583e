"""Filmgate in this very process: no server, and no account unless one is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from filmgate.assembly import Embedded, settings_of
from filmgate.sdk.face import Filmgate


def open_embedded(home: Path | None = None) -> Filmgate:
    """With the settings of the working folder, as the command has them. Raises SetUp."""
    settings = settings_of()
    return Embedded.open(settings if home is None else replace(settings, home=home))
