"""What is done to a file that somebody else made, and the process in which it is done:
``python -m filmgate.media.reading PATIENCE_S MEMORY_BYTES``.

A hostile file may make a decoder hang, crash or swell. So it is opened in a process of its own,
which ends itself when it takes too long, and which nobody misses.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from filmgate.domain.errors import BadInput
from filmgate.domain.media import Facts
from filmgate.domain.ports import Measured


class Question(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    name: str
    """What the customer called it."""
    film: bool
    """A result to be measured, with its pictures; else an input to be checked."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one of facts, measured and refused is set."""

    facts: Facts | None = None
    measured: Measured | None = None
    refused: str | None = None
    remedy: str | None = None


def check_input(path: Path, name: str) -> Facts:
    """A picture, a clip or a sound. Raises BadInput in words for the customer."""
    from filmgate.media.clips import check_clip  # noqa: PLC0415 - a picture needs no PyAV
    from filmgate.media.containers import kind_of  # noqa: PLC0415
    from filmgate.media.images import check_image  # noqa: PLC0415 - a clip needs no Pillow

    if kind_of(path) is not None:
        return check_clip(path, name)
    found = check_image(path, name)
    return Facts(media_type=found.media_type, width=found.width, height=found.height)


def measure_film(path: Path) -> Measured:
    """Decode once; write the pictures of it beside the film. Raises BadInput."""
    from filmgate.media.preview import Sampler, write_pictures  # noqa: PLC0415 - heavy
    from filmgate.media.probe import probe  # noqa: PLC0415 - heavy

    sampler = Sampler()
    found = probe(path, sampler.look, begin=sampler.begin)
    if sampler.is_black():
        raise BadInput(f"{path.name} is black from beginning to end")
    poster, thumbnail, preview, sheet = write_pictures(sampler, path)
    return Measured(
        width=found.width,
        height=found.height,
        fps=found.fps,
        duration_s=found.duration_s,
        sound=found.sound,
        poster=poster.name,
        thumbnail=thumbnail.name,
        preview=preview.name,
        sheet=sheet.name,
    )


def answer(question: Question) -> Answer:
    path = Path(question.path)
    try:
        if question.film:
            return Answer(measured=measure_film(path))
        return Answer(facts=check_input(path, question.name))
    except BadInput as error:
        return Answer(refused=error.message, remedy=error.remedy)
    except MemoryError:
        return Answer(refused=f"{question.name} takes more memory than there is")


def main(patience_s: float, memory_bytes: int) -> None:
    """One question a line, one answer a line, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    # Ctrl-C at the terminal is for those who ask.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        # Unheeded, this signal ends the process, wherever in a decoder it is.
        signal.setitimer(signal.ITIMER_REAL, patience_s)
        told = answer(msgspec.json.decode(line, type=Question))
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(msgspec.json.encode(told) + b"\n")
        answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
