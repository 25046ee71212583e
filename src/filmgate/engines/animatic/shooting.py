"""From a script to a film: each shot is painted, peopled, filmed and developed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module

import cv2

from filmgate.domain.request import Camera, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.actors import peopled
from filmgate.engines.animatic.camera import Move, move_of
from filmgate.engines.animatic.cast import colour_words
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.daylight import HOURS, Daylight
from filmgate.engines.animatic.develop import developed
from filmgate.engines.animatic.focus import focused
from filmgate.engines.animatic.kernels.noise import chance
from filmgate.engines.animatic.looks import LOOKS, look_of
from filmgate.engines.animatic.photo import FOCAL
from filmgate.engines.animatic.puppets.troupe import in_pairs
from filmgate.engines.animatic.render import Drawable
from filmgate.engines.animatic.scene import Brief, Film, Place, World
from filmgate.engines.animatic.script import Shot
from filmgate.engines.animatic.sound.score import Scene
from filmgate.engines.animatic.stage import Lens, Scratch
from filmgate.engines.animatic.storyboard import (
    FRAMINGS,
    PACES,
    Storyboard,
    understood,
)
from filmgate.media.encode import Picture

HORIZON = {True: 0.56, False: 0.60}
"""Row of the horizon in frame heights, for wide (and square) and for tall frames."""
USUAL_FREEDOM = 0.5
"""The creativity of a request that doesn't say."""
PASSES = {"dawn": ("dusk", "dawn"), "sunset": ("golden hour", "dusk")}
"""From which hour to which a time-lapse goes."""
PAINTED = LOOKS.keys() | FRAMINGS | PACES.keys()
"""Style words that show in every place."""


class Passing:
    """One hour that turns into another over the film, as in a time-lapse of the sun."""

    def __init__(self, before: Drawable, after: Drawable, frames: int) -> None:
        self._before, self._after, self._frames = before, after, frames

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        progress = min(max((number / max(self._frames - 1, 1) - 0.08) / 0.84, 0.0), 1.0)
        share = progress * progress * (3 - 2 * progress)
        if share < 1:
            self._before.draw(number, picture, scratch)
        if share == 0:
            return
        planes = [plane.copy() for plane in (picture.y, picture.u, picture.v)]
        self._after.draw(number, picture, scratch)
        for plane, old in zip((picture.y, picture.u, picture.v), planes, strict=True):
            cv2.addWeighted(plane, share, old, 1 - share, 0, dst=plane)


class Sequel:
    """Shots one after the other, cut hard."""

    def __init__(self, shots: Sequence[Shot], films: Sequence[Drawable]) -> None:
        self._shots, self._films = shots, films

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        for shot, film in zip(self._shots, self._films, strict=True):
            if number < shot.first + shot.frames:
                film.draw(number - shot.first, picture, scratch)
                return


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """All that there is to a film before its first frame is drawn."""

    film: Drawable
    told: dict[str, str]
    """What was read out of the prompt."""
    scenes: tuple[Scene, ...]
    """What is to be heard."""


def produced(shots: Sequence[Shot], request: TextToVideo, output: Output) -> Production:
    """Every shot painted, and all of them put together."""
    takes = [_shot(shot, request, output) for shot in shots]
    if len(takes) == 1:
        return takes[0]
    return Production(
        film=Sequel(shots, [take.film for take in takes]),
        told=_told([take.told for take in takes]),
        scenes=tuple(scene for take in takes for scene in take.scenes),
    )


def _shot(shot: Shot, request: TextToVideo, output: Output) -> Production:
    board = shot.board
    own = replace(output, seed=shot.seed, duration_s=shot.frames / output.fps)
    brief = brief_of(board, own, creativity=request.creativity)
    move = move_for(board, request.camera, freedom=brief.freedom)
    hours = PASSES.get(board.time) if "time-lapse" in board.style else None
    worlds = in_pairs(
        lambda hour: _world(board, hour, own, request.creativity),
        list(hours or (board.time,)),
    )
    world = worlds[0]
    films: list[Drawable] = [
        Film(each, move, fps=output.fps, frames=shot.frames, pace=board.pace) for each in worlds
    ]
    film = films[0] if hours is None else Passing(films[0], films[1], shot.frames)
    look = look_of((s for s in board.style if s not in world.shows), palette_of(board))
    told = understood(board, world.shows | PAINTED) | {"camera": move.described}
    if hours is not None:
        told["time"] = f"{board.time}, from {hours[0]} to {hours[1]}"
    scene = Scene(
        board=board,
        played=world.played,
        start_s=shot.first / output.fps,
        length_s=own.duration_s,
        seed=shot.seed,
    )
    film = developed(film, look, output.width, output.height, shot.seed)
    return Production(film=film, told=told, scenes=(scene,))


