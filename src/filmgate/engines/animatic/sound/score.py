"""The film's sound: a bed for every shot, and what is heard of those who play in it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.cast_list import subject
from filmgate.engines.animatic.scene import Played
from filmgate.engines.animatic.sound.beds import BEDS, FEATURES, OTHER, WEATHER, bed
from filmgate.engines.animatic.sound.casting import (
    CALLS,
    DRONES_OF_PLACES,
    FEATURE_CALLS,
    PARTS,
    SILENT_IN,
    WEATHER_CALLS,
    Part,
)
from filmgate.engines.animatic.sound.drones import DRONES
from filmgate.engines.animatic.sound.loudness import Stereo, levelled
from filmgate.engines.animatic.sound.synth import RATE, Random, Wave, add, hump, seconds
from filmgate.engines.animatic.sound.voices import VOICES
from filmgate.engines.animatic.storyboard import Storyboard

EDGE_S = 0.03
"""The sound begins and ends, and changes at a cut, within this time: no click."""
ABOVE_BED = 2.6
"""What calls and steps is heard over a bed of unit power."""
DRONE_ABOVE_BED = 1.5
HEARD_MOST = 6
"""Of one kind; more would be a roar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is heard between two cuts."""

    board: Storyboard
    played: tuple[Played, ...]
    start_s: float
    length_s: float
    seed: int


def score(scenes: Sequence[Scene], length_s: float) -> Stereo:
    """Stereo at RATE, exactly as long as the film, deterministic by the scenes' seeds."""
    count = seconds(length_s)
    whole = np.zeros((count, 2), np.float32)
    for scene in scenes:
        sides = _sides(scene, seconds(scene.length_s + EDGE_S))
        for number, side in enumerate(sides):
            add(whole[:, number], side * _edges(len(side)), scene.start_s)
    loud = levelled(whole)
    return np.asarray(loud * _edges(count)[:, None], np.float32)


def _edges(count: int) -> Wave:
    fade = min(seconds(EDGE_S), count // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
    out = np.ones(count, np.float32)
    out[:fade], out[count - fade :] = ramp, ramp[::-1]
    return out


def _sides(scene: Scene, count: int) -> list[Wave]:
    board = scene.board
    rows = BEDS.get(board.place, OTHER) + WEATHER.get(board.weather, ())
    for feature in board.features:
        rows += FEATURES.get(feature, ())
    sides = bed(rows, _random(scene, "bed"), count)
    _add_calls(scene, sides, count)
    if board.place in DRONES_OF_PLACES:
        name, gain = DRONES_OF_PLACES[board.place]
        for number, side in enumerate(sides):
            add(side, DRONES[name](_random(scene, f"{name} {number}"), count), 0.0, gain)
    heard: dict[str, int] = {}
    for played in scene.played:
        number = heard.get(played.subject, 0)
        heard[played.subject] = number + 1
        if number < HEARD_MOST:
            _add_part(scene, played, number, sides, count)
    return sides


def _add_calls(scene: Scene, sides: list[Wave], count: int) -> None:
    board = scene.board
    calls = CALLS.get(board.place, ()) + WEATHER_CALLS.get(board.weather, ())
    for feature in board.features:
        calls += FEATURE_CALLS.get(feature, ())
    hushed = SILENT_IN.get(board.weather, frozenset[str]())
    for call in calls:
        if (call.times and board.time not in call.times) or call.voice in hushed:
            continue
        random = _random(scene, f"call {call.voice}")
        for at_s in _now_and_then(random, call.every_s, count):
            across = float(random.random())
            _lay(sides, VOICES[call.voice](random), at_s, across, call.gain * ABOVE_BED)


def _add_part(scene: Scene, played: Played, number: int, sides: list[Wave], count: int) -> None:
    who = subject(played.subject)
    part = PARTS.get(who.name, PARTS.get(who.category, Part()))
    random = _random(scene, f"{who.name} {number}")
    gain = part.gain * played.loudness
    across = min(max(0.5 + played.across, 0.0), 1.0)
    if part.drone:
        sound = DRONES[part.drone](random, count)
        sound *= DRONE_ABOVE_BED / max(float(sound.std()), 1e-6)
        if played.passes:
            # Loudest where it is nearest, in the middle of its way.
            sound *= 0.4 + 0.6 * hump(count, 0.5)
        _lay(sides, sound, 0.0, across, gain)
    gain *= ABOVE_BED
    if part.voice and part.voice not in SILENT_IN.get(scene.board.weather, ()):
        for at_s in _now_and_then(random, part.every_s, count):
            _lay(sides, VOICES[part.voice](random), at_s, across, gain)
    if part.tread:
        for at_s in played.beats_s:
            _lay(sides, VOICES[part.tread](random), at_s, across, gain * 0.8)


def _now_and_then(random: Random, every_s: float, count: int) -> list[float]:
    times: list[float] = []
    at_s = every_s * (0.15 + 0.7 * float(random.random()))
    while at_s < count / RATE:
        times.append(at_s)
        at_s += every_s * (0.6 + 0.8 * float(random.random()))
    return times


def _lay(sides: list[Wave], sound: Wave, at_s: float, across: float, gain: float) -> None:
    """Into both channels, by constant power; never all on one side."""
    angle = (0.15 + 0.7 * across) * math.pi / 2
    add(sides[0], sound, at_s, gain * math.cos(angle))
    add(sides[1], sound, at_s, gain * math.sin(angle))


def _random(scene: Scene, name: str) -> Random:
    """Every voice has its own chance, so that one more changes none of the others."""
    return np.random.Generator(np.random.PCG64([scene.seed, zlib.crc32(name.encode())]))
