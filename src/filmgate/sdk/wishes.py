"""What may be said beside a prompt: names, units and meanings are those of ``domain.request``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal, TypedDict

from filmgate.domain.request import Asset, BrushStroke, Camera, Mode, Ratio, ShotPrompt


class Wishes(TypedDict, total=False):
    model: str
    negative_prompt: str
    mode: Mode | Literal["std", "pro", "4k"]
    duration_s: float
    ratio: Ratio | Literal["16:9", "9:16", "1:1"]
    cfg_scale: float
    """0 to 1: how closely to follow the prompt."""
    creativity: float
    seed: int
    """The same seed makes the same film."""
    sound: bool
    camera: Camera
    shots: tuple[ShotPrompt, ...]
    image: str | Path | Asset
    """The film begins with it."""
    image_tail: str | Path | Asset
    static_mask: Asset
    strokes: tuple[BrushStroke, ...]
    provider: str
    """``auto``, ``local``, ``kling``, ``kie``, ``piapi`` or ``openai``."""
    max_cost_usd: float | Decimal
    """The most that may be spent; nothing unless it is said."""
    webhook: str
