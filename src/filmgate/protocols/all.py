"""Every protocol that is served, in the order in which they are asked whether a path is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmgate.protocols.face import Face
from filmgate.protocols.kling.server.face import KlingFace
from filmgate.protocols.openai_videos.server.face import OpenAIFace
from filmgate.usecases.front import Front

FACES: tuple[Callable[[Front], Face], ...] = (OpenAIFace, KlingFace)
"""OpenAI before Kling: under ``/v1/videos/`` its ids and fixed words are OpenAI's, and all else is
Kling's (design part 10)."""


def faces(front: Front) -> Sequence[Face]:
    return [make(front) for make in FACES]
