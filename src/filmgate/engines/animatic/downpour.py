"""Rain and snow between the camera and the world."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.lights import light, shine_rows
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens

COUNTS = {"rain": 420, "storm": 560, "snow": 420}


class Downpour:
    """Drops at random distances; each falls by its own clock and comes round again."""

    def __init__(self, lens: Lens, daylight: Daylight, seed: int, weather: str) -> None:
        random = np.random.Generator(np.random.PCG64(seed))
        self._snow = weather == "snow"
        self._lean = 0.34 if weather == "storm" else 0.12
        count = COUNTS[weather]
        self._spot = random.random((count, 3))
        near = random.random(count) ** 2.2
        self._near = near
        unit = max(lens.height, lens.width * 0.6) / 720
        sky = np.array(daylight.sky[1][1]) * 0.5 + 90
        row = light((0, 0), (1, 1), (float(sky[0]), float(sky[1]), float(sky[2])), 1.0)
        rows = np.tile(np.array(row, np.float32), (count, 1))
        if self._snow:
            rows[:, 2] = rows[:, 3] = (1.2 + 4.5 * near) * unit
            rows[:, 4:7] *= (0.75 - 0.35 * near)[:, None]
        else:
            rows[:, 2] = (0.75 + 0.7 * near) * unit
            rows[:, 3] = (10 + 44 * near) * unit
            rows[:, 4:7] *= (0.17 + 0.13 * (1 - near))[:, None]
            # A streak leans as the drops fall; the lean is told in its own radii.
            rows[:, 9] = -self._lean * rows[:, 3] / rows[:, 2] * 0.5
        self._rows: Floats = rows

    def draw(self, now: Instant) -> None:
        lens, rows = now.view.lens, self._rows.copy()
        pace = (0.06 + 0.10 * self._near) if self._snow else (1.5 + 1.6 * self._near)
        fallen = (self._spot[:, 1] + pace * now.time_s) % 1
        tall = lens.height * 1.2
        y = fallen * tall - 0.1 * lens.height
        sway = 0.012 * np.sin(now.time_s * 1.7 + self._spot[:, 2] * 6.3) if self._snow else 0.0
        x = (self._spot[:, 0] + sway) * lens.width * 1.3 - 0.15 * lens.width
        lean = 0.3 if self._snow else self._lean * 0.5
        turn = now.view.lens.focal * np.tan(now.view.pose.yaw) * 0.6
        rows[:, 0] = (x - lean * y - turn) % (lens.width * 1.3) - 0.15 * lens.width
        rows[:, 1] = y
        shine_rows(now.picture, rows)
