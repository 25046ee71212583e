"""How loud a sound is to the ear (ITU-R BS.1770-5), and bringing it to the level we want."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.sound.synth import RATE

Stereo = NDArray[np.float32]
"""(samples, 2), -1..1."""
TARGET_LUFS = -20.0
PEAK_MOST = 0.84
"""1.5 dB below full scale, so that a lossy codec does not clip."""
BLOCK_S, STEP_S = 0.4, 0.1
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0

# Numerators and denominators of the two filters of annex 1, tables 1 and 2, at 48 kHz.
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness_lufs(sound: Stereo) -> float:
    """Gated loudness of the whole; -inf for silence."""
    powers = _block_powers(sound)
    levels = -0.691 + 10 * np.log10(np.maximum(powers, 1e-12))
    heard = powers[levels > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return -math.inf
    gate = -0.691 + 10 * math.log10(float(heard.mean())) + RELATIVE_GATE_LU
    heard = powers[levels > max(gate, ABSOLUTE_GATE_LUFS)]
    return -0.691 + 10 * math.log10(float(heard.mean()))


def levelled(sound: Stereo, target_lufs: float = TARGET_LUFS) -> Stereo:
    """As loud as ``target_lufs``; single peaks are rounded off softly."""
    now = loudness_lufs(sound)
    if math.isinf(now):
        return sound
    raised = sound * np.float32(10 ** ((target_lufs - now) / 20))
    over = np.abs(raised) > PEAK_MOST * 0.7
    knee = np.float32(PEAK_MOST * 0.7)
    room = np.float32(PEAK_MOST) - knee
    round_off = np.sign(raised) * (knee + room * np.tanh((np.abs(raised) - knee) / room))
    return np.asarray(np.where(over, round_off, raised), np.float32)


def _block_powers(sound: Stereo) -> NDArray[np.float64]:
    """Mean square of both channels together, in overlapping blocks."""
    squares = sum((_weighted(sound[:, side]) ** 2 for side in (0, 1)), np.zeros(len(sound)))
    total = np.concatenate([[0.0], np.cumsum(squares)])
    block, step = min(round(BLOCK_S * RATE), len(sound)), round(STEP_S * RATE)
    starts = np.arange(0, len(sound) - block + 1, step)
    return np.asarray((total[starts + block] - total[starts]) / block)


def _weighted(channel: NDArray[np.float32]) -> NDArray[np.float64]:
    """The ear's weighting, by the filters' own response in the frequency domain."""
    whole = -(-len(channel) // 4096) * 4096 + 4096
    spectrum = np.fft.rfft(channel, whole)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(whole))
    for above, below in (SHELF, HIGH_PASS):
        spectrum *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return np.asarray(np.fft.irfft(spectrum, whole)[: len(channel)])
