"""The options that say what film is wanted, shared by every command that takes a request."""

from __future__ import annotations

import math
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import Parameter

from filmgate.domain.errors import BadInput, FixRequest
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Camera,
    ImageToVideo,
    Mode,
    Point,
    Ratio,
    Request,
    TextToVideo,
)
from filmgate.entrypoints.cli.brush import parse_motion
from filmgate.entrypoints.cli.camera import parse_camera

PROVIDERS = ("auto", "local", "kling", "kie", "piapi", "openai")
SEED_LIMIT = 2**31
Store = Callable[[Path], Awaitable[Asset]]
Word = TypeVar("Word", bound=StrEnum)


def option(*names: str, takes: str, help: str) -> Parameter:  # noqa: A002 - the library's word
    """An option with a value; ``takes`` is what stands for the value in the help."""
    return Parameter(name=names, metavar=takes, help=help)


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the options say, word for word; nothing is checked yet.

    Numbers are text here, so that what is wrong with one is said in our words, naming the option.
    """

    image: Annotated[
        str | None, option("-i", "--image", takes="IMAGE", help="Begin with this: jpg, png, webp.")
    ] = None
    image_tail: Annotated[
        str | None, option("--image-tail", takes="IMAGE", help="End with this picture.")
    ] = None
    duration: Annotated[
        str | None,
        option("-d", "--duration", takes="SECONDS", help="Length; 5 or 10 for most models."),
    ] = None
    ratio: Annotated[
        str | None, option("-r", "--ratio", takes="RATIO", help="16:9, 9:16 or 1:1.")
    ] = None
    mode: Annotated[
        str | None, option("-m", "--mode", takes="MODE", help="std (720p), pro (1080p) or 4k.")
    ] = None
    provider: Annotated[
        str, option("-p", "--provider", takes="NAME", help=f"{_either(PROVIDERS)}.")
    ] = "auto"
    model: Annotated[
        str | None, option("--model", takes="NAME", help="One of those filmgate models lists.")
    ] = None
    negative_prompt: Annotated[
        str, option("--negative-prompt", takes="TEXT", help="What must not be seen.")
    ] = ""
    cfg_scale: Annotated[
        str | None,
        option("--cfg-scale", takes="X", help="How closely to follow the prompt: 0 to 1."),
    ] = None
    creativity: Annotated[
        str | None,
        option("--creativity", takes="X", help="How far from the plainest composition: 0 to 1."),
    ] = None
    seed: Annotated[
        str | None, option("--seed", takes="N", help="The same seed gives the same film.")
    ] = None
    camera: Annotated[
        str | None,
        option(
            "--camera",
            takes="SPEC",
            help="A preset (down-back, forward-up, right-turn-forward, left-turn-forward), words "
            "(zoom-in, pan-left=4, tilt-up, static) or Kling's axes from -10 to 10, which move "
            "the camera: horizontal and vertical slide it right and up, pan looks up, tilt looks "
            "right, roll turns it clockwise, zoom widens the view (zoom=5,pan=-3).",
        ),
    ] = None
    static_mask: Annotated[
        str | None, option("--static-mask", takes="PNG", help="Marks what holds still.")
    ] = None
    motion: Annotated[
        tuple[str, ...],
        option("--motion", takes="PNG:X,Y;X,Y", help="A marked thing and its path; up to 6."),
    ] = ()
    sound: Annotated[bool, Parameter(name="--sound", help="With sound.")] = False

    def read(self, prompt: str) -> Reading:
        """Check everything that can be checked without opening a picture. Raises FixRequest."""
        if self.provider not in PROVIDERS:
            raise FixRequest(
                f"there is no provider {self.provider}",
                field="provider",
                remedy=f"choose {_either(PROVIDERS)}",
            )
        return Reading(
            prompt=read_prompt(prompt),
            wish=self,
            mode=_word(Mode, self.mode, field="mode"),
            ratio=_word(Ratio, self.ratio, field="ratio"),
            duration_s=_duration_s(self.duration),
            cfg_scale=_number(self.cfg_scale, field="cfg_scale", least=0, most=1),
            creativity=_number(self.creativity, field="creativity", least=0, most=1),
            seed=_seed(self.seed),
            camera=parse_camera(self.camera) if self.camera is not None else None,
            static_mask=_file(self.static_mask, field="static_mask"),
            image=_file(self.image, field="image"),
            image_tail=_file(self.image_tail, field="image_tail"),
            strokes=tuple(
                (_existing(mask, field="strokes"), path)
                for mask, path in map(parse_motion, self.motion)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A wish understood, with its files known to be there."""

    prompt: str
    wish: Wish
    mode: Mode | None
    ratio: Ratio | None
    duration_s: float | None
    cfg_scale: float | None
    creativity: float | None
    seed: int | None
    camera: Camera | None
    image: Path | None
    image_tail: Path | None
    static_mask: Path | None
    strokes: tuple[tuple[Path, tuple[Point, ...]], ...]

    @property
    def files(self) -> tuple[Path, ...]:
        single = (self.image, self.image_tail, self.static_mask)
        return (*(path for path in single if path), *(mask for mask, _ in self.strokes))

    async def request(self, store: Store) -> Request:
        """The request, its pictures stored. A picture makes it image-to-video by itself."""
        if not self.files:
            return TextToVideo(
                model=self.wish.model,
                prompt=self.prompt,
                negative_prompt=self.wish.negative_prompt,
                mode=self.mode,
                duration_s=self.duration_s,
                ratio=self.ratio,
                cfg_scale=self.cfg_scale,
                creativity=self.creativity,
                seed=self.seed,
                sound=self.wish.sound or None,
                camera=self.camera,
            )
        return ImageToVideo(
            model=self.wish.model,
            prompt=self.prompt,
            negative_prompt=self.wish.negative_prompt,
            mode=self.mode,
            duration_s=self.duration_s,
            ratio=self.ratio,
            cfg_scale=self.cfg_scale,
            creativity=self.creativity,
            seed=self.seed,
            sound=self.wish.sound or None,
            camera=self.camera,
            image=await _stored(store, self.image, field="image"),
            image_tail=await _stored(store, self.image_tail, field="image_tail"),
            static_mask=await _stored(store, self.static_mask, field="static_mask"),
            strokes=tuple(
                [
                    BrushStroke(mask=await _keep(store, mask, field="strokes"), path=path)
                    for mask, path in self.strokes
                ]
            ),
        )


