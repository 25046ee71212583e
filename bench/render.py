"""How fast films are made, against encoding alone, ffmpeg's zoompan and MoviePy, in one run.

usage: python bench/render.py [--rounds N] [--quick]
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from moviepy import ImageClip
from numpy.typing import NDArray
from skimage import data

from filmgate.domain.order import Order
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.engine import film_of, render
from filmgate.engines.animatic.photo import PhotoFilm
from filmgate.engines.animatic.render import Drawable, render_frames
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import CRF, ENCODER_THREADS, PRESET, Picture, VideoWriter
from measure import Cost, interleaved, table

FPS, SECONDS = 24, 5
FRAMES = FPS * SECONDS
SCENES = {
    "sunset sea, boat, gulls": "a sailboat on the sea at sunset",
    "mountains, deer, eagle": "a deer and an eagle in the mountains at dawn",
    "night city, car": "a car driving through neon city streets at night",
    "abstract": "abstract geometric shapes flowing in space",
}


def photo(width: int, height: int) -> NDArray[np.uint8]:
    """A real photograph at the frame's size, so that no contender has to scale it."""
    image = data.stereo_motorcycle()[0]
    grown = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(grown)


class Kept:
    """Frames drawn before, so that encoding can be measured alone."""

    def __init__(self, film: Drawable, output: Output) -> None:
        scratch = Scratch(output.width, output.height)
        self.pictures: list[Picture] = []
        for number in range(FRAMES):
            picture = Picture.blank(output.width, output.height)
            film.draw(number, picture, scratch)
            self.pictures.append(picture)

    def encode(self, target: Path, output: Output) -> None:
        with VideoWriter(target, output.width, output.height, output.fps, {}) as writer:
            for picture in self.pictures:
                writer.write(picture)


def zoompan(image: Path, target: Path, output: Output) -> None:
    """ffmpeg's own slow zoom, with the encoder settings of ours."""
    size = f"{output.width}x{output.height}"
    zoom = f"zoompan=z='1+0.08*on/{FRAMES}':d={FRAMES}:x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)'"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(image)]
    command += ["-vf", f"{zoom}:s={size}:fps={FPS},format=yuv420p", "-frames:v", str(FRAMES)]
    command += ["-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF)]
    command += ["-threads", str(ENCODER_THREADS), "-movflags", "+faststart", str(target)]
    subprocess.run(command, check=True)


def moviepy_zoom(image: NDArray[np.uint8], target: Path, output: Output) -> None:
    clip = ImageClip(image, duration=SECONDS).resized(lambda t: 1 + 0.08 * t / SECONDS)
    clip = clip.cropped(width=output.width, height=output.height, x1=0, y1=0)
    clip.write_videofile(
        str(target), fps=FPS, codec="libx264", preset=PRESET, audio=False, logger=None,
        ffmpeg_params=["-crf", str(CRF)], threads=ENCODER_THREADS,
    )  # fmt: skip


def bench_photo(folder: Path, width: int, height: int, rounds: int) -> None:
    output = Output(width=width, height=height, fps=FPS, duration_s=SECONDS, seed=1)
    image = photo(width, height)
    picture = folder / "photo.png"
    cv2.imwrite(str(picture), image[..., ::-1])
    film = PhotoFilm(image, width, height, move_of(None, ()), fps=FPS, frames=FRAMES)
    kept = Kept(film, output)
    target = folder / "out.mp4"

    def ours(workers: int) -> Callable[[], int]:
        return lambda: render_frames(film, output, target, {}, lambda _: None, workers=workers)

    contenders: dict[str, Callable[[], object]] = {
        "encode only": lambda: kept.encode(target, output),
        "ffmpeg zoompan": lambda: zoompan(picture, target, output),
        "filmgate, 2 workers": ours(2),
        "filmgate, 1 worker": ours(1),
    }
    costs = interleaved(contenders, FRAMES, rounds)
    if height == 720:
        slow = interleaved({"MoviePy": lambda: moviepy_zoom(image, target, output)}, FRAMES, 1)
        costs |= slow
    show(f"Image-to-video, {width} x {height}, 5 s", costs)


def bench_scenes(folder: Path, rounds: int) -> None:
    output = Output(width=1280, height=720, fps=FPS, duration_s=SECONDS, seed=7)
    target = folder / "scene.mp4"
    for name, prompt in SCENES.items():
        order = Order(
            task_id="bench",
            request=TextToVideo(prompt=prompt),
            model="animatic",
            provider="local",
            output=output,
        )
        film, _ = film_of(order, {}, lambda _: None)
        kept = Kept(film, output)
        costs = interleaved(
            {
                "encode only": lambda kept=kept: kept.encode(target, output),
                "filmgate, 2 workers": lambda film=film: render_frames(
                    film, output, target, {}, lambda _: None
                ),
                "whole order with set-up": lambda order=order: render(
                    order, {}, target, lambda _: None
                ),
            },
            FRAMES,
            rounds,
        )
        show(f"Text-to-video, 1280 x 720, 5 s: {name}", costs)


def show(title: str, costs: dict[str, Cost]) -> None:
    alone = costs["encode only"]
    pan = costs.get("ffmpeg zoompan")
    rows = []
    for name, cost in costs.items():
        rows.append(
            [
                name,
                f"{cost.wall_ms:.1f}",
                f"{1e3 / cost.wall_ms:.0f}",
                f"{cost.cpu_ms:.1f}",
                f"{alone.wall_ms / cost.wall_ms:.2f}x",
                f"{pan.wall_ms / cost.wall_ms:.2f}x" if pan else "",
            ]
        )
    head = ["", "wall ms/frame", "frames/s", "CPU ms/frame", "of encode only", "of zoompan"]
    table(title, head, rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--quick", action="store_true", help="720p photo and one scene")
    chosen = options.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_photo(folder, 1280, 720, chosen.rounds)
        if not chosen.quick:
            bench_photo(folder, 1920, 1080, chosen.rounds)
        bench_scenes(folder, chosen.rounds)


if __name__ == "__main__":
    main()
