"""What PiAPI takes as picture, clip and sound (``reference/kie-piapi-openai.md`` 2.4; where its
pages name no limit, Kling's, whose models stand behind it)."""

from __future__ import annotations

from filmgate.domain.media import MB, MediaLimits

_PICTURES = ("image/jpeg", "image/png", "image/webp")
_CLIPS = ("video/mp4", "video/quicktime")

PICTURE = MediaLimits(
    types=_PICTURES,
    formats="JPEG, PNG or WebP",
    bytes_max=10 * MB,
    side_px_min=300,
    ratio_max=2.5,
)
MASK = MediaLimits(types=_PICTURES, formats="JPEG, PNG or WebP", bytes_max=10 * MB)
CLIP = MediaLimits(types=_CLIPS, formats="MP4 or MOV", bytes_max=100 * MB)
MOTION_CLIP = MediaLimits(types=_CLIPS, formats="MP4 or MOV", bytes_max=100 * MB, length_s=(3, 30))
SPEECH = MediaLimits(
    types=(
        *("audio/mpeg", "audio/wav", "audio/x-wav", "audio/vnd.wave", "audio/flac"),
        *("audio/x-flac", "audio/ogg"),
    ),
    formats="MP3, WAV, FLAC or OGG",
    bytes_max=20 * MB,
    length_s=(0, 60),
)
