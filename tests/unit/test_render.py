"""Frames from several threads: in order, few at a time, and nothing left behind by a failure."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from filmgate.domain.order import Progress
from filmgate.domain.task import Output
from filmgate.engines.animatic import render
from filmgate.engines.animatic.render import render_frames
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture
from filmgate.media.probe import read_frames

OUTPUT = Output(width=64, height=64, fps=20, duration_s=2.0, seed=1)
FRAMES = 40


class Counting:
    """Each frame is as bright as its number; later ones may be ready first."""

    def __init__(self, *, fail_at: int | None = None) -> None:
        self._fail_at = fail_at
        self._lock = threading.Lock()
        self.begun = 0
        self.at_once = self.most_at_once = 0
        self.rooms: dict[int, int] = {}

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        with self._lock:
            self.begun += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            assert id(scratch) not in self.rooms, "two frames in one work space"
            self.rooms[id(scratch)] = number
        time.sleep(0.004 if number % 3 == 0 else 0.0005)
        if number == self._fail_at:
            raise ZeroDivisionError
        picture.y.fill(20 + 5 * number)
        with self._lock:
            self.at_once -= 1
            del self.rooms[id(scratch)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_frames_come_in_order(workers: int, tmp_path: Path) -> None:
    film, target = Counting(), tmp_path / "film.mp4"
    frames = render_frames(film, OUTPUT, target, {}, lambda _: None, workers=workers)
    brightness = [float(frame.mean()) for frame in read_frames(target)]
    assert frames == len(brightness) == FRAMES
    assert brightness == sorted(brightness)
    assert len(set(brightness)) == FRAMES
    assert film.most_at_once <= workers


def test_drawing_does_not_run_ahead_of_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a long film would be held in memory as a whole."""
    film, ahead = Counting(), []

    class SlowWriter(render.VideoWriter):
        written = 0

        def write(self, picture: Picture) -> None:
            time.sleep(0.003)
            ahead.append(film.begun - self.written)
            self.written += 1
            super().write(picture)

    monkeypatch.setattr(render, "VideoWriter", SlowWriter)
    render_frames(film, OUTPUT, tmp_path / "film.mp4", {}, lambda _: None, workers=2)
    assert len(ahead) == FRAMES
    assert max(ahead) <= 4


def test_failure_in_a_thread_ends_the_render_and_leaves_no_file(tmp_path: Path) -> None:
    film = Counting(fail_at=7)
    with pytest.raises(ZeroDivisionError):
        render_frames(film, OUTPUT, tmp_path / "film.mp4", {}, lambda _: None)
    assert film.begun < 15
    assert list(tmp_path.iterdir()) == []


def test_progress_is_work_done_and_never_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "REPORT_EVERY_S", 0.0)
    told: list[Progress] = []
    render_frames(Counting(), OUTPUT, tmp_path / "film.mp4", {}, told.append)
    percents = [progress.percent for progress in told]
    assert percents == sorted(percents)
    assert percents[0] == pytest.approx(100 / FRAMES)
    assert [progress.stage for progress in told] == ["rendering"] * FRAMES + ["finishing"]
    last = told[-2]
    assert (last.percent, last.eta_s) == (100.0, 0.0)
    assert last.frames_per_second is not None
    assert last.frames_per_second > 0
