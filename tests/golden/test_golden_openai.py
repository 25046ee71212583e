"""Our bodies against what the document says of OpenAI's, as ``make_openai.py`` took it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from tests.unit.test_openai_replies import CASES, FILM, STATUSES, task_in

from filmgate.domain.request import Generation
from filmgate.domain.task import Fault, State
from filmgate.protocols.openai_videos import translate_replies as replies
from filmgate.protocols.openai_videos import webhook, wire
from filmgate.protocols.openai_videos.errors import answer_to
from filmgate.protocols.openai_videos.routes import find_route
from filmgate.protocols.openai_videos.sizes import DEFAULT_SECONDS, DEFAULT_SIZE, SIZES
from filmgate.protocols.openai_videos.translate_create import read_create

FOLDER = Path(__file__).parent / "openai"


def read(name: str) -> object:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def fits(kind: str, value: object) -> bool:
    """The document's word for a type."""
    if value is None:
        return "null" in kind
    if kind.startswith("int"):
        return type(value) is int
    if kind.startswith("null or"):
        return isinstance(value, dict) and set(value) == {"code", "message"}
    return isinstance(value, str)


@pytest.mark.parametrize("state", list(State))
def test_a_video_has_every_key_of_its_type_and_no_other(state: State) -> None:
    fields = read("video")
    assert isinstance(fields, dict)
    fault = Fault.CONTENT if state is State.FAILED else None
    task = task_in(state, fault=fault, result=FILM if state is State.SUCCEEDED else None)
    shown = msgspec.to_builtins(replies.video(replies.Seen(task=task)))
    assert set(shown) == set(fields)
    for name, kind in fields.items():
        assert fits(kind, shown[name]), (name, kind, shown[name])
    assert set(STATUSES.values()) == set(fields["status"].split(", "))
    assert fields["object"] == f'"{shown["object"]}"'


def test_pages_answers_and_events() -> None:
    page = json.loads(replies.page([], has_more=False))
    assert list(page) == read("page")
    deleted, character = read("answers")
    assert set(json.loads(replies.deleted(task_in(State.SUCCEEDED)))) == set(deleted)
    assert set(wire.Character.__struct_fields__) == set(character)
    event, endpoint = read("webhooks")
    assert set(json.loads(webhook.body("evt_1", "video.completed", "task_1", 1.5))) == set(event)
    assert set(wire.EndpointWithSecret.__struct_fields__) == set(endpoint)


def test_every_call_has_a_route() -> None:
    calls = read("calls")
    assert len(calls) == 10
    for method, path in calls:
        assert find_route(method, f"/v1{path}".replace("{id}", "video_1"))


def test_sizes_and_seconds() -> None:
    assert list(SIZES) == read("sizes")
    assert (DEFAULT_SIZE, str(DEFAULT_SECONDS)) == (read("sizes")[0], read("seconds")[0])
    for size in read("sizes"):
        for seconds in read("seconds"):
            request = read_create({"prompt": "x", "size": size, "seconds": seconds}).request
            assert isinstance(request, Generation)
            assert request.size_px == tuple(map(int, size.split("x")))
            assert request.duration_s == int(seconds)


def test_errors_have_the_documents_statuses_and_types() -> None:
    answers = [answer_to(error) for error, *_ in CASES[:-1]]
    assert {each.type for each in answers} == set(read("types"))
    assert {each.status for each in answers if each.status < 500} <= set(read("statuses"))


SAMPLES: dict[str, object] = {
    "prompt": "a lake",
    "model": "sora-2",
    "seconds": 4,
    "duration": 4,
    "size": "832x480",
    "width": 832,
    "height": 480,
    "fps": 16,
    "num_frames": 81,
    "negative_prompt": "birds",
    "num_inference_steps": 40,
    "guidance_scale": 5.0,
    "guidance_scale_2": 5.0,
    "true_cfg_scale": 4.0,
    "boundary_ratio": 0.875,
    "flow_shift": 5.0,
    "seed": 1024,
    "generate_sound": "true",
    "sound_duration": 4.0,
    "enable_frame_interpolation": "true",
    "enable_teacache": True,
    "lora": '{"name":"x"}',
    "extra_params": '{"sample_solver":"unipc"}',
    "video_params": '{"width":832,"height":480,"num_frames":81,"fps":16}',
    "extra_body": '{"seed":7}',
    "diffusers_kwargs": {"a": 1},
    "generator_device": "cuda",
    "output_quality": "high",
    "output_compression": 90,
    "output_path": "films",
    "user": "me",
    "resolution": "720p",
    "mode": "pro",
    "metadata": {"a": "b"},
    "characters": ["char_600000000001000000"],
    "input_reference": "https://example.org/cat.png",
    "image_reference": '{"image_url":"https://example.org/cat.png"}',
    "reference_url": "https://example.org/cat.png",
    "image": "https://example.org/cat.png",
    "images": ["https://example.org/cat.png"],
}
FIELDS = sorted({field for fields in read("engines").values() for field in fields})
HEARD = {
    *("model", "seconds", "duration", "size", "width", "fps", "num_frames", "negative_prompt"),
    *("guidance_scale", "seed", "generate_sound", "video_params", "extra_body", "resolution"),
    *("mode", "characters", "input_reference", "image_reference", "reference_url", "image"),
    *("images", "prompt", "height"),
}
"""What has a meaning here; the others steer a diffusion sampler, or a server of their own."""


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_every_engine_is_taken(field: str) -> None:
    fields: dict[str, object] = {"prompt": "another lake", "seconds": "8", "size": "64x64"}
    if field in {"width", "height", "resolution", "video_params"}:
        del fields["size"]
        fields |= {"width": 64, "height": 64} if field != "resolution" else {}
    if field in {"width", "height", "video_params"}:
        fields = {key: each for key, each in fields.items() if key not in {"width", "height"}}
        other = {"width": {"height": 480}, "height": {"width": 832}, "video_params": {}}[field]
        fields |= other
    if field == "duration":
        del fields["seconds"]
    plain = {"prompt": "another lake", "seconds": "8", "size": "64x64"}
    same = read_create(plain) == read_create({**fields, field: SAMPLES[field]})
    assert same == (field not in HEARD) or field == "model"
