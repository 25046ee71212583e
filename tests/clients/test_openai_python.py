"""OpenAI's own client for Python, as its documentation uses it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from tests.clients.conftest import Sandbox
from tests.pretend.receiver import Receiver

SMALL: Any = {"seconds": "4", "size": "160x90"}


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> OpenAI:
    return OpenAI(api_key=sandbox.key, base_url=f"{sandbox.address}/v1", max_retries=0)


@pytest.fixture(scope="module")
def video(client: OpenAI) -> Any:
    made = client.videos.create_and_poll(prompt="A lake at dawn", model="sora-2", **SMALL)
    assert made.status == "completed", made
    return made


def test_create_and_poll(video: Any) -> None:
    assert (video.object, video.progress, video.seconds) == ("video", 100, "4")
    assert (video.model, video.size, video.prompt) == ("sora-2", "160x90", "A lake at dawn")
    assert video.error is None
    assert video.expires_at > video.completed_at >= video.created_at


@pytest.mark.parametrize(
    ("variant", "begins"),
    [("video", b"ftyp"), ("thumbnail", b"WEBP"), ("spritesheet", b"\xff\xd8\xff")],
)
def test_download(client: OpenAI, video: Any, tmp_path: Path, variant: Any, begins: bytes) -> None:
    content = client.videos.download_content(video.id, variant=variant)
    content.write_to_file(tmp_path / "out")
    assert begins in (tmp_path / "out").read_bytes()[:16]


def test_streamed_download_in_parts(client: OpenAI, video: Any) -> None:
    whole = client.videos.download_content(video.id).read()
    part = client.videos.download_content(video.id, extra_headers={"Range": "bytes=4-7"})
    assert (part.response.status_code, part.read()) == (206, whole[4:8])
    with client.videos.with_streaming_response.download_content(video.id) as streamed:
        assert b"".join(streamed.iter_bytes()) == whole


def test_pages(client: OpenAI, video: Any) -> None:
    more = [client.videos.create(prompt=f"A lake {n}", **SMALL).id for n in range(3)]
    listed = [each.id for each in client.videos.list(limit=2)]
    assert listed[:3] == more[::-1]
    assert video.id in listed
    assert [each.id for each in client.videos.list(limit=1, order="asc")] == listed[::-1]
    for each in more:
        gone = client.videos.delete(each)
        assert (gone.id, gone.deleted, gone.object) == (each, True, "video.deleted")
        with pytest.raises(openai.NotFoundError):
            client.videos.retrieve(each)


def test_remix(client: OpenAI, video: Any) -> None:
    remixed = client.videos.remix(video.id, prompt="A lake at night")
    assert remixed.remixed_from_video_id == video.id
    assert client.videos.poll(remixed.id).status == "completed"


def test_pictures(client: OpenAI, picture: bytes) -> None:
    upload = ("cat.png", picture, "image/png")
    made = client.videos.create_and_poll(prompt="slow push in", input_reference=upload, **SMALL)
    assert made.status == "completed", made
    url = "data:image/png;base64," + base64.b64encode(picture).decode()
    given = {"input_reference": {"image_url": url}, "fps": 12, "negative_prompt": "birds"}
    made = client.videos.create(prompt="slow push in", extra_body=given, **SMALL)
    assert client.videos.poll(made.id).status == "completed"


def test_what_is_not_there_yet_is_refused_in_the_client_s_own_errors(
    client: OpenAI, video: Any
) -> None:
    film = client.videos.download_content(video.id).read()
    # Of its two ways to name a video this client can send the file alone.
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.edit(prompt="snow", video=("a.mp4", film))
    assert caught.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError):
        client.videos.extend(prompt="on", seconds="8", video=("a.mp4", film))
    character = client.videos.create_character(name="Ann", video=("ann.mp4", film))
    assert client.videos.get_character(character.id or "").name == "Ann"


def test_errors(client: OpenAI, sandbox: Sandbox) -> None:
    for fields, param, code in (
        ({"seconds": "1"}, "seconds", "invalid_value"),
        ({"size": "1x1"}, "size", "invalid_value"),
        ({"model": "nobody"}, "model", "model_not_found"),
    ):
        with pytest.raises(openai.APIStatusError) as caught:
            client.videos.create(prompt="x", **{**SMALL, **fields})
        assert (caught.value.param, caught.value.code) == (param, code)
    with pytest.raises(openai.AuthenticationError):
        OpenAI(api_key="wrong", base_url=client.base_url).videos.list()
    with pytest.raises(openai.NotFoundError):
        client.videos.download_content("video_" + "0" * 32)


def test_models(client: OpenAI) -> None:
    assert "sora-2" in {each.id for each in client.models.list()}
    assert client.models.retrieve("sora-2").object == "model"


def test_webhooks_unwrap(client: OpenAI, receiver: Receiver) -> None:
    body = {"name": "mine", "url": receiver.url, "event_types": ["video.completed"]}
    endpoint: Any = client.post("/webhook_endpoints", body=body, cast_to=object)
    try:
        made = client.videos.create(prompt="A lake", **SMALL)
        call = receiver.wait(1, within_s=60)[0]
        secret = endpoint["signing_secret"]
        event: Any = client.webhooks.unwrap(call.body, call.headers, secret=secret)
        assert (event.type, event.data.id) == ("video.completed", made.id)
        with pytest.raises(openai.InvalidWebhookSignatureError):
            client.webhooks.unwrap(call.body + b" ", call.headers, secret=secret)
    finally:
        client.delete(f"/webhook_endpoints/{endpoint['id']}", cast_to=object)
