"""What a film really is: measured by decoding it, not by believing its header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from filmgate.domain.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    width: int
    height: int
    fps: float
    frames: int
    duration_s: float
    codec: str
    pixel_format: str
    colour_space: int
    tags: dict[str, str]


def probe(path: Path) -> Probe:
    """Decode every frame of the first video stream. Raises BadInput if that can't be done, or if
    there are fewer than its header says."""
    try:
        with av.open(str(path)) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise BadInput(f"{path.name} holds no video")
            stream.thread_type = "AUTO"
            frames = sum(1 for _ in container.decode(stream))
            rate = stream.average_rate
            if not frames or rate is None:
                raise BadInput(f"{path.name} holds no decodable frame")
            if frames < stream.frames:
                raise BadInput(f"{path.name} is cut off: {frames} of {stream.frames} frames")
            duration_s = container.duration / av.time_base if container.duration else 0.0
            return Probe(
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                fps=float(rate),
                frames=frames,
                duration_s=duration_s,
                codec=stream.codec_context.name,
                pixel_format=stream.codec_context.pix_fmt or "",
                colour_space=int(stream.codec_context.colorspace),
                tags=dict(container.metadata),
            )
    except (FFmpegError, OSError) as error:
        raise BadInput(f"{path.name} can't be decoded: {error.strerror or error}") from error


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The film's frames as RGB, (height, width, 3) uint8, in order."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
