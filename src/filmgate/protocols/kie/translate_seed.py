"""The guide's create call (seed S2): a flat body in camelCase."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from filmgate.domain.request import Asset, Avatar, ImageToVideo, Mode, Ratio, Request, TextToVideo
from filmgate.protocols.kie.errors import KieRefusal, Sort
from filmgate.protocols.kie.media_rules import PICTURE, SEED_VOICE
from filmgate.protocols.kie.wanted import Wanted
from filmgate.protocols.reading import (
    Number,
    convert,
    given,
    in_snake_case,
    invalid,
    read_object,
    required,
    said_of,
    seconds,
    url_of,
)

AVATAR = "kling-avatar"
WITH_PICTURE = frozenset({"kling-2-1-pro"})
"""Image-to-video alone."""
WITH_SOUND = frozenset({"kling-2-6"})
"""Native audio is what this model is for; the guide has no switch (design.md part 10)."""
LENGTHS_S = (5, 10)
SEEDS = (10_000, 99_999)
PROMPT_CHARS_MAX = 1000
PROMPT_BYTES_MIN = 3
"""Below this a prompt is "too short": less than three Latin letters, or one Chinese one."""
MODES = {"720p": Mode.STD, "1080p": Mode.PRO}

WORDS = {
    "image": "imageUrl",
    "audio": "voiceUrl",
    "mode": "resolution",
    "ratio": "aspectRatio",
    "duration_s": "duration",
    "callback": "callBackUrl",
}
SPELLED = {
    "image_url": "imageUrl",
    "voice_url": "voiceUrl",
    "aspect_ratio": "aspectRatio",
    "call_back_url": "callBackUrl",
    "callback_url": "callBackUrl",
}


class Generate(Struct, kw_only=True):
    prompt: str = ""
    image_url: str | None = None
    voice_url: str | None = None
    model: str | None = None
    duration: Number | None = None
    resolution: Literal["720p", "1080p"] | None = None
    aspect_ratio: Literal["16:9", "9:16", "1:1"] | None = None
    seed: int | None = None
    call_back_url: str | None = None
    callback_url: str | None = None


def generate(body: bytes) -> Wanted:
    """Raises FixRequest. The model is left open where none is named."""
    raw = read_object(body)
    wire = convert(in_snake_case(raw), Generate, SPELLED)
    callback = wire.call_back_url or wire.callback_url
    return Wanted(
        request=_request(wire),
        callback_url=url_of("callBackUrl", callback) if callback else None,
        said=said_of(raw),
        words=WORDS,
    )


def _request(wire: Generate) -> Request:
    model = wire.model.strip().lower() if wire.model else None
    image = given("imageUrl", wire.image_url, PICTURE) if wire.image_url else None
    if wire.seed is not None and not SEEDS[0] <= wire.seed <= SEEDS[1]:
        raise invalid("seed", wire.seed, remedy=f"it goes from {SEEDS[0]} to {SEEDS[1]}")
    mode = MODES[wire.resolution] if wire.resolution else None
    if wire.voice_url or model == AVATAR:
        return _talking(wire, model or AVATAR, mode, image)
    if model in WITH_PICTURE and image is None:
        raise required("imageUrl")
    _check_prompt(wire.prompt)
    ratio = Ratio(wire.aspect_ratio) if wire.aspect_ratio else None
    duration_s = _length(wire.duration)
    sound = True if model in WITH_SOUND else None
    if image is None:
        return TextToVideo(
            model=model,
            prompt=wire.prompt,
            mode=mode,
            duration_s=duration_s,
            ratio=ratio,
            seed=wire.seed,
            sound=sound,
        )
    return ImageToVideo(
        model=model,
        prompt=wire.prompt,
        mode=mode,
        duration_s=duration_s,
        ratio=ratio,
        seed=wire.seed,
        sound=sound,
        image=image,
    )


def _talking(wire: Generate, model: str, mode: Mode | None, image: Asset | None) -> Avatar:
    """A portrait and a voice. The film is as long as the voice, whatever ``duration`` says."""
    if not wire.voice_url:
        raise required("voiceUrl")
    if image is None:
        # The guide's "A2V" from sound alone: nothing of ours makes it yet.
        raise KieRefusal(Sort.PARAMETER, "voiceUrl needs imageUrl", field="imageUrl")
    return Avatar(
        model=model,
        prompt=wire.prompt,
        mode=mode,
        seed=wire.seed,
        image=image,
        audio=given("voiceUrl", wire.voice_url, SEED_VOICE),
    )


def _check_prompt(prompt: str) -> None:
    if not prompt:
        raise required("prompt")
    if len(prompt.strip().encode(errors="surrogatepass")) < PROMPT_BYTES_MIN:
        raise KieRefusal(Sort.PROMPT, "prompt is too short", field="prompt")
    if len(prompt) > PROMPT_CHARS_MAX:
        told = f"prompt has {len(prompt)} characters, it may have {PROMPT_CHARS_MAX}"
        raise KieRefusal(Sort.PROMPT, told, field="prompt")


def _length(value: Number | None) -> float | None:
    length_s = seconds("duration", value)
    if length_s is not None and length_s not in LENGTHS_S:
        raise invalid("duration", value, remedy="use 5 or 10")
    return length_s
