"""Pictures of a film, taken while it is decoded once: poster, thumbnail, animated GIF, sheet."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

GIF_SIDE_PX = 480
GIF_BYTES_MAX = 1_500_000
GIF_FRAMES = 30
GIF_FRAME_S = 0.1
"""Thirty of them last three seconds: a longer film is shown faster, and still to its end."""
SIZES = ((480, 6.0), (432, 5.0), (384, 5.0), (384, 0.0), (320, 0.0), (240, 0.0), (160, 0.0))
"""Longer side and strength of the dither, best first: the first that is small enough is taken."""
ESTIMATED = 0.93
"""Of the limit: what a guess from every tenth frame may come to."""
COLOURS = 255
THUMBNAIL_SIDE_PX = 320
POSTER_SIDE_PX = 1920
JPEG_QUALITY = 85
SHEET_COLUMNS = 5
SHEET_FRAMES = 25
SHEET_SIDE_PX = 240
"""Of one still."""
BLACK_LUMA = 20.0
"""Of 255. What lies below everywhere shows nothing, even on a good screen."""
BLACK_SPREAD = 3.0

Rgb = NDArray[np.uint8]


def _bayer(order: int) -> NDArray[np.float64]:
    """Thresholds that lie evenly at every scale: a fixed pattern, which stays calm in motion and
    packs well, where scattered dither would crawl."""
    if order == 0:
        return np.zeros((1, 1))
    small = _bayer(order - 1) * 4
    return np.asarray(np.block([[small, small + 2], [small + 3, small + 1]]), np.float64) / 4


THRESHOLDS = _bayer(3) / 16 - 0.5 + 1 / 128


@dataclass(slots=True)
class Sample:
    picture: Rgb
    """Small."""
    at: int
    """The frame's number."""


