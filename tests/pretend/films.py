"""Films and sounds made on the spot, good ones and wicked ones."""

from __future__ import annotations

import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Draw = Callable[[int, int, int], NDArray[np.uint8]]
"""Frame's number, width and height; RGB comes back."""


def scene(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A sky over a meadow, and a red square that goes from left to right."""
    picture = np.empty((height, width, 3), np.uint8)
    down = np.linspace(0, 1, height)[:, None]
    for channel, (top, bottom) in enumerate(((60, 200), (120, 210), (220, 120))):
        picture[..., channel] = top + (bottom - top) * down
    side = height // 5
    left = (number * 9) % (width - side)
    picture[height // 2 : height // 2 + side, left : left + side] = (220, 30, 30)
    return picture


def black(number: int, width: int, height: int) -> NDArray[np.uint8]:
    return np.zeros((height, width, 3), np.uint8)


def fading_in(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """Black at first, as films like to begin."""
    return np.asarray(scene(number, width, height) * min(1.0, number / 24), np.uint8)


def noise(number: int, width: int, height: int) -> NDArray[np.uint8]:
    chance = np.random.default_rng(number)
    return chance.integers(0, 256, (height, width, 3), np.uint8)


def write_film(
    path: Path,
    draw: Draw = scene,
    *,
    size: tuple[int, int] = (320, 180),
    frames: int = 48,
    fps: int = 24,
    codec: str = "libx264",
    sound: bool = False,
    format: str | None = None,  # noqa: A002 - PyAV's name
) -> Path:
    width, height = size
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        if codec == "libx264":
            stream.options = {"preset": "ultrafast"}
        voice = container.add_stream("aac", rate=44100, layout="mono") if sound else None
        drawn: dict[bytes, av.VideoFrame] = {}
        for number in range(frames):
            picture = draw(number, width, height)
            frame = drawn.setdefault(
                picture.tobytes(), av.VideoFrame.from_ndarray(picture, format="rgb24")
            )
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if voice is not None:
            for number in range(round(frames / fps * 44100 / 1024)):
                beep = np.sin(np.arange(1024) / 10, dtype=np.float32)[None]
                audio = av.AudioFrame.from_ndarray(beep, format="fltp", layout="mono")
                audio.sample_rate, audio.pts = 44100, number * 1024
                container.mux(voice.encode(audio))
            container.mux(voice.encode(None))
    return path


def write_sound(path: Path, *, seconds: float = 2.0, codec: str = "pcm_s16le") -> Path:
    if codec == "pcm_s16le":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(round(seconds * 8000) * 2))
        return path
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44100, layout="mono")
        size = stream.codec_context.frame_size or 1024
        for number in range(round(seconds * 44100 / size)):
            tone = np.zeros((1, size), np.float32)
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, number * size
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
