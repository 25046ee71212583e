"""Things that are heard all the while: engines, rotors, fire, buzzing, and a chord for pictures of
nothing in particular."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from filmgate.engines.animatic.sound.synth import RATE, Curve, Random, Wave, add, knock, noise, tide

Drone = Callable[[Random, int], Wave]


def _motor(hertz: float, curve: Curve, *, beat_hz: float = 0.0, harmonics: int = 8) -> Drone:
    """Pulses at ``hertz`` that never quite keep time, and what they stir up."""

    def make(random: Random, count: int) -> Wave:
        pitch = hertz * (0.94 + 0.12 * tide(random, count, 1.7, 1.0).astype(float))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        total = np.zeros(count)
        for number in range(1, harmonics + 1):
            total += np.sin(number * phase) / number**0.8
        air = noise(random, count, curve).astype(float)
        sound = total * 0.2 + air * 0.22
        if beat_hz:
            turn = 2 * np.pi * beat_hz * np.arange(count) / RATE
            sound *= 0.35 + 0.65 * np.clip(np.sin(turn), 0, 1) ** 2
        return sound.astype(np.float32)

    return make


def fire(random: Random, count: int) -> Wave:
    out = noise(random, count, ((60, -12), (150, 0), (500, -10), (3000, -24))) * tide(
        random, count, 0.6, 0.7
    )
    for _ in range(int(count / RATE * 14)):
        crack = knock(random, ((1200, -10), (3500, 0), (9000, -8)), 0.03, 0.004)
        add(out, crack, random.random() * count / RATE, 0.9 * random.random() ** 2)
    return out


def water(random: Random, count: int) -> Wave:
    curve: Curve = ((250, -24), (700, -4), (1600, 0), (4000, -6), (10000, -22))
    return noise(random, count, curve) * tide(random, count, 0.8, 0.4)


def buzz(random: Random, count: int) -> Wave:
    pitch = 210 * (0.9 + 0.2 * tide(random, count, 0.5, 1.0).astype(float))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    total = sum((np.sin(k * phase) / k for k in range(1, 6)), np.zeros(count))
    return (total * 0.3).astype(np.float32) * tide(random, count, 0.7, 0.6)


def chord(random: Random, count: int) -> Wave:
    """Five soft tones that breathe, each for itself."""
    root = 110.0
    at = np.arange(count) / RATE
    total = np.zeros(count)
    for ratio in (1.0, 1.5, 2.0, 2.5, 3.0):
        for detune in (0.997, 1.003):
            wave = np.sin(2 * np.pi * root * ratio * detune * at + 6.28 * random.random())
            total += wave * tide(random, count, 3.5, 0.7) / ratio
    return (total * 0.22).astype(np.float32)


DRONES: dict[str, Drone] = {
    "car": _motor(62, ((80, -6), (300, 0), (1200, -8), (4000, -24))),
    "truck": _motor(38, ((50, -4), (160, 0), (700, -10), (3000, -28))),
    "motorcycle": _motor(84, ((100, -8), (400, 0), (1500, -10), (5000, -24)), harmonics=12),
    "train": _motor(31, ((40, -4), (140, 0), (900, -8), (4000, -18)), beat_hz=3.4),
    "boat": _motor(44, ((60, -4), (200, 0), (800, -12), (3000, -26))),
    "helicopter": _motor(46, ((60, 0), (200, -4), (900, -12), (4000, -24)), beat_hz=11.0),
    "jet": _motor(118, ((80, -8), (300, 0), (1500, -4), (6000, -14), (14000, -30)), harmonics=3),
    "rocket": _motor(24, ((25, -2), (70, 0), (400, -4), (2500, -10), (9000, -24)), harmonics=4),
    "ufo": _motor(92, ((90, -14), (200, -10), (900, -34)), beat_hz=5.0, harmonics=3),
    "fire": fire,
    "water": water,
    "buzz": buzz,
    "chord": chord,
}
