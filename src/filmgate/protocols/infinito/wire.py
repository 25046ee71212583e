"""INFINITO's one route, ``/api/kling`` (design.md part 10; seed S0): its bodies."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from filmgate.protocols.reading import Number


class Generate(Struct, kw_only=True):
    prompt: str = ""
    image: str | None = None
    image_tail: str | None = None
    duration: Number | None = None
    aspect_ratio: str | None = None
    mode: str | None = None
    model: str | None = None
    negative_prompt: str = ""


SPELLED = {
    "image_tail": "imageTail",
    "aspect_ratio": "aspectRatio",
    "negative_prompt": "negativePrompt",
}


class Created(Struct, rename="camel", kw_only=True):
    success: bool = True
    task_id: str
    status: str
    credits_charged: int
    balance: int
    transaction_id: str


class Record(Struct, rename="camel", kw_only=True):
    success: bool = True
    task_id: str
    status: str
    video_url: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    refunded: bool | UnsetType = UNSET
    transaction_id: str


class Refused(Struct, rename="camel", kw_only=True):
    success: bool = False
    error: str
    code: int
    transaction_id: str | UnsetType = UNSET
    details: str | UnsetType = UNSET
    """For admins alone (seed S0: "Detailed error messages for troubleshooting")."""
