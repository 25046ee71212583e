"""What each path of Kling's new design takes, as a table (``reference/kling.md`` 12.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.request import Ratio

RATIOS = frozenset(each.value for each in Ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What one path takes: a row of that table."""

    contents: frozenset[str] = frozenset()
    """Empty: the prompt stands alone at the top."""
    audio: frozenset[str] = frozenset()
    resolutions: frozenset[str]
    durations_s: frozenset[int] = frozenset()
    ratios: frozenset[str] = frozenset()
    prompt_chars: int = 3072
    elements: int = 3
    has_multi_shot: bool = False
    has_shots: bool = False
    """Reads "shot n, m, words;" in the prompt."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HD = _words("720p 1080p")
_UHD = _words("720p 1080p 4k")
_LONG = frozenset(range(3, 16))
_SHORT = frozenset({5, 10})
_OMNI = _words("prompt first_frame last_frame refer_image feature_video base_video element")
_CONTENTS = _OMNI | _words("voice image video")

_T2V, _I2V, _OVG, _MC = "text-to-video", "image-to-video", "omni-video", "motion-control"

PRODUCTS: dict[str, Face] = {
    _T2V: Face(
        audio=_words("native off"),
        resolutions=_UHD,
        durations_s=_LONG,
        ratios=RATIOS,
        has_multi_shot=True,
        has_shots=True,
    ),
    _I2V: Face(
        contents=_words("prompt first_frame last_frame element voice"),
        audio=_words("native off"),
        resolutions=_UHD,
        durations_s=_LONG,
        has_multi_shot=True,
        has_shots=True,
    ),
    _OVG: Face(
        contents=_OMNI,
        audio=_words("native original off"),
        resolutions=_UHD,
        durations_s=_LONG,
        ratios=RATIOS,
        elements=7,
        has_multi_shot=True,
        has_shots=True,
    ),
    _MC: Face(
        contents=_words("prompt image video element"),
        audio=_words("original off"),
        resolutions=_HD,
        prompt_chars=2500,
        elements=1,
    ),
}
"""What a product takes with some model. It stands for models that the next table does not know;
whether such a model exists is the catalogue's business (and then 1203)."""

FACES: dict[tuple[str, str], Face] = {
    (_T2V, "kling-3.0-turbo"): Face(
        resolutions=_HD, durations_s=_LONG, ratios=RATIOS, has_shots=True
    ),
    (_I2V, "kling-3.0-turbo"): Face(
        contents=_words("prompt first_frame"),
        resolutions=_HD,
        durations_s=_LONG,
        prompt_chars=2500,
        has_shots=True,
    ),
    (_T2V, "kling-3.0"): PRODUCTS[_T2V],
    (_I2V, "kling-3.0"): replace(
        PRODUCTS[_I2V], contents=_words("prompt first_frame last_frame element")
    ),
    (_OVG, "kling-3.0-omni"): PRODUCTS[_OVG],
    (_OVG, "kling-o1"): Face(
        contents=_OMNI,
        audio=_words("original off"),
        resolutions=_HD,
        durations_s=frozenset(range(3, 11)),
        ratios=RATIOS,
        elements=7,
    ),
    (_MC, "kling-3.0"): PRODUCTS[_MC],
    (_MC, "kling-2.6"): replace(PRODUCTS[_MC], contents=_words("prompt image video")),
    (_T2V, "kling-2.6"): Face(
        audio=_words("native off"),
        resolutions=_HD,
        durations_s=_SHORT,
        ratios=RATIOS,
        prompt_chars=2500,
    ),
    (_I2V, "kling-2.6"): Face(
        contents=_words("prompt first_frame last_frame voice"),
        audio=_words("native off"),
        resolutions=_HD,
        durations_s=_SHORT,
        prompt_chars=2500,
    ),
    (_T2V, "kling-2.5-turbo"): Face(
        resolutions=_HD, durations_s=_SHORT, ratios=RATIOS, prompt_chars=2500
    ),
    (_I2V, "kling-2.5-turbo"): Face(
        contents=_words("prompt first_frame last_frame"),
        resolutions=_HD,
        durations_s=_SHORT,
        prompt_chars=2500,
    ),
}
