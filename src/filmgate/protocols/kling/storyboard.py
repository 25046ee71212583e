"""Shots written into the prompt, as the new design has them."""

from __future__ import annotations

import re

from filmgate.domain.request import ShotPrompt
from filmgate.protocols.kling.errors import refused
from filmgate.protocols.kling.translate_fields import check_shots_add_up

_BETWEEN = re.compile(r";\s*(?=shot\s*\d{1,3}\s*,)", re.IGNORECASE)
"""A semicolon within a shot's words is left alone."""
_SHOT = re.compile(
    r"\s*shot\s*(?P<number>\d{1,3})\s*,\s*(?P<seconds>\d{1,3})\s*s?\s*,(?P<words>.*)",
    re.IGNORECASE | re.DOTALL,
)


def read_storyboard(prompt: str, duration_s: float | None) -> tuple[ShotPrompt, ...]:
    """ "shot n, m, words; shot n, m, words;": n up to 6, m seconds, words up to 512 characters.

    A prompt that is not written so is one shot: the empty tuple. Raises KlingRefusal (1201).
    """
    parts = _BETWEEN.split(prompt.strip().rstrip(";"))
    found = [_SHOT.fullmatch(part) for part in parts]
    if not found or any(each is None for each in found):
        return ()
    shots: list[tuple[int, ShotPrompt]] = []
    for match in filter(None, found):
        words, length_s = match["words"].strip(), float(match["seconds"])
        if not words or len(words) > 512 or length_s < 1:
            raise refused("prompt", f"shot {match['number']} is invalid")
        shots.append((int(match["number"]), ShotPrompt(prompt=words, duration_s=length_s)))
    numbers = [number for number, _ in shots]
    if len(shots) > 6 or len(set(numbers)) != len(numbers):
        raise refused("prompt", "must have at most 6 shots, each with a number of its own")
    check_shots_add_up("prompt shot", (shot for _, shot in shots), duration_s)
    return tuple(shot for _, shot in sorted(shots, key=lambda pair: pair[0]))
