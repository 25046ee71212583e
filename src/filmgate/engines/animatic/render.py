"""Frames side by side on two cores, into the encoder in order."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import cv2

from filmgate.domain.order import Progress
from filmgate.domain.task import Output
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture, Sound, VideoWriter

REPORT_EVERY_S = 0.1


class Drawable(Protocol):
    """Anything that can draw any of its frames, in any order and in any thread."""

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None: ...


def render_frames(
    film: Drawable,
    output: Output,
    target: Path,
    tags: Mapping[str, str],
    report: Callable[[Progress], None],
    *,
    workers: int = 2,
    sound: Sound | None = None,
) -> int:
    """Draw, encode and write the film; returns its number of frames.

    Whole frames are drawn in threads and collected in order, so the number of workers changes
    nothing in the picture. At most ``workers + 2`` frames are in memory at once.
    """
    # OpenCV's own threads would fight with ours, and kernels must not split a frame.
    cv2.setNumThreads(1)
    frames = round(output.duration_s * output.fps)
    spare: queue.SimpleQueue[Scratch] = queue.SimpleQueue()
    for _ in range(workers):
        spare.put(Scratch(output.width, output.height))

    def draw(number: int) -> Picture:
        scratch = spare.get()
        try:
            picture = Picture.blank(output.width, output.height)
            film.draw(number, picture, scratch)
            return picture
        finally:
            spare.put(scratch)

    meter = _Meter(frames, report)
    pending: deque[Future[Picture]] = deque()
    with (
        VideoWriter(target, output.width, output.height, output.fps, tags, sound=sound) as writer,
        ThreadPoolExecutor(workers, "draw") as pool,
    ):
        try:
            for number in range(frames):
                pending.append(pool.submit(draw, number))
                if len(pending) > workers + 1:
                    writer.write(pending.popleft().result())
                    meter.tick()
            while pending:
                writer.write(pending.popleft().result())
                meter.tick()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        meter.finishing()
    return frames


class _Meter:
    """Turns frames done into progress, a few times a second."""

    def __init__(self, frames: int, report: Callable[[Progress], None]) -> None:
        self._frames, self._report = frames, report
        self._done = 0
        self._began = self._last = time.monotonic()

    def tick(self) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._last < REPORT_EVERY_S:
            return
        self._last = now
        pace = self._done / (now - self._began)
        self._report(
            Progress(
                stage="rendering",
                percent=100 * self._done / self._frames,
                frames_per_second=pace,
                eta_s=(self._frames - self._done) / pace,
            )
        )

    def finishing(self) -> None:
        self._report(Progress(stage="finishing", percent=100.0))
