"""Every protocol that is served, in the order in which they are asked whether a path is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmgate.protocols.face import Face
from filmgate.protocols.kling.server.face import KlingFace
from filmgate.usecases.front import Front

FACES: tuple[Callable[[Front], Face], ...] = (KlingFace,)


def faces(front: Front) -> Sequence[Face]:
    return [make(front) for make in FACES]
