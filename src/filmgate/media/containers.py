"""Opens clips and sounds of the few kinds we take, each by the reader for just that kind.

FFmpeg knows file formats that are lists of other files, here or anywhere in the world (HLS, DASH,
concat). So the kind is told by the first bytes, and no other reader is ever tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from filmgate.domain.errors import BadInput

HEAD_BYTES = 16
BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
"""What an MP4 or QuickTime file may begin with."""
THREADS = 3
MPEG_AUDIO = frozenset(bytes([0xFF, second]) for second in range(0xE0, 0x100))
KINDS: dict[str, Callable[[bytes], bool]] = {
    "mov": lambda head: head[4:8] in BOXES,
    "matroska": lambda head: head.startswith(b"\x1a\x45\xdf\xa3"),
    "wav": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE",
    "ogg": lambda head: head.startswith(b"OggS"),
    "flac": lambda head: head.startswith(b"fLaC"),
    "aac": lambda head: head[:2] in {b"\xff\xf1", b"\xff\xf9"},
    # Behind AAC, whose first bytes are a stricter form of the same. FF D8 begins a JPEG.
    "mp3": lambda head: head.startswith(b"ID3") or head[:2] in MPEG_AUDIO,
}
"""By their first bytes."""
OPTIONS = {"protocol_whitelist": "file"}


def kind_of(path: Path) -> str | None:
    """FFmpeg's name of the reader for this file; None for what is neither clip nor sound."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return next((kind for kind, is_that in KINDS.items() if is_that(head)), None)


@contextmanager
def open_media(path: Path, name: str) -> Iterator[InputContainer]:
    """Raises BadInput for what can't be opened, and for whatever goes wrong while it is open."""
    try:
        kind = kind_of(path)
        if kind is None:
            raise BadInput(
                f"{name} is neither a clip nor a sound that can be read",
                remedy="Give MP4, MOV or WebM; or MP3, WAV, AAC, M4A, OGG or FLAC.",
            )
        with av.open(str(path), format=kind, options=OPTIONS) as container:
            yield container
    except (FFmpegError, OSError, ValueError, MemoryError) as error:
        told = getattr(error, "strerror", None) or str(error) or "too large for this computer"
        raise BadInput(f"{name} can't be decoded: {told}") from error