def read_prompt(text: str) -> str:
    """The prompt itself, or what stdin says for ``-``. Raises FixRequest."""
    try:
        prompt = sys.stdin.read() if text == "-" else text
        prompt.encode()
    except UnicodeError as error:
        raise FixRequest("is not UTF-8 text", field="prompt") from error
    return prompt.strip()


def read_ceiling(text: str | None) -> int | None:
    """``--max-cost`` in micro-dollars, rounded down: a ceiling is never raised."""
    if text is None:
        return None
    try:
        micros = Decimal(text.strip().lstrip("$")) * 1_000_000
        if micros.is_finite() and micros >= 0:
            return int(micros)
    except InvalidOperation:
        pass
    raise FixRequest(
        f"{text!r} is no sum of money", field="max_cost", remedy="give dollars, like 0.50"
    )


def _word(words: type[Word], text: str | None, *, field: str) -> Word | None:
    if text is None:
        return None
    try:
        return words(text.lower())
    except ValueError:
        raise FixRequest(
            f"there is no {field} {text}", field=field, remedy=f"choose {_either(tuple(words))}"
        ) from None


def _duration_s(text: str | None) -> float | None:
    number = text.lower().removesuffix("s") if text is not None else None
    try:
        value = _number(number, field="duration_s", least=0, most=3600)
    except FixRequest:
        value = 0
    if value == 0:
        raise FixRequest(
            f"{text!r} is no length", field="duration_s", remedy="give seconds, like 5 or 10"
        )
    return value


def _number(text: str | None, *, field: str, least: float, most: float) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:  # false for nan, too
        raise FixRequest(
            f"{text!r} won't do", field=field, remedy=f"give a number from {least:g} to {most:g}"
        )
    return value


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) >= SEED_LIMIT:
        raise FixRequest(
            f"{text!r} won't do",
            field="seed",
            remedy=f"give a whole number from 0 to {SEED_LIMIT - 1}",
        )
    return int(text)


def _file(text: str | None, *, field: str) -> Path | None:
    return _existing(Path(text).expanduser(), field=field) if text is not None else None


def _existing(path: Path, *, field: str) -> Path:
    if path.is_dir():
        raise BadInput(f"{path} is a folder", field=field, remedy="name a picture in it")
    if not path.exists():
        raise BadInput(f"there is no file {path}", field=field, remedy="check the name")
    return path


async def _stored(store: Store, path: Path | None, *, field: str) -> Asset | None:
    return await _keep(store, path, field=field) if path is not None else None


async def _keep(store: Store, path: Path, *, field: str) -> Asset:
    try:
        return await store(path)
    except BadInput as error:
        error.field = field  # the store can't know which option named the file
        raise
