"""What Kling takes as picture, clip and sound: one row for every use, from Kling's pages.

Sources, by the part of ``reference/kling.md``: pictures 6 and 12.1; clips 6.3, 6.4, 6.8, 6.10, 7, 8
and 12.1; sounds 6.8, 6.9 and 8; try-on 11.
"""

from __future__ import annotations

from enum import StrEnum

from filmgate.domain.media import MB, MediaLimits, size_refusal
from filmgate.protocols.kling.errors import refused


class Sort(StrEnum):
    """What a given file is for."""

    PICTURE = "picture"
    NEW_PICTURE = "new-picture"
    MASK = "mask"
    TRY_ON_PICTURE = "try-on-picture"
    REFERENCE_CLIP = "reference-clip"
    NEW_REFERENCE_CLIP = "new-reference-clip"
    MOTION_CLIP = "motion-clip"
    SHORT_MOTION_CLIP = "short-motion-clip"
    FACE_CLIP = "face-clip"
    OLD_LIP_SYNC_CLIP = "old-lip-sync-clip"
    EDIT_CLIP = "edit-clip"
    SCORED_CLIP = "scored-clip"
    ELEMENT_CLIP = "element-clip"
    FOREIGN_CLIP = "foreign-clip"
    SPEECH = "speech"
    AVATAR_SPEECH = "avatar-speech"
    VOICE_SAMPLE = "voice-sample"
    SESSION = "session"
    """Not a file: the clip of an earlier selection or face search, by the session's id."""


_PICTURES = ("image/jpeg", "image/png")
_CLIPS = ("video/mp4", "video/quicktime")
_SOUNDS = (
    *("audio/mpeg", "audio/wav", "audio/x-wav", "audio/mp4", "audio/x-m4a", "audio/aac"),
    "audio/vnd.wave",
)


def _picture(bytes_max: int) -> MediaLimits:
    return MediaLimits(
        types=_PICTURES,
        formats=".jpg, .jpeg or .png",
        bytes_max=bytes_max,
        side_px_min=300,
        ratio_max=2.5,
    )


def _clip(
    bytes_max: int,
    length_s: tuple[float, float] | None,
    side_px: tuple[int, int | None] = (0, None),
    *,
    fps: tuple[float, float] | None = None,
    area_px_max: int | None = None,
    ratio_max: float | None = None,
) -> MediaLimits:
    return MediaLimits(
        types=_CLIPS,
        formats=".mp4 or .mov",
        bytes_max=bytes_max,
        side_px_min=side_px[0],
        side_px_max=side_px[1],
        area_px_max=area_px_max,
        ratio_max=ratio_max,
        length_s=length_s,
        fps=fps,
    )


def _sound(length_s: tuple[float, float]) -> MediaLimits:
    return MediaLimits(
        types=_SOUNDS, formats=".mp3, .wav, .m4a or .aac", bytes_max=5 * MB, length_s=length_s
    )


RULES: dict[Sort, MediaLimits] = {
    Sort.PICTURE: _picture(10 * MB),
    Sort.NEW_PICTURE: _picture(50 * MB),
    # A mask is as large as its picture; only that is said of it.
    Sort.MASK: MediaLimits(types=_PICTURES, formats=".jpg, .jpeg or .png", bytes_max=10 * MB),
    Sort.TRY_ON_PICTURE: MediaLimits(
        types=(*_PICTURES, "image/webp"),
        formats=".jpg, .jpeg, .png or .webp",
        bytes_max=10 * MB,
        side_px_min=301,
        side_px_max=2048,
    ),
    # 3 to 10 s, and up to 15 s with kling-v3-omni since 2026-06-17.
    Sort.REFERENCE_CLIP: _clip(200 * MB, (3, 15), (720, 2160), fps=(24, 60)),
    # The limits of 3.0-omni, which are the wider ones (o1: 3 to 10 s, 700 to 2160 px).
    Sort.NEW_REFERENCE_CLIP: _clip(
        200 * MB, (3, 15.5), (700, 4553), fps=(24, 60), area_px_max=8_294_400, ratio_max=2.5
    ),
    Sort.MOTION_CLIP: _clip(100 * MB, (3, 30), (340, 3850)),
    # With character_orientation image the clip is shorter.
    Sort.SHORT_MOTION_CLIP: _clip(100 * MB, (3, 10), (340, 3850)),
    Sort.FACE_CLIP: _clip(100 * MB, (2, 60), (512, 2160)),
    Sort.OLD_LIP_SYNC_CLIP: _clip(100 * MB, (2, 60)),  # 60 s since 2025-06-30, 10 s before
    Sort.EDIT_CLIP: _clip(100 * MB, (2, 10), (720, 2160), fps=(24, 60)),
    Sort.SCORED_CLIP: _clip(100 * MB, (3, 20)),
    Sort.ELEMENT_CLIP: _clip(200 * MB, (3, 8)),
    Sort.FOREIGN_CLIP: _clip(200 * MB, None),
    Sort.SPEECH: _sound((2, 60)),
    Sort.AVATAR_SPEECH: _sound((2, 300)),
    Sort.VOICE_SAMPLE: MediaLimits(
        types=(*_SOUNDS, *_CLIPS),
        formats=".mp3, .wav, .mp4 or .mov",
        bytes_max=100 * MB,
        length_s=(5, 30),
    ),
    Sort.SESSION: _clip(200 * MB, None),
}


INLINE = frozenset({Sort.PICTURE, Sort.NEW_PICTURE, Sort.MASK, Sort.SPEECH, Sort.AVATAR_SPEECH})
"""What may stand in the call itself; for all else only a URL is taken."""


def check_size(sort: Sort, field: str, size_bytes: int) -> None:
    if size_bytes > RULES[sort].bytes_max:
        raise refused(field, size_refusal(RULES[sort]))


def check_mask(field: str, mask: tuple[int, int], picture: tuple[int, int]) -> None:
    """A mask has the ratio of its picture (image2video page). Sizes are (width, height) in pixels.

    One pixel of rounding is allowed, because masks are often drawn on a smaller copy.
    """
    width, height = mask
    if abs(width * picture[1] - height * picture[0]) > max(*picture, *mask):
        raise refused(
            field,
            f"is {width}x{height} px, its aspect ratio must be that of the image "
            f"({picture[0]}x{picture[1]} px)",
        )


def check_masks_alike(sizes: tuple[tuple[str, tuple[int, int]], ...]) -> None:
    """Static and dynamic masks have one resolution; live, Kling fails the task otherwise."""
    for field, size in sizes[1:]:
        if size != sizes[0][1]:
            first, (width, height) = sizes[0]
            raise refused(
                field,
                f"is {size[0]}x{size[1]} px, it must be as large as {first} ({width}x{height} px)",
            )
