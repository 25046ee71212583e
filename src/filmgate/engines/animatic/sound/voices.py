"""Things that are heard: each makes one short sound, drawn anew every time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from filmgate.engines.animatic.sound.synth import (
    RATE,
    Random,
    Wave,
    add,
    fading,
    gliding,
    hump,
    knock,
    noise,
    seconds,
)

Voice = Callable[[Random], Wave]


def chirp(random: Random) -> Wave:
    """A songbird: a few quick whistles."""
    out = np.zeros(seconds(0.9), np.float32)
    base = 2600 + 2200 * random.random()
    at = 0.0
    for _ in range(int(random.integers(2, 6))):
        length = 0.05 + 0.09 * random.random()
        turns = [base * (0.85 + 0.4 * random.random()) for _ in range(3)]
        note = gliding(turns, length, (1.0, 0.12))
        add(out, note * hump(len(note), 0.4), at, 0.5)
        at += length + 0.02 + 0.07 * random.random()
    return out


def gull(random: Random) -> Wave:
    out = np.zeros(seconds(1.6), np.float32)
    base, at = 900 + 250 * random.random(), 0.0
    for _ in range(int(random.integers(2, 4))):
        length = 0.26 + 0.12 * random.random()
        note = gliding(
            [base * 0.8, base * 1.45, base * 1.3, base * 0.85], length, (1, 0.8, 0.5, 0.3)
        )
        add(out, note * hump(len(note), 0.25), at, 0.45)
        at += length + 0.08
    return out


def caw(random: Random) -> Wave:
    length = 0.3
    note = gliding([520, 610, 480], length, (1, 0.9, 0.8, 0.7, 0.5, 0.4))
    rough = 1 + 0.6 * np.sin(2 * np.pi * 74 * np.arange(len(note)) / RATE).astype(np.float32)
    breath = noise(random, len(note), ((300, -20), (1400, 0), (4000, -16)))
    return (note * rough * 0.5 + breath * 0.12) * hump(len(note), 0.2)


def hoot(random: Random) -> Wave:
    out = np.zeros(seconds(1.5), np.float32)
    base = 330 + 50 * random.random()
    for at, length in ((0.0, 0.18), (0.34, 0.16), (0.56, 0.6)):
        note = gliding([base, base * 1.06, base * 0.94], length, (1, 0.08))
        add(out, note * hump(len(note), 0.35), at, 0.6)
    return out


def cricket(random: Random) -> Wave:
    out = np.zeros(seconds(0.3), np.float32)
    pitch = 4100 + 700 * random.random()
    for number in range(4):
        pulse = gliding([pitch, pitch * 1.02], 0.028)
        add(out, pulse * hump(len(pulse), 0.4), number * 0.042, 0.30)
    return out


def bark(random: Random) -> Wave:
    out = np.zeros(seconds(0.8), np.float32)
    base = 360 + 160 * random.random()
    for at in (0.0, 0.34):
        note = gliding([base * 0.8, base * 1.35, base * 0.7], 0.15, (1, 0.9, 0.7, 0.5, 0.35))
        breath = noise(random, len(note), ((300, -14), (900, 0), (3000, -12), (8000, -30)))
        add(out, (note * 0.7 + breath * 0.25) * hump(len(note), 0.2), at)
    return out


def howl(random: Random) -> Wave:
    base = 340 + 60 * random.random()
    note = gliding(
        [base * 0.7, base * 1.25, base * 1.3, base * 1.2, base * 0.85], 2.2, (1, 0.35, 0.15)
    )
    return note * hump(len(note), 0.3) * np.float32(0.6)


def whale(random: Random) -> Wave:
    base = 120 + 70 * random.random()
    turns = [base, base * 1.9, base * 1.4, base * 2.3, base * 1.2]
    note = gliding(turns, 2.6, (1, 0.4, 0.2, 0.1))
    return note * hump(len(note), 0.4) * np.float32(0.7)


def low_call(random: Random) -> Wave:
    """A large animal."""
    base = 105 + 40 * random.random()
    note = gliding(
        [base, base * 1.25, base * 1.1, base * 0.85], 1.1, (1, 0.9, 0.8, 0.6, 0.5, 0.3, 0.2)
    )
    return note * hump(len(note), 0.25) * np.float32(0.7)


def bleat(random: Random) -> Wave:
    note = gliding([430, 470, 440], 0.6, (1, 0.9, 0.7, 0.5, 0.3))
    shake = 1 + 0.7 * np.sin(2 * np.pi * 9 * np.arange(len(note)) / RATE).astype(np.float32)
    return note * shake * hump(len(note), 0.2) * np.float32(0.3 + 0.1 * random.random())


def meow(random: Random) -> Wave:
    base = 520 + 120 * random.random()
    note = gliding([base * 0.9, base * 1.45, base * 1.3, base * 0.9], 0.55, (1, 0.6, 0.45, 0.2))
    return note * hump(len(note), 0.35) * np.float32(0.4)


def bubbles(random: Random) -> Wave:
    out = np.zeros(seconds(1.2), np.float32)
    at = 0.0
    for _ in range(int(random.integers(4, 10))):
        base = 300 + 700 * random.random()
        pop = gliding([base, base * 1.8], 0.06)
        add(out, pop * hump(len(pop), 0.2), at, 0.35 * random.random())
        at += 0.03 + 0.12 * random.random()
    return out


def thunder(random: Random) -> Wave:
    count = seconds(3.6)
    rumble = noise(random, count, ((25, -6), (60, 0), (160, -8), (500, -22), (2000, -40)))
    crack = noise(random, count, ((80, -10), (400, 0), (2500, -10), (8000, -30)))
    swell = np.interp(np.arange(count) / RATE, [0, 0.06, 0.5, 1.1, 3.6], [0, 1, 0.55, 0.7, 0])
    return (rumble * swell * 1.2 + crack * fading(count, 0.10, 0.004) * 0.8).astype(np.float32)


def step(random: Random) -> Wave:
    """A foot on soft ground."""
    thud = knock(random, ((50, -8), (110, 0), (300, -12), (1200, -26)), 0.16, 0.022)
    scuff = knock(random, ((900, -20), (2500, 0), (6000, -10)), 0.16, 0.018)
    return thud * np.float32(1.0) + scuff * np.float32(0.25)


def hoof(random: Random) -> Wave:
    clop = knock(random, ((250, -14), (700, 0), (1500, -4), (4000, -22)), 0.16, 0.016)
    return clop + step(random) * np.float32(0.6)


def heavy_step(random: Random) -> Wave:
    return knock(random, ((25, -4), (50, 0), (130, -10), (500, -30)), 0.4, 0.06) * np.float32(1.4)


def splash(random: Random) -> Wave:
    count = seconds(0.7)
    water = noise(random, count, ((250, -20), (900, 0), (3500, -4), (9000, -18)))
    return water * hump(count, 0.12) * np.float32(0.5)


def wingbeat(random: Random) -> Wave:
    count = seconds(0.14)
    return (
        noise(random, count, ((90, -6), (300, 0), (1200, -12))) * hump(count, 0.4) * np.float32(0.4)
    )


def horn(random: Random) -> Wave:
    base = 370 + 60 * random.random()
    low, high = (gliding([pitch, pitch], 0.5, (1, 0.6, 0.5, 0.3)) for pitch in (base, base * 1.26))
    return (low + high) * hump(len(low), 0.1) * np.float32(0.14)


def ship_horn(random: Random) -> Wave:
    note = gliding([92 + 10 * random.random()] * 2, 2.4, (1, 0.8, 0.6, 0.5, 0.3, 0.2))
    return note * hump(len(note), 0.15) * np.float32(0.6)


def whistle(random: Random) -> Wave:
    tones = [gliding([pitch, pitch * 1.02], 1.4, (1, 0.3)) for pitch in (466, 554, 622)]
    steam = noise(random, len(tones[0]), ((1500, -20), (4000, -6), (9000, -10)))
    total = tones[0] + tones[1] + tones[2] + steam * np.float32(0.3)
    return np.asarray(total * hump(len(steam), 0.15) * np.float32(0.22), np.float32)


def bell(random: Random) -> Wave:
    count = seconds(3.0)
    base, at = 392 + 60 * random.random(), np.arange(count) / RATE
    total = np.zeros(count)
    for ratio, strength, life in (
        (0.5, 0.5, 1.2),
        (1, 1, 0.8),
        (1.2, 0.5, 0.6),
        (2, 0.5, 0.4),
        (3, 0.3, 0.2),
    ):
        total += strength * np.sin(2 * np.pi * base * ratio * at) * 0.5 ** (at / life)
    return (total * fading(count, 2.0)).astype(np.float32) * np.float32(0.3)


def boom(random: Random) -> Wave:
    """A firework far away: the bang and its crackle."""
    out = np.zeros(seconds(1.8), np.float32)
    add(out, knock(random, ((30, 0), (90, 0), (400, -18), (2000, -34)), 0.9, 0.12), 0.0, 1.2)
    for _ in range(24):
        pop = knock(random, ((2000, -10), (5000, 0), (12000, -8)), 0.03, 0.004)
        add(out, pop, 0.3 + random.random() * 1.2, 0.25 * random.random())
    return out


def tick(random: Random) -> Wave:
    return knock(random, ((1200, -12), (3200, 0), (7000, -14)), 0.05, 0.006) * np.float32(0.35)


def keys(random: Random) -> Wave:
    out = np.zeros(seconds(1.0), np.float32)
    at = 0.0
    for _ in range(int(random.integers(3, 9))):
        add(out, tick(random), at, 0.5 + 0.4 * random.random())
        at += 0.07 + 0.08 * random.random()
    return out


VOICES: dict[str, Voice] = {
    each.__name__: each
    for each in (
        chirp, gull, caw, hoot, cricket, bark, howl, whale, low_call, bleat, meow, bubbles, thunder,
        step, hoof, heavy_step, splash, wingbeat, horn, ship_horn, whistle, bell, boom, tick, keys,
    )
}  # fmt: skip
