"""Sound out of numbers: shaped noise, slow tides, tones and knocks. Mono arrays at RATE in about
-1..1, float32; everything is drawn from the generator that is handed in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Wave = NDArray[np.float32]
Random = np.random.Generator
Curve = Sequence[tuple[float, float]]
"""(frequency in Hz, gain in dB), rising; between them a straight line over the octaves."""


def seconds(length_s: float) -> int:
    return round(length_s * RATE)


def noise(random: Random, count: int, curve: Curve) -> Wave:
    """Noise with the spectrum of ``curve`` and unit power."""
    # A length that factors well: the transform of a prime would take seconds.
    whole = -(-count // 4096) * 4096
    spectrum = np.fft.rfft(random.standard_normal(whole, np.float32))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(whole, 1 / RATE), 1.0))
    places = [np.log2(hertz) for hertz, _ in curve]
    decibels = np.interp(octaves, places, [gain for _, gain in curve], left=-80, right=-80)
    shaped = np.fft.irfft(spectrum * 10 ** (decibels / 20), whole)
    return (shaped[:count] / max(float(shaped.std()), 1e-9)).astype(np.float32)


def tide(random: Random, count: int, period_s: float, depth: float) -> Wave:
    """A slow wandering between 1 - depth and 1, one turn in about ``period_s``."""
    steps = max(4, int(count / RATE / period_s * 2) + 4)
    heights = random.random(steps)
    at = np.arange(count) / (period_s / 2 * RATE) + random.random()
    left = np.minimum(at.astype(int), steps - 2)
    part = at - left
    soft = part * part * (3 - 2 * part)
    wandering = heights[left] + (heights[left + 1] - heights[left]) * soft
    return np.asarray(1 - depth + depth * wandering, np.float32)


def swells(random: Random, count: int, period_s: float) -> Wave:
    """Breaking waves: each rises slowly, breaks and runs out; 0..1."""
    out = np.zeros(count, np.float32)
    at = -period_s * random.random()
    while at * RATE < count:
        length = period_s * (1.1 + 0.5 * random.random())
        u = np.arange(seconds(length)) / seconds(length)
        wave = np.where(u < 0.38, (u / 0.38) ** 2.2, np.exp(-(u - 0.38) * 4.4)) * np.minimum(
            1, (1 - u) * 6
        )
        add(out, (wave * (0.6 + 0.4 * random.random())).astype(np.float32), at)
        at += period_s * (0.75 + 0.5 * random.random())
    return out


def add(out: Wave, part: Wave, at_s: float, gain: float = 1.0) -> None:
    """Mix ``part`` in, from ``at_s`` on; what falls outside is dropped."""
    start = seconds(at_s)
    first, last = max(start, 0), min(start + len(part), len(out))
    if first < last:
        out[first:last] += part[first - start : last - start] * np.float32(gain)


def gliding(hertz: Sequence[float], length_s: float, overtones: Sequence[float] = (1.0,)) -> Wave:
    """A tone whose pitch goes through ``hertz`` at even times; ``overtones`` are the strengths of
    the first, second, ... harmonic."""
    count = seconds(length_s)
    pitch = np.interp(np.linspace(0, len(hertz) - 1, count), np.arange(len(hertz)), hertz)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    total = np.zeros(count)
    for number, strength in enumerate(overtones, 1):
        total += strength * np.sin(number * phase)
    return (total / sum(overtones)).astype(np.float32)


def hump(count: int, rise: float = 0.3) -> Wave:
    """An envelope from 0 over 1 to 0, its top at ``rise`` of its length."""
    at = np.linspace(0, 1, count)
    up = np.clip(at / rise, 0, 1)
    down = np.clip((1 - at) / (1 - rise), 0, 1)
    return np.asarray(np.sin(up * np.pi / 2) ** 2 * np.sin(down * np.pi / 2) ** 2, np.float32)


def fading(count: int, half_life_s: float, attack_s: float = 0.002) -> Wave:
    """A knock's envelope: at once there, gone by halves."""
    at = np.arange(count) / RATE
    end = np.clip((count / RATE - at) / 0.01, 0, 1)
    return (np.minimum(at / attack_s, 1) * 0.5 ** (at / half_life_s) * end).astype(np.float32)


def knock(random: Random, curve: Curve, length_s: float, half_life_s: float) -> Wave:
    """A short burst of shaped noise."""
    count = seconds(length_s)
    return noise(random, count, curve) * fading(count, half_life_s)