def _world(board: Storyboard, hour: str, output: Output, creativity: float | None) -> World:
    """The place at an hour with everybody in it. The sun or moon stands where it does at the
    prompt's own hour, higher or lower, so that the composition stays."""
    here = brief_of(board, output, creativity=creativity)
    then = brief_of(replace(board, time=hour), output, creativity=creativity)
    sun = (here.light.sun[0], then.light.sun[1])
    brief = replace(then, light=replace(then.light, sun=sun))
    place: Place = import_module(f"filmgate.engines.animatic.places.{board.place}")
    return focused(peopled(place.build(brief), brief), brief)


def move_for(board: Storyboard, camera: Camera | None, *, freedom: float) -> Move:
    """The camera's move; the freer, the more it does of itself when nobody says anything."""
    words = camera_words(board)
    move = move_of(camera, words)
    if camera is not None or words:
        return move
    return replace(move, end=move.end.times(0.4 + 0.6 * freedom))


def camera_words(board: Storyboard) -> tuple[tuple[str, float], ...]:
    return tuple((word.move, word.strength) for word in board.camera)


def palette_of(board: Storyboard) -> list[Colour]:
    named = colour_words()
    return [(r * 255, g * 255, b * 255) for r, g, b in (named[name] for name in board.palette)]


def brief_of(board: Storyboard, output: Output, *, creativity: float | None = None) -> Brief:
    """What the place is asked to paint: the frame, the words and the light of the hour."""
    width, height = output.width, output.height
    freedom = (USUAL_FREEDOM if creativity is None else creativity) / USUAL_FREEDOM
    lift = (chance(output.seed, 34, 5) - 0.5) * 0.16 * max(0.0, freedom - 1)
    horizon = height * (HORIZON[width >= height] + lift)
    lens = Lens(width, height, FOCAL * max(width, height), horizon)
    light = _placed_sun(HOURS[board.time], output.seed, freedom)
    if "silhouette" in board.style:
        light = against(light)
    return Brief(
        lens=lens,
        storyboard=board,
        light=light,
        seed=output.seed,
        duration_s=output.duration_s * board.pace,
        freedom=freedom,
    )


def against(light: Daylight) -> Daylight:
    """The same hour seen against the light: what stands in it goes dark."""
    red, green, blue = light.ambient
    return replace(light, backlight=1.0, ambient=(red * 0.55, green * 0.55, blue * 0.6))


def _placed_sun(light: Daylight, seed: int, freedom: float) -> Daylight:
    """Every seed has its sun or moon elsewhere, on either side of the middle; the freer, the
    farther from it."""
    across, up = light.sun
    side = 1 if chance(seed, 31, 5) < 0.5 else -1
    away = abs(across - 0.5) * (0.5 + 1.4 * chance(seed, 32, 5)) * (0.4 + 0.6 * freedom)
    around = 0.4 * (chance(seed, 33, 5) - 0.5) * freedom
    return replace(light, sun=(0.5 + side * min(away, 0.46), up * (1 + around)))


def _told(shots: Sequence[dict[str, str]]) -> dict[str, str]:
    """What is the same in every shot is told once; the rest as "1: ...; 2: ..."."""
    parts = list(dict.fromkeys(part for told in shots for part in told))
    whole = {"shots": str(len(shots))}
    for part in parts:
        said = [told.get(part, "") for told in shots]
        if len(set(said)) == 1:
            whole[part] = said[0]
        else:
            whole[part] = "; ".join(f"{at}: {words}" for at, words in enumerate(said, 1) if words)
    return whole
