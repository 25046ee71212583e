"""A smallest good body for every path, and short ways to ask for it."""

from __future__ import annotations

import base64
import json

import pytest

from filmgate.protocols.kling.endpoints import Call, read_create
from filmgate.protocols.kling.errors import Code, KlingRefusal
from filmgate.protocols.kling.references import Wanted

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(24)).decode()
GIF = base64.b64encode(b"GIF89a" + bytes(24)).decode()
WEBP = base64.b64encode(b"RIFF\0\0\0\0WEBP" + bytes(24)).decode()
SOUND = base64.b64encode(b"ID3" + bytes(24)).decode()
URL = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"

Body = dict[str, object]

V = "/v1/videos"
FACE: Body = {
    "face_id": "0",
    "sound_file": SOUND,
    "sound_start_time": 0,
    "sound_end_time": 3000,
    "sound_insert_time": 500,
}
POINTS: Body = {"session_id": "1", "frame_index": 0, "points": [{"x": 0.5, "y": 0.25}]}
SPAN: Body = {"start_time": 1, "end_time": 2}

MINIMAL: dict[str, Body] = {
    f"{V}/text2video": {"prompt": "a cat"},
    f"{V}/image2video": {"image": PNG},
    f"{V}/omni-video": {"prompt": "a cat", "aspect_ratio": "16:9"},
    f"{V}/motion-control": {
        "image_url": URL,
        "video_url": CLIP,
        "character_orientation": "video",
        "mode": "std",
    },
    f"{V}/multi-image2video": {"image_list": [{"image": PNG}], "prompt": "a cat"},
    f"{V}/video-extend": {"video_id": "867283741759111202"},
    f"{V}/effects": {"effect_scene": "zoom_out", "input": {"image": URL}},
    f"{V}/lip-sync": {"input": {"video_url": CLIP, "mode": "text2video", "text": "hello"}},
    f"{V}/identify-face": {"video_url": CLIP},
    f"{V}/advanced-lip-sync": {"session_id": "1", "face_choose": [FACE]},
    f"{V}/avatar/image2video": {"image": PNG, "sound_file": SOUND},
    f"{V}/multi-elements/init-selection": {"video_url": CLIP},
    f"{V}/multi-elements/add-selection": POINTS,
    f"{V}/multi-elements/delete-selection": POINTS,
    f"{V}/multi-elements/clear-selection": {"session_id": "1"},
    f"{V}/multi-elements/preview-selection": {"session_id": "1"},
    f"{V}/multi-elements": {"session_id": "1", "edit_mode": "removal", "prompt": "no hat"},
    "/v1/images/kolors-virtual-try-on": {"human_image": PNG, "cloth_image": JPEG},
    "/v1/audio/tts": {"text": "hello", "voice_id": "oversea_male1", "voice_language": "en"},
    "/v1/audio/text-to-audio": {"prompt": "rain", "duration": 5.04},
    "/v1/audio/video-to-audio": {"video_url": CLIP},
    "/v1/general/custom-voices": {"voice_name": "Ann", "voice_url": CLIP},
    "/v1/general/delete-voices": {"voice_id": "1"},
    "/v1/general/advanced-custom-elements": {
        "element_name": "Ann",
        "element_description": "a girl",
        "reference_type": "image_refer",
        "element_image_list": {"frontal_image": PNG, "refer_images": [{"image_url": URL}]},
    },
    "/v1/general/custom-elements": {
        "element_name": "Ann",
        "element_description": "a girl",
        "element_frontal_image": PNG,
        "element_refer_list": [{"image_url": URL}],
    },
    "/v1/general/delete-advanced-elements": {"element_id": 829836802793406551},
    "/v1/general/delete-elements": {"element_id": "829836802793406551"},
    "/account/billing/balance": SPAN,
    "/account/billing/package": SPAN,
    "/tasks": {},
    "/solutions": {},
    "/solutions/virtual_try_on": {
        "contents": [
            {"type": "product_image", "url": URL},
            {"type": "person_image", "url": URL},
        ]
    },
    "/text-to-video/kling-3.0": {"prompt": "a cat"},
    "/image-to-video/kling-3.0": {"contents": [{"type": "first_frame", "url": PNG}]},
    "/omni-video/kling-3.0-omni": {"contents": [{"type": "prompt", "text": "a cat"}]},
    "/motion-control/kling-3.0": {
        "contents": [{"type": "image", "url": URL}, {"type": "video", "url": CLIP}],
        "settings": {"character_orientation": "image"},
    },
}


def ask(path: str, changes: Body | None = None) -> Call:
    """The smallest body with some keys changed; None takes a key away."""
    body = {**MINIMAL.get(path, {}), **(changes or {})}
    return read_create(path, json.dumps(body).encode())


def want(path: str, changes: Body | None = None) -> Wanted:
    call = ask(path, changes)
    assert isinstance(call, Wanted)
    return call


def told(path: str, changes: Body | None = None) -> str:
    """The sentence of a refusal with 1201."""
    with pytest.raises(KlingRefusal) as caught:
        ask(path, changes)
    assert caught.value.code is Code.BAD_PARAMETER
    return caught.value.message
