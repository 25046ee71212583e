"""A create call, read and found in order; nothing was looked up or fetched yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    request: Request
    """Its assets are still URLs, each with the field that it came in."""
    callback_url: str | None = None
    said: str
    """The whole call as JSON text; ``param`` shows it again."""
    words: Mapping[str, str]
    """The call's names for the fields of our requests, for ``errors.answer_to``."""
