"""The animatic engine: an order in, a film out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from filmgate import __version__
from filmgate.domain.errors import Unsupported
from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.request import Camera, Generation, ImageToVideo, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.actors import peopled
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.daylight import HOURS, Daylight
from filmgate.engines.animatic.kernels.noise import chance
from filmgate.engines.animatic.photo import FOCAL, PhotoFilm
from filmgate.engines.animatic.render import Drawable, render_frames
from filmgate.engines.animatic.scene import Brief, Film, Place
from filmgate.engines.animatic.stage import Lens
from filmgate.engines.animatic.storyboard import Storyboard, read_prompt, understood
from filmgate.media.images import load_image

HORIZON = {True: 0.56, False: 0.60}
"""Row of the horizon in frame heights, for wide (and square) and for tall frames."""

Report = Callable[[Progress], None]


def render(
    order: Order,
    inputs: Mapping[str, Path],
    target: Path,
    report: Report,
    *,
    workers: int = 2,
) -> Rendered:
    """Render ``order`` into ``target``; ``inputs`` maps asset digests to local files.

    Raises errors of domain.errors in words for the customer; ``target`` then does not exist.
    """
    film, told = film_of(order, inputs, report)
    tags = _tags(order, told)
    frames = render_frames(film, order.output, target, tags, report, workers=workers)
    return Rendered(frames=frames, understood=told)


def film_of(
    order: Order, inputs: Mapping[str, Path], report: Report
) -> tuple[Drawable, dict[str, str]]:
    """The order's film, ready to draw any frame, and what was read out of the prompt."""
    request, output = order.request, order.output
    report(Progress(stage="reading", percent=0.0))
    if isinstance(request, TextToVideo):
        board = read_prompt(request.prompt, request.negative_prompt)
        return _painted(board, request.camera, output, report)
    if isinstance(request, ImageToVideo) and request.image is not None:
        board = read_prompt(request.prompt, request.negative_prompt)
        move = move_of(request.camera, _camera_words(board))
        image = load_image(inputs[request.image.digest])
        report(Progress(stage="painting", percent=0.0))
        frames = round(output.duration_s * output.fps)
        film = PhotoFilm(image, output.width, output.height, move, fps=output.fps, frames=frames)
        return film, {"camera": move.described}
    raise Unsupported(f"the animatic engine does not render {request.kind.value}")


def _painted(
    board: Storyboard, camera: Camera | None, output: Output, report: Report
) -> tuple[Film, dict[str, str]]:
    report(Progress(stage="painting", percent=0.0))
    brief = brief_of(board, output)
    move = move_of(camera, _camera_words(board))
    place: Place = import_module(f"filmgate.engines.animatic.places.{board.place}")
    world = place.build(brief)
    film = Film(
        peopled(world, brief), move, fps=output.fps, frames=round(output.duration_s * output.fps)
    )
    return film, understood(board, world.shows) | {"camera": move.described}


def brief_of(board: Storyboard, output: Output) -> Brief:
    """What the place is asked to paint: the frame, the words and the light of the hour."""
    width, height = output.width, output.height
    lens = Lens(width, height, FOCAL * max(width, height), height * HORIZON[width >= height])
    light = _placed_sun(HOURS[board.time], output.seed)
    return Brief(
        lens=lens, storyboard=board, light=light, seed=output.seed, duration_s=output.duration_s
    )


def _placed_sun(light: Daylight, seed: int) -> Daylight:
    """Every seed has its sun or moon elsewhere, on either side of the middle."""
    across, up = light.sun
    side = 1 if chance(seed, 31, 5) < 0.5 else -1
    away = abs(across - 0.5) * (0.5 + 1.4 * chance(seed, 32, 5))
    return replace(light, sun=(0.5 + side * away, up * (0.8 + 0.4 * chance(seed, 33, 5))))


def _camera_words(board: Storyboard) -> tuple[tuple[str, float], ...]:
    return tuple((word.move, word.strength) for word in board.camera)


def _tags(order: Order, told: Mapping[str, str]) -> dict[str, str]:
    """What the file says about itself: a machine made it, with what, from which prompt and seed.
    The prompt itself stays out; its hash proves which one it was."""
    facts = {
        "product": f"Filmgate {__version__}",
        "engine": "animatic",
        "machine_made": True,
        "model": "animatic",
        "stand_in_for": "" if order.model == "animatic" else order.model,
        "prompt_sha256": hashlib.sha256(_prompt(order).encode()).hexdigest(),
        "seed": order.output.seed,
        "place": told.get("place", ""),
    }
    return {
        "comment": "Machine-made: rendered by Filmgate's animatic engine, not filmed.",
        "description": json.dumps(facts, separators=(",", ":")),
    }


def _prompt(order: Order) -> str:
    return order.request.prompt if isinstance(order.request, Generation) else ""
