"""Pictures in, an H.264 MP4 out. Frames are written as planes: no RGB on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.stream import VideoStream
from numpy.typing import NDArray

PRESET = "veryfast"
# 18 keeps the first frame of detailed photos more than 1 dB above the 36 dB that we promise.
CRF = 18
# One fixed number, never the machine's cores: x264's bits change with its thread count, and the
# same seed must give the same pictures everywhere.
ENCODER_THREADS = 3
SOUND_RATE = 48_000
SOUND_BITS_PER_S = 160_000
BT709 = 1
LIMITED_RANGE = 1


Sound = NDArray[np.float32]
"""(samples, 2) at SOUND_RATE, -1..1."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame's planes, 4:2:0, BT.709, limited range (Y 16-235, U and V 16-240 around 128).

    ``y`` is (height, width), ``u`` and ``v`` are (height / 2, width / 2), all uint8. They are views
    of the encoder's own frame, so what is drawn here is encoded without another copy.
    """

    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]
    frame: VideoFrame

    @classmethod
    def blank(cls, width: int, height: int) -> Self:
        """Black: what nobody paints must not be what the memory held before."""
        frame = VideoFrame(width, height, "yuv420p")
        frame.colorspace = BT709
        frame.color_range = LIMITED_RANGE
        y, u, v = (_view(plane) for plane in frame.planes)
        y.fill(16)
        u.fill(128)
        v.fill(128)
        return cls(y, u, v, frame)


def _view(plane: VideoPlane) -> NDArray[np.uint8]:
    rows = np.asarray(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


class VideoWriter:
    """Writes one MP4 (faststart, exact rate, one time stamp per frame). Use as a context manager.

    The file is whole only after a clean exit; on an error it is removed. ``sound`` is as long as
    the film and becomes an AAC track, laid down beside the pictures as they come.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: int,
        tags: Mapping[str, str],
        *,
        sound: Sound | None = None,
    ) -> None:
        self._path = path
        # "bitexact" keeps library versions and times out of the file.
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._container.metadata.update(tags)
        self._stream = self._add_stream(width, height, fps)
        self._frames, self._fps = 0, fps
        self._sound = None if sound is None else _SoundTrack(self._container, sound)

    def _add_stream(self, width: int, height: int, fps: int) -> VideoStream:
        options = {"preset": PRESET, "crf": str(CRF)}
        stream = self._container.add_stream("libx264", rate=fps, options=options)
        context: VideoCodecContext = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, fps)
        context.thread_type = "FRAME"  # SLICE, the default, makes bits depend on the thread count
        context.thread_count = ENCODER_THREADS
        context.colorspace = BT709
        context.color_range = LIMITED_RANGE
        context.color_primaries = BT709
        context.color_trc = BT709
        return stream

    def write(self, picture: Picture) -> None:
        picture.frame.pts = self._frames
        self._frames += 1
        self._container.mux(self._stream.encode(picture.frame))
        if self._sound is not None:
            self._sound.write_until(self._frames / self._fps)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
                if self._sound is not None:
                    self._sound.finish()
            self._container.close()
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise
        if kind is not None:
            self._path.unlink(missing_ok=True)


class _SoundTrack:
    """Stereo AAC. The encoder's run-in is told to the file, so that players cut it off."""

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        self._container, self._sound, self._done = container, sound, 0
        stream: AudioStream = container.add_stream("aac", rate=SOUND_RATE)
        stream.bit_rate = SOUND_BITS_PER_S
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = "fltp"
        stream.codec_context.time_base = Fraction(1, SOUND_RATE)
        self._stream = stream

    def write_until(self, time_s: float) -> None:
        """Whole blocks up to here."""
        block = self._stream.codec_context.frame_size or 1024
        end = min(round(time_s * SOUND_RATE), len(self._sound))
        while self._done + block <= end:
            self._write(self._sound[self._done : self._done + block])

    def finish(self) -> None:
        self.write_until(len(self._sound) / SOUND_RATE)
        if self._done < len(self._sound):
            self._write(self._sound[self._done :])
        self._container.mux(self._stream.encode(None))

    def _write(self, part: Sound) -> None:
        planes = np.ascontiguousarray(part.T)
        frame = AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = self._done
        self._done += len(part)
        self._container.mux(self._stream.encode(frame))
