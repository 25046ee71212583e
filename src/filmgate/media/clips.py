"""Clips and sounds that customers give: every packet is counted, a few frames are decoded.

To decode a clip whole could take minutes, and whoever uses it will; here it is enough to know
that it is what it says, is all there, and stays within limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from filmgate.domain.errors import BadInput
from filmgate.domain.media import Facts
from filmgate.media.containers import THREADS, kind_of, open_media
from filmgate.media.probe import refuse_size

CLIP_BYTES_MAX = 200 * 1024 * 1024
SOUND_BYTES_MAX = 100 * 1024 * 1024
PIXELS_MAX = 4096 * 2304
"""Of one frame: 4K."""
SIDE_MIN_PX = 64
SECONDS_MAX = 300.0
"""The longest that any provider takes: five minutes of speech for an avatar."""
FRAMES_MAX = 9_000
"""Thirty a second for as long as that."""
PACKETS_MAX = 200_000
KEY_FRAMES_DECODED = 12
"""Enough to meet a size that changes, or pictures that are rubbish, anywhere in the clip."""
SOUND_FRAMES_DECODED = 50

CLIP_TYPES = {"mov": "video/mp4", "matroska": "video/webm"}
SOUND_TYPES = {
    "mov": "audio/mp4",
    "matroska": "audio/webm",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "mp3": "audio/mpeg",
}


@dataclass(slots=True)
class Counted:
    """A stream's packets, counted and timed; the header is not asked."""

    packets: int = 0
    begin: int | None = None
    end: int = 0

    def add(self, at: int | None, length: int | None) -> None:
        self.packets += 1
        if at is not None:
            self.begin = at if self.begin is None else min(self.begin, at)
            self.end = max(self.end, at + (length or 0))

    def seconds(self, time_base: Fraction | None) -> float:
        return float((self.end - (self.begin or 0)) * (time_base or 0))


def check_clip(path: Path, name: str) -> Facts:
    """Raises BadInput in words for the customer."""
    with open_media(path, name) as container:
        video = next(iter(container.streams.video), None)
        sound = next(iter(container.streams.audio), None)
        kind = kind_of(path) or ""
        # A cover in an MP3 or M4A is no clip.
        if video is not None and kind in CLIP_TYPES and not _is_cover(video):
            return _check_film(path, name, container, video, kind, sound=sound is not None)
        if sound is None:
            raise BadInput(f"{name} holds neither pictures nor sound")
        return _check_sound(path, name, container, sound, kind)


def _check_film(
    path: Path, name: str, container: InputContainer, video: VideoStream, kind: str, *, sound: bool
) -> Facts:
    _refuse_bytes(path, name, CLIP_BYTES_MAX)
    width, height = video.codec_context.width, video.codec_context.height
    _refuse_sides(width, height, name)
    announced = video.frames
    counted = _count(container, video, name)
    seconds = counted.seconds(video.time_base)
    if counted.packets > FRAMES_MAX:
        raise BadInput(f"{name} has {counted.packets} frames; at most {FRAMES_MAX} are taken")
    _refuse_seconds(seconds, name)
    if counted.packets < announced:
        raise BadInput(f"{name} is cut off: {counted.packets} of {announced} frames")
    if not seconds:
        raise BadInput(f"{name} lasts no time at all")
    turned = _decode_some(container, video, name)
    if turned:
        width, height = height, width
    return Facts(
        media_type=CLIP_TYPES[kind],
        width=width,
        height=height,
        duration_s=round(seconds, 3),
        fps=round(counted.packets / seconds, 3),
        frames=counted.packets,
        sound=sound,
    )


def _check_sound(
    path: Path, name: str, container: InputContainer, sound: AudioStream, kind: str
) -> Facts:
    _refuse_bytes(path, name, SOUND_BYTES_MAX)
    seconds = _count(container, sound, name).seconds(sound.time_base)
    _refuse_seconds(seconds, name)
    if not seconds:
        raise BadInput(f"{name} lasts no time at all")
    container.seek(0)
    decoded = 0
    for frame in container.decode(sound):
        decoded += 1 if frame.samples else 0
        if decoded == SOUND_FRAMES_DECODED:
            break
    if not decoded:
        raise BadInput(f"{name} holds no sound that can be decoded")
    return Facts(media_type=SOUND_TYPES[kind], duration_s=round(seconds, 3), sound=True)


def _count(container: InputContainer, stream: VideoStream | AudioStream, name: str) -> Counted:
    counted = Counted()
    for packet in container.demux(stream):
        if packet.size:
            counted.add(packet.pts, packet.duration)
        if counted.packets > PACKETS_MAX:
            raise BadInput(f"{name} has more than {PACKETS_MAX} pieces")
    return counted


def _decode_some(container: InputContainer, video: VideoStream, name: str) -> bool:
    """Whether the pictures are to be seen lying on their side. Raises BadInput."""
    container.seek(0)
    video.thread_type = "AUTO"
    video.codec_context.thread_count = THREADS
    video.codec_context.skip_frame = "NONKEY"
    decoded, rotation = 0, 0
    for frame in container.decode(video):
        refuse_size(frame.width, frame.height, name, pixels_max=PIXELS_MAX)
        decoded += 1
        rotation = frame.rotation
        if decoded == KEY_FRAMES_DECODED:
            break
    if not decoded:
        raise BadInput(f"{name} holds no frame that can be decoded")
    return rotation % 180 != 0


def _is_cover(video: VideoStream) -> bool:
    return video.frames <= 1 and video.codec_context.name in {"mjpeg", "png"}


def _refuse_bytes(path: Path, name: str, most: int) -> None:
    size = path.stat().st_size
    if size > most:
        raise BadInput(f"{name} has {size / 1e6:.0f} MB; at most {most // 1024**2} MB are taken")


def _refuse_sides(width: int, height: int, name: str) -> None:
    refuse_size(width, height, name, pixels_max=PIXELS_MAX)
    if min(width, height) < SIDE_MIN_PX:
        raise BadInput(f"{name} is {width} x {height}; each side needs {SIDE_MIN_PX} pixels")


def _refuse_seconds(seconds: float, name: str) -> None:
    if seconds > SECONDS_MAX:
        raise BadInput(f"{name} lasts {seconds:.0f} s; at most {SECONDS_MAX:.0f} s are taken")
