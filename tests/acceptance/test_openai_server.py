"""OpenAI Videos over real HTTP on loopback; films come from the slow engine but for one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.pretend.calls import Client, Reply
from tests.pretend.films import write_film
from tests.pretend.served import Server, served

from filmgate.media.probe import probe

SHAPE = {"message", "type", "param", "code"}
VIDEO = {
    *("id", "object", "created_at", "completed_at", "expires_at", "status", "progress", "model"),
    *("prompt", "seconds", "size", "remixed_from_video_id", "error"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def ann(server: Server) -> Client:
    return Client(server.address, server.keys["rich api"])


@pytest.fixture
def bob(server: Server) -> Client:
    return Client(server.address, server.keys["other api"])


def made(client: Client, prompt: str = "a lake", **fields: object) -> str:
    reply = client("POST", "/v1/videos", {"prompt": prompt, **fields})
    assert reply.status == 200, reply
    return reply.json["id"]


def ended(client: Client, video_id: str) -> dict:
    def is_over(reply: Reply) -> bool:
        return reply.json["status"] in {"completed", "failed"}

    return client.until(f"/v1/videos/{video_id}", is_over).json


def refused(reply: Reply, status: int, **told: object) -> None:
    assert reply.status == status, reply
    assert set(reply.json) == {"error"}
    assert set(reply.json["error"]) == SHAPE
    assert told.items() <= reply.json["error"].items(), reply.json


def test_from_prompt_to_film(ann: Client) -> None:
    parts = [("prompt", "slow 0.4"), ("model", "sora-2"), ("seconds", "8"), ("size", "1280x720")]
    reply = ann("POST", "/v1/videos", form=parts)
    video = reply.json
    assert (reply.status, set(video)) == (200, VIDEO)
    assert (video["object"], video["status"], video["progress"]) == ("video", "queued", 0)
    assert (video["seconds"], video["size"], video["model"]) == ("8", "1280x720", "sora-2")
    assert int(reply.headers["openai-poll-after-ms"]) > 0
    assert reply.headers["filmgate-provider"] == "local"
    refused(ann("GET", f"/v1/videos/{video['id']}/content"), 404)
    seen = set()
    client_path = f"/v1/videos/{video['id']}"
    while (now := ann("GET", client_path).json)["status"] != "completed":
        assert now["status"] in {"queued", "in_progress"}
        seen.add(now["progress"])
    assert len(seen) > 2, "progress is real and moves"
    assert now["progress"] == 100
    assert now["expires_at"] > now["completed_at"] >= now["created_at"]
    film = ann("GET", f"{client_path}/content")
    assert (film.status, film.headers["content-type"]) == (200, "video/mp4")
    assert film.body.startswith(b"film of seed")


def test_parts_of_a_film(ann: Client) -> None:
    path = f"/v1/videos/{made(ann)}/content"
    ended(ann, path.split("/")[3])
    whole = ann("GET", path)
    part = ann("GET", path, headers={"Range": "bytes=5-8"})
    assert (part.status, part.body) == (206, whole.body[5:9])
    assert part.headers["content-range"] == f"bytes 5-8/{len(whole.body)}"
    beyond = ann("GET", path, headers={"Range": "bytes=99999-"})
    refused(beyond, 416)
    assert beyond.headers["content-range"] == f"bytes */{len(whole.body)}"
    head = ann("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    tag = {"If-None-Match": whole.headers["etag"]}
    assert ann("GET", path, headers=tag).status == 304
    refused(ann("GET", f"{path}?variant=poster"), 400, param="variant", code="invalid_value")


def test_pages_in_both_orders(server: Server, bob: Client) -> None:
    ids = [made(bob, f"a lake {number}") for number in range(5)]
    for order, expected in (("asc", ids), ("desc", ids[::-1])):
        found, after, pages = [], "", 0
        while True:
            page = bob("GET", f"/v1/videos?limit=2&order={order}&after={after}").json
            found += [video["id"] for video in page["data"]]
            pages += 1
            if not page["has_more"]:
                break
            after = page["last_id"]
            assert page["first_id"] == page["data"][0]["id"]
        assert (found, pages) == (expected, 3)
    refused(bob("GET", "/v1/videos?after=video_" + "0" * 32), 404)
    refused(bob("GET", "/v1/videos?limit=0"), 400, param="limit")


def test_another_customers_videos_do_not_exist(ann: Client, bob: Client) -> None:
    video_id = made(ann)
    ended(ann, video_id)
    path = f"/v1/videos/{video_id}"
    nobodys = bob("GET", "/v1/videos/video_" + "0" * 32).json
    for method, where, body in (
        ("GET", path, None),
        ("GET", f"{path}/content", None),
        ("DELETE", path, None),
        ("POST", f"{path}/remix", {"prompt": "x"}),
        ("POST", "/v1/videos/edits", {"prompt": "x", "video": {"id": video_id}}),
        ("POST", "/v1/videos/extensions", {"prompt": "x", "seconds": 4, "video": {"id": video_id}}),
    ):
        reply = bob(method, where, body)
        refused(reply, 404)
        assert (
            reply.json["error"]["message"].replace(video_id, "video_" + "0" * 32)
            == (nobodys["error"]["message"])
        )
    assert bob("GET", f"/v1/videos?after={video_id}").status == 404
    assert ann("GET", path).status == 200


def test_a_remix_names_its_source(ann: Client) -> None:
    first = made(ann, seconds=12, size="1024x1792")
    source = ended(ann, first)
    reply = ann("POST", f"/v1/videos/{first}/remix", {"prompt": "a sea"})
    assert reply.status == 200
    assert reply.json["remixed_from_video_id"] == first
    assert reply.json["prompt"] == "a sea"
    for key in ("seconds", "size", "model"):
        assert reply.json[key] == source[key]
    assert ended(ann, reply.json["id"])["remixed_from_video_id"] == first
    slow = made(ann, "slow 20")
    refused(ann("POST", f"/v1/videos/{slow}/remix", {"prompt": "x"}), 400)
    refused(ann("POST", f"/v1/videos/{first}/remix", {}), 400, param="prompt")
    ann("DELETE", f"/v1/videos/{slow}")


@pytest.mark.parametrize("prompt", ["a lake", "slow 30", "boom"])
def test_a_deleted_video_is_gone_whatever_its_state(ann: Client, prompt: str) -> None:
    video_id = made(ann, prompt)
    path = f"/v1/videos/{video_id}"
    if prompt != "slow 30":
        ended(ann, video_id)
    else:
        ann.until(path, lambda reply: reply.json["status"] == "in_progress")
    headers = {"Content-Type": "application/json"}  # the Python SDK says so of nothing
    reply = ann("DELETE", path, headers=headers)
    assert (reply.status, reply.json) == (
        200,
        {"id": video_id, "object": "video.deleted", "deleted": True},
    )
    for again in (ann("GET", path), ann("GET", f"{path}/content"), ann("DELETE", path)):
        refused(again, 404)
    assert video_id not in ann("GET", "/v1/videos?limit=100").body.decode()


def test_a_failed_video_says_why(ann: Client) -> None:
    video = ended(ann, made(ann, "refuse"))
    assert video["error"] == {"code": "invalid_input", "message": "the picture is upside down"}
    assert (video["completed_at"], video["expires_at"]) == (None, None)
    refused(ann("GET", f"/v1/videos/{video['id']}/content"), 404)
    assert ended(ann, made(ann, "boom"))["error"]["code"] == "server_error"


def test_waiting_for_the_film(ann: Client) -> None:
    reply = ann("POST", "/v1/videos/sync", form=[("prompt", "a lake"), ("num_frames", "96")])
    assert (reply.status, reply.headers["content-type"]) == (200, "video/mp4")
    assert reply.body.startswith(b"film of seed")
    video = ann("GET", f"/v1/videos/{reply.headers['filmgate-video-id']}").json
    assert (video["status"], video["seconds"]) == ("completed", "4")
    refused(ann("POST", "/v1/videos/sync", {"prompt": "refuse"}), 400, code="invalid_input")
    refused(ann("POST", "/v1/videos/sync", {"prompt": "boom"}), 500, code="server_error")


def test_what_can_t_be_rendered_is_refused_at_once(ann: Client) -> None:
    video_id = made(ann)
    ended(ann, video_id)
    refused(
        ann(
            "POST",
            "/v1/videos/extensions",
            {"prompt": "x", "seconds": "8", "video": {"id": video_id}},
        ),
        400,
        type="invalid_request_error",
    )
    refused(ann("POST", "/v1/videos", {"prompt": "x", "size": "3840x2160"}), 400, param="size")
    refused(ann("POST", "/v1/videos", {"prompt": "x", "seconds": "2"}), 400, param="seconds")
    refused(ann("POST", "/v1/videos", {"prompt": "x" * 3000}), 400, param="prompt")
    refused(
        ann("POST", "/v1/videos", {"prompt": "x", "model": "gpt-4"}),
        404,
        param="model",
        code="model_not_found",
    )


def test_characters(ann: Client, bob: Client, tmp_path: Path) -> None:
    clip = write_film(tmp_path / "clip.mp4", size=(320, 240), frames=12).read_bytes()
    form = [("name", "Ann"), ("video", clip, "clip.mp4")]
    made = ann("POST", "/v1/videos/characters", form=form)
    assert (made.status, set(made.json)) == (200, {"id", "name", "created_at"})
    path = f"/v1/videos/characters/{made.json['id']}"
    assert ann("GET", path).json == made.json
    refused(bob("GET", path), 404)
    refused(ann("GET", "/v1/videos/characters/char_1"), 404)
    wanted = {"prompt": "x", "characters": [{"id": made.json["id"]}]}
    refused(bob("POST", "/v1/videos", wanted), 404)
    # The local engine has no such work yet.
    refused(ann("POST", "/v1/videos", wanted), 400, type="invalid_request_error")
    form = [("name", "Ann"), ("video", b"no film", "clip.mp4")]
    refused(ann("POST", "/v1/videos/characters", form=form), 400, param="video")
    refused(ann("POST", "/v1/videos/characters", form=form[1:]), 400, param="name")


def test_keys(server: Server) -> None:
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}):
        refused(Client(server.address, headers=headers)("GET", "/v1/videos"), 401, code=None)
    reply = Client(server.address, "fg_wrong-key")("POST", "/v1/videos", {"prompt": "x"})
    refused(reply, 401, type="invalid_request_error", code="invalid_api_key")
    assert b"wrong-key" not in reply.body
    poor = Client(server.address, server.keys["poor api"])("POST", "/v1/videos", {"prompt": "x"})
    refused(poor, 429, type="insufficient_quota", code="insufficient_quota")
    assert poor.headers["x-should-retry"] == "false"


def test_the_same_call_twice(ann: Client) -> None:
    key = {"Idempotency-Key": "once"}
    first = ann("POST", "/v1/videos", {"prompt": "a lake"}, headers=key).json["id"]
    assert ann("POST", "/v1/videos", {"prompt": "a lake"}, headers=key).json["id"] == first
    other = ann("POST", "/v1/videos", {"prompt": "a sea"}, headers=key)
    refused(other, 409)
    assert other.headers["x-should-retry"] == "false"


def test_models(ann: Client) -> None:
    listed = ann("GET", "/v1/models").json
    assert listed["object"] == "list"
    assert {"sora-2", "sora-2-pro"} <= {each["id"] for each in listed["data"]}
    one = ann("GET", "/v1/models/sora-2").json
    assert one in listed["data"]
    assert set(one) == {"id", "object", "created", "owned_by"}
    refused(ann("GET", "/v1/models/nobody"), 404, code="model_not_found")


def test_under_its_prefix_all_words_are_openais(server: Server, ann: Client) -> None:
    prefixed = Client(f"{server.address}/openai", server.keys["rich api"])
    assert prefixed("GET", "/v1/videos").status == 200
    assert prefixed("GET", "/videos").status == 200
    refused(prefixed("GET", "/v1/videos/foo"), 404)
    refused(prefixed("GET", "/nothing"), 404, message="Invalid URL (GET /nothing)")
    assert ann("GET", "/v1/videos/foo").json["code"] == 1203
    refused(ann("PUT", "/v1/videos", {}), 405, code="method_not_supported")
    refused(ann("GET", "/v1/videos/video_1/nothing"), 404)


def test_forms_that_are_none(ann: Client) -> None:
    for body, media_type in (
        (b"", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=a"),
        (b"--a\r\nfoo\r\n\r\n", "multipart/form-data; boundary=a"),
        (
            b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--",
            "multipart/form-data; boundary=a",
        ),
        (b"{", "application/json"),
        (b"\xff\xfe", "text/plain"),
        (b"prompt", "application/x-www-form-urlencoded"),
    ):
        refused(ann("POST", "/v1/videos", body, headers={"Content-Type": media_type}), 400)


def picture(size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_a_picture_that_is_none_is_told_by_its_parameter(ann: Client) -> None:
    form = [("prompt", "x"), ("input_reference", b"no picture", "/srv/me/cat.png")]
    reply = ann("POST", "/v1/videos", form=form)
    refused(reply, 400, param="input_reference")
    assert "/srv" not in reply.json["error"]["message"]
    form = [("prompt", "x"), ("input_reference", picture((64, 64)), "cat.png")]
    refused(ann("POST", "/v1/videos", form=form), 400, param="input_reference")


@pytest.mark.slow
def test_a_real_film_of_exactly_the_asked_size_with_its_pictures(tmp_path: Path) -> None:
    with served(tmp_path / "home", real=True) as server:
        client = Client(server.address, server.keys["rich api"])
        form = [
            *(("prompt", "slow push in"), ("seconds", "3"), ("size", "320x200"), ("fps", "12")),
            *(("seed", "7"), ("input_reference", picture(), "cat.png")),
        ]
        reply = client("POST", "/v1/videos", form=form)
        assert reply.status == 200, reply
        video = ended(client, reply.json["id"])
        assert (video["status"], video["size"], video["seconds"]) == ("completed", "320x200", "3")
        path = f"/v1/videos/{video['id']}/content"
        film = tmp_path / "film.mp4"
        film.write_bytes(client("GET", path).body)
        found = probe(film)
        assert (found.width, found.height, found.fps, found.frames) == (320, 200, 12, 36)
        for variant, kind, media_type in (
            ("thumbnail", "WEBP", "image/webp"),
            ("spritesheet", "JPEG", "image/jpeg"),
        ):
            answer = client("GET", f"{path}?variant={variant}")
            assert (answer.status, answer.headers["content-type"]) == (200, media_type)
            with Image.open(io.BytesIO(answer.body)) as shown:
                assert shown.format == kind
