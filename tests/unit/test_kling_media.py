"""Pictures, clips and sounds against Kling's limits, and placeholders turned into assets."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass

import msgspec
import pytest
from tests.unit.kling_bodies import JPEG, MINIMAL, PNG, URL, ask, want

from filmgate.domain.media import MB, Facts, broken_limit
from filmgate.domain.order import assets_of
from filmgate.domain.request import Asset, ImageToVideo
from filmgate.protocols.kling.errors import KlingRefusal
from filmgate.protocols.kling.media_rules import RULES, Sort, check_mask, check_masks_alike
from filmgate.protocols.kling.references import (
    MediaRef,
    Wanted,
    is_placeholder,
    read_reference,
    with_assets,
)


@dataclass(frozen=True)
class Given:
    facts: Facts
    size_bytes: int = MB

    def but(self, size_bytes: int = MB, **changes: str | float) -> Given:
        return Given(msgspec.convert(asdict(self.facts) | changes, Facts), size_bytes)


PHOTO = Given(Facts(media_type="image/jpeg", width=1920, height=1080))
FILM = Given(Facts(media_type="video/mp4", width=1280, height=720, duration_s=5, fps=24))


def fault(sort: Sort, given: Given) -> str | None:
    told = broken_limit(RULES[sort], given.facts, given.size_bytes)
    return f"image {told}" if told else None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, None),
        ({"media_type": "image/png"}, None),
        ({"media_type": "image/webp"}, "image format is not supported, use .jpg, .jpeg or .png"),
        ({"media_type": "image/gif"}, "image format is not supported, use .jpg, .jpeg or .png"),
        ({"size_bytes": 10 * MB}, None),
        ({"size_bytes": 10 * MB + 1}, "image size cannot exceed 10MB"),
        ({"width": 300, "height": 300}, None),
        ({"width": 299, "height": 400}, "image is 299x400 px, each side must be at least 300 px"),
        ({"width": 1000, "height": 400}, None),
        (
            {"width": 1001, "height": 400},
            "image is 1001x400 px, its aspect ratio must be between 1:2.5 and 2.5:1",
        ),
        (
            {"width": 400, "height": 1001},
            "image is 400x1001 px, its aspect ratio must be between 1:2.5 and 2.5:1",
        ),
    ],
)
def test_s3_04_pictures_each_refused_with_its_reason(
    changes: dict[str, int], message: str | None
) -> None:
    assert fault(Sort.PICTURE, PHOTO.but(**changes)) == message


def test_the_new_design_takes_larger_pictures() -> None:
    large = PHOTO.but(size_bytes=50 * MB)
    assert fault(Sort.NEW_PICTURE, large) is None
    assert fault(Sort.NEW_PICTURE, PHOTO.but(size_bytes=50 * MB + 1)) == (
        "image size cannot exceed 50MB"
    )


def test_inline_pictures_are_measured_when_they_are_read() -> None:
    data = base64.b64encode(b"\xff\xd8\xff" + bytes(10 * MB)).decode()
    with pytest.raises(KlingRefusal, match="image size cannot exceed 10MB"):
        read_reference("image", data, Sort.PICTURE)
    assert read_reference("image", data, Sort.NEW_PICTURE).inline is not None


@pytest.mark.parametrize(
    ("sort", "given", "message"),
    [
        (Sort.REFERENCE_CLIP, FILM, None),
        (Sort.REFERENCE_CLIP, FILM.but(fps=23.976), None),
        (
            Sort.REFERENCE_CLIP,
            FILM.but(fps=12),
            "image has 12 fps, it must have 24 to 60 fps",
        ),
        (
            Sort.REFERENCE_CLIP,
            FILM.but(duration_s=2.5),
            "image lasts 2.5 seconds, it must last 3 to 15 seconds",
        ),
        (
            Sort.REFERENCE_CLIP,
            FILM.but(width=2200),
            "image is 2200x720 px, no side may be longer than 2160 px",
        ),
        (
            Sort.NEW_REFERENCE_CLIP,
            FILM.but(width=4096, height=2160),
            "image is 4096x2160 px, it may have at most 8294400 px in all",
        ),
        (Sort.SHORT_MOTION_CLIP, FILM.but(duration_s=10), None),
        (
            Sort.SHORT_MOTION_CLIP,
            FILM.but(duration_s=11),
            "image lasts 11 seconds, it must last 3 to 10 seconds",
        ),
        (Sort.MOTION_CLIP, FILM.but(duration_s=30), None),
        (
            Sort.FACE_CLIP,
            FILM.but(media_type="video/webm"),
            "image format is not supported, use .mp4 or .mov",
        ),
        (
            Sort.SPEECH,
            Given(Facts(media_type="audio/mpeg", duration_s=3), 6 * MB),
            "image size cannot exceed 5MB",
        ),
        (
            Sort.AVATAR_SPEECH,
            Given(Facts(media_type="audio/aac", duration_s=301)),
            "image lasts 301 seconds, it must last 2 to 300 seconds",
        ),
        (
            Sort.TRY_ON_PICTURE,
            PHOTO.but(width=2049),
            "image is 2049x1080 px, no side may be longer than 2048 px",
        ),
    ],
)
def test_clips_and_sounds(sort: Sort, given: Given, message: str | None) -> None:
    assert fault(sort, given) == message


def test_every_sort_has_a_rule() -> None:
    assert set(RULES) == set(Sort)


def test_s3_07_a_mask_has_the_ratio_of_its_picture() -> None:
    check_mask("static_mask", (960, 540), (1920, 1080))
    check_mask("static_mask", (683, 384), (1366, 768))
    with pytest.raises(KlingRefusal, match="aspect ratio must be that of the image"):
        check_mask("static_mask", (1000, 540), (1920, 1080))


def test_s3_07_masks_have_one_size() -> None:
    check_masks_alike(())
    check_masks_alike((("static_mask", (9, 9)), ("dynamic_masks[0].mask", (9, 9))))
    with pytest.raises(KlingRefusal, match=r"dynamic_masks\[0\].mask is 8x9 px"):
        check_masks_alike((("static_mask", (9, 9)), ("dynamic_masks[0].mask", (8, 9))))


def asset(ref: MediaRef) -> Asset:
    return Asset(digest=ref.field.encode().hex(), media_type="image/png", size_bytes=9)


@pytest.mark.parametrize("path", MINIMAL)
def test_every_placeholder_finds_its_asset(path: str) -> None:
    call = ask(path)
    if not isinstance(call, Wanted):
        return
    assert is_placeholder(call.request) == bool(call.media)
    request = with_assets(call, {ref.field: asset(ref) for ref in call.media})
    assert type(request) is type(call.request)
    assert not is_placeholder(request)
    assert set(assets_of(request)) == {asset(ref) for ref in call.media}


def test_masks_within_strokes_are_filled_too() -> None:
    strokes = [{"mask": PNG, "trajectories": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}] * 2
    wanted = want("/v1/videos/image2video", {"dynamic_masks": strokes, "static_mask": JPEG})
    request = with_assets(wanted, {ref.field: asset(ref) for ref in wanted.media})
    assert isinstance(request, ImageToVideo)
    assert [stroke.mask.digest for stroke in request.strokes] == [
        f"dynamic_masks[{at}].mask".encode().hex() for at in (0, 1)
    ]
    with pytest.raises(KeyError):
        with_assets(wanted, {})


def test_urls_are_kept_as_they_were_sent() -> None:
    ref = read_reference("image", f" {URL}?a=b&c=%20 ", Sort.PICTURE)
    assert ref == MediaRef(field="image", sort=Sort.PICTURE, url=f"{URL}?a=b&c=%20")
