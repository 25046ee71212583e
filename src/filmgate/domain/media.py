"""What a given file may be: limits as data, and the one function that compares them with facts."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found in an input when it was checked; zero where the kind has no such thing."""

    media_type: str
    width: int = 0
    """As it will be seen, after the camera's orientation tag."""
    height: int = 0
    duration_s: float = 0.0
    fps: float = 0.0
    frames: int = 0
    sound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """Whatever is None is not limited."""

    types: tuple[str, ...]
    """Media types as found in the bytes, never as claimed."""
    formats: str
    """The same for a reader, like ``.jpg, .jpeg or .png``."""
    bytes_max: int
    side_px_min: int = 0
    side_px_max: int | None = None
    area_px_max: int | None = None
    ratio_max: float | None = None
    """The longer side may be this many times the shorter one."""
    length_s: tuple[float, float] | None = None
    fps: tuple[float, float] | None = None


def broken_limit(limits: MediaLimits, facts: Facts, size_bytes: int) -> str | None:
    """The first limit that is broken, as what follows the field's name in a sentence."""
    if facts.media_type not in limits.types:
        return f"format is not supported, use {limits.formats}"
    if size_bytes > limits.bytes_max:
        return size_refusal(limits)
    if facts.width and facts.height and (told := _side(limits, facts.width, facts.height)):
        return told
    if limits.length_s and facts.duration_s:
        least_s, most_s = limits.length_s
        if not least_s <= facts.duration_s <= most_s:
            span = f"{least_s:g} to {most_s:g} seconds"
            return f"lasts {facts.duration_s:g} seconds, it must last {span}"
    if limits.fps and facts.fps and not limits.fps[0] <= round(facts.fps) <= limits.fps[1]:
        least, most = limits.fps
        return f"has {facts.fps:g} fps, it must have {least:g} to {most:g} fps"
    return None


def size_refusal(limits: MediaLimits) -> str:
    return f"size cannot exceed {limits.bytes_max // MB}MB"


def _side(limits: MediaLimits, width: int, height: int) -> str | None:
    size = f"is {width}x{height} px"
    if min(width, height) < limits.side_px_min:
        return f"{size}, each side must be at least {limits.side_px_min} px"
    if limits.side_px_max is not None and max(width, height) > limits.side_px_max:
        return f"{size}, no side may be longer than {limits.side_px_max} px"
    if limits.area_px_max is not None and width * height > limits.area_px_max:
        return f"{size}, it may have at most {limits.area_px_max} px in all"
    longest = limits.ratio_max
    if longest is not None and max(width, height) > longest * min(width, height):
        return f"{size}, its aspect ratio must be between 1:{longest:g} and {longest:g}:1"
    return None
