"""The script: which shots a request is cut into, and what each of them shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from filmgate.domain.request import Generation, ImageToVideo, ShotPrompt, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.lexicon import lexicon
from filmgate.engines.animatic.storyboard import CameraWord, Storyboard, read_prompt

SHOTS_MOST = 6
NEARER = "close-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A stretch of the film between two cuts."""

    board: Storyboard
    first: int
    """Number of its first frame."""
    frames: int
    seed: int


def frames_of(output: Output) -> int:
    return round(output.duration_s * output.fps)


def script_of(request: Generation, output: Output) -> tuple[Shot, ...]:
    """The request's shots from the first frame to the last. A shot that names no place, no time and
    nobody to look at goes on with those of the shot before it."""
    parts = _parts(request)
    lengths = _lengths([part.duration_s for part in parts], frames_of(output))
    shots: list[Shot] = []
    before: Storyboard | None = None
    first = 0
    for number, (part, frames) in enumerate(zip(parts, lengths, strict=True)):
        board = read_prompt(part.prompt, request.negative_prompt, before=before)
        before = board
        # Another seed is another place to stand, as a cut asks for.
        shots.append(
            Shot(board=board, first=first, frames=frames, seed=output.seed + 7919 * number)
        )
        first += frames
    if len(shots) == 1 and isinstance(request, (TextToVideo, ImageToVideo)) and request.auto_shots:
        return _wide_and_near(shots[0])
    return tuple(shots)


def _parts(request: Generation) -> Sequence[ShotPrompt]:
    if isinstance(request, (TextToVideo, ImageToVideo)) and request.shots:
        # What is said of the whole film leads every shot.
        lead = f"{request.prompt}. " if request.prompt.strip() else ""
        return [replace(shot, prompt=lead + shot.prompt) for shot in request.shots]
    # Full-width punctuation becomes plain.
    plain = unicodedata.normalize("NFKC", request.prompt)
    texts = [text.strip(" ,.;:\n、。") for text in _cutter().split(plain)]
    texts = [text for text in texts if text][:SHOTS_MOST] or [request.prompt]
    return [ShotPrompt(prompt=text, duration_s=1.0) for text in texts]


def _cutter() -> re.Pattern[str]:
    """Finds the words for a cut, the longest first."""
    words = sorted(lexicon().cuts, key=len, reverse=True)
    parts = [re.escape(word) if not word.isascii() else rf"\b{re.escape(word)}\b" for word in words]
    numbered = r"\b(?:shot|scene|toma|escena) \d+ ?[:.-]|(?:镜头|场景)[一二三四五六\d]+ ?:"
    return re.compile("|".join([*parts, numbered]), re.IGNORECASE)


def _lengths(shares: Sequence[float], frames: int) -> list[int]:
    """Whole frames by share; together exactly the film's."""
    total, done, lengths = sum(shares), 0.0, list[int]()
    for share in shares:
        done += share
        lengths.append(round(frames * done / total) - sum(lengths))
    return lengths


def _wide_and_near(shot: Shot) -> tuple[Shot, ...]:
    """The plainest cutting of what nobody divided: the whole scene, then nearer."""
    wide = replace(shot, frames=(shot.frames + 1) // 2)
    style = (*shot.board.style, NEARER)
    camera = shot.board.camera or (CameraWord("right", 0.5),)
    near = replace(
        shot,
        board=replace(shot.board, style=style, camera=camera),
        first=wide.frames,
        frames=shot.frames - wide.frames,
        seed=shot.seed + 7919,
    )
    return wide, near
