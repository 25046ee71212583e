"""Sizes and lengths as OpenAI's clients name them, and what they come to here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log

from filmgate.domain.request import Mode, Ratio
from filmgate.protocols.openai_videos.errors import invalid, refused

DEFAULT_MODEL = "sora-2"
DEFAULT_SIZE = "720x1280"
DEFAULT_SECONDS = 4
SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
"""OpenAI's own. Engines that speak the protocol take any, and so do we."""
SIDE_PX = (64, 3840)
RATIO_MAX = 4.0
"""The longer side may be this many times the shorter one."""
FPS_MAX = 60
DEFAULT_FPS = 24
"""What a number of frames is counted at when no rate is given (vLLM-Omni)."""
SECONDS_MAX = 600
FRAMES_MAX = SECONDS_MAX * FPS_MAX

TIERS: tuple[tuple[int, Mode | None], ...] = ((720, None), (1080, Mode.PRO), (3840, Mode.UHD))
"""By the shorter side: the least mode that has as many pixels. Up to 720 the name decides."""
RATIOS: dict[Ratio, float] = {Ratio.WIDE: 16 / 9, Ratio.TALL: 9 / 16, Ratio.SQUARE: 1.0}
RESOLUTIONS: dict[str, str] = {
    "480p": "480x854",
    "720p": "720x1280",
    "1080p": "1080x1920",
    "4k": "2160x3840",
}
"""What gateways send in place of a size; upright, as OpenAI's default is."""

_SIZE = re.compile(r"([0-9]{1,5})[xX*]([0-9]{1,5})")
_SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A picture's size with what comes nearest to it where sizes can't be chosen freely."""

    size_px: tuple[int, int]
    ratio: Ratio
    mode: Mode | None


def read_size(text: str) -> Shape:
    """Raises OpenAIRefusal."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise invalid("size", text, SIZES)
    return shape_of("size", int(found[1]), int(found[2]))


def shape_of(param: str, width: int, height: int) -> Shape:
    """Raises OpenAIRefusal."""
    least, most = SIDE_PX
    short, long = sorted((width, height))
    if not (least <= short and long <= most and long <= RATIO_MAX * short):
        told = f"each side must have {least} to {most} pixels, the longer at most {RATIO_MAX:g} "
        raise refused(param, f"{told}times the shorter one")
    if width % 2 or height % 2:
        raise refused(param, "both sides must be even numbers")
    mode = next(mode for side_px, mode in TIERS if short <= side_px)
    ratio = min(RATIOS, key=lambda each: abs(log(width / height / RATIOS[each])))
    return Shape(size_px=(width, height), ratio=ratio, mode=mode)


def read_seconds(param: str, given: str | float) -> float:
    """A number, or one written as text. Raises OpenAIRefusal."""
    text = str(given).strip()
    if _SECONDS.fullmatch(text) is None or not 0 < float(text) <= SECONDS_MAX:
        raise invalid(param, given)
    return float(text)


def seconds_text(duration_s: float) -> str:
    """``4``; ``5.0625`` where it is no whole number."""
    return f"{round(duration_s, 4):g}"
