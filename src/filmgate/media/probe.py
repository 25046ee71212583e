"""What a film really is: measured by decoding it, not by believing its header."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from filmgate.domain.errors import BadInput
from filmgate.media.containers import THREADS, open_media

PIXELS_MAX = 8192 * 4320
"""Of one frame: 8K, more than any provider makes."""
FRAMES_MAX = 30_000
"""Ten minutes at 50 a second; the longest film of all providers lasts three."""

Look = Callable[[VideoFrame], None]


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
    sound: bool
    tags: dict[str, str]


def probe(
    path: Path,
    look: Look | None = None,
    *,
    begin: Callable[[VideoStream], None] | None = None,
) -> Probe:
    """Decode every frame of the first video stream. Raises BadInput if that can't be done, or if
    there are fewer than its header says.

    ``begin`` is told of the stream and ``look`` of every frame, so that whatever else is to be
    learned of a film is learned while it is decoded once.
    """
    with open_media(path, path.name) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None:
            raise BadInput(f"{path.name} holds no video")
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = THREADS
        refuse_size(stream.codec_context.width, stream.codec_context.height, path.name)
        if begin is not None:
            begin(stream)
        frames = _decoded(container.decode(stream), look, path.name)
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
            sound=bool(container.streams.audio),
            tags=dict(container.metadata),
        )


def refuse_size(width: int, height: int, name: str, *, pixels_max: int = PIXELS_MAX) -> None:
    """Raises BadInput."""
    if width * height > pixels_max:
        raise BadInput(
            f"{name} is {width} x {height}; at most {pixels_max / 1e6:.0f} megapixels are taken",
            remedy="Make the picture smaller.",
        )


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The film's frames as RGB, (height, width, 3) uint8, in order."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def _decoded(frames: Iterator[VideoFrame], look: Look | None, name: str) -> int:
    number = 0
    for number, frame in enumerate(frames, 1):
        if number > FRAMES_MAX:
            raise BadInput(f"{name} has more than {FRAMES_MAX} frames")
        # A stream may change its size on the way, whatever its header said.
        refuse_size(frame.width, frame.height, name)
        if look is not None:
            look(frame)
    return number
