"""When to look at a job again, learned from how long such jobs took before."""

from __future__ import annotations

from collections.abc import Sequence

LOOK_MAX_S = 10.0
"""Between two looks at a job that may end any moment."""
LOOK_MIN_S = 0.5
"""Often enough for whoever waits; jobs that take less than ten seconds are looked at more often."""
QUIET_MAX_S = 60.0
"""Between two looks at a job that can hardly be done yet."""
DOUBT_FIRST_S, DOUBT_MAX_S = 5.0, 300.0


def next_look_s(age_s: float, durations_s: Sequence[float], floor_s: float) -> float:
    """Seconds until the next look at a job of this age; ``durations_s`` are sorted.

    Before the earliest tenth nobody looks in vain; in the thick of it looks come ten to a spread;
    what takes longer than all before is looked at ever more rarely.
    """
    if len(durations_s) < 4:
        return max(floor_s, min(LOOK_MAX_S, age_s / 10))
    early = durations_s[len(durations_s) // 10]
    late = durations_s[len(durations_s) * 9 // 10]
    if age_s < early * 0.9:
        return max(floor_s, min(QUIET_MAX_S, early * 0.9 - age_s))
    least_s = max(floor_s, min(LOOK_MIN_S, late / 20))
    gap_s = (late - early) / 10 if age_s <= late else age_s / 20
    return max(least_s, min(LOOK_MAX_S, gap_s))


def next_doubt_s(age_s: float) -> float:
    """The same where nobody knows whether there is a job, and for films that may come late."""
    return max(DOUBT_FIRST_S, min(DOUBT_MAX_S, age_s / 5))
