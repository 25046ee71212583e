# ruff: noqa: INP001 - a script beside the pictures it makes, not a package
"""Draw the gallery: three frames of each film in prompts.toml, and the page that shows them.

usage: python docs/gallery/make.py [--only NAME ...] [--seed N] [--into FOLDER]

A frame is drawn exactly as a film's frame is, and saved before the video encoder sees it.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.order import Order
from filmgate.domain.request import Ratio, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.engine import film_of
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture

HERE = Path(__file__).resolve().parent
MODEL = "animatic"
MOMENTS_S = (0.5, 2.5, 4.5)
STRIP_HEIGHT_PX = 225
GAP_PX = 6
STRIP_QUALITY, SINGLE_QUALITY = 74, 82
SINGLE_WIDTH_PX = 640


@dataclass(frozen=True, slots=True)
class Entry:
    """One film of prompts.toml."""

    name: str
    prompt: str
    seed: int
    ratio: Ratio = Ratio.WIDE
    single_s: float | None = None
    """The moment that is also saved alone, for the README; None for most films."""
    caption: str = ""


def entries() -> list[Entry]:
    films = tomllib.loads((HERE / "prompts.toml").read_text("utf-8"))["film"]
    return [Entry(**film | {"ratio": Ratio(film.get("ratio", "16:9"))}) for film in films]


def frames(entry: Entry, moments_s: tuple[float, ...]) -> list[NDArray[np.uint8]]:
    """RGB pictures of the film at these moments."""
    request = TextToVideo(prompt=entry.prompt, ratio=entry.ratio)
    output = settle(load_catalogue().find(MODEL), request, seed=entry.seed)
    order = Order(task_id=entry.name, request=request, model=MODEL, provider="local", output=output)
    film, told = film_of(order, {}, lambda _: None)
    understood = "; ".join(f"{word} {said}" for word, said in told.items())
    sys.stderr.write(f"{entry.name}: {understood}\n")
    scratch = Scratch(output.width, output.height)
    pictures = []
    for moment_s in moments_s:
        picture = Picture.blank(output.width, output.height)
        film.draw(round(moment_s * output.fps), picture, scratch)
        pictures.append(_rgb(picture, output))
    return pictures


def _rgb(picture: Picture, output: Output) -> NDArray[np.uint8]:
    seen = picture.frame.reformat(
        output.width,
        output.height,
        "rgb24",
        src_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.BICUBIC,
    )
    return np.asarray(seen.to_ndarray(), np.uint8)


def strip(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The pictures side by side, with white between them."""
    small = [_scaled(picture, STRIP_HEIGHT_PX / picture.shape[0]) for picture in pictures]
    gap = np.full((STRIP_HEIGHT_PX, GAP_PX, 3), 255, np.uint8)
    parts = [part for picture in small for part in (picture, gap)]
    return np.hstack(parts[:-1])


def _scaled(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _save(picture: NDArray[np.uint8], file: Path, quality: int) -> None:
    Image.fromarray(picture).save(file, quality=quality, optimize=True, progressive=True)
    sys.stderr.write(f"  {file.name}: {file.stat().st_size / 1000:.0f} kB\n")


def draw(entry: Entry, folder: Path) -> None:
    single = () if entry.single_s is None else (entry.single_s,)
    pictures = frames(entry, (*MOMENTS_S, *single))
    _save(strip(pictures[: len(MOMENTS_S)]), folder / f"{entry.name}.jpg", STRIP_QUALITY)
    if single:
        alone = _scaled(pictures[-1], SINGLE_WIDTH_PX / pictures[-1].shape[1])
        _save(alone, folder / f"{entry.name}-frame.jpg", SINGLE_QUALITY)


def draw_stills(entry: Entry, moments_s: tuple[float, ...], folder: Path) -> None:
    """The film at these moments, each in a file of its own."""
    for number, picture in enumerate(frames(entry, moments_s), 1):
        small = _scaled(picture, SINGLE_WIDTH_PX / picture.shape[1])
        _save(small, folder / f"{entry.name}-{number}.jpg", SINGLE_QUALITY)


def page(films: list[Entry]) -> str:
    moments = " s, ".join(f"{moment:g}" for moment in MOMENTS_S)
    lines = [
        "# Gallery",
        "",
        "<!-- Written by docs/gallery/make.py. Don't edit. -->",
        "",
        f"Frames at {moments} s of five-second films at 1280 x 720, made from the words and the",
        "seed beside them by the animatic engine on two CPU cores. The same words and the same",
        "seed give the same film again.",
        "",
    ]
    for entry in films:
        lines += [f"**{entry.prompt}** (seed {entry.seed})", ""]
        lines += [f"![Three frames: {entry.prompt}]({entry.name}.jpg)", ""]
    return "\n".join(lines[:-1]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these films alone")
    parser.add_argument("--seed", type=int, help="another seed than prompts.toml's, to compare")
    parser.add_argument("--into", type=Path, default=HERE, help="where the pictures go")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    films = entries()
    for entry in films:
        if not asked.only or entry.name in asked.only:
            seed = entry.seed if asked.seed is None else asked.seed
            draw(Entry(entry.name, entry.prompt, seed, entry.ratio, entry.single_s), asked.into)
    if asked.into == HERE:
        (HERE / "README.md").write_text(page(films), encoding="utf-8")


if __name__ == "__main__":
    main()
