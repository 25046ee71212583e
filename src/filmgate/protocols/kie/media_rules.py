"""What KIE takes as picture, clip and sound (seed S2; ``reference/kie-piapi-openai.md`` 1.3)."""

from __future__ import annotations

from filmgate.domain.media import MB, MediaLimits

_PICTURES = ("image/jpeg", "image/png", "image/webp")
_SOUNDS = (
    *("audio/mpeg", "audio/wav", "audio/x-wav", "audio/vnd.wave", "audio/aac", "audio/mp4"),
    *("audio/x-m4a", "audio/ogg", "video/mp4"),
)
"""The guide's MP4 is sound in a film's container, which only the decoder can tell from a film."""
_CLIPS = ("video/mp4", "video/quicktime")

PICTURE = MediaLimits(
    types=_PICTURES,
    formats="JPEG, PNG or WebP",
    bytes_max=10 * MB,
    # KIE says nothing of sides; below these no model of Kling's takes a picture.
    side_px_min=300,
    ratio_max=2.5,
)
SEED_VOICE = MediaLimits(types=_SOUNDS, formats="MP3, WAV, AAC, MP4 or OGG", bytes_max=10 * MB)
VOICE = MediaLimits(
    types=_SOUNDS, formats="MP3, WAV, AAC, MP4 or OGG", bytes_max=100 * MB, length_s=(0, 300)
)
_CLIP_FORMATS = "MP4 or MOV"
MOTION_CLIP = MediaLimits(types=_CLIPS, formats=_CLIP_FORMATS, bytes_max=100 * MB, length_s=(3, 30))
SHORT_MOTION_CLIP = MediaLimits(
    types=_CLIPS, formats=_CLIP_FORMATS, bytes_max=100 * MB, length_s=(3, 10)
)
"""With ``character_orientation`` image."""
UPLOAD = MediaLimits(
    types=(*_PICTURES, *_SOUNDS, *_CLIPS),
    formats="pictures, sounds and clips",
    bytes_max=100 * MB,
)
"""What an upload is for is not known when it comes; the task that uses it looks again."""
