"""Every protocol that is served, in the order in which they are asked whether a path is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmgate.protocols.face import Face
from filmgate.protocols.filmgate.server.face import FilmgateFace
from filmgate.protocols.infinito.server.face import InfinitoFace
from filmgate.protocols.kie.server.face import KieFace
from filmgate.protocols.kling.server.face import KlingFace
from filmgate.protocols.openai_videos.server.face import OpenAIFace
from filmgate.protocols.piapi.server.face import PiapiFace
from filmgate.usecases.front import Front

FACES: tuple[Callable[[Front], Face], ...] = (
    # Before Kling: under /v1/videos/ its ids and fixed words are its own, all else is Kling's.
    OpenAIFace,
    KlingFace,
    KieFace,
    PiapiFace,
    InfinitoFace,
    FilmgateFace,
)


def faces(front: Front) -> Sequence[Face]:
    return [make(front) for make in FACES]