class Sampler:
    """Looks at every frame of a film and keeps a few of them, spread over its length."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._seen = 0
        self._step = 1
        self._fps = 24.0
        self._expected = 0
        self._best: VideoFrame | None = None
        self._best_score = -1.0

    def begin(self, stream: VideoStream) -> None:
        """The header's word for the length is only a hint of how far apart to look."""
        self._fps = float(stream.average_rate or 24)
        length_s = float((stream.duration or 0) * (stream.time_base or 0))
        self._expected = min(stream.frames or round(length_s * self._fps), 1_000_000)
        self._step = max(1, self._expected // GIF_FRAMES, round(self._fps * GIF_FRAME_S))

    def look(self, frame: VideoFrame) -> None:
        if self._seen % self._step == 0:
            if len(self.samples) == 2 * GIF_FRAMES:
                # Longer than it said: every second one will do.
                self.samples = self.samples[::2]
                self._step *= 2
            if self._seen % self._step == 0:
                self._take(frame)
        self._seen += 1

    def is_black(self) -> bool:
        """Whether there is nothing to see anywhere."""
        return all(
            sample.picture.mean() < BLACK_LUMA and sample.picture.std() < BLACK_SPREAD
            for sample in self.samples
        )

    def poster(self) -> bytes:
        """JPEG, in the film's size, of the frame with most to see."""
        assert self._best is not None, "no frame was looked at"
        width, height = _fit(self._best.width, self._best.height, POSTER_SIDE_PX)
        picture = self._best.reformat(width, height, "rgb24").to_ndarray()
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=JPEG_QUALITY, progressive=True)
        return out.getvalue()

    def thumbnail(self) -> bytes:
        """WebP of the same frame."""
        assert self._best is not None, "no frame was looked at"
        width, height = _fit(self._best.width, self._best.height, THUMBNAIL_SIDE_PX)
        picture = self._best.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray()
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "WEBP", quality=75, method=0)
        return out.getvalue()

    def gif(self) -> bytes:
        """The whole film in three seconds at most; smaller or plainer where it would be too big."""
        pictures = self._spread()
        frame_s = min(GIF_FRAME_S, self._seen / self._fps / len(pictures))
        # GIF counts in hundredths, and browsers show anything below two of them slowly.
        delay_ms = max(20, round(frame_s * 100) * 10)
        for number, (side, dither) in enumerate(SIZES):
            fitting = _shrunk(pictures, side)
            last = number == len(SIZES) - 1
            probe = fitting[::10]
            guess = len(_gif(probe, dither, delay_ms)) * len(fitting) / len(probe)
            if guess > GIF_BYTES_MAX * ESTIMATED and not last:
                continue
            made = _gif(fitting, dither, delay_ms)
            if len(made) <= GIF_BYTES_MAX or last:
                break
        return made

    def sheet(self) -> bytes:
        """JPEG: stills in rows from left to right, the first and the last frame among them."""
        stills = _shrunk(self._spread(SHEET_FRAMES), SHEET_SIDE_PX)
        height, width = stills[0].shape[:2]
        rows = -(-len(stills) // SHEET_COLUMNS)
        columns = min(len(stills), SHEET_COLUMNS)
        sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
        for number, still in enumerate(stills):
            row, column = divmod(number, SHEET_COLUMNS)
            top, left = row * height, column * width
            sheet[top : top + height, left : left + width] = still
        out = io.BytesIO()
        Image.fromarray(sheet).save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue()

    def _take(self, frame: VideoFrame) -> None:
        width, height = _fit(frame.width, frame.height, GIF_SIDE_PX)
        small = frame.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray()
        picture = np.asarray(small, np.uint8)
        self.samples.append(Sample(picture, self._seen))
        place = self._seen / self._expected if self._expected else 0.5
        score = _worth(picture, place)
        if score > self._best_score:
            self._best, self._best_score = frame, score

    def _spread(self, most: int = GIF_FRAMES) -> list[Rgb]:
        """So many at most, evenly, the first and the last among them."""
        pictures = [sample.picture for sample in self.samples]
        # A size that changes on the way: what is shown is the first one.
        pictures = [each for each in pictures if each.shape == pictures[0].shape]
        if len(pictures) <= most:
            return pictures
        chosen = np.linspace(0, len(pictures) - 1, most).round().astype(int)
        return [pictures[number] for number in chosen]


def write_pictures(sampler: Sampler, film: Path) -> tuple[Path, Path, Path, Path]:
    """Poster, thumbnail, GIF and sheet, beside the film and under its name."""
    endings = (".jpg", ".webp", ".gif", ".jpeg")
    poster, thumbnail, preview, sheet = (film.with_suffix(end) for end in endings)
    poster.write_bytes(sampler.poster())
    thumbnail.write_bytes(sampler.thumbnail())
    preview.write_bytes(sampler.gif())
    sheet.write_bytes(sampler.sheet())
    return poster, thumbnail, preview, sheet


def _worth(picture: Rgb, place: float) -> float:
    """How much there is to see: contrast, colour and detail, neither too dark nor too bright, and
    rather from the first half than from the very edges, where films fade."""
    grey = picture[::4, ::4].mean(axis=2)
    spread = float(grey.std()) / 64
    colour = float(np.ptp(picture[::4, ::4].astype(np.int16), axis=2).mean()) / 64
    detail = float(np.abs(np.diff(grey, axis=1)).mean()) / 8
    light = 1 - abs(float(grey.mean()) - 118) / 138
    centre = 1 - 0.35 * abs(min(max(place, 0.0), 1.0) - 0.4)
    return (
        (0.2 + min(spread, 1.5) + 0.5 * min(colour, 1.5) + 0.5 * min(detail, 1.5)) * light * centre
    )


def _fit(width: int, height: int, side: int) -> tuple[int, int]:
    """Within a square of this side, even, and never larger than it is."""
    scale = min(1.0, side / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _shrunk(pictures: list[Rgb], side: int) -> list[Rgb]:
    height, width = pictures[0].shape[:2]
    if max(width, height) <= side:
        return pictures
    size = _fit(width, height, side)
    return [
        np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BOX), np.uint8)
        for each in pictures
    ]


def _gif(pictures: list[Rgb], dither: float, delay_ms: int) -> bytes:
    """One palette for all, so that what stands still keeps its colours and costs nothing."""
    height, width = pictures[0].shape[:2]
    some = pictures[:: max(1, len(pictures) // 6)]
    palette = Image.fromarray(np.concatenate([each[::4, ::4] for each in some])).quantize(
        COLOURS, method=Image.Quantize.MEDIANCUT
    )
    offsets = np.tile(THRESHOLDS, (height // 8 + 1, width // 8 + 1))[:height, :width, None]
    shift = np.rint(offsets * dither).astype(np.int16)
    first, *rest = (
        Image.fromarray(
            np.clip(each + shift, 0, 255).astype(np.uint8) if dither else each
        ).quantize(palette=palette, dither=Image.Dither.NONE)
        for each in pictures
    )
    out = io.BytesIO()
    first.save(
        out,
        "GIF",
        save_all=True,
        append_images=rest,
        duration=delay_ms,
        loop=0,
        optimize=False,
        disposal=1,
    )
    return out.getvalue()
