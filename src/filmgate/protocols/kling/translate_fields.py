"""Small pieces of Kling's bodies that several endpoints share, as our own values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from filmgate.domain.request import Camera, CameraPreset, Mode, Ratio, ShotPrompt
from filmgate.protocols.kling.errors import invalid, refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import (
    CreateOptions,
    MediaRef,
    read_reference,
    read_url,
)
from filmgate.protocols.kling.wire import Id, Number, Tail, Watermark
from filmgate.protocols.kling.wire_legacy import (
    CameraConfig,
    CameraControl,
    ElementItem,
    MultiShot,
    Shot,
)

EXTERNAL_ID_CHARS_MAX = 512
"""Ours; Kling names no limit. Long enough for any client, short enough for an index."""


def options_of(tail: Tail) -> CreateOptions:
    return create_options(
        "", tail.callback_url, tail.external_task_id, watermark=tail.watermark_info
    )


def create_options(
    prefix: str,
    callback_url: str | None,
    external_id: Id | None,
    *,
    watermark: Watermark | None,
) -> CreateOptions:
    """``prefix`` is ``options.`` in the new design. Empty texts are what Kling's samples send."""
    name = text_id(external_id)
    if name and (len(name) > EXTERNAL_ID_CHARS_MAX or not name.isprintable()):
        raise invalid(f"{prefix}external_task_id", name)
    url = (callback_url or "").strip()
    return CreateOptions(
        external_task_id=name,
        callback_url=read_url(f"{prefix}callback_url", url) if url else None,
        watermark=bool(watermark and watermark.enabled),
    )


def text_id(value: Id | None) -> str | None:
    """Ids are strings of digits; clients with large integers send them as numbers."""
    text = str(value).strip() if value is not None else ""
    return text or None


def needed(path: str, value: Id | None) -> str:
    text = text_id(value)
    if text is None:
        raise required(path)
    return text


_WHOLE = re.compile(r"[0-9]{1,4}(\.0+)?")


LENGTH_S = {"least": 3, "most": 15}
"""What some model makes; which one makes what is the catalogue's business."""
SHORT_S = {"least": 5, "most": 10}


def seconds(path: str, value: Number | None, *, least: int, most: int) -> float | None:
    """Whole seconds, as a string or as a number."""
    if value is None or value == "":
        return None
    text = str(value)
    if _WHOLE.fullmatch(text) is None or not least <= float(text) <= most:
        raise invalid(path, value)
    return float(text)


def one_of(path_by_value: dict[str, object]) -> None:
    """Exactly one of the parameters; 0 is a value, an empty text is none."""
    given = [path for path, value in path_by_value.items() if value is not None and value != ""]
    names = " and ".join(path_by_value)
    if not given:
        raise required(" or ".join(path_by_value))
    if len(given) > 1:
        raise refused(names, "can't be used together")


def mode_of(mode: str | None) -> Mode | None:
    return None if mode is None else Mode(mode)


def ratio_of(ratio: str | None) -> Ratio | None:
    return None if ratio is None else Ratio(ratio)


def sound_of(sound: str | None) -> bool | None:
    return None if sound is None else sound == "on"


SEED_SCALE_MAX = 10.0
"""The skill seed's cfg_scale goes from 1 to 10, Kling's from 0 to 1 (design.md part 10)."""


def cfg_scale_of(value: float | None) -> float | None:
    if value is None or value <= 1:
        return value
    return value / SEED_SCALE_MAX


def camera_of(control: CameraControl | None) -> Camera | None:
    """Nested and flat axes; where both are given the nested one counts."""
    if control is None:
        return None
    axes = [_axis(control, axis) for axis in Camera.AXES]
    is_simple = control.type in {None, "simple"}
    if is_simple and control.type is None and not any(axes):
        return None  # "{}": Kling then lets the model choose
    if not is_simple and any(axes):
        raise refused("camera_control.config", f"is not supported with type {control.type}")
    if is_simple:
        horizontal, vertical, pan, tilt, roll, zoom = axes
        return Camera(
            horizontal=horizontal, vertical=vertical, pan=pan, tilt=tilt, roll=roll, zoom=zoom
        )
    return Camera(preset=CameraPreset(control.type or ""))


def _axis(control: CameraControl, axis: str) -> float:
    for where in (control.config, control):
        value: object = getattr(where, axis) if isinstance(where, CameraConfig) else None
        if isinstance(value, (int, float)):
            return float(value)
    return 0.0


def element_ids(items: Sequence[ElementItem] | None) -> tuple[str, ...]:
    return tuple(str(item.element_id) for item in items or ())


def shots_of(
    body: MultiShot, prompt: str | None, duration_s: float | None, *, is_prompt_needed: bool = True
) -> tuple[str, tuple[ShotPrompt, ...], bool]:
    """Prompt, shots, and whether the model itself is to make shots (legacy multi_shot rules)."""
    text = prompt or ""
    if not body.multi_shot:
        if is_prompt_needed and not text.strip():
            raise required("prompt")
        return text, (), False
    if body.shot_type is None:
        raise required("shot_type")
    if body.shot_type == "intelligence":
        if not text.strip():
            raise required("prompt")
        return text, (), True
    if not body.multi_prompt:
        raise required("multi_prompt")
    return "", _storyboard(body.multi_prompt, duration_s), False


def _storyboard(items: Sequence[Shot], duration_s: float | None) -> tuple[ShotPrompt, ...]:
    shots: list[tuple[int, ShotPrompt]] = []
    for at, item in enumerate(items):
        path = f"multi_prompt[{at}]"
        if not (item.prompt or "").strip():
            raise required(f"{path}.prompt")
        length_s = seconds(f"{path}.duration", item.duration, least=1, most=15)
        if length_s is None:
            raise required(f"{path}.duration")
        order = at if item.index is None else item.index
        shots.append((order, ShotPrompt(prompt=item.prompt or "", duration_s=length_s)))
    check_shots_add_up("multi_prompt", (shot for _, shot in shots), duration_s)
    return tuple(shot for _, shot in sorted(shots, key=lambda pair: pair[0]))


def check_shots_add_up(path: str, shots: Iterable[ShotPrompt], duration_s: float | None) -> None:
    total_s = sum(shot.duration_s for shot in shots)
    if duration_s is not None and total_s != duration_s:
        raise refused(
            path,
            f"durations sum to {total_s:g} seconds, they must sum to duration ({duration_s:g})",
        )


def clip_of(video_id: Id | None, video_url: str | None, sort: Sort) -> MediaRef:
    """The one clip that is worked on: an earlier film's id, or a URL."""
    made, url = text_id(video_id), (video_url or "").strip()
    one_of({"video_id": made, "video_url": url})
    if made is not None:
        return MediaRef(field="video_id", sort=sort, made=made)
    return read_reference("video_url", url, sort)
