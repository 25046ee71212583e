"""OpenAI's calls read: forms with brackets, JSON, and what other engines add."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from filmgate.domain.request import (
    Asset,
    Extend,
    ImageToVideo,
    Mode,
    MultiImage,
    Omni,
    Ratio,
    TextToVideo,
)
from filmgate.protocols.openai_videos.errors import OpenAIRefusal, answer_to
from filmgate.protocols.openai_videos.forms import Upload, file_name, read_form, read_json
from filmgate.protocols.openai_videos.queries import Variant, list_query, variant_of
from filmgate.protocols.openai_videos.references import with_assets
from filmgate.protocols.openai_videos.translate_create import (
    Wanted,
    read_create,
    read_edit,
    read_extend,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
DATA_URL = "data:image/png;base64," + base64.b64encode(PNG).decode()


def told(read: Callable[[], object]) -> tuple[int, str | None, str | None, str]:
    with pytest.raises(OpenAIRefusal) as caught:
        read()
    answer = answer_to(caught.value)
    return answer.status, answer.param, answer.code, answer.message


def created(**fields: object) -> Wanted:
    return read_create({"prompt": "a lake", **fields})


def test_what_is_left_out_is_openais_default() -> None:
    request = created().request
    assert isinstance(request, TextToVideo)
    assert (request.model, request.duration_s) == ("sora-2", 4.0)
    assert (request.size_px, request.ratio, request.mode) == ((720, 1280), Ratio.TALL, None)


@pytest.mark.parametrize(
    ("size", "ratio", "mode"),
    [
        ("720x1280", Ratio.TALL, None),
        ("1280x720", Ratio.WIDE, None),
        ("1024x1792", Ratio.TALL, Mode.PRO),
        ("1792x1024", Ratio.WIDE, Mode.PRO),
        ("832x480", Ratio.WIDE, None),
        ("640x640", Ratio.SQUARE, None),
        ("3840x2160", Ratio.WIDE, Mode.UHD),
    ],
)
def test_a_size_is_exact_and_has_a_nearest_tier(size: str, ratio: Ratio, mode: Mode | None) -> None:
    request = created(size=size).request
    assert isinstance(request, TextToVideo)
    assert request.size_px == tuple(map(int, size.split("x")))
    assert (request.ratio, request.mode) == (ratio, mode)


@pytest.mark.parametrize("size", ["", "720", "720x", "x", "60x60", "721x1280", "4000x100", "9x9x9"])
def test_a_size_that_can_t_be(size: str) -> None:
    status, param, code, _ = told(lambda: created(size=size or "?"))
    assert (status, param, code) == (400, "size", "invalid_value")


def test_openais_supported_sizes_are_told() -> None:
    message = told(lambda: created(size="big"))[3]
    assert message == (
        "Invalid value: 'big'. Supported values are: "
        "'720x1280', '1280x720', '1024x1792', and '1792x1024'."
    )


@pytest.mark.parametrize("seconds", ["8", 8, 8.0, "8.0"])
def test_seconds_are_text_or_a_number(seconds: object) -> None:
    request = created(seconds=seconds).request
    assert isinstance(request, TextToVideo)
    assert request.duration_s == 8.0


@pytest.mark.parametrize("seconds", ["eight", "0", "-4", "1e3", "nan", 0, -1, 10**9, "4s"])
def test_seconds_that_can_t_be(seconds: object) -> None:
    assert told(lambda: created(seconds=seconds))[:2] == (400, "seconds")


def test_engines_extra_fields_as_form_text() -> None:
    """vLLM-Omni and SGLang (reference 3.6): all of it arrives as text."""
    fields = read_form(
        [
            ("prompt", "a lake"),
            ("width", "832"),
            ("height", "480"),
            ("num_frames", "81"),
            ("fps", "16"),
            ("negative_prompt", "birds"),
            ("seed", "7"),
            ("guidance_scale", "5.0"),
            ("generate_sound", "true"),
            ("num_inference_steps", "30"),
            ("flow_shift", "3"),
        ]
    )
    request = read_create(fields).request
    assert isinstance(request, TextToVideo)
    assert (request.size_px, request.fps, request.duration_s) == ((832, 480), 16, 5.0625)
    assert (request.negative_prompt, request.seed, request.cfg_scale) == ("birds", 7, 0.25)
    assert request.sound is True


def test_fields_within_fields_count_less_than_those_outside() -> None:
    inner = json.dumps({"width": 640, "height": 480, "fps": 12})
    request = created(video_params=inner, extra_body={"seed": 5, "fps": 30}).request
    assert isinstance(request, TextToVideo)
    assert (request.size_px, request.fps, request.seed) == ((640, 480), 12, 5)
    assert read_create({"prompt": "x", "size": "1280x720", "width": 64, "height": 64}).request


def test_gateways_words() -> None:
    request = created(resolution="1080p", duration=5, mode="pro").request
    assert isinstance(request, TextToVideo)
    assert (request.size_px, request.duration_s, request.mode) == ((1080, 1920), 5.0, Mode.PRO)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", "many"),
        ("seed", -1),
        ("fps", 0),
        ("fps", "61"),
        ("guidance_scale", 21),
        ("num_frames", 0),
        ("prompt", 7),
        ("prompt", ["x"]),
        ("model", {}),
        ("generate_sound", "perhaps"),
        ("width", "64"),
        ("resolution", "9000p"),
        ("mode", "turbo"),
        ("characters", "char_1"),
        ("characters", [7]),
        ("video_params", "{"),
        ("extra_body", "[]"),
    ],
)
def test_every_fault_names_its_parameter(field: str, value: object) -> None:
    status, param, code, message = told(lambda: created(**{field: value}))
    assert status == 400
    assert param == {"width": "height"}.get(field, field)
    assert code
    assert message.endswith(".")


def test_the_prompt_is_needed_and_has_an_end() -> None:
    assert told(lambda: read_create({})) == (
        400,
        "prompt",
        "missing_required_parameter",
        "Missing required parameter: 'prompt'.",
    )
    assert told(lambda: read_create({"prompt": "x" * 32_001}))[2] == "string_above_max_length"


def put(wanted: Wanted) -> object:
    """The request with real-looking assets, each named by its parameter."""
    return with_assets(
        wanted.request, {ref.param: Asset(ref.param, "image/png", 1) for ref in wanted.media}
    )


@pytest.mark.parametrize(
    ("field", "value", "param"),
    [
        ("input_reference", Upload(0, "cat.png"), "input_reference"),
        ("input_reference", "https://example.org/cat.png", "input_reference"),
        ("input_reference", {"image_url": DATA_URL}, "input_reference.image_url"),
        ("input_reference", {"image_url": "https://example.org/c"}, "input_reference.image_url"),
        ("image_reference", json.dumps({"image_url": DATA_URL}), "image_reference.image_url"),
        ("reference_url", "https://example.org/cat.png", "reference_url"),
        ("image", base64.b64encode(PNG).decode(), "image"),
        ("images", [DATA_URL], "images[0]"),
    ],
)
def test_a_picture_in_everybody_s_words(field: str, value: object, param: str) -> None:
    wanted = created(**{field: value})
    (ref,) = wanted.media
    assert ref.param == param
    assert sum(each is not None for each in (ref.upload, ref.url, ref.inline)) == 1
    assert ref.inline in {None, PNG}
    request = put(wanted)
    assert isinstance(request, ImageToVideo)
    assert request.image == Asset(param, "image/png", 1)
    # OpenAI's default holds with a picture too: it should match the size.
    assert request.size_px == (720, 1280)


def test_several_pictures_are_another_kind_of_work() -> None:
    request = put(created(images=[DATA_URL, "https://example.org/cat.png"]))
    assert isinstance(request, MultiImage)
    assert [each.digest for each in request.images] == ["images[0]", "images[1]"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input_reference": {}}, "input_reference"),
        ({"input_reference": {"image_url": DATA_URL, "file_id": "f"}}, "input_reference"),
        ({"input_reference": {"file_id": "file-1"}}, "input_reference.file_id"),
        ({"input_reference": "not base64!"}, "input_reference"),
        ({"input_reference": "http://"}, "input_reference"),
        ({"input_reference": "https://example.org/a b"}, "input_reference"),
        ({"input_reference": 7}, "input_reference"),
        ({"input_reference": DATA_URL, "image_reference": "{}"}, "image_reference"),
        ({"images": "x"}, "images"),
    ],
)
def test_pictures_that_can_t_be(fields: dict[str, object], param: str) -> None:
    assert told(lambda: created(**fields))[:2] == (400, param)


def test_brackets_nest() -> None:
    """As the SDKs send them (reference 3.2)."""
    fields = read_form(
        [
            ("input_reference[image_url]", DATA_URL),
            ("extra[a][]", "1"),
            ("extra[a][]", "2"),
            ("images[0]", "x"),
            ("images[1]", "y"),
            ("list[][name]", "n"),
            ("empty", ""),
        ]
    )
    assert fields == {
        "input_reference": {"image_url": DATA_URL},
        "extra": {"a": ["1", "2"]},
        "images": ["x", "y"],
        "list": [{"name": "n"}],
    }


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "1"), ("a", "2")],
        [("a", "1"), ("a[b]", "2")],
        [("a[b]", "1"), ("a", "2")],
        [("a[b]", "1"), ("a[]", "2")],
        [("a[", "1")],
        [("", "1")],
        [("[]", "1")],
        [("a" + "[b]" * 9, "1")],
        [("a" * 300, "1")],
    ],
)
def test_names_that_can_t_be(pairs: list[tuple[str, str]]) -> None:
    assert told(lambda: read_form(pairs))[0] == 400


def test_json_is_an_object_and_nothing_is_absent() -> None:
    assert read_json(b"") == {}
    assert read_json(b'{"a":null,"b":"","c":0}') == {"c": 0}
    for body in (b"[]", b"7", b"{", b"\xff", b"[" * 5000):
        assert told(lambda body=body: read_json(body))[0] == 400


def test_a_file_s_name_is_no_path() -> None:
    assert file_name("/etc/secret/cat.png") == "cat.png"
    assert file_name(r"C:\pictures\cat.png") == "cat.png"


def test_characters_are_elements() -> None:
    ids = ["char_600000000001000000", {"id": "char_600000000001000001"}]
    numbers = ("600000000001000000", "600000000001000001")
    alone = created(characters=ids).request
    assert isinstance(alone, Omni)
    assert (alone.elements, alone.model, alone.prompt) == (numbers, "kling-v3-omni", "a lake")
    pictured = put(created(characters=ids, input_reference=DATA_URL))
    assert isinstance(pictured, ImageToVideo)
    assert pictured.elements == numbers
    assert told(lambda: created(characters=["char_1"]))[0] == 404


def test_edits_and_extensions() -> None:
    edit = read_edit({"prompt": "snow", "video": {"id": "video_1"}})
    assert isinstance(edit.request, Omni)
    assert (edit.source_video, edit.media) == ("video_1", ())
    further = read_extend({"prompt": "on", "seconds": "8", "video": Upload(0, "a.mp4")})
    assert isinstance(further.request, Extend)
    assert (further.request.duration_s, further.media[0].param) == (8.0, "video")
    assert told(lambda: read_edit({"prompt": "x"}))[1] == "video"
    assert told(lambda: read_extend({"prompt": "x", "video": "video_1"}))[1] == "seconds"
    for video in ({}, {"id": 7}, 7, [], "{"):
        assert told(lambda video=video: read_edit({"prompt": "x", "video": video}))[:2] == (
            400,
            "video",
        )


def test_questions() -> None:
    assert list_query({}).limit == 20
    asked = list_query({"after": "video_1", "limit": "3", "order": "asc"})
    assert (asked.after, asked.limit, asked.oldest_first) == ("video_1", 3, True)
    for query in ({"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"order": "up"}):
        assert told(lambda query=query: list_query(query))[1] == next(iter(query))
    assert variant_of({}) is Variant.VIDEO
    assert told(lambda: variant_of({"variant": "poster"}))[1] == "variant"
