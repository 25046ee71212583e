"""An engine without pictures: takes the time the prompt says, or fails the way the prompt says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from filmgate.domain.errors import BadInput
from filmgate.domain.order import Order, Progress, Rendered

FRAMES = 10


def render(
    order: Order, inputs: Mapping[str, Path], target: Path, report: Callable[[Progress], None]
) -> Rendered:
    """The prompt: `slow SECONDS`, `stubborn SECONDS`, a mishap's name, or any for a quick film."""
    word, _, number = getattr(order.request, "prompt", "").partition(" ")
    match word:
        case "refuse":
            raise BadInput("the picture is upside down")
        case "boom":
            raise ValueError("a defect")
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "vanish":
            os._exit(3)
        case "lazy":
            return Rendered(frames=0)
        case "trash":
            target.write_bytes(b"no film at all")
            return Rendered(frames=1)
        case _:
            if word == "stubborn":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            pause_s = float(number) / FRAMES if word in {"slow", "stubborn"} else 0.0
            _write(order, target, report, pause_s)
    return Rendered(frames=FRAMES, understood={"place": "lake"})


def _write(order: Order, target: Path, report: Callable[[Progress], None], pause_s: float) -> None:
    with target.open("wb") as film:
        for frame in range(FRAMES):
            film.write(b"film of seed %d\n" % order.output.seed)
            film.flush()
            report(Progress(stage="rendering", percent=100 * (frame + 1) / FRAMES))
            time.sleep(pause_s)
