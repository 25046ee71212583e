"""What is taken as picture and clip (``reference/kie-piapi-openai.md`` 3.2 and 3.6)."""

from __future__ import annotations

from filmgate.domain.media import MB, MediaLimits

IMAGE = MediaLimits(
    types=("image/jpeg", "image/png", "image/webp"),
    formats="image/jpeg, image/png or image/webp",
    bytes_max=50 * MB,
)
CLIP = MediaLimits(
    types=("video/mp4", "video/quicktime", "video/webm"), formats="video/mp4", bytes_max=200 * MB
)
URL_CHARS_MAX = 20_971_520
"""Of an ``image_url``, which may hold the picture itself."""
