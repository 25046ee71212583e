"""What may be given where: one row for each use of an input.

These are the house's own limits, as wide as any protocol's (``reference/kling.md`` 6 to 12); what a
model or a provider takes of them is the catalogue's business.
"""

from __future__ import annotations

from filmgate.domain.media import MB, MediaLimits

PICTURE = MediaLimits(
    types=("image/jpeg", "image/png", "image/webp"),
    formats=".jpg, .png or .webp",
    bytes_max=50 * MB,
)
CLIP = MediaLimits(
    types=("video/mp4", "video/quicktime", "video/webm"),
    formats=".mp4, .mov or .webm",
    bytes_max=200 * MB,
    length_s=(1, 300),
)
SOUND = MediaLimits(
    types=(
        *("audio/mpeg", "audio/wav", "audio/mp4", "audio/aac", "audio/ogg", "audio/flac"),
        "audio/webm",
    ),
    formats=".mp3, .wav, .m4a, .aac, .ogg or .flac",
    bytes_max=100 * MB,
    length_s=(1, 300),
)
ANYTHING = MediaLimits(
    types=(*PICTURE.types, *CLIP.types, *SOUND.types),
    formats="a picture, a clip or a sound",
    bytes_max=CLIP.bytes_max,
)
"""An upload: what it will be used for is not known yet."""

LIMITS: dict[str, MediaLimits] = {
    **dict.fromkeys(
        (
            *("image", "image_tail", "first_frame", "last_frame", "images", "person"),
            *("garments", "static_mask", "mask"),
        ),
        PICTURE,
    ),
    **dict.fromkeys(("video", "base_video", "feature_video"), CLIP),
    "audio": SOUND,
}
"""By the name of the field that holds the input."""
