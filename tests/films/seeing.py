"""What the tests look at films with: decoded frames, tracked points, fitted moves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.domain.order import Order, Rendered
from filmgate.domain.request import Asset, Camera, ImageToVideo, Request, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic import places
from filmgate.engines.animatic.engine import film_of, render
from filmgate.engines.animatic.render import Drawable, render_frames
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture
from filmgate.media.probe import read_frames

Frame = NDArray[np.uint8]
Mask = NDArray[np.bool_]
PLACES = sorted(module.name for module in iter_modules(places.__path__))
"""Every place that can be painted: a new file is tested without being listed here."""
EVERY_PLACE = "FILMGATE_EVERY_PLACE"


def some_places(turn: int) -> list[str]:
    """A third of the places, another one at each turn, so that the promises of a file visit all
    of them between them; ``make soak`` asks every promise of every place."""
    return PLACES if os.environ.get(EVERY_PLACE) else PLACES[turn % 3 :: 3]


def order_of(request: Request, output: Output) -> Order:
    return Order(task_id="film", request=request, model="animatic", provider="local", output=output)


def text_film(
    target: Path, prompt: str, output: Output, *, camera: Camera | None = None, workers: int = 2
) -> Rendered:
    """A film from words, the way the render process makes it."""
    order = order_of(TextToVideo(prompt=prompt, camera=camera), output)
    return render(order, {}, target, lambda _: None, workers=workers)


def photo_film(
    target: Path, image: Path, output: Output, *, prompt: str = "", workers: int = 2
) -> Rendered:
    """A film from a picture, the way the render process makes it."""
    data = image.read_bytes()
    asset = Asset(hashlib.sha256(data).hexdigest(), "image/png", len(data), image.name)
    order = order_of(ImageToVideo(image=asset, prompt=prompt), output)
    return render(order, {asset.digest: image}, target, lambda _: None, workers=workers)


@dataclass(frozen=True, slots=True)
class Still:
    """One frame as it was drawn, before any encoder touched it."""

    y: Frame
    u: Frame
    v: Frame
    rgb: Frame


def still(film: Drawable, output: Output, number: int = 0, *, over: int = 0) -> Still:
    """``over`` is what the frame holds before anything is painted."""
    picture = Picture.blank(output.width, output.height)
    for plane in (picture.y, picture.u, picture.v):
        plane.fill(over)
    film.draw(number, picture, Scratch(output.width, output.height))
    rgb = np.asarray(picture.frame.to_ndarray(format="rgb24"), np.uint8)
    return Still(picture.y.copy(), picture.u.copy(), picture.v.copy(), rgb)


@cache
def painted(prompt: str, output: Output, *, negative: str = "", number: int = 0) -> Still:
    request = TextToVideo(prompt=prompt, negative_prompt=negative)
    film, _ = film_of(order_of(request, output), {}, lambda _: None)
    return still(film, output, number)


def changed(one: Still, other: Still) -> Mask:
    """Where the two differ at all, in any plane."""
    mask = one.y != other.y
    for here, there in ((one.u, other.u), (one.v, other.v)):
        mask |= np.kron(here != there, np.ones((2, 2), bool))
    return np.asarray(mask)


@dataclass(frozen=True, slots=True)
class Region:
    """A connected piece of a mask: its box in pixels, the far edges excluded."""

    left: int
    top: int
    right: int
    bottom: int


def regions(mask: Mask, *, gap: int) -> list[Region]:
    """Connected pieces; what lies at most ``gap`` pixels apart counts as connected."""
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((gap | 1, gap | 1)))
    count, labels = cv2.connectedComponents(grown)
    found = []
    for label in range(1, count):
        rows, columns = np.nonzero(mask & (labels == label))
        found.append(Region(*map(int, (columns.min(), rows.min(), columns.max(), rows.max()))))
    return found


def fingerprint(frames: Iterable[Frame]) -> str:
    """Equal only where every pixel of every frame is."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(repr(frame.shape).encode() + frame.tobytes())
    return digest.hexdigest()


def small_output(
    width: int = 960, height: int = 540, *, fps: int = 8, duration_s: float = 1.0, seed: int = 7
) -> Output:
    return Output(width=width, height=height, fps=fps, duration_s=duration_s, seed=seed)


def decoded(
    folder: Path, make: Callable[[int], Drawable], output: Output, *, workers: int = 2
) -> list[Frame]:
    """Render, encode and decode again: what a viewer gets. ``make`` takes the number of frames."""
    target = folder / "film.mp4"
    frames = round(output.fps * output.duration_s)
    render_frames(make(frames), output, target, {}, lambda _: None, workers=workers)
    return list(read_frames(target))


def tracked(first: Frame, last: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of the first frame and where they are in the last, (n, 2) each; only those that are
    found again on the way back."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (first, last)]
    points = cv2.goodFeaturesToTrack(grey[0], 600, 0.01, 9)
    settings = {"winSize": (31, 31), "maxLevel": 5}
    there, found, _ = cv2.calcOpticalFlowPyrLK(grey[0], grey[1], points, None, **settings)
    back, again, _ = cv2.calcOpticalFlowPyrLK(grey[1], grey[0], there, None, **settings)
    good = (found & again).ravel().astype(bool)
    good &= np.linalg.norm((back - points).reshape(-1, 2), axis=1) < 0.5
    return points.reshape(-1, 2)[good].astype(float), there.reshape(-1, 2)[good].astype(float)


def similarity(first: Frame, last: Frame) -> tuple[float, float, float, float]:
    """The whole picture's move: right and down in pixels at the middle, growth, and turn clockwise
    in degrees."""
    here, there = tracked(first, last)
    matrix, _ = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=4.0)
    middle = np.array([first.shape[1] / 2, first.shape[0] / 2])
    shift = matrix[:, :2] @ middle + matrix[:, 2] - middle
    growth = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    turn = float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    return float(shift[0]), float(shift[1]), growth, turn


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    error = np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def motion(one: Frame, other: Frame) -> NDArray[np.float32]:
    """Optical flow at half size, (h, w, 2) in pixels of the half-size frame."""
    grey = [
        cv2.cvtColor(cv2.resize(f, None, fx=0.5, fy=0.5), cv2.COLOR_RGB2GRAY) for f in (one, other)
    ]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return np.asarray(flow.calc(grey[0], grey[1], None), np.float32)
