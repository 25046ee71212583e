"""The animatic engine: an order in, a film out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from filmgate import __version__
from filmgate.domain.errors import Unsupported
from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.request import Generation, ImageToVideo, TextToVideo
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.develop import developed
from filmgate.engines.animatic.looks import look_of
from filmgate.engines.animatic.photo import PhotoFilm
from filmgate.engines.animatic.render import Drawable, render_frames
from filmgate.engines.animatic.script import frames_of, script_of
from filmgate.engines.animatic.shooting import Production, camera_words, produced
from filmgate.engines.animatic.sound.score import Scene, score
from filmgate.engines.animatic.storyboard import read_prompt
from filmgate.media.images import load_image

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
    made = production_of(order, inputs, report)
    tags = _tags(order, made.told)
    sound = score(made.scenes, order.output.duration_s) if order.output.sound else None
    frames = render_frames(
        made.film, order.output, target, tags, report, workers=workers, sound=sound
    )
    return Rendered(frames=frames, understood=made.told)


def film_of(
    order: Order, inputs: Mapping[str, Path], report: Report
) -> tuple[Drawable, dict[str, str]]:
    """The order's film, ready to draw any frame, and what was read out of the prompt."""
    made = production_of(order, inputs, report)
    return made.film, made.told


def production_of(order: Order, inputs: Mapping[str, Path], report: Report) -> Production:
    """The order's film and sound before anything is drawn. Raises Unsupported and BadInput."""
    request, output = order.request, order.output
    report(Progress(stage="reading", percent=0.0))
    if isinstance(request, TextToVideo):
        shots = script_of(request, output)
        report(Progress(stage="painting", percent=0.0))
        return produced(shots, request, output)
    if isinstance(request, ImageToVideo) and request.image is not None:
        board = read_prompt(request.prompt, request.negative_prompt)
        move = move_of(request.camera, camera_words(board))
        image = load_image(inputs[request.image.digest])
        report(Progress(stage="painting", percent=0.0))
        film = PhotoFilm(
            image, output.width, output.height, move, fps=output.fps, frames=frames_of(output)
        )
        scene = Scene(
            board=board, played=(), start_s=0.0, length_s=output.duration_s, seed=output.seed
        )
        look = look_of(board.style)
        return Production(
            film=developed(film, look, output.width, output.height, output.seed),
            told={"camera": move.described},
            scenes=(scene,),
        )
    raise Unsupported(f"the animatic engine does not render {request.kind.value}")


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
