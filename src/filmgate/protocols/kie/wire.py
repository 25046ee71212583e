"""The three envelopes around KIE's answers."""

from __future__ import annotations

from msgspec import Struct


class SeedReply(Struct):
    """Around every answer of the guide's paths."""

    code: int
    message: str
    data: object


class MarketReply(Struct):
    """Around every answer of today's API."""

    code: int
    msg: str
    data: object


class UploadReply(Struct, omit_defaults=True):
    success: bool
    code: int
    msg: str
    data: object = None
